//! `GET /openapi.json`: the description of the API, made from the handlers and their types.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::base::Locale;
use crate::desk::HelpCentre;
use crate::web::identity::{self, IdentityRules};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "zhida",
        description = "Search, articles, error codes and chat of a help centre. Errors are problem documents (RFC 9457)."
    ),
    modifiers(&Keys),
    tags(
        (name = "search", description = "Finding articles"),
        (name = "articles", description = "Reading them"),
        (name = "chat", description = "Asking"),
        (name = "health", description = "For whoever runs the server"),
    )
)]
struct Introduction;

/// How the holder of a key says so.
struct Keys;

impl Modify for Keys {
    fn modify(&self, api: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some(
            "A key that an admin has made in the console, `zk_…`: internal articles are among the answers.",
        ));
        api.components.get_or_insert_default().add_security_scheme("api_key", SecurityScheme::Http(scheme.build()));
    }
}

/// Returns what the description says before the paths.
pub(crate) fn introduction() -> utoipa::openapi::OpenApi {
    Introduction::openapi()
}

/// The description, but for what the content decides.
#[derive(Debug)]
pub(crate) struct Description(Value);

impl Description {
    /// Takes what the handlers say, and how customers' identities are checked where they are.
    pub(crate) fn new(api: &utoipa::openapi::OpenApi, identity: Option<&IdentityRules>) -> Self {
        // The types come from the compiler; that they can be written is covered by a test.
        let mut api = serde_json::to_value(api).unwrap_or_default();
        for (path, operation) in operations(&mut api).filter(|(path, _)| path.starts_with("/api/")) {
            refuses(operation, "414", "The address is too long", false);
            refuses(operation, "431", "The headers are too large", false);
            refuses(operation, "429", "Too many requests from this client", true);
            refuses(operation, "503", "The server has too much to do, or is not ready; ask again later", true);
            if let Some(rules) = identity.filter(|_| identity::is_about_a_conversation(path)) {
                refuses(operation, "401", "The identity is missing or not valid", false);
                let named = json!({"identity": []});
                operation["security"] = if rules.required() { json!([named]) } else { json!([{}, named]) };
            }
        }
        if identity.is_some() {
            api["components"]["securitySchemes"]["identity"] = json!({
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "Who the customer is, signed by the backend of the site that embeds the chat.",
            });
        }
        Description(api)
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

/// Returns every operation with its path.
fn operations(api: &mut Value) -> impl Iterator<Item = (&String, &mut Value)> {
    let paths = api.get_mut("paths").and_then(Value::as_object_mut).into_iter().flatten();
    paths.flat_map(|(path, item)| {
        item.as_object_mut().into_iter().flatten().map(move |(_, operation)| (path, operation))
    })
}

/// Returns every parameter of every operation.
fn parameters(api: &mut Value) -> impl Iterator<Item = &mut Value> {
    operations(api).filter_map(|(_, o)| o.get_mut("parameters")?.as_array_mut()).flatten()
}

/// Adds a refusal that any request can meet, unless the handler has described it itself.
fn refuses(operation: &mut Value, status: &str, description: &str, later: bool) {
    let refusal = &mut operation["responses"][status];
    if refusal.is_null() {
        let schema = json!({"$ref": "#/components/schemas/Problem"});
        *refusal = json!({"description": description, "content": {"application/problem+json": {"schema": schema}}});
    }
    if later {
        let seconds = json!({"type": "integer", "minimum": 0});
        refusal["headers"] =
            json!({"Retry-After": {"description": "In how many seconds to ask again", "schema": seconds}});
    }
}

/// Sends the description.
pub(crate) async fn show(State(desk): State<Arc<HelpCentre>>, description: Arc<Description>) -> Response {
    Json(description.in_locales(desk.snapshot().locales())).into_response()
}
