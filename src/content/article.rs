//! One article in one locale, as the rest of the program uses it.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::base::{ArticleId, Locale, SafeHtml, Viewer};

/// Who may read an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Audience {
    /// Everybody.
    #[default]
    Public,
    /// Signed-in agents; it never leaves the console.
    Agent,
}

/// A heading of the body, for the table of contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heading {
    /// 2 for `##`, 3 for `###`, …
    pub level: u8,
    /// The text without markup.
    pub text: String,
    /// The element's id, unique in the article.
    pub anchor: String,
}

/// A passage of the body under one heading, as plain text, for search and snippets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The anchor of the heading above it; none before the first heading.
    pub anchor: Option<String>,
    /// The heading's text; empty before the first heading.
    pub heading: String,
    /// The text, blocks separated by `\n`.
    pub text: String,
}

/// One article in one locale.
#[derive(Debug, Clone, PartialEq)]
pub struct Article {
    /// `category/slug`.
    pub id: ArticleId,
    /// The language of this text.
    pub locale: Locale,
    /// The file, relative to the content folder.
    pub file: std::path::PathBuf,
    /// One line.
    pub title: String,
    /// One or two sentences; the chat's short answer.
    pub summary: String,
    /// The error codes that it answers, as written.
    pub codes: Vec<String>,
    /// The on-screen messages that it answers, verbatim.
    pub messages: Vec<String>,
    /// The ways in which customers ask.
    pub questions: Vec<String>,
    /// Words that customers search by.
    pub keywords: Vec<String>,
    /// Where to go on.
    pub related: Vec<ArticleId>,
    /// The ids that it had before; their addresses lead here.
    pub aliases: Vec<ArticleId>,
    /// Who may read it.
    pub audience: Audience,
    /// Whether a wrong answer from it costs customers money, so that the chat answers only when it is surer.
    pub money_at_risk: bool,
    /// The day of its last change, where the author gave one.
    pub updated: Option<Date>,
    /// The body as written, without the front matter.
    pub markdown: String,
    /// The body as sanitised HTML.
    pub html: SafeHtml,
    /// The body's headings in order.
    pub headings: Vec<Heading>,
    /// The body's text by section.
    pub sections: Vec<Section>,
}

impl Article {
    /// Tells whether `viewer` may know that this article exists.
    #[must_use]
    pub fn visible_to(&self, viewer: Viewer) -> bool {
        self.audience == Audience::Public || viewer == Viewer::Agent
    }

    /// Returns the page's path.
    #[must_use]
    pub fn url(&self) -> String {
        url(&self.locale, &self.id)
    }
}

/// Returns the path of an article's page, percent-encoded.
#[must_use]
pub fn url(locale: &Locale, id: &ArticleId) -> String {
    encoded(format!("/{locale}/articles/{id}"))
}

/// Returns the path of an error code's page, percent-encoded.
#[must_use]
pub fn code_url(locale: &Locale, code: &str) -> String {
    format!("/{locale}/codes/{}", percent_encoding::utf8_percent_encode(code, percent_encoding::NON_ALPHANUMERIC))
}

/// Encodes what is not ASCII; the ids allow nothing else that a path cannot hold.
fn encoded(path: String) -> String {
    const KEEP: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b' ');
    if path.is_ascii() { path } else { percent_encoding::utf8_percent_encode(&path, KEEP).to_string() }
}
