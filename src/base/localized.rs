//! A text that exists in several languages.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

use crate::base::Locale;

/// A text by locale. An author writes `"one text"` for all of them, or a table `{ zh-CN = "…", en = "…" }`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Localized {
    every: Option<String>,
    by_locale: BTreeMap<Locale, String>,
}

impl Localized {
    /// Makes a text that is the same in every locale.
    pub fn everywhere(text: impl Into<String>) -> Self {
        Localized { every: Some(text.into()), by_locale: BTreeMap::new() }
    }

    /// Returns the text for a reader of `locale`: that tag, else the same language, else `default`'s, else any.
    #[must_use]
    pub fn get(&self, locale: &Locale, default: &Locale) -> Option<&str> {
        let same_language = |want: &Locale| {
            self.by_locale
                .get(want)
                .or_else(|| self.by_locale.iter().find(|(l, _)| l.language() == want.language()).map(|(_, t)| t))
        };
        same_language(locale)
            .or(self.every.as_ref())
            .or_else(|| same_language(default))
            .or_else(|| self.by_locale.values().next())
            .map(String::as_str)
    }

    /// Returns the text that a reader of `locale` understands: that tag's, the same language's, or the one for all.
    #[must_use]
    pub fn get_own(&self, locale: &Locale) -> Option<&str> {
        let same = || self.by_locale.iter().find(|(l, _)| l.language() == locale.language()).map(|(_, t)| t);
        self.by_locale.get(locale).or_else(same).or(self.every.as_ref()).map(String::as_str)
    }

    /// Returns the locales that have a text of their own.
    pub fn locales(&self) -> impl Iterator<Item = &Locale> {
        self.by_locale.keys()
    }

    /// Returns every text with its locale; none for the one that serves all.
    pub fn iter(&self) -> impl Iterator<Item = (Option<&Locale>, &str)> {
        let every = self.every.iter().map(|t| (None, t.as_str()));
        every.chain(self.by_locale.iter().map(|(l, t)| (Some(l), t.as_str())))
    }

    /// Tells whether there is no text at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.every.is_none() && self.by_locale.is_empty()
    }
}

impl FromIterator<(Locale, String)> for Localized {
    /// Makes a text that differs by locale.
    fn from_iter<I: IntoIterator<Item = (Locale, String)>>(texts: I) -> Self {
        Localized { every: None, by_locale: texts.into_iter().collect() }
    }
}

impl<'de> Deserialize<'de> for Localized {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Every(String),
            Table(BTreeMap<String, String>),
        }
        Ok(match Written::deserialize(d)? {
            Written::Every(text) => Localized::everywhere(text),
            Written::Table(table) => {
                let mut by_locale = BTreeMap::new();
                for (tag, text) in table {
                    by_locale.insert(tag.parse().map_err(D::Error::custom)?, text);
                }
                Localized { every: None, by_locale }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefers_the_readers_language_then_the_default() {
        #[derive(Deserialize)]
        struct Doc {
            name: Localized,
        }
        let doc: Doc = toml::from_str("name = { zh-CN = '知', en = 'know' }").unwrap();
        let [zh, tw, en, fr] = ["zh-CN", "zh-TW", "en", "fr"].map(|t| t.parse::<Locale>().unwrap());
        assert_eq!(doc.name.get(&tw, &en), Some("知"));
        assert_eq!(doc.name.get(&fr, &en), Some("know"));
        assert_eq!(doc.name.get(&fr, &zh), Some("知"));
    }
}
