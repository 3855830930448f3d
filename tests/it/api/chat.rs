//! One chat turn at `/api/v1/chat`: its shape, its conversation, and what is no message.

use reqwest::Method;
use serde_json::json as value;

use super::{json, problem};
use crate::harness::Server;

const CHAT: &str = "/api/v1/chat";

#[tokio::test]
async fn a_turn_has_every_field_that_the_contract_names() {
    let server = Server::start().await;
    let response = server.post_json(CHAT, &value!({"message": "it says L-101", "locale": "en"})).await;
    assert_eq!(response.headers()["cache-control"], "no-store");
    let turn = json(response).await;
    assert!(turn["conversation_id"].as_str().is_some_and(|id| !id.is_empty()));
    assert_eq!(turn["locale"], "en");
    assert_eq!(turn["reply"]["kind"], "answer");
    assert_eq!(turn["reply"]["sources"][0]["id"], "machines/card-not-read");
    assert!(turn["reply"]["html"].as_str().unwrap().starts_with('<') && turn["reply"]["quick_replies"].is_array());
    assert_eq!((turn["match"]["by"].as_str(), turn["match"]["rule"].as_str()), (Some("code"), Some("L-101")));
    assert!(turn["match"]["confidence"].is_number() && turn["match"]["evidence"].is_array());
}

#[tokio::test]
async fn on_request_each_stage_tells_what_it_thought() {
    let server = Server::start().await;
    let ask = |explain: bool| value!({"message": "it says L-101", "locale": "en", "explain": explain});
    assert!(json(server.post_json(CHAT, &ask(false)).await).await["match"].get("stages").is_none());
    let turn = json(server.post_json(CHAT, &ask(true)).await).await;
    let stages = turn["match"]["stages"].as_array().unwrap();
    let code = stages.iter().find(|s| s["name"] == "code").unwrap();
    assert_eq!(code["won"], true, "{code}");
    assert!(stages.iter().all(|s| s["why"].as_str().is_some_and(|why| !why.is_empty())), "{stages:#?}");
    assert_eq!(turn["match"]["content"].as_str().map(str::len), Some(64), "the version that a replay needs");
}

#[tokio::test]
async fn a_conversation_keeps_its_id_and_an_unknown_one_begins_anew() {
    let server = Server::start().await;
    let first = json(server.post_json(CHAT, &value!({"message": "hello"})).await).await;
    let id = first["conversation_id"].as_str().unwrap();
    let second = json(server.post_json(CHAT, &value!({"message": "hello", "conversation_id": id})).await).await;
    assert_eq!(second["conversation_id"], id);
    let other = json(server.post_json(CHAT, &value!({"message": "hello", "conversation_id": "nobody's"})).await).await;
    assert!(other["conversation_id"] != *id && other["conversation_id"] != "nobody's");
}

#[tokio::test]
async fn who_names_no_language_is_answered_in_that_of_the_greeting() {
    let server = Server::start().await;
    let locale = async |body: serde_json::Value| json(server.post_json(CHAT, &body).await).await["locale"].clone();
    assert_eq!(locale(value!({"message": "hello"})).await, "en");
    assert_eq!(locale(value!({"message": "你好"})).await, "zh-CN");
    assert_eq!(locale(value!({"message": "hello", "locale": "zh-CN"})).await, "zh-CN", "the page is in Chinese");
    let asked = server.request(Method::POST, CHAT).header("accept-language", "zh").json(&value!({"message": "hello"}));
    assert_eq!(json(asked.send().await.unwrap()).await["locale"], "zh-CN", "the reader prefers Chinese");
}

#[tokio::test]
async fn what_is_not_a_message_is_a_problem() {
    let server = Server::start().await;
    for (body, code) in [
        (value!({"message": " \n "}), "empty_message"),
        (value!({"message": "a".repeat(2_001)}), "message_too_long"),
        // Counted as it was sent, which is what the description can say.
        (value!({"message": format!("{} ", "a".repeat(2_000))}), "message_too_long"),
        (value!({"message": "hi", "locale": "fr"}), "unknown_locale"),
        (value!({"message": 7}), "invalid_json"),
        (value!({"text": "hi"}), "invalid_json"),
        (value!([]), "invalid_json"),
    ] {
        let got = problem(server.post_json(CHAT, &body).await).await;
        assert_eq!(got, (400, code.to_owned()), "{body}");
    }
    // Characters are counted, not bytes.
    let most = server.post_json(CHAT, &value!({"message": "字".repeat(2_000)})).await;
    assert_eq!(most.status(), 200);
}

#[tokio::test]
async fn the_wrong_kind_of_request_is_a_problem_too() {
    let server = Server::start().await;
    let post =
        |kind: &str, body: String| server.request(Method::POST, CHAT).header("content-type", kind).body(body).send();
    let malformed = post("application/json", "{\"mess".to_owned()).await.unwrap();
    assert_eq!(problem(malformed).await, (400, "invalid_json".to_owned()));
    let text = post("text/plain", "{}".to_owned()).await.unwrap();
    assert_eq!(problem(text).await, (415, "unsupported_media_type".to_owned()));
    let large = post("application/json", " ".repeat(70_000)).await.unwrap();
    assert_eq!(problem(large).await, (413, "body_too_large".to_owned()));
    let get = server.get(CHAT).await;
    assert_eq!(get.headers()["allow"], "POST");
    assert_eq!(problem(get).await, (405, "method_not_allowed".to_owned()));
}

#[tokio::test]
async fn the_same_first_words_get_the_same_turn_in_a_conversation_of_their_own() {
    let server = Server::start().await;
    let say = async |message: &str, conversation: Option<&str>| {
        let body = value!({"message": message, "locale": "en", "conversation_id": conversation});
        json(server.post_json("/api/v1/chat", &body).await).await
    };
    let (first, second) = (say("how do I renew a book", None).await, say("how do I renew a book", None).await);
    assert_ne!(first["conversation_id"], second["conversation_id"]);
    assert_eq!((&first["reply"], &first["match"]), (&second["reply"], &second["match"]));
    // Each goes on by itself: what was said in one is not known in the other.
    let id = second["conversation_id"].as_str();
    assert_eq!(say("how do I renew a book", id).await["conversation_id"].as_str(), id);
    let turns = server.store.conversation(id.unwrap().parse().unwrap()).await.unwrap().unwrap().turns;
    assert_eq!(turns.len(), 2);
    // What only one asks for is not missing when it was answered without before.
    let body = value!({"message": "how do I renew a book", "locale": "en", "explain": true});
    let explained = json(server.post_json("/api/v1/chat", &body).await).await;
    assert!(explained["match"]["stages"].as_array().is_some_and(|stages| !stages.is_empty()), "{explained}");
}
