//! A language as the reader chose it: a BCP 47 tag such as `zh-CN` or `en`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A BCP 47 language tag in its canonical case (`zh-CN`, `zh-Hant-TW`, `en`). Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Locale(Arc<str>);

/// Says why a text is no locale.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language tag such as `zh-CN` or `en`")]
pub struct InvalidLocale(pub String);

impl Locale {
    /// Returns the tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the language alone: `zh` of `zh-CN`.
    #[must_use]
    pub fn language(&self) -> &str {
        self.0.split('-').next().unwrap_or_default()
    }

    /// Tells whether the language is Chinese, in any region and script.
    #[must_use]
    pub fn is_chinese(&self) -> bool {
        self.language() == "zh"
    }

    /// Returns the one of `available` that serves this locale best: the same tag, else the same language.
    #[must_use]
    pub fn best_of<'a>(&self, available: &'a [Locale]) -> Option<&'a Locale> {
        available.iter().find(|l| *l == self).or_else(|| available.iter().find(|l| l.language() == self.language()))
    }
}

impl FromStr for Locale {
    type Err = InvalidLocale;

    fn from_str(tag: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidLocale(tag.to_owned());
        let mut out = String::with_capacity(tag.len());
        for (i, part) in tag.split('-').enumerate() {
            let alphabetic = part.bytes().all(|b| b.is_ascii_alphabetic());
            let alphanumeric = part.bytes().all(|b| b.is_ascii_alphanumeric());
            // Four- to eight-letter languages exist in the standard but are not in use, and `rules` or `flows`,
            // which are folders beside the locales, would be among them.
            match (i, part.len()) {
                (0, 2 | 3) if alphabetic => out.push_str(&part.to_ascii_lowercase()),
                (0, _) => return Err(invalid()),
                (_, 2) if alphabetic => {
                    out.push('-');
                    out.push_str(&part.to_ascii_uppercase());
                }
                (_, 4) if alphabetic => {
                    out.push('-');
                    out.push_str(&part[..1].to_ascii_uppercase());
                    out.push_str(&part[1..].to_ascii_lowercase());
                }
                (_, 3..=8) if alphanumeric => {
                    out.push('-');
                    out.push_str(&part.to_ascii_lowercase());
                }
                _ => return Err(invalid()),
            }
        }
        Ok(Locale(out.into()))
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Locale({})", self.0)
    }
}

impl Serialize for Locale {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Locale {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonicalises_case() {
        for (written, canonical) in [("ZH-cn", "zh-CN"), ("en", "en"), ("zh-hant-tw", "zh-Hant-TW")] {
            assert_eq!(written.parse::<Locale>().unwrap().as_str(), canonical);
        }
    }

    #[test]
    fn refuses_what_is_no_tag() {
        for written in ["", "rules", "zh_CN", "zh-", "../etc", "e"] {
            assert!(written.parse::<Locale>().is_err(), "{written}");
        }
    }

    #[test]
    fn falls_back_to_the_same_language() {
        let have: Vec<Locale> = ["zh-CN", "en"].iter().map(|t| t.parse().unwrap()).collect();
        let of = |t: &str| t.parse::<Locale>().unwrap().best_of(&have).map(ToString::to_string);
        assert_eq!(of("zh-TW").as_deref(), Some("zh-CN"));
        assert_eq!(of("en-GB").as_deref(), Some("en"));
        assert_eq!(of("fr"), None);
    }
}
