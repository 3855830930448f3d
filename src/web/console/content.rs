//! What is loaded: articles, version, findings of the check, recent changes.

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::desk::content_state::ContentState;
use crate::web::console::page::{Page, show};
use crate::web::console::session::Agent;
use crate::web::error::Failure;
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "console/content.html")]
struct ContentPage {
    page: Page,
    content: ContentState,
}

/// `GET /agent/content`.
pub(crate) async fn open(agent: Agent, State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    let content = state.desk.content_state().await;
    let page = Page::new(&state, &headers, Some(&agent), "content", |ui| ui.content);
    Ok(show(StatusCode::OK, &ContentPage { page, content }))
}
