//! The home page: one search box, what people ask most, and the categories.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::base::Viewer;
use crate::web::discovery::structured;
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, CategoryCard, Frame, Place, categories, popular};
use crate::web::locale::negotiate;
use crate::web::pages::code::{OutcomeText, messages, outcome};
use crate::web::reader::{Keep, Reader, redirect};
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "pages/home.html")]
struct Home {
    frame: Frame,
    tagline: String,
    /// What can be typed here.
    example: Option<Example>,
    /// The words of the link to the check of contacts.
    really: String,
    popular: Vec<ArticleCard>,
    categories: Vec<CategoryCard>,
}

/// An error code that exists here, with what the screen says beside it.
#[derive(Debug)]
struct Example {
    code: String,
    message: Option<String>,
    outcome: Option<OutcomeText>,
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
    let mut frame = Frame::new(&reader, Place::Home, "", &tagline);
    frame.structured.push(structured::home(&reader));
    let example = example(&reader, &popular);
    let really = (reader.ui.is_it_really)(&frame.brand);
    let page = Home { example, really, categories: categories(&reader), popular, tagline, frame };
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page))
}

/// Takes a code that has an article, a popular one first, so that the example is true on every site.
fn example(reader: &Reader, popular: &[ArticleCard]) -> Option<Example> {
    let any =
        || reader.snapshot.articles().iter().filter(|a| a.visible_to(Viewer::Public)).find_map(|a| a.codes.first());
    let code = popular.iter().find_map(|a| a.codes.first()).or_else(any)?;
    let record = reader.snapshot.code(code)?;
    Some(Example {
        code: record.code.clone(),
        message: messages(reader, record).first().cloned(),
        outcome: outcome(reader, record.outcome),
    })
}
