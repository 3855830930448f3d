//! What is not there: an honest page with a search box, and never a neighbour in its place.

use askama::Template;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, Frame, Place, popular};
use crate::web::reader::{Keep, Reader, redirect};

#[derive(Debug, Template)]
#[template(path = "pages/not_found.html")]
struct NotFound {
    frame: Frame,
    heading: String,
    advice: String,
    chat_url: String,
    popular: Vec<ArticleCard>,
}

/// Any path without a route: without its last slash it may have one.
pub(crate) async fn fallback(reader: Result<Reader, Response>, request: Request) -> Response {
    if let Ok(reader) = reader {
        let (path, query) = reader.rest.split_once('?').unwrap_or((&reader.rest, ""));
        let shorter = path.trim_end_matches('/');
        if request.method().is_safe() && shorter.len() < path.len() && shorter.len() > 1 {
            let query = if query.is_empty() { String::new() } else { format!("?{query}") };
            return redirect(&reader.url(&format!("{shorter}{query}")));
        }
    }
    Failure::not_found("not_found", "nothing is at this path").into_response()
}

/// The page for an address that leads nowhere.
pub(crate) fn page(reader: &Reader) -> Response {
    let ui = reader.ui;
    render(reader, ui.not_found.to_owned(), ui.not_found_advice.to_owned(), "/chat")
}

/// The page for a code that nobody defined.
pub(crate) fn unknown_code(reader: &Reader, written: &str) -> Response {
    // A screen is read at a glance; what is longer is no code, and is not repeated.
    let shown: String = written.chars().take(40).collect();
    let chat = format!("/chat?q={}", crate::web::frame::encode(&shown));
    render(reader, (reader.ui.unknown_code)(&shown), reader.ui.unknown_code_advice.to_owned(), &chat)
}

fn render(reader: &Reader, heading: String, advice: String, chat: &str) -> Response {
    let frame = Frame::new(reader, Place::Search, &heading, &advice).hidden();
    let page = NotFound { chat_url: frame.url(chat), popular: popular(reader), heading, advice, frame };
    reader.show(StatusCode::NOT_FOUND, Keep::Never, &page)
}
