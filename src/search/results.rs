//! What a search answers.

use crate::base::{ArticleId, Locale, SafeHtml};

/// One page of hits.
#[derive(Debug, Clone, PartialEq)]
pub struct Results {
    /// What was searched for, as typed.
    pub query: String,
    /// The reader's locale.
    pub locale: Locale,
    /// How many articles match in all.
    pub total: usize,
    /// What was searched for instead, when the query itself found nothing good.
    pub corrected: Option<String>,
    /// What makes the best of all hits the best.
    pub found_by: FoundBy,
    /// This page of them, best first.
    pub hits: Vec<Hit>,
}

/// What makes the best hit the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FoundBy {
    /// An error code in the query.
    Code,
    /// An on-screen message in the query.
    Message,
    /// A question that customers ask, more than the words of its text.
    Question,
    /// The words of its text.
    Text,
    /// Nothing was found.
    Nothing,
}

/// One article that matches.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// `category/slug`.
    pub id: ArticleId,
    /// The language of the text that is shown.
    pub locale: Locale,
    /// Its title.
    pub title: String,
    /// Its title with `<mark>` on what matched.
    pub title_html: SafeHtml,
    /// The page's path, with the anchor of the section that matched where one did.
    pub url: String,
    /// The category's id.
    pub category: String,
    /// The passage that answers, with `<mark>` on what matched and no other tag.
    pub snippet: SafeHtml,
    /// The higher the better; comparable within one answer only.
    pub score: f32,
    /// The article's error codes.
    pub codes: Vec<String>,
}

/// What a suggestion leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum SuggestionKind {
    /// An article, by its title.
    Article,
    /// An article, by a question that customers ask.
    Question,
    /// An error code.
    Code,
    /// A query that finds something, to search for instead.
    Query,
}

/// One line under the search box.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// What the line says.
    pub text: String,
    /// Where it leads.
    pub url: String,
    /// What it leads to.
    pub kind: SuggestionKind,
}
