//! Finding articles at `/api/v1/search` and `/api/v1/suggest`.

use super::{json, problem};
use crate::harness::Server;

#[tokio::test]
async fn a_search_answers_in_the_locale_that_is_named() {
    let server = Server::start().await;
    let answer = json(server.get("/api/v1/search?q=renew&locale=en-GB").await).await;
    assert_eq!((answer["query"].as_str(), answer["locale"].as_str()), (Some("renew"), Some("en")));
    assert!(answer["took_us"].is_u64() && answer["total"].as_u64() >= Some(1));
    let hit = &answer["hits"][0];
    assert_eq!(hit["id"], "loans/renew");
    assert!(hit["url"].as_str().unwrap().starts_with("/en/articles/loans/renew"));
    for field in ["locale", "title", "category", "snippet"] {
        assert!(hit[field].is_string(), "{field} in {hit}");
    }
    assert!(hit["score"].is_number() && hit["codes"].is_array());
}

#[tokio::test]
async fn without_a_locale_the_headers_decide() {
    let server = Server::start().await;
    let answer = json(server.get_with("/api/v1/search?q=x", &[("accept-language", "zh-HK")]).await).await;
    assert_eq!(answer["locale"], "zh-CN");
    assert_eq!(json(server.get("/api/v1/search?q=x").await).await["locale"], "en");
}

#[tokio::test]
async fn limit_and_offset_page_through_the_same_order() {
    let server = Server::start().await;
    let hits = async |rest: &str| {
        let answer = json(server.get(&format!("/api/v1/search?q=card&locale=en{rest}")).await).await;
        let hits = answer["hits"].as_array().unwrap().clone();
        hits.iter().map(|h| h["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let all = hits("").await;
    assert!(all.len() >= 2, "{all:?}");
    assert_eq!(hits("&limit=1&offset=1").await, all[1..2]);
    assert_eq!(hits("&limit=1000").await, all);
    assert!(hits("&limit=0").await.is_empty());
}

#[tokio::test]
async fn what_is_asked_again_is_answered_as_before() {
    let server = Server::start().await;
    let ask = async |query: &str| {
        let mut answer = json(server.get(&format!("/api/v1/search?{query}")).await).await;
        answer.as_object_mut().unwrap().remove("took_us");
        answer
    };
    let first = ask("q=renew&locale=en").await;
    assert_eq!(ask("q=renew&locale=en").await, first);
    // Whatever differs in the question may differ in the answer.
    for other in
        ["q=renew&locale=zh-CN", "q=renew&locale=en&limit=0", "q=renew&locale=en&category=nothing", "q=card&locale=en"]
    {
        assert_ne!(ask(other).await, first, "{other}");
    }
    assert_eq!(ask("q=renew&locale=en").await, first);
}

#[tokio::test]
async fn what_was_kept_has_the_headers_of_any_answer_and_none_of_another_reader() {
    let server = Server::start().await;
    let path = "/api/v1/search?q=renew";
    let ask = async |language| server.get_with(path, &[("accept-language", language)]).await;
    let (first, kept) = (ask("en").await, ask("en").await);
    let names = |response: &reqwest::Response| {
        let mut names: Vec<String> = response.headers().keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&first), names(&kept));
    let tag = kept.headers()["etag"].to_str().unwrap().to_owned();
    assert_eq!(first.headers()["etag"], tag.as_str());
    assert_eq!(first.bytes().await.unwrap(), kept.bytes().await.unwrap());
    let known = server.get_with(path, &[("accept-language", "en"), ("if-none-match", &tag)]).await;
    assert_eq!(known.status(), 304);
    // Neither the answer in another language nor the word on a key is what was kept.
    assert_eq!(json(ask("zh-CN").await).await["locale"], "zh-CN");
    let refused = server.get_with(path, &[("accept-language", "en"), ("authorization", "Bearer zk_nobody")]).await;
    assert!(refused.status() != 200 || json(refused).await["locale"] == "en");
    // What holds private data is not kept, and so has no tag.
    for _ in 0..2 {
        let secret = server.get("/api/v1/search?q=4111%201111%201111%201111&locale=en").await;
        assert_eq!((secret.status().as_u16(), secret.headers().get("etag")), (200, None));
    }
}

#[tokio::test]
async fn nothing_typed_and_an_unknown_category_find_nothing() {
    let server = Server::start().await;
    for query in ["", "?q=", "?q=%20%20", "?q=renew&category=nothing"] {
        let answer = json(server.get(&format!("/api/v1/search{query}")).await).await;
        assert_eq!((answer["total"].as_u64(), answer["hits"].as_array().map(Vec::len)), (Some(0), Some(0)), "{query}");
    }
}

#[tokio::test]
async fn what_is_not_valid_is_a_problem_with_a_code() {
    let server = Server::start().await;
    let (long, padded) = (format!("q={}", "a".repeat(501)), format!("q={}%20", "a".repeat(500)));
    for (query, code) in [
        ("q=a&limit=ten", "invalid_query"),
        ("q=a&limit=-1", "invalid_query"),
        ("q=a&offset=10001", "offset_too_large"),
        ("q=a&locale=fr", "unknown_locale"),
        ("q=a&locale=no_such", "invalid_locale"),
        (long.as_str(), "query_too_long"),
        // Counted as it was sent, which is what the description can say.
        (padded.as_str(), "query_too_long"),
    ] {
        let got = problem(server.get(&format!("/api/v1/search?{query}")).await).await;
        assert_eq!(got, (400, code.to_owned()), "{query}");
    }
}

#[tokio::test]
async fn suggestions_lead_to_pages() {
    let server = Server::start().await;
    let answer = json(server.get("/api/v1/suggest?q=l-1&locale=en").await).await;
    let first = &answer["suggestions"][0];
    assert_eq!((first["kind"].as_str(), first["text"].is_string()), (Some("code"), true));
    assert_eq!(server.get(first["url"].as_str().unwrap()).await.status(), 200);
    assert_eq!(json(server.get("/api/v1/suggest?q=").await).await["suggestions"].as_array().map(Vec::len), Some(0));
}
