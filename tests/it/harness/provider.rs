//! An identity provider for tests: discovery, keys and tokens on a real port, with a key of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::extract::{Form, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ring::digest::{SHA256, digest};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use url::Url;
use zhida::base::Clock;

/// Our name and secret at the provider.
pub(crate) const CLIENT: (&str, &str) = ("zhida", "s3cret & more");

/// What the provider does.
#[derive(Debug, Clone)]
pub(crate) struct Conduct {
    /// What replaces claims of the token; null takes one away.
    pub(crate) claims: Value,
    /// Whether another key than the published one signs.
    pub(crate) foreign_key: bool,
    /// Whether everything is answered with 500.
    pub(crate) is_broken: bool,
    /// What it calls itself, where that is not its address.
    pub(crate) alias: Option<String>,
}

/// An identity provider; it ends with the value.
#[derive(Debug)]
pub(crate) struct IdentityProvider {
    pub(crate) issuer: String,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    issuer: String,
    key: EcdsaKeyPair,
    foreign: EcdsaKeyPair,
    random: SystemRandom,
    conduct: Mutex<Conduct>,
    /// The query of each authorization that was granted, by its code. A code is good for once.
    granted: Mutex<HashMap<String, HashMap<String, String>>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Shared({})", self.issuer)
    }
}

impl IdentityProvider {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let random = SystemRandom::new();
        let key = || {
            let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random).unwrap();
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, made.as_ref(), &random).unwrap()
        };
        let conduct = Conduct { claims: json!({}), foreign_key: false, is_broken: false, alias: None };
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            key: key(),
            foreign: key(),
            random,
            conduct: Mutex::new(conduct),
            granted: Mutex::default(),
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&shared));
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        IdentityProvider { issuer, shared, serving }
    }

    /// Changes what the provider does.
    pub(crate) fn behave(&self, change: impl FnOnce(&mut Conduct)) {
        change(&mut self.shared.conduct.lock().unwrap());
    }

    /// Has the person agree to a sign-in: returns where the provider sends the browser back to.
    pub(crate) fn agree(&self, authorization: &str) -> String {
        let asked = Url::parse(authorization).unwrap();
        assert_eq!(format!("{}://{}", asked.scheme(), asked.authority()), self.issuer);
        assert_eq!(asked.path(), "/authorize");
        let query: HashMap<String, String> = asked.query_pairs().into_owned().collect();
        for (name, value) in [("response_type", "code"), ("client_id", CLIENT.0), ("code_challenge_method", "S256")] {
            assert_eq!(query[name], value, "{name}");
        }
        assert!(query["scope"].split(' ').any(|scope| scope == "openid"));
        assert!(query["state"].len() >= 32 && query["nonce"].len() >= 32 && query["state"] != query["nonce"]);
        let mut back = Url::parse(&query["redirect_uri"]).unwrap();
        let code = uuid::Uuid::new_v4().simple().to_string();
        back.query_pairs_mut()
            .append_pair("code", &code)
            .append_pair("state", &query["state"])
            .append_pair("iss", &self.issuer);
        self.shared.granted.lock().unwrap().insert(code, query);
        back.into()
    }
}

impl Drop for IdentityProvider {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

type Answer = (StatusCode, Json<Value>);

const BROKEN: StatusCode = StatusCode::INTERNAL_SERVER_ERROR;

async fn discovery(State(shared): State<Arc<Shared>>) -> Answer {
    let conduct = shared.conduct.lock().unwrap();
    let issuer = &shared.issuer;
    let body = json!({
        "issuer": conduct.alias.as_ref().unwrap_or(issuer),
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
    });
    (if conduct.is_broken { BROKEN } else { StatusCode::OK }, Json(body))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Answer {
    let point = shared.key.public_key().as_ref();
    let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
    let ours = json!({"kty": "EC", "crv": "P-256", "use": "sig", "kid": "1", "x": x, "y": y});
    let unknown = json!({"kty": "lattice", "kid": "2", "n": 7});
    (StatusCode::OK, Json(json!({"keys": [unknown, ours]})))
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(sent): Form<HashMap<String, String>>,
) -> Answer {
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({"error": error})));
    let pair = STANDARD.encode(format!("{}:s3cret+%26+more", CLIENT.0));
    if headers.get("authorization").is_none_or(|sent| *sent != format!("Basic {pair}")) {
        return (StatusCode::UNAUTHORIZED, Json(json!({"error": "invalid_client"})));
    }
    let field = |name: &str| sent.get(name).cloned().unwrap_or_default();
    let Some(granted) = shared.granted.lock().unwrap().remove(&field("code")) else { return refuse("invalid_grant") };
    let proof = URL_SAFE_NO_PAD.encode(digest(&SHA256, field("code_verifier").as_bytes()));
    if proof != granted["code_challenge"] || field("redirect_uri") != granted["redirect_uri"] {
        return refuse("invalid_grant");
    }
    let conduct = shared.conduct.lock().unwrap().clone();
    let now = Clock::System.now().as_second();
    let mut claims = json!({
        "iss": shared.issuer,
        "sub": "248289761001",
        "aud": CLIENT.0,
        "iat": now,
        "exp": now + 300,
        "nonce": granted["nonce"],
        "email": "Amy@Example.com",
        "email_verified": true,
    });
    for (name, value) in conduct.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", encode(&json!({"alg": "ES256", "kid": "1"})), encode(&claims));
    let key = if conduct.foreign_key { &shared.foreign } else { &shared.key };
    let signature = key.sign(&shared.random, signed.as_bytes()).unwrap();
    let id_token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    let body = json!({"access_token": "x", "token_type": "Bearer", "id_token": id_token});
    (StatusCode::OK, Json(body))
}
