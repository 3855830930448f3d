//! How much a client may ask for, how slow it may be, and what the server does when it is too much.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::num::NonZeroU32;
use std::time::Duration;

use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::sync::oneshot;
use zhida::base::Clock;
use zhida::desk::agents::Accounts;
use zhida::model::Role;
use zhida::web::{self, Rates};

use crate::harness::{Server, client, snapshot};

const LOOPBACK: [&str; 2] = ["127.0.0.1/32", "::1/128"];

fn few(chat: u32, page: u32) -> web::Settings {
    let few = |n| NonZeroU32::new(n).unwrap();
    let rates = Rates { chat: few(chat), page: few(page), search: few(3), submission: few(2), sign_in: few(4) };
    web::Settings { rates: Some(rates), ..web::Settings::default() }
}

/// The server trusts whoever asks from this machine, as if each were a proxy of its own.
fn behind_a_proxy(settings: web::Settings) -> web::Settings {
    web::Settings { trusted_proxies: LOOPBACK.map(|net| net.parse().unwrap()).to_vec(), ..settings }
}

async fn say(server: &Server, from: &str) -> Response {
    let request = server.request(Method::POST, "/api/v1/chat").header("x-forwarded-for", from);
    request.json(&json!({"message": "L-101", "locale": "en"})).send().await.unwrap()
}

