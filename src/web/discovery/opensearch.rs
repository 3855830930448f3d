//! The description by which a browser offers the help centre's search in its address bar, and its suggestions.

use askama::Template;
use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use std::sync::Arc;

use crate::base::Viewer;
use crate::search;
use crate::web::discovery::render;
use crate::web::error::Failure;
use crate::web::frame::brand;
use crate::web::reader::{Asked, Reader};
use crate::web::state::Settings;

/// The longest short name that the format allows.
const SHORT_NAME: usize = 16;
/// As many lines as the pages' own boxes show.
const LINES: usize = 6;

#[derive(Debug, Template)]
#[template(path = "discovery/opensearch.xml")]
struct Description {
    name: String,
    long_name: String,
    description: &'static str,
    lang: String,
    icon: String,
    icon_type: &'static str,
    search: String,
    suggestions: String,
}

/// `GET /{locale}/opensearch.xml`.
pub(crate) async fn show(reader: Reader) -> Response {
    let name = brand(&reader);
    let description = Description {
        name: name.chars().take(SHORT_NAME).collect(),
        long_name: format!("{name} {}", reader.ui.help_centre).chars().take(48).collect(),
        description: reader.ui.search_hint,
        lang: reader.locale.to_string(),
        icon: reader.absolute(&reader.edition.icon.url()),
        icon_type: reader.edition.icon.content_type(),
        search: reader.absolute(&reader.url("/search")),
        suggestions: reader.absolute(&reader.url("/suggestions.json")),
    };
    render(&description, "application/opensearchdescription+xml; charset=utf-8")
        .map(|d| reader.publish(d))
        .into_response()
}

/// What has been typed so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Typed {
    q: String,
}

/// `GET /{locale}/suggestions.json?q=`: the query and its completions, in the shape that browsers read.
pub(crate) async fn suggest(
    reader: Reader,
    State(settings): State<Arc<Settings>>,
    Asked(typed): Asked<Typed>,
) -> Result<Response, Failure> {
    let q = typed.q.trim();
    if q.chars().count() > settings.max_query_chars {
        return Err(Failure::bad_request("query_too_long", "the query is too long"));
    }
    let found = if q.is_empty() {
        Vec::new()
    } else {
        search::suggest(&reader.snapshot, q, &reader.locale, LINES, Viewer::Public)
    };
    let lines: Vec<String> = found.into_iter().map(|s| s.text).collect();
    let headers = [(header::CONTENT_TYPE, "application/x-suggestions+json")];
    Ok((headers, Json((q, lines)).into_response().into_body()).into_response())
}
