//! What every request passes, in two pieces: before what is kept is answered, and before a handler.
//!
//! Each of axum's middlewares clones all that is behind it for each request, so that a dozen of them cost more than a kept
//! page does. Here they are functions, called in turn.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::web::limit::Admission;
use crate::web::state::AppState;
use crate::web::{cors, edition, error, identity, limit, security};

/// Gives a request its id, its line in the log and its client's budget, and answers with what is kept.
pub(crate) async fn receive(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = security::identify(&mut request);
    let answer = |request| security::record(request, &id, |request| admitted(&state, request, next));
    let mut response = cors::share(&state.sharing, request, answer).await;
    security::harden(&mut response, &id);
    response
}

async fn admitted(state: &AppState, mut request: Request, next: Next) -> Response {
    let told = match limit::admit(state, &mut request).await {
        Admission::Granted(told) => told,
        Admission::Refused(response) => return response,
    };
    let mut response = match edition::answer_with_kept(state, &request) {
        Some(response) => response,
        None => next.run(request).await,
    };
    if let Some(told) = told {
        told.to(&mut response);
    }
    response
}

/// Has a request worked on, where there is a place for it and its customer is who they say; words what goes wrong.
pub(crate) async fn work(State(state): State<AppState>, request: Request, next: Next) -> Response {
    error::put_into_words(&state, request, |request| placed(&state, request, next)).await
}

async fn placed(state: &AppState, mut request: Request, next: Next) -> Response {
    let _place = match limit::place(state, &request) {
        Ok(place) => place,
        Err(refused) => return *refused,
    };
    match identity::check(state, &mut request) {
        Ok(()) => next.run(request).await,
        Err(refused) => *refused,
    }
}
