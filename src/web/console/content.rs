//! What is loaded: articles, version, findings of the check, recent changes. An admin can have it read again.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::content_state::ContentState;
use crate::web::console::page::{Page, show};
use crate::web::console::session::{Agent, see};
use crate::web::error::Failure;
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "console/content.html")]
struct ContentPage {
    page: Page,
    content: ContentState,
    /// How the reading ended that the agent asked for; may be empty.
    said: &'static str,
    /// Whether that is bad news.
    is_bad: bool,
}

/// What the address tells.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Read {
    /// How a reading ended.
    read: String,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Token {
    csrf: String,
}

/// `GET /agent/content`.
pub(crate) async fn open(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(wanted): Query<Read>,
) -> Result<Response, Failure> {
    let content = state.desk.content_state().await;
    let page = Page::new(&state, &headers, Some(&agent), "content", |ui| ui.content);
    let said = match wanted.read.as_str() {
        "published" => page.ui.reload_published,
        "unchanged" => page.ui.reload_unchanged,
        "refused" => page.ui.reload_refused,
        _ => "",
    };
    Ok(show(StatusCode::OK, &ContentPage { page, content, said, is_bad: wanted.read == "refused" }))
}

/// `POST /agent/reload`: reads the content again.
pub(crate) async fn reload(
    agent: Agent,
    State(state): State<AppState>,
    Form(sent): Form<Token>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    agent.admins_only()?;
    state.desk.accounts()?.note("content.reload", agent.name(), "", "").await?;
    let done = state.desk.reload().await;
    Ok(see(&format!("/agent/content?read={}", done.as_str())))
}
