//! Reading articles and codes at `/api/v1/articles/…` and `/api/v1/codes/…`.

use super::{json, problem};
use crate::harness::Server;

#[tokio::test]
async fn an_article_is_whole() {
    let server = Server::start().await;
    let article = json(server.get("/api/v1/articles/machines/card-not-read?locale=zh-CN").await).await;
    assert_eq!(article["id"], "machines/card-not-read");
    assert_eq!(article["locale"], "zh-CN");
    assert_eq!(article["codes"], serde_json::json!(["L-101"]));
    assert_eq!(article["updated"], "2026-06-30");
    assert_eq!(article["url"], "/zh-CN/articles/machines/card-not-read");
    assert_eq!(article["related"][0]["id"], "card/lost-card");
    assert!(article["html"].as_str().unwrap().contains("<p>"));
    for field in ["title", "summary", "markdown"] {
        assert!(article[field].as_str().is_some_and(|t| !t.is_empty()), "{field}");
    }
}

#[tokio::test]
async fn an_article_without_a_translation_comes_in_the_default_locale() {
    let server = Server::start().await;
    let article = json(server.get("/api/v1/articles/loans/reserve?locale=zh-CN").await).await;
    assert_eq!((article["locale"].as_str(), article["updated"].is_null()), (Some("en"), true));
}

#[tokio::test]
async fn what_is_missing_or_internal_is_not_found() {
    let server = Server::start().await;
    for path in ["loans/nothing", "loans/waive-fees", "..%2F..%2Fetc/passwd", "%FF/x"] {
        let response = server.get(&format!("/api/v1/articles/{path}")).await;
        let (status, _) = problem(response).await;
        assert!(status == 404 || status == 400 && path.starts_with("%FF"), "{path}: {status}");
    }
}

#[tokio::test]
async fn a_code_is_known_in_any_spelling_and_never_by_its_neighbour() {
    let server = Server::start().await;
    for written in ["L-101", "l101", "l%20-%20101", "%EF%BC%AC101", "lantern-101"] {
        let code = json(server.get(&format!("/api/v1/codes/{written}?locale=en")).await).await;
        assert_eq!((code["code"].as_str(), code["outcome"].as_str()), (Some("L-101"), Some("failed")), "{written}");
        assert_eq!(code["messages"]["en"][0], "Card not read");
        assert_eq!(code["articles"][0]["id"], "machines/card-not-read");
        assert_eq!(code["articles"][0]["url"], "/en/articles/machines/card-not-read");
    }
    for written in ["L-102", "L-1010", "101", "-"] {
        let got = problem(server.get(&format!("/api/v1/codes/{written}")).await).await;
        assert_eq!(got, (404, "unknown_code".to_owned()), "{written}");
    }
}
