//! Answers of the search API that anybody gets who asks the same again, as they are sent: found, written and compressed once.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, Uri, header};
use axum::response::Response;
use moka::sync::Cache;

use crate::desk::{Found, HelpCentre};
use crate::web::document::Document;
use crate::web::measure;

/// The path of the search API.
pub(crate) const PATH: &str = "/api/v1/search";
/// How many bytes of answers are kept, compressed forms included.
const MOST_BYTES: u64 = 16 * 1024 * 1024;
/// What the containers of one take, about.
const OVERHEAD: usize = 512;

/// An answer, and the search that it is noted as each time.
#[derive(Debug)]
pub(crate) struct KeptSearch {
    pub(crate) document: Document,
    pub(crate) found: Found,
    /// Whether it is a search of its own, and not a later page of one or a look at nothing.
    pub(crate) is_noted: bool,
}

impl KeptSearch {
    /// Answers a request that came at `begun`.
    pub(crate) fn answer(&self, desk: &HelpCentre, asked: &HeaderMap, begun: Instant) -> Response {
        if self.is_noted {
            desk.note_search(&self.found.again(begun.elapsed()));
        }
        measure::kept_search();
        self.document.answer(asked)
    }
}

/// The answers from one snapshot, each under what was asked in the client's own spelling.
#[derive(Debug)]
pub(crate) struct KeptSearches(Cache<String, Arc<KeptSearch>>);

impl Default for KeptSearches {
    fn default() -> Self {
        let weigh = |place: &String, kept: &Arc<KeptSearch>| {
            // Its compressed forms take about half as much again; what was found is weighed by the desk.
            u32::try_from(place.len() + kept.document.len() * 3 / 2 + OVERHEAD).unwrap_or(u32::MAX)
        };
        KeptSearches(Cache::builder().max_capacity(MOST_BYTES).weigher(weigh).build())
    }
}

impl KeptSearches {
    /// Returns the answer to a request, where it was given before.
    pub(crate) fn of(&self, request: &Request) -> Option<Arc<KeptSearch>> {
        self.0.get(&place(request.uri(), request.headers())?)
    }

    /// Keeps an answer at a [`place`].
    pub(crate) fn keep(&self, place: String, kept: KeptSearch) {
        self.0.insert(place, Arc::new(kept));
    }
}

/// Tells whether a request is one for the search API.
pub(crate) fn is_search(request: &Request) -> bool {
    request.uri().path() == PATH && request.method() == Method::GET
}

/// Returns under what the answer to a search is kept; none where it is for its caller alone.
pub(crate) fn place(uri: &Uri, headers: &HeaderMap) -> Option<String> {
    if headers.contains_key(header::AUTHORIZATION) {
        return None;
    }
    let languages = headers.get(header::ACCEPT_LANGUAGE).map_or(&b""[..], HeaderValue::as_bytes);
    Some(format!("{}\n{}", uri.query().unwrap_or_default(), String::from_utf8_lossy(languages)))
}
