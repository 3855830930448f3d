//! A sign-in at the provider: the address to send the browser to, and what comes back exchanged for a name.
//!
//! Nothing is kept between the two halves but what the browser carries, and nothing of the provider's is remembered:
//! sign-ins are rare, its keys change, and a provider that was away a minute ago may be back.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::Timestamp;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use reqwest::{Client, RequestBuilder, StatusCode};
use ring::digest::{SHA256, digest};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use url::Url;
use uuid::Uuid;

use crate::oidc::id_token::{Expected, Untrusted, verify};
use crate::oidc::key::PublicKey;

/// How long the provider may take for one answer. The second half asks three times, and a request of ours is given up
/// after ten seconds.
const PATIENCE: Duration = Duration::from_secs(3);

/// The largest answer that is read, in bytes; a hundred keys fit.
const MAX_BYTES: usize = 512 * 1024;

/// Which provider, and who we are to it.
#[derive(Clone, PartialEq, Eq)]
pub struct Settings {
    /// The provider's address, exactly as it writes it itself.
    pub issuer: String,
    /// Our name at the provider.
    pub client_id: String,
    /// Our secret there; a public client has none.
    pub client_secret: Option<String>,
    /// The claim that names the person.
    pub claim: String,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "oidc::Settings({} as {}, by {}, secret hidden)", self.issuer, self.client_id, self.claim)
    }
}

/// What the browser carries from one half of a sign-in to the other. Each part is 64 characters that nobody can guess.
#[derive(Clone, PartialEq, Eq)]
pub struct Attempt {
    /// Comes back with the code, so that no other site can send one.
    pub state: String,
    /// Comes back in the token, so that an older one is of no use.
    pub nonce: String,
    /// Proves that whoever brings the code is who began (RFC 7636).
    pub verifier: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt(secret)")
    }
}

/// A sign-in that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What it brings along when it comes back.
    pub attempt: Attempt,
}

/// Says why nobody knows who somebody is. The texts are for the log.
#[derive(Debug, thiserror::Error)]
pub enum OidcError {
    /// The provider cannot be reached, or answers what is no answer.
    #[error("the identity provider is away: {0}")]
    Away(String),
    /// The provider does not do what the settings say that it does.
    #[error("the identity provider and the settings do not agree: {0}")]
    Misconfigured(String),
    /// The provider has refused the code.
    #[error("the identity provider refused: {0}")]
    Refused(String),
    /// The provider's answer is not believed.
    #[error("the ID token is not believed: {0}")]
    Untrusted(#[from] Untrusted),
}

/// An identity provider.
#[derive(Debug, Clone)]
pub struct Provider {
    settings: Settings,
    client: Client,
}

// Two are alike that ask the same provider in the same name.
impl PartialEq for Provider {
    fn eq(&self, other: &Self) -> bool {
        self.settings == other.settings
    }
}

impl Eq for Provider {}

/// What the provider says of itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Deserialize)]
struct Discovered {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    token_endpoint_auth_methods_supported: Option<Vec<String>>,
}

#[derive(Debug, Deserialize)]
struct Tokens {
    id_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    error: String,
}

/// Keys one by one: one of a kind that is not known here must not hide the others.
#[derive(Debug, Deserialize)]
struct KeySet {
    keys: Vec<serde_json::Value>,
}

impl Provider {
    /// Makes ready to ask a provider; it is not asked yet.
    ///
    /// # Errors
    /// When the machine has no certificates to check others by.
    pub fn new(settings: Settings) -> Result<Self, reqwest::Error> {
        // The libraries are built without a favourite; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .timeout(PATIENCE)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("zhida/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Provider { settings, client })
    }

    /// Tells whether an answer that names its issuer (RFC 9207) comes from this provider.
    #[must_use]
    pub fn is_issuer(&self, issuer: &str) -> bool {
        issuer == self.settings.issuer
    }

    /// Begins a sign-in that comes back to `redirect`.
    ///
    /// # Errors
    /// When the provider is away.
    pub async fn begin(&self, redirect: &str) -> Result<Begun, OidcError> {
        let discovered = self.discover().await?;
        let random = || format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
        let attempt = Attempt { state: random(), nonce: random(), verifier: random() };
        let mut url = self.endpoint("authorization_endpoint", &discovered.authorization_endpoint)?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, attempt.verifier.as_bytes()));
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("scope", "openid email profile")
            .append_pair("client_id", &self.settings.client_id)
            .append_pair("redirect_uri", redirect)
            .append_pair("state", &attempt.state)
            .append_pair("nonce", &attempt.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        Ok(Begun { url: url.into(), attempt })
    }

