//! The machine's clock is set, forwards and backwards: nobody is locked out, nothing is deleted that a right clock would
//! have kept, and nothing waits for a time that does not come.

use jiff::Timestamp;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use uuid::Uuid;
use zhida::base::Clock;
use zhida::desk::agents::Accounts;
use zhida::desk::retention::{Retention, Swept};
use zhida::model::Role;
use zhida::store::{Failed, NewTicket, Store};
use zhida::web;

use crate::harness::Server;
use crate::store_contract::{places, turn};

const NOW: i64 = 1_800_000_000;
const HOUR: i64 = 3600;
const DAY: i64 = 24 * HOUR;
const YEAR: i64 = 365 * DAY;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(seconds).unwrap()
}

async fn say(server: &Server, conversation: &Value, message: &str) -> Value {
    let said = json!({"message": message, "conversation_id": conversation, "locale": "en"});
    let answered = server.post_json("/api/v1/chat", &said).await;
    assert_eq!(answered.status(), 200);
    answered.json().await.unwrap()
}

#[tokio::test]
async fn a_conversation_outlives_a_clock_that_is_put_back_and_keeps_its_order() {
    for back in [2, HOUR, YEAR] {
        let clock = Clock::fixed(NOW);
        let server = Server::with(web::Settings::default(), clock.clone()).await;
        let id = say(&server, &Value::Null, "one").await["conversation_id"].clone();
        clock.advance(-back);
        for message in ["two", "three"] {
            let turn = say(&server, &id, message).await;
            assert_eq!(turn["conversation_id"], id, "{back}");
        }
        let path = format!("/api/v1/conversations/{}", id.as_str().unwrap());
        let kept: Value = server.get(&path).await.json().await.unwrap();
        let said: Vec<&str> = kept["turns"].as_array().unwrap().iter().map(|t| t["said"].as_str().unwrap()).collect();
        assert_eq!(said, ["one", "two", "three"], "{back}");
        let verdict = json!({"conversation_id": id, "helpful": true, "locale": "en"});
        assert_eq!(server.post_json("/api/v1/feedback", &verdict).await.status(), 202);
        let ticket = server.post_json("/api/v1/handoff", &json!({ "conversation_id": id })).await;
        assert_eq!(ticket.status(), 201);
    }
}

#[tokio::test]
async fn a_conversation_begins_anew_after_a_day_forwards_and_is_kept_all_the_same() {
    let clock = Clock::fixed(NOW);
    let server = Server::with(web::Settings::default(), clock.clone()).await;
    let id = say(&server, &Value::Null, "one").await["conversation_id"].clone();
    clock.advance(DAY + 1);
    let turn = say(&server, &id, "two").await;
    assert_eq!(turn["conversation_restarted"], true, "the customer is told");
    let ticket = server.post_json("/api/v1/handoff", &json!({ "conversation_id": id })).await;
    assert_eq!(ticket.status(), 201, "a person can read what was said before");
}

#[tokio::test]
async fn rate_limits_lock_nobody_out() {
    let clock = Clock::fixed(NOW);
    let server = Server::with(web::Settings::default(), clock.clone()).await;
    for jump in [YEAR, -2 * YEAR, DAY, -DAY] {
        clock.advance(jump);
        assert_eq!(server.get("/en/").await.status(), 200, "{jump}");
        say(&server, &Value::Null, "L-101").await;
        assert_eq!(server.get("/metrics").await.status(), 200);
    }
}

async fn sign_in(server: &Server, password: &str) -> Response {
    let form = format!("name=amy&password={}", password.replace(' ', "+"));
    let request = server.request(Method::POST, "/agent/login").body(form);
    request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
}

async fn is_signed_in(server: &Server, signed_in: &Response) -> bool {
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    server.get_with("/agent", &[("cookie", &cookie)]).await.status() == 200
}

#[tokio::test]
async fn agents_can_sign_in_whatever_the_clock_did() {
    let clock = Clock::fixed(NOW);
    let server = Server::with(web::Settings::default(), clock.clone()).await;
    let accounts = Accounts::new(server.store.clone(), clock.clone());
    accounts.add_agent("amy", Some(Role::Agent), Some("correct horse battery")).await.unwrap();
    let right = "correct horse battery";

    // Forwards: who was signed in does it again.
    let first = sign_in(&server, right).await;
    assert!(is_signed_in(&server, &first).await);
    clock.advance(DAY);
    assert!(!is_signed_in(&server, &first).await);

    // A year ahead five passwords are wrong; that must not count for a year when the clock is put right.
    clock.advance(YEAR);
    let ahead = sign_in(&server, right).await;
    for _ in 0..5 {
        assert_eq!(sign_in(&server, "guess").await.status(), 401);
    }
    assert_eq!(sign_in(&server, right).await.status(), 429);
    clock.advance(-YEAR);
    assert_eq!(sign_in(&server, right).await.status(), 303, "nobody is locked out");
    assert!(!is_signed_in(&server, &ahead).await, "a session must not last for a year");

    // Seconds between two servers are nothing.
    let signed_in = sign_in(&server, right).await;
    clock.advance(-2);
    assert!(is_signed_in(&server, &signed_in).await);
}

