//! One ticket: the transcript with the reasons beside each turn, and what an agent can do.

use askama::Template;
use axum::Form;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::tickets::{TicketChange, TicketFile};
use crate::model::{MatchedBy, TicketEvent, TicketState};
use crate::web::console::page::{Page, show};
use crate::web::console::session::{Agent, see};
use crate::web::error::Failure;
use crate::web::frame::encode;
use crate::web::state::AppState;

/// The longest note or draft, in characters.
const MAX_CHARS: usize = 10_000;

#[derive(Debug, Template)]
#[template(path = "console/ticket.html")]
struct TicketPage {
    page: Page,
    file: TicketFile,
    is_open: bool,
    /// The other agents, to assign it to.
    agents: Vec<String>,
    max_chars: usize,
}

impl TicketPage {
    /// Returns the stage's word, for the template.
    #[expect(clippy::unused_self, reason = "templates call it on the page")]
    fn by(&self, by: &MatchedBy) -> String {
        serde_json::to_value(by).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    }
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    csrf: String,
    action: String,
    text: String,
    agent: String,
}

/// `GET /agent/tickets/{id}`.
pub(crate) async fn open(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Failure> {
    let file = state.desk.ticket_file(&state.desk.snapshot(), agent.name(), &id).await?;
    let agents = state.desk.accounts()?.agents().await?.into_iter().map(|a| a.name).collect();
    let page = Page::new(&state, &headers, Some(&agent), "tickets", |ui| ui.ticket);
    let is_open = file.ticket.state == TicketState::Open;
    Ok(show(StatusCode::OK, &TicketPage { page, file, is_open, agents, max_chars: MAX_CHARS }))
}

/// `POST /agent/tickets/{id}`.
pub(crate) async fn change(
    agent: Agent,
    State(state): State<AppState>,
    Path(id): Path<String>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    let text: String = sent.text.trim().chars().take(MAX_CHARS).collect();
    let change = match sent.action.as_str() {
        "take" => TicketChange::Assign(Some(agent.name())),
        "assign" => TicketChange::Assign(Some(sent.agent.as_str()).filter(|name| !name.is_empty())),
        "note" if text.is_empty() => return Ok(see(&format!("/agent/tickets/{}", encode(&id)))),
        "note" => TicketChange::Note(&text),
        "draft" => TicketChange::Draft(&text),
        "close" => TicketChange::Close,
        "reopen" => TicketChange::Reopen,
        _ => return Err(Failure::bad_request("unknown_action", "the form names no action")),
    };
    state.desk.change_ticket(agent.name(), &id, change).await?;
    Ok(see(&format!("/agent/tickets/{}", encode(&id))))
}
