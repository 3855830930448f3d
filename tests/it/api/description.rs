//! `/openapi.json`, the health checks, and paths that are not there.

use regex::Regex;
use serde_json::{Value, json as value};
use zhida::base::Clock;
use zhida::web::{IdentityRules, Settings};

use super::{json, problem};
use crate::harness::Server;

#[tokio::test]
async fn the_description_names_every_path_and_resolves_every_reference() {
    let server = Server::start().await;
    let api = json(server.get("/openapi.json").await).await;
    let mut paths: Vec<&str> = api["paths"].as_object().unwrap().keys().map(String::as_str).collect();
    paths.sort_unstable();
    for path in [
        "/api/v1/articles/{category}/{slug}",
        "/api/v1/chat",
        "/api/v1/codes/{code}",
        "/api/v1/conversations/{id}",
        "/api/v1/feedback",
        "/api/v1/handoff",
        "/api/v1/search",
        "/api/v1/suggest",
        "/api/v1/widget",
        "/healthz",
        "/readyz",
    ] {
        assert!(paths.contains(&path), "{path} in {paths:?}");
    }
    let text = api.to_string();
    for reference in text.split("\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(api.pointer(reference).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn requests_may_name_the_locales_that_the_content_has() {
    let server = Server::start().await;
    let api = json(server.get("/openapi.json").await).await;
    let parameters = api["paths"]["/api/v1/search"]["get"]["parameters"].as_array().unwrap();
    let locale = parameters.iter().find(|p| p["name"] == "locale").unwrap();
    assert_eq!(locale["schema"]["enum"], serde_json::json!(["en", "zh-CN", ""]));
    let said = &api["components"]["schemas"]["ChatMessage"]["properties"]["locale"];
    assert_eq!(said["enum"], serde_json::json!(["en", "zh-CN", "", null]));
}

#[tokio::test]
async fn every_request_may_be_told_to_come_back_later() {
    let server = Server::start().await;
    let api = json(server.get("/openapi.json").await).await;
    let paths = api["paths"].as_object().unwrap().iter().filter(|(path, _)| path.starts_with("/api/"));
    for (path, operation) in paths.flat_map(|(path, item)| item.as_object().unwrap().values().map(move |o| (path, o))) {
        for status in ["429", "503"] {
            let refusal = &operation["responses"][status];
            assert!(refusal["headers"]["Retry-After"].is_object(), "{path} {status}: {refusal}");
            assert!(refusal["content"]["application/problem+json"].is_object(), "{path} {status}: {refusal}");
        }
        for status in ["414", "431"] {
            assert!(operation["responses"][status].is_object(), "{path} {status}");
        }
    }
}

#[tokio::test]
async fn the_description_tells_who_has_to_say_who_they_are() {
    let described = async |identity| {
        let server = Server::with(Settings { identity, ..Settings::default() }, Clock::System).await;
        json(server.get("/openapi.json").await).await
    };
    let may =
        |api: &Value, path: &str| api["paths"][path].as_object().unwrap().values().next().unwrap()["security"].clone();
    let identity = |required| Some(IdentityRules::new("a secret of thirty-two bytes or so", "zhida", required));
    let (chat, search) = ("/api/v1/chat", "/api/v1/search");

    let anybody = described(None).await;
    assert_eq!((may(&anybody, search), may(&anybody, chat)), (value!([{}, {"api_key": []}]), Value::Null));
    assert!(anybody["paths"][chat]["post"]["responses"]["401"].is_null());
    let asked = described(identity(false)).await;
    assert_eq!((may(&asked, search), may(&asked, chat)), (may(&anybody, search), value!([{}, {"identity": []}])));
    let required = described(identity(true)).await;
    assert_eq!(may(&required, chat), value!([{"identity": []}]));
    assert!(required["paths"][chat]["post"]["responses"]["401"].is_object());
    for (api, names) in [(&anybody, vec!["api_key"]), (&required, vec!["api_key", "identity"])] {
        let schemes = api["components"]["securitySchemes"].as_object().unwrap();
        assert_eq!(schemes.keys().collect::<Vec<_>>(), names);
    }
}

#[tokio::test]
async fn the_description_knows_what_the_server_takes_for_an_empty_message() {
    let server = Server::start().await;
    let api = json(server.get("/openapi.json").await).await;
    let pattern = api["components"]["schemas"]["ChatMessage"]["properties"]["message"]["pattern"].as_str().unwrap();
    let said = Regex::new(pattern).unwrap();
    let otherwise = (char::MIN..=char::MAX).find(|c| said.is_match(c.encode_utf8(&mut [0; 4])) == c.is_whitespace());
    assert_eq!(otherwise, None);
}

#[tokio::test]
async fn the_server_is_alive_and_ready() {
    let server = Server::start().await;
    assert_eq!(json(server.get("/healthz").await).await["status"], "ok");
    let ready = json(server.get("/readyz").await).await;
    assert_eq!(ready["status"], "ready");
    assert_eq!(ready["content"].as_str().map(str::len), Some(64));
}

#[tokio::test]
async fn unknown_paths_of_the_api_are_problems_and_carry_the_same_headers() {
    let server = Server::start().await;
    for path in ["/api", "/api/v1", "/api/v1/nothing", "/api/v2/search"] {
        let response = server.get_with(path, &[("x-request-id", "mine")]).await;
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_ne!(response.headers()["x-request-id"], "mine", "the id is ours, so that the log can be trusted");
        assert_eq!(problem(response).await, (404, "not_found".to_owned()), "{path}");
    }
}
