//! Parts put together: settings → help centre → router → serve → graceful stop.
//!
//! The command line calls this, and so do the tests, so that both run the same parts. It must not know how anything
//! is answered or shown.

mod background;
mod memory;
mod supervisor;
mod traces;
mod watch;

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing_subscriber::filter::FilterFn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::base::{Clock, TRACES};
use crate::config::{LogFormat, OidcSettings, Settings};
use crate::content::{self, Loaded, Problem};
use crate::desk::HelpCentre;
use crate::desk::agents::Accounts;
use crate::desk::publish::{self, Origin, Reload};
use crate::desk::retention::{Retention, Swept};
use crate::kb::index::OnProgress;
use crate::kb::{BuildOptions, Snapshot};
use crate::oidc;
use crate::store::{self, Store};
use crate::web;
use crate::webhook::{self, Courier};

pub use crate::desk::publish::OpenError;
pub use background::Background;
pub use memory::give_back;
pub use supervisor::Supervisor;
pub use traces::Traces;
use watch::Watching;

/// How long requests under way may take after the signal to stop; supervisors tend to wait 10 to 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

/// How long one attempt to deliver a webhook may take.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);
/// How often what is too old is looked for.
const SWEEP_PAUSE: Duration = Duration::from_secs(3600);

/// Files that are open beside the connections: the database, the journal, the index, the content while it is read.
pub const OTHER_FILES: u64 = 200;

/// A help centre, and what `check` would warn about.
#[derive(Debug)]
pub struct Opened {
    /// The help centre.
    pub desk: Arc<HelpCentre>,
    /// Findings that keep nothing from being served.
    pub warnings: Vec<Problem>,
    /// What works behind the answers; the [server](Server::with_background) ends it.
    pub background: Background,
}

/// Reads a content folder and opens a help centre on it.
///
/// # Errors
/// When the folder cannot be read, or a finding is an error.
pub fn open(dir: &Path, clock: Clock) -> Result<Opened, OpenError> {
    open_with(dir, clock, &BuildOptions::default())
}

/// The same, with the index of a large site kept below the data folder, and progress shown where somebody watches.
///
/// # Errors
/// When the folder cannot be read, or a finding is an error.
pub fn open_stored(dir: &Path, data: &Path, clock: Clock) -> Result<Opened, OpenError> {
    open_with(dir, clock, &stored(data))
}

fn stored(data: &Path) -> BuildOptions {
    BuildOptions { index_folder: Some(data.join("index")), progress: progress(), ..BuildOptions::default() }
}

/// The same, with everything kept that customers and agents do.
///
/// # Errors
/// When the folder cannot be read, a finding is an error, or the database cannot be used.
pub async fn open_keeping(settings: &Settings, clock: Clock) -> anyhow::Result<Opened> {
    let store = Store::open(&store_settings(settings)).await?;
    let folder = content_folder(settings)?;
    // From before the first reading on, so that no change falls in between.
    let watching = Watching::begin(&folder, settings.watch);
    let options = stored(&settings.data);
    let (snapshot, warnings) = read_with(&folder, &options)?;
    let origin = Origin {
        folder,
        findings: warnings.clone(),
        // Nobody waits for a later reading.
        options: BuildOptions { progress: None, ..options },
        changes: watching.as_ref().map(Watching::changes).unwrap_or_default(),
    };
    let mut desk = HelpCentre::new(snapshot, clock.clone()).keeping(store.clone()).read_from(origin);
    let mut background = Background::default();
    if let Some(webhook) = webhook_settings(settings)? {
        let courier = Courier::new(store.clone(), clock.clone(), webhook).context("cannot send webhooks")?;
        desk = desk.announcing();
        background.deliver(courier);
    }
    if let Some(days) = settings.retention_days {
        background.spawn(sweep(Retention::new(store, clock, days)));
    }
    let desk = Arc::new(desk);
    let follower = Arc::clone(&desk);
    background.spawn(async move { follower.follow_others().await });
    if let Some(watching) = watching {
        background.spawn(watching.follow(Arc::clone(&desk)));
    }
    Ok(Opened { desk, warnings, background })
}

