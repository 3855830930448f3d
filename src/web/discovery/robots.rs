//! What crawlers may read: everything but what has no end and what is nobody's business.

use axum::extract::State;
use axum::http::request::Parts;
use axum::response::Response;

use crate::web::document::Document;
use crate::web::reader::Reader;
use crate::web::state::AppState;

/// `GET /robots.txt`. Results pages carry `noindex`, which only a crawler that may fetch them sees; the API and the
/// console have nothing to read.
pub(crate) async fn show(State(state): State<AppState>, asked: Parts) -> Response {
    let reader = Reader::of_the_site(&state, &asked);
    let sitemap = reader.absolute("/sitemap.xml");
    let text = format!("User-agent: *\nDisallow: /api/\nDisallow: /agent\n\nSitemap: {sitemap}\n");
    reader.publish(Document::new("text/plain; charset=utf-8", text.into_bytes()))
}
