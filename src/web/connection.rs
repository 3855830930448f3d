//! The listener's connections: how many there are, how slow they may be, and how they end.
//!
//! axum's own loop knows no limits. Here a client that sends a request's headers by drops, or never reads its answer, is
//! cut off, and one too many is told so before anything is read from it: one of all, or one of the same client, so that
//! a host which sends by drops takes a part of the places and not all.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use ipnet::IpNet;
use tokio::io::AsyncWriteExt as _;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio_io_timeout::TimeoutStream;

use crate::base::lock;
use crate::web::front::Front;
use crate::web::limit::Network;
use crate::web::{Settings, measure};

/// What one connection too many is told. It has no words: whoever opens so many is a program.
const FULL: &[u8] =
    b"HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// What one connection too many of the same client is told.
const ENOUGH: &[u8] =
    b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 1\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// A client may hold one place in so many, unless the settings say otherwise.
const SHARE: usize = 8;

/// How long to wait when the system has no more handles. Those in use are given back meanwhile.
const EXHAUSTED: Duration = Duration::from_millis(100);

/// The places for connections, and who holds them.
#[derive(Debug, Clone)]
struct Places {
    free: Arc<Semaphore>,
    /// How many one client may hold.
    most: usize,
    held: Arc<Mutex<HashMap<Network, usize>>>,
    /// Whose connections are not counted by client.
    uncounted: Arc<[IpNet]>,
}

/// A place that a connection holds; it is given back with the value.
#[derive(Debug)]
struct Place {
    _of_all: OwnedSemaphorePermit,
    _of_client: Option<Share>,
}

/// A client's place among its own.
#[derive(Debug)]
struct Share {
    client: Network,
    held: Arc<Mutex<HashMap<Network, usize>>>,
}

/// Why there is no place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    /// The client holds as many as it may.
    Client,
    /// All are taken.
    All,
}

impl Places {
    fn new(settings: &Settings) -> Self {
        let all = settings.max_connections.min(Semaphore::MAX_PERMITS);
        Places {
            free: Arc::new(Semaphore::new(all)),
            most: settings.max_connections_per_client.unwrap_or(all.div_ceil(SHARE)),
            held: Arc::default(),
            uncounted: [&settings.trusted_proxies[..], &settings.uncounted_peers].concat().into(),
        }
    }

    /// Takes a place for a client, as its connection shows it: before a request is read nobody knows more.
    fn take(&self, peer: IpAddr) -> Result<Place, Refusal> {
        let peer = peer.to_canonical();
        let of_client = if self.uncounted.iter().any(|net| net.contains(&peer)) {
            None
        } else {
            let client = Network::of(peer, false);
            let mut held = lock(&self.held);
            let n = held.entry(client).or_default();
            if *n >= self.most {
                return Err(Refusal::Client);
            }
            *n += 1;
            drop(held);
            Some(Share { client, held: Arc::clone(&self.held) })
        };
        let of_all = Arc::clone(&self.free).try_acquire_owned().map_err(|_| Refusal::All)?;
        Ok(Place { _of_all: of_all, _of_client: of_client })
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let mut held = lock(&self.held);
        if let Some(n) = held.get_mut(&self.client) {
            *n -= 1;
            if *n == 0 {
                held.remove(&self.client);
            }
        }
    }
}

impl Refusal {
    /// Returns what the client is told.
    fn answer(self) -> &'static [u8] {
        match self {
            Refusal::Client => ENOUGH,
            Refusal::All => FULL,
        }
    }

    /// Returns the word for it in metrics.
    fn as_str(self) -> &'static str {
        match self {
            Refusal::Client => "client",
            Refusal::All => "all",
        }
    }
}

/// The limits that refuse connections, as metrics call them.
pub(crate) const REFUSALS: [&str; 2] = ["client", "all"];

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
    let places = Places::new(settings);
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
        let place = match places.take(peer.ip()) {
            Ok(place) => place,
            Err(refusal) => {
                metrics::counter!("zhida_connections_refused_total", "limit" => refusal.as_str()).increment(1);
                tokio::spawn(refuse(stream, refusal));
                continue;
            }
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
async fn hold(stream: TcpStream, peer: SocketAddr, rules: Rules, _place: Place) {
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

async fn refuse(mut stream: TcpStream, refusal: Refusal) {
    // Nobody is there to be told when it cannot be written.
    let _ = tokio::time::timeout(Duration::from_secs(1), async {
        stream.write_all(refusal.answer()).await?;
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

#[cfg(test)]
mod tests {
    use super::*;

    fn places(all: usize, most: Option<usize>) -> Places {
        Places::new(&Settings {
            max_connections: all,
            max_connections_per_client: most,
            trusted_proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..Settings::default()
        })
    }

    #[test]
    fn one_client_holds_a_part_of_the_places() {
        let places = places(16, None);
        let take = |ip: &str| places.take(ip.parse().unwrap());
        let held = [take("198.51.100.1").unwrap(), take("::ffff:198.51.100.1").unwrap()];
        assert_eq!(take("198.51.100.1").unwrap_err(), Refusal::Client);
        let other = take("198.51.100.2").unwrap();
        // A customer is given a whole network of IPv6.
        let network = [take("2001:db8::1").unwrap(), take("2001:db8::2").unwrap()];
        assert_eq!(take("2001:db8::3").unwrap_err(), Refusal::Client);
        drop(held);
        assert!(take("198.51.100.1").is_ok());
        drop((other, network));
        assert!(lock(&places.held).is_empty(), "nobody is remembered who holds nothing");
    }

    #[test]
    fn proxies_and_the_machine_itself_may_hold_all() {
        for ip in ["10.1.2.3", "127.0.0.1", "::1", "::ffff:127.0.0.9"] {
            let places = places(3, Some(1));
            let held: Vec<Place> = (0..3).map(|_| places.take(ip.parse().unwrap()).unwrap()).collect();
            assert_eq!(places.take("198.51.100.1".parse().unwrap()).unwrap_err(), Refusal::All);
            drop(held);
            assert!(places.take("198.51.100.1".parse().unwrap()).is_ok(), "whoever was refused left nothing behind");
        }
    }

    #[test]
    fn every_refusal_is_listed() {
        assert_eq!([Refusal::Client, Refusal::All].map(Refusal::as_str), REFUSALS);
    }
}
