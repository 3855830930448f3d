//! The results page.

use super::{all, attribute, main_text, one, page, text};
use crate::harness::Server;

#[tokio::test]
async fn results_mark_what_matched_and_keep_the_query() {
    let server = Server::start().await;
    let page = page(server.get("/en/search?q=renew").await).await;
    assert_eq!(attribute(one(&page, "main input[name=q]"), "value"), "renew");
    let first = all(&page, ".entry-title a")[0];
    assert!(attribute(first, "href").starts_with("/en/articles/loans/renew"));
    assert!(!all(&page, ".entry mark").is_empty());
    assert!(text(one(&page, ".found")).ends_with("found"));
}

#[tokio::test]
async fn a_category_narrows_the_results() {
    let server = Server::start().await;
    let page = page(server.get("/en/search?q=card&category=machines").await).await;
    let links: Vec<&str> = all(&page, ".entry-title a").into_iter().map(|a| attribute(a, "href")).collect();
    assert!(!links.is_empty() && links.iter().all(|l| l.starts_with("/en/articles/machines/")), "{links:?}");
    assert_eq!(text(one(&page, ".filters [aria-current]")), "Machines");
}

#[tokio::test]
async fn nothing_found_is_said_and_the_chat_is_offered_with_the_question() {
    let server = Server::start().await;
    let page = page(server.get("/zh-CN/search?q=%E9%87%8F%E5%AD%90").await).await;
    assert!(text(one(&page, ".empty h2")).contains("量子"));
    assert_eq!(attribute(one(&page, ".empty a"), "href"), "/zh-CN/chat?q=%E9%87%8F%E5%AD%90");
    assert_eq!(all(&page, ".topic").len(), 3);
}

#[tokio::test]
async fn what_was_typed_is_shown_and_never_run() {
    let server = Server::start().await;
    let page = page(server.get("/en/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await).await;
    assert_eq!(attribute(one(&page, "main input[name=q]"), "value"), "\"><script>alert(1)</script>");
    assert_eq!(all(&page, "script:not([src])").len(), 1, "the page's own");
}

#[tokio::test]
async fn internal_articles_are_not_found() {
    let server = Server::start().await;
    let page = page(server.get("/en/search?q=waive+fees").await).await;
    assert!(!main_text(&page).is_empty() && all(&page, "[href*='waive-fees']").is_empty());
}

#[tokio::test]
async fn odd_addresses_still_get_a_page() {
    let server = Server::start().await;
    for (query, status) in [
        ("page=abc&q=renew", 200),
        ("page=99999999999999999999&q=renew", 200),
        ("category=nothing&q=renew", 200),
        ("q=%FF%FE", 200),
        ("q=a&q=b", 400),
    ] {
        let response = server.get(&format!("/en/search?{query}")).await;
        assert_eq!(response.status().as_u16(), status, "{query}");
        assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8", "{query}");
    }
    let long = server.get(&format!("/zh-CN/search?q={}", "a".repeat(501))).await;
    assert_eq!(long.status(), 400);
    assert_eq!(text(one(&page(long).await, "h1")), "内容太长了");
}