fn number(response: &Response, header: &str) -> u32 {
    response.headers()[header].to_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_spent_budget_is_told_and_comes_back() {
    let clock = Clock::fixed(1_800_000_000);
    let server = Server::with(few(3, 100), clock.clone()).await;
    for left in [2, 1, 0] {
        let answered = say(&server, "").await;
        assert_eq!((answered.status().as_u16(), number(&answered, "ratelimit-remaining")), (200, left));
        assert_eq!(
            (number(&answered, "ratelimit-limit"), &answered.headers()["ratelimit-policy"]),
            (3, &"3;w=60".parse().unwrap())
        );
    }
    let refused = say(&server, "").await;
    assert_eq!((refused.status().as_u16(), number(&refused, "retry-after")), (429, 20));
    assert_eq!((number(&refused, "ratelimit-remaining"), number(&refused, "ratelimit-reset")), (0, 60));
    assert_eq!(refused.headers()["content-type"], "application/problem+json");
    let problem: Value = refused.json().await.unwrap();
    assert_eq!((&problem["status"], &problem["code"]), (&json!(429), &json!("too_many_requests")), "{problem}");

    // The other kinds have budgets of their own, and what is cheap has none.
    assert_eq!(server.get("/api/v1/search?q=renew&locale=en").await.status(), 200);
    for _ in 0..200 {
        assert_eq!(server.get("/healthz").await.status(), 200);
    }
    clock.advance(20);
    assert_eq!(
        (say(&server, "").await.status(), say(&server, "").await.status()),
        (200.try_into().unwrap(), 429.try_into().unwrap())
    );
}

#[tokio::test]
async fn readers_are_told_in_their_language() {
    let server = Server::with(few(1, 2), Clock::fixed(1_800_000_000)).await;
    assert_eq!(server.get("/en/").await.status(), 200);
    assert_eq!(server.get("/en/").await.status(), 200, "a kept page counts too");
    for (path, heading) in [("/en/", "Too many requests"), ("/zh-CN/", "操作太频繁了")] {
        let refused = server.get(path).await;
        assert_eq!(refused.status(), 429, "{path}");
        assert!(refused.headers().contains_key("retry-after"));
        assert_eq!(refused.headers()["cache-control"], "no-store");
        assert!(refused.text().await.unwrap().contains(heading), "{path}");
    }
}

#[tokio::test]
async fn clients_behind_a_trusted_proxy_are_told_apart() {
    let server = Server::with(behind_a_proxy(few(1, 100)), Clock::fixed(1_800_000_000)).await;
    assert_eq!(say(&server, "198.51.100.1").await.status(), 200);
    assert_eq!(say(&server, "198.51.100.1").await.status(), 429);
    assert_eq!(say(&server, "198.51.100.2").await.status(), 200);
    assert_eq!(
        say(&server, "203.0.113.9, 198.51.100.1").await.status(),
        429,
        "what the client wrote counts for nothing"
    );
}

#[tokio::test]
async fn nobody_else_names_a_client() {
    let server = Server::with(few(1, 100), Clock::fixed(1_800_000_000)).await;
    assert_eq!(say(&server, "198.51.100.1").await.status(), 200);
    assert_eq!(say(&server, "198.51.100.2").await.status(), 429);
}

#[tokio::test]
async fn failed_sign_ins_count_for_the_client_and_not_for_the_proxy() {
    let settings = behind_a_proxy(web::Settings::default());
    let server = Server::with(settings, Clock::fixed(1_800_000_000)).await;
    let accounts = Accounts::new(server.store.clone(), Clock::System);
    accounts.add_agent("amy", Some(Role::Agent), "correct horse battery").await.unwrap();
    let sign_in = async |from: &str, password: &str| {
        let request = server.request(Method::POST, "/agent/login").header("x-forwarded-for", from);
        let form = format!("name=amy&password={}", password.replace(' ', "+"));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(form);
        request.send().await.unwrap().status().as_u16()
    };
    for _ in 0..5 {
        assert_eq!(sign_in("198.51.100.1", "guess").await, 401);
    }
    assert_eq!(sign_in("198.51.100.1", "correct horse battery").await, 429);
    assert_eq!(sign_in("198.51.100.2", "correct horse battery").await, 303);
}

/// Opens a connection and sends some bytes.
fn dial(server: &Server, bytes: &str) -> TcpStream {
    let address = server.url("").trim_start_matches("http://").to_owned();
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    stream
}

/// Reads until the server closes the connection.
fn rest(mut stream: TcpStream) -> String {
    let mut text = Vec::new();
    // A connection that is cut off may end with an error instead of an end.
    let _ = stream.read_to_end(&mut text);
    String::from_utf8_lossy(&text).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_its_headers_by_drops_is_cut_off() {
    let settings = web::Settings { header_timeout: Duration::from_millis(200), ..web::Settings::default() };
    let server = Server::with(settings, Clock::System).await;
    let slow = dial(&server, "GET /healthz HTTP/1.1\r\nhost: x\r\nx-drop: ");
    let idle = dial(&server, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
    let told = tokio::task::spawn_blocking(|| (rest(slow), rest(idle))).await.unwrap();
    assert!(!told.0.contains("200 OK"), "{}", told.0);
    assert!(told.1.contains("200 OK"), "an idle connection is answered first: {}", told.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_sends_its_body_by_drops_is_told() {
    let settings = web::Settings { timeout: Duration::from_millis(200), ..web::Settings::default() };
    let server = Server::with(settings, Clock::System).await;
    let head = "POST /api/v1/chat HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
    let slow = dial(&server, &format!("{head}content-length: 100\r\n\r\n{{"));
    let told = tokio::task::spawn_blocking(|| rest(slow)).await.unwrap();
    assert!(
        told.starts_with("HTTP/1.1 503 ") && told.contains("retry-after: ") && told.contains("\"timeout\""),
        "{told}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn headers_have_a_limit() {
    let server = Server::start().await;
    let long = dial(&server, &format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n", "a".repeat(64 * 1024)));
    let told = tokio::task::spawn_blocking(|| rest(long)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 431 ") || told.is_empty(), "{told}");
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_too_many_is_told_to_come_back() {
    let settings = web::Settings { max_connections: 2, ..web::Settings::default() };
    let server = Server::with(settings, Clock::System).await;
    let mut held: Vec<TcpStream> = (0..2).map(|_| dial(&server, "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")).collect();
    let told = tokio::task::spawn_blocking(move || {
        for stream in &mut held {
            // Both have a place once they are answered.
            assert_eq!(stream.read(&mut [0; 12]).unwrap(), 12);
        }
        held
    });
    let held = told.await.unwrap();
    let third = dial(&server, "");
    let told = tokio::task::spawn_blocking(|| rest(third)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 503 ") && told.contains("retry-after: 1"), "{told}");
    drop(held);
    // The places are given back; a client of its own for each try, so that none is kept open.
    while !client().get(server.url("/healthz")).send().await.is_ok_and(|r| r.status() == 200) {
        tokio::task::yield_now().await;
    }
}

/// The head of a chat message whose body is sent only once the server asks for it, which it does when it works on it.
const HALF: &str = "POST /api/v1/chat HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n\
                    content-length: 33\r\nexpect: 100-continue\r\n\r\n";
const OTHER_HALF: &str = r#"{"message":"L-101","locale":"en"}"#;
const GO_ON: &str = "HTTP/1.1 100 Continue\r\n\r\n";

/// Sends half a chat message and returns when it is being worked on.
async fn begin(address: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(HALF.as_bytes()).unwrap();
    let asked = tokio::task::spawn_blocking(move || {
        let mut told = [0; GO_ON.len()];
        stream.read_exact(&mut told).unwrap();
        assert_eq!(String::from_utf8_lossy(&told), GO_ON);
        stream
    });
    asked.await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn more_work_than_there_is_room_for_is_refused_at_once() {
    let settings = web::Settings { max_requests: 1, ..web::Settings::default() };
    let server = Server::with(settings, Clock::System).await;
    let mut waiting = begin(server.url("").trim_start_matches("http://")).await;
    let refused = server.get("/api/v1/search?q=renew&locale=en").await;
    assert_eq!(refused.status(), 503);
    assert_eq!(refused.headers()["retry-after"], "1");
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "overloaded");
    assert_eq!(server.get("/healthz").await.status(), 200, "it is alive, and says so");
    waiting.write_all(OTHER_HALF.as_bytes()).unwrap();
    let told = tokio::task::spawn_blocking(|| rest(waiting)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
    while server.get("/api/v1/search?q=renew&locale=en").await.status() != 200 {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_answered_when_the_server_stops() {
    use std::sync::Arc;
    use zhida::{app, desk::HelpCentre};
    let desk = Arc::new(HelpCentre::new(snapshot(), Clock::System));
    let server = app::Server::bind(desk, "127.0.0.1:0", web::Settings::default()).await.unwrap();
    let url = server.url();
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(server.run(async {
        let _ = stopped.await;
    }));
    let address = url.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut under_way = begin(&address).await;
    stop.send(()).unwrap();
    while TcpStream::connect(&address).is_ok() {
        tokio::task::yield_now().await;
    }
    under_way.write_all(OTHER_HALF.as_bytes()).unwrap();
    let told = tokio::task::spawn_blocking(|| rest(under_way)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
    serving.await.unwrap();
}
