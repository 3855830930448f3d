//! What customers leave with us over the API: verdicts, requests for a person, and their rights to what is kept.

use reqwest::Method;
use serde_json::{Value, json as value};

use super::{json, problem};
use crate::harness::Server;

async fn conversation(server: &Server, messages: &[&str]) -> String {
    let mut id = Value::Null;
    for message in messages {
        let body = value!({"message": message, "conversation_id": id, "locale": "en"});
        id = json(server.post_json("/api/v1/chat", &body).await).await["conversation_id"].clone();
    }
    id.as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_verdict_is_kept_with_private_data_masked() {
    let server = Server::start().await;
    let id = conversation(&server, &["L-101"]).await;
    let body = value!({"article_id": "machines/card-not-read", "conversation_id": id, "locale": "en", "helpful": false,
        "comment": "my card is 4111 1111 1111 1111"});
    let response = server.post_json("/api/v1/feedback", &body).await;
    assert_eq!(response.status(), 202);
    let kept = server.store.feedback_since(jiff::Timestamp::UNIX_EPOCH, 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(
        (kept[0].article_id.as_str(), kept[0].conversation_id.as_deref(), kept[0].comment.as_str()),
        ("machines/card-not-read", Some(id.as_str()), "my card is [card]")
    );
}

#[tokio::test]
async fn a_verdict_on_nothing_or_on_what_is_internal_is_a_problem() {
    let server = Server::start().await;
    let nobody = "00000000-0000-7000-8000-000000000000";
    for (body, expected) in [
        (value!({"helpful": true}), (400, "nothing_rated")),
        (value!({"article_id": "nonsense", "helpful": true}), (404, "unknown_article")),
        (value!({"article_id": "loans/nothing", "helpful": true}), (404, "unknown_article")),
        (value!({"article_id": "loans/waive-fees", "helpful": true}), (404, "unknown_article")),
        (value!({"conversation_id": nobody, "helpful": true}), (404, "unknown_conversation")),
        (value!({"article_id": "loans/renew"}), (400, "invalid_json")),
        (value!({"article_id": "loans/renew", "helpful": true, "comment": "x".repeat(2_001)}), (400, "text_too_long")),
    ] {
        let (status, code) = problem(server.post_json("/api/v1/feedback", &body).await).await;
        assert_eq!((status, code.as_str()), expected, "{body}");
    }
}

#[tokio::test]
async fn a_conversation_becomes_a_ticket() {
    let server = Server::start().await;
    let id = conversation(&server, &["the machine says L-101", "L-777"]).await;
    let body = value!({"conversation_id": id, "contact": "li@example.com", "note": "my PIN is 8899"});
    let response = server.post_json("/api/v1/handoff", &body).await;
    assert_eq!(response.status(), 201);
    let ticket = response.json::<Value>().await.unwrap()["ticket_id"].as_str().unwrap().to_owned();
    let kept = server.store.ticket(&ticket).await.unwrap().unwrap();
    assert_eq!((kept.conversation_id.as_deref(), kept.contact.as_str()), (Some(id.as_str()), "li@example.com"));
    assert_eq!(kept.articles, ["machines/card-not-read"]);
    assert_eq!(kept.codes, ["L-101", "L777"]);
    assert!(!kept.note.contains("8899"), "{kept:?}");

    for (body, expected) in [
        (value!({"conversation_id": "nobody's"}), (404, "unknown_conversation")),
        (value!({}), (400, "invalid_json")),
        (value!({"conversation_id": id, "contact": "x".repeat(201)}), (400, "text_too_long")),
    ] {
        let (status, code) = problem(server.post_json("/api/v1/handoff", &body).await).await;
        assert_eq!((status, code.as_str()), expected, "{body}");
    }
}

#[tokio::test]
async fn a_conversation_is_exported_and_deleted_by_its_id() {
    let server = Server::start().await;
    let id = conversation(&server, &["my card is 4111 1111 1111 1111", "L-101"]).await;
    let path = format!("/api/v1/conversations/{id}");
    let response = server.get(&path).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let kept = json(response).await;
    assert_eq!(kept["id"], id);
    assert_eq!(kept["turns"][0]["said"], "my card is [card]");
    assert_eq!(kept["turns"][1]["match"]["by"], "code");
    let kept = kept.to_string();
    assert!(!kept.contains("1111 1111") && !kept.contains("11111111"));
    let delete = async || server.request(Method::DELETE, &path).send().await.unwrap();
    assert_eq!(delete().await.status(), 204);
    assert_eq!(problem(delete().await).await, (404, "unknown_conversation".to_owned()));
    assert_eq!(problem(server.get(&path).await).await, (404, "unknown_conversation".to_owned()));
    let next = value!({"message": "hello", "conversation_id": id, "locale": "en"});
    let turn = json(server.post_json("/api/v1/chat", &next).await).await;
    assert!(turn["conversation_restarted"] == true && turn["conversation_id"] != *id, "{turn}");
    for part in ["text", "html"] {
        let told = turn["reply"][part].as_str().unwrap();
        assert!(told.contains("The earlier conversation has expired") && told.contains("Ask me about"), "{told}");
    }
    let next = value!({"message": "你好", "conversation_id": id, "locale": "zh-CN"});
    let turn = json(server.post_json("/api/v1/chat", &next).await).await;
    assert!(
        turn["reply"]["text"].as_str().unwrap().starts_with("之前的对话已经过期，这是一次新的对话。\n\n"),
        "{turn}"
    );
}

#[tokio::test]
async fn a_conversation_goes_on_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let content = crate::harness::help().display().to_string();
    let arguments = ["serve", "--content", &content, "--listen", "127.0.0.1:0"];
    let client = crate::harness::client();
    let ask = async |url: &str, body: Value| -> Value {
        client.post(format!("{url}api/v1/chat")).json(&body).send().await.unwrap().json().await.unwrap()
    };
    let first = crate::harness::program::Serving::start_in(dir.path(), &arguments);
    let offered = ask(first.url(), value!({"message": "L-102", "locale": "en"})).await;
    let id = offered["conversation_id"].clone();
    first.kill();
    let second = crate::harness::program::Serving::start_in(dir.path(), &arguments);
    let chosen = ask(second.url(), value!({"message": "the first one", "conversation_id": id, "locale": "en"})).await;
    assert_eq!((&chosen["conversation_id"], chosen["reply"]["kind"].as_str()), (&id, Some("answer")), "{chosen:#}");
}

#[tokio::test]
async fn searches_and_opened_results_are_counted() {
    let server = Server::start().await;
    server.get("/en/search?q=renew").await;
    server.get("/api/v1/search?q=zzzzqqq&locale=en").await;
    server.get("/en/search?q=late+fee").await;
    let from = server.url("/en/search?q=renew");
    let host = server.url("").trim_start_matches("http://").to_owned();
    server.get_with("/en/articles/loans/renew", &[("referer", &from), ("host", &host)]).await;
    server.store.flush().await.unwrap();
    let queries = |counts: Vec<zhida::store::QueryCount>| counts.into_iter().map(|c| c.query).collect::<Vec<_>>();
    let epoch = jiff::Timestamp::UNIX_EPOCH;
    assert_eq!(queries(server.store.unlucky_searches(epoch, false, 9).await.unwrap()), ["zzzzqqq"]);
    assert_eq!(queries(server.store.unlucky_searches(epoch, true, 9).await.unwrap()), ["late fee"]);
}
