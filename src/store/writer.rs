//! The task behind the answers: takes turns and events into the database, and watches whether it is there.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::store::StoreError;
use crate::store::conversations::{JournalTurn, add_turns, committed, forget_journal};
use crate::store::journal::Journal;
use crate::store::migrate::{MigrateProblem, migrate};
use crate::store::pool::Pool;
use crate::store::searches::{Event, add_events};

/// How many events wait at most: some minutes of a busy site. About 4 MB when full.
const QUEUE: usize = 10_000;
/// The most turns or events in one transaction.
const BATCH: usize = 500;
/// How long the first turn or event of a batch waits for others. One commit then serves all of them.
const GATHER: Duration = Duration::from_millis(50);
/// How often a database that is away is asked again.
const RETRY: Duration = Duration::from_secs(1);
/// The longest that one batch may take before the database counts as away.
const PATIENCE: Duration = Duration::from_secs(10);

/// A request to take over everything that was acknowledged so far.
type Flush = oneshot::Sender<Result<(), StoreError>>;

/// How the rest of the store talks to the writer.
#[derive(Debug)]
pub(crate) struct Signals {
    pub(crate) turns: Arc<Notify>,
    pub(crate) events: mpsc::Sender<Event>,
    pub(crate) flushes: mpsc::UnboundedSender<Flush>,
}

/// The writer's own parts.
#[derive(Debug)]
pub(crate) struct Writer {
    pool: Pool,
    data: PathBuf,
    journal: Arc<Journal>,
    available: Arc<AtomicBool>,
    dropped: Arc<AtomicU64>,
    /// Whether the database has this program's tables.
    migrated: bool,
    /// How far the own journal was taken over: its name, and bytes.
    position: (String, u64),
    /// Events that were taken from the queue and are not in the database yet.
    pending: Vec<Event>,
    turns: Arc<Notify>,
    events: mpsc::Receiver<Event>,
    flushes: mpsc::UnboundedReceiver<Flush>,
    /// Asks the writer to finish.
    pub(crate) stop: Arc<Notify>,
}

/// What the store lends the writer.
#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) pool: Pool,
    pub(crate) data: PathBuf,
    pub(crate) journal: Arc<Journal>,
    pub(crate) available: Arc<AtomicBool>,
    pub(crate) dropped: Arc<AtomicU64>,
    pub(crate) migrated: bool,
}

impl Writer {
    /// Makes the writer and the ends that others hold.
    pub(crate) fn new(parts: Parts) -> (Self, Signals) {
        let Parts { pool, data, journal, available, dropped, migrated } = parts;
        let turns = Arc::new(Notify::new());
        let (to_events, events) = mpsc::channel(QUEUE);
        let (to_flushes, flushes) = mpsc::unbounded_channel();
        let signals = Signals { turns: Arc::clone(&turns), events: to_events, flushes: to_flushes };
        let position = (journal.state().0, 0);
        let pending = Vec::new();
        let writer = Writer {
            pool,
            data,
            journal,
            available,
            dropped,
            migrated,
            position,
            pending,
            turns,
            events,
            flushes,
            stop: Arc::new(Notify::new()),
        };
        (writer, signals)
    }

    /// Works until the store is gone, then writes what is left.
    pub(crate) async fn run(mut self) {
        loop {
            let mut waiting: Vec<Flush> = Vec::new();
            let gather = tokio::select! {
                () = self.turns.notified() => true,
                event = self.events.recv(), if self.pending.len() < BATCH => match event {
                    Some(event) => {
                        self.pending.push(event);
                        true
                    }
                    None => break,
                },
                flush = self.flushes.recv() => match flush {
                    Some(flush) => {
                        waiting.push(flush);
                        false
                    }
                    None => break,
                },
                () = tokio::time::sleep(RETRY) => false,
                () = self.stop.notified() => break,
            };
            if gather {
                // Whoever waits for a flush is not kept waiting for others.
                tokio::select! {
                    () = tokio::time::sleep(GATHER) => {}
                    flush = self.flushes.recv() => waiting.extend(flush),
                }
            }
            while let Ok(flush) = self.flushes.try_recv() {
                waiting.push(flush);
            }
            let done = self.write().await;
            if let Err(cause) = &done {
                self.stumbled(cause, "turns and events");
            }
            for flush in waiting {
                // Who asked may have gone away meanwhile.
                let _ = flush.send(match &done {
                    Ok(()) => Ok(()),
                    Err(cause) if cause.is_away() => Err(StoreError::away()),
                    Err(cause) => Err(StoreError::Damaged(cause.to_string())),
                });
            }
        }
        if let Err(cause) = self.finish().await {
            self.stumbled(&cause, "turns and events at the end");
        }
    }

