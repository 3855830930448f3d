//! Who sends a request: the peer, or whom a proxy names that is trusted. The one place that decides it.
//!
//! A proxy adds the address that it sees to `X-Forwarded-For`, behind whatever the sender has written there. So the list
//! is read from its end, for as long as those in it are proxies of ours. `Forwarded` (RFC 7239) counts only where there
//! is no `X-Forwarded-For`: proxies that set the one tend to hand on the other as the sender wrote it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::request::Parts;
use ipnet::IpNet;

use crate::web::state::Settings;

/// The longest list of addresses that is read; a chain of proxies is shorter.
const MOST_NAMED: usize = 32;

/// The address of whoever sends a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Client(pub(crate) Option<IpAddr>);

impl Client {
    /// Returns the address in words; empty where nobody knows it.
    pub(crate) fn text(self) -> String {
        self.0.map(|ip| ip.to_string()).unwrap_or_default()
    }
}

impl<S: Sync> FromRequestParts<S> for Client {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        Ok(parts.extensions.get().copied().unwrap_or(Client(None)))
    }
}

/// Finds out who sends a request.
pub(crate) fn of(request: &Request, settings: &Settings) -> Client {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(address)| address.ip());
    Client(peer.map(|peer| client(peer, request.headers(), &settings.trusted_proxies)))
}

fn client(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let is_trusted = |ip: &IpAddr| trusted.iter().any(|net| net.contains(ip));
    let mut nearest = peer.to_canonical();
    if !is_trusted(&nearest) {
        return nearest;
    }
    for named in named(headers).iter().rev().take(MOST_NAMED) {
        // What is no address hides who is before it.
        let Some(ip) = address(named) else { break };
        nearest = ip;
        if !is_trusted(&nearest) {
            break;
        }
    }
    nearest
}

/// Returns whom the proxies name, the nearest last.
fn named(headers: &HeaderMap) -> Vec<&str> {
    let values = |name: &'static str| headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let listed: Vec<&str> = values("x-forwarded-for").flat_map(|list| list.split(',')).map(str::trim).collect();
    if !listed.is_empty() {
        return listed;
    }
    // A comma inside quotes is in no address; cutting there leaves a piece that is none.
    values("forwarded").flat_map(|list| list.split(',')).filter_map(forwarded_for).collect()
}

/// Returns the node that an element of `Forwarded` was sent for: `for="[2001:db8::1]:4711";proto=https`.
fn forwarded_for(element: &str) -> Option<&str> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.trim().split_once('=')?;
        name.eq_ignore_ascii_case("for").then(|| value.trim().trim_matches('"'))
    })
}

/// Reads an address that may have a port.
fn address(written: &str) -> Option<IpAddr> {
    let ip = written
        .parse::<IpAddr>()
        .or_else(|_| written.parse::<SocketAddr>().map(|with_port| with_port.ip()))
        .or_else(|_| written.trim_start_matches('[').trim_end_matches(']').parse());
    ip.ok().map(|ip| ip.to_canonical())
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    fn from(peer: &str, sent: &[(&'static str, &str)]) -> String {
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        }
        let trusted = ["10.0.0.0/8".parse().unwrap(), "2001:db8:1::/48".parse().unwrap()];
        client(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn a_stranger_names_nobody() {
        assert_eq!(from("203.0.113.7", &[("x-forwarded-for", "198.51.100.1")]), "203.0.113.7");
        assert_eq!(from("::ffff:203.0.113.7", &[]), "203.0.113.7");
    }

    #[test]
    fn a_proxy_of_ours_names_who_is_before_it() {
        assert_eq!(from("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(from("::ffff:10.0.0.1", &[("x-forwarded-for", "198.51.100.1")]), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &[("x-forwarded-for", "198.51.100.1:4711")]), "198.51.100.1");
        assert_eq!(from("2001:db8:1::1", &[("x-forwarded-for", "[2001:db8:2::1]:80")]), "2001:db8:2::1");
        assert_eq!(from("10.0.0.1", &[("x-forwarded-for", "198.51.100.1, 10.0.0.9, 10.0.0.2")]), "198.51.100.1");
    }

    #[test]
    fn what_the_sender_wrote_before_is_not_believed() {
        assert_eq!(from("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, 198.51.100.1")]), "198.51.100.1");
        let twice = [("x-forwarded-for", "1.2.3.4"), ("x-forwarded-for", "198.51.100.1, 10.0.0.2")];
        assert_eq!(from("10.0.0.1", &twice), "198.51.100.1");
        assert_eq!(from("10.0.0.1", &[("x-forwarded-for", "1.2.3.4, nonsense, 10.0.0.2")]), "10.0.0.2");
        let both = [("x-forwarded-for", "198.51.100.1"), ("forwarded", "for=1.2.3.4")];
        assert_eq!(from("10.0.0.1", &both), "198.51.100.1");
    }

    #[test]
    fn the_standard_header_is_read_too() {
        let forwarded = |value| from("10.0.0.1", &[("forwarded", value)]);
        assert_eq!(forwarded("For=198.51.100.1;proto=https"), "198.51.100.1");
        assert_eq!(forwarded("for=1.2.3.4, for=\"[2001:db8:2::1]:4711\";by=10.0.0.1"), "2001:db8:2::1");
        assert_eq!(forwarded("for=_hidden"), "10.0.0.1");
        assert_eq!(forwarded("proto=https"), "10.0.0.1");
    }

    proptest! {
        #[test]
        fn nothing_that_is_sent_makes_it_fail(list in "\\PC{0,60}", standard in "[ -~]{0,60}") {
            let list: String = list.chars().filter(char::is_ascii).collect();
            let sent = [("x-forwarded-for", list.as_str()), ("forwarded", standard.as_str())];
            prop_assert_eq!(from("203.0.113.7", &sent), "203.0.113.7");
            from("10.0.0.1", &sent);
        }
    }
}