/// Returns the folder to read: the one that is set, or where none is and none of the usual name exists, the sample that is
/// in the program, written below the data folder.
///
/// # Errors
/// When the sample cannot be written.
pub fn content_folder(settings: &Settings) -> anyhow::Result<PathBuf> {
    if settings.content_named || settings.content.exists() {
        return Ok(settings.content.clone());
    }
    let folder = content::embedded::write_sample(&settings.data)?;
    tracing::warn!(
        "there is no folder `{}`, so this is the sample of GOpay 钱包; `zhida init my-help` begins one of your own",
        settings.content.display()
    );
    Ok(folder)
}

/// Opens the agents' accounts, without the content, which takes long to read and may have errors.
///
/// # Errors
/// When the database cannot be used.
pub async fn open_accounts(settings: &Settings) -> anyhow::Result<Accounts> {
    let store = Store::open(&store_settings(settings)).await?;
    Ok(Accounts::new(store, Clock::System))
}

/// Tells whether what the settings say of the webhook can be used.
///
/// # Errors
/// When it cannot; the message says what to write.
pub fn check_webhook(settings: &Settings) -> anyhow::Result<()> {
    webhook_settings(settings).map(drop)
}

/// Reads what the settings say of the webhook.
fn webhook_settings(settings: &Settings) -> anyhow::Result<Option<webhook::Settings>> {
    let Some(url) = settings.webhook_url.clone() else { return Ok(None) };
    anyhow::ensure!(webhook::courier::is_address(&url), "webhook_url is not an address; write https://host/path");
    let secret = match &settings.webhook_secret {
        Some(written) => Some(webhook::Secret::read(written).context(
            "webhook_secret is not whsec_ and the base64 of 24 to 64 bytes; `openssl rand -base64 32` makes some",
        )?),
        None => None,
    };
    let template = match &settings.webhook_template {
        Some(file) => {
            let text = std::fs::read_to_string(file)
                .with_context(|| format!("cannot read the webhook's template {}", file.display()))?;
            Some(webhook::Template::read(&text).with_context(|| format!("the webhook's template {}", file.display()))?)
        }
        None => None,
    };
    let authorization = settings.webhook_authorization.clone();
    Ok(Some(webhook::Settings { url, secret, template, authorization, timeout: WEBHOOK_TIMEOUT }))
}

/// Deletes what is older than it may be, now and every hour.
async fn sweep(retention: Retention) {
    loop {
        match retention.sweep().await {
            Ok(Swept::Gone(gone)) if !gone.is_empty() => {
                tracing::info!(?gone, "what was older than it may be is deleted");
            }
            Ok(_) => {}
            Err(cause) => tracing::warn!(%cause, "what is too old could not be deleted; it is tried again"),
        }
        tokio::time::sleep(SWEEP_PAUSE).await;
    }
}

/// Returns what the settings say of the web.
#[must_use]
pub fn web_settings(settings: &Settings) -> web::Settings {
    let usual = web::Settings::default();
    web::Settings {
        public_url: settings.public_url.clone(),
        security_contact: settings.security_contact.clone(),
        widget_origins: settings.widget_origins.clone(),
        identity: settings.identity.as_ref().map(|i| web::IdentityRules::new(&i.secret, &i.audience, i.required)),
        rates: settings.limits.rates.map(|set| {
            let usual = web::Rates::default();
            web::Rates {
                page: set.page.unwrap_or(usual.page),
                search: set.search.unwrap_or(usual.search),
                chat: set.chat.unwrap_or(usual.chat),
                submission: set.submission.unwrap_or(usual.submission),
                sign_in: set.sign_in.unwrap_or(usual.sign_in),
            }
        }),
        trusted_proxies: settings.limits.trusted_proxies.clone(),
        max_requests: settings.limits.requests.unwrap_or(usual.max_requests),
        max_connections: settings.limits.connections.unwrap_or(usual.max_connections),
        max_connections_per_client: settings.limits.connections_per_client,
        ..usual
    }
}

