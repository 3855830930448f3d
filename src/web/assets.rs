//! Scripts and drawings, embedded in the binary and served under names that change with their bytes.
//!
//! A browser keeps such a file for a year and asks again only when a page names another hash. The names without a hash
//! do not exist, so that nobody links to one.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::web::encoding::{Encoded, Encoding};
use crate::web::error::Failure;
use crate::web::state::AppState;

const FOREVER: &str = "public, max-age=31536000, immutable";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// A drawing may style itself and do nothing else, when somebody opens it by itself.
const DRAWING_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'none'";

/// What every page can do with JavaScript, in one file: each part stands in a block of its own.
const SITE_SCRIPT: &str = concat!(
    "\"use strict\";\n{",
    include_str!("../../static/js/search.js"),
    "}\n{",
    include_str!("../../static/js/theme.js"),
    "}\n{",
    include_str!("../../static/js/article.js"),
    "}\n",
);

/// The embedded files.
#[derive(Debug)]
pub(crate) struct Assets {
    pub(crate) site: Asset,
    pub(crate) chat: Asset,
    pub(crate) console_style: Asset,
    pub(crate) console_script: Asset,
}

/// One file under a name with its hash.
#[derive(Debug)]
pub(crate) struct Asset {
    /// Its name with the hash.
    pub(crate) file: String,
    content_type: &'static str,
    body: Encoded,
}

impl Asset {
    pub(crate) fn new(
        stem: &str,
        extension: &str,
        content_type: &'static str,
        bytes: impl Into<axum::body::Bytes>,
    ) -> Self {
        let bytes = bytes.into();
        Asset { file: hashed(stem, extension, &bytes), content_type, body: Encoded::new(bytes) }
    }

    /// Returns the path that pages link to.
    pub(crate) fn url(&self) -> String {
        format!("/static/{}", self.file)
    }

    /// Tells whether a file name differs from this one in the hash alone.
    fn is_other_version_of(&self, file: &str) -> bool {
        let parts = |name: &str| {
            let (stem, rest) = name.split_once('.')?;
            let (hash, extension) = rest.split_once('.')?;
            Some((stem.to_owned(), hash.len(), extension.to_owned()))
        };
        parts(file).is_some_and(|written| Some(written) == parts(&self.file))
    }

    /// Returns the bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.body.plain()
    }

    /// Returns the media type.
    pub(crate) fn content_type(&self) -> &'static str {
        self.content_type
    }

    fn answer(&self, asked: &HeaderMap) -> Response {
        let (bytes, encoding) = self.body.body(Encoding::accepted(asked));
        let mut response = Response::new(Body::from(bytes));
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(FOREVER));
        headers.insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
        if let Some(encoding) = encoding {
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if self.content_type.starts_with("image/") {
            headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(DRAWING_POLICY));
        }
        response
    }
}

impl Assets {
    /// Names the embedded files.
    pub(crate) fn embed() -> Self {
        Assets {
            site: Asset::new("site", "js", SCRIPT, SITE_SCRIPT),
            chat: Asset::new("chat", "js", SCRIPT, include_str!("../../static/js/chat.js")),
            console_style: Asset::new("console", "css", CSS, include_str!("../../static/css/console.css")),
            console_script: Asset::new("console", "js", SCRIPT, include_str!("../../static/js/console.js")),
        }
    }

    fn find(&self, file: &str) -> Option<&Asset> {
        [&self.site, &self.chat, &self.console_style, &self.console_script].into_iter().find(|a| a.file == file)
    }
}

/// Returns `stem.hash.extension`, the hash being that of `bytes`.
pub(crate) fn hashed(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let hash = blake3::hash(bytes).to_hex();
    format!("{stem}.{}.{extension}", &hash[..12])
}

/// Serves an embedded file, or the site's mark or style sheet.
pub(crate) async fn serve(State(state): State<AppState>, Path(file): Path<String>, headers: HeaderMap) -> Response {
    let edition: Arc<_> = state.edition();
    let of_edition = || [&edition.icon, &edition.sheet].into_iter().find(|a| a.file == file);
    if let Some(asset) = state.assets.find(&file).or_else(of_edition) {
        return asset.answer(&headers);
    }
    // A page from before the site's look was changed, or of another server that has changed already.
    if let Some(asset) = [&edition.icon, &edition.sheet].into_iter().find(|a| a.is_other_version_of(&file)) {
        let mut response = asset.answer(&headers);
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        return response;
    }
    Failure::not_found("unknown_file", "no file has this name; pages link to the current ones").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_change_with_the_bytes() {
        assert_ne!(hashed("site", "css", b"a"), hashed("site", "css", b"b"));
        let assets = Assets::embed();
        assert!(assets.find(&assets.site.file).is_some());
        assert!(assets.find("site.js").is_none(), "a name without a hash would be cached for ever");
        let sheet = Asset::new("site", "css", CSS, "a");
        assert!(sheet.is_other_version_of(&hashed("site", "css", b"b")));
        for other in ["site.css", "console.0123456789ab.css", "site.0123456789ab.js", "site.0123.css"] {
            assert!(!sheet.is_other_version_of(other), "{other}");
        }
    }
}
