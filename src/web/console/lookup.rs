//! The look-up: one box for a code, a pasted complaint or words; answers with articles and replies to copy.
//!
//! What is pasted is sent in the body, never in an address: browsers and proxies remember addresses.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::look_up::LookedUp;
use crate::web::console::page::{Page, locale, show};
use crate::web::console::session::Agent;
use crate::web::error::Failure;
use crate::web::state::{AppState, Settings};

#[derive(Debug, Template)]
#[template(path = "console/lookup.html")]
struct Lookup {
    page: Page,
    text: String,
    found: Option<LookedUp>,
    max_chars: usize,
}

/// What is found, alone: the script puts it into the page while the agent types.
#[derive(Debug, Template)]
#[template(path = "partials/looked_up.html")]
struct Part {
    page: Page,
    found: LookedUp,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    csrf: String,
    text: String,
    /// Anything but nothing asks for the part alone.
    part: String,
}

/// `GET /agent`.
pub(crate) async fn open(agent: Agent, State(state): State<AppState>, headers: HeaderMap) -> Response {
    let page = Page::new(&state, &headers, Some(&agent), "lookup", |ui| ui.lookup);
    let max_chars = state.settings.max_message_chars;
    show(StatusCode::OK, &Lookup { page, text: String::new(), found: None, max_chars })
}

/// `POST /agent`.
pub(crate) async fn look_up(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    let page = Page::new(&state, &headers, Some(&agent), "lookup", |ui| ui.lookup);
    let max_chars = state.settings.max_message_chars;
    let typed = shortened(&sent.text, &state.settings);
    let found =
        (!typed.is_empty()).then(|| state.desk.look_up(&state.desk.snapshot(), &typed, &locale(&state, &headers)));
    if !sent.part.is_empty() {
        return Ok(match found {
            Some(found) => show(StatusCode::OK, &Part { page, found }),
            None => show(StatusCode::OK, &Empty),
        });
    }
    let text = found.as_ref().map(|f| f.text.clone()).unwrap_or_default();
    Ok(show(StatusCode::OK, &Lookup { page, text, found, max_chars }))
}

#[derive(Debug, Template)]
#[template(source = "", ext = "html")]
struct Empty;

fn shortened(text: &str, settings: &Settings) -> String {
    text.trim().chars().take(settings.max_message_chars).collect()
}
