//! Who a host page says that its customer is: a token that its backend signed, checked before anything is answered.
//!
//! A token is a JWT (RFC 7519) signed with HMAC-SHA-256 (`HS256`) under a secret that only the backend and this server
//! know. No other algorithm is taken, `none` least of all. Tokens and what they say are never logged.

use std::fmt;

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use serde::Deserialize;
use sha2::Sha256;

use crate::base::jwt::{Audience, CompactToken, Malformed};
use crate::web::error::Failure;
use crate::web::state::AppState;

/// The longest token that is looked at, in bytes. One with a name and an address takes 400.
const MAX_BYTES: usize = 4_096;

/// How far the backend's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;

/// How identities are checked.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityRules {
    secret: String,
    audience: String,
    required: bool,
}

impl fmt::Debug for IdentityRules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityRules(audience {:?}, required {}, secret hidden)", self.audience, self.required)
    }
}

/// A customer for whom the host's backend vouches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Customer {
    /// The backend's name for the customer; never empty.
    pub subject: String,
}

/// Says why a token is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// It is no JWT of the kind that is expected.
    #[error("it is not a JSON Web Token with `sub`, `aud` and `exp`")]
    Malformed,
    /// It is signed in another way, or not at all.
    #[error("it is not signed with HS256")]
    Algorithm,
    /// Somebody else signed it, or it was changed.
    #[error("its signature is not this server's")]
    Signature,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come.
    #[error("it is not valid yet")]
    NotYet,
    /// It was made for another service.
    #[error("its audience is another")]
    Audience,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Audience,
    exp: f64,
    nbf: Option<f64>,
}

impl From<Malformed> for Untrusted {
    fn from(_: Malformed) -> Self {
        Untrusted::Malformed
    }
}

impl IdentityRules {
    /// Takes the secret that signs, the audience that tokens must name, and whether a conversation needs a token.
    #[must_use]
    pub fn new(secret: &str, audience: &str, required: bool) -> Self {
        IdentityRules { secret: secret.to_owned(), audience: audience.to_owned(), required }
    }

    /// Tells whether only customers with a token may hold a conversation.
    #[must_use]
    pub fn required(&self) -> bool {
        self.required
    }

    /// Returns whom a token is about, if it can be believed at `now`.
    ///
    /// # Errors
    /// When it cannot; the signature is checked before anything that the token says.
    pub fn verify(&self, token: &str, now: Timestamp) -> Result<Customer, Untrusted> {
        if token.len() > MAX_BYTES {
            return Err(Untrusted::Malformed);
        }
        let token = CompactToken::parse(token)?;
        if token.header.alg != "HS256" || token.header.is_critical() {
            return Err(Untrusted::Algorithm);
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_bytes()).map_err(|_| Untrusted::Signature)?;
        mac.update(token.signed.as_bytes());
        // Compares in constant time.
        mac.verify_slice(&token.signature).map_err(|_| Untrusted::Signature)?;
        let claims: Claims = token.claims()?;
        let meant = claims.aud.includes(&self.audience);
        #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double for millennia")]
        let (latest, earliest) = ((now.as_second() - LEEWAY) as f64, (now.as_second() + LEEWAY) as f64);
        if !meant {
            Err(Untrusted::Audience)
        } else if claims.exp.is_nan() || claims.exp <= latest {
            Err(Untrusted::Expired)
        } else if claims.nbf.is_some_and(|from| from > earliest) {
            Err(Untrusted::NotYet)
        } else if claims.sub.trim().is_empty() {
            Err(Untrusted::Malformed)
        } else {
            Ok(Customer { subject: claims.sub })
        }
    }
}

/// Refuses a request about a conversation whose token is not believed, or missing where one is needed; hands the
/// [`Customer`] on otherwise.
pub(crate) fn check(state: &AppState, request: &mut Request) -> Result<(), Box<Response>> {
    let Some(rules) = &state.settings.identity else { return Ok(()) };
    if request.method() == Method::OPTIONS || !is_about_a_conversation(request.uri().path()) {
        return Ok(());
    }
    match bearer(request.headers()).map(|token| rules.verify(token, state.desk.clock().now())) {
        Some(Ok(customer)) => {
            request.extensions_mut().insert(customer);
            Ok(())
        }
        Some(Err(why)) => {
            tracing::info!(%why, "an identity was refused");
            Err(refuse("invalid_identity", format!("the identity token is not accepted: {why}")))
        }
        None if rules.required => {
            Err(refuse("identity_required", "send `Authorization: Bearer` with a signed identity"))
        }
        None => Ok(()),
    }
}

