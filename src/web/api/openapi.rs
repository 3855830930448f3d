//! `GET /openapi.json`: the description of the API, made from the handlers and their types.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa::OpenApi;

use crate::base::Locale;
use crate::desk::HelpCentre;

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

/// The description, but for what the content decides.
#[derive(Debug)]
pub(crate) struct Description(Value);

impl Description {
    pub(crate) fn new(api: &utoipa::openapi::OpenApi) -> Self {
        // The types come from the compiler; that they can be written is covered by a test.
        Description(serde_json::to_value(api).unwrap_or_default())
    }

    /// Returns it for a site in these locales: requests may name no other.
    fn in_locales(&self, locales: &[Locale]) -> Value {
        let mut api = self.0.clone();
        // Nothing is as good as no locale.
        let mut named: Vec<Value> = locales.iter().map(|l| Value::from(l.as_str())).collect();
        named.push(Value::from(""));
        for parameter in parameters(&mut api).filter(|p| p["name"] == "locale") {
            parameter["schema"] = json!({"type": "string", "enum": named});
        }
        named.push(Value::Null);
        for request in ["ChatMessage", "Feedback"] {
            if let Some(locale) = api.pointer_mut(&format!("/components/schemas/{request}/properties/locale")) {
                locale["enum"] = Value::Array(named.clone());
            }
        }
        if let Some(feedback) = api.pointer_mut("/components/schemas/Feedback") {
            let one = |key: &str| json!({"required": [key], "properties": {key: {"type": "string", "minLength": 1}}});
            feedback["anyOf"] = json!([one("article_id"), one("conversation_id")]);
        }
        api
    }
}

/// Returns every parameter of every operation.
fn parameters(api: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = api.get_mut("paths").and_then(Value::as_object_mut).into_iter().flat_map(|p| p.values_mut());
    let operations = paths.filter_map(Value::as_object_mut).flat_map(|p| p.values_mut());
    operations.filter_map(|o| o.get_mut("parameters")?.as_array_mut()).flatten()
}

/// Sends the description.
pub(crate) async fn show(State(desk): State<Arc<HelpCentre>>, description: Arc<Description>) -> Response {
    Json(description.in_locales(desk.snapshot().locales())).into_response()
}
