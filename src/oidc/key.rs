//! The provider's public keys (RFC 7517) and the signatures made with them. The mathematics is ring's, as for TLS.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey, VerificationAlgorithm,
};
use serde::Deserialize;

/// A key as the provider publishes it. Of another kind than those that sign tokens, it lacks what it is asked for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(super) struct PublicKey {
    kty: String,
    pub(super) kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: String,
    n: String,
    e: String,
    x: String,
    y: String,
}

/// How tokens may be signed: with a key of which only half is public. Neither `none` nor a shared secret is among them.
enum Algorithm {
    Rsa(&'static RsaParameters),
    /// The curve, how it is verified, and the bytes of a coordinate.
    Curve(&'static str, &'static dyn VerificationAlgorithm, usize),
    Edwards,
}

impl Algorithm {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "RS256" => Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA256),
            "RS384" => Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA384),
            "RS512" => Algorithm::Rsa(&RSA_PKCS1_2048_8192_SHA512),
            "PS256" => Algorithm::Rsa(&RSA_PSS_2048_8192_SHA256),
            "PS384" => Algorithm::Rsa(&RSA_PSS_2048_8192_SHA384),
            "PS512" => Algorithm::Rsa(&RSA_PSS_2048_8192_SHA512),
            "ES256" => Algorithm::Curve("P-256", &ECDSA_P256_SHA256_FIXED, 32),
            "ES384" => Algorithm::Curve("P-384", &ECDSA_P384_SHA384_FIXED, 48),
            "EdDSA" => Algorithm::Edwards,
            _ => return None,
        })
    }
}

/// Tells whether tokens may be signed that way.
pub(super) fn is_known(algorithm: &str) -> bool {
    Algorithm::named(algorithm).is_some()
}

impl PublicKey {
    /// Tells whether this key made a signature in the way that `algorithm` names.
    pub(super) fn made(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> bool {
        let is_for_this = self.purpose.as_deref().is_none_or(|purpose| purpose == "sig")
            && self.alg.as_deref().is_none_or(|own| own == algorithm);
        is_for_this && self.verifies(algorithm, signed, signature).unwrap_or(false)
    }

    fn verifies(&self, algorithm: &str, signed: &[u8], signature: &[u8]) -> Option<bool> {
        let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).ok().filter(|bytes| !bytes.is_empty());
        Some(match Algorithm::named(algorithm)? {
            Algorithm::Rsa(parameters) if self.kty == "RSA" => {
                // Some providers pad the number with zeros, which ring does not take.
                let unpadded = |text: &str| {
                    let bytes = bytes(text)?;
                    let start = bytes.iter().position(|byte| *byte != 0)?;
                    Some(bytes[start..].to_vec())
                };
                let key = RsaPublicKeyComponents { n: unpadded(&self.n)?, e: unpadded(&self.e)? };
                key.verify(parameters, signed, signature).is_ok()
            }
            Algorithm::Curve(curve, verification, length) if self.kty == "EC" && self.crv == curve => {
                let (x, y) = (bytes(&self.x)?, bytes(&self.y)?);
                if x.len() != length || y.len() != length {
                    return None;
                }
                let point = [&[4], x.as_slice(), y.as_slice()].concat();
                UnparsedPublicKey::new(verification, point).verify(signed, signature).is_ok()
            }
            Algorithm::Edwards if self.kty == "OKP" && self.crv == "Ed25519" => {
                UnparsedPublicKey::new(&ED25519, bytes(&self.x)?).verify(signed, signature).is_ok()
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A key, a token that it signed, and the algorithm: RFC 7515, appendices A.2 and A.3, and RFC 8037, appendix A.
    fn examples() -> [(PublicKey, &'static str, &'static str); 3] {
        let rsa = PublicKey {
            kty: "RSA".to_owned(),
            n: "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS\
                -pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2C\
                apHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb\
                54h4FRWyuXpoQ"
                .to_owned(),
            e: "AQAB".to_owned(),
            ..PublicKey::default()
        };
        let curve = PublicKey {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU".to_owned(),
            y: "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0".to_owned(),
            ..PublicKey::default()
        };
        let edwards = PublicKey {
            kty: "OKP".to_owned(),
            crv: "Ed25519".to_owned(),
            x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo".to_owned(),
            ..PublicKey::default()
        };
        [
            (
                rsa,
                "RS256",
                "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ij\
                 p0cnVlfQ.cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5jujGbd\
                 s9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb1L07Qe7K0GarZRmB_eSN9\
                 383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QOYEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWy\
                 wlVmtVrBp0igcN_IoypGlUPQGe77Rw",
            ),
            (
                curve,
                "ES256",
                "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ij\
                 p0cnVlfQ.DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q",
            ),
            (
                edwards,
                "EdDSA",
                "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcN\
                 R4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
            ),
        ]
    }

    fn parts(token: &str) -> (&[u8], Vec<u8>) {
        let (signed, signature) = token.rsplit_once('.').unwrap();
        (signed.as_bytes(), URL_SAFE_NO_PAD.decode(signature).unwrap())
    }

    #[test]
    fn believes_the_examples_of_the_standards() {
        for (key, algorithm, token) in examples() {
            let (signed, signature) = parts(token);
            assert!(key.made(algorithm, signed, &signature), "{algorithm}");
            let padded = PublicKey { n: format!("AAAA{}", key.n), ..key.clone() };
            assert!(algorithm != "RS256" || padded.made(algorithm, signed, &signature));
        }
    }

    #[test]
    fn believes_nothing_that_was_changed_or_is_signed_in_another_way() {
        for (key, algorithm, token) in examples() {
            let (signed, mut signature) = parts(token);
            let others = ["none", "HS256", "RS256", "PS256", "RS384", "ES256", "ES384", "EdDSA", ""];
            for other in others.into_iter().filter(|other| *other != algorithm) {
                assert!(!key.made(other, signed, &signature), "{algorithm} as {other}");
            }
            let encrypts = PublicKey { purpose: Some("enc".to_owned()), ..key.clone() };
            let pinned = PublicKey { alg: Some("RS512".to_owned()), ..key.clone() };
            assert!(!encrypts.made(algorithm, signed, &signature) && !pinned.made(algorithm, signed, &signature));
            assert!(!key.made(algorithm, b"something else", &signature));
            assert!(!PublicKey::default().made(algorithm, signed, &signature));
            signature[5] ^= 1;
            assert!(!key.made(algorithm, signed, &signature));
        }
        assert!(!is_known("none") && !is_known("HS256") && is_known("RS256"));
    }
}
