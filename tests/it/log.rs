//! The log of a real server: a line of JSON for each request, and nothing in it that a customer typed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::program::Serving;
use crate::harness::{client, help};

/// What customers paste, and no line may hold.
const PRIVATE: [&str; 4] = ["4111111111111111", "reader@example.com", "13800138000", PASSWORD];
/// It looks like a word, and an address that leads nowhere is logged to find out who links to it.
const PASSWORD: &str = "hunter2Secret";

/// Where something can be pasted into an address.
const PATHS: [&str; 13] = [
    "/{}",
    "/{}/",
    "/en/{}",
    "/en/codes/{}",
    "/en/categories/{}",
    "/en/articles/loans/{}",
    "/api/v1/codes/{}",
    "/api/v1/articles/{}/{}",
    "/api/v1/conversations/{}",
    "/widget/demo/{}",
    "/static/{}",
    "/sitemaps/{}",
    "/agent/tickets/{}",
];

#[tokio::test]
async fn the_log_tells_of_every_request_and_of_nothing_that_was_typed() {
    let dir = tempfile::tempdir().unwrap();
    let (content, data, log) = (help().display().to_string(), dir.path().join("data"), dir.path().join("log"));
    let arguments = ["serve", "--content", &content, "--data", &data.display().to_string(), "--listen", "127.0.0.1:0"];
    let more = ["--log-format", "json", "--rate-limit", "off"];
    let serving = Serving::start_logging(dir.path(), &[&arguments[..], &more].concat(), &log);
    let url = serving.url().trim_end_matches('/').to_owned();
    let mut asked = Vec::new();
    let mut send = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.unwrap();
        asked.push(response.headers()["x-request-id"].to_str().unwrap().to_owned());
    };
    for secret in PRIVATE {
        for path in PATHS.iter().filter(|_| secret != PASSWORD) {
            send(client().get(format!("{url}{}", path.replace("{}", secret)))).await;
        }
        let typed = format!("my password is {secret} and my card");
        send(client().get(format!("{url}/en/search")).query(&[("q", secret)])).await;
        send(client().get(format!("{url}/api/v1/search")).query(&[("q", secret)])).await;
        send(client().post(format!("{url}/api/v1/chat")).json(&json!({"message": typed, "locale": "en"}))).await;
        send(client().post(format!("{url}/api/v1/chat")).body(format!("{{\"message\": {secret}"))).await;
        let odd = client().request(Method::DELETE, format!("{url}/en/")).header("referer", format!("/{secret}"));
        send(odd.header("user-agent", secret).header("cookie", format!("a={secret}"))).await;
    }
    assert!(serving.terminate().0.success());
    let log = std::fs::read_to_string(&log).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).expect(line)).collect();
    for id in &asked {
        let told = lines.iter().filter(|line| line["span"]["id"] == id.as_str() && line["fields"]["status"].is_u64());
        assert_eq!(told.count(), 1, "one line tells of request {id}");
    }
    for secret in PRIVATE {
        let told: Vec<&str> = log.lines().filter(|line| line.contains(secret)).collect();
        assert!(told.is_empty(), "{secret}: {told:#?}");
    }
}
