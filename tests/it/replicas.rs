//! Three real servers on one database behind nginx: one help centre, even when one of them is killed or stopped under load.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use reqwest::Client;
use serde_json::{Value, json};
use sqlx::{Connection as _, PgConnection};
use tokio::net::TcpListener;
use zhida::base::Clock;
use zhida::desk::agents::Accounts;
use zhida::model::Role;
use zhida::store::{self, Store};
use zhida::web;

use crate::harness::nginx::Nginx;
use crate::harness::postgres::{Cluster, database};
use crate::harness::program::Serving;
use crate::harness::{Server, client, help};

/// How many answers are waited for; one server is killed after a third of them.
const ENOUGH: usize = 300;
/// How many messages a conversation has.
const TURNS: usize = 5;
/// As many messages of the webhook are under way in a server that is killed.
const UNDER_WAY: usize = 8;
/// How many customers talk at a time.
const CUSTOMERS: usize = 6;
/// How often a customer's program asks again before it gives up.
const TRIES: usize = 4;

/// Messages of the webhook, by their id: how often each arrived, and the ticket and event that it tells of.
type Arrived = Arc<Mutex<BTreeMap<String, (usize, String, String)>>>;

async fn receive(State(arrived): State<Arrived>, headers: HeaderMap, body: String) -> StatusCode {
    let id = headers["webhook-id"].to_str().unwrap().to_owned();
    let told: Value = serde_json::from_str(&body).unwrap();
    let ticket = told["data"]["ticket_id"].as_str().unwrap_or_default().to_owned();
    let event = told["type"].as_str().unwrap_or_default().to_owned();
    let mut arrived = arrived.lock().unwrap();
    arrived.entry(id).or_insert((0, ticket, event)).0 += 1;
    StatusCode::NO_CONTENT
}

/// Starts a server on a database, with a data folder of its own.
fn start(root: &Path, n: usize, url: &str, content: &str, more: &[&str]) -> Serving {
    let data = root.join(format!("data-{n}")).display().to_string();
    let usual = ["serve", "--content", content, "--data", &data, "--listen", "127.0.0.1:0", "--database-url", url];
    Serving::start_in(root, &[&usual, more].concat())
}

fn address(serving: &Serving) -> String {
    serving.url().trim_start_matches("http://").trim_end_matches('/').to_owned()
}

/// A conversation that was held, and the ticket at its end.
struct Talk {
    /// How many turns were acknowledged under each id: one, unless a turn of it was in a lost server's journal alone, and the
    /// customer was told that it begins anew.
    acknowledged: BTreeMap<String, usize>,
    ticket: String,
}

/// A customer who talks until it is enough: each message has to be answered, in the same conversation.
struct Customer {
    client: Client,
    url: String,
    retries: Arc<AtomicUsize>,
}

impl Customer {
    /// Sends something, again where nothing came back; it has to be answered in the end.
    async fn post(&self, path: &str, body: &Value) -> Value {
        for _ in 0..TRIES {
            let sent = self.client.post(format!("{}api/v1/{path}", self.url)).json(body).send().await;
            match sent {
                Ok(response) if response.status().is_success() => {
                    if let Ok(answer) = response.json().await {
                        return answer;
                    }
                }
                Ok(response) => assert!(response.status().is_server_error(), "{path}: {}", response.status()),
                Err(_) => {}
            }
            self.retries.fetch_add(1, Ordering::Relaxed);
        }
        panic!("{path} was asked {TRIES} times in vain");
    }

