//! A JSON Web Token (RFC 7519) in its compact form, taken apart. Nothing is checked here: whoever takes one apart says
//! which key must have signed it, and for whom.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

/// The parts of a token.
#[derive(Debug)]
pub struct CompactToken<'a> {
    /// How it is signed, as it says itself.
    pub header: Header,
    /// What the signature is over.
    pub signed: &'a str,
    /// The signature's bytes.
    pub signature: Vec<u8>,
    claims: &'a str,
}

/// What a token says of its signature.
#[derive(Debug, Deserialize)]
pub struct Header {
    /// The algorithm.
    pub alg: String,
    /// The key's name, where it has one.
    pub kid: Option<String>,
    crit: Option<IgnoredAny>,
}

/// Whom a token is for.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Audience {
    /// One service.
    One(String),
    /// Any of several.
    Several(Vec<String>),
}

/// Says that a text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it is not a JSON Web Token")]
pub struct Malformed;

impl<'a> CompactToken<'a> {
    /// Takes a token apart.
    ///
    /// # Errors
    /// When it has not three parts, or its head is not the JSON expected.
    pub fn parse(token: &'a str) -> Result<Self, Malformed> {
        let (signed, signature) = token.rsplit_once('.').ok_or(Malformed)?;
        let (head, claims) = signed.split_once('.').ok_or(Malformed)?;
        Ok(CompactToken {
            header: read(head)?,
            signed,
            signature: URL_SAFE_NO_PAD.decode(signature).map_err(|_| Malformed)?,
            claims,
        })
    }

    /// Returns what the token says. Believe it only once the signature is checked.
    ///
    /// # Errors
    /// When that is not the JSON expected.
    pub fn claims<T: DeserializeOwned>(&self) -> Result<T, Malformed> {
        read(self.claims)
    }
}

impl Header {
    /// Tells whether the token must not be used by those who do not understand more of it than we do.
    #[must_use]
    pub fn is_critical(&self) -> bool {
        self.crit.is_some()
    }
}

impl Audience {
    /// Tells whether a service is among those that are meant.
    #[must_use]
    pub fn includes(&self, name: &str) -> bool {
        match self {
            Audience::One(one) => one == name,
            Audience::Several(all) => all.iter().any(|one| one == name),
        }
    }

    /// Tells whether a service is the only one that is meant.
    #[must_use]
    pub fn is_only(&self, name: &str) -> bool {
        match self {
            Audience::One(one) => one == name,
            Audience::Several(all) => matches!(all.as_slice(), [one] if one == name),
        }
    }
}

fn read<T: DeserializeOwned>(part: &str) -> Result<T, Malformed> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_the_example_of_the_standard_apart() {
        // RFC 7519, section 3.1.
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly\
                     9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let token = CompactToken::parse(token).unwrap();
        assert_eq!((token.header.alg.as_str(), token.signature.len()), ("HS256", 32));
        assert_eq!(token.claims::<serde_json::Value>().unwrap()["iss"], "joe");
    }

    #[test]
    fn what_is_none_is_refused() {
        for text in ["", ".", "..", "a.b.c", "e30.e30", "e30.e30.!", "bm9uZQ.e30.", "e30.e30.AA.AA"] {
            assert!(CompactToken::parse(text).is_err(), "{text}");
        }
        let twice = format!("{}.e30.", URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","alg":"none"}"#));
        assert!(CompactToken::parse(&twice).is_err(), "a name that stands there twice could be read either way");
    }

    #[test]
    fn an_audience_is_one_or_several() {
        let (one, several) = (Audience::One("a".into()), Audience::Several(vec!["a".into(), "b".into()]));
        assert!(one.includes("a") && one.is_only("a") && !one.includes("b"));
        assert!(several.includes("b") && !several.is_only("b"));
        assert!(!Audience::Several(vec![]).includes("a"));
    }
}
