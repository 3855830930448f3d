//! What goes wrong, said in the visitor's words: a problem document under `/api`, a page elsewhere.
//!
//! Handlers return a [`Failure`], which has no body of its own. [`put_into_words`] gives it one, and does the same for
//! the bare answers of axum and of the layers, so that there is one place where errors are worded.

use std::any::Any;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::desk::DeskError;
use crate::web::api::problem;
use crate::web::pages;
use crate::web::reader::Reader;
use crate::web::security::RequestId;
use crate::web::state::AppState;

/// A request that is not answered as asked: the status, a stable code and a sentence for developers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    pub(crate) status: StatusCode,
    /// Stable, in `snake_case`; clients may decide by it.
    pub(crate) code: &'static str,
    /// What to do about it, in English. Pages do not show it: they speak the reader's language.
    pub(crate) detail: String,
}

impl Failure {
    pub(crate) fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Failure { status, code, detail: detail.into() }
    }

    pub(crate) fn bad_request(code: &'static str, detail: impl Into<String>) -> Self {
        Failure::new(StatusCode::BAD_REQUEST, code, detail)
    }

    pub(crate) fn not_found(code: &'static str, detail: impl Into<String>) -> Self {
        Failure::new(StatusCode::NOT_FOUND, code, detail)
    }

    /// Words a status that axum or a layer answered with.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let (code, detail) = match status {
            StatusCode::NOT_FOUND => ("not_found", "nothing is at this path"),
            StatusCode::METHOD_NOT_ALLOWED => ("method_not_allowed", "use a method that the `Allow` header names"),
            StatusCode::PAYLOAD_TOO_LARGE => ("body_too_large", "send a smaller body"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ("unsupported_media_type", "send another `Content-Type`"),
            StatusCode::SERVICE_UNAVAILABLE => ("timeout", "the answer took too long; try again"),
            s if s.is_client_error() => ("bad_request", "the request cannot be understood"),
            _ => ("internal", "the server failed; the log has the cause under the request id"),
        };
        Failure::new(status, code, detail)
    }
}

impl From<DeskError> for Failure {
    fn from(cause: DeskError) -> Self {
        match cause {
            DeskError::Unknown("article") => Failure::not_found("unknown_article", "no such article"),
            DeskError::Unknown("conversation") => Failure::not_found("unknown_conversation", "no such conversation"),
            DeskError::Unknown(what) => Failure::not_found("not_found", format!("no such {what}")),
            DeskError::Away(_) | DeskError::NoStore => {
                tracing::warn!(%cause, "refused");
                let detail = "it cannot be kept just now; send it again in a moment";
                Failure::new(StatusCode::SERVICE_UNAVAILABLE, "storage_unavailable", detail)
            }
            DeskError::Failed(_) => {
                tracing::error!(%cause, "the store failed");
                Failure::of_status(StatusCode::INTERNAL_SERVER_ERROR)
            }
        }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// Answers a known path that was asked with another method.
pub(crate) async fn method_not_allowed() -> StatusCode {
    StatusCode::METHOD_NOT_ALLOWED
}

/// Turns a panic into a failure; its text goes to the log alone.
#[expect(clippy::needless_pass_by_value, reason = "the layer hands it over so")]
pub(crate) fn caught_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let cause = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    tracing::error!(cause, "a handler panicked");
    Failure::of_status(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// Gives every error without a body of ours its words.
pub(crate) async fn put_into_words<A>(state: &AppState, request: Request, answer: impl FnOnce(Request) -> A) -> Response
where
    A: Future<Output = Response>,
{
    let head = request.method() == Method::HEAD;
    let (uri, headers) = (request.uri().clone(), request.headers().clone());
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();

    let response = answer(request).await;
    let status = response.status();
    if !(status.is_client_error() || status.is_server_error()) || is_worded(&response) {
        return response;
    }
    let failure = response.extensions().get::<Failure>().cloned().unwrap_or_else(|| Failure::of_status(status));
    let mut worded = word(state, &uri, &headers, &id, &failure);
    for name in [header::ALLOW, header::RETRY_AFTER, header::WWW_AUTHENTICATE] {
        if let Some(value) = response.headers().get(&name) {
            worded.headers_mut().insert(name, value.clone());
        }
    }
    if head {
        *worded.body_mut() = axum::body::Body::empty();
    }
    worded
}

/// Answers a request with a failure in words, for those who refuse it before anything else is done.
pub(crate) fn worded(state: &AppState, request: &Request, failure: &Failure) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    let mut worded = word(state, request.uri(), request.headers(), &id, failure);
    if request.method() == Method::HEAD {
        *worded.body_mut() = axum::body::Body::empty();
    }
    worded
}

fn word(state: &AppState, uri: &Uri, headers: &HeaderMap, id: &RequestId, failure: &Failure) -> Response {
    let reader = || Reader::of_any_path(state, uri, headers);
    let mut worded = if for_programs(uri.path()) {
        let mut worded = problem::respond(failure);
        if failure.status == StatusCode::UNAUTHORIZED {
            worded.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        worded
    } else if failure.status == StatusCode::NOT_FOUND {
        pages::not_found::page(&reader())
    } else {
        pages::failure::page(&reader(), failure, id)
    };
    if failure.status == StatusCode::SERVICE_UNAVAILABLE {
        // Whatever is missing comes back by itself, most often within a second or two.
        worded.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
    }
    worded
}

fn is_worded(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    kind.is_some_and(|k| k.starts_with(b"text/html") || k.starts_with(problem::CONTENT_TYPE.as_bytes()))
}

/// Tells whether a path is asked by programs, which get problem documents.
fn for_programs(path: &str) -> bool {
    ["/api", "/healthz", "/readyz", "/metrics", "/openapi.json", "/static", "/widget.js"]
        .iter()
        .any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_told_apart_by_whole_segments() {
        assert!(for_programs("/api/v1/nothing") && for_programs("/api") && for_programs("/readyz"));
        assert!(!for_programs("/apiary") && !for_programs("/zh-CN/api") && !for_programs("/"));
    }
}
