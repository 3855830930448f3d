//! Parts put together: settings → help centre → router → serve → graceful stop.
//!
//! The command line calls this, and so do the tests, so that both run the same parts. It must not know how anything
//! is answered or shown.

use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::SignedDuration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tracing_subscriber::EnvFilter;

use crate::base::Clock;
use crate::config::{LogFormat, Settings};
use crate::content::{self, LoadError, Problem, Severity};
use crate::desk::HelpCentre;
use crate::desk::agents::Accounts;
use crate::desk::content_state::Origin;
use crate::kb::index::OnProgress;
use crate::kb::{BuildError, BuildOptions, Snapshot};
use crate::store::{self, Store};
use crate::web;
use crate::webhook::{self, Courier};

/// How long requests under way may take after the signal to stop; supervisors tend to wait 10 to 30 seconds.
const DRAIN: Duration = Duration::from_secs(10);

/// How long one attempt to deliver a webhook may take.
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(15);
/// How often what is too old is looked for.
const SWEEP_PAUSE: Duration = Duration::from_secs(3600);

/// A help centre, and what `check` would warn about.
#[derive(Debug)]
pub struct Opened {
    /// The help centre.
    pub desk: Arc<HelpCentre>,
    /// Findings that keep nothing from being served.
    pub warnings: Vec<Problem>,
}

/// Says why the content cannot be served.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be read at all.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The index cannot be built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Some files have errors.
    #[error("the content in {} cannot be served until its errors are mended ({} of them)", dir.display(), errors(problems))]
    Broken {
        /// The content folder.
        dir: PathBuf,
        /// Every finding, warnings too.
        problems: Vec<Problem>,
    },
}

fn errors(problems: &[Problem]) -> usize {
    problems.iter().filter(|p| p.severity == Severity::Error).count()
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
    let options =
        BuildOptions { index_folder: Some(data.join("index")), progress: progress(), ..BuildOptions::default() };
    open_with(dir, clock, &options)
}

/// The same, with everything kept that customers and agents do.
///
/// # Errors
/// When the folder cannot be read, a finding is an error, or the database cannot be used.
pub async fn open_keeping(settings: &Settings, clock: Clock) -> anyhow::Result<Opened> {
    let store = Store::open(&store_settings(settings)).await?;
    let folder = content_folder(settings)?;
    let Opened { desk, warnings } = open_stored(&folder, &settings.data, clock.clone())?;
    let mut desk = HelpCentre::new(desk.snapshot(), clock.clone()).keeping(store.clone());
    desk = desk.read_from(Origin { folder, findings: warnings.clone() });
    if let Some(webhook) = webhook_settings(settings)? {
        let courier = Courier::new(store.clone(), clock.clone(), webhook).context("cannot send webhooks")?;
        desk = desk.announcing();
        tokio::spawn(courier.run());
    }
    if let Some(days) = settings.retention_days {
        tokio::spawn(sweep(store, clock, days));
    }
    Ok(Opened { desk: Arc::new(desk), warnings })
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

/// Deletes what is older than so many days, now and every hour.
async fn sweep(store: Store, clock: Clock, days: u32) {
    loop {
        let age = SignedDuration::from_hours(24 * i64::from(days));
        match store.sweep(clock.now().saturating_sub(age).unwrap_or_default()).await {
            Ok(gone) if gone.is_empty() => {}
            Ok(gone) => tracing::info!(?gone, days, "what was older than it may be is deleted"),
            Err(cause) => tracing::warn!(%cause, "what is too old could not be deleted; it is tried again"),
        }
        tokio::time::sleep(SWEEP_PAUSE).await;
    }
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
    let content::Loaded { content, problems } = content::load(dir)?;
    if errors(&problems) > 0 {
        return Err(OpenError::Broken { dir: dir.to_owned(), problems });
    }
    let snapshot = Arc::new(Snapshot::build_with(content, options)?);
    Ok(Opened { desk: Arc::new(HelpCentre::new(snapshot, clock)), warnings: problems })
}

/// A server that holds its address but does not answer yet; connections wait until it [runs](Server::run).
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    desk: Arc<HelpCentre>,
    settings: web::Settings,
}

impl Server {
    /// Takes the address `listen` (`host:port`) for a help centre.
    ///
    /// # Errors
    /// When the address cannot be had; the message says why and what to do.
    pub async fn bind(desk: Arc<HelpCentre>, listen: &str, settings: web::Settings) -> anyhow::Result<Self> {
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
        Ok(Server { listener, address, desk, settings })
    }

    /// Returns the address of the home page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Answers requests until `stop` comes about, then lets those under way finish, for ten seconds at most.
    ///
    /// # Errors
    /// When the listener fails for good.
    pub async fn run(self, stop: impl Future<Output = ()> + Send + 'static) -> io::Result<()> {
        let router = web::router(Arc::clone(&self.desk), self.settings);
        let (stopping, stopped) = oneshot::channel();
        let serving = axum::serve(self.listener, router.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(async move {
                stop.await;
                tracing::info!("stopping: no new connections, requests under way may finish");
                // The other end is gone only when serving has ended by itself.
                let _ = stopping.send(());
            });
        let overdue = async {
            // An error means that `stop` was dropped with the server: nothing to wait for.
            if stopped.await.is_err() {
                std::future::pending::<()>().await;
            }
            tokio::time::sleep(DRAIN).await;
        };
        let ended = tokio::select! {
            ended = serving.into_future() => ended,
            () = overdue => {
                tracing::warn!("requests were cut off after {} seconds of waiting", DRAIN.as_secs());
                Ok(())
            }
        };
        self.desk.close().await;
        ended
    }
}

/// Comes about when the process is asked to stop: SIGTERM, or Ctrl-C.
pub async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

/// Starts the log on standard error; `usual` is the filter when the settings name none.
pub fn start_log(settings: &Settings, usual: &str) {
    // The filter was checked with the settings. The index library tells of every commit at `info`.
    let filter = settings.log.clone().unwrap_or_else(|| format!("{usual},tantivy=warn"));
    let log = tracing_subscriber::fmt()
        .with_env_filter(EnvFilter::new(filter))
        .with_writer(io::stderr)
        .with_ansi(settings.color && io::IsTerminal::is_terminal(&io::stderr()));
    // A second start, as in a test that runs two commands, keeps the first log.
    let _ = match settings.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}
