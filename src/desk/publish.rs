//! Publishing: a content folder is read, checked and built beside what is served, and then takes its place at once.
//!
//! Content with errors is refused, and what was there goes on being served. A folder that is still being written to, as
//! by `git pull`, is left alone until it is quiet, so that no half of a change is published.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::Notify;

use crate::base::TRACES;
use crate::content::{self, LoadError, Loaded, Problem, Severity};
use crate::desk::HelpCentre;
use crate::kb::{BuildError, BuildOptions, Snapshot};

/// A folder in which nothing changed for so long is not being written to. Git writes thousands of files a second.
const QUIET: Duration = Duration::from_millis(300);
/// A folder that never comes to rest is read all the same after so long.
const LONGEST_UNREST: Duration = Duration::from_secs(10);
/// As many findings are logged; the console shows all.
const MOST_LOGGED: usize = 20;

/// Says why content cannot be served.
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
    /// The program itself failed.
    #[error("the program failed while it read the content; the log tells where")]
    Panicked,
}

fn errors(problems: &[Problem]) -> usize {
    problems.iter().filter(|p| p.severity == Severity::Error).count()
}

/// Reads and checks a content folder.
///
/// # Errors
/// When the folder cannot be read, or a finding is an error.
pub fn read(dir: &Path) -> Result<Loaded, OpenError> {
    let loaded = content::load(dir)?;
    if loaded.has_errors() {
        return Err(OpenError::Broken { dir: dir.to_owned(), problems: loaded.problems });
    }
    Ok(loaded)
}

/// The changes of a content folder, as they are noticed. Shared by who notices and who publishes.
#[derive(Debug)]
pub struct Changes {
    /// A folder in which nothing changed for so long has come to rest.
    quiet: Duration,
    count: AtomicU64,
    /// How many there were when the folder was last read.
    read: AtomicU64,
    noticed: Notify,
}

impl Default for Changes {
    fn default() -> Self {
        Changes::that_rest_for(QUIET)
    }
}

impl Changes {
    /// Counts changes that come to rest when there is none for so long.
    #[must_use]
    pub fn that_rest_for(quiet: Duration) -> Self {
        Changes { quiet, count: AtomicU64::new(0), read: AtomicU64::new(0), noticed: Notify::new() }
    }

    /// Notes one.
    pub fn note(&self) {
        self.count.fetch_add(1, Ordering::SeqCst);
        self.noticed.notify_one();
    }

    /// Waits until there is one that was not read, and the folder has come to rest.
    pub async fn settled(&self) {
        while self.count.load(Ordering::SeqCst) == self.read.load(Ordering::SeqCst) {
            self.noticed.notified().await;
        }
        self.rest(Instant::now()).await;
    }

    /// Waits until the folder has come to rest, or for as long as is waited from `since`.
    async fn rest(&self, since: Instant) {
        loop {
            let seen = self.count.load(Ordering::SeqCst);
            tokio::time::sleep(self.quiet).await;
            if self.count.load(Ordering::SeqCst) == seen || since.elapsed() >= LONGEST_UNREST {
                return;
            }
        }
    }
}

/// Where the content is read from, again and again.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The content folder.
    pub folder: PathBuf,
    /// Findings of the first reading that keep nothing from being served.
    pub findings: Vec<Problem>,
    /// How a snapshot is built.
    pub options: BuildOptions,
    /// The folder's changes.
    pub changes: Arc<Changes>,
}

/// What is known of the content that is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Published {
    /// Since when it is served.
    pub(crate) since: Timestamp,
    /// What the check found in it.
    pub(crate) findings: Vec<Problem>,
    /// Newer content that is not served, if the last reading found some.
    pub(crate) refused: Option<Refused>,
}

/// Content that cannot be served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// When it was read.
    pub at: Timestamp,
    /// Why, in one sentence.
    pub why: String,
    /// What the check found.
    pub findings: Vec<Problem>,
}

/// How a reading of the content ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reload {
    /// The content is the one that is served.
    Unchanged,
    /// Other content is served from now on.
    Published,
    /// It cannot be served; the one before still is.
    Refused,
}

impl Reload {
    /// Returns the word for it that logs and metrics use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Reload::Unchanged => "unchanged",
            Reload::Published => "published",
            Reload::Refused => "refused",
        }
    }
}

/// What a reading brought: nothing new, or a snapshot; and the findings.
type Brought = Result<(Option<Arc<Snapshot>>, Vec<Problem>), OpenError>;

fn bring(origin: &Origin, served: &str) -> Brought {
    let Loaded { content, problems } = read(&origin.folder)?;
    if content.hash == served {
        return Ok((None, problems));
    }
    Ok((Some(Arc::new(Snapshot::build_with(content, &origin.options)?)), problems))
}

impl HelpCentre {
    /// Reads the content again and serves it, if it has changed and has no errors. Readings take turns. Requests under
    /// way end on the snapshot that they began with.
    pub async fn reload(&self) -> Reload {
        let _turn = self.reloading.lock().await;
        let (begun, changes) = (Instant::now(), &self.origin.changes);
        let brought = loop {
            let seen = changes.count.load(Ordering::SeqCst);
            let (origin, served) = (self.origin.clone(), self.snapshot().version().to_owned());
            let reading = tracing::info_span!(target: TRACES, "read content");
            let brought = tokio::task::spawn_blocking(move || reading.in_scope(|| bring(&origin, &served))).await;
            if changes.count.load(Ordering::SeqCst) == seen || begun.elapsed() >= LONGEST_UNREST {
                changes.read.store(seen, Ordering::SeqCst);
                break brought.unwrap_or(Err(OpenError::Panicked));
            }
            // It was written to meanwhile: what was read may be half of one version and half of another.
            changes.rest(begun).await;
        };
        let done = self.take(brought, begun.elapsed());
        if done == Reload::Published {
            self.announce().await;
        }
        // Whoever sees that it was read sees what came of it, too.
        metrics::gauge!("zhida_content_refused").set(if done == Reload::Refused { 1.0 } else { 0.0 });
        metrics::counter!("zhida_content_reloads_total", "result" => done.as_str()).increment(1);
        done
    }

    fn take(&self, brought: Brought, took: Duration) -> Reload {
        let at = self.clock.now();
        let mut published = self.published();
        match brought {
            Ok((None, findings)) => {
                tracing::info!("the content was read again and is unchanged");
                *published = Published { since: published.since, findings, refused: None };
                Reload::Unchanged
            }
            Ok((Some(snapshot), findings)) => {
                let (version, articles) = (snapshot.version().to_owned(), snapshot.articles().len());
                let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                self.kb.swap(snapshot);
                tracing::info!(version, articles, warnings = findings.len(), millis, "new content is served");
                *published = Published { since: at, findings, refused: None };
                Reload::Published
            }
            Err(cause) => {
                let why = cause.to_string();
                let findings = match cause {
                    OpenError::Broken { problems, .. } => problems,
                    _ => Vec::new(),
                };
                for problem in findings.iter().filter(|p| p.severity == Severity::Error).take(MOST_LOGGED) {
                    tracing::error!("{problem}");
                }
                tracing::error!(why, "new content is refused; the one before is served on");
                published.refused = Some(Refused { at, why, findings });
                Reload::Refused
            }
        }
    }
}
