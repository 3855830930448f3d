//! What breaks around the program, and what its customers and operators then see. docs/operations.md has a row for each.

mod budgets;
mod clock;
mod connections;
mod damaged;
mod database_away;
mod full_disk;
mod large;
mod read_only;

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};

use crate::harness::client;

/// A customer of a running program.
#[derive(Clone)]
struct Customer {
    client: Client,
    url: String,
}

impl Customer {
    fn of(url: &str) -> Self {
        Customer { client: client(), url: url.to_owned() }
    }

    async fn get(&self, path: &str) -> Response {
        self.client.get(format!("{}{path}", self.url)).send().await.unwrap()
    }

    async fn post(&self, path: &str, body: &Value) -> Response {
        self.client.post(format!("{}api/v1/{path}", self.url)).json(body).send().await.unwrap()
    }

    /// Says something, which has to be answered.
    async fn say(&self, conversation: Option<&str>, message: &str) -> Value {
        let answered =
            self.post("chat", &json!({"message": message, "conversation_id": conversation, "locale": "en"})).await;
        assert_eq!(answered.status(), 200, "{message}");
        answered.json().await.unwrap()
    }

    /// Rates a conversation, and returns the status.
    async fn rate(&self, conversation: &str) -> StatusCode {
        let verdict = json!({"conversation_id": conversation, "helpful": true, "locale": "en"});
        self.post("feedback", &verdict).await.status()
    }

    /// Checks that pages, search and the start of the chat are as they should be.
    async fn reads_on(&self) {
        for path in
            ["en/", "en/articles/loans/renew", "zh-CN/search?q=renew", "en/chat", "api/v1/search?q=renew&locale=en"]
        {
            assert_eq!(self.get(path).await.status(), 200, "{path}");
        }
    }

    /// Checks that what has to be kept is refused, and that the customer is told to come back.
    async fn is_told_to_come_back(&self, conversation: &str) {
        let verdict = json!({"conversation_id": conversation, "helpful": true, "locale": "en"});
        let person = json!({ "conversation_id": conversation });
        for (path, body) in [("feedback", verdict), ("handoff", person)] {
            let refused = self.post(path, &body).await;
            assert_eq!(refused.status(), 503, "{path}");
            assert!(refused.headers().contains_key("retry-after"), "{path}");
            assert_eq!(refused.json::<Value>().await.unwrap()["code"], "storage_unavailable", "{path}");
        }
    }

    /// Returns what was said in a conversation, as it is kept.
    async fn said(&self, conversation: &str) -> Vec<String> {
        let found = self.get(&format!("api/v1/conversations/{conversation}")).await;
        assert_eq!(found.status(), 200, "{conversation}");
        let found: Value = found.json().await.unwrap();
        let turns = found["turns"].as_array().unwrap();
        turns.iter().map(|turn| turn["said"].as_str().unwrap().to_owned()).collect()
    }

    /// Asks `/readyz` until it says a status; returns what it says.
    async fn until_ready_is(&self, status: u16) -> Value {
        loop {
            let ready = self.get("readyz").await;
            if ready.status() == status {
                return ready.json().await.unwrap();
            }
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }

    /// Returns the value of a metric.
    async fn metric(&self, name: &str) -> f64 {
        let all = self.get("metrics").await.text().await.unwrap();
        let line = all.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        line.unwrap_or_else(|| panic!("no {name} in {all}")).parse().unwrap()
    }
}
