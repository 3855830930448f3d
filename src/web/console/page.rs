//! What surrounds every page of the console. Templates extend `partials/console.html` and have a field `page`.

use std::sync::Arc;

use askama::Template;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;

use crate::base::Locale;
use crate::web::assets::Assets;
use crate::web::console::session::Agent;
use crate::web::console::ui_text::ConsoleText;
use crate::web::error::Failure;
use crate::web::icons::Icon;
use crate::web::locale::negotiate;
use crate::web::state::AppState;

/// The part of a page that is the same on all.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) ui: &'static ConsoleText,
    pub(crate) assets: Arc<Assets>,
    /// The style sheet with the site's accent.
    pub(crate) sheet: String,
    /// The site's mark.
    pub(crate) icon: String,
    pub(crate) lang: String,
    pub(crate) brand: String,
    pub(crate) title: String,
    /// Which link of the navigation is the page itself.
    pub(crate) place: &'static str,
    /// Who is signed in; empty on the login.
    pub(crate) agent: String,
    pub(crate) is_admin: bool,
    /// What every form carries.
    pub(crate) csrf: String,
}

impl Page {
    /// Makes the frame of a page for an agent, or of the login.
    pub(crate) fn new(
        state: &AppState,
        headers: &HeaderMap,
        agent: Option<&Agent>,
        place: &'static str,
        title: fn(&ConsoleText) -> &'static str,
    ) -> Self {
        let edition = state.edition();
        let site = edition.snapshot.site();
        let locale = negotiate(headers, site);
        let ui = ConsoleText::of(&locale);
        Page {
            ui,
            assets: Arc::clone(&state.assets),
            sheet: edition.sheet.url(),
            icon: edition.icon.url(),
            // The console speaks two languages; a page says which one it is in.
            lang: if locale.is_chinese() { "zh-CN".to_owned() } else { "en".to_owned() },
            brand: site.name.get(&locale, &site.default_locale).unwrap_or("zhida").to_owned(),
            title: title(ui).to_owned(),
            place,
            agent: agent.map(|a| a.name().to_owned()).unwrap_or_default(),
            is_admin: agent.is_some_and(Agent::is_admin),
            csrf: agent.map(|a| a.who.csrf.clone()).unwrap_or_default(),
        }
    }

    /// Tells whether a link of the navigation is this page, for templates.
    pub(crate) fn is(&self, place: &str) -> bool {
        self.place == place
    }

    /// Returns a drawing, for templates.
    #[expect(clippy::unused_self, reason = "templates call it on the page, the one value that all of them have")]
    pub(crate) fn icon(&self, name: &str) -> Icon {
        Icon::named(name)
    }

    /// Returns an instant for people: to the minute, in UTC.
    #[expect(clippy::unused_self, reason = "templates call it on the page, the one value that all of them have")]
    pub(crate) fn time(&self, at: &Timestamp) -> String {
        at.strftime("%Y-%m-%d %H:%M").to_string()
    }
}

/// The reader's locale, for what the console asks the engine.
pub(crate) fn locale(state: &AppState, headers: &HeaderMap) -> Locale {
    negotiate(headers, state.desk.snapshot().site())
}

/// Renders a page or a part of one. Nothing of the console is kept by browsers.
pub(crate) fn show(status: StatusCode, template: &impl Template) -> Response {
    match template.render() {
        Ok(html) => {
            (status, [(header::CACHE_CONTROL, HeaderValue::from_static("no-store"))], Html(html)).into_response()
        }
        Err(cause) => {
            tracing::error!(%cause, "cannot render a page");
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "a page could not be rendered").into_response()
        }
    }
}

/// Sends a file to be saved.
pub(crate) fn download(name: &str, kind: &'static str, text: String) -> Response {
    let disposition = HeaderValue::from_str(&format!("attachment; filename=\"{name}\""));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, disposition.unwrap_or(HeaderValue::from_static("attachment"))),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, text).into_response()
}
