//! What was acknowledged is there: after the process was killed, and after the database was away.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Mutex;
use zhida::base::Clock;
use zhida::store::Store;
use zhida::web;

use crate::harness::postgres::Cluster;
use crate::harness::program::Serving;
use crate::harness::{Server, client, help};
use crate::store_contract::places;

/// How many answers are waited for before the program is killed.
const ENOUGH: usize = 120;

/// What the program acknowledged.
#[derive(Debug, Default)]
struct Acknowledged {
    /// Turns by conversation.
    turns: BTreeMap<String, usize>,
    feedback: usize,
    tickets: Vec<String>,
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_process_loses_nothing_that_it_acknowledged() {
    for place in places().await {
        let content = help().display().to_string();
        let data = place.dir.path().display().to_string();
        let mut arguments = vec!["serve", "--content", &content, "--data", &data, "--listen", "127.0.0.1:0"];
        if let Some(url) = &place.settings.url {
            arguments.extend(["--database-url", url]);
        }
        let serving = Serving::start_in(place.dir.path(), &arguments);
        let url = serving.url().to_owned();
        let acknowledged = Arc::new(Mutex::new(Acknowledged::default()));
        let count = Arc::new(AtomicUsize::new(0));
        let customers: Vec<_> = (0..6)
            .map(|n| {
                let customer = customer(n, url.clone(), Arc::clone(&acknowledged), Arc::clone(&count));
                tokio::spawn(customer)
            })
            .collect();
        while count.load(Ordering::SeqCst) < ENOUGH {
            assert!(customers.iter().any(|c| !c.is_finished()), "the program answers");
            tokio::task::yield_now().await;
        }
        serving.kill();
        for customer in customers {
            customer.await.unwrap();
        }

        let acknowledged = Arc::into_inner(acknowledged).unwrap().into_inner();
        let store = Store::open(&place.settings).await.unwrap();
        let (mut kept, mut told) = (0, 0);
        for (id, turns) in &acknowledged.turns {
            let conversation = store.conversation(id.parse().unwrap()).await.unwrap();
            let stored = conversation.as_ref().map_or(0, |c| c.turns.len());
            let mut each = conversation.iter().flat_map(|c| &c.turns);
            assert!(each.all(|turn| turn.said.starts_with("L-101") && turn.matched.rule == "L-101"), "{id}");
            assert!(stored >= *turns, "{id}: {turns} turns were acknowledged and {stored} stored");
            (kept, told) = (kept + stored, told + turns);
        }
        let feedback = store.feedback_since(jiff::Timestamp::UNIX_EPOCH, 100_000).await.unwrap().len();
        assert!(feedback >= acknowledged.feedback, "{feedback} of {} verdicts", acknowledged.feedback);
        for ticket in &acknowledged.tickets {
            assert!(store.ticket(ticket).await.unwrap().is_some(), "the ticket {ticket}");
        }
        println!(
            "{}: {told} turns acknowledged, {kept} stored; {} verdicts acknowledged, {feedback} stored; {} tickets",
            place.settings.url.as_deref().unwrap_or("SQLite"),
            acknowledged.feedback,
            acknowledged.tickets.len()
        );
        assert!(told >= ENOUGH / 2 && acknowledged.feedback > 0 && !acknowledged.tickets.is_empty());
        store.close().await;
    }
}

/// Asks, rates and asks for a person until the program is gone.
async fn customer(n: usize, url: String, acknowledged: Arc<Mutex<Acknowledged>>, count: Arc<AtomicUsize>) {
    let client = client();
    let post = async |path: &str, body: Value| -> Option<Value> {
        let response = client.post(format!("{url}api/v1/{path}")).json(&body).send().await.ok()?;
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.ok()
    };
    let mut conversation: Option<String> = None;
    for round in 0.. {
        // Those who are new each time say the same, so that the journal has it once.
        let said = if n.is_multiple_of(2) { format!("L-101 {n} {round}") } else { "L-101".to_owned() };
        let message = json!({"message": said, "conversation_id": conversation, "locale": "en"});
        let Some(turn) = post("chat", message).await else { return };
        let id = turn["conversation_id"].as_str().unwrap().to_owned();
        *acknowledged.lock().await.turns.entry(id.clone()).or_default() += 1;
        count.fetch_add(1, Ordering::SeqCst);
        if round % 5 == 1 {
            let verdict = json!({"conversation_id": id, "helpful": true, "locale": "en"});
            if post("feedback", verdict).await.is_none() {
                return;
            }
            acknowledged.lock().await.feedback += 1;
        }
        if round % 5 == 2 {
            let Some(ticket) = post("handoff", json!({"conversation_id": id})).await else { return };
            acknowledged.lock().await.tickets.push(ticket["ticket_id"].as_str().unwrap().to_owned());
        }
        // Some customers stay, some are new each time.
        conversation = n.is_multiple_of(2).then_some(id);
    }
}

/// Asks again until the answer is as wanted; the test's own time limit ends a wait in vain.
async fn until(server: &Server, path: &str, status: u16) {
    while server.get(path).await.status() != status {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_keeps_nobody_from_an_answer() {
    let Some(mut cluster) = tokio::task::spawn_blocking(Cluster::start).await.unwrap() else { return };
    let url = cluster.database().await;
    let server = Server::keeping(web::Settings::default(), Clock::System, Some(url)).await;
    let ask = async |body: Value| -> Value {
        let response = server.post_json("/api/v1/chat", &body).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    };
    let turn = ask(json!({"message": "L-101", "locale": "en"})).await;
    let id = turn["conversation_id"].as_str().unwrap().to_owned();
    let verdict = json!({"conversation_id": id, "helpful": true, "locale": "en"});
    assert_eq!(server.post_json("/api/v1/feedback", &verdict).await.status(), 202);

    cluster.stop();
    let turn = ask(json!({"message": "hello", "conversation_id": id, "locale": "en"})).await;
    assert_eq!(turn["conversation_id"], id, "the conversation goes on");
    assert_eq!(server.get("/api/v1/search?q=renew&locale=en").await.status(), 200);
    until(&server, "/readyz", 503).await;
    for (path, body) in [("feedback", &verdict), ("handoff", &json!({ "conversation_id": id }))] {
        let refused = server.post_json(&format!("/api/v1/{path}"), body).await;
        assert_eq!(refused.status(), 503, "{path}");
        assert!(refused.headers().contains_key("retry-after"), "{path}");
        assert_eq!(refused.json::<Value>().await.unwrap()["code"], "storage_unavailable");
    }
    for page in ["/en/", "/en/articles/loans/renew", "/zh-CN/search?q=renew", "/en/chat"] {
        assert_eq!(server.get(page).await.status(), 200, "{page}");
    }
    let metrics = server.get("/metrics").await.text().await.unwrap();
    assert!(metrics.lines().any(|line| line == "zhida_database_available 0"), "{metrics}");
    let login = server.request(Method::POST, "/agent/login").body("name=amy&password=guess");
    let login = login.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap();
    assert_eq!(login.status(), 503, "an agent is told that it is not the password");

    cluster.restart();
    until(&server, "/readyz", 200).await;
    assert_eq!(server.post_json("/api/v1/feedback", &verdict).await.status(), 202);
    let kept: Value = server.get(&format!("/api/v1/conversations/{id}")).await.json().await.unwrap();
    let said: Vec<_> = kept["turns"].as_array().unwrap().iter().map(|t| t["said"].as_str().unwrap()).collect();
    assert_eq!(said, ["L-101", "hello"], "what was said meanwhile is there");
}

#[tokio::test]
async fn another_replica_goes_on_with_the_conversation() {
    let Some(url) = crate::harness::postgres::database().await else { return };
    let one = Server::keeping(web::Settings::default(), Clock::System, Some(url.clone())).await;
    let two = Server::keeping(web::Settings::default(), Clock::System, Some(url)).await;
    let ask = async |server: &Server, body: Value| -> Value {
        server.post_json("/api/v1/chat", &body).await.json().await.unwrap()
    };
    let offered = ask(&one, json!({"message": "L-102", "locale": "en"})).await;
    let id = offered["conversation_id"].clone();
    one.store.flush().await.unwrap();
    let chosen = ask(&two, json!({"message": "the first one", "conversation_id": id, "locale": "en"})).await;
    assert_eq!((&chosen["conversation_id"], &chosen["reply"]["kind"]), (&id, &json!("answer")), "{chosen:#}");
    two.store.flush().await.unwrap();
    let deleted = one.request(Method::DELETE, &format!("/api/v1/conversations/{}", id.as_str().unwrap()));
    assert_eq!(deleted.send().await.unwrap().status(), 204);
    assert_eq!(two.get(&format!("/api/v1/conversations/{}", id.as_str().unwrap())).await.status(), 404);
}
