//! Signing in and out.

use askama::Template;
use axum::Form;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::desk::agents::SignInError;
use crate::web::console::page::{Page, show};
use crate::web::console::session::{Address, Agent, forget, is_same_origin, keep, see};
use crate::web::console::ui_text::ConsoleText;
use crate::web::error::Failure;
use crate::web::frame::encode;
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "console/login.html")]
struct Login {
    page: Page,
    name: String,
    next: String,
    complaint: &'static str,
    /// Where a sign-in with the identity provider begins; empty where there is none.
    elsewhere: String,
}

/// Where to go afterwards.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    pub(super) next: String,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Credentials {
    name: String,
    password: String,
    next: String,
}

/// The form that signs out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Token {
    csrf: String,
}

/// `GET /agent/login`.
pub(crate) async fn open(State(state): State<AppState>, headers: HeaderMap, Query(wanted): Query<Wanted>) -> Response {
    show(StatusCode::OK, &Login::new(&state, &headers, String::new(), wanted.next, ""))
}

/// `POST /agent/login`.
pub(crate) async fn sign_in(
    State(state): State<AppState>,
    Address(address): Address,
    headers: HeaderMap,
    Form(sent): Form<Credentials>,
) -> Result<Response, Failure> {
    if !is_same_origin(&headers) {
        return Err(Failure::new(StatusCode::FORBIDDEN, "foreign_form", "this form was sent from another site"));
    }
    let refuse = |status, complaint| {
        show(status, &Login::new(&state, &headers, sent.name.clone(), sent.next.clone(), complaint))
    };
    let ui = Login::new(&state, &headers, String::new(), String::new(), "").page.ui;
    match state.desk.accounts()?.sign_in(&sent.name, &sent.password, &address).await {
        Ok(token) => Ok((keep(&headers, token), see(within(&sent.next))).into_response()),
        Err(SignInError::Wrong) => Ok(refuse(StatusCode::UNAUTHORIZED, ui.wrong_login)),
        Err(SignInError::TooMany) => Ok(refuse(StatusCode::TOO_MANY_REQUESTS, ui.too_many_logins)),
        Err(SignInError::Desk(cause)) => Err(cause.into()),
    }
}

/// `POST /agent/logout`.
pub(crate) async fn sign_out(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(sent): Form<Token>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    state.desk.accounts()?.sign_out(&agent.who).await?;
    Ok((forget(&headers), see("/agent/login")).into_response())
}

impl Login {
    fn new(state: &AppState, headers: &HeaderMap, name: String, next: String, complaint: &'static str) -> Self {
        let elsewhere = match (&state.settings.oidc, next.as_str()) {
            (None, _) => String::new(),
            (Some(_), "") => "/agent/login/oidc".to_owned(),
            (Some(_), next) => format!("/agent/login/oidc?next={}", encode(next)),
        };
        Login { page: Page::new(state, headers, None, "login", |ui| ui.login), name, next, complaint, elsewhere }
    }
}

/// Shows the login with what went wrong, in words that `complaint` chooses.
pub(super) fn complain(
    state: &AppState,
    headers: &HeaderMap,
    status: StatusCode,
    next: &str,
    complaint: fn(&ConsoleText) -> &'static str,
) -> Response {
    let mut login = Login::new(state, headers, String::new(), next.to_owned(), "");
    login.complaint = complaint(login.page.ui);
    show(status, &login)
}

/// Returns a path only if it is one of the console: nobody is sent elsewhere after signing in.
pub(super) fn within(next: &str) -> &str {
    let ours = next == "/agent" || next.strip_prefix("/agent").is_some_and(|rest| rest.starts_with(['/', '?']));
    if ours && !next.contains(['\\', '\r', '\n']) { next } else { "/agent" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_sent_elsewhere() {
        assert_eq!(within("/agent/tickets?state=closed"), "/agent/tickets?state=closed");
        for other in ["", "//evil.example", "https://evil.example", "/agentx", "/en/", "/agent\\evil"] {
            assert_eq!(within(other), "/agent", "{other}");
        }
    }
}
