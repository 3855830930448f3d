//! The server as a whole over HTTP: it is alive, speaks the reader's language, and keeps what is internal to itself.

use serde_json::{Value, json};

use crate::harness::Server;

/// Words that only the article for agents holds.
const INTERNAL: [&str; 3] = ["quagmire-9", "xylophone-7", "waive-fees"];

#[tokio::test]
async fn is_alive_and_ready() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz"] {
        assert_eq!(server.get(path).await.status(), 200, "{path}");
        assert_eq!(server.request(reqwest::Method::HEAD, path).send().await.unwrap().status(), 200, "HEAD {path}");
    }
}

#[tokio::test]
async fn the_root_leads_to_the_readers_locale() {
    let server = Server::start().await;
    for (accept, home) in [("zh-TW,zh;q=0.8", "/zh-CN/"), ("en-GB", "/en/"), ("fr", "/en/")] {
        let response = server.get_with("/", &[("accept-language", accept)]).await;
        assert!(response.status().is_redirection(), "{accept}: {}", response.status());
        assert_eq!(response.headers()["location"], home, "{accept}");
    }
}

#[tokio::test]
async fn a_chat_turn_has_the_agreed_shape() {
    let server = Server::start().await;
    let response = server.post_json("/api/v1/chat", &json!({ "message": "L-202", "locale": "en" })).await;
    assert_eq!(response.status(), 200);
    let turn: Value = response.json().await.unwrap();
    assert_eq!(
        (turn["reply"]["kind"].as_str(), turn["match"]["by"].as_str()),
        (Some("answer"), Some("code")),
        "{turn:#}"
    );
    assert_eq!(turn["reply"]["sources"][0]["id"], "machines/return-slot-stuck");
    assert!(turn["conversation_id"].as_str().is_some_and(|id| !id.is_empty()), "{turn:#}");
}

#[tokio::test]
async fn what_is_for_agents_never_leaves() {
    let server = Server::start().await;
    for path in [
        "/en/",
        "/zh-CN/",
        "/en/categories/loans",
        "/en/search?q=xylophone-7",
        "/en/search?q=waive+a+fee+for+a+reader",
        "/en/articles/loans/late-fees",
        "/api/v1/search?q=quagmire-9&locale=en",
        "/api/v1/suggest?q=waive&locale=en",
    ] {
        let page = server.get(path).await.text().await.unwrap();
        // What the reader typed may be shown to them.
        let typed = path.split("q=").nth(1).unwrap_or_default().split('&').next().unwrap_or_default();
        for word in INTERNAL.iter().filter(|word| !typed.contains(*word)) {
            assert!(!page.contains(word), "{path} tells {word}");
        }
    }
    for path in
        ["/en/articles/loans/waive-fees", "/zh-CN/articles/loans/waive-fees", "/api/v1/articles/loans/waive-fees"]
    {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
    for message in ["waive a fee for a reader", "goodwill", "waive-fees", "quagmire-9"] {
        let turn = server.post_json("/api/v1/chat", &json!({ "message": message, "locale": "en" })).await;
        let turn: Value = turn.json().await.unwrap();
        let reply = turn["reply"].to_string();
        let told = INTERNAL.iter().any(|word| *word != message && reply.contains(word));
        assert!(!told, "{message}: {turn:#}");
    }
}