    /// Holds one conversation after the other, each with a request for a person at its end.
    async fn talk(self, answers: Arc<AtomicUsize>, enough: Arc<AtomicBool>) -> Vec<Talk> {
        let mut talks = Vec::new();
        while !enough.load(Ordering::Relaxed) {
            let mut id = None::<String>;
            let mut acknowledged = BTreeMap::new();
            for _ in 0..TURNS {
                let said = json!({"message": "L-101", "conversation_id": id, "locale": "en"});
                let answer = self.post("chat", &said).await;
                let told = answer["conversation_id"].as_str().unwrap().to_owned();
                let goes_on = id.is_none_or(|id| id == told);
                assert!(goes_on || answer["conversation_restarted"] == true, "a customer was not told: {answer:#}");
                answers.fetch_add(1, Ordering::SeqCst);
                *acknowledged.entry(told.clone()).or_default() += 1;
                id = Some(told);
            }
            let id = id.unwrap();
            let opened = self.post("handoff", &json!({"conversation_id": id})).await;
            talks.push(Talk { acknowledged, ticket: opened["ticket_id"].as_str().unwrap().to_owned() });
        }
        talks
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_under_load_is_not_missed() {
    let Some(Held { again, claimed }) = lose_one_of_three(Serving::kill).await else { return };
    // A message comes again only when its sender died before it could write down that it had arrived.
    assert!(again.len() <= UNDER_WAY && again.is_subset(&claimed), "{again:?} came again; claimed were {claimed:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_under_load_is_not_missed_and_leaves_nothing_to_be_sent_again() {
    let Some(Held { again, .. }) = lose_one_of_three(|server| assert!(server.terminate().0.success())).await else {
        return;
    };
    assert!(again.is_empty(), "{again:?} came again");
}

/// Messages of the webhook when a server was lost.
struct Held {
    /// Those that came twice.
    again: BTreeSet<String>,
    /// Those that some server had claimed, and not written down as delivered, at that moment.
    claimed: BTreeSet<String>,
}

/// Returns the messages that are not known to have arrived; of those that are claimed, or of all.
async fn owed(database: &mut PgConnection, claimed: bool) -> BTreeSet<String> {
    let query = "SELECT id FROM outbox WHERE state = 'pending' AND (claimed_until > 0 OR NOT $1)";
    let rows: Vec<(String,)> = sqlx::query_as(query).bind(claimed).fetch_all(database).await.unwrap();
    rows.into_iter().map(|(id,)| id).collect()
}

/// Has customers talk to three servers of which one is lost on the way: each message is answered, nothing that was
/// acknowledged is lost, and whoever leaves out messages of the webhook that it knows hears of each ticket once.
async fn lose_one_of_three(lose: fn(Serving)) -> Option<Held> {
    let url = database().await?;
    let mut database = PgConnection::connect(&url).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let content = help().display().to_string();
    let arrived = Arrived::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hook = format!("http://{}/hook", listener.local_addr().unwrap());
    let router = Router::new().route("/hook", post(receive)).with_state(Arc::clone(&arrived));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let more = ["--webhook-url", &hook, "--trusted-proxies", "127.0.0.1", "--rate-limit", "off"];
    let mut servers: Vec<Serving> = (0..3).map(|n| start(dir.path(), n, &url, &content, &more)).collect();
    let nginx = Nginx::before(&servers.iter().map(address).collect::<Vec<_>>())?;

    let (answers, enough, retries) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)), Arc::default());
    let customers: Vec<_> = (0..CUSTOMERS)
        .map(|_| {
            let customer = Customer { client: client(), url: nginx.url(), retries: Arc::clone(&retries) };
            tokio::spawn(customer.talk(Arc::clone(&answers), Arc::clone(&enough)))
        })
        .collect();
    let mut victim = servers.pop();
    let mut claimed = BTreeSet::new();
    while answers.load(Ordering::SeqCst) < ENOUGH {
        if answers.load(Ordering::SeqCst) >= ENOUGH / 3
            && let Some(victim) = victim.take()
        {
            tokio::task::spawn_blocking(move || lose(victim)).await.unwrap();
            claimed = owed(&mut database, true).await;
        }
        assert!(!customers.iter().any(tokio::task::JoinHandle::is_finished), "a customer was left without an answer");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    enough.store(true, Ordering::Relaxed);

    let mut talks = Vec::new();
    for customer in customers {
        talks.extend(customer.await.unwrap());
    }
    // What a killed server had acknowledged and nobody else could read is in its journal, which its next start takes over.
    servers.push(start(dir.path(), 2, &url, &content, &more));
    let (mut told, mut kept) = (0, 0);
    for (id, turns) in talks.iter().flat_map(|talk| &talk.acknowledged) {
        let found = client().get(format!("{}api/v1/conversations/{id}", nginx.url())).send().await.unwrap();
        let stored = found.json::<Value>().await.unwrap()["turns"].as_array().unwrap().len();
        assert!(stored >= *turns, "{id}: {turns} turns were acknowledged and {stored} are kept");
        (told, kept) = (told + turns, kept + stored);
    }
    let anew = talks.iter().filter(|talk| talk.acknowledged.len() > 1).count();
    assert!(anew <= CUSTOMERS, "{anew} conversations began anew");
    let mut tickets: Vec<String> = talks.into_iter().map(|talk| talk.ticket).collect();
    // Each ticket is told of by one message, of whichever server. Who asks for a person again gets the ticket that is there.
    let created = || -> BTreeMap<String, usize> {
        let arrived = arrived.lock().unwrap();
        let mut by_ticket = BTreeMap::new();
        for (_, ticket, event) in arrived.values() {
            if event == "ticket.created" {
                *by_ticket.entry(ticket.clone()).or_default() += 1;
            }
        }
        by_ticket
    };
    // Until the claims of the lost server have run out, and everything is written down as delivered.
    while !owed(&mut database, false).await.is_empty() {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tickets.sort();
    assert_eq!(created().into_iter().collect::<Vec<_>>(), tickets.into_iter().map(|t| (t, 1)).collect::<Vec<_>>());
    let arrived = arrived.lock().unwrap();
    assert!(arrived.values().all(|(times, ..)| *times <= 2), "{arrived:?}");
    let again: BTreeSet<String> =
        arrived.iter().filter(|(_, (times, ..))| *times > 1).map(|(id, _)| id.clone()).collect();
    println!(
        "{told} turns acknowledged, {kept} kept; {anew} conversations began anew; {} messages of tickets; asked again by the customers {} times; messages \
         that arrived again under the same id: {}",
        arrived.len(),
        retries.load(Ordering::Relaxed),
        again.len()
    );
    drop(servers);
    Some(Held { again, claimed })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_stopped_at_once_has_nothing_to_complain_of() {
    let Some(url) = database().await else { return };
    let dir = tempfile::tempdir().unwrap();
    let (content, log) = (help().display().to_string(), dir.path().join("log"));
    let data = dir.path().join("data").display().to_string();
    let usual = ["serve", "--content", &content, "--data", &data, "--listen", "127.0.0.1:0", "--database-url", &url];
    let begin = || Serving::start_logging(dir.path(), &usual, &log);
    assert!(begin().terminate().0.success());

    // The first look at what is too old waits for somebody else's transaction, and with it the database to be closed.
    let mut other = PgConnection::connect(&url).await.unwrap();
    let mut held = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE feedback IN ACCESS EXCLUSIVE MODE").execute(&mut *held).await.unwrap();
    let serving = begin();
    let mut watcher = PgConnection::connect(&url).await.unwrap();
    let waits = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut watcher).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    serving.begin_to_stop();
    // It asks for nothing more while it waits for what it has asked for.
    held.rollback().await.unwrap();
    assert!(serving.terminate().0.success());
    let told = std::fs::read_to_string(&log).unwrap();
    assert!(!told.contains(" WARN ") && !told.contains("ERROR"), "{told}");
}

/// Asks a server until it serves a version of the content other than `old`, as all others do; returns it.
async fn served_after(url: &str, old: &str) -> String {
    served_when(url, |content, converged| content != old && converged).await
}

/// Asks a server, which has to be ready all the while, until what it says of its content fits; returns the version.
async fn served_when(url: &str, fits: impl Fn(&str, bool) -> bool) -> String {
    loop {
        let ready: Value = client().get(format!("{url}readyz")).send().await.unwrap().json().await.unwrap();
        if let (Some(content), Some(converged)) = (ready["content"].as_str(), ready["converged"].as_bool())
            && fits(content, converged)
        {
            return content.to_owned();
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Writes a help centre of one article.
fn write_help(content: &Path, word: &str) {
    std::fs::create_dir_all(content.join("en/lamps")).unwrap();
    let text = format!("---\ntitle: Light {word}\nsummary: Turn the knob\n---\nTurn it.\n");
    std::fs::write(content.join("en/lamps/light.md"), text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_one_server_publishes_is_soon_on_all() {
    let Some(url) = database().await else { return };
    let dir = tempfile::tempdir().unwrap();
    let content = dir.path().join("content");
    write_help(&content, "one");
    let folder = content.display().to_string();
    let servers: Vec<Serving> = (0..3).map(|n| start(dir.path(), n, &url, &folder, &["--watch", "off"])).collect();
    let mut old = Vec::new();
    for server in &servers {
        old.push(served_after(server.url(), "").await);
    }
    assert!(old.iter().all(|version| *version == old[0]));
    write_help(&content, "two");
    // One is told; the others hear of it from the database.
    servers[0].signal("HUP");
    let mut new = Vec::new();
    for server in &servers {
        new.push(served_after(server.url(), &old[0]).await);
    }
    assert!(new.iter().all(|version| *version == new[0]), "{new:?}");

    // A server that starts with other content is noticed: by the others, and by itself. None gives way.
    let other = dir.path().join("other");
    write_help(&other, "of another kind");
    let mut stranger = Some(start(dir.path(), 3, &url, &other.display().to_string(), &["--watch", "off"]));
    let odd = served_when(stranger.as_ref().unwrap().url(), |_, converged| !converged).await;
    assert_ne!(odd, new[0]);
    for server in &servers {
        assert_eq!(served_when(server.url(), |_, converged| !converged).await, new[0]);
    }
    // It says so when it leaves.
    assert!(stranger.take().unwrap().terminate().0.success());
    for server in &servers {
        assert_eq!(served_when(server.url(), |_, converged| converged).await, new[0]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_was_published_while_the_database_was_away_is_on_all_when_it_is_back() {
    let Some(mut cluster) = tokio::task::spawn_blocking(Cluster::start).await.unwrap() else { return };
    let url = cluster.database().await;
    let dir = tempfile::tempdir().unwrap();
    let folder = |n: usize| dir.path().join(format!("content-{n}"));
    (0..2).for_each(|n| write_help(&folder(n), "one"));
    let servers: Vec<Serving> =
        (0..2).map(|n| start(dir.path(), n, &url, &folder(n).display().to_string(), &["--watch", "off"])).collect();
    let old = served_after(servers[0].url(), "").await;
    cluster.stop();
    // Each has a copy; only one is told of the change, and cannot tell the other.
    (0..2).for_each(|n| write_help(&folder(n), "two"));
    servers[0].signal("HUP");
    let page = format!("{}en/articles/lamps/light", servers[0].url());
    while !client().get(&page).send().await.unwrap().text().await.unwrap().contains("Light two") {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    cluster.restart();
    let new = served_after(servers[0].url(), &old).await;
    assert_eq!(served_after(servers[1].url(), &old).await, new);
}

#[tokio::test]
async fn a_page_goes_on_at_another_server() {
    let Some(url) = database().await else { return };
    let one = Server::keeping(web::Settings::default(), Clock::System, Some(url.clone())).await;
    let two = Server::keeping(web::Settings::default(), Clock::System, Some(url)).await;
    // The page of a conversation without JavaScript.
    let form = |page: &str| -> Vec<(String, String)> {
        let page = scraper::Html::parse_document(page);
        let hidden = scraper::Selector::parse("main form input[type=hidden]").unwrap();
        let field = |input: scraper::ElementRef<'_>| {
            let value = |name| input.value().attr(name).unwrap_or_default().to_owned();
            (value("name"), value("value"))
        };
        // Each quick reply is a form of its own with the same fields.
        let fields: BTreeMap<String, String> = page.select(&hidden).map(field).collect();
        fields.into_iter().collect()
    };
    let say = async |server: &Server, fields: &[(String, String)], message: &str| -> String {
        let encode = |text: &str| text.bytes().map(|b| format!("%{b:02X}")).collect::<String>();
        let mut body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        body.push(format!("message={}", encode(message)));
        let request = server.request(reqwest::Method::POST, "/en/chat").body(body.join("&"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        request.send().await.unwrap().text().await.unwrap()
    };
    let first = say(&one, &[], "L-101 please").await;
    let fields = form(&first);
    assert!(fields.iter().any(|(name, value)| name == "seal" && !value.is_empty()), "{fields:?}");
    let second = say(&two, &fields, "L-102 please").await;
    assert!(second.contains("L-101 please") && second.contains("L-102 please"), "{second}");

    // Failed sign-ins are counted together, and a session is good at both.
    Accounts::new(one.store.clone(), Clock::System)
        .add_agent("amy", Some(Role::Agent), Some("correct horse battery"))
        .await
        .unwrap();
    let sign_in = async |server: &Server, password: &str| {
        let form = format!("name=amy&password={}", password.replace(' ', "+"));
        let request = server.request(reqwest::Method::POST, "/agent/login").body(form);
        request.header("content-type", "application/x-www-form-urlencoded").send().await.unwrap()
    };
    let signed_in = sign_in(&one, "correct horse battery").await;
    let cookie = signed_in.headers()["set-cookie"].to_str().unwrap().split(';').next().unwrap().to_owned();
    assert_eq!(two.get_with("/agent", &[("cookie", &cookie)]).await.status(), 200);
    for n in 0..5 {
        assert_eq!(sign_in(if n % 2 == 0 { &one } else { &two }, "guess").await.status(), 401);
    }
    assert_eq!(sign_in(&two, "correct horse battery").await.status(), 429);
}

#[tokio::test]
async fn what_is_sealed_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let settings = store::Settings { data: dir.path().to_owned(), url: None };
    let secret = async |made: &str| {
        let store = Store::open(&settings).await.unwrap();
        let kept = store.shared_secret("transcripts", made, Clock::System.now()).await.unwrap();
        store.close().await;
        kept
    };
    assert_eq!((secret("one").await, secret("two").await), ("one".to_owned(), "one".to_owned()));
}
