//! The name of an article, the same in every locale: `category/slug`.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// An article's id, `category/slug`. Cheap to clone; safe to put into a path of a URL once percent-encoded.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ArticleId {
    whole: Arc<str>,
    slash: usize,
}

/// Says why a text is no article id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an article id of the form `category/slug` (letters, digits, `-`, `_` and `.`)")]
pub struct InvalidArticleId(pub String);

/// Tells whether a folder's or file's name may be half of an id: letters, digits, `-`, `_`, `.`, not beginning
/// with punctuation, at most 120 characters.
#[must_use]
pub fn is_slug(name: &str) -> bool {
    name.chars().next().is_some_and(char::is_alphanumeric)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
        && name.chars().count() <= 120
}

impl ArticleId {
    /// Joins a category and a slug.
    ///
    /// # Errors
    /// When either half is no [slug](is_slug).
    pub fn new(category: &str, slug: &str) -> Result<Self, InvalidArticleId> {
        if is_slug(category) && is_slug(slug) {
            Ok(ArticleId { whole: format!("{category}/{slug}").into(), slash: category.len() })
        } else {
            Err(InvalidArticleId(format!("{category}/{slug}")))
        }
    }

    /// Returns the category.
    #[must_use]
    pub fn category(&self) -> &str {
        &self.whole[..self.slash]
    }

    /// Returns the slug.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.whole[self.slash + 1..]
    }

    /// Returns `category/slug`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.whole
    }
}

impl FromStr for ArticleId {
    type Err = InvalidArticleId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (category, slug) = text.split_once('/').ok_or_else(|| InvalidArticleId(text.to_owned()))?;
        ArticleId::new(category, slug)
    }
}

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.whole)
    }
}

impl fmt::Debug for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ArticleId({})", self.whole)
    }
}

impl Serialize for ArticleId {
    fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.whole)
    }
}

impl<'de> Deserialize<'de> for ArticleId {
    fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_into_category_and_slug() {
        let id: ArticleId = "errors/network-unstable".parse().unwrap();
        assert_eq!((id.category(), id.slug()), ("errors", "network-unstable"));
    }

    #[test]
    fn refuses_paths_that_climb() {
        for text in ["", "a", "a/", "/b", "a/b/c", "../b", "a/..", "a b/c", "a/<b>"] {
            assert!(text.parse::<ArticleId>().is_err(), "{text}");
        }
    }
}
