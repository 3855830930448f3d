//! Errors as RFC 9457 problem documents.

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::error::Failure;

pub(crate) const CONTENT_TYPE: &str = "application/problem+json";

/// Why a request was not answered as asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// Always `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The status in words.
    pub title: String,
    /// The HTTP status.
    #[schema(example = 400)]
    pub status: u16,
    /// What is wrong with this request, and what to do about it.
    pub detail: String,
    /// A stable name, such as `query_too_long`.
    #[schema(example = "query_too_long")]
    pub code: &'static str,
}

pub(crate) fn respond(failure: &Failure) -> Response {
    let problem = Problem {
        kind: "about:blank",
        title: failure.status.canonical_reason().unwrap_or("Error").to_owned(),
        status: failure.status.as_u16(),
        detail: failure.detail.clone(),
        code: failure.code,
    };
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(CONTENT_TYPE)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    // A record of strings and a number can always be written.
    (failure.status, headers, serde_json::to_vec(&problem).unwrap_or_default()).into_response()
}
