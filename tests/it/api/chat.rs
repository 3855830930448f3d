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

#[tokio::test]
async fn a_turn_that_was_kept_is_sent_like_the_first_but_for_its_ids() {
    let server = Server::start().await;
    let ask = async |encoding: &str| {
        let body = value!({"message": "how do I renew a book", "locale": "en"});
        let request = server.request(Method::POST, CHAT).header("accept-encoding", encoding).json(&body);
        request.send().await.unwrap()
    };
    let headers = |response: &reqwest::Response| {
        let own = ["x-request-id", "date", "ratelimit-remaining", "ratelimit-reset", "ratelimit"];
        let headers = response.headers().iter().filter(|(name, _)| !own.contains(&name.as_str()));
        headers.map(|(name, value)| format!("{name}: {value:?}")).collect::<std::collections::BTreeSet<_>>()
    };
    let (first, kept) = (ask("identity").await, ask("identity").await);
    assert_eq!(headers(&first), headers(&kept));
    assert_ne!(first.headers()["x-request-id"], kept.headers()["x-request-id"]);
    assert_eq!(kept.headers()["vary"], "accept-encoding");
    assert_eq!(kept.headers()["x-content-type-options"], "nosniff");
    // Whoever takes it compressed gets it so.
    let compressed = ask("gzip").await;
    assert_eq!(compressed.headers()["content-encoding"], "gzip");
    // Byte for byte, so that no field is missing or elsewhere.
    let (first, kept) = (first.text().await.unwrap(), kept.text().await.unwrap());
    let id = |answer: &str| answer.split('"').nth(3).unwrap().to_owned();
    assert_ne!(id(&first), id(&kept));
    assert_eq!(first.replacen(&id(&first), &id(&kept), 1), kept);
    let figures = server.get("/metrics").await.text().await.unwrap();
    // Another test in this process may have asked the same; none takes away.
    let hits = figures.lines().find(|line| line.starts_with("zhida_cache_total{cache=\"turn\",result=\"hit\"}"));
    assert!(hits.is_some_and(|line| !line.ends_with(" 0")), "{hits:?}");
}

#[tokio::test]
async fn each_conversation_that_began_alike_is_kept_and_goes_on_by_itself() {
    let server = Server::start().await;
    let say = async |message: &str, conversation: Option<&str>| {
        let body = value!({"message": message, "locale": "en", "conversation_id": conversation});
        json(server.post_json(CHAT, &body).await).await["conversation_id"].as_str().unwrap().to_owned()
    };
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(say("how do I renew a book", None).await);
    }
    say("L-101", Some(&ids[1])).await;
    let mut kept = Vec::new();
    for id in &ids {
        kept.push(server.store.conversation(id.parse().unwrap()).await.unwrap().unwrap());
    }
    assert_eq!(kept.iter().map(|c| c.turns.len()).collect::<Vec<_>>(), [1, 2, 1]);
    for conversation in &kept {
        assert_eq!(conversation.turns[0].said, "how do I renew a book");
        assert_eq!(conversation.turns[0].reply, kept[0].turns[0].reply);
        assert_eq!(conversation.turns[0].matched, kept[0].turns[0].matched);
    }
    assert!(kept[0].turns[0].id != kept[1].turns[0].id && kept[1].turns[0].id != kept[2].turns[0].id);
    // Who names a conversation that nobody knows is told so, and nobody else is.
    let body = value!({"message": "how do I renew a book", "locale": "en", "conversation_id": "nobody's"});
    let restarted = json(server.post_json(CHAT, &body).await).await;
    assert_eq!(restarted["conversation_restarted"], true);
    let id = restarted["conversation_id"].as_str().unwrap().parse().unwrap();
    let told = server.store.conversation(id).await.unwrap().unwrap().turns.remove(0).reply;
    assert_eq!(told.text, restarted["reply"]["text"].as_str().unwrap());
    assert_ne!(told, kept[0].turns[0].reply);
    let body = value!({"message": "how do I renew a book", "locale": "en"});
    assert!(json(server.post_json(CHAT, &body).await).await.get("conversation_restarted").is_none());
}
