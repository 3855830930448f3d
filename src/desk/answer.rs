//! The shape of an answer to a search or a chat turn: the HTTP API sends it, and `--json` prints it.

use serde::Serialize;
use utoipa::ToSchema;

use crate::base::{ArticleId, Locale};
use crate::desk::Asked;
use crate::model::{Match, Reply};
use crate::search::{Hit, Results};

/// A page of hits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// What was searched for, as typed.
    pub query: String,
    /// The reader's locale.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// How many articles match in all.
    pub total: usize,
    /// How long the search took, in microseconds.
    pub took_us: u64,
    /// What was searched for instead, when the query itself found nothing good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
    /// This page of them, best first.
    pub hits: Vec<SearchHit>,
}

/// One article that matches.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchHit {
    /// `category/slug`.
    #[schema(value_type = String)]
    pub id: ArticleId,
    /// The language of the text that is shown.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// Its title.
    pub title: String,
    /// The page's path, with the anchor of the section that matched where one did.
    pub url: String,
    /// The category's id.
    pub category: String,
    /// The passage that answers, as safe HTML whose only tag is `<mark>`.
    pub snippet: String,
    /// The higher the better; comparable within one answer only.
    pub score: f32,
    /// The article's error codes.
    pub codes: Vec<String>,
}

/// A chat turn.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChatAnswer {
    /// The conversation, to be sent with the next message.
    pub conversation_id: String,
    /// The language of the reply.
    #[schema(value_type = String)]
    pub locale: Locale,
    /// What the customer reads.
    pub reply: Reply,
    /// Why.
    #[serde(rename = "match")]
    pub matched: Match,
}

impl SearchAnswer {
    /// Makes the answer of what a search found in `took_us` microseconds.
    #[must_use]
    pub fn new(results: Results, took_us: u64) -> Self {
        let Results { query, locale, total, corrected, hits } = results;
        SearchAnswer { query, locale, total, took_us, corrected, hits: hits.into_iter().map(SearchHit::from).collect() }
    }
}

impl From<Hit> for SearchHit {
    fn from(hit: Hit) -> Self {
        let Hit { id, locale, title, title_html: _, url, category, snippet, score, codes } = hit;
        SearchHit { id, locale, title, url, category, snippet: snippet.into_string(), score, codes }
    }
}

impl From<Asked> for ChatAnswer {
    fn from(asked: Asked) -> Self {
        let Asked { conversation_id, turn } = asked;
        ChatAnswer { conversation_id, locale: turn.locale, reply: turn.reply, matched: turn.matched }
    }
}
