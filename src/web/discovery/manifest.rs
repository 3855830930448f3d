//! The web manifest, and the site's mark as pictures for those who draw no SVG.

use std::sync::Arc;

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::{IntoResponse as _, Response};
use serde_json::json;

use crate::web::discovery::drawing;
use crate::web::document::Document;
use crate::web::error::Failure;
use crate::web::frame::brand;
use crate::web::reader::Reader;
use crate::web::state::AppState;

/// `GET /{locale}/manifest.webmanifest`.
pub(crate) async fn show(reader: Reader) -> Response {
    let name = brand(&reader);
    let picture = |size: u32| json!({ "src": format!("/icon-{size}.png"), "sizes": format!("{size}x{size}"), "type": "image/png" });
    let manifest = json!({
        "id": reader.url("/"),
        "name": format!("{name} {}", reader.ui.help_centre),
        "short_name": name,
        "lang": reader.locale.as_str(),
        "start_url": reader.url("/"),
        "scope": "/",
        "display": "minimal-ui",
        "background_color": "#fafaf6",
        "theme_color": reader.edition.style.accent,
        "icons": [
            picture(192),
            picture(512),
            { "src": reader.edition.icon.url(), "sizes": "any", "type": reader.edition.icon.content_type() },
        ],
        "shortcuts": [
            { "name": reader.ui.search, "url": reader.url("/search") },
            { "name": reader.ui.chat, "url": reader.url("/chat") },
        ],
    });
    reader.publish(Document::new("application/manifest+json", manifest.to_string().into_bytes()))
}

/// `GET /icon-192.png`, `/icon-512.png`, `/apple-touch-icon.png` and `/favicon.ico`.
pub(crate) async fn icon(State(state): State<AppState>, asked: Parts) -> Result<Response, Failure> {
    let reader = Reader::of_the_site(&state, &asked);
    let edition = Arc::clone(&reader.edition);
    if edition.icon.content_type() == "image/png" {
        return Ok(reader.publish(Document::new("image/png", edition.icon.bytes().to_vec())));
    }
    let size = match asked.uri.path() {
        "/icon-512.png" => 512,
        "/icon-192.png" => 192,
        "/apple-touch-icon.png" => 180,
        _ => 48,
    };
    let made = drawing::in_the_background(move || {
        let svg = String::from_utf8_lossy(edition.icon.bytes()).into_owned();
        drawing::square(&svg, size)
    });
    let picture = made.await.ok_or_else(|| Failure::not_found("no_picture", "the site's mark cannot be drawn"))?;
    Ok(reader.publish(Document::new("image/png", picture)).into_response())
}
