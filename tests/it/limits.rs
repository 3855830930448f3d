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
        assert_eq!(number(&answered, "ratelimit-limit"), 3);
        let reset = number(&answered, "ratelimit-reset");
        assert_eq!(answered.headers()["ratelimit-policy"], r#""chat";q=3;w=60"#);
        assert_eq!(answered.headers()["ratelimit"], format!(r#""chat";r={left};t={reset}"#));
    }
    let refused = say(&server, "").await;
    assert_eq!((refused.status().as_u16(), number(&refused, "retry-after")), (429, 20));
    assert_eq!((number(&refused, "ratelimit-remaining"), number(&refused, "ratelimit-reset")), (0, 60));
    assert_eq!(refused.headers()["ratelimit"], r#""chat";r=0;t=20"#, "the moment is that of Retry-After");
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

/// The headers that tell of a budget.
const BUDGET: [&str; 5] =
    ["ratelimit-limit", "ratelimit-remaining", "ratelimit-reset", "ratelimit-policy", "ratelimit"];

#[tokio::test]
async fn answers_of_the_api_tell_of_their_budget_and_pages_do_not() {
    let settings = web::Settings { rates: Some(Rates::default()), ..web::Settings::default() };
    let server = Server::with(settings, Clock::fixed(1_800_000_000)).await;
    let told = |response: &Response| -> Vec<&str> {
        BUDGET.into_iter().filter(|name| response.headers().contains_key(*name)).collect()
    };
    // Both times: what is kept is answered elsewhere than what is made anew.
    for round in 0..2 {
        for (path, budget) in [
            ("/api/v1/search?q=renew&locale=en", "search"),
            ("/api/v1/articles/loans/renew?locale=en", "page"),
            ("/api/v1/codes/L-101?locale=en", "page"),
        ] {
            let answered = server.get(path).await;
            assert_eq!((answered.status().as_u16(), told(&answered)), (200, BUDGET.to_vec()), "{path}, round {round}");
            let policy = answered.headers()["ratelimit-policy"].to_str().unwrap();
            assert!(policy.starts_with(&format!("\"{budget}\";q=")), "{path}: {policy}");
        }
        let said = say(&server, "").await;
        assert_eq!((said.status().as_u16(), told(&said)), (200, BUDGET.to_vec()), "chat, round {round}");
        for path in [
            "/en/",
            "/en/articles/loans/renew",
            "/en/search?q=renew",
            "/en/chat",
            "/sitemap.xml",
            "/openapi.json",
            "/agent/login",
            // These are not even counted.
            "/robots.txt",
            "/widget.js",
            "/healthz",
            "/readyz",
            "/metrics",
        ] {
            let answered = server.get(path).await;
            assert_eq!((answered.status().as_u16(), told(&answered)), (200, vec![]), "{path}, round {round}");
        }
    }
    // Of a problem, too: it is an answer of the API.
    let problem = server.get("/api/v1/articles/loans/nothing?locale=en").await;
    assert_eq!((problem.status().as_u16(), told(&problem)), (404, BUDGET.to_vec()));
    // Where nobody is limited, there is nothing to tell.
    let server = Server::start().await;
    for path in ["/api/v1/search?q=renew&locale=en", "/en/"] {
        assert_eq!(told(&server.get(path).await), Vec::<&str>::new(), "{path}");
    }
    // A page that is refused has them, as whoever is refused needs to know until when.
    let server = Server::with(few(1, 1), Clock::fixed(1_800_000_000)).await;
    assert_eq!(told(&server.get("/en/").await), Vec::<&str>::new());
    let refused = server.get("/en/").await;
    assert_eq!((refused.status().as_u16(), told(&refused)), (429, BUDGET.to_vec()));
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
    accounts.add_agent("amy", Some(Role::Agent), Some("correct horse battery")).await.unwrap();
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

/// Sends a request whose line and headers are so many bytes, and returns the answer.
async fn with_a_head_of(server: &Server, target: &str, bytes: usize) -> String {
    let head = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx-long: ");
    let filler = "a".repeat(bytes - head.len() - "\r\n\r\n".len());
    let stream = dial(server, &format!("{head}{filler}\r\n\r\n"));
    tokio::task::spawn_blocking(|| rest(stream)).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_line_and_the_headers_of_a_request_have_a_limit() {
    const LIMIT: usize = 32 * 1024;
    let server = Server::start().await;
    for target in ["/healthz", "/en/", "/api/v1/search?q=renew&locale=en"] {
        let told = with_a_head_of(&server, target, LIMIT).await;
        assert!(told.starts_with("HTTP/1.1 200 "), "{target}: {told}");
    }
    for bytes in [LIMIT + 1, 45_000, 48 * 1024] {
        let told = with_a_head_of(&server, "/api/v1/search?q=renew&locale=en", bytes).await;
        assert!(told.starts_with("HTTP/1.1 431 "), "{bytes}: {told}");
        assert!(told.contains("application/problem+json") && told.contains(r#""headers_too_large""#), "{told}");
        assert!(told.contains("x-request-id: "), "{told}");
        let told = with_a_head_of(&server, "/en/", bytes).await;
        assert!(told.starts_with("HTTP/1.1 431 ") && told.contains("text/html"), "a page has one too: {told}");
    }
    // What is far beyond it is not even read, and the connection ends.
    let told = with_a_head_of(&server, "/healthz", 200_000).await;
    assert!(told.starts_with("HTTP/1.1 431 ") || told.is_empty(), "{told}");
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_alone_can_be_too_long() {
    const LIMIT: usize = 32 * 1024;
    let server = Server::start().await;
    let ask = async |bytes: usize| {
        let line = "GET /healthz? HTTP/1.1\r\n".len();
        let target = format!("/healthz?{}", "a".repeat(bytes - line));
        let rest_of_it = "host: x\r\nconnection: close\r\nx-long: a\r\n\r\n".len();
        with_a_head_of(&server, &target, bytes + rest_of_it).await
    };
    let told = ask(LIMIT - 100).await;
    assert!(told.starts_with("HTTP/1.1 200 "), "{told}");
    let told = ask(LIMIT).await;
    assert!(told.starts_with("HTTP/1.1 431 "), "the line fits, and with the headers it does not: {told}");
    let told = ask(LIMIT + 1).await;
    assert!(told.starts_with("HTTP/1.1 414 ") && told.contains(r#""uri_too_long""#), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_headers_has_a_limit() {
    let server = Server::start().await;
    for (headers, status) in [(100, "HTTP/1.1 200 "), (101, "HTTP/1.1 431 ")] {
        let more: String = (2..headers).map(|n| format!("x-{n}: a\r\n")).collect();
        let stream = dial(&server, &format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{more}\r\n"));
        let told = tokio::task::spawn_blocking(|| rest(stream)).await.unwrap();
        assert!(told.starts_with(status), "{headers}: {told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_has_a_limit_however_it_is_sent() {
    const LIMIT: usize = 64 * 1024;
    let server = Server::start().await;
    for (bytes, status) in [(LIMIT, 200), (LIMIT + 1, 413)] {
        let message = r#"{"message":"L-101","locale":"en"}"#;
        let body = format!("{message}{}", " ".repeat(bytes - message.len()));
        let request = server.request(Method::POST, "/api/v1/chat").header("content-type", "application/json");
        let answered = request.body(body.clone()).send().await.unwrap();
        assert_eq!(answered.status(), status, "{bytes} bytes, announced");
        if status == 413 {
            assert_eq!(answered.json::<Value>().await.unwrap()["code"], "body_too_large");
        }
        let head = "POST /api/v1/chat HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\n";
        let stream =
            dial(&server, &format!("{head}transfer-encoding: chunked\r\n\r\n{bytes:x}\r\n{body}\r\n0\r\n\r\n"));
        let told = tokio::task::spawn_blocking(|| rest(stream)).await.unwrap();
        assert!(told.starts_with(&format!("HTTP/1.1 {status} ")), "{bytes} bytes in a chunk: {told}");
    }
}

#[tokio::test]
async fn words_have_limits_in_characters() {
    let server = Server::start().await;
    let code = async |answered: Response| {
        let status = answered.status().as_u16();
        let body: Value = answered.json().await.unwrap();
        (status, body["code"].as_str().unwrap_or_default().to_owned())
    };
    let refused = |code: &str| (400, code.to_owned());
    for (chars, told) in [(500, None), (501, Some("query_too_long"))] {
        // Three bytes a character, nine as they are sent.
        let words = "款".repeat(chars);
        for path in [format!("/api/v1/search?q={words}&locale=en"), format!("/api/v1/suggest?q={words}&locale=en")] {
            let told = told.map_or((200, String::new()), refused);
            assert_eq!(code(server.get(&path).await).await, told, "{chars} characters searched for");
        }
    }
    let post = async |path: &str, value: Value| code(server.post_json(path, &value).await).await;
    for (chars, told) in [(2_000, None), (2_001, Some("message_too_long"))] {
        let said = post("/api/v1/chat", json!({"message": "款".repeat(chars), "locale": "zh-CN"})).await;
        assert_eq!(said, told.map_or((200, String::new()), refused), "{chars} characters said");
    }
    let begun: Value = server.post_json("/api/v1/chat", &json!({"message": "L-101"})).await.json().await.unwrap();
    let id = &begun["conversation_id"];
    for (field, most) in [("note", 2_000), ("contact", 200)] {
        for (chars, status) in [(most + 1, 400), (most, 201)] {
            let words = "a".repeat(chars);
            assert_eq!(
                post("/api/v1/handoff", json!({"conversation_id": id, field: words})).await.0,
                status,
                "{field}"
            );
        }
    }
    for (chars, status) in [(2_001, 400), (2_000, 202)] {
        let verdict = json!({"conversation_id": id, "helpful": true, "comment": "a".repeat(chars), "locale": "en"});
        assert_eq!(server.post_json("/api/v1/feedback", &verdict).await.status(), status, "a comment of {chars}");
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn one_client_does_not_take_every_connection() {
    // As if this machine were a client like any other, which its proxies are not.
    let settings = web::Settings {
        max_connections_per_client: Some(2),
        uncounted_peers: Vec::new(),
        header_timeout: Duration::from_secs(3_600),
        ..web::Settings::default()
    };
    let proxied = Server::with(behind_a_proxy(settings.clone()), Clock::System).await;
    let server = Server::with(settings, Clock::System).await;
    let drops = "GET /healthz HTTP/1.1\r\nhost: x\r\nx-drop: ";
    let held: Vec<TcpStream> = (0..2).map(|_| dial(&server, drops)).collect();
    let third = dial(&server, "");
    let told = tokio::task::spawn_blocking(|| rest(third)).await.unwrap();
    assert!(told.starts_with("HTTP/1.1 429 ") && told.contains("retry-after: 1"), "{told}");
    drop(held);
    // The places are given back; a client of its own for each try, so that none is kept open.
    while !client().get(server.url("/healthz")).send().await.is_ok_and(|r| r.status() == 200) {
        tokio::task::yield_now().await;
    }
    let held: Vec<TcpStream> = (0..20).map(|_| dial(&proxied, drops)).collect();
    assert_eq!(proxied.get("/healthz").await.status(), 200, "a trusted proxy holds as many as it needs");
    drop(held);
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
