//! Signing in with the company's identity provider: off to it, and back with its answer.
//!
//! What has to be the same when the browser comes back is in a cookie for the login alone, which other sites cannot set
//! off with a form and scripts cannot read. Whom the provider vouches for is let in only where there is an account of
//! that name; what they may do is what the account says.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum_extra::extract::CookieJar;
use axum_extra::extract::cookie::{Cookie, SameSite};
use serde::Deserialize;

use crate::oidc::{Attempt, OidcError};
use crate::web::console::login::{Wanted, complain, within};
use crate::web::console::session::{Address, is_tls, keep, see};
use crate::web::console::ui_text::ConsoleText;
use crate::web::error::Failure;
use crate::web::frame::encode;
use crate::web::reader::origin_of;
use crate::web::state::AppState;

const COOKIE: &str = "zhida_sign_in";
/// Where the cookie is sent to.
const PLACE: &str = "/agent/login";

/// What the provider sends the browser back with.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Answer {
    code: String,
    state: String,
    error: String,
    iss: String,
}

/// `GET /agent/login/oidc`.
pub(crate) async fn begin(
    State(state): State<AppState>,
    headers: HeaderMap,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    let provider = state.settings.oidc.as_ref().ok_or_else(no_provider)?;
    match provider.begin(&redirect(&state, &headers)?).await {
        Ok(begun) => {
            let carried = Carried { attempt: begun.attempt, next: within(&wanted.next).to_owned() };
            Ok((carry(&headers, Some(&carried)), see(&begun.url)).into_response())
        }
        Err(cause) => Ok(failed(&state, &headers, &wanted.next, &cause)),
    }
}

/// `GET /agent/login/callback`.
pub(crate) async fn end(
    State(state): State<AppState>,
    Address(address): Address,
    headers: HeaderMap,
    Query(answer): Query<Answer>,
) -> Result<Response, Failure> {
    let provider = state.settings.oidc.as_ref().ok_or_else(no_provider)?;
    // The cookie is good for one answer, whatever that is.
    let used = || carry(&headers, None);
    let refuse = |status, next: &str, words: fn(&ConsoleText) -> &'static str| {
        Ok((used(), complain(&state, &headers, status, next, words)).into_response())
    };
    let carried = CookieJar::from_headers(&headers).get(COOKIE).and_then(|cookie| Carried::read(cookie.value()));
    // Without both, somebody else may have begun it.
    let Some(Carried { attempt, next }) = carried.filter(|c| is_same(&c.attempt.state, &answer.state)) else {
        return refuse(StatusCode::BAD_REQUEST, "", |ui| ui.sign_in_stale);
    };
    if !answer.iss.is_empty() && !provider.is_issuer(&answer.iss) {
        tracing::warn!("a sign-in came back from another identity provider than the one that was asked");
        return refuse(StatusCode::FORBIDDEN, &next, |ui| ui.provider_untrusted);
    }
    if answer.code.is_empty() {
        let error: String = answer.error.chars().take(100).collect();
        tracing::info!(?error, "the identity provider refused a sign-in");
        return refuse(StatusCode::FORBIDDEN, &next, |ui| ui.provider_refused);
    }
    let redirect = redirect(&state, &headers)?;
    let name = match provider.redeem(&answer.code, &redirect, &attempt, state.desk.clock().now()).await {
        Ok(name) => name,
        Err(cause) => return Ok((used(), failed(&state, &headers, &next, &cause)).into_response()),
    };
    match state.desk.accounts()?.admit(&name, &address).await? {
        Some(token) => Ok((used(), keep(&headers, token), see(within(&next))).into_response()),
        None => refuse(StatusCode::FORBIDDEN, &next, |ui| ui.provider_stranger),
    }
}

fn no_provider() -> Failure {
    Failure::not_found("not_found", "nothing is at this path")
}

/// Returns where the provider sends the browser back to. It has to be registered there, so that a false `Host` leads
/// nowhere.
fn redirect(state: &AppState, headers: &HeaderMap) -> Result<String, Failure> {
    match origin_of(&state.settings, headers).as_str() {
        "" => Err(Failure::bad_request("no_origin", "the request has no usable `Host`; set `public_url`")),
        origin => Ok(format!("{origin}{PLACE}/callback")),
    }
}

/// Says what went wrong at the provider; the log says it exactly.
fn failed(state: &AppState, headers: &HeaderMap, next: &str, cause: &OidcError) -> Response {
    tracing::warn!(%cause, "a sign-in with the identity provider failed");
    let (status, words): (_, fn(&ConsoleText) -> &'static str) = match cause {
        OidcError::Away(_) => (StatusCode::SERVICE_UNAVAILABLE, |ui| ui.provider_away),
        OidcError::Refused(_) => (StatusCode::FORBIDDEN, |ui| ui.provider_refused),
        OidcError::Untrusted(_) | OidcError::Misconfigured(_) => (StatusCode::FORBIDDEN, |ui| ui.provider_untrusted),
    };
    complain(state, headers, status, next, words)
}

/// What the browser carries to the provider and back.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Carried {
    attempt: Attempt,
    /// The page that the agent wanted.
    next: String,
}

impl Carried {
    fn write(&self) -> String {
        let Attempt { state, nonce, verifier } = &self.attempt;
        format!("{state}.{nonce}.{verifier}.{}", encode(&self.next))
    }

    fn read(written: &str) -> Option<Self> {
        let parts: Vec<&str> = written.split('.').collect();
        let [state, nonce, verifier, next] = parts.as_slice() else { return None };
        let is_random = |part: &str| part.len() == 64 && part.bytes().all(|b| b.is_ascii_alphanumeric());
        if ![state, nonce, verifier].into_iter().all(|part| is_random(part)) {
            return None;
        }
        let next = percent_encoding::percent_decode_str(next).decode_utf8().ok()?.into_owned();
        let attempt =
            Attempt { state: (*state).to_owned(), nonce: (*nonce).to_owned(), verifier: (*verifier).to_owned() };
        Some(Carried { attempt, next })
    }
}

/// Makes the cookie that the browser carries, or without one, the cookie that takes it away.
fn carry(headers: &HeaderMap, carried: Option<&Carried>) -> CookieJar {
    let value = carried.map(Carried::write).unwrap_or_default();
    // Not `Strict`: the browser comes back from another site.
    let cookie = Cookie::build((COOKIE, value)).path(PLACE).http_only(true).same_site(SameSite::Lax);
    let cookie = cookie.secure(is_tls(headers));
    CookieJar::new().add(if carried.is_some() { cookie } else { cookie.removal() })
}

/// Compares in constant time, by hashes.
fn is_same(one: &str, other: &str) -> bool {
    blake3::hash(one.as_bytes()) == blake3::hash(other.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_carried_comes_back_and_nothing_else() {
        let [state, nonce, verifier] = ["a", "b", "c"].map(|letter| letter.repeat(64));
        let attempt = Attempt { state, nonce, verifier };
        let carried = Carried { attempt, next: "/agent/tickets?state=closed&q=a.b".to_owned() };
        assert_eq!(Carried::read(&carried.write()), Some(carried.clone()));
        for bad in ["", "...", "a.b.c.d", &carried.write()[1..], &format!("{}.x", carried.write())] {
            assert_eq!(Carried::read(bad), None, "{bad}");
        }
    }
}
