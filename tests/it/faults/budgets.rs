//! What several servers count together, and what is left of it when the database is away.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::postgres::Cluster;
use crate::harness::program::Serving;
use crate::harness::{client, help};

/// Two servers that let a client rate four times a minute, and sign in three times.
fn start(dir: &TempDir, n: usize, url: &str) -> Serving {
    let (content, data) = (help().display().to_string(), dir.path().join(format!("data-{n}")).display().to_string());
    let usual = ["serve", "--content", &content, "--data", &data, "--listen", "127.0.0.1:0", "--database-url", url];
    let limits = ["--rate-limits", "submission=4, sign_in=3", "--trusted-proxies", "127.0.0.1"];
    Serving::start_in(dir.path(), &[&usual[..], &limits].concat())
}

async fn rate(server: &Serving, from: &str) -> reqwest::Response {
    let verdict = json!({"article_id": "loans/renew", "helpful": true, "locale": "en"});
    let request = client().post(format!("{}api/v1/feedback", server.url())).header("x-forwarded-for", from);
    request.json(&verdict).send().await.unwrap()
}

async fn sign_in(server: &Serving, from: &str) -> StatusCode {
    let request = client().request(Method::POST, format!("{}agent/login", server.url()));
    let request = request.header("content-type", "application/x-www-form-urlencoded").header("x-forwarded-for", from);
    request.body("name=amy&password=guess").send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn two_servers_count_submissions_and_sign_ins_together() {
    let Some(mut cluster) = tokio::task::spawn_blocking(Cluster::start).await.unwrap() else { return };
    let (url, dir) = (cluster.database().await, TempDir::new().unwrap());
    let servers = [start(&dir, 0, &url), start(&dir, 1, &url)];
    for n in 0..4 {
        let rated = rate(&servers[n % 2], "198.51.100.1").await;
        assert_eq!(rated.status(), 202, "{n}");
        let left: usize = rated.headers()["ratelimit-remaining"].to_str().unwrap().parse().unwrap();
        assert_eq!(left, 3 - n, "what is left is left at all");
    }
    for server in &servers {
        let refused = rate(server, "198.51.100.1").await;
        assert_eq!(refused.status(), 429);
        let wait: u64 = refused.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=15).contains(&wait), "{wait} seconds for the next of four a minute");
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "too_many_requests");
    }
    assert_eq!(rate(&servers[0], "198.51.100.2").await.status(), 202, "another client has a budget of its own");
    for n in 0..3 {
        assert_eq!(sign_in(&servers[n % 2], "198.51.100.1").await, 401, "{n}");
    }
    assert_eq!(sign_in(&servers[1], "198.51.100.1").await, 429);

    // Pages, searches and chat are each server's own.
    let asked = client().get(format!("{}api/v1/search?q=renew&locale=en", servers[0].url())).send().await.unwrap();
    assert_eq!(asked.headers()["ratelimit-remaining"], "2999");
    let asked = client().get(format!("{}api/v1/search?q=renew&locale=en", servers[1].url())).send().await.unwrap();
    assert_eq!(asked.headers()["ratelimit-remaining"], "2999");

    // Nobody is refused because nobody counts: each server has its own budget left.
    cluster.stop();
    for server in &servers {
        assert_eq!(sign_in(server, "198.51.100.3").await, 503, "it is the database, and not the budget");
    }
    cluster.restart();
}
