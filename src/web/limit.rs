//! How much one client may ask for, and how much all of them together.
//!
//! Each kind of request has a budget for each client: so many a minute, all at once if need be. What is cheap (static
//! files, health) has none. Of all clients together only so many requests are worked on at a time; others are told at
//! once to come back, before they take memory. Every number stands in docs/configuration.md with its reason.

use std::fmt;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use governor::clock::Clock as _;
use governor::middleware::StateInformationMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::base::Clock;
use crate::web::client;
use crate::web::error::{self, Failure};
use crate::web::state::AppState;

/// The window that budgets are for.
const WINDOW: Duration = Duration::from_secs(60);
/// As many clients are told apart in each budget, some 10 MB in all. Beyond that whole networks share one.
const MOST_CLIENTS: usize = 100_000;
/// How often, in requests, it is looked whether there are that many.
const LOOK: u32 = 1_024;
/// How soon to come back when the server has too much to do, in seconds.
const COME_BACK: &str = "1";

/// The headers that tell a client of its budget. The first three are those of the IETF's drafts up to the sixth, which
/// clients know how to read; the others are those of the drafts since, as structured fields that name the budget.
const LIMIT: HeaderName = HeaderName::from_static("ratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("ratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("ratelimit-reset");
const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const STANDING: HeaderName = HeaderName::from_static("ratelimit");

/// The headers of budgets, for those who let other sites read them.
pub(crate) const HEADERS: [HeaderName; 5] = [LIMIT, REMAINING, RESET, POLICY, STANDING];

/// What a request is counted under.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Budget {
    /// A page or a record.
    Page,
    /// A search, or suggestions while somebody types.
    Search,
    /// A message to the chat.
    Chat,
    /// Something for a person to read: a request for one, a verdict with a comment.
    Submission,
    /// A password that is tried.
    SignIn,
}

/// How many requests a minute one client may make, by kind. None limits nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rates {
    /// Pages and records. A reader opens one every few seconds; a crawler, or a call centre behind one address, ten a
    /// second.
    pub page: NonZeroU32,
    /// Searches and suggestions: one for each key that is typed.
    pub search: NonZeroU32,
    /// Chat messages. Thousands of customers of a mobile network can share one address.
    pub chat: NonZeroU32,
    /// Requests for a person, and feedback: people read them.
    pub submission: NonZeroU32,
    /// Sign-ins. Failed ones are limited far harder by the accounts themselves; hashing a password is what this saves.
    pub sign_in: NonZeroU32,
}

const fn a_minute(n: u32) -> NonZeroU32 {
    match NonZeroU32::new(n) {
        Some(n) => n,
        None => NonZeroU32::MIN,
    }
}

impl Default for Rates {
    fn default() -> Self {
        Rates {
            page: a_minute(6_000),
            search: a_minute(3_000),
            chat: a_minute(1_200),
            submission: a_minute(120),
            sign_in: a_minute(60),
        }
    }
}

impl Rates {
    fn of(&self, budget: Budget) -> NonZeroU32 {
        match budget {
            Budget::Page => self.page,
            Budget::Search => self.search,
            Budget::Chat => self.chat,
            Budget::Submission => self.submission,
            Budget::SignIn => self.sign_in,
        }
    }
}

/// Every budget.
pub(crate) const BUDGETS: [Budget; 5] =
    [Budget::Page, Budget::Search, Budget::Chat, Budget::Submission, Budget::SignIn];

impl Budget {
    /// Returns what a request is counted under; none when it costs next to nothing.
    fn of(method: &Method, path: &str) -> Option<Budget> {
        let posted = method == Method::POST;
        if let Some(rest) = path.strip_prefix("/api/v1/") {
            return Some(match rest.split('/').next().unwrap_or_default() {
                "search" | "suggest" => Budget::Search,
                "chat" if posted => Budget::Chat,
                "handoff" | "feedback" if posted => Budget::Submission,
                _ => Budget::Page,
            });
        }
        let mut parts = path.trim_start_matches('/').split('/');
        match (parts.next().unwrap_or_default(), parts.next_back().unwrap_or_default()) {
            ("healthz" | "readyz" | "metrics" | "static" | "widget.js" | "favicon.ico" | "robots.txt", _) => None,
            ("agent", "login") if posted => Some(Budget::SignIn),
            ("agent", _) => Some(Budget::Page),
            (_, "search" | "suggestions.json") => Some(Budget::Search),
            (_, "chat") if posted => Some(Budget::Chat),
            (_, "contact" | "feedback") if posted => Some(Budget::Submission),
            _ => Some(Budget::Page),
        }
    }

