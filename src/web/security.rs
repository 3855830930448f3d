//! Headers that every answer carries, and the request's line in the log.
//!
//! The policy has no `unsafe-inline`: what pages hold inline is named by its hash (see [`style`](crate::web::style)), so
//! that markup which slipped through the sanitiser still could not run.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::web::measure;

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

/// Gives the request an id of our own, whatever the client sent, and the answer its headers.
pub(crate) async fn identify_and_harden(mut request: Request, next: Next) -> Response {
    let id = uuid::Uuid::now_v7().to_string();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        // The widget's file and its demo say more of themselves than this.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(POLICY));
    if let Ok(value) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, value);
    }
    // Content changes under the same addresses; an answer that says nothing else is asked for again.
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-cache"));
    response
}

/// Writes one line for each request. The query string stays out of it: customers type secrets into search boxes.
pub(crate) async fn record(request: Request, next: Next) -> Response {
    let id = request.extensions().get::<RequestId>().cloned().unwrap_or_default();
    // What was asked for as the router writes it: an address could be anything.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = measure::method(request.method());
    let span = tracing::info_span!("request", id = %id.0, method = %request.method(), path = request.uri().path());
    async move {
        let begun = Instant::now();
        let response = next.run(request).await;
        let took = begun.elapsed();
        measure::request(route.as_ref(), method, response.status(), took);
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), micros, "answered");
        response
    }
    .instrument(span)
    .await
}
