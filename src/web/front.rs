//! What every request passes, in three pieces: before it is routed, around what is routed, and before a handler.
//!
//! Each of axum's middlewares clones all that is behind it for each request, so that a dozen of them cost more than a kept
//! page does. Here they are functions, called in turn; and what is kept is answered before the router copies a handler that
//! nobody will call.

use std::any::Any;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::{Router, http};
use hyper::body::Incoming;
use tower::layer::util::{Identity, Stack};
use tower::{ServiceBuilder, ServiceExt as _, service_fn};
use tower_http::catch_panic::{CatchPanicLayer, ResponseForPanic};
use tower_http::compression::Compression;
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::timeout::TimeoutLayer;

use crate::web::api::chat;
use crate::web::state::{AppState, Settings};
use crate::web::{cors, edition, error, identity, kept_search, limit, measure, security};

/// The help centre as connections ask it.
#[derive(Debug, Clone)]
pub struct Front {
    state: AppState,
    router: Router,
}

impl Front {
    pub(crate) fn new(state: AppState, router: Router) -> Self {
        Front { state, router }
    }

    /// Answers a request of the client at `peer`.
    pub(crate) async fn answer(&self, request: http::Request<Incoming>, peer: SocketAddr) -> Response {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        if let Some(failure) = limit::oversized(&request, self.state.settings.header_limit) {
            let answer = async |request: Request| error::worded(&self.state, &request, &failure);
            return Box::pin(pass(&self.state, None, request, answer)).await;
        }
        let begun = Instant::now();
        if let Some(kept) = edition::kept(&self.state, &request) {
            let answer = async |request: Request| {
                measure::kept_page();
                kept.document.answer(request.headers())
            };
            return pass(&self.state, kept.route(), request, answer).await;
        }
        if kept_search::is_search(&request)
            && let Some(kept) = self.state.edition().searches.of(&request)
        {
            let answer = async |request: Request| kept.answer(&self.state.desk, request.headers(), begun);
            return pass(&self.state, Some(kept_search::PATH), request, answer).await;
        }
        if request.method() == Method::POST && request.uri().path() == chat::PATH {
            let state = self.state.clone();
            let answer = |request| Box::pin(talk(state, request));
            return Box::pin(pass(&self.state, Some(chat::PATH), request, answer)).await;
        }
        // Apart, because it is large and what is kept needs none of it.
        match Box::pin(self.router.clone().oneshot(request)).await {
            Ok(response) => response,
            Err(never) => match never {},
        }
    }
}

/// What keeps every handler in its bounds: in time, in bytes, and from taking others down.
pub(crate) type Bounds = Stack<RequestBodyLimitLayer, Stack<TimeoutLayer, Stack<CatchPanicLayer<OnPanic>, Identity>>>;

/// Turns a panic into a failure.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OnPanic;

impl ResponseForPanic for OnPanic {
    type ResponseBody = Body;

    fn response_for_panic(&mut self, panic: Box<dyn Any + Send>) -> Response {
        error::caught_panic(panic)
    }
}

/// Returns the bounds of handlers.
pub(crate) fn bounds(settings: &Settings) -> ServiceBuilder<Bounds> {
    ServiceBuilder::new()
        .layer(CatchPanicLayer::custom(OnPanic))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, settings.timeout))
        .layer(RequestBodyLimitLayer::new(settings.body_limit))
}

/// Has a request pass what each passes on its way to a handler and back.
pub(crate) async fn receive(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map(MatchedPath::as_str);
    // Apart: each function around it would hold it twice, and what is held is moved from layer to layer.
    pass(&state, route, request, |request| Box::pin(next.run(request))).await
}

/// Gives a request its id, its line in the log and its client's budget, and its answer the headers that all have.
async fn pass<A>(
    state: &AppState,
    route: Option<&str>,
    mut request: Request,
    answer: impl FnOnce(Request) -> A,
) -> Response
where
    A: Future<Output = Response>,
{
    let id = security::identify(&mut request);
    let admitted = |request| admitted(state, request, answer);
    let recorded = |request| security::record(request, route, &id, admitted);
    let mut response = cors::share(&state.sharing, request, recorded).await;
    security::harden(&mut response, &id);
    response
}

async fn admitted<A>(state: &AppState, mut request: Request, answer: impl FnOnce(Request) -> A) -> Response
where
    A: Future<Output = Response>,
{
    let budget = match limit::admit(state, &mut request).await {
        Ok(budget) => budget,
        Err(refused) => return *refused,
    };
    let mut response = answer(request).await;
    if let Some(budget) = budget {
        budget.tell(response.headers_mut());
    }
    response
}

/// Answers a message to the chat past the router, whose middlewares take longer than a turn that is kept. It passes all that
/// it would pass there.
async fn talk(state: AppState, request: Request) -> Response {
    let state = &state;
    let answered = service_fn(|request| async move {
        Ok::<_, Infallible>(worked(state, request, |request| bounded(state, request)).await)
    });
    match Compression::new(answered).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

async fn bounded(state: &AppState, request: Request) -> Response {
    let handled = service_fn(async |request: http::Request<_>| {
        let headers = request.headers().clone();
        let answered = chat::chat(State(state.clone()), headers, request.map(Body::new)).await;
        Ok::<_, Infallible>(answered.into_response())
    });
    match bounds(&state.settings).service(handled).oneshot(request).await {
        Ok(response) => response.map(Body::new),
        Err(never) => match never {},
    }
}

/// Has a request worked on, where there is a place for it and its customer is who they say; words what goes wrong.
pub(crate) async fn work(State(state): State<AppState>, request: Request, next: Next) -> Response {
    worked(&state, request, |request| next.run(request)).await
}

async fn worked<A>(state: &AppState, request: Request, next: impl FnOnce(Request) -> A) -> Response
where
    A: Future<Output = Response>,
{
    let answer = |request| async move { placed(state, request, next).await.unwrap_or_else(|refused| *refused) };
    error::put_into_words(state, request, answer).await
}

async fn placed<A>(
    state: &AppState,
    mut request: Request,
    next: impl FnOnce(Request) -> A,
) -> Result<Response, Box<Response>>
where
    A: Future<Output = Response>,
{
    let _place = limit::place(state, &request)?;
    identity::check(state, &mut request)?;
    Ok(next(request).await)
}