/// Tells whether requests to a path are about a conversation, so that it matters who asks.
pub(crate) fn is_about_a_conversation(path: &str) -> bool {
    let whole = |name: &str| path.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    ["/api/v1/chat", "/api/v1/feedback", "/api/v1/handoff", "/api/v1/conversations"].into_iter().any(whole)
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

fn refuse(code: &'static str, detail: impl Into<String>) -> Box<Response> {
    let mut response = Failure::new(StatusCode::UNAUTHORIZED, code, detail).into_response();
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    Box::new(response)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::*;

    const SECRET: &str = "a secret of thirty-two bytes or so";

    fn sign(secret: &[u8], head: &str, claims: &str) -> String {
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(head), URL_SAFE_NO_PAD.encode(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn verify(token: &str) -> Result<String, Untrusted> {
        let now = Timestamp::from_second(1_000_000).unwrap();
        IdentityRules::new(SECRET, "zhida", false).verify(token, now).map(|c| c.subject)
    }

    fn claims(text: &str) -> Result<String, Untrusted> {
        verify(&sign(SECRET.as_bytes(), r#"{"alg":"HS256","typ":"JWT"}"#, text))
    }

    #[test]
    fn believes_what_the_backend_signed_for_this_service_and_this_time() {
        assert_eq!(claims(r#"{"sub":"u-7","aud":"zhida","exp":1000300}"#).unwrap(), "u-7");
        assert_eq!(claims(r#"{"sub":"u-7","aud":["x","zhida"],"exp":1000300,"nbf":999990}"#).unwrap(), "u-7");
        assert!(claims(r#"{"sub":"u-7","aud":"zhida","exp":999941}"#).is_ok(), "clocks differ a little");
    }

    #[test]
    fn believes_nothing_else() {
        for (text, why) in [
            (r#"{"sub":"u-7","aud":"zhida","exp":999940}"#, Untrusted::Expired),
            (r#"{"sub":"u-7","aud":"zhida","exp":1000300,"nbf":1000061}"#, Untrusted::NotYet),
            (r#"{"sub":"u-7","aud":"other","exp":1000300}"#, Untrusted::Audience),
            (r#"{"sub":"u-7","aud":[],"exp":1000300}"#, Untrusted::Audience),
            (r#"{"sub":"u-7","aud":"zhida"}"#, Untrusted::Malformed),
            (r#"{"sub":"u-7","exp":1000300}"#, Untrusted::Malformed),
            (r#"{"aud":"zhida","exp":1000300}"#, Untrusted::Malformed),
            (r#"{"sub":" ","aud":"zhida","exp":1000300}"#, Untrusted::Malformed),
            (r#"{"sub":"a","sub":"b","aud":"zhida","exp":1000300}"#, Untrusted::Malformed),
            ("[]", Untrusted::Malformed),
        ] {
            assert_eq!(claims(text), Err(why), "{text}");
        }
    }

    #[test]
    fn takes_one_way_of_signing() {
        let good = r#"{"sub":"u-7","aud":"zhida","exp":1000300}"#;
        for head in [r#"{"alg":"none"}"#, r#"{"alg":"HS512"}"#, r#"{"alg":"RS256"}"#, r#"{"alg":"hs256"}"#] {
            assert_eq!(verify(&sign(SECRET.as_bytes(), head, good)), Err(Untrusted::Algorithm), "{head}");
        }
        let critical = r#"{"alg":"HS256","crit":["b64"],"b64":false}"#;
        assert_eq!(verify(&sign(SECRET.as_bytes(), critical, good)), Err(Untrusted::Algorithm));
        let foreign = sign(b"another secret of thirty-two bytes", r#"{"alg":"HS256"}"#, good);
        assert_eq!(verify(&foreign), Err(Untrusted::Signature));
        let token = sign(SECRET.as_bytes(), r#"{"alg":"HS256"}"#, good);
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert_eq!(verify(&format!("{signed}.")), Err(Untrusted::Signature));
        for broken in ["", ".", "..", "a.b.c", signed, &"a".repeat(5_000)] {
            assert!(verify(broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn reads_the_example_of_the_standard() {
        // RFC 7515, appendix A.1: the signature is genuine, the claims lack an audience.
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly\
                     9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let (signed, signature) = token.rsplit_once('.').unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(signed.as_bytes());
        assert!(mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).is_ok());
        assert!(verify(token).is_err());
    }

    #[test]
    fn the_secret_is_not_printed() {
        assert!(!format!("{:?}", IdentityRules::new(SECRET, "zhida", true)).contains(SECRET));
    }
}
