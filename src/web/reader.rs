//! Who asks for a page: the locale that the path names, and the snapshot that the whole request is answered from.

use std::str::FromStr as _;
use std::sync::Arc;

use askama::Template;
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use serde::de::DeserializeOwned;

use crate::base::{ArticleId, Locale, Viewer};
use crate::kb::{Article, Site, Snapshot};
use crate::web::assets::Assets;
use crate::web::document::Document;
use crate::web::edition::{self, Edition, Place};
use crate::web::error::Failure;
use crate::web::locale::negotiate;
use crate::web::state::{AppState, Settings};
use crate::web::ui_text::UiText;

/// The reader of a page. As an extractor it answers paths in a locale that does not exist: with a redirect to the same
/// page in the same language where there is one, else with "not found".
#[derive(Debug, Clone)]
pub(crate) struct Reader {
    pub(crate) snapshot: Arc<Snapshot>,
    pub(crate) edition: Arc<Edition>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) locale: Locale,
    pub(crate) ui: &'static UiText,
    /// The path after the locale, with its query: `/search?q=…`. The other locales' links go there too.
    pub(crate) rest: String,
    /// Where the reader reaches this server; see [`origin_of`].
    pub(crate) origin: String,
    /// Where the answer may be kept.
    place: Option<Place>,
    headers: HeaderMap,
}

/// How long a page may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keep {
    /// Until the content changes: the browser asks each time and mostly hears "not modified".
    UntilChanged,
    /// Not at all: it holds what somebody said.
    Never,
}

impl Reader {
    /// Makes the reader of any path at all, for the pages that say what went wrong.
    pub(crate) fn of_any_path(state: &AppState, uri: &Uri, headers: &HeaderMap) -> Self {
        let edition = state.edition();
        let snapshot = &edition.snapshot;
        let (first, rest) = split_locale(uri);
        let named = Locale::from_str(first).ok();
        let known = named.as_ref().and_then(|l| l.best_of(&snapshot.site().locales).cloned());
        // A page that is missing is missing in the other locale too: its switch goes to the home pages.
        let rest = if known.is_some() { rest } else { "/".to_owned() };
        let locale = known.unwrap_or_else(|| negotiate(headers, snapshot.site()));
        Reader::new(state, edition, locale, rest, headers, None)
    }

    /// Makes the reader of an answer of the API, whose locale is chosen already.
    pub(crate) fn in_locale(state: &AppState, snapshot: Arc<Snapshot>, locale: Locale, headers: &HeaderMap) -> Self {
        Reader::new(state, state.press.edition(snapshot), locale, "/".to_owned(), headers, None)
    }

    fn new(
        state: &AppState,
        edition: Arc<Edition>,
        locale: Locale,
        rest: String,
        headers: &HeaderMap,
        kept: Option<&Parts>,
    ) -> Self {
        let origin = origin_of(&state.settings, headers);
        Reader {
            ui: UiText::of(&locale),
            assets: Arc::clone(&state.assets),
            place: kept.and_then(|parts| edition::place(&origin, &parts.uri, parts.extensions.get())),
            snapshot: Arc::clone(&edition.snapshot),
            headers: headers.clone(),
            edition,
            origin,
            locale,
            rest,
        }
    }

    /// Makes the reader of a document that is in no locale; its words are the default locale's.
    pub(crate) fn of_the_site(state: &AppState, asked: &Parts) -> Self {
        let edition = state.edition();
        let locale = edition.snapshot.site().default_locale.clone();
        Reader::new(state, edition, locale, "/".to_owned(), &asked.headers, Some(asked))
    }

    /// Returns the site.
    pub(crate) fn site(&self) -> &Site {
        self.snapshot.site()
    }

    /// Returns an article as everybody may see it.
    pub(crate) fn article(&self, id: &ArticleId) -> Option<&Article> {
        self.snapshot.article(id, &self.locale, Viewer::Public)
    }

    /// Returns the path of a page in this reader's locale; `rest` begins with `/`.
    pub(crate) fn url(&self, rest: &str) -> String {
        format!("/{}{rest}", self.locale)
    }

    /// Returns the article's address for this reader, who stays in their locale even where the text does not.
    pub(crate) fn article_url(&self, id: &ArticleId) -> String {
        crate::kb::article_url(&self.locale, id)
    }

    /// Returns the whole address of a path on this site; the path alone where nobody knows the rest.
    pub(crate) fn absolute(&self, path: &str) -> String {
        format!("{}{path}", self.origin)
    }

    /// Returns the same reader in another of the site's locales.
    pub(crate) fn speaking(&self, locale: &Locale) -> Self {
        Reader { ui: UiText::of(locale), locale: locale.clone(), ..self.clone() }
    }

