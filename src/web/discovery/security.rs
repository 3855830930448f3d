//! Whom to tell of a security hole, as RFC 9116 has it.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use jiff::SignedDuration;

use crate::web::error::Failure;
use crate::web::state::AppState;

/// Its path.
const PATH: &str = "/.well-known/security.txt";
/// For how long what it says may be relied on: a server that is given up stops saying it, and copies are soon too old.
const GOOD_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

/// `GET /.well-known/security.txt`. There is none where the settings name no contact: one that is made up reaches nobody.
pub(crate) async fn show(State(state): State<AppState>) -> Result<Response, Failure> {
    let settings = &state.settings;
    if settings.security_contact.is_empty() {
        return Err(Failure::not_found("not_found", "nothing is at this path"));
    }
    let mut text = String::new();
    for contact in &settings.security_contact {
        text += &format!("Contact: {contact}\n");
    }
    let expires = state.desk.clock().now().saturating_add(GOOD_FOR).unwrap_or(jiff::Timestamp::MAX);
    text += &format!("Expires: {}\n", expires.strftime("%Y-%m-%dT%H:%M:%SZ"));
    let site = state.desk.snapshot();
    let languages: Vec<&str> = site.site().locales.iter().map(crate::base::Locale::as_str).collect();
    text += &format!("Preferred-Languages: {}\n", languages.join(", "));
    // What a request says of the server's address proves nothing to whoever finds a copy.
    if let Some(url) = &settings.public_url {
        text += &format!("Canonical: {url}{PATH}\n");
    }
    Ok(([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response())
}
