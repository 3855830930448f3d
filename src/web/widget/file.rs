//! `GET /widget.js`: the widget as one small script.
//!
//! Its address must not change, because it stands in other people's pages. So it is kept for minutes and then asked for
//! again by its tag, and all that is heavy or changes often is fetched when a customer opens the widget.

use std::sync::{Arc, Mutex};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::base::lock;
use crate::kb::Snapshot;
use crate::web::document::names_tag;
use crate::web::state::AppState;
use crate::web::widget::words;

/// Made of the parts in `static/widget/` by `tests/browser/build-widget`; a test there holds it against them.
const FILE: &str = include_str!("../../../static/widget.js");

/// Where in the file stands what differs from site to site.
const SITE: &str = "__SITE__";

/// Five minutes: a mended widget is everywhere soon. A stale one may be shown while the new one is fetched.
const KEPT: &str = "public, max-age=300, stale-while-revalidate=86400";

/// The script as it is sent, made once for each snapshot.
#[derive(Debug, Default)]
pub(crate) struct WidgetFile {
    current: Mutex<Option<Arc<Made>>>,
}

#[derive(Debug)]
struct Made {
    version: String,
    script: Bytes,
    tag: String,
}

impl WidgetFile {
    fn of(&self, snapshot: &Snapshot, longest: usize) -> Arc<Made> {
        let mut current = lock(&self.current);
        if let Some(made) = current.as_ref().filter(|made| made.version == snapshot.version()) {
            return Arc::clone(made);
        }
        let script = script(snapshot, longest);
        let tag = format!("W/\"{}\"", &blake3::hash(script.as_bytes()).to_hex()[..32]);
        let made = Arc::new(Made { version: snapshot.version().to_owned(), script: script.into(), tag });
        *current = Some(Arc::clone(&made));
        made
    }
}

fn script(snapshot: &Snapshot, longest: usize) -> String {
    let site = snapshot.site();
    let site = json!({
        "accent": site.accent,
        "locales": site.locales.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "longest": longest,
        "words": words::basics(),
    });
    FILE.replacen(SITE, &site.to_string(), 1)
}

/// Sends the script.
pub(crate) async fn serve(State(state): State<AppState>, asked: HeaderMap) -> Response {
    let made = state.widget.of(&state.desk.snapshot(), state.settings.max_message_chars);
    let headers = [
        (header::CACHE_CONTROL, HeaderValue::from_static(KEPT)),
        (header::CONTENT_TYPE, HeaderValue::from_static("text/javascript; charset=utf-8")),
        // Any page may load it; what it may ask for is for `widget_origins` to say.
        (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin")),
        (header::ETAG, HeaderValue::from_str(&made.tag).unwrap_or(HeaderValue::from_static("W/\"\""))),
    ];
    if asked.get(header::IF_NONE_MATCH).and_then(|v| v.to_str().ok()).is_some_and(|tags| names_tag(tags, &made.tag)) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, made.script.clone()).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_place_for_what_differs() {
        assert_eq!(FILE.matches(SITE).count(), 1);
    }

    #[test]
    fn nothing_in_it_parses_markup_or_evaluates_text() {
        for sink in ["innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "document.write", ".style."]
        {
            assert!(!FILE.contains(sink), "{sink}");
        }
    }
}
