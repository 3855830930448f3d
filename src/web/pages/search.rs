//! The results of a search, ten to a page.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use std::sync::Arc;

use crate::base::{SafeHtml, Viewer};
use crate::desk::{Found, HelpCentre};
use crate::search::{Hit, Query, Results};
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, CategoryCard, Frame, Place, categories, encode, popular};
use crate::web::reader::{Asked, Keep, Reader};
use crate::web::state::Settings;

const PER_PAGE: usize = 10;

/// What the address asks for. Everything is text: an address that somebody mistyped still gets a page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    q: String,
    category: String,
    page: String,
    /// Anything but nothing searches for the words exactly as typed.
    exact: String,
}

#[derive(Debug, Template)]
#[template(path = "pages/search.html")]
struct Search {
    frame: Frame,
    /// The category that is searched, empty for all; the form keeps it.
    category: String,
    filters: Vec<Filter>,
    found: String,
    nothing: String,
    /// What was searched for instead, and where to insist on the words as typed.
    corrected: Option<Corrected>,
    hits: Vec<HitView>,
    pages: Option<Pages>,
    /// Offered when nothing was typed or found.
    popular: Vec<ArticleCard>,
    categories: Vec<CategoryCard>,
    chat_url: String,
}

#[derive(Debug)]
struct Filter {
    name: String,
    url: String,
    current: bool,
}

#[derive(Debug)]
struct Corrected {
    /// What was searched for.
    query: String,
    /// The words that insist on what was typed, and where they lead.
    insist: String,
    insist_url: String,
}

#[derive(Debug)]
struct HitView {
    url: String,
    title_html: SafeHtml,
    snippet: SafeHtml,
    category: String,
    codes: Vec<String>,
    /// The text's language, where it is not the page's.
    other_lang: Option<String>,
}

#[derive(Debug)]
struct Pages {
    position: String,
    previous: Option<String>,
    next: Option<String>,
}

/// `GET /{locale}/search?q=&category=&page=`.
pub(crate) async fn show(
    reader: Reader,
    State(desk): State<Arc<HelpCentre>>,
    State(settings): State<Arc<Settings>>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Failure> {
    let q = wanted.q.trim();
    if q.chars().count() > settings.max_query_chars {
        return Err(Failure::bad_request("query_too_long", "the query is too long"));
    }
    let all = categories(&reader);
    let category = all.iter().find(|c| c.id == wanted.category).map(|c| c.id.clone());
    let last = settings.max_offset / PER_PAGE;
    let page = wanted.page.parse::<usize>().unwrap_or(1).clamp(1, last);
    let query = Query {
        text: q,
        locale: &reader.locale,
        category: category.as_deref(),
        limit: PER_PAGE,
        offset: (page - 1) * PER_PAGE,
        viewer: Viewer::Public,
        verbatim: !wanted.exact.is_empty(),
    };
    let found = (!q.is_empty()).then(|| desk.search(&reader.snapshot, &query));
    // Turning a page or choosing a topic is no new search.
    if let Some(found) = found.as_ref().filter(|_| page == 1 && category.is_none()) {
        desk.note_search(found);
    }
    let results = found.as_ref().map(Found::results);
    let view = view(&reader, q, category.unwrap_or_default(), all, results, page);
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &view))
}

fn view(
    reader: &Reader,
    q: &str,
    category: String,
    all: Vec<CategoryCard>,
    results: Option<&Results>,
    page: usize,
) -> Search {
    let ui = reader.ui;
    let title = if q.is_empty() { ui.search.to_owned() } else { (ui.results_title)(q) };
    let mut frame = Frame::new(reader, Place::Search, &title, ui.search_hint);
    q.clone_into(&mut frame.query);
    let bare = frame.search_url(q);
    let address = |category: &str, page: usize| {
        let mut url = bare.clone();
        if !category.is_empty() {
            url.push_str(&format!("&category={}", encode(category)));
        }
        if page > 1 {
            url.push_str(&format!("&page={page}"));
        }
        url
    };
    let every = Filter { name: ui.all_categories.to_owned(), url: address("", 1), current: category.is_empty() };
    let one = |c: &CategoryCard| Filter { name: c.name.clone(), url: address(&c.id, 1), current: c.id == category };
    let name_of = |id: &str| all.iter().find(|c| c.id == id).map(|c| c.name.clone()).unwrap_or_default();
    let total = results.map_or(0, |r| r.total);
    let last = total.div_ceil(PER_PAGE);
    let corrected = results.and_then(|r| r.corrected.clone());
    let hits: Vec<HitView> = results.into_iter().flat_map(|r| &r.hits).map(|h| hit(reader, h, &name_of)).collect();
    let nothing = hits.is_empty();
    // Results name the bare search page as their address, so that search engines keep one page and not one for each
    // query; a page that found nothing is nothing to keep.
    frame.hidden = nothing && !q.is_empty();
    Search {
        filters: std::iter::once(every).chain(all.iter().map(one)).collect(),
        found: (ui.result_count)(total),
        nothing: (ui.nothing_found)(q),
        corrected: corrected.map(|query| Corrected {
            insist: (ui.search_exactly)(q),
            insist_url: format!("{}&exact=1", frame.search_url(q)),
            query,
        }),
        pages: (last > 1 && !nothing).then(|| Pages {
            position: (ui.page_of)(page, last),
            previous: (page > 1).then(|| address(&category, page - 1)),
            next: (page < last).then(|| address(&category, page + 1)),
        }),
        popular: if nothing { popular(reader) } else { Vec::new() },
        chat_url: if q.is_empty() { frame.url("/chat") } else { frame.url(&format!("/chat?q={}", encode(q))) },
        categories: if nothing { all } else { Vec::new() },
        category,
        hits,
        frame,
    }
}

fn hit(reader: &Reader, hit: &Hit, name_of: &impl Fn(&str) -> String) -> HitView {
    HitView {
        category: name_of(&hit.category),
        other_lang: (hit.locale != reader.locale).then(|| hit.locale.to_string()),
        url: hit.url.clone(),
        title_html: hit.title_html.clone(),
        snippet: hit.snippet.clone(),
        codes: hit.codes.clone(),
    }
}
