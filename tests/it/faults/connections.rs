//! Clients that hold connections and ask for nothing, or ask and never read what they are answered.

use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpSocket, TcpStream};
use zhida::base::Clock;
use zhida::web;

use crate::faults::Customer;
use crate::harness::program::Serving;
use crate::harness::{Server, help, skip};

/// So many connections are held.
const MANY: usize = 10_000;
/// Open files that this takes, here as in the program: beside the connections those of the database, the index and of
/// other tests.
const FILES: u64 = MANY as u64 + 400;
/// An idle connection takes no more memory, in bytes; without optimisation too.
const MOST_EACH: f64 = 64_000.0;
/// Where something has to come about by itself, a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn thousands_of_idle_connections_keep_nobody_from_being_answered() {
    // Fewer would not show what is to be shown.
    if rlimit::increase_nofile_limit(FILES).unwrap() < FILES {
        return skip(&format!("the right to {FILES} open files"), "raise the hard limit: ulimit -Hn 65536");
    }
    let content = help().display().to_string();
    let serving = Serving::start(&["serve", "--content", &content, "--listen", "127.0.0.1:0"]);
    let customer = Customer::of(serving.url());
    customer.reads_on().await;
    let before = customer.metric("process_resident_memory_bytes").await;
    let address = serving.url().trim_start_matches("http://").trim_end_matches('/');
    let mut held = Vec::with_capacity(MANY);
    for _ in 0..MANY {
        held.push(TcpStream::connect(address).await.unwrap());
    }
    while customer.metric("zhida_connections").await < MANY as f64 {
        tokio::task::yield_now().await;
    }
    customer.reads_on().await;
    customer.say(None, "L-101").await;
    let each = (customer.metric("process_resident_memory_bytes").await - before) / MANY as f64;
    println!("{MANY} idle connections: {each:.0} bytes each");
    assert!(each < MOST_EACH, "{each} bytes each");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_on_which_nothing_comes_are_closed() {
    let settings = web::Settings { header_timeout: Duration::from_millis(200), ..web::Settings::default() };
    let server = Server::with(settings, Clock::System).await;
    let address = server.url("").trim_start_matches("http://").to_owned();
    let mut held = Vec::new();
    for _ in 0..300 {
        held.push(TcpStream::connect(&address).await.unwrap());
    }
    for mut stream in held {
        let read = tokio::time::timeout(PATIENCE, stream.read(&mut [0; 64])).await.expect("it is closed");
        assert_eq!(read.unwrap_or_default(), 0, "there was nothing to answer");
    }
    assert_eq!(server.get("/healthz").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_never_reads_its_answers_is_cut_off() {
    let settings = web::Settings { write_timeout: Duration::from_millis(200), ..web::Settings::default() };
    let server = Server::with(web::Settings { rates: None, ..settings }, Clock::System).await;
    let socket = TcpSocket::new_v4().unwrap();
    // As little as possible is on its way, so that the server soon has to wait.
    socket.set_recv_buffer_size(4096).unwrap();
    let mut stream = socket.connect(server.url("").trim_start_matches("http://").parse().unwrap()).await.unwrap();
    let asked = "GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n".repeat(100);
    // The server takes no more requests while nobody takes its answers; when it gives up, whatever is sent fails.
    let cut_off = async { while stream.write_all(asked.as_bytes()).await.is_ok() {} };
    tokio::time::timeout(PATIENCE, cut_off).await.expect("it is cut off");
    assert_eq!(server.get("/healthz").await.status(), 200);

    // One that reads slowly, but reads, is served to the end.
    let mut slow = TcpStream::connect(server.url("").trim_start_matches("http://")).await.unwrap();
    slow.write_all(b"GET /openapi.json HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.unwrap();
    let mut whole = Vec::new();
    slow.read_to_end(&mut whole).await.unwrap();
    assert!(whole.starts_with(b"HTTP/1.1 200 "));
}
