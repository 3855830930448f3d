//! The audit log, for admins.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::model::AuditEntry;
use crate::web::console::page::{Page, show};
use crate::web::console::session::Agent;
use crate::web::error::Failure;
use crate::web::state::AppState;

const PER_PAGE: u32 = 100;

#[derive(Debug, Template)]
#[template(path = "console/audit.html")]
struct Audit {
    page: Page,
    entries: Vec<AuditEntry>,
    agent: String,
    older: Option<u32>,
    newer: Option<u32>,
}

/// Which entries.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    agent: String,
    page: String,
}

/// `GET /agent/audit`.
pub(crate) async fn list(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    agent.admins_only()?;
    let at = wanted.page.parse::<u32>().unwrap_or(0).min(100_000);
    let one = Some(wanted.agent.as_str()).filter(|name| !name.is_empty());
    // One more than is shown tells whether there is another page.
    let mut entries = state.desk.accounts()?.audit_log(one, PER_PAGE + 1, at * PER_PAGE).await?;
    let more = entries.len() > PER_PAGE as usize;
    entries.truncate(PER_PAGE as usize);
    let page = Page::new(&state, &headers, Some(&agent), "audit", |ui| ui.audit);
    let view = Audit { page, entries, agent: wanted.agent, older: more.then_some(at + 1), newer: at.checked_sub(1) };
    Ok(show(StatusCode::OK, &view))
}
