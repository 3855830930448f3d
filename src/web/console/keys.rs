//! API keys, for admins: made, shown once, revoked.

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::desk::api_keys::SCOPES;
use crate::model::ApiKey;
use crate::web::console::page::{Page, show};
use crate::web::console::session::{Agent, see};
use crate::web::error::Failure;
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "console/keys.html")]
struct Keys {
    page: Page,
    keys: Vec<ApiKey>,
    scopes: Vec<&'static str>,
    /// The key that was just made.
    made: String,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    csrf: String,
    action: String,
    name: String,
    scope: String,
    id: String,
}

/// `GET /agent/keys`.
pub(crate) async fn list(agent: Agent, State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    agent.admins_only()?;
    view(&agent, &state, &headers, String::new()).await
}

/// `POST /agent/keys`.
pub(crate) async fn change(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    agent.check(&sent.csrf)?;
    agent.admins_only()?;
    let accounts = state.desk.accounts()?;
    if sent.action == "revoke" {
        accounts.revoke_api_key(agent.name(), &sent.id).await?;
        return Ok(see("/agent/keys"));
    }
    let name: String = sent.name.trim().chars().take(100).collect();
    let made = accounts.add_api_key(agent.name(), &name, &[sent.scope]).await?;
    view(&agent, &state, &headers, made).await
}

async fn view(agent: &Agent, state: &AppState, headers: &HeaderMap, made: String) -> Result<Response, Failure> {
    let keys = state.desk.accounts()?.api_keys().await?;
    let page = Page::new(state, headers, Some(agent), "keys", |ui| ui.keys);
    Ok(show(StatusCode::OK, &Keys { page, keys, scopes: SCOPES.to_vec(), made }))
}
