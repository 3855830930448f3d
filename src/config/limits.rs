//! The limits that whoever runs the server may change.

use std::net::IpAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;

use crate::config::raw::{ConfigError, Raw};

const RATES: &str =
    "a list of limits a minute; write page=6000, search=3000, chat=1200, submission=120, sign_in=60, or some of them";
const PROXIES: &str = "a list of addresses and networks; write 127.0.0.1, 10.0.0.0/8, 2001:db8::/32";
const COUNT: &str = "a number from 1 to 1000000";

/// The limits as far as they were set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// How many requests a minute one client may make; none limits nobody.
    pub rates: Option<RateSettings>,
    /// The proxies whose word on who sends a request is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// How many requests are worked on at a time.
    pub requests: Option<usize>,
    /// How many connections are open at a time.
    pub connections: Option<usize>,
    /// How many of them one client may hold.
    pub connections_per_client: Option<usize>,
}

/// How many requests a minute one client may make, by kind, as far as it was set.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RateSettings {
    /// Pages and records.
    pub page: Option<NonZeroU32>,
    /// Searches and suggestions.
    pub search: Option<NonZeroU32>,
    /// Chat messages.
    pub chat: Option<NonZeroU32>,
    /// Requests for a person, and feedback.
    pub submission: Option<NonZeroU32>,
    /// Sign-ins of agents.
    pub sign_in: Option<NonZeroU32>,
}

impl Raw {
    /// Checks what was set of the limits.
    pub(super) fn limits(&self) -> Result<Limits, ConfigError> {
        let switch = self.text("rate_limit", "a choice; write on or off", |t| t == "on" || t == "off")?;
        let set = self.read("rate_limits", RATES, rates)?;
        let count = |key| -> Result<Option<usize>, ConfigError> {
            self.read(key, COUNT, |t| t.parse().ok().filter(|n| (1..=1_000_000).contains(n)))
        };
        Ok(Limits {
            rates: (switch.as_deref() != Some("off")).then(|| set.unwrap_or_default()),
            trusted_proxies: self.read("trusted_proxies", PROXIES, networks)?.unwrap_or_default(),
            requests: count("max_requests")?,
            connections: count("max_connections")?,
            connections_per_client: count("max_connections_per_client")?,
        })
    }
}

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ' ']).map(str::trim).filter(|part| !part.is_empty())
}

fn rates(text: &str) -> Option<RateSettings> {
    let mut rates = RateSettings::default();
    for part in parts(text) {
        let (name, number) = part.split_once('=')?;
        let rate = Some(number.parse().ok()?);
        match name {
            "page" => rates.page = rate,
            "search" => rates.search = rate,
            "chat" => rates.chat = rate,
            "submission" => rates.submission = rate,
            "sign_in" => rates.sign_in = rate,
            _ => return None,
        }
    }
    Some(rates)
}

/// Reads networks; an address alone is a network of one.
fn networks(text: &str) -> Option<Vec<IpNet>> {
    parts(text).map(|part| part.parse().ok().or_else(|| part.parse::<IpAddr>().ok().map(IpNet::from))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_set_one_by_one() {
        let some = rates("chat=30, search=60").unwrap();
        assert_eq!((some.chat, some.search, some.page), (NonZeroU32::new(30), NonZeroU32::new(60), None));
        for bad in ["chat", "chat=0", "chat=-1", "chats=3", "chat=3/s"] {
            assert_eq!(rates(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_proxy_is_an_address_or_a_network() {
        let read = networks("127.0.0.1, 10.0.0.0/8 2001:db8::/32").unwrap();
        assert_eq!(
            read.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["127.0.0.1/32", "10.0.0.0/8", "2001:db8::/32"]
        );
        for bad in ["localhost", "10.0.0.0/33", "10.0.0"] {
            assert_eq!(networks(bad), None, "{bad}");
        }
    }
}
