//! What every request passes, in two pieces: before what is kept is answered, and before a handler.
//!
//! Each of axum's middlewares clones all that is behind it for each request, so that a dozen of them cost more than a kept
//! page does. Here they are functions, called in turn.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::state::AppState;
use crate::web::{cors, edition, error, identity, limit, security};

/// Gives a request its id, its line in the log and its client's budget, and answers with what is kept.
pub(crate) async fn receive(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = security::identify(&mut request);
    // Apart: each function around it would hold it twice, and what is held is moved from layer to layer.
    let answer = |request| security::record(request, &id, |request| Box::pin(admitted(&state, request, next)));
    let mut response = cors::share(&state.sharing, request, answer).await;
    security::harden(&mut response, &id);
    response
}

async fn admitted(state: &AppState, mut request: Request, next: Next) -> Response {
    let budget = match limit::admit(state, &mut request).await {
        Ok(budget) => budget,
        Err(refused) => return *refused,
    };
    let mut response = match edition::answer_with_kept(state, &request) {
        Some(response) => response,
        None => next.run(request).await,
    };
    if let Some(budget) = budget {
        budget.tell(response.headers_mut());
    }
    response
}

/// Has a request worked on, where there is a place for it and its customer is who they say; words what goes wrong.
pub(crate) async fn work(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let answer = async |request| placed(&state, request, next).await.unwrap_or_else(|refused| *refused);
    error::put_into_words(&state, request, answer).await
}

async fn placed(state: &AppState, mut request: Request, next: Next) -> Result<Response, Box<Response>> {
    let _place = limit::place(state, &request)?;
    identity::check(state, &mut request)?;
    Ok(next.run(request).await)
}
