//! An Atom feed of the articles of one locale, the latest change first.

use askama::Template;
use axum::response::{IntoResponse as _, Response};

use crate::kb::Article;
use crate::web::discovery::render;
use crate::web::error::Failure;
use crate::web::frame::brand;
use crate::web::reader::Reader;

/// A reader's program remembers what it has seen; more than this is a sitemap.
const MOST: usize = 50;

#[derive(Debug, Template)]
#[template(path = "discovery/feed.xml")]
struct Feed<'a> {
    lang: &'a str,
    title: String,
    home: String,
    own: String,
    /// The latest change, as RFC 3339 wants it.
    updated: String,
    author: String,
    entries: Vec<Entry<'a>>,
}

#[derive(Debug)]
struct Entry<'a> {
    url: String,
    title: &'a str,
    summary: &'a str,
    updated: String,
}

/// `GET /{locale}/feed.xml`.
pub(crate) async fn show(reader: Reader) -> Result<Response, Failure> {
    let public = |a: &&Article| a.visible_to(crate::base::Viewer::Public) && a.locale == reader.locale;
    let mut articles: Vec<&Article> =
        reader.snapshot.articles().iter().filter(public).filter(|a| a.updated.is_some()).collect();
    articles.sort_by(|a, b| b.updated.cmp(&a.updated).then_with(|| a.id.cmp(&b.id)));
    let entries: Vec<Entry<'_>> = articles
        .into_iter()
        .take(MOST)
        .map(|a| Entry {
            url: reader.absolute(&a.url()),
            title: &a.title,
            summary: &a.summary,
            updated: midnight(a.updated),
        })
        .collect();
    let author = brand(&reader);
    let feed = Feed {
        lang: reader.locale.as_str(),
        title: format!("{author} · {}", reader.ui.help_centre),
        home: reader.absolute(&reader.url("/")),
        own: reader.absolute(&reader.url("/feed.xml")),
        updated: entries.first().map_or_else(|| midnight(None), |e| e.updated.clone()),
        author,
        entries,
    };
    Ok(render(&feed, "application/atom+xml; charset=utf-8").map(|d| reader.publish(d)).into_response())
}

/// A feed without a dated article still needs a date; the epoch never looks like news.
fn midnight(day: Option<jiff::civil::Date>) -> String {
    day.map_or_else(|| "1970-01-01T00:00:00Z".to_owned(), |day| format!("{day}T00:00:00Z"))
}