    /// Tells whether all servers on one database count it together: what people read, and what asks the database anyway.
    fn is_counted_together(self) -> bool {
        matches!(self, Budget::Submission | Budget::SignIn)
    }

    /// Returns the word for it that logs and metrics use.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Budget::Page => "page",
            Budget::Search => "search",
            Budget::Chat => "chat",
            Budget::Submission => "submission",
            Budget::SignIn => "sign_in",
        }
    }
}

/// The time as the limiter needs it: it never goes back, whatever is done to the machine's clock.
#[derive(Debug, Clone)]
struct Ticks {
    clock: Clock,
    begun: Instant,
}

impl governor::clock::Clock for Ticks {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        match &self.clock {
            Clock::System => self.begun.elapsed().into(),
            // A test's clock.
            fixed => Duration::from_secs(u64::try_from(fixed.now().as_second()).unwrap_or_default()).into(),
        }
    }
}

/// One client, or a network of them: the address with its last bits cleared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Network(u128);

impl Network {
    pub(crate) fn of(ip: IpAddr, crowded: bool) -> Self {
        // An IPv6 network hands whole /64s to each customer.
        let (bits, width, kept) = match ip {
            IpAddr::V4(ip) => (u128::from(ip.to_bits()) | (0xffff << 32), 32, if crowded { 16 } else { 32 }),
            IpAddr::V6(ip) => (ip.to_bits(), 128, if crowded { 32 } else { 64 }),
        };
        Network(bits >> (width - kept) << (width - kept))
    }
}

type Limiter = RateLimiter<Network, DashMapStateStore<Network>, Ticks, StateInformationMiddleware>;

/// One kind's budgets.
struct Purse {
    budget: Budget,
    limit: NonZeroU32,
    limiter: Limiter,
    asked: AtomicU32,
    crowded: AtomicBool,
}

/// How a request fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    budget: Budget,
    limit: u32,
    remaining: u32,
    /// Seconds until the whole budget is there again.
    reset: u64,
    /// Seconds until the next request may come; none when this one may.
    wait: Option<u64>,
}

impl Purse {
    fn new(budget: Budget, limit: NonZeroU32, ticks: &Ticks) -> Self {
        Purse {
            budget,
            limit,
            limiter: Limiter::new(Quota::per_minute(limit), DashMapStateStore::default(), ticks.clone()),
            asked: AtomicU32::new(0),
            crowded: AtomicBool::new(false),
        }
    }

    fn take(&self, ip: IpAddr) -> Standing {
        if self.asked.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK) && self.limiter.len() >= MOST_CLIENTS / 2 {
            // Those whose budget is whole again need not be remembered.
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
            self.crowded.store(self.limiter.len() >= MOST_CLIENTS, Ordering::Relaxed);
        }
        let network = Network::of(ip, self.crowded.load(Ordering::Relaxed));
        let (remaining, wait) = match self.limiter.check_key(&network) {
            Ok(state) => (state.remaining_burst_capacity(), None),
            Err(until) => {
                let wait = until.wait_time_from(self.limiter.clock().now());
                (0, Some(whole_seconds(wait).max(1)))
            }
        };
        Standing::of(self.budget, self.limit, remaining, wait)
    }
}

fn whole_seconds(time: Duration) -> u64 {
    time.as_secs() + u64::from(time.subsec_nanos() > 0)
}

impl Standing {
    fn of(budget: Budget, limit: NonZeroU32, remaining: u32, wait: Option<u64>) -> Self {
        let limit = limit.get();
        let spent = limit.saturating_sub(remaining);
        let reset = whole_seconds(WINDOW.mul_f64(f64::from(spent) / f64::from(limit)));
        Standing { budget, limit, remaining, reset, wait }
    }

