//! What of a provider's ID token is believed (OpenID Connect Core 1.0, section 3.1.3.7).

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::base::jwt::{Audience, CompactToken, Malformed};
use crate::oidc::key::{PublicKey, is_known};

/// The longest token that is looked at, in bytes. Some providers list a hundred groups in it.
const MAX_BYTES: usize = 64 * 1024;

/// How far the provider's clock may be from ours, in seconds.
const LEEWAY: i64 = 60;

/// Says why an ID token is not believed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Untrusted {
    /// It is no token with what the standard asks for.
    #[error("it is not a JSON Web Token with `iss`, `sub`, `aud` and `exp`")]
    Malformed,
    /// It is signed in a way that anybody could, or one that is not known here.
    #[error("it is signed with {0:?}")]
    Algorithm(String),
    /// None of the provider's keys made the signature.
    #[error("none of the provider's keys signed it")]
    Signature,
    /// Another provider issued it.
    #[error("another provider issued it")]
    Issuer,
    /// It was made for another service.
    #[error("it was made for another service")]
    Audience,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come.
    #[error("it is not valid yet")]
    NotYet,
    /// It belongs to another sign-in.
    #[error("its nonce is that of another sign-in")]
    Nonce,
    /// It does not say what the person is to be known by.
    #[error("it has no `{0}`")]
    Unnamed(String),
    /// The provider has not made sure that the address is the person's.
    #[error("the provider has not verified the e-mail address")]
    Unverified,
}

impl From<Malformed> for Untrusted {
    fn from(_: Malformed) -> Self {
        Untrusted::Malformed
    }
}

/// What a token has to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    /// The claim that names the person.
    pub(super) claim: &'a str,
    pub(super) now: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    exp: f64,
    iat: Option<f64>,
    nbf: Option<f64>,
    azp: Option<String>,
    nonce: Option<String>,
}

