//! Webhooks against a real receiver that is down, fails, hangs and comes back: everything arrives, signed, and what
//! arrives twice carries the same id.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::net::TcpListener;
use uuid::Uuid;
use zhida::base::Clock;
use zhida::store::{self, NewTicket, Store};
use zhida::text::redact;
use zhida::webhook::{Courier, Secret, Settings, Template};

use crate::harness::program::Serving;
use crate::harness::{client, help};
use crate::store_contract::{Place, at, places, turn};

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

/// How the receiver behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Failing,
    Hanging,
    /// Takes the message, and does not answer until it is in another mood.
    Thinking,
    Busy,
    Gone,
}

/// A message as it arrived.
#[derive(Debug, Clone)]
struct Arrived {
    id: String,
    timestamp: i64,
    signature: String,
    authorization: Option<String>,
    body: String,
}

#[derive(Debug, Clone)]
struct Receiver {
    mood: Arc<Mutex<Mood>>,
    arrived: Arc<Mutex<Vec<Arrived>>>,
}

impl Receiver {
    fn new(mood: Mood) -> Self {
        Receiver { mood: Arc::new(Mutex::new(mood)), arrived: Arc::default() }
    }

    fn set(&self, mood: Mood) {
        *self.mood.lock().unwrap() = mood;
    }

    fn arrived(&self) -> Vec<Arrived> {
        self.arrived.lock().unwrap().clone()
    }

    /// Returns how often each message arrived.
    fn times(&self) -> BTreeMap<String, usize> {
        let mut times = BTreeMap::new();
        self.arrived().into_iter().for_each(|message| *times.entry(message.id).or_default() += 1);
        times
    }

