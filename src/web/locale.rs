//! Choosing a locale for a reader who named none, or one that does not exist.

use axum::http::{HeaderMap, header};

use crate::base::Locale;
use crate::kb::Site;

/// Returns the locale that serves a reader best by `Accept-Language`, else the site's default.
pub(crate) fn negotiate(headers: &HeaderMap, site: &Site) -> Locale {
    preferred(headers, site).unwrap_or(&site.default_locale).clone()
}

/// Returns the site's locale that `Accept-Language` asks for; none where it asks for none of them.
pub(crate) fn preferred<'s>(headers: &HeaderMap, site: &'s Site) -> Option<&'s Locale> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    preferences(wanted).iter().find_map(|locale| locale.best_of(&site.locales))
}

/// Reads `Accept-Language`: the locales in order of preference, refused ones left out.
fn preferences(header: &str) -> Vec<Locale> {
    let mut weighted: Vec<(f32, Locale)> = header
        .split(',')
        // A browser sends a handful; the rest would be somebody's experiment.
        .take(20)
        .filter_map(|item| {
            let mut parts = item.split(';');
            let locale: Locale = parts.next()?.trim().parse().ok()?;
            let quality = parts.find_map(|p| p.trim().strip_prefix("q=")).map_or(Some(1.0), |q| q.parse().ok())?;
            (quality > 0.0).then_some((quality, locale))
        })
        .collect();
    weighted.sort_by(|a, b| b.0.total_cmp(&a.0));
    weighted.into_iter().map(|(_, locale)| locale).collect()
}

/// Returns a language's name in that language, for the switch; the tag itself for languages not listed.
pub(crate) fn own_name(locale: &Locale) -> String {
    let traditional = ["Hant", "-TW", "-HK", "-MO"].iter().any(|mark| locale.as_str().contains(mark));
    match locale.language() {
        "zh" if traditional => "繁體中文",
        "zh" => "简体中文",
        "en" => "English",
        "ja" => "日本語",
        "ko" => "한국어",
        "de" => "Deutsch",
        "fr" => "Français",
        "es" => "Español",
        "pt" => "Português",
        "ru" => "Русский",
        "id" => "Bahasa Indonesia",
        "ms" => "Bahasa Melayu",
        "vi" => "Tiếng Việt",
        "th" => "ไทย",
        _ => return locale.to_string(),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_by_weight_and_drops_what_is_refused() {
        let tags = |h: &str| preferences(h).iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(tags("fr;q=0.2, zh-TW, en;q=0.8, *;q=0.1"), ["zh-TW", "en", "fr"]);
        assert_eq!(tags("en;q=0, zh;q=oops, de"), ["de"]);
        assert!(tags("").is_empty());
    }

    #[test]
    fn names_scripts_apart() {
        let name = |t: &str| own_name(&t.parse().unwrap());
        assert_eq!(
            [name("zh-CN"), name("zh-Hant-TW"), name("en-GB"), name("sw")],
            ["简体中文", "繁體中文", "English", "sw"]
        );
    }
}
