//! Style sheets, scripts and the icon, embedded in the binary and served under names that change with their bytes.
//!
//! A browser keeps such a file for a year and asks again only when a page names another hash. The names without a hash
//! do not exist, so that nobody links to one.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;

use crate::desk::HelpCentre;
use crate::web::error::Failure;
use crate::web::theme::Theme;

const FOREVER: &str = "public, max-age=31536000, immutable";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// One file for the browser, several for whoever reads them.
const STYLE: &str = concat!(
    include_str!("../../static/css/base.css"),
    include_str!("../../static/css/frame.css"),
    include_str!("../../static/css/browse.css"),
    include_str!("../../static/css/article.css"),
    include_str!("../../static/css/chat.css"),
);

/// The embedded files.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) style: Asset,
    pub(crate) search: Asset,
    pub(crate) chat: Asset,
    pub(crate) icon: Asset,
    pub(crate) console_style: Asset,
    pub(crate) console_script: Asset,
}

/// One embedded file.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its name with the hash.
    pub(crate) file: String,
    content_type: &'static str,
    bytes: &'static [u8],
}

impl Asset {
    fn new(stem: &str, extension: &str, content_type: &'static str, bytes: &'static [u8]) -> Self {
        Asset { file: hashed(stem, extension, bytes), content_type, bytes }
    }

    /// Returns the path that pages link to.
    pub(crate) fn url(&self) -> String {
        format!("/static/{}", self.file)
    }
}

impl Assets {
    /// Names the embedded files.
    pub(crate) fn embed() -> Self {
        Assets {
            style: Asset::new("site", "css", CSS, STYLE.as_bytes()),
            search: Asset::new("search", "js", SCRIPT, include_bytes!("../../static/search.js")),
            chat: Asset::new("chat", "js", SCRIPT, include_bytes!("../../static/chat.js")),
            icon: Asset::new("icon", "svg", "image/svg+xml", include_bytes!("../../static/icon.svg")),
            console_style: Asset::new("console", "css", CSS, include_bytes!("../../static/css/console.css")),
            console_script: Asset::new("console", "js", SCRIPT, include_bytes!("../../static/console.js")),
        }
    }

    fn find(&self, file: &str) -> Option<&Asset> {
        [&self.style, &self.search, &self.chat, &self.icon, &self.console_style, &self.console_script]
            .into_iter()
            .find(|a| a.file == file)
    }
}

/// Returns `stem.hash.extension`, the hash being that of `bytes`.
pub(crate) fn hashed(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    format!("{stem}.{}.{extension}", &hash[..12])
}

/// Serves an embedded file, or the style sheet with the site's accent.
pub(crate) async fn serve(
    State(assets): State<Arc<Assets>>,
    State(desk): State<Arc<HelpCentre>>,
    Path(file): Path<String>,
) -> Response {
    if let Some(asset) = assets.find(&file) {
        return ([(header::CONTENT_TYPE, asset.content_type), (header::CACHE_CONTROL, FOREVER)], asset.bytes)
            .into_response();
    }
    match Theme::of_site(desk.snapshot().site()) {
        Some(theme) if theme.file == file => {
            ([(header::CONTENT_TYPE, CSS), (header::CACHE_CONTROL, FOREVER)], theme.css).into_response()
        }
        _ => {
            Failure::not_found("unknown_file", "no file has this name; pages link to the current ones").into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_with_the_bytes() {
        assert_ne!(hashed("site", "css", b"a"), hashed("site", "css", b"b"));
        let assets = Assets::embed();
        assert!(assets.find(&assets.style.file).is_some());
        assert!(assets.find("site.css").is_none(), "a name without a hash would be cached for ever");
    }
}
