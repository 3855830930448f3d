//! What outlives the process: conversations, feedback, searches, tickets, agents, and what they did.
//!
//! May call: base, text, model. Must not know: articles, HTTP. It alone knows sqlx.
//!
//! To add a kind of record: a migration of the same number and name in both folders under `migrations/`, a file here with
//! its rows and an `impl Store`, and its part in `tests/it/store_contract.rs`, which runs on both databases.

pub mod error;

mod migrate;
mod pool;

mod journal;
mod turn;
mod writer;

pub mod conversations;
pub mod feedback;
pub mod searches;

pub mod budgets;

pub mod outbox;
pub mod tickets;

pub mod agents;
pub mod api_keys;
pub mod audit;
pub mod sessions;

pub mod dump;
pub mod examine;
pub mod insight;
pub mod load;
pub mod retention;
pub mod shared;

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use tokio::sync::{Mutex, oneshot};
use tokio::task::JoinHandle;

pub use api_keys::NewApiKey;
pub use audit::{FailedLogins, NewAuditEntry};
pub use budgets::Spent;
pub use conversations::Recorded;
pub use dump::{Purpose, RestoreError};
pub use error::{OpenError, StoreError};
pub use examine::{Examined, examine, rejected};
pub use feedback::{FeedbackRow, NewFeedback};
pub use load::{Load, Waiting};
pub use outbox::{Delivery, Failed};
pub use retention::{Doubt, RetentionMark};
pub use searches::{Click, Event, QueryCount, Searched};
pub use shared::ContentNews;
pub use tickets::{NewTicket, TicketChange};
pub use turn::{NewTurn, TurnBody};

use journal::Journal;
use load::Tally;
use migrate::{MigrateProblem, migrate};
use pool::Pool;
use writer::{Parts, Signals, Writer};

/// The database's file in the data folder.
pub const FILE: &str = "zhida.db";

/// The journals' folder in the data folder.
const JOURNAL: &str = "journal";

/// How long the readiness check waits for an answer.
const PING: Duration = Duration::from_secs(1);

/// Where things are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The data folder: the journal of turns, and the database unless there is a server for it.
    pub data: PathBuf,
    /// The address of a PostgreSQL database; none means SQLite in the data folder.
    pub url: Option<String>,
}

impl Settings {
    /// Returns where the database is, without a password.
    #[must_use]
    pub fn place(&self) -> String {
        match &self.url {
            Some(url) => url.parse().map_or_else(
                |_| "PostgreSQL".to_owned(),
                |options: PgConnectOptions| {
                    let name = options.get_database().unwrap_or_default();
                    format!("{name} in PostgreSQL at {}:{}", options.get_host(), options.get_port()).trim().to_owned()
                },
            ),
            None => self.data.join(FILE).display().to_string(),
        }
    }
}

/// The open store. Cheap to clone; the writer stops when the last clone is dropped or [closed](Store::close).
#[derive(Debug, Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    pool: Pool,
    journal: Arc<Journal>,
    signals: Signals,
    available: Arc<AtomicBool>,
    writable: Arc<AtomicBool>,
    dropped: Arc<AtomicU64>,
    tally: Arc<Tally>,
    /// The data folder.
    data: PathBuf,
    /// Whether somebody asked to close it: the database takes nothing more.
    writer: Mutex<Option<JoinHandle<()>>>,
    stop: Arc<tokio::sync::Notify>,
}

