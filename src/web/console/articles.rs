//! Every article, public or internal, with the way to its history.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::Deserialize;

use crate::kb::Audience;
use crate::web::console::page::{Page, show};
use crate::web::console::session::Agent;
use crate::web::frame::encode;
use crate::web::state::AppState;

const PER_PAGE: usize = 100;

#[derive(Debug, Template)]
#[template(path = "console/articles.html")]
struct Articles {
    page: Page,
    wanted: String,
    articles: Vec<Row>,
    older: String,
    newer: String,
}

/// An article in the list.
#[derive(Debug)]
struct Row {
    id: String,
    locale: String,
    title: String,
    is_internal: bool,
    updated: String,
}

/// Which articles.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    page: String,
}

/// `GET /agent/content/articles`.
pub(crate) async fn list(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Response {
    let snapshot = state.desk.snapshot();
    let q: String = wanted.q.trim().chars().take(100).collect();
    let words = q.to_lowercase();
    let mut rows: Vec<Row> = snapshot
        .articles()
        .iter()
        .filter(|a| a.id.as_str().contains(&words) || a.title.to_lowercase().contains(&words))
        .map(|a| Row {
            id: a.id.to_string(),
            locale: a.locale.to_string(),
            title: a.title.clone(),
            is_internal: a.audience == Audience::Agent,
            updated: a.updated.map(|day| day.to_string()).unwrap_or_default(),
        })
        .collect();
    rows.sort_by(|a, b| (&a.id, &a.locale).cmp(&(&b.id, &b.locale)));
    let at = wanted.page.parse::<usize>().unwrap_or(0).min(rows.len() / PER_PAGE);
    let address = |page: usize| format!("/agent/content/articles?q={}&page={page}", encode(&q));
    let page = Page::new(&state, &headers, Some(&agent), "content", |ui| ui.articles_title);
    let view = Articles {
        page,
        older: if (at + 1) * PER_PAGE < rows.len() { address(at + 1) } else { String::new() },
        newer: at.checked_sub(1).map(address).unwrap_or_default(),
        articles: rows.into_iter().skip(at * PER_PAGE).take(PER_PAGE).collect(),
        wanted: q,
    };
    show(StatusCode::OK, &view)
}