/// Returns the name of the person whom a token is about.
pub(super) fn verify(token: &str, keys: &[PublicKey], expected: &Expected<'_>) -> Result<String, Untrusted> {
    if token.len() > MAX_BYTES {
        return Err(Untrusted::Malformed);
    }
    let token = CompactToken::parse(token)?;
    let algorithm = token.header.alg.as_str();
    if !is_known(algorithm) || token.header.is_critical() {
        return Err(Untrusted::Algorithm(algorithm.chars().take(20).collect()));
    }
    // The signature comes before anything that the token says.
    let mut candidates = keys.iter().filter(|key| token.header.kid.is_none() || key.kid == token.header.kid);
    if !candidates.any(|key| key.made(algorithm, token.signed.as_bytes(), &token.signature)) {
        return Err(Untrusted::Signature);
    }
    let claims: Claims = token.claims()?;
    if claims.iss != expected.issuer {
        return Err(Untrusted::Issuer);
    }
    let is_ours = claims.aud.includes(expected.client_id)
        && (claims.azp.as_deref() == Some(expected.client_id)
            || (claims.azp.is_none() && claims.aud.is_only(expected.client_id)));
    if !is_ours {
        return Err(Untrusted::Audience);
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are exact in a double for millennia")]
    let (latest, earliest) = ((expected.now.as_second() - LEEWAY) as f64, (expected.now.as_second() + LEEWAY) as f64);
    if claims.exp.is_nan() || claims.exp <= latest {
        return Err(Untrusted::Expired);
    }
    if [claims.iat, claims.nbf].into_iter().flatten().any(|from| from > earliest) {
        return Err(Untrusted::NotYet);
    }
    if claims.nonce.as_deref() != Some(expected.nonce) {
        return Err(Untrusted::Nonce);
    }
    if claims.sub.is_empty() {
        return Err(Untrusted::Malformed);
    }
    let all: Map<String, Value> = token.claims()?;
    let unnamed = || Untrusted::Unnamed(expected.claim.to_owned());
    let name = all.get(expected.claim).and_then(Value::as_str).map(str::trim).filter(|name| !name.is_empty());
    let name = name.ok_or_else(unnamed)?;
    // Some providers write the truth in quotes.
    let is_verified = all.get("email_verified").is_some_and(|v| *v == Value::Bool(true) || *v == "true");
    if expected.claim == "email" && !is_verified {
        return Err(Untrusted::Unverified);
    }
    Ok(name.to_owned())
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::json;

    use super::*;

    struct Signer {
        pair: EcdsaKeyPair,
        random: SystemRandom,
    }

    impl Signer {
        fn new() -> Self {
            let random = SystemRandom::new();
            let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).unwrap();
            Signer { pair, random }
        }

        fn key(&self, kid: &str) -> PublicKey {
            let point = self.pair.public_key().as_ref();
            let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
            let key = json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": kid, "x": x, "y": y});
            serde_json::from_value(key).unwrap()
        }

        fn sign(&self, head: &Value, claims: &Value) -> String {
            let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            let signed = format!("{}.{}", encode(head), encode(claims));
            let signature = self.pair.sign(&self.random, signed.as_bytes()).unwrap();
            format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
        }
    }

    fn good() -> Value {
        json!({
            "iss": "https://id.example", "sub": "7", "aud": "zhida", "exp": 1_000_300, "iat": 1_000_000,
            "nonce": "n", "email": "amy@example.com", "email_verified": true, "name": "Amy",
        })
    }

    fn check(claim: &str, claims: &Value) -> Result<String, Untrusted> {
        let signer = Signer::new();
        let token = signer.sign(&json!({"alg": "ES256", "kid": "k"}), claims);
        verify(&token, &[signer.key("k")], &expected(claim))
    }

    fn expected(claim: &str) -> Expected<'_> {
        let now = Timestamp::from_second(1_000_000).unwrap();
        Expected { issuer: "https://id.example", client_id: "zhida", nonce: "n", claim, now }
    }

    #[test]
    fn believes_what_the_provider_says_to_us_of_this_sign_in() {
        assert_eq!(check("email", &good()).unwrap(), "amy@example.com");
        assert_eq!(check("sub", &good()).unwrap(), "7");
        let with = |name: &str, value: Value| {
            let mut claims = good();
            claims[name] = value;
            check("email", &claims)
        };
        assert!(with("aud", json!(["zhida"])).is_ok());
        assert!(with("azp", json!("zhida")).is_ok());
        assert!(with("email_verified", json!("true")).is_ok());
        assert!(with("exp", json!(999_941)).is_ok(), "clocks differ a little");
        for (name, value, why) in [
            ("iss", json!("https://id.example/"), Untrusted::Issuer),
            ("aud", json!("other"), Untrusted::Audience),
            ("aud", json!(["zhida", "other"]), Untrusted::Audience),
            ("aud", json!([]), Untrusted::Audience),
            ("azp", json!("other"), Untrusted::Audience),
            ("exp", json!(999_940), Untrusted::Expired),
            ("exp", json!("soon"), Untrusted::Malformed),
            ("iat", json!(1_000_061), Untrusted::NotYet),
            ("nbf", json!(1_000_061), Untrusted::NotYet),
            ("nonce", json!("m"), Untrusted::Nonce),
            ("nonce", json!(null), Untrusted::Nonce),
            ("sub", json!(""), Untrusted::Malformed),
            ("email_verified", json!(false), Untrusted::Unverified),
            ("email_verified", json!(null), Untrusted::Unverified),
            ("email", json!(""), Untrusted::Unnamed("email".to_owned())),
            ("email", json!(["amy@example.com"]), Untrusted::Unnamed("email".to_owned())),
        ] {
            assert_eq!(with(name, value.clone()), Err(why), "{name}: {value}");
        }
        for name in ["iss", "sub", "aud", "exp"] {
            let mut claims = good();
            claims.as_object_mut().unwrap().remove(name);
            assert_eq!(check("email", &claims), Err(Untrusted::Malformed), "without {name}");
        }
        assert_eq!(check("preferred_username", &good()), Err(Untrusted::Unnamed("preferred_username".to_owned())));
        let several = json!({"aud": ["zhida", "other"], "azp": "zhida"});
        let mut claims = good();
        claims.as_object_mut().unwrap().extend(several.as_object().unwrap().clone());
        assert!(check("email", &claims).is_ok(), "of several services, the one that asked");
    }

    #[test]
    fn believes_nothing_that_another_signed() {
        let (ours, theirs) = (Signer::new(), Signer::new());
        let keys = [ours.key("k"), theirs.key("other")];
        let head = json!({"alg": "ES256", "kid": "k"});
        assert!(verify(&ours.sign(&head, &good()), &keys, &expected("email")).is_ok());
        assert_eq!(verify(&theirs.sign(&head, &good()), &keys, &expected("email")), Err(Untrusted::Signature));
        let nameless = ours.sign(&json!({"alg": "ES256"}), &good());
        assert!(verify(&nameless, &keys, &expected("email")).is_ok());
        assert_eq!(verify(&nameless, &keys[1..], &expected("email")), Err(Untrusted::Signature));
        for alg in ["none", "HS256", ""] {
            let token = ours.sign(&json!({"alg": alg}), &good());
            assert_eq!(verify(&token, &keys, &expected("email")), Err(Untrusted::Algorithm(alg.to_owned())));
        }
        let critical = ours.sign(&json!({"alg": "ES256", "crit": ["b64"]}), &good());
        assert!(verify(&critical, &keys, &expected("email")).is_err());
        let token = ours.sign(&head, &good());
        let (signed, _) = token.rsplit_once('.').unwrap();
        assert_eq!(verify(&format!("{signed}."), &keys, &expected("email")), Err(Untrusted::Signature));
    }
}
