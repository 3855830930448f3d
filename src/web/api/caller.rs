//! Who calls the API: anybody, or a server with a key that lets it see internal articles.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};

use crate::base::Viewer;
use crate::desk::api_keys::{PREFIX, SEARCH_INTERNAL};
use crate::web::error::Failure;
use crate::web::state::AppState;

/// The caller's view of the content. Without a key it is the public's; a key that is not valid is refused, so that a
/// revoked one does not pass for a poor answer. What does not look like a key is the identity of a customer, whom the
/// widget names in the same header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Caller(pub(crate) Viewer);

impl Caller {
    /// Returns how an answer may be kept: what a key opened is for its holder alone.
    pub(crate) fn cache_control(self) -> [(header::HeaderName, HeaderValue); 1] {
        let policy = if self.0 == Viewer::Agent { "no-store" } else { "no-cache" };
        [(header::CACHE_CONTROL, HeaderValue::from_static(policy))]
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Failure> {
        let sent = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let key = sent.and_then(|text| text.strip_prefix("Bearer ")).map(str::trim);
        let Some(key) = key.filter(|key| key.starts_with(PREFIX)) else { return Ok(Caller(Viewer::Public)) };
        let refused =
            || Failure::new(StatusCode::UNAUTHORIZED, "invalid_key", "send `Authorization: Bearer` and a valid key");
        if state.desk.accounts()?.allows(key, SEARCH_INTERNAL).await? {
            Ok(Caller(Viewer::Agent))
        } else {
            Err(refused())
        }
    }
}
