//! `GET /openapi.json`: the description of the API, made from the handlers and their types.

use std::sync::Arc;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use utoipa::OpenApi;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "zhida",
        description = "Search, articles, error codes and chat of a help centre. Errors are problem documents (RFC 9457)."
    ),
    tags(
        (name = "search", description = "Finding articles"),
        (name = "articles", description = "Reading them"),
        (name = "chat", description = "Asking"),
        (name = "health", description = "For whoever runs the server"),
    )
)]
struct Introduction;

/// Returns what the description says before the paths.
pub(crate) fn introduction() -> utoipa::openapi::OpenApi {
    Introduction::openapi()
}

/// The description, written once at start.
#[derive(Debug)]
pub(crate) struct Description(String);

impl Description {
    pub(crate) fn new(api: &utoipa::openapi::OpenApi) -> Self {
        // The types come from the compiler; that they can be written is covered by a test.
        Description(api.to_json().unwrap_or_default())
    }
}

/// Sends the description.
pub(crate) async fn show(description: Arc<Description>) -> Response {
    ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], description.0.clone()).into_response()
}
