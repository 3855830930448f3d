//! An agent's own account: the password.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::agents::AccountError;
use crate::web::console::page::{Page, show};
use crate::web::console::session::Agent;
use crate::web::error::Failure;
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "console/account.html")]
struct Account {
    page: Page,
    complaint: &'static str,
    done: bool,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Passwords {
    csrf: String,
    present: String,
    new: String,
}

/// `GET /agent/account`.
pub(crate) async fn open(agent: Agent, State(state): State<AppState>, headers: HeaderMap) -> Response {
    let page = Page::new(&state, &headers, Some(&agent), "account", |ui| ui.account);
    show(StatusCode::OK, &Account { page, complaint: "", done: false })
}

/// `POST /agent/account`.
pub(crate) async fn change(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(sent): Form<Passwords>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    let page = Page::new(&state, &headers, Some(&agent), "account", |ui| ui.account);
    let ui = page.ui;
    let complaint = match state.desk.accounts()?.change_password(&agent.who, &sent.present, &sent.new).await {
        Ok(()) => return Ok(show(StatusCode::OK, &Account { page, complaint: "", done: true })),
        Err(AccountError::WrongPassword) => ui.present_wrong,
        Err(AccountError::Desk(cause)) => return Err(cause.into()),
        Err(_) => ui.password_refused,
    };
    Ok(show(StatusCode::BAD_REQUEST, &Account { page, complaint, done: false }))
}
