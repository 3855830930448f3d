//! The task behind the answers: takes turns and events into the database, and watches whether it is there.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};

use crate::store::conversations::{add_turns, committed, forget_journal};
use crate::store::journal::{Journal, Line};
use crate::store::load::Tally;
use crate::store::migrate::{MigrateProblem, migrate};
use crate::store::pool::Pool;
use crate::store::searches::{Batch, Event, add_events};
use crate::store::turn::{JournalTurn, Reader};
use crate::store::{Settings, StoreError};

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
    settings: Settings,
    journal: Arc<Journal>,
    available: Arc<AtomicBool>,
    writable: Arc<AtomicBool>,
    dropped: Arc<AtomicU64>,
    tally: Arc<Tally>,
    /// Whether the database has this program's tables.
    migrated: bool,
    /// How far the own journal was taken over: its name, and bytes.
    position: (String, u64),
    reader: Reader,
    /// The lines of a journal that were put aside: its name, and where each ends. None is put aside again.
    aside: (String, BTreeSet<u64>),
    /// Events that were taken from the queue and are not in the database yet.
    pending: Batch,
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
    pub(crate) settings: Settings,
    pub(crate) journal: Arc<Journal>,
    pub(crate) available: Arc<AtomicBool>,
    pub(crate) writable: Arc<AtomicBool>,
    pub(crate) dropped: Arc<AtomicU64>,
    pub(crate) tally: Arc<Tally>,
    pub(crate) migrated: bool,
}