    /// Writes it into an answer's headers.
    pub(crate) fn tell(self, headers: &mut HeaderMap) {
        headers.insert(LIMIT, HeaderValue::from(self.limit));
        headers.insert(REMAINING, HeaderValue::from(self.remaining));
        headers.insert(RESET, HeaderValue::from(self.reset));
        // Whoever has to wait is told of the same moment as in `Retry-After`.
        let (budget, until) = (self.budget.as_str(), self.wait.unwrap_or(self.reset));
        let policy = format!("\"{budget}\";q={};w={}", self.limit, WINDOW.as_secs());
        let standing = format!("\"{budget}\";r={};t={until}", self.remaining);
        for (name, value) in [(POLICY, policy), (STANDING, standing)] {
            headers.insert(name, HeaderValue::from_str(&value).unwrap_or(HeaderValue::from_static("")));
        }
    }
}

/// The limits at work.
pub(crate) struct Limits {
    purses: Option<[Purse; 5]>,
    workplaces: Semaphore,
}

impl fmt::Debug for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let free = self.workplaces.available_permits();
        write!(f, "Limits(per client: {}, {free} more requests at once)", self.purses.is_some())
    }
}

impl Limits {
    /// Takes the rates, if there are any, and how many requests may be worked on at a time.
    pub(crate) fn new(rates: Option<Rates>, at_once: usize, clock: &Clock) -> Self {
        let ticks = Ticks { clock: clock.clone(), begun: Instant::now() };
        let purses = rates.map(|rates| BUDGETS.map(|budget| Purse::new(budget, rates.of(budget), &ticks)));
        Limits { purses, workplaces: Semaphore::new(at_once.min(Semaphore::MAX_PERMITS)) }
    }

    fn take(&self, budget: Budget, ip: IpAddr) -> Option<Standing> {
        self.purses.as_ref().map(|purses| purses[budget as usize].take(ip))
    }
}

/// Spends one request of a client's budget: here, and with the other servers where the kind is counted together.
async fn spend(state: &AppState, budget: Budget, ip: IpAddr) -> Option<Standing> {
    let own = state.limits.take(budget, ip)?;
    if own.wait.is_some() || !budget.is_counted_together() {
        return Some(own);
    }
    let limit = NonZeroU32::new(own.limit)?;
    let network = Network::of(ip, false).0.to_be_bytes();
    // Apart, because it is large and few requests need it: the others would carry it through every layer.
    Some(match Box::pin(state.desk.spend(budget.as_str(), &network, limit, WINDOW)).await {
        Some(spent) => {
            let wait = spent.wait.map(|wait| whole_seconds(wait).max(1));
            Standing::of(budget, limit, own.remaining.min(spent.remaining), wait)
        }
        None => own,
    })
}

/// Finds out who sends a request, for everything behind, and refuses a client who has spent the budget for this kind.
/// Returns what the answer tells of the budget; only programs are told.
pub(crate) async fn admit(state: &AppState, request: &mut Request) -> Result<Option<Standing>, Box<Response>> {
    let client = client::of(request, &state.settings);
    request.extensions_mut().insert(client);
    let budget = Budget::of(request.method(), request.uri().path());
    let Some((budget, ip)) = budget.zip(client.0) else { return Ok(None) };
    let Some(standing) = spend(state, budget, ip).await else { return Ok(None) };
    let Some(wait) = standing.wait else {
        let for_programs = request.uri().path().starts_with("/api/");
        return Ok(for_programs.then_some(standing));
    };
    metrics::counter!("zhida_rate_limited_total", "budget" => budget.as_str()).increment(1);
    tracing::debug!(budget = budget.as_str(), wait, "a client has spent its budget");
    let detail = format!("too many requests from this address; try again in {wait} seconds");
    let failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail);
    let mut response = error::worded(state, request, &failure);
    standing.tell(response.headers_mut());
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(wait));
    Err(Box::new(response))
}

