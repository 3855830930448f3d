//! The sitemap: every public page of every locale, with its translations. A large site gets an index of several.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};

use crate::base::{Locale, Viewer};
use crate::kb::{Snapshot, article_url, code_url};
use crate::web::discovery::render;
use crate::web::error::Failure;
use crate::web::frame::encode;
use crate::web::reader::Reader;
use crate::web::state::AppState;

/// The most addresses that one file may hold, by sitemaps.org.
const MOST: usize = 50_000;
const XML: &str = "application/xml; charset=utf-8";

#[derive(Debug, Template)]
#[template(path = "discovery/sitemap.xml")]
struct Sitemap<'a> {
    origin: &'a str,
    pages: &'a [Page],
}

#[derive(Debug, Template)]
#[template(path = "discovery/sitemap_index.xml")]
struct Index<'a> {
    origin: &'a str,
    files: usize,
}

/// One page in one locale.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Page {
    path: String,
    updated: Option<String>,
    /// The page in every locale, itself among them; empty where there is no other.
    translations: Vec<(String, String)>,
}

/// `GET /sitemap.xml`: the pages, or the files that hold them.
pub(crate) async fn show(State(state): State<AppState>, asked: Parts) -> Response {
    let reader = Reader::of_the_site(&state, &asked);
    let pages = pages(&reader.snapshot);
    let origin = reader.origin.as_str();
    let made = if pages.len() <= MOST {
        render(&Sitemap { origin, pages: &pages }, XML)
    } else {
        render(&Index { origin, files: pages.len().div_ceil(MOST) }, XML)
    };
    made.map(|d| reader.publish(d)).into_response()
}

/// `GET /sitemaps/{file}`, the files being `1.xml`, `2.xml`, ….
pub(crate) async fn part(
    State(state): State<AppState>,
    Path(file): Path<String>,
    asked: Parts,
) -> Result<Response, Failure> {
    let reader = Reader::of_the_site(&state, &asked);
    let missing = || Failure::not_found("unknown_sitemap", "there is no such sitemap");
    let number: usize =
        file.strip_suffix(".xml").and_then(|n| n.parse().ok()).filter(|n| *n > 0).ok_or_else(missing)?;
    let pages = pages(&reader.snapshot);
    let part = pages.chunks(MOST).nth(number - 1).ok_or_else(missing)?;
    Ok(render(&Sitemap { origin: &reader.origin, pages: part }, XML).map(|d| reader.publish(d)).into_response())
}

fn pages(snapshot: &Snapshot) -> Vec<Page> {
    let locales = snapshot.locales();
    let mut pages = Vec::new();
    let mut everywhere = |path: &dyn Fn(&Locale) -> String| {
        let translations: Vec<(String, String)> = locales.iter().map(|l| (l.to_string(), path(l))).collect();
        let translations = if translations.len() > 1 { translations } else { Vec::new() };
        for locale in locales {
            pages.push(Page { path: path(locale), updated: None, translations: translations.clone() });
        }
    };
    everywhere(&|l| format!("/{l}/"));
    everywhere(&|l| format!("/{l}/codes"));
    everywhere(&|l| format!("/{l}/contacts"));
    for category in snapshot.categories(&snapshot.site().default_locale, Viewer::Public) {
        everywhere(&|l| format!("/{l}/categories/{}", encode(&category.id)));
    }
    let public = |record: &&crate::kb::CodeRecord| {
        snapshot.article(&record.article, &snapshot.site().default_locale, Viewer::Public).is_some()
    };
    for record in snapshot.codes().iter().filter(public) {
        everywhere(&|l| code_url(l, &record.code));
    }
    for article in snapshot.articles().iter().filter(|a| a.visible_to(Viewer::Public)) {
        let others = snapshot.translations(&article.id, Viewer::Public);
        let translations = others.iter().map(|l| (l.to_string(), article_url(l, &article.id)));
        pages.push(Page {
            path: article.url(),
            updated: article.updated.map(|day| day.to_string()),
            translations: if others.len() > 1 { translations.collect() } else { Vec::new() },
        });
    }
    pages
}
