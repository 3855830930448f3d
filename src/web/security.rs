//! Headers that every answer carries, and the request's line in the log.
//!
//! The policy has no `unsafe-inline`: what pages hold inline is named by its hash (see [`style`](crate::web::style)), so
//! that markup which slipped through the sanitiser still could not run.

use std::borrow::Cow;
use std::time::Instant;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;
use tracing::Instrument as _;

use crate::web::{measure, trace};

/// The name under which one request is found in the log; the failure page shows it to the visitor.
#[derive(Debug, Clone, Default)]
pub(crate) struct RequestId(pub(crate) String);

/// The header that carries the request's id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

// Of answers that hold nothing inline; the pages bring a policy of their own.
const POLICY: &str = "default-src 'self'; img-src 'self' https:; object-src 'none'; base-uri 'none'; \
                      form-action 'self'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "strict-origin-when-cross-origin"),
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// As much of an address that leads nowhere is logged, in characters.
const LONGEST_PATH: usize = 200;

/// Gives the request an id of our own, whatever the client sent.
pub(crate) fn identify(request: &mut Request) -> RequestId {
    let id = RequestId(uuid::Uuid::now_v7().to_string());
    request.extensions_mut().insert(id.clone());
    id
}

/// Gives an answer its headers.
pub(crate) fn harden(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    headers.reserve(HEADERS.len() + 3);
    for (name, value) in HEADERS {
        // The widget's file and its demo say more of themselves than this.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    if let Ok(value) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID, value);
    }
    // Content changes under the same addresses; an answer that says nothing else is asked for again.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
}

/// Writes one line for each request, measures it, and makes it a trace where these are collected. The query string stays
/// out of all: customers type secrets into search boxes.
pub(crate) async fn record<A>(
    request: Request,
    route: Option<&str>,
    id: &RequestId,
    answer: impl FnOnce(Request) -> A,
) -> Response
where
    A: Future<Output = Response>,
{
    let method = measure::method(request.method());
    let traced = trace::span(method, route.unwrap_or(measure::NO_ROUTE), &id.0, request.headers());
    let span = tracing::info_span!("request", id = %id.0, method, route = route.unwrap_or(measure::NO_ROUTE));
    let uri = tracing::enabled!(tracing::Level::INFO).then(|| request.uri().clone());
    let asked = async {
        let begun = Instant::now();
        let response = answer(request).await;
        let took = begun.elapsed();
        let status = response.status();
        measure::request(route, method, status, took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        if let Some(uri) = uri {
            let path = told_path(uri.path(), route, status);
            tracing::info!(%path, status = status.as_u16(), micros, "answered");
        }
        response
    };
    let response = asked.instrument(span).instrument(traced.clone()).await;
    trace::end(&traced, response.status());
    response
}

/// Returns a path as the log may tell it. Who has a conversation's id can read what was said in it; and an address that
/// leads nowhere, or is refused, can hold anything that somebody has pasted, also where a page's name belongs.
fn told_path<'a>(path: &'a str, route: Option<&'a str>, status: StatusCode) -> Cow<'a, str> {
    match route {
        Some(route) if !route.contains('{') => Cow::Borrowed(path),
        Some(route) if route.starts_with("/api/v1/conversations/") || !status.is_success() => Cow::Borrowed(route),
        _ => {
            let plain: String = percent_decode_str(path).decode_utf8_lossy().chars().take(LONGEST_PATH).collect();
            Cow::Owned(crate::desk::mask(&plain))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_tells_no_key_and_nothing_private() {
        let told = |path, route, status| told_path(path, route, status).into_owned();
        assert_eq!(told("/en/", Some("/{locale}/"), StatusCode::OK), "/en/");
        let conversation = Some("/api/v1/conversations/{id}");
        assert_eq!(told("/api/v1/conversations/0198-7", conversation, StatusCode::OK), "/api/v1/conversations/{id}");
        let pasted = told("/en/card%204111%201111%201111%201111", None, StatusCode::NOT_FOUND);
        assert!(pasted.starts_with("/en/") && !pasted.contains("1111"), "{pasted}");
        let code = |status| told("/en/codes/4111111111111111", Some("/{locale}/codes/{code}"), status);
        for status in [StatusCode::FOUND, StatusCode::NOT_FOUND] {
            assert_eq!(code(status), "/{locale}/codes/{code}");
        }
        let found = code(StatusCode::OK);
        assert!(found.starts_with("/en/codes/") && !found.contains("1111"), "{found}");
    }
}
