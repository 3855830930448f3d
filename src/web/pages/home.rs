//! The home page: one search box, what people ask most, and the categories.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, CategoryCard, Frame, Link, Place, categories, popular};
use crate::web::locale::negotiate;
use crate::web::reader::{Keep, Reader, redirect};
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
struct Home {
    frame: Frame,
    tagline: String,
    /// What can be typed: a code and a message that exist here.
    examples: Vec<Link>,
    popular: Vec<ArticleCard>,
    categories: Vec<CategoryCard>,
}

/// `GET /`: to the reader's own locale.
pub(crate) async fn choose_locale(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let locale = negotiate(&headers, state.desk.snapshot().site());
    let to = format!("/{locale}/");
    (StatusCode::FOUND, [(header::LOCATION, to.as_str()), (header::VARY, "Accept-Language")]).into_response()
}

/// `GET /{locale}`: the same with the slash.
pub(crate) async fn add_slash(reader: Result<Reader, Response>, Path(_): Path<String>) -> Response {
    match reader {
        Ok(reader) => redirect(&reader.url(&reader.rest)),
        Err(answer) => answer,
    }
}

/// `GET /{locale}/`.
pub(crate) async fn show(reader: Reader) -> Result<Response, Failure> {
    let site = reader.site();
    let tagline = site.tagline.get(&reader.locale, &site.default_locale).unwrap_or(reader.ui.search_hint).to_owned();
    let popular = popular(&reader);
    let frame = Frame::new(&reader, Place::Home, "", &tagline);
    let page = Home {
        examples: examples(&reader, &frame, &popular),
        categories: categories(&reader),
        popular,
        tagline,
        frame,
    };
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page))
}

/// Takes the first popular article with a code, so that the examples are true on every site.
fn examples(reader: &Reader, frame: &Frame, popular: &[ArticleCard]) -> Vec<Link> {
    let Some(code) = popular.iter().find_map(|a| a.codes.first()) else { return Vec::new() };
    let mut examples = vec![Link { url: frame.code_url(code), label: code.clone() }];
    let record = reader.snapshot.code(code);
    if let Some(message) = record.and_then(|r| r.messages.get(&reader.locale)).and_then(|m| m.first()) {
        examples.push(Link { url: frame.search_url(message), label: message.clone() });
    }
    examples
}
