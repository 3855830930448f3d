//! What every request shares: the desk, the embedded files and the limits.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Deref;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRef;
use ipnet::IpNet;
use tower_http::cors::CorsLayer;

use crate::desk::HelpCentre;
use crate::oidc;
use crate::web::assets::Assets;
use crate::web::edition::{Edition, Press};
use crate::web::identity::IdentityRules;
use crate::web::limit::{Limits, Rates};
use crate::web::transcript::TranscriptKeys;
use crate::web::widget::file::WidgetFile;

/// The limits that the web room keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The largest body that is read, in bytes. 64 KiB holds the longest message with the transcript of a
    /// conversation held without JavaScript, and nothing else that is sent here is larger.
    pub body_limit: usize,
    /// How long a request may take before it is answered with 503. Answers take milliseconds; a reader gives up after
    /// about ten seconds.
    pub timeout: Duration,
    /// The longest chat message, in characters. Longer ones are pasted logs, which nobody can match to one article.
    pub max_message_chars: usize,
    /// The longest search query, in characters. It leaves room for a pasted on-screen message.
    pub max_query_chars: usize,
    /// The most hits that one API answer holds.
    pub max_limit: usize,
    /// The deepest hit that can be paged to. Ranking costs memory in proportion, and nobody reads that far.
    pub max_offset: usize,
    /// How many requests of each kind one client may make; none limits nobody.
    pub rates: Option<Rates>,
    /// The proxies whose word on who sends a request is taken.
    pub trusted_proxies: Vec<IpNet>,
    /// How many requests are worked on at a time. One takes milliseconds, and 64 KiB of memory at most for its body.
    pub max_requests: usize,
    /// How many connections are open at a time. An idle one that was answered takes 14 KB: measured with 10,000.
    pub max_connections: usize,
    /// How many of them one client may hold; none stands for an eighth, so that a few hosts which send by drops do not
    /// lock everybody out.
    pub max_connections_per_client: Option<usize>,
    /// Whose connections are not counted for that, beside the trusted proxies': this machine's own.
    pub uncounted_peers: Vec<IpNet>,
    /// How long a client may take to send a request's headers, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long a client may leave an answer unread.
    pub write_timeout: Duration,
    /// The largest line and headers of a request that is answered, in bytes.
    pub header_limit: usize,
    /// Where the outside reaches this server, such as `https://help.example.com`; none takes what each request says.
    pub public_url: Option<String>,
    /// Where finders of security holes write to; nowhere tells none.
    pub security_contact: Vec<String>,
    /// The origins of the sites whose pages may ask the API, such as `https://shop.example`; `*` stands for every one.
    pub widget_origins: Vec<String>,
    /// How the identities that host pages hand over are checked; none takes no notice of them.
    pub identity: Option<IdentityRules>,
    /// Whom to ask who an agent is; none leaves them to their passwords.
    pub oidc: Option<oidc::Provider>,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            body_limit: 64 * 1024,
            timeout: Duration::from_secs(10),
            max_message_chars: 2_000,
            max_query_chars: 500,
            max_limit: 50,
            max_offset: 10_000,
            rates: None,
            trusted_proxies: Vec::new(),
            max_requests: 1_024,
            max_connections: 16_000,
            max_connections_per_client: None,
            uncounted_peers: loopback(),
            header_timeout: Duration::from_secs(30),
            write_timeout: Duration::from_secs(30),
            header_limit: 32 * 1024,
            public_url: None,
            security_contact: Vec::new(),
            widget_origins: Vec::new(),
            identity: None,
            oidc: None,
        }
    }
}

/// The networks of a machine's own addresses.
fn loopback() -> Vec<IpNet> {
    let v4 = IpNet::new_assert(IpAddr::V4(Ipv4Addr::new(127, 0, 0, 0)), 8);
    vec![v4, IpNet::from(IpAddr::V6(Ipv6Addr::LOCALHOST))]
}

/// What handlers take their parts from: one counted pointer, because every layer of every request takes it along.
#[derive(Debug, Clone)]
pub(crate) struct AppState(Arc<Shared>);

/// The parts.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) desk: Arc<HelpCentre>,
    pub(crate) settings: Arc<Settings>,
    pub(crate) assets: Arc<Assets>,
    pub(crate) transcripts: Arc<TranscriptKeys>,
    pub(crate) press: Press,
    pub(crate) widget: WidgetFile,
    pub(crate) limits: Limits,
    /// Which other sites may ask the API.
    pub(crate) sharing: CorsLayer,
}

impl Deref for AppState {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl AppState {
    /// Shares the parts.
    pub(crate) fn new(parts: Shared) -> Self {
        AppState(Arc::new(parts))
    }

    /// Returns the current snapshot as the web shows it.
    pub(crate) fn edition(&self) -> Arc<Edition> {
        self.press.edition(self.desk.snapshot())
    }
}

impl FromRef<AppState> for Arc<HelpCentre> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.desk)
    }
}

impl FromRef<AppState> for Arc<Settings> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.settings)
    }
}

impl FromRef<AppState> for Arc<Assets> {
    fn from_ref(state: &AppState) -> Self {
        Arc::clone(&state.assets)
    }
}
