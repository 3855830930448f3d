//! Answers of the chat API to those who begin a conversation as others did: all that is the same for each of them, as it is
//! sent. A conversation and its turn are each one's own all the same, and are kept before they are answered.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use moka::sync::Cache;

use crate::base::Locale;
use crate::desk::{FirstTurn, HelpCentre};
use crate::web::api::chat::ChatAnswer;
use crate::web::measure;

/// How many bytes of answers are kept.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// What the containers of one take, about.
const OVERHEAD: usize = 512;

/// How an answer begins, up to the conversation's id.
const BEGIN: &str = "{\"conversation_id\":\"";
/// What follows the id where the turn could not be written down.
const UNSAVED: &str = ",\"conversation_unsaved\":true";

/// An answer but for whose it is, and the turn that each gets with it.
#[derive(Debug)]
pub(crate) struct KeptTurn {
    first: Arc<FirstTurn>,
    /// The answer from behind the conversation's id, whose quotation mark it begins with.
    rest: String,
}

impl KeptTurn {
    /// Keeps what an answer, `written` as it is sent, has in common with all that will be given with a first turn; none where
    /// it says that it was not saved.
    fn of(answer: &ChatAnswer, written: &str, first: Arc<FirstTurn>) -> Option<Self> {
        let rest = written.strip_prefix(BEGIN)?.strip_prefix(answer.conversation_id.as_str())?;
        (!answer.conversation_unsaved).then(|| KeptTurn { first, rest: rest.to_owned() })
    }

    /// Begins a conversation, and answers.
    pub(crate) async fn answer(&self, desk: &HelpCentre) -> Response {
        measure::kept_turn();
        let begun = desk.begin_again(&self.first).await;
        let mut id = [0; uuid::fmt::Hyphenated::LENGTH];
        let id = begun.conversation.hyphenated().encode_lower(&mut id);
        let (mark, rest) = self.rest.split_at(1);
        let unsaved = if begun.unsaved { UNSAVED } else { "" };
        respond([BEGIN, id, mark, unsaved, rest].concat())
    }
}

/// Answers with a turn that was written as JSON.
pub(crate) fn respond(body: impl Into<Body>) -> Response {
    let mut response = Response::new(body.into());
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The answers from one snapshot, by the page's locale and what was said.
#[derive(Debug)]
pub(crate) struct KeptTurns(Cache<String, Arc<KeptTurn>>);

impl Default for KeptTurns {
    fn default() -> Self {
        let weigh = |place: &String, kept: &Arc<KeptTurn>| {
            // The turn itself is weighed by the desk.
            u32::try_from(place.len() + kept.rest.len() + OVERHEAD).unwrap_or(u32::MAX)
        };
        KeptTurns(Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).build())
    }
}

impl KeptTurns {
    /// Returns the answer to the first words of a conversation, where others began with them.
    pub(crate) fn of(&self, locale: &Locale, message: &str) -> Option<Arc<KeptTurn>> {
        self.0.get(&place(locale, message))
    }

    /// Keeps an answer for others.
    pub(crate) fn keep(
        &self,
        locale: &Locale,
        message: &str,
        answer: &ChatAnswer,
        written: &str,
        first: Arc<FirstTurn>,
    ) {
        if let Some(kept) = KeptTurn::of(answer, written, first) {
            self.0.insert(place(locale, message), Arc::new(kept));
        }
    }
}

fn place(locale: &Locale, message: &str) -> String {
    [locale.as_str(), "\n", message].concat()
}