    /// Renders a page.
    pub(crate) fn show(&self, status: StatusCode, keep: Keep, template: &impl Template) -> Response {
        let html = match template.render() {
            Ok(html) => html,
            Err(cause) => {
                tracing::error!(%cause, "cannot render a page");
                return Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "a page could not be rendered")
                    .into_response();
            }
        };
        let language = HeaderValue::from_str(self.locale.as_str()).unwrap_or(HeaderValue::from_static("und"));
        let policy = self.edition.style.policy.clone();
        if keep == Keep::Never || !status.is_success() {
            let headers = [
                (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
                (header::CONTENT_LANGUAGE, language),
                (header::CONTENT_SECURITY_POLICY, policy),
            ];
            return (status, headers, Html(html)).into_response();
        }
        let document = Document::new("text/html; charset=utf-8", html.into_bytes())
            .with(header::CONTENT_LANGUAGE, language)
            .with(header::CONTENT_SECURITY_POLICY, policy);
        self.publish(document)
    }

    /// Answers with a document that is the same for every reader, and keeps it for the next where it can be asked for
    /// again.
    pub(crate) fn publish(&self, document: Document) -> Response {
        let Some(place) = &self.place else { return document.answer_once(&self.headers) };
        metrics::counter!("zhida_cache_total", "cache" => "page", "result" => "miss").increment(1);
        let document = Arc::new(document);
        self.edition.keep(place.clone(), Arc::clone(&document));
        document.answer(&self.headers)
    }
}

/// Returns where the reader reaches this server: as the settings say, else as the request does; empty where neither
/// tells. What is made from it is kept for those alone who came the same way.
pub(crate) fn origin_of(settings: &Settings, headers: &HeaderMap) -> String {
    if let Some(url) = &settings.public_url {
        return url.clone();
    }
    let host = headers.get(header::HOST).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let sound = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':' | '[' | ']');
    if host.is_empty() || host.len() > 255 || !host.chars().all(sound) {
        return String::new();
    }
    let secure = headers.get("x-forwarded-proto").is_some_and(|v| v.as_bytes().eq_ignore_ascii_case(b"https"));
    format!("{}://{host}", if secure { "https" } else { "http" })
}

/// Splits a path into its first segment and the rest with the query: `/en/search?q=x` → `en`, `/search?q=x`.
fn split_locale(uri: &Uri) -> (&str, String) {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let (first, rest) = path.split_once('/').unwrap_or((path, ""));
    let query = uri.query().map(|q| format!("?{q}")).unwrap_or_default();
    (first, format!("/{rest}{query}"))
}

impl FromRequestParts<AppState> for Reader {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let edition = state.edition();
        let (first, rest) = split_locale(&parts.uri);
        let not_found = || Failure::not_found("not_found", "nothing is at this path").into_response();
        let wanted = Locale::from_str(first).map_err(|_| not_found())?;
        let locale = wanted.best_of(&edition.snapshot.site().locales).ok_or_else(not_found)?.clone();
        if locale.as_str() == first {
            let kept = (parts.method == Method::GET).then_some(&*parts);
            return Ok(Reader::new(state, edition, locale, rest, &parts.headers, kept));
        }
        Err(redirect(&format!("/{locale}{rest}")))
    }
}

/// Sends the reader to the new address of what was renamed, for good.
pub(crate) fn moved(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        Ok(location) => (StatusCode::PERMANENT_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => Failure::bad_request("bad_path", "the path cannot be redirected").into_response(),
    }
}

/// Sends the reader to a path of this site, for now: a translation may come.
pub(crate) fn redirect(path: &str) -> Response {
    match HeaderValue::from_str(path) {
        // 307 keeps the method and the form of a chat message.
        Ok(location) => (StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, location)]).into_response(),
        Err(_) => Failure::bad_request("bad_path", "the path cannot be redirected").into_response(),
    }
}

/// A query string or form whose errors speak our language.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let _ = state;
        Query::<T>::try_from_uri(&parts.uri)
            .map(|Query(asked)| Asked(asked))
            .map_err(|cause| Failure::bad_request("invalid_query", format!("the query string is not valid: {cause}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_the_locale_from_the_rest() {
        let split = |u: &'static str| {
            let uri = Uri::from_static(u);
            let (first, rest) = split_locale(&uri);
            (first.to_owned(), rest)
        };
        assert_eq!(split("/en/search?q=x"), ("en".into(), "/search?q=x".into()));
        assert_eq!(split("/zh-CN"), ("zh-CN".into(), "/".into()));
        assert_eq!(split("/"), (String::new(), "/".into()));
    }
}
