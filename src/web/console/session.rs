//! Who is signed in: the cookie, and the token that every form carries.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};

use crate::desk::agents::SignedIn;
use crate::model::Role;
use crate::web::client::Client;
use crate::web::error::Failure;
use crate::web::frame::encode;
use crate::web::state::AppState;

const COOKIE: &str = "zhida_agent";

/// The agent who makes a request. As an extractor it sends those who are not signed in to the login.
#[derive(Debug, Clone)]
pub(crate) struct Agent {
    pub(crate) who: SignedIn,
}

impl Agent {
    pub(crate) fn name(&self) -> &str {
        &self.who.session.agent
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.who.session.role == Role::Admin
    }

    /// Checks that a form comes from a page of ours.
    pub(crate) fn check(&self, csrf: &str) -> Result<(), Failure> {
        // Hashes compare in constant time.
        if blake3::hash(csrf.as_bytes()) == blake3::hash(self.who.csrf.as_bytes()) {
            Ok(())
        } else {
            Err(Failure::new(StatusCode::FORBIDDEN, "foreign_form", "this form was not made for this session"))
        }
    }

    /// Refuses everybody but admins.
    pub(crate) fn admins_only(&self) -> Result<(), Failure> {
        if self.is_admin() {
            Ok(())
        } else {
            Err(Failure::new(StatusCode::FORBIDDEN, "admins_only", "only an admin may do this"))
        }
    }
}

impl FromRequestParts<AppState> for Agent {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Response> {
        let refused = |cause: crate::desk::DeskError| Failure::from(cause).into_response();
        if let Some(token) = token(&parts.headers) {
            let accounts = state.desk.accounts().map_err(refused)?;
            if let Some(who) = accounts.signed_in(&token).await.map_err(refused)? {
                return Ok(Agent { who });
            }
        }
        let wanted = parts.uri.path_and_query().map_or("/agent", |path| path.as_str());
        let login = if parts.method.is_safe() && wanted != "/agent" {
            format!("/agent/login?next={}", encode(wanted))
        } else {
            "/agent/login".to_owned()
        };
        Err(see(&login))
    }
}

/// Sends the browser to another page of the console.
pub(crate) fn see(path: &str) -> Response {
    let location = HeaderValue::from_str(path).unwrap_or(HeaderValue::from_static("/agent"));
    (
        StatusCode::SEE_OTHER,
        [(header::LOCATION, location), (header::CACHE_CONTROL, HeaderValue::from_static("no-store"))],
    )
        .into_response()
}

/// Returns the session's token that the browser sent.
pub(crate) fn token(headers: &HeaderMap) -> Option<String> {
    CookieJar::from_headers(headers).get(COOKIE).map(|cookie| cookie.value().to_owned())
}

/// Makes the cookie that keeps a token. Scripts cannot read it, other sites cannot send it, and behind TLS it never
/// goes without.
pub(crate) fn keep(headers: &HeaderMap, token: String) -> CookieJar {
    CookieJar::new().add(
        Cookie::build((COOKIE, token)).path("/agent").http_only(true).same_site(SameSite::Lax).secure(is_tls(headers)),
    )
}

/// Makes the cookie that takes it away.
pub(crate) fn forget(headers: &HeaderMap) -> CookieJar {
    let mut cookie = Cookie::build((COOKIE, ""))
        .path("/agent")
        .http_only(true)
        .same_site(SameSite::Lax)
        .secure(is_tls(headers))
        .build();
    cookie.make_removal();
    CookieJar::new().add(cookie)
}

/// Tells whether the browser came over TLS, which ends at the proxy before us.
fn is_tls(headers: &HeaderMap) -> bool {
    headers.get("x-forwarded-proto").is_some_and(|proto| proto.as_bytes().eq_ignore_ascii_case(b"https"))
}

/// Tells whether a form that carries no token yet comes from a page of ours: browsers say where it was sent from.
pub(crate) fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin")) {
        (Some(site), _) => site == "same-origin" || site == "none",
        (None, Some(origin)) => origin.split_once("://").map(|(_, host)| host) == text("host"),
        // Not a browser.
        (None, None) => true,
    }
}

/// The address that a request came from, as failed sign-ins are counted by it.
#[derive(Debug, Clone)]
pub(crate) struct Address(pub(crate) String);

impl<S: Sync> FromRequestParts<S> for Address {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Self::Rejection> {
        let Ok(client) = Client::from_request_parts(parts, state).await;
        Ok(Address(client.text()))
    }
}