    /// Waits until so many messages have arrived.
    async fn until_arrived(&self, n: usize) {
        while self.arrived().len() < n {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    async fn serve(&self, listener: TcpListener) {
        let router = Router::new().route("/hook", post(receive)).with_state(self.clone());
        axum::serve(listener, router).await.unwrap();
    }
}

async fn receive(
    State(receiver): State<Receiver>,
    headers: HeaderMap,
    body: String,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let mood = *receiver.mood.lock().unwrap();
    let header = |name: &str| headers.get(name).map(|v| v.to_str().unwrap().to_owned());
    match mood {
        Mood::Hanging => std::future::pending().await,
        Mood::Failing => (StatusCode::INTERNAL_SERVER_ERROR, [("x", "")]),
        Mood::Busy => (StatusCode::TOO_MANY_REQUESTS, [("retry-after", "600")]),
        Mood::Gone => (StatusCode::GONE, [("x", "")]),
        Mood::Well | Mood::Thinking => {
            receiver.arrived.lock().unwrap().push(Arrived {
                id: header("webhook-id").unwrap(),
                timestamp: header("webhook-timestamp").unwrap().parse().unwrap(),
                signature: header("webhook-signature").unwrap_or_default(),
                authorization: header("authorization"),
                body,
            });
            while *receiver.mood.lock().unwrap() == Mood::Thinking {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            (StatusCode::NO_CONTENT, [("x", "")])
        }
    }
}

fn settings(port: u16) -> Settings {
    Settings {
        url: format!("http://127.0.0.1:{port}/hook"),
        secret: Secret::read(SECRET),
        template: None,
        authorization: None,
        timeout: Duration::from_secs(1),
    }
}

/// Opens a ticket with one turn.
async fn ticket(store: &Store, n: usize) -> String {
    let conversation = Uuid::now_v7();
    turn(store, conversation, 1, &format!("E1101 {n}"), at(0));
    let new = NewTicket {
        conversation,
        at: at(1),
        locale: "zh-CN",
        contact: "li@example.com",
        note: Some(&redact("快")),
        articles: &["a/b".to_owned()],
        codes: &["E1101".to_owned()],
        announce: true,
        customer: None,
    };
    store.open_ticket(&new).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_arrives_once_the_receiver_is_back() {
    for place in places().await {
        let store = Store::open(&place.settings).await.unwrap();
        let clock = Clock::fixed(at(2).as_second());
        // The port is taken and let go: nobody answers there yet.
        let port = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
        let couriers: Vec<Courier> =
            (0..2).map(|_| Courier::new(store.clone(), clock.clone(), settings(port)).unwrap()).collect();
        let mut tickets = Vec::new();
        for n in 0..20 {
            tickets.push(ticket(&store, n).await);
        }
        // Two replicas try, in vain.
        let attempts = async || {
            let mut made = 0;
            while let (Ok(one), Ok(two)) = tokio::join!(couriers[0].deliver_due(), couriers[1].deliver_due())
                && one + two > 0
            {
                made += one + two;
            }
            made
        };
        assert_eq!(attempts().await, 20, "down: every message is tried once, by one of the two");
        let receiver = Receiver::new(Mood::Failing);
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        let serving = tokio::spawn({
            let receiver = receiver.clone();
            async move { receiver.serve(listener).await }
        });
        clock.advance(7);
        assert_eq!(attempts().await, 20, "failing");
        receiver.set(Mood::Hanging);
        clock.advance(13);
        assert_eq!(attempts().await, 20, "hanging");
        assert!(receiver.arrived().is_empty());
        let waiting = store.deliveries("pending", 100).await.unwrap();
        assert!(waiting.len() == 20 && waiting.iter().all(|d| d.attempts == 3), "{waiting:?}");
        receiver.set(Mood::Well);
        clock.advance(60);
        assert_eq!(attempts().await, 20);
        assert_eq!(attempts().await, 0, "nothing is left");

        let arrived = receiver.arrived();
        let by_id: BTreeMap<&str, &Arrived> = arrived.iter().map(|a| (a.id.as_str(), a)).collect();
        assert_eq!((arrived.len(), by_id.len()), (20, 20), "each arrived once");
        let mut told: Vec<String> = Vec::new();
        for message in by_id.values() {
            let secret = Secret::read(SECRET).unwrap();
            assert_eq!(message.signature, secret.sign(&message.id, message.timestamp, &message.body));
            assert_eq!(message.timestamp, clock.now().as_second(), "the attempt's own time, against replays");
            let body: Value = serde_json::from_str(&message.body).unwrap();
            assert_eq!(body["type"], "ticket.created");
            assert_eq!(body["data"]["contact"], "li@example.com");
            assert_eq!(body["data"]["codes"][0], "E1101");
            assert!(body["data"]["transcript"][0]["said"].as_str().unwrap().starts_with("E1101"), "{body}");
            told.push(body["data"]["ticket_id"].as_str().unwrap().to_owned());
        }
        told.sort();
        tickets.sort();
        assert_eq!(told, tickets);
        serving.abort();
        store.close().await;
    }
}

#[tokio::test]
async fn a_receiver_may_ask_for_patience_or_for_no_more() {
    let place = places().await.swap_remove(0);
    let store = Store::open(&place.settings).await.unwrap();
    let clock = Clock::fixed(at(2).as_second());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let receiver = Receiver::new(Mood::Busy);
    let serving = tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.serve(listener).await }
    });
    let template = Template::read(r#"{"title": "{{subject}}", "mail": "{{email}}"}"#).unwrap();
    let own = Settings { template: Some(template), authorization: Some("Token t".to_owned()), ..settings(port) };
    let courier = Courier::new(store.clone(), clock.clone(), own).unwrap();
    let id = ticket(&store, 1).await;
    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    clock.advance(599);
    assert_eq!(courier.deliver_due().await.unwrap(), 0, "it asked for ten minutes");
    clock.advance(1);
    receiver.set(Mood::Gone);
    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    clock.advance(100_000);
    assert_eq!(courier.deliver_due().await.unwrap(), 0, "a dead letter rests");
    let dead = store.deliveries("dead", 10).await.unwrap();
    assert_eq!((dead.len(), dead[0].last_error.as_str()), (1, "status 410"));

    receiver.set(Mood::Well);
    assert!(store.revive_delivery(&dead[0].id, clock.now()).await.unwrap());
    assert_eq!(courier.deliver_due().await.unwrap(), 1);
    let arrived = receiver.arrived();
    assert_eq!(arrived[0].authorization.as_deref(), Some("Token t"));
    let body: Value = serde_json::from_str(&arrived[0].body).unwrap();
    assert_eq!(body["mail"], "li@example.com");
    assert_eq!(body["title"], format!("{id} · E1101 · E1101 1"));
    serving.abort();
}

/// How many messages one server has under way at most.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_server_had_under_way_comes_again_and_nothing_else_does() {
    for place in places().await {
        let store = Store::open(&place.settings).await.unwrap();
        let clock = Clock::fixed(at(2).as_second());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        // Nobody gives up: it is the claim's end that counts here.
        let settings = Settings { timeout: Duration::from_secs(60), ..settings(listener.local_addr().unwrap().port()) };
        let receiver = Receiver::new(Mood::Thinking);
        let serving = tokio::spawn({
            let receiver = receiver.clone();
            async move { receiver.serve(listener).await }
        });
        for n in 0..20 {
            ticket(&store, n).await;
        }
        let courier = || Courier::new(store.clone(), clock.clone(), settings.clone()).unwrap();
        let killed = tokio::spawn({
            let courier = courier();
            async move { courier.deliver_due().await }
        });
        receiver.until_arrived(AT_ONCE).await;
        killed.abort();
        assert!(killed.await.unwrap_err().is_cancelled());
        let under_way = receiver.times();
        receiver.set(Mood::Well);

        // Another server sends the rest, and what is claimed only when the claim has run out.
        let other = courier();
        let round = async || other.deliver_due().await.unwrap();
        assert_eq!([round().await, round().await, round().await], [AT_ONCE, 20 - 2 * AT_ONCE, 0]);
        clock.advance(119);
        assert_eq!(round().await, 0, "it might be under way still");
        clock.advance(1);
        run_out(&place).await;
        assert_eq!([round().await, round().await], [AT_ONCE, 0]);
        clock.advance(100_000);
        assert_eq!(round().await, 0);
        let times = receiver.times();
        assert_eq!(times.len(), 20, "whoever leaves out the ids that it knows sees each once");
        for (id, times) in times {
            assert_eq!(times, 1 + under_way.get(&id).copied().unwrap_or_default(), "{id}");
        }
        serving.abort();
        store.close().await;
    }
}

/// Has two minutes go by for the claims in PostgreSQL, whose clock is nobody's to set.
async fn run_out(place: &Place) {
    let Some(url) = &place.settings.url else { return };
    let mut database = PgConnection::connect(url).await.unwrap();
    let sooner = "UPDATE outbox SET claimed_until = claimed_until - 120000 WHERE claimed_until > 0";
    sqlx::query(sooner).execute(&mut database).await.unwrap();
    database.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_waits_for_the_answer_to_what_it_has_sent() {
    let dir = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let receiver = Receiver::new(Mood::Thinking);
    tokio::spawn({
        let receiver = receiver.clone();
        async move { receiver.serve(listener).await }
    });
    let content = help().display().to_string();
    let arguments = ["serve", "--content", &content, "--listen", "127.0.0.1:0", "--webhook-url", &hook];
    let running = Serving::start_in(dir.path(), &arguments);
    let post = async |path: &str, body: Value| -> Value {
        let request = client().post(format!("{}api/v1/{path}", running.url())).json(&body);
        request.send().await.unwrap().json().await.unwrap()
    };
    let said = post("chat", json!({"message": "L-101", "locale": "en"})).await;
    post("handoff", json!({"conversation_id": said["conversation_id"]})).await;
    receiver.until_arrived(1).await;
    let running = tokio::task::spawn_blocking(|| {
        running.begin_to_stop();
        running
    });
    let running = running.await.unwrap();
    receiver.set(Mood::Well);
    let (status, _) = tokio::task::spawn_blocking(|| running.terminate()).await.unwrap();
    assert_eq!(status.code(), Some(0));

    let kept = store::Settings { data: dir.path().join("data"), url: None };
    let store = Store::open(&kept).await.unwrap();
    assert_eq!(store.deliveries("delivered", 10).await.unwrap().len(), 1, "it was written down");
    assert!(store.deliveries("pending", 10).await.unwrap().is_empty(), "and is not sent again");
    store.close().await;
}
