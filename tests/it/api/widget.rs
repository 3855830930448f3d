//! What the widget needs of the server: its file, what it asks for when it is opened, other origins, identities.

use axum::http::HeaderValue;
use reqwest::{Method, Response};
use serde_json::json as value;
use zhida::base::Clock;
use zhida::web::{IdentityRules, Settings};

use super::{json, problem};
use crate::harness::Server;
use crate::harness::identity::{SECRET, token};

const CHAT: &str = "/api/v1/chat";
const SHOP: &str = "https://shop.example";

async fn for_shop() -> Server {
    let settings = Settings { widget_origins: vec![SHOP.to_owned()], ..Settings::default() };
    Server::with(settings, Clock::System).await
}

fn header<'a>(response: &'a Response, name: &str) -> Option<&'a str> {
    response.headers().get(name).map(|v: &HeaderValue| v.to_str().unwrap())
}

async fn preflight(server: &Server, path: &str, origin: &str, method: &str) -> Response {
    server
        .request(Method::OPTIONS, path)
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "content-type,authorization")
        .send()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_site_on_the_list_may_ask_the_api_and_no_other() {
    let server = for_shop().await;
    let allowed = preflight(&server, CHAT, SHOP, "POST").await;
    assert_eq!(allowed.status(), 200);
    assert_eq!(header(&allowed, "access-control-allow-origin"), Some(SHOP));
    assert_eq!(header(&allowed, "access-control-allow-headers"), Some("content-type,authorization"));
    assert!(header(&allowed, "access-control-allow-methods").unwrap().contains("DELETE"));
    assert!(header(&allowed, "access-control-max-age").is_some());
    for origin in ["https://other.example", "https://shop.example.evil.example", "http://shop.example", "null"] {
        let refused = preflight(&server, CHAT, origin, "POST").await;
        assert_eq!(header(&refused, "access-control-allow-origin"), None, "{origin}");
    }
    let answer = server.get_with("/api/v1/widget?locale=en", &[("origin", SHOP)]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), Some(SHOP));
    assert_eq!(header(&answer, "access-control-allow-credentials"), None, "a cookie must never be among it");
    assert!(header(&answer, "access-control-expose-headers").unwrap().contains("retry-after"));
    let varied = answer.headers().get_all("vary").iter().any(|v| v.to_str().unwrap().to_lowercase().contains("origin"));
    assert!(varied, "a cache must not hand one site's answer to another");
}

#[tokio::test]
async fn a_refusal_can_be_read_by_the_widget_too() {
    let server = for_shop().await;
    let body = "x".repeat(70_000);
    for (path, body) in [(CHAT, "{}".to_owned()), (CHAT, body), ("/api/v1/nothing", "{}".to_owned())] {
        let post = server.request(Method::POST, path).header("origin", SHOP).header("content-type", "application/json");
        let answer = post.body(body).send().await.unwrap();
        assert!(answer.status().is_client_error());
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(SHOP), "{path}: {}", answer.status());
    }
}

#[tokio::test]
async fn pages_are_shared_with_nobody_and_without_a_list_the_api_is_not_either() {
    let page = for_shop().await.get_with("/en/", &[("origin", SHOP)]).await;
    assert_eq!(header(&page, "access-control-allow-origin"), None);
    assert_eq!(header(&page, "cross-origin-resource-policy"), Some("same-origin"));
    let server = Server::start().await;
    let answer = server.get_with("/api/v1/widget", &[("origin", SHOP)]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), None);
    let every = Settings { widget_origins: vec!["*".to_owned()], ..Settings::default() };
    let answer = Server::with(every, Clock::System).await.get_with("/api/v1/widget", &[("origin", SHOP)]).await;
    assert_eq!(header(&answer, "access-control-allow-origin"), Some("*"));
}

