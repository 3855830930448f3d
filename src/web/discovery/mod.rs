//! What makes the help centre found: by search engines, feed readers, browsers, social networks and language models.
//!
//! Everything here shows public articles alone, is made once for each edition, and names absolute addresses, because
//! its readers read it elsewhere.

pub(crate) mod feed;
pub(crate) mod opensearch;
pub(crate) mod plain;
pub(crate) mod robots;
pub(crate) mod security;
pub(crate) mod sitemap;

pub(crate) mod card;
pub(crate) mod drawing;
pub(crate) mod manifest;

pub(crate) mod structured;

use askama::Template;

use crate::web::document::Document;
use crate::web::error::Failure;

/// Renders a template as a document of a media type.
pub(crate) fn render(template: &impl Template, content_type: &'static str) -> Result<Document, Failure> {
    let text = template.render().map_err(|cause| {
        tracing::error!(%cause, "cannot render a document");
        Failure::new(axum::http::StatusCode::INTERNAL_SERVER_ERROR, "internal", "a document could not be rendered")
    })?;
    // XML has no place for control characters, which an author's editor may have left.
    let text: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    Ok(Document::new(content_type, text.into_bytes()))
}