/// Returns whom the settings say to ask who an agent is, if anybody.
///
/// # Errors
/// When the machine has no certificates to check the provider by.
pub fn identity_provider(settings: &Settings) -> anyhow::Result<Option<oidc::Provider>> {
    let provider = settings.oidc.clone().map(|o| {
        let OidcSettings { issuer, client_id, client_secret, claim } = o;
        oidc::Provider::new(oidc::Settings { issuer, client_id, client_secret, claim })
    });
    provider.transpose().context("cannot ask the identity provider")
}

/// Returns where the settings say that things are kept.
#[must_use]
pub fn store_settings(settings: &Settings) -> store::Settings {
    store::Settings { data: settings.data.clone(), url: settings.database_url.clone() }
}

/// Draws a bar on standard error while an index is written; nothing where that is no terminal.
fn progress() -> Option<OnProgress> {
    if !io::IsTerminal::is_terminal(&io::stderr()) {
        return None;
    }
    let style = ProgressStyle::with_template("indexing {bar:30} {pos}/{len} articles, {eta} left").ok()?;
    let bar = ProgressBar::hidden().with_style(style);
    Some(Arc::new(move |done, all| {
        if bar.is_hidden() {
            bar.set_draw_target(ProgressDrawTarget::stderr());
        }
        bar.set_length(all as u64);
        bar.set_position(done as u64);
        if done == all {
            bar.finish_and_clear();
        }
    }))
}

fn open_with(dir: &Path, clock: Clock, options: &BuildOptions) -> Result<Opened, OpenError> {
    let (snapshot, warnings) = read_with(dir, options)?;
    let desk = Arc::new(HelpCentre::new(snapshot, clock));
    Ok(Opened { desk, warnings, background: Background::default() })
}

fn read_with(dir: &Path, options: &BuildOptions) -> Result<(Arc<Snapshot>, Vec<Problem>), OpenError> {
    let Loaded { content, problems } = publish::read(dir)?;
    Ok((Arc::new(Snapshot::build_with(content, options)?), problems))
}

/// A server that holds its address but does not answer yet; connections wait until it [runs](Server::run).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<HelpCentre>,
    settings: web::Settings,
    background: Background,
}

impl Server {
    /// Takes the address `listen` (`host:port`) for a help centre.
    ///
    /// # Errors
    /// When the address cannot be had; the message says why and what to do.
    pub async fn bind(desk: Arc<HelpCentre>, listen: &str, settings: web::Settings) -> anyhow::Result<Self> {
        // What is reloaded before the first answer is counted too.
        web::measure::begin();
        let listener = TcpListener::bind(listen).await.map_err(|e| {
            let why = match e.kind() {
                io::ErrorKind::AddrInUse => "the address is in use; choose another with --listen".to_owned(),
                io::ErrorKind::AddrNotAvailable => {
                    "this machine does not have that address; choose another with --listen".to_owned()
                }
                io::ErrorKind::PermissionDenied => {
                    "this user may not open that port; choose one above 1023 with --listen".to_owned()
                }
                _ => e.to_string(),
            };
            anyhow::anyhow!("cannot listen on {listen}: {why}")
        })?;
        let address = listener.local_addr().context("cannot tell the address that was taken")?;
        Ok(Server { listener, address, desk, settings, background: Background::default() })
    }

    /// Ends this work, too, when the server stops.
    #[must_use]
    pub fn with_background(self, background: Background) -> Self {
        Server { background, ..self }
    }

