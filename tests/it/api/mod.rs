//! The API, addressed as programs address it.

mod articles;
mod chat;
mod description;
mod keeping;
mod search;
mod widget;

use reqwest::Response;
use serde_json::Value;

/// Reads an answer.
async fn json(response: Response) -> Value {
    assert_eq!(response.status(), 200, "{response:?}");
    response.json().await.expect("the answer is JSON")
}

/// Checks that an answer is a problem document, and returns its status and code.
async fn problem(response: Response) -> (u16, String) {
    let status = response.status().as_u16();
    assert_eq!(response.headers()["content-type"], "application/problem+json");
    let problem: Value = response.json().await.expect("the answer is JSON");
    assert_eq!(problem["status"], status);
    for field in ["type", "title", "detail"] {
        assert!(problem[field].as_str().is_some_and(|text| !text.is_empty()), "{field} in {problem}");
    }
    (status, problem["code"].as_str().expect("a problem has a code").to_owned())
}