/// Refuses a request whose line and headers are more than so many bytes. They are counted as they are written in full,
/// `name: value` and the end of the line for each, whatever space the client has put around a value.
pub(crate) fn oversized(request: &Request, most: usize) -> Option<Failure> {
    const END: usize = "\r\n".len();
    let uri = request.uri();
    let origin =
        uri.scheme_str().map_or(0, |s| s.len() + "://".len()) + uri.authority().map_or(0, |a| a.as_str().len());
    let target = origin + uri.path_and_query().map_or(0, |p| p.as_str().len());
    let line = request.method().as_str().len() + target + "  HTTP/1.1".len() + END;
    if line > most {
        let detail = format!("the address is too long; the first line of a request may have {most} bytes");
        return Some(Failure::new(StatusCode::URI_TOO_LONG, "uri_too_long", detail));
    }
    let sent = |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + ": ".len() + value.len() + END;
    let head = line + request.headers().iter().map(sent).sum::<usize>() + END;
    (head > most).then(|| {
        let detail = format!("the headers are too large; with the first line they may have {most} bytes");
        Failure::new(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "headers_too_large", detail)
    })
}

/// Takes a place for a request among those that are worked on; refuses it where there is none left.
pub(crate) fn place<'s>(state: &'s AppState, request: &Request) -> Result<Option<SemaphorePermit<'s>>, Box<Response>> {
    let path = request.uri().path();
    // A server with too much to do is alive, and whoever watches it needs to know how it fares.
    if ["/healthz", "/readyz", "/metrics"].contains(&path) {
        return Ok(None);
    }
    state.limits.workplaces.try_acquire().map(Some).map_err(|_| {
        metrics::counter!("zhida_requests_shed_total").increment(1);
        let detail = "too many requests are being worked on; try again in a second";
        let mut response = Failure::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail).into_response();
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(COME_BACK));
        Box::new(response)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_request_has_its_budget() {
        for (method, path, budget) in [
            (Method::GET, "/en/", Some(Budget::Page)),
            (Method::GET, "/", Some(Budget::Page)),
            (Method::GET, "/en/search", Some(Budget::Search)),
            (Method::GET, "/api/v1/suggest", Some(Budget::Search)),
            (Method::GET, "/api/v1/articles/a/b", Some(Budget::Page)),
            (Method::POST, "/api/v1/chat", Some(Budget::Chat)),
            (Method::OPTIONS, "/api/v1/chat", Some(Budget::Page)),
            (Method::GET, "/en/chat", Some(Budget::Page)),
            (Method::POST, "/en/chat", Some(Budget::Chat)),
            (Method::POST, "/api/v1/handoff", Some(Budget::Submission)),
            (Method::POST, "/en/articles/a/b/feedback", Some(Budget::Submission)),
            (Method::POST, "/agent/login", Some(Budget::SignIn)),
            (Method::GET, "/agent/login", Some(Budget::Page)),
            (Method::POST, "/agent/tickets/7/chat", Some(Budget::Page)),
            (Method::GET, "/static/site.0123456789ab.js", None),
            (Method::GET, "/readyz", None),
        ] {
            assert_eq!(Budget::of(&method, path), budget, "{method} {path}");
        }
    }

    #[test]
    fn networks_that_belong_together_share_a_budget() {
        let same = |a: &str, b: &str, crowded| {
            Network::of(a.parse().unwrap(), crowded) == Network::of(b.parse().unwrap(), crowded)
        };
        assert!(!same("198.51.100.1", "198.51.100.2", false));
        assert!(same("198.51.100.1", "198.51.7.2", true));
        assert!(same("2001:db8::1", "2001:db8::ffff:1", false));
        assert!(!same("2001:db8:0:1::1", "2001:db8:0:2::1", false));
        assert!(same("2001:db8:0:1::1", "2001:db8:0:2::1", true));
    }

    #[test]
    fn a_budget_comes_back_with_time() {
        let clock = Clock::fixed(1_000_000);
        let purse = Purse::new(Budget::Chat, a_minute(3), &Ticks { clock: clock.clone(), begun: Instant::now() });
        let (one, other) = ("198.51.100.1".parse().unwrap(), "198.51.100.2".parse().unwrap());
        let left: Vec<_> = (0..3).map(|_| purse.take(one)).map(|s| (s.remaining, s.reset, s.wait)).collect();
        assert_eq!(left, [(2, 20, None), (1, 40, None), (0, 60, None)]);
        assert_eq!(purse.take(one).wait, Some(20));
        assert_eq!(purse.take(other).wait, None);
        clock.advance(20);
        assert_eq!((purse.take(one).wait, purse.take(one).wait), (None, Some(20)));
    }
}