    /// Returns the address of the home page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers requests until `stop` comes about, then lets those under way finish, and webhooks too, for ten seconds at
    /// most.
    pub async fn run(mut self, stop: impl Future<Output = ()> + Send) {
        self.settings.max_connections = room_for(self.settings.max_connections);
        let front = web::service(Arc::clone(&self.desk), self.settings.clone());
        let (stopping, stopped) = oneshot::channel();
        let stop = async {
            stop.await;
            tracing::info!("stopping: no new connections, requests under way may finish");
            // Who listens waits beside this.
            let _ = stopping.send(());
        };
        let deliveries = async {
            if stopped.await.is_ok() {
                self.background.finish_deliveries(DRAIN).await;
            }
        };
        let (all_finished, ()) =
            tokio::join!(web::serve(self.listener, front, &self.settings, stop, DRAIN), deliveries);
        if !all_finished {
            tracing::warn!("requests were cut off after {} seconds of waiting", DRAIN.as_secs());
        }
        self.background.end().await;
        self.desk.close().await;
    }
}

/// Has the system allow as many open files as so many connections need, and returns how many there is room for.
fn room_for(connections: usize) -> usize {
    let needed = connections as u64 + OTHER_FILES;
    // Many systems begin at 1,024 and allow far more to who asks.
    match rlimit::increase_nofile_limit(needed) {
        Ok(allowed) if allowed < needed => {
            let connections = usize::try_from(allowed.saturating_sub(OTHER_FILES)).unwrap_or(connections).max(1);
            tracing::warn!(allowed, connections, "the system allows fewer open files than max_connections needs");
            connections
        }
        Ok(_) => connections,
        Err(cause) => {
            tracing::warn!(%cause, "nobody tells how many files may be open");
            connections
        }
    }
}

/// Listens for SIGHUP from now on. The work that it returns reads the content again at each, and tells the supervisor.
pub fn reload_on_hangup(desk: Arc<HelpCentre>, supervisor: Arc<Supervisor>) -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let signal = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::hangup())
        .inspect_err(|cause| tracing::warn!(%cause, "SIGHUP cannot be listened for"));
    async move {
        #[cfg(unix)]
        if let Ok(mut signal) = signal {
            while signal.recv().await.is_some() {
                supervisor.reloading();
                supervisor.ready(match desk.reload().await {
                    Reload::Published => "new content is served",
                    Reload::Unchanged => "the content has not changed",
                    Reload::Refused => "newer content has errors and is refused; the log tells which",
                });
            }
        }
        #[cfg(not(unix))]
        drop((desk, supervisor));
    }
}

/// Listens for the signals to stop, SIGTERM and Ctrl-C, from now on: one that comes before anybody waits is not lost. What
/// it returns comes about at the first.
pub fn stop_signal() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let heard = async |signal: io::Result<tokio::signal::unix::Signal>| match signal {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        };
        let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
        async move {
            tokio::select! {
                () = heard(interrupt) => {}
                () = heard(terminate) => {}
            }
        }
    }
    #[cfg(not(unix))]
    async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

/// Starts the log on standard error, and the traces where the settings say where to; `usual` is the log's filter when
/// the settings name none. What it returns has to live as long as traces are to be sent.
///
/// # Errors
/// When traces cannot be sent at all.
pub fn start_log(settings: &Settings, usual: &str) -> anyhow::Result<Option<Traces>> {
    // The filter was checked with the settings. The index library tells of every commit at `info`.
    let filter = settings.log.clone().unwrap_or_else(|| format!("{usual},tantivy=warn"));
    let log = tracing_subscriber::fmt::layer()
        .with_writer(io::stderr)
        .with_ansi(settings.color && io::IsTerminal::is_terminal(&io::stderr()));
    let log = match settings.log_format {
        LogFormat::Text => log.boxed(),
        LogFormat::Json => log.json().boxed(),
    };
    let traces = settings.otlp_endpoint.as_deref().map(Traces::to).transpose()?;
    let traced = traces.as_ref().map(|traces| {
        let layer =
            tracing_opentelemetry::layer().with_tracer(traces.tracer()).with_location(false).with_threads(false);
        layer.with_filter(FilterFn::new(traces::is_traced))
    });
    let log = log.with_filter(EnvFilter::new(format!("{filter},{TRACES}=off")));
    // A second start, as in a test that runs two commands, keeps the first log.
    let _ = tracing_subscriber::registry().with(log).with(traced).try_init();
    Ok(traces)
}
