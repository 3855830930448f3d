//! The queue of tickets, and the messages to other systems that were given up.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::tickets::Delivery;
use crate::model::{Ticket, TicketState};
use crate::web::console::page::{Page, show};
use crate::web::console::session::{Agent, see};
use crate::web::error::Failure;
use crate::web::state::AppState;

const PER_PAGE: u32 = 50;

#[derive(Debug, Template)]
#[template(path = "console/tickets.html")]
struct Tickets {
    page: Page,
    /// `open`, `closed` or `undelivered`.
    state: &'static str,
    tickets: Vec<Ticket>,
    dead: Vec<Delivery>,
    older: Option<u32>,
    newer: Option<u32>,
}

/// Which tickets.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    state: String,
    page: String,
}

/// The form that sends a message again.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Again {
    csrf: String,
    id: String,
}

/// `GET /agent/tickets?state=`.
pub(crate) async fn list(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let page = Page::new(&state, &headers, Some(&agent), "tickets", |ui| ui.tickets);
    let at = wanted.page.parse::<u32>().unwrap_or(0).min(100_000);
    let mut view =
        Tickets { page, state: "open", tickets: Vec::new(), dead: Vec::new(), older: None, newer: at.checked_sub(1) };
    if wanted.state == "undelivered" {
        view.state = "undelivered";
        view.dead = state.desk.dead_letters().await?;
        return Ok(show(StatusCode::OK, &view));
    }
    let which = if wanted.state == "closed" { TicketState::Closed } else { TicketState::Open };
    let (tickets, all) = state.desk.tickets(which, PER_PAGE, at * PER_PAGE).await?;
    view.state = which.as_str();
    view.older = (u64::from((at + 1) * PER_PAGE) < all).then_some(at + 1);
    view.tickets = tickets;
    Ok(show(StatusCode::OK, &view))
}

/// `POST /agent/tickets`: sends a message again.
pub(crate) async fn send_again(
    agent: Agent,
    State(state): State<AppState>,
    Form(sent): Form<Again>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    state.desk.send_again(agent.name(), &sent.id).await?;
    Ok(see("/agent/tickets?state=undelivered"))
}