    fn stumbled(&self, cause: &StoreError, what: &str) {
        let was = self.available.swap(!cause.is_away(), Ordering::Relaxed);
        if was || !cause.is_away() {
            tracing::error!(%cause, what, "not written yet; it is kept and tried again");
        }
    }

    /// Takes everything over that was acknowledged before the call.
    async fn write(&mut self) -> Result<(), StoreError> {
        self.reach().await?;
        let own = self.journal.state();
        if own.0 == self.position.0 && own.1 > self.position.1 {
            let (name, start) = self.position.clone();
            self.position.1 = self.take_over(&name, start, own.1).await?;
            self.journal.note_taken(self.position.1);
        }
        if let Some(old) = self.journal.rotate(self.position.1)? {
            self.position = (self.journal.state().0, 0);
            forget_journal(&self.pool, &old).await?;
        }
        loop {
            while self.pending.len() < BATCH {
                let Ok(event) = self.events.try_recv() else { break };
                self.pending.push(event);
            }
            if self.pending.is_empty() {
                return Ok(());
            }
            match within(add_events(&self.pool, &self.pending)).await {
                Ok(()) => {}
                Err(cause) if cause.is_away() => return Err(cause),
                // A batch that the database will never take must not keep the others from it.
                Err(cause) => {
                    self.dropped.fetch_add(self.pending.len() as u64, Ordering::Relaxed);
                    tracing::error!(%cause, events = self.pending.len(), "events were refused and are dropped");
                }
            }
            self.pending.clear();
        }
    }

    /// Makes sure that the database is there and has our tables, when it was not there the last time.
    async fn reach(&mut self) -> Result<(), StoreError> {
        if self.available.load(Ordering::Relaxed) {
            return Ok(());
        }
        if self.migrated {
            within(async { Ok(self.pool.ping().await?) }).await?;
        } else {
            match migrate(&self.pool, &self.data).await {
                Ok(()) => self.migrated = true,
                Err(MigrateProblem::Away(cause)) => return Err(StoreError::Away(cause)),
                Err(MigrateProblem::Fatal(cause)) => return Err(StoreError::Away(cause.to_string())),
            }
        }
        self.take_over_abandoned().await?;
        tracing::info!("the database is there");
        self.available.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Takes the journals over that killed processes left.
    pub(crate) async fn take_over_abandoned(&mut self) -> Result<(), StoreError> {
        if !self.migrated {
            return Ok(());
        }
        for (name, locked) in self.journal.abandoned()? {
            let start = committed(&self.pool, &name).await?;
            let end = locked.metadata()?.len();
            let reached = self.take_over(&name, start, end).await?;
            tracing::info!(
                journal = name,
                bytes = reached - start.min(reached),
                "a journal of an earlier run was finished"
            );
            self.journal.remove(&name)?;
            forget_journal(&self.pool, &name).await?;
        }
        Ok(())
    }

    /// Takes a journal over from `start` up to `end`; returns where it stopped.
    async fn take_over(&self, name: &str, start: u64, end: u64) -> Result<u64, StoreError> {
        let mut at = start;
        while at < end {
            let read = self.journal.read(name, at, BATCH)?;
            if read.end == at {
                break;
            }
            let mut turns = Vec::with_capacity(read.lines.len());
            for line in &read.lines {
                match serde_json::from_str::<JournalTurn>(line) {
                    Ok(turn) => turns.push((turn, line)),
                    Err(cause) => self.set_aside(line, &cause.to_string())?,
                }
            }
            let all: Vec<&JournalTurn> = turns.iter().map(|(turn, _)| turn).collect();
            match within(add_turns(&self.pool, &all, name, read.end)).await {
                Ok(()) => {}
                Err(cause) if cause.is_away() => return Err(cause),
                // One that the database will never take must not hold up those behind it.
                Err(_) => {
                    for (turn, line) in &turns {
                        match within(add_turns(&self.pool, &[turn], name, at)).await {
                            Ok(()) => {}
                            Err(cause) if cause.is_away() => return Err(cause),
                            Err(cause) => self.set_aside(line, &cause.to_string())?,
                        }
                    }
                    within(add_turns(&self.pool, &[], name, read.end)).await?;
                }
            }
            at = read.end;
        }
        Ok(at)
    }

    fn set_aside(&self, line: &str, cause: &str) -> Result<(), StoreError> {
        tracing::error!(cause, "a turn was refused; it is in journal/rejected.jsonl");
        Ok(self.journal.set_aside(line)?)
    }

    async fn finish(&mut self) -> Result<(), StoreError> {
        self.write().await?;
        if let Some(name) = self.journal.finish(self.position.1) {
            forget_journal(&self.pool, &name).await?;
        }
        self.pool.close().await;
        Ok(())
    }
}

async fn within(work: impl Future<Output = Result<(), StoreError>>) -> Result<(), StoreError> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(StoreError::away()))
}