impl Store {
    /// Opens the database and brings it to this program's version. A server that does not answer is no error: it is
    /// asked again until it does, and until then the store is [not ready](Store::is_ready).
    ///
    /// # Errors
    /// When the data folder cannot be written, or the database is newer than this program.
    pub async fn open(settings: &Settings) -> Result<Self, OpenError> {
        let folder = |source| OpenError::Folder { dir: settings.data.clone(), source };
        std::fs::create_dir_all(&settings.data).map_err(folder)?;
        let journal = Arc::new(Journal::begin(&settings.data.join(JOURNAL)).map_err(folder)?);
        let pool = match &settings.url {
            Some(url) => Pool::postgres(url)?,
            None => Pool::sqlite(&settings.data.join(FILE)).await?,
        };
        let migrated = match migrate(&pool, settings).await {
            Ok(()) => true,
            Err(MigrateProblem::Fatal(cause)) => return Err(cause),
            Err(MigrateProblem::Away(cause)) => {
                tracing::warn!(cause, "the database is away; what needs it is refused until it is back");
                false
            }
        };
        let available = Arc::new(AtomicBool::new(migrated));
        let (writable, dropped) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicU64::new(0)));
        let tally = Arc::new(Tally::default());
        let (mut writer, signals) = Writer::new(Parts {
            pool: pool.clone(),
            settings: settings.clone(),
            journal: Arc::clone(&journal),
            available: Arc::clone(&available),
            writable: Arc::clone(&writable),
            dropped: Arc::clone(&dropped),
            tally: Arc::clone(&tally),
            migrated,
        });
        // Before the first answer, so that a conversation goes on after the process was killed.
        match writer.take_over_abandoned().await {
            Err(cause) if cause.is_away() => available.store(false, Ordering::Relaxed),
            done => done.map_err(|source| OpenError::Journal { dir: settings.data.clone(), source })?,
        }
        let stop = Arc::clone(&writer.stop);
        let writer = Mutex::new(Some(tokio::spawn(writer.run())));
        let data = settings.data.clone();
        let inner = Inner { pool, journal, signals, available, writable, dropped, tally, data, writer, stop };
        Ok(Store { inner: Arc::new(inner) })
    }

    /// Tells whether the database answered when it was last asked.
    #[must_use]
    pub fn is_available(&self) -> bool {
        self.inner.available.load(Ordering::Relaxed)
    }

    /// Tells whether the last thing that had to be written could be: there is room, and the disk may be written.
    #[must_use]
    pub fn is_writable(&self) -> bool {
        self.inner.writable.load(Ordering::Relaxed)
    }

    /// Asks the database whether it is there.
    pub async fn is_ready(&self) -> bool {
        self.is_available() && matches!(tokio::time::timeout(PING, self.inner.pool.ping()).await, Ok(Ok(())))
    }

    /// Tells whether other processes use the same database, so that what this one remembers may be old.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.inner.pool.is_shared()
    }

    /// Records whether nothing is deleted because the clock may be wrong.
    pub fn note_doubt(&self, is_doubted: bool) {
        self.inner.tally.clock_doubted.store(is_doubted, Ordering::Relaxed);
    }

    /// Records that the database did not answer: until the writer reaches it again, nobody waits for it.
    pub fn mark_away(&self) {
        self.inner.available.store(false, Ordering::Relaxed);
    }

    /// Waits until everything that was acknowledged before the call is in the database.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn flush(&self) -> Result<(), StoreError> {
        self.pool()?;
        let (done, wait) = oneshot::channel();
        self.inner.signals.flushes.send(done).map_err(|_| StoreError::away())?;
        wait.await.unwrap_or_else(|_| Err(StoreError::away()))
    }

    /// Writes what is left and closes the database. What comes later is refused, but for turns, which the journal keeps.
    pub async fn close(&self) {
        self.inner.stop.notify_one();
        if let Some(writer) = self.inner.writer.lock().await.take() {
            // A writer that panicked has left its journal, which the next start takes over.
            let _ = writer.await;
        }
        self.mark_away();
    }

    /// Returns the database, unless it is known to be away.
    fn pool(&self) -> Result<&Pool, StoreError> {
        if self.is_available() { Ok(&self.inner.pool) } else { Err(StoreError::away()) }
    }
}

/// Returns an instant as the database has it.
fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// Returns an instant that the database had.
fn instant(millis: i64) -> Timestamp {
    Timestamp::from_millisecond(millis).unwrap_or_default()
}

/// Returns a text without the one character that PostgreSQL cannot keep.
fn plain(text: &str) -> Cow<'_, str> {
    if text.contains('\0') { Cow::Owned(text.replace('\0', "\u{fffd}")) } else { Cow::Borrowed(text) }
}

/// Returns the word that JSON has for a variant.
fn word(value: &impl serde::Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
}
