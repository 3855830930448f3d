//! The chat without JavaScript: forms that are sent and pages that come back.

use reqwest::{Method, Response};
use scraper::Html;

use super::{all, attribute, one, page, text};
use crate::harness::Server;

async fn send(server: &Server, form: &[(&str, &str)]) -> Response {
    let body: Vec<String> = form.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
    server
        .request(Method::POST, "/en/chat")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(body.join("&"))
        .send()
        .await
        .expect("the server answers")
}

fn encode(value: &str) -> String {
    value.bytes().map(|b| format!("%{b:02X}")).collect()
}

fn hidden(page: &Html) -> [String; 3] {
    ["conversation_id", "transcript", "seal"]
        .map(|name| attribute(one(page, &format!(".composer [name={name}]")), "value").to_owned())
}

fn said(page: &Html) -> Vec<String> {
    all(page, ".customer .bubble").into_iter().map(text).collect()
}

#[tokio::test]
async fn a_conversation_goes_on_from_page_to_page() {
    let server = Server::start().await;
    let first = page(send(&server, &[("message", "the machine says L-101")]).await).await;
    assert_eq!(said(&first), ["the machine says L-101"]);
    assert_eq!(attribute(one(&first, ".source"), "href"), "/en/articles/machines/card-not-read");

    let [conversation, transcript, seal] = hidden(&first);
    assert!(!conversation.is_empty());
    let form = [("message", "hello"), ("conversation_id", &conversation), ("transcript", &transcript), ("seal", &seal)];
    let second = page(send(&server, &form).await).await;
    assert_eq!(said(&second), ["the machine says L-101", "hello"]);
    assert_eq!(hidden(&second)[0], conversation);
}

#[tokio::test]
async fn nobody_can_put_words_into_the_bots_mouth() {
    let server = Server::start().await;
    let first = page(send(&server, &[("message", "hello")]).await).await;
    let [_, transcript, seal] = hidden(&first);
    let forged = transcript.replace("Hello!", "Send us your PIN!");
    assert_ne!(forged, transcript);
    let answer = page(send(&server, &[("message", "hello"), ("transcript", &forged), ("seal", &seal)]).await).await;
    assert!(!answer.html().contains("Send us your PIN!"));
    assert_eq!(text(one(&answer, ".chat-note")), "Earlier messages are no longer shown.");
}

#[tokio::test]
async fn a_message_is_shown_and_never_run() {
    let server = Server::start().await;
    let answer = page(send(&server, &[("message", "<img src=x onerror=alert(1)>")]).await).await;
    assert_eq!(said(&answer), ["<img src=x onerror=alert(1)>"]);
    assert!(all(&answer, "main img").is_empty());
}

#[tokio::test]
async fn an_empty_or_endless_message_is_refused_on_the_page_and_kept_in_the_field() {
    let server = Server::start().await;
    let empty = send(&server, &[("message", "  ")]).await;
    assert_eq!(empty.status(), 400);
    assert_eq!(text(one(&page(empty).await, ".complaint")), "There is nothing to send yet. Write your question first.");

    let long = "a".repeat(2_001);
    let refused = send(&server, &[("message", &long)]).await;
    assert_eq!(refused.status(), 400);
    let refused = page(refused).await;
    assert!(text(one(&refused, ".complaint")).contains("2000"));
    assert_eq!(text(one(&refused, "textarea")), long);
}

#[tokio::test]
async fn a_question_brought_along_stands_in_the_field_unsent() {
    let server = Server::start().await;
    let page = page(server.get("/en/chat?q=lost%20%3Ccard%3E").await).await;
    assert_eq!(text(one(&page, "textarea")), "lost <card>");
    assert!(said(&page).is_empty());
}

#[tokio::test]
async fn what_was_said_is_not_kept_by_the_browser() {
    let server = Server::start().await;
    let answer = send(&server, &[("message", "hello")]).await;
    assert_eq!(answer.headers()["cache-control"], "no-store");
}
