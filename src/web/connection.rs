//! The listener's connections: how many there are, how slow they may be, and how they end.
//!
//! axum's own loop knows no limits. Here a client that sends a request's headers by drops, or never reads its answer, is
//! cut off, and one too many is told so before anything is read from it.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use crate::web::front::Front;
use crate::web::{Settings, measure};

/// What one connection too many is told. It has no words: whoever sends so many is a program.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// How long to wait when the system has no more handles. Those in use are given back meanwhile.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// What each connection needs.
#[derive(Clone)]
struct Rules {
    front: Arc<Front>,
    headers: Duration,
    /// A head that is longer is not read to its end. It is half as much again as the limit, so that whoever is beyond that
    /// is told in words, by [`Front`], which counts exactly.
    longest_head: usize,
    write: Duration,
    stopping: watch::Receiver<bool>,
}

/// Answers what comes to a listener until `stop` comes about, then takes no new connections and lets requests under way
/// finish, for `drain` at most. Tells whether they all did.
pub async fn serve(
    listener: TcpListener,
    front: Front,
    settings: &Settings,
    stop: impl Future<Output = ()> + Send,
    drain: Duration,
) -> bool {
    let places = Arc::new(Semaphore::new(settings.max_connections.min(Semaphore::MAX_PERMITS)));
    let (stopping, stopped) = watch::channel(false);
    // Every connection holds an end; the other end hears when the last one is gone.
    let (open, mut all_gone) = mpsc::channel::<()>(1);
    let rules = Rules {
        front: Arc::new(front),
        headers: settings.header_timeout,
        longest_head: settings.header_limit + settings.header_limit / 2,
        write: settings.write_timeout,
        stopping: stopped,
    };
    // Ends with this set.
    let mut upkeep = JoinSet::new();
    upkeep.spawn(measure::keep_up());
    let mut stop = pin!(stop);
    loop {
        let (stream, peer) = tokio::select! {
            () = &mut stop => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(cause) => {
                    after(&cause).await;
                    continue;
                }
            },
        };
        let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
            metrics::counter!("zhida_connections_refused_total").increment(1);
            tokio::spawn(refuse(stream));
            continue;
        };
        let (rules, open) = (rules.clone(), open.clone());
        tokio::spawn(async move {
            let gauge = metrics::gauge!("zhida_connections");
            gauge.increment(1.0);
            hold(stream, peer, rules, place).await;
            gauge.decrement(1.0);
            drop(open);
        });
    }
    drop((listener, open));
    let _ = stopping.send(true);
    tokio::time::timeout(drain, all_gone.recv()).await.is_ok()
}

/// Serves one connection to its end.
async fn hold(stream: TcpStream, peer: SocketAddr, rules: Rules, _place: OwnedSemaphorePermit) {
    let Rules { front, headers, longest_head, write, mut stopping } = rules;
    // An answer is written at once; nothing is gained by waiting for more. A connection without is only slower.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(write));
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        let front = Arc::clone(&front);
        async move { Ok::<_, Infallible>(front.answer(request, peer).await) }
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(headers)
            .max_header_size(longest_head)
            .max_buf_size(longest_head)
            .serve_connection(TokioIo::new(Box::pin(stream)), service)
    );
    let told = async {
        // An error means that who tells is gone, and with it the server.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    };
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = told => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(cause) = ended {
        // The other end went away, was too slow, or speaks something else.
        tracing::debug!(%cause, "a connection ended early");
    }
}

async fn refuse(mut stream: TcpStream) {
    // Nobody is there to be told when it cannot be written.
    let _ = tokio::time::timeout(Duration::from_secs(1), async {
        stream.write_all(FULL).await?;
        stream.shutdown().await
    })
    .await;
}

/// Waits where a failure to accept would come again at once.
async fn after(cause: &io::Error) {
    let of_the_other_end = [
        io::ErrorKind::ConnectionRefused,
        io::ErrorKind::ConnectionAborted,
        io::ErrorKind::ConnectionReset,
        io::ErrorKind::Interrupted,
    ];
    if !of_the_other_end.contains(&cause.kind()) {
        tracing::error!(%cause, "cannot accept connections; on Linux the cause is often the limit of open files");
        tokio::time::sleep(EXHAUSTED).await;
    }
}
