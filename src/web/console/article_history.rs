//! One article's history: who changed it, when, and what they said of it.

use std::path::PathBuf;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use crate::base::{ArticleId, Locale, Viewer};
use crate::desk::history::{Change, NoHistory};
use crate::kb::{Audience, article_url};
use crate::web::console::page::{Page, show};
use crate::web::console::session::Agent;
use crate::web::error::Failure;
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "console/article_history.html")]
struct ArticleHistory {
    page: Page,
    title: String,
    lang: String,
    file: String,
    /// Where everybody reads it; empty for an internal one.
    url: String,
    changes: Vec<Change>,
    /// Why there are none, in words; empty where there are some.
    nothing: &'static str,
}

/// `GET /agent/content/articles/{locale}/{category}/{slug}`.
pub(crate) async fn open(
    agent: Agent,
    State(state): State<AppState>,
    headers: HeaderMap,
    Path((locale, category, slug)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let unknown = || Failure::not_found("unknown_article", "no such article in this language");
    let locale: Locale = locale.parse().map_err(|_| unknown())?;
    let id: ArticleId = format!("{category}/{slug}").parse().map_err(|_| unknown())?;
    let page = Page::new(&state, &headers, Some(&agent), "content", |ui| ui.change_history);
    let (title, file, url): (String, PathBuf, String) = {
        let snapshot = state.desk.snapshot();
        let article = snapshot.article(&id, &locale, Viewer::Agent).filter(|a| a.locale == locale);
        let article = article.ok_or_else(unknown)?;
        let is_public = article.audience == Audience::Public;
        let url = if is_public { article_url(&locale, &id) } else { String::new() };
        (article.title.clone(), article.file.clone(), url)
    };
    let (changes, nothing) = match state.desk.article_history(&file).await {
        Ok(changes) if changes.is_empty() => (changes, page.ui.not_committed),
        Ok(changes) => (changes, ""),
        Err(NoHistory::NoGit) => (Vec::new(), page.ui.no_git),
        Err(NoHistory::NoRepository) => (Vec::new(), page.ui.no_history),
        Err(NoHistory::TooLong) => (Vec::new(), page.ui.history_slow),
    };
    let file = file.display().to_string();
    let view = ArticleHistory { page, title, lang: locale.to_string(), file, url, changes, nothing };
    Ok(show(StatusCode::OK, &view))
}