#[tokio::test]
async fn the_file_may_be_loaded_anywhere_and_is_asked_for_again_by_its_tag() {
    let server = Server::start().await;
    let file = server.get("/widget.js").await;
    assert_eq!(header(&file, "content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(header(&file, "cross-origin-resource-policy"), Some("cross-origin"));
    assert!(header(&file, "cache-control").unwrap().contains("max-age=300"));
    let tag = header(&file, "etag").unwrap().to_owned();
    let text = file.text().await.unwrap();
    assert!(text.contains("\"accent\":\"#7a4b00\"") && !text.contains("__SITE__"), "the site's colour is in it");
    assert_eq!(server.get_with("/widget.js", &[("if-none-match", &tag)]).await.status(), 304);
    let small = server.get_with("/widget.js", &[("accept-encoding", "gzip")]).await;
    assert_eq!(header(&small, "content-encoding"), Some("gzip"));
    assert!(small.bytes().await.unwrap().len() < 13_000);
}

#[tokio::test]
async fn what_it_opens_with_speaks_the_customers_language() {
    let server = Server::start().await;
    let opened = json(server.get("/api/v1/widget?locale=zh-TW").await).await;
    assert_eq!((opened["locale"].as_str(), opened["name"].as_str()), (Some("zh-CN"), Some("灯笼借书卡")));
    assert_eq!(opened["notice"], "馆员不会问你的密码。");
    assert_eq!(opened["words"]["retry"], "再试一次");
    assert_eq!(opened["support"][0]["url"], "/zh-CN/articles/card/lost-card");
    assert_eq!(opened["support"][1]["url"], "mailto:desk@lantern.example");
    assert_eq!(problem(server.get("/api/v1/widget?locale=fr").await).await, (400, "unknown_locale".to_owned()));
}

#[tokio::test]
async fn the_page_decides_what_is_suggested() {
    let server = Server::start().await;
    let first = async |query: &str| {
        let opened = json(server.get(&format!("/api/v1/widget?{query}")).await).await;
        opened["suggestions"][0]["message"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(first("locale=en&page=https://lantern.example/account/returns/7").await, "How do I renew a loan?");
    assert_eq!(first("locale=zh-CN&page=https://lantern.example/account/returns").await, "怎么续借");
    let usual = first("locale=en").await;
    assert!(!usual.is_empty() && usual != "How do I renew a loan?");
    assert_eq!(first("locale=en&page=https://lantern.example/").await, usual);
    assert_eq!(first(&format!("locale=en&page=https://lantern.example/{}/returns", "x".repeat(3_000))).await, usual);
}

#[tokio::test]
async fn the_demo_page_holds_nothing_that_its_policy_forbids() {
    let server = Server::start().await;
    for path in ["/widget/demo", "/widget/demo/checkout"] {
        let page = server.get_with(path, &[("accept-language", "zh-CN")]).await;
        assert_eq!(page.status(), 200);
        let policy = header(&page, "content-security-policy").unwrap().to_owned();
        assert!(policy.contains("trusted-types 'none'") && !policy.contains("unsafe"), "{policy}");
        let text = page.text().await.unwrap();
        assert!(text.contains("lang=\"zh-CN\"") && !text.contains("style=") && !text.contains("<script>"));
    }
}

async fn ask(server: &Server, authorization: Option<&str>) -> Response {
    let mut request = server.request(Method::POST, CHAT).json(&value!({"message": "hello", "locale": "en"}));
    if let Some(text) = authorization {
        request = request.header("authorization", text);
    }
    request.send().await.unwrap()
}

async fn with_identities(required: bool) -> (Server, Clock) {
    let clock = Clock::fixed(1_000_000);
    let identity = Some(IdentityRules::new(SECRET, "zhida", required));
    (Server::with(Settings { identity, ..Settings::default() }, clock.clone()).await, clock)
}

#[tokio::test]
async fn where_it_is_required_nobody_chats_without_a_signed_identity() {
    let (server, clock) = with_identities(true).await;
    let refused = ask(&server, None).await;
    assert_eq!(header(&refused, "www-authenticate"), Some("Bearer"));
    assert_eq!(problem(refused).await, (401, "identity_required".to_owned()));
    let good = format!("Bearer {}", token(&value!({"sub": "u-7", "aud": "zhida", "exp": 1_000_300})));
    assert_eq!(ask(&server, Some(&good)).await.status(), 200);
    assert_eq!(ask(&server, Some(&good.replacen("Bearer", "bearer", 1))).await.status(), 200);
    clock.advance(400);
    assert_eq!(problem(ask(&server, Some(&good)).await).await, (401, "invalid_identity".to_owned()));
    for (method, path) in [
        (Method::POST, "/api/v1/feedback"),
        (Method::POST, "/api/v1/handoff"),
        (Method::GET, "/api/v1/conversations/00000000-0000-7000-8000-000000000000"),
        (Method::DELETE, "/api/v1/conversations/00000000-0000-7000-8000-000000000000"),
    ] {
        let answer = server.request(method, path).json(&value!({})).send().await.unwrap();
        assert_eq!(problem(answer).await, (401, "identity_required".to_owned()), "{path}");
    }
    // What everybody may read needs none.
    for path in ["/api/v1/search?q=renew", "/api/v1/widget", "/widget.js", "/en/"] {
        assert_eq!(server.get(path).await.status(), 200, "{path}");
    }
}

#[tokio::test]
async fn a_ticket_tells_the_agents_whom_the_backend_vouched_for() {
    let (server, _) = with_identities(false).await;
    let authorization = format!("Bearer {}", token(&value!({"sub": "u-7", "aud": "zhida", "exp": 1_000_300})));
    let asked = json(ask(&server, Some(&authorization)).await).await;
    let hand_over = async |authorization: Option<&str>| {
        let about = value!({"conversation_id": asked["conversation_id"], "note": "I am u-8"});
        let mut request = server.request(Method::POST, "/api/v1/handoff").json(&about);
        if let Some(text) = authorization {
            request = request.header("authorization", text);
        }
        let ticket: serde_json::Value = request.send().await.unwrap().json().await.unwrap();
        let events = server.store.ticket_events(ticket["ticket_id"].as_str().unwrap()).await.unwrap();
        events.into_iter().filter(|e| e.action == "identified").map(|e| e.text).collect::<Vec<_>>()
    };
    assert!(hand_over(None).await.is_empty(), "what a customer writes is no identity");
    assert_eq!(hand_over(Some(&authorization)).await, ["u-7"]);
}

#[tokio::test]
async fn where_it_is_required_the_chat_page_sends_the_customer_to_the_app() {
    let (server, _) = with_identities(true).await;
    let page = server.get("/en/chat").await;
    assert_eq!(page.status(), 200);
    let text = page.text().await.unwrap();
    assert!(text.contains("Sign in") && !text.contains("<textarea"), "{text}");
    let form = server.request(Method::POST, "/en/chat").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(form.body("message=hello").send().await.unwrap().status(), 401);
}

#[tokio::test]
async fn where_it_is_not_required_a_false_identity_is_refused_all_the_same() {
    let (server, _) = with_identities(false).await;
    assert_eq!(ask(&server, None).await.status(), 200);
    for wrong in [
        value!({"sub": "u-7", "aud": "other", "exp": 1_000_300}),
        value!({"sub": "u-7", "aud": "zhida", "exp": 999_000}),
        value!({"sub": "u-7", "aud": "zhida"}),
    ] {
        let answer = ask(&server, Some(&format!("Bearer {}", token(&wrong)))).await;
        assert_eq!(problem(answer).await, (401, "invalid_identity".to_owned()), "{wrong}");
    }
    assert_eq!(problem(ask(&server, Some("Bearer x.y.z")).await).await.0, 401);
    assert_eq!(ask(&server, Some("Basic dTpw")).await.status(), 200, "another scheme is no identity");
}
