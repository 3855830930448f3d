//! `GET /widget/demo`: a page to try the widget on, as a host site would embed it.
//!
//! It makes do with the strictest policy that docs/widget.md asks of host pages, so that the documentation stays true.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{Html, IntoResponse, Response};

use crate::web::error::Failure;
use crate::web::locale::negotiate;
use crate::web::state::AppState;
use crate::web::widget::words::Demo as Words;

const STYLE: &str = include_str!("../../../static/widget/demo.css");
const SCRIPT: &str = include_str!("../../../static/widget/demo.js");

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

#[derive(Debug, Template)]
#[template(path = "widget/demo.html")]
struct Demo {
    words: &'static Words,
    lang: String,
    brand: String,
}

/// Shows the page.
pub(crate) async fn show(State(state): State<AppState>, headers: HeaderMap) -> Result<Response, Failure> {
    page(&state, &headers)
}

/// Shows the page under another path, to see what the content suggests there: `/widget/demo/checkout`.
pub(crate) async fn show_as(
    State(state): State<AppState>,
    Path(_): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    page(&state, &headers)
}

fn page(state: &AppState, headers: &HeaderMap) -> Result<Response, Failure> {
    let snapshot = state.desk.snapshot();
    let site = snapshot.site();
    let locale = negotiate(headers, site);
    let brand = site.name.get(&locale, &site.default_locale).unwrap_or_default().to_owned();
    let html = Demo { words: Words::of(&locale), lang: locale.to_string(), brand }.render().map_err(|cause| {
        tracing::error!(%cause, "cannot render the widget's demo");
        Failure::of_status(axum::http::StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    let headers = [
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
        (header::VARY, HeaderValue::from_static("Accept-Language")),
    ];
    Ok((headers, Html(html)).into_response())
}

/// Sends the page's style sheet.
pub(crate) async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// Sends the page's script.
pub(crate) async fn script() -> Response {
    ([(header::CONTENT_TYPE, "text/javascript; charset=utf-8")], SCRIPT).into_response()
}
