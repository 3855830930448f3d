//! What is internal never leaves: every public route is walked with words that only an internal article holds.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Server, help, snapshot};

/// Words that only the article for agents holds: body, code, title, question, id.
const CANARIES: [&str; 5] = ["quagmire-9", "xylophone-7", "waive-fees", "Waive a reader", "goodwill"];

/// What a curious reader might type.
const TYPED: [&str; 9] = [
    "quagmire-9",
    "quagmire",
    "xylophone-7",
    "xylofone",
    "waive",
    "waive a fee for a reader",
    "Waive a reader's fee",
    "goodwill",
    "goodwil",
];

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

/// Fails when an answer tells anything internal that was not typed.
fn assert_silent(where_from: &str, typed: &str, answer: &str) {
    let answer = answer.to_lowercase();
    for canary in CANARIES.map(str::to_lowercase) {
        // What the reader typed may be shown to them.
        if !typed.to_lowercase().contains(&canary) {
            assert!(!answer.contains(&canary), "{where_from} with `{typed}` tells `{canary}`");
        }
    }
}

#[test]
fn the_canaries_are_in_the_internal_article_and_nowhere_else() {
    let file = std::fs::read_to_string(help().join("en/loans/waive-fees.md")).unwrap().to_lowercase();
    for canary in CANARIES.iter().filter(|c| **c != "waive-fees") {
        assert!(file.contains(&canary.to_lowercase()), "{canary}");
    }
    let snapshot = snapshot();
    let public = snapshot.articles().iter().filter(|a| a.visible_to(zhida::base::Viewer::Public));
    for article in public {
        assert_silent(
            &article.id.to_string(),
            "",
            &format!("{} {} {}", article.title, article.summary, article.markdown),
        );
    }
}

#[tokio::test]
async fn no_public_route_tells_of_an_internal_article() {
    let server = Server::start().await;
    let mut paths: BTreeSet<String> = [
        "/",
        "/sitemap.xml",
        "/robots.txt",
        "/feed.xml",
        "/metrics",
        "/openapi.json",
        "/readyz",
        "/healthz",
        "/widget.js",
        "/.well-known/security.txt",
        "/llms.txt",
        "/opensearch.xml",
        "/manifest.webmanifest",
    ]
    .map(str::to_owned)
    .into();
    for locale in ["en", "zh-CN"] {
        paths.extend(
            ["", "chat", "contact", "search", "feed.xml", "feed.atom", "opensearch.xml"]
                .map(|p| format!("/{locale}/{p}")),
        );
    }
    // Pages lead to pages: everything that a reader can reach by links.
    let mut seen: BTreeSet<String> = BTreeSet::new();
    while let Some(path) = paths.pop_first() {
        if !seen.insert(path.clone()) {
            continue;
        }
        let response = server.get(&path).await;
        let text = response.text().await.unwrap();
        assert_silent(&path, "", &text);
        let links = text.split("href=\"").skip(1).filter_map(|rest| rest.split(['"', '#']).next());
        let own = links.filter(|l| l.starts_with('/') && !l.starts_with("//")).map(|l| l.replace("&amp;", "&"));
        paths.extend(own.filter(|l| !seen.contains(l)));
    }
    assert!(seen.len() > 30, "the walk found {} paths", seen.len());
    println!("walked {} paths", seen.len());

    for typed in TYPED {
        let q = encoded(typed);
        for path in [
            format!("/en/search?q={q}"),
            format!("/zh-CN/search?q={q}"),
            format!("/en/search?q={q}&exact=1"),
            format!("/en/chat?q={q}"),
            format!("/en/codes/{q}"),
            format!("/api/v1/search?q={q}&locale=en&limit=50"),
            format!("/api/v1/search?q={q}&locale=zh-CN"),
            format!("/api/v1/search?q={q}&locale=en&category=loans"),
            format!("/api/v1/suggest?q={q}&locale=en"),
            format!("/api/v1/suggest?q={}&locale=en", encoded(&typed[..4])),
            format!("/api/v1/codes/{q}?locale=en"),
        ] {
            let text = server.get(&path).await.text().await.unwrap();
            assert_silent(&path, typed, &text);
        }
        let body = json!({"message": typed, "locale": "en"});
        let turn: Value = server.post_json("/api/v1/chat", &body).await.json().await.unwrap();
        assert_silent("/api/v1/chat", typed, &turn.to_string());
        let form = format!("message={q}");
        let page = server.request(Method::POST, "/en/chat").header("content-type", "application/x-www-form-urlencoded");
        assert_silent("POST /en/chat", typed, &page.body(form).send().await.unwrap().text().await.unwrap());
        let id = turn["conversation_id"].as_str().unwrap();
        let export = server.get(&format!("/api/v1/conversations/{id}")).await.text().await.unwrap();
        assert_silent("export", typed, &export);
        // Nothing is told by how much is found, either.
        let found: Value = server.get(&format!("/api/v1/search?q={q}&locale=en&limit=50")).await.json().await.unwrap();
        let hits = found["hits"].as_array().unwrap().len();
        assert_eq!(found["total"], hits, "{typed}: the count includes what is not shown");
    }
    for path in
        ["/en/articles/loans/waive-fees", "/zh-CN/articles/loans/waive-fees", "/api/v1/articles/loans/waive-fees"]
    {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
    // The metrics, after all of this was asked.
    let metrics = server.get("/metrics").await.text().await.unwrap();
    assert_silent("/metrics", "", &metrics);
}