/// Returns whether a conversation is still there.
async fn is_kept(store: &Store, id: Uuid) -> bool {
    store.conversation(id).await.unwrap().is_some()
}

#[tokio::test]
async fn a_leap_forwards_deletes_nothing_for_a_day() {
    let place = places().await.remove(0);
    let store = Store::open(&place.settings).await.unwrap();
    let (old, young) = (Uuid::now_v7(), Uuid::now_v7());
    turn(&store, old, 1, "old", at(NOW - 40 * DAY));
    turn(&store, young, 1, "young", at(NOW));
    store.flush().await.unwrap();
    let clock = Clock::fixed(NOW);
    let retention = Retention::new(store.clone(), clock.clone(), 30);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Gone(vec![("conversations", 1)]));
    assert!(!is_kept(&store, old).await && is_kept(&store, young).await);

    // An hour goes by, then ten years.
    clock.advance(HOUR);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Gone(vec![]));
    clock.advance(10 * YEAR);
    for _ in 0..23 {
        assert_eq!(retention.sweep().await.unwrap(), Swept::Doubted);
        clock.advance(HOUR);
    }
    // Another leap is no proof of the first.
    clock.advance(YEAR);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Doubted);
    assert!(is_kept(&store, young).await);
    // The clock is put right: nothing was lost, and all goes on.
    clock.advance(-11 * YEAR);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Gone(vec![]));
    // Put back too far, and right again.
    clock.advance(-3 * YEAR);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Gone(vec![]));
    clock.advance(3 * YEAR);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Doubted);
    assert!(is_kept(&store, young).await);

    // A server that was off for long believes its clock after a day, also when it is started again meanwhile.
    clock.advance(40 * DAY);
    for _ in 0..24 {
        let restarted = Retention::new(store.clone(), clock.clone(), 30);
        assert_eq!(restarted.sweep().await.unwrap(), Swept::Doubted);
        clock.advance(HOUR);
    }
    assert_eq!(retention.sweep().await.unwrap(), Swept::Gone(vec![("conversations", 1)]));
    assert!(!is_kept(&store, young).await);
    store.close().await;
}

#[tokio::test]
async fn a_database_of_an_earlier_version_is_no_less_safe() {
    let place = places().await.remove(0);
    let store = Store::open(&place.settings).await.unwrap();
    let id = Uuid::now_v7();
    turn(&store, id, 1, "said", at(NOW));
    store.flush().await.unwrap();
    let retention = Retention::new(store.clone(), Clock::fixed(NOW + 10 * YEAR), 30);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Doubted, "the first look is years after the last turn");
    assert!(is_kept(&store, id).await);
    store.close().await;
}

#[tokio::test]
async fn a_clock_that_is_not_the_databases_deletes_nothing() {
    let Some(place) = places().await.into_iter().find(|place| place.settings.url.is_some()) else { return };
    let store = Store::open(&place.settings).await.unwrap();
    let now = Clock::System.now().as_second();
    let clock = Clock::fixed(now);
    let retention = Retention::new(store.clone(), clock.clone(), 30);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Gone(vec![]));
    clock.advance(2 * DAY);
    assert_eq!(retention.sweep().await.unwrap(), Swept::Doubted, "less than a leap, and wrong all the same");
    store.close().await;
}

#[tokio::test]
async fn a_webhook_does_not_wait_for_a_time_that_was_wrong() {
    for place in places().await {
        let store = Store::open(&place.settings).await.unwrap();
        let id = Uuid::now_v7();
        turn(&store, id, 1, "help", at(NOW));
        let ticket = NewTicket {
            conversation: id,
            at: at(NOW),
            locale: "en",
            contact: "",
            note: None,
            articles: &[],
            codes: &[],
            customer: None,
            announce: true,
        };
        store.open_ticket(&ticket).await.unwrap();
        // A year ahead one attempt fails, and another is under way when the clock is put right.
        let ahead = at(NOW + YEAR);
        let claimed = store.claim_deliveries(8, ahead, 30_000).await.unwrap();
        let again_at = Some(at(NOW + YEAR + 5));
        store.not_delivered(&claimed[0].id, &Failed { error: "status 500", again_at }).await.unwrap();
        assert_eq!(store.claim_deliveries(8, at(NOW + 60), 30_000).await.unwrap().len(), 1, "it is due now");
        assert_eq!(store.claim_deliveries(8, at(NOW + 61), 30_000).await.unwrap().len(), 0, "and claimed");
        // Of a file the server's clock tells whether a claim is over, of PostgreSQL the database's, which nobody has set.
        let own = usize::from(place.settings.url.is_none());
        assert_eq!(store.claim_deliveries(8, at(NOW + YEAR + 10), 30_000).await.unwrap().len(), own);
        let claimed = store.claim_deliveries(8, at(NOW + 120), 30_000).await.unwrap();
        assert_eq!(claimed.len(), own, "a claim of the future is none");
        store.close().await;
    }
}