    /// Ends a sign-in: exchanges the code that the browser brought for the person's name.
    ///
    /// # Errors
    /// When the provider is away, refuses the code, or says what is not believed.
    pub async fn redeem(
        &self,
        code: &str,
        redirect: &str,
        attempt: &Attempt,
        now: Timestamp,
    ) -> Result<String, OidcError> {
        let discovered = self.discover().await?;
        let token = self.exchange(&discovered, code, redirect, attempt).await?;
        let keys: KeySet = self.read(self.client.get(self.endpoint("jwks_uri", &discovered.jwks_uri)?)).await?;
        let keys: Vec<PublicKey> = keys.keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect();
        let expected = Expected {
            issuer: &self.settings.issuer,
            client_id: &self.settings.client_id,
            nonce: &attempt.nonce,
            claim: &self.settings.claim,
            now,
        };
        Ok(verify(&token, &keys, &expected)?)
    }

    async fn discover(&self) -> Result<Discovered, OidcError> {
        let issuer = &self.settings.issuer;
        let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
        let discovered: Discovered = self.read(self.client.get(url)).await?;
        if discovered.issuer != *issuer {
            let text = format!("it calls itself {:?}, oidc_issuer is {issuer:?}", discovered.issuer);
            return Err(OidcError::Misconfigured(text));
        }
        Ok(discovered)
    }

    /// Reads an address of the provider's. Secrets and codes go over TLS, except where the provider is on this machine.
    fn endpoint(&self, name: &str, written: &str) -> Result<Url, OidcError> {
        let is_open = self.settings.issuer.starts_with("http://");
        let url = Url::parse(written).ok().filter(|url| url.scheme() == "https" || (is_open && url.scheme() == "http"));
        url.ok_or_else(|| OidcError::Misconfigured(format!("its {name} is {written:?}")))
    }

    async fn exchange(
        &self,
        discovered: &Discovered,
        code: &str,
        redirect: &str,
        attempt: &Attempt,
    ) -> Result<String, OidcError> {
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect),
            ("code_verifier", &attempt.verifier),
        ];
        let mut request = self.client.post(self.endpoint("token_endpoint", &discovered.token_endpoint)?);
        let id = &self.settings.client_id;
        let ways = discovered.token_endpoint_auth_methods_supported.as_deref();
        // Without a word of it, the standard says, it is the header.
        let takes_header = ways.is_none_or(|ways| ways.iter().any(|way| way == "client_secret_basic"));
        match &self.settings.client_secret {
            Some(secret) if takes_header => {
                let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
                let pair = STANDARD.encode(format!("{}:{}", encode(id), encode(secret)));
                request = request.header(AUTHORIZATION, format!("Basic {pair}"));
            }
            Some(secret) => fields.extend([("client_id", id.as_str()), ("client_secret", secret)]),
            None => fields.push(("client_id", id)),
        }
        let form = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        let tokens: Tokens = self.read(request).await?;
        tokens.id_token.ok_or_else(|| OidcError::Misconfigured("its answer holds no ID token".to_owned()))
    }

    /// Sends a request and reads the JSON that is answered.
    async fn read<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, OidcError> {
        let away = |cause: reqwest::Error| OidcError::Away(chain(&cause.without_url()));
        let mut response = request.header(ACCEPT, "application/json").send().await.map_err(away)?;
        let status = response.status();
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(away)? {
            body.extend_from_slice(&chunk);
            if body.len() > MAX_BYTES {
                return Err(OidcError::Away(format!("it answers with more than {MAX_BYTES} bytes")));
            }
        }
        if status == StatusCode::BAD_REQUEST || status == StatusCode::UNAUTHORIZED {
            let refusal: Refusal = serde_json::from_slice(&body).unwrap_or_default();
            let error: String = refusal.error.chars().take(100).collect();
            return Err(OidcError::Refused(format!("{status}, {error:?}")));
        }
        if !status.is_success() {
            return Err(OidcError::Away(format!("it answers with {status}")));
        }
        serde_json::from_slice(&body)
            .map_err(|cause| OidcError::Away(format!("its answer is not what is expected: {cause}")))
    }
}

/// Returns an error with what caused it: reqwest's own words are only that a request failed.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(deeper) = cause {
        text.push_str(": ");
        text.push_str(&deeper.to_string());
        cause = deeper.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn provider(issuer: &str) -> Provider {
        Provider::new(Settings {
            issuer: issuer.to_owned(),
            client_id: "zhida".to_owned(),
            client_secret: Some("hunter2".to_owned()),
            claim: "email".to_owned(),
        })
        .unwrap()
    }

    #[test]
    fn a_provider_elsewhere_is_asked_over_tls_alone() {
        let elsewhere = provider("https://id.example");
        assert!(elsewhere.endpoint("x", "https://id.example/token").is_ok());
        for bad in ["http://id.example/token", "ftp://id.example", "/token", ""] {
            assert!(elsewhere.endpoint("x", bad).is_err(), "{bad}");
        }
        assert!(provider("http://127.0.0.1:9").endpoint("x", "http://127.0.0.1:9/token").is_ok());
    }

    #[test]
    fn secrets_are_not_printed() {
        assert!(!format!("{:?}", provider("https://id.example")).contains("hunter2"));
        let attempt = Attempt { state: "s7".to_owned(), nonce: "n7".to_owned(), verifier: "v7".to_owned() };
        assert!(!format!("{attempt:?}").contains('7'));
    }
}
