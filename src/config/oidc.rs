//! The settings of the identity provider that agents sign in with.

use std::fmt;

use super::raw::{ConfigError, Raw};

/// The identity provider that agents sign in with.
#[derive(Clone, PartialEq, Eq)]
pub struct OidcSettings {
    /// Its address, as it writes it itself.
    pub issuer: String,
    /// This server's name there.
    pub client_id: String,
    /// This server's secret there; a public client has none.
    pub client_secret: Option<String>,
    /// The claim that is the agent's name here.
    pub claim: String,
}

impl fmt::Debug for OidcSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OidcSettings({} as {}, by {}, secret hidden)", self.issuer, self.client_id, self.claim)
    }
}

const ISSUER: &str = "an identity provider; write https://id.example.com as the provider writes it (http only for one on this \
                      machine), and set oidc_client_id too";

impl Raw {
    pub(super) fn oidc(&self) -> Result<Option<OidcSettings>, ConfigError> {
        let is_name = |t: &str| !t.trim().is_empty();
        let client_id = self.text("oidc_client_id", "a name", is_name)?;
        let client_secret = self.text("oidc_client_secret", "a secret", is_name)?;
        let claim = self.text("oidc_claim", "the name of a claim", is_name)?.unwrap_or_else(|| "email".to_owned());
        let issuer = self.text("oidc_issuer", ISSUER, |t| is_issuer(t) && client_id.is_some())?;
        Ok(issuer.zip(client_id).map(|(issuer, client_id)| OidcSettings { issuer, client_id, client_secret, claim }))
    }
}

/// Tells whether a text can be a provider's address. What it says is believed, so that it has to come over TLS.
fn is_issuer(text: &str) -> bool {
    let Ok(url) = url::Url::parse(text) else { return false };
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    let is_plain = url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    is_plain && (url.scheme() == "https" || (url.scheme() == "http" && is_here))
}

#[cfg(test)]
mod tests {
    use crate::config::from_toml;

    #[test]
    fn an_identity_provider_is_whole_and_asked_over_tls() {
        let with = |issuer: &str| from_toml(&format!("oidc_issuer = '{issuer}'\noidc_client_id = 'zhida'"));
        let set = with("https://id.example.com/realms/a").unwrap().oidc.unwrap();
        assert_eq!((set.claim.as_str(), set.client_secret), ("email", None));
        assert!(with("http://127.0.0.1:9000").is_ok() && with("http://[::1]:9000").is_ok());
        for bad in
            ["http://id.example.com", "id.example.com", "https://u@id.example.com", "https://id.example.com?a=b", ""]
        {
            assert!(with(bad).is_err(), "{bad}");
        }
        let lone = from_toml("oidc_issuer = 'https://id.example.com'").unwrap_err().to_string();
        assert!(lone.contains("set oidc_client_id"), "{lone}");
        assert_eq!(from_toml("oidc_client_id = 'zhida'").unwrap().oidc, None);
        let secret = "oidc_issuer = 'https://id.example.com'\noidc_client_id = 'z'\noidc_client_secret = 'hunter2'";
        assert!(!format!("{:?}", from_toml(secret).unwrap()).contains("hunter2"));
    }
}