impl Writer {
    /// Makes the writer and the ends that others hold.
    pub(crate) fn new(parts: Parts) -> (Self, Signals) {
        let Parts { pool, settings, journal, available, writable, dropped, tally, migrated } = parts;
        let turns = Arc::new(Notify::new());
        let (to_events, events) = mpsc::channel(QUEUE);
        let (to_flushes, flushes) = mpsc::unbounded_channel();
        let signals = Signals { turns: Arc::clone(&turns), events: to_events, flushes: to_flushes };
        let position = (journal.state().0, 0);
        let pending = Batch::default();
        let writer = Writer {
            pool,
            settings,
            journal,
            available,
            writable,
            dropped,
            tally,
            migrated,
            position,
            reader: Reader::default(),
            aside: (String::new(), BTreeSet::new()),
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
                event = self.events.recv(), if self.has_room() => match event {
                    Some(event) => {
                        self.pending.add(event);
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
                    Err(cause) => Err(cause.again()),
                });
            }
        }
        if let Err(cause) = self.finish().await {
            self.stumbled(&cause, "turns and events at the end");
        }
    }

    fn stumbled(&self, cause: &StoreError, what: &str) {
        let is_news = if cause.is_away() {
            self.available.swap(false, Ordering::Relaxed)
        } else if cause.is_passing() {
            self.writable.swap(false, Ordering::Relaxed)
        } else {
            true
        };
        if is_news {
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
        self.take_held().await?;
        match self.journal.rotate(self.position.1) {
            Ok(Some(old)) => {
                self.position = (self.journal.state().0, 0);
                if old.is_gone {
                    forget_journal(&self.pool, &old.name).await?;
                }
            }
            Ok(None) => {}
            // The old one goes on being the journal.
            Err(cause) => tracing::debug!(%cause, "a new journal cannot be begun yet"),
        }
        self.write_events().await?;
        self.recover().await
    }

    /// Takes turns over that the journal's file did not take. A database on another disk has room for them.
    async fn take_held(&mut self) -> Result<(), StoreError> {
        loop {
            let held = self.journal.held(BATCH);
            let Some((last, _)) = held.last() else { return Ok(()) };
            let (name, at) = self.position.clone();
            let turns: Vec<JournalTurn> = held.iter().filter_map(|(_, line)| JournalTurn::read(line)).collect();
            let mut refused = held.len() - turns.len();
            // Should one get into the file meanwhile, it is added once all the same: it has an id.
            match within(add_turns(&self.pool, &turns.iter().collect::<Vec<_>>(), &name, at)).await {
                Ok(()) => {}
                Err(cause) if cause.is_passing() => return Err(cause),
                Err(_) => {
                    within(add_turns(&self.pool, &[], &name, at)).await?;
                    for turn in &turns {
                        match within(add_turns(&self.pool, &[turn], &name, at)).await {
                            Ok(()) => {}
                            Err(cause) if cause.is_passing() => return Err(cause),
                            Err(_) => refused += 1,
                        }
                    }
                }
            }
            if refused > 0 {
                self.tally.lost.fetch_add(refused as u64, Ordering::Relaxed);
                tracing::error!(turns = refused, "turns that were held in memory were refused, and are lost");
            }
            self.journal.forget_held(*last);
        }
    }

    /// Tells whether the batch takes another event.
    fn has_room(&self) -> bool {
        self.pending.rows() < BATCH && self.pending.events() < QUEUE
    }

    async fn write_events(&mut self) -> Result<(), StoreError> {
        loop {
            while self.has_room() {
                let Ok(event) = self.events.try_recv() else { break };
                self.pending.add(event);
            }
            if self.pending.events() == 0 {
                return Ok(());
            }
            match within(add_events(&self.pool, &self.pending)).await {
                Ok(()) => {}
                Err(cause) if cause.is_passing() => return Err(cause),
                // A batch that the database will never take must not keep the others from it.
                Err(cause) => {
                    self.dropped.fetch_add(self.pending.events() as u64, Ordering::Relaxed);
                    tracing::error!(%cause, events = self.pending.events(), "events were refused and are dropped");
                }
            }
            self.pending = Batch::default();
        }
    }

    /// Looks whether everything can be written again, where something could not.
    async fn recover(&mut self) -> Result<(), StoreError> {
        if self.writable.load(Ordering::Relaxed) {
            return Ok(());
        }
        let (name, at) = &self.position;
        within(add_turns(&self.pool, &[], name, *at)).await?;
        if let Err(cause) = self.journal.probe() {
            tracing::debug!(%cause, "the journal takes nothing yet");
            return Ok(());
        }
        self.writable.store(true, Ordering::Relaxed);
        tracing::info!("everything can be written again");
        Ok(())
    }

    /// Makes sure that the database is there and has our tables, when it was not there the last time.
    async fn reach(&mut self) -> Result<(), StoreError> {
        if self.available.load(Ordering::Relaxed) {
            return Ok(());
        }
        if self.migrated {
            within(async { Ok(self.pool.ping().await?) }).await?;
        } else {
            match migrate(&self.pool, &self.settings).await {
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
            if self.journal.remove(&name) {
                forget_journal(&self.pool, &name).await?;
            }
        }
        Ok(())
    }

    /// Takes a journal over from `start` up to `end`; returns where it stopped.
    async fn take_over(&mut self, name: &str, start: u64, end: u64) -> Result<u64, StoreError> {
        let mut at = start;
        let strictly = name != self.journal.state().0;
        while at < end {
            let read = self.journal.read(name, at, BATCH)?;
            if read.end == at {
                break;
            }
            let (mut turns, mut bad) = (Vec::with_capacity(read.lines.len()), Vec::new());
            for line in read.lines {
                match self.reader.read(&self.journal, name, &line, strictly)? {
                    Some(turn) => turns.push((turn, line)),
                    None => bad.push(line),
                }
            }
            self.set_aside(name, bad, "it is no turn of this program's")?;
            let all: Vec<&JournalTurn> = turns.iter().map(|(turn, _)| turn).collect();
            match within(add_turns(&self.pool, &all, name, read.end)).await {
                Ok(()) => {}
                Err(cause) if cause.is_passing() => return Err(cause),
                // One that the database will never take must not hold up those behind it.
                Err(_) => self.take_one_by_one(name, turns, read.end).await?,
            }
            at = read.end;
        }
        Ok(at)
    }

    async fn take_one_by_one(
        &mut self,
        name: &str,
        turns: Vec<(JournalTurn, Line)>,
        end: u64,
    ) -> Result<(), StoreError> {
        for (turn, mut line) in turns {
            match within(add_turns(&self.pool, &[&turn], name, line.end)).await {
                Ok(()) => {}
                Err(cause) if cause.is_passing() => return Err(cause),
                Err(cause) => {
                    // Where not even nothing can be added, it is no turn's fault.
                    within(add_turns(&self.pool, &[], name, line.start)).await?;
                    line.whole = turn.refers.then(|| turn.line());
                    self.set_aside(name, vec![line], &cause.to_string())?;
                }
            }
        }
        within(add_turns(&self.pool, &[], name, end)).await
    }

    /// Puts lines of a journal aside, each once however often the journal is read.
    fn set_aside(&mut self, name: &str, mut lines: Vec<Line>, cause: &str) -> Result<(), StoreError> {
        if self.aside.0 != name {
            self.aside = (name.to_owned(), BTreeSet::new());
        }
        let is_blank = |line: &Line| line.text.as_ref().is_some_and(|text| text.trim_ascii().is_empty());
        lines.retain(|line| !self.aside.1.contains(&line.end) && !is_blank(line));
        if lines.is_empty() {
            return Ok(());
        }
        self.journal.set_aside(name, &lines)?;
        self.aside.1.extend(lines.iter().map(|line| line.end));
        self.tally.rejected.fetch_add(lines.len() as u64, Ordering::Relaxed);
        tracing::error!(
            cause,
            lines = lines.len(),
            journal = name,
            "turns were refused; they are in journal/rejected.jsonl"
        );
        Ok(())
    }

    async fn finish(&mut self) -> Result<(), StoreError> {
        let written = self.write().await;
        // Those that could not be written to the file, and not to the database, end with the process.
        let lost = self.journal.held(usize::MAX).len();
        if lost > 0 {
            tracing::error!(turns = lost, "turns that were held in memory are lost");
        }
        let tidied = match written {
            Ok(()) => self.tidy().await,
            failed => failed,
        };
        // Whatever failed: a database that is not closed keeps its side files, and the next start needs room for more.
        self.pool.close().await;
        tidied
    }

    /// Removes the journal where everything in it is in the database.
    async fn tidy(&self) -> Result<(), StoreError> {
        match self.journal.finish(self.position.1) {
            Some(name) => forget_journal(&self.pool, &name).await,
            None => Ok(()),
        }
    }
}

async fn within(work: impl Future<Output = Result<(), StoreError>>) -> Result<(), StoreError> {
    tokio::time::timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(StoreError::away()))
}
