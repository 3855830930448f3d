//! Pages for what is not there or goes wrong, in the reader's language.

use reqwest::Method;

use super::{attribute, one, page, text};
use crate::harness::Server;

#[tokio::test]
async fn a_missing_page_is_said_in_the_readers_language() {
    let server = Server::start().await;
    for (path, accept, lang, heading) in [
        ("/zh-CN/nothing", "en", "zh-CN", "没有这个页面"),
        ("/en/articles/loans/nothing", "zh", "en", "There is no such page"),
        ("/en/categories/nothing", "zh", "en", "There is no such page"),
        ("/nothing", "zh", "zh-CN", "没有这个页面"),
        ("/fr/", "zh", "zh-CN", "没有这个页面"),
    ] {
        let response = server.get_with(path, &[("accept-language", accept)]).await;
        assert_eq!(response.status(), 404, "{path}");
        let page = page(response).await;
        assert_eq!(attribute(one(&page, "html"), "lang"), lang, "{path}");
        assert_eq!(text(one(&page, "h1")), heading, "{path}");
    }
}

#[tokio::test]
async fn an_internal_article_is_a_missing_page() {
    let server = Server::start().await;
    let internal = server.get("/en/articles/loans/waive-fees").await;
    let missing = server.get("/en/articles/loans/waive-feez").await;
    assert_eq!((internal.status().as_u16(), missing.status().as_u16()), (404, 404));
    let (internal, missing) = (internal.text().await.unwrap(), missing.text().await.unwrap());
    assert_eq!(internal.replace("waive-fees", "…"), missing.replace("waive-feez", "…"));
}

#[tokio::test]
async fn a_failure_names_the_request() {
    let server = Server::start().await;
    let response = server.request(Method::POST, "/en/chat").body("x".repeat(70_000)).send().await.unwrap();
    assert_eq!(response.status(), 413);
    let id = response.headers()["x-request-id"].to_str().unwrap().to_owned();
    assert_eq!(text(one(&page(response).await, ".request-id code")), id);
}

#[tokio::test]
async fn another_method_is_refused_and_head_is_answered_without_a_body() {
    let server = Server::start().await;
    let delete = server.request(Method::DELETE, "/en/").send().await.unwrap();
    assert_eq!(delete.status(), 405);
    assert_eq!(delete.headers()["allow"], "GET,HEAD");
    for (path, status) in [("/en/", 200), ("/en/nothing", 404)] {
        let head = server.request(Method::HEAD, path).send().await.unwrap();
        assert_eq!((head.status().as_u16(), head.text().await.unwrap()), (status, String::new()), "{path}");
    }
}
