//! What is one per site: `site.toml`. The file is optional, and so is every key in it.

use crate::base::{ArticleId, Locale, Localized};

/// A category as the site presents it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The folder's name.
    pub id: String,
    /// Its name; the folder's where empty.
    pub name: Localized,
    /// One sentence; may be empty.
    pub summary: Localized,
    /// The name of a drawing of the design; may be empty.
    pub icon: String,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SupportLink {
    /// What the link says.
    pub label: Localized,
    /// An absolute `https:`, `mailto:` or `tel:` address, or a path on this site (an article's is written
    /// `article:category/slug`).
    pub url: String,
}

/// The site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Site {
    /// The product's name: `GOpay 钱包`.
    pub name: Localized,
    /// The line under the search box's heading; may be empty.
    pub tagline: Localized,
    /// A sentence of safety advice on the home page and beside the chat's input; may be empty.
    pub notice: Localized,
    /// The brand's colour as `#rrggbb`; none keeps the design's own.
    pub accent: Option<String>,
    /// The locale of readers who asked for none that exists.
    pub default_locale: Locale,
    /// Every locale that has a folder, the default first.
    pub locales: Vec<Locale>,
    /// Every category that has a folder, in the site's order.
    pub categories: Vec<Category>,
    /// A regular expression for the shape of an error code, such as `E\d{4}`; it is matched without regard to case.
    pub code_pattern: Option<String>,
    /// The articles that the home page and an empty result offer first.
    pub popular: Vec<ArticleId>,
    /// Ways to reach a person.
    pub support: Vec<SupportLink>,
}
