//! How the store fares: what waits to be written and to be told.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::store::pool::read;
use crate::store::{PING, Store, StoreError};

/// What the store counts for those who watch it.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) lost: AtomicU64,
    pub(crate) rejected: AtomicU64,
    pub(crate) clock_doubted: AtomicBool,
}

/// How the store fares at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Whether the database answered when it was last asked.
    pub available: bool,
    /// Whether the last thing that had to be written could be.
    pub writable: bool,
    /// Turns that were answered and are kept nowhere, since the process began.
    pub turns_lost: u64,
    /// Turns of journals that were put aside, since the process began.
    pub turns_rejected: u64,
    /// Whether nothing is deleted because the clock may be wrong.
    pub clock_doubted: bool,
    /// Free bytes on the data folder's disk; none where the system does not tell.
    pub room: Option<u64>,
    /// Bytes of turns that are in the journal and not yet in the database.
    pub journal_waiting: u64,
    /// Searches and clicks that wait to be written.
    pub events_waiting: usize,
    /// Searches and clicks that were given up since the process began.
    pub events_dropped: u64,
    /// What the database holds that waits for others; none while it is away.
    pub waiting: Option<Waiting>,
}

/// What waits in the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiting {
    /// Messages to be delivered to webhooks.
    pub deliveries: u64,
    /// Messages that were given up.
    pub dead_deliveries: u64,
    /// Tickets that nobody has closed.
    pub open_tickets: u64,
}

impl Store {
    /// Tells whether turns are in the journal that are not in the database yet.
    #[must_use]
    pub fn has_waiting_turns(&self) -> bool {
        self.inner.journal.waiting() > 0
    }

    /// Returns how the store fares. A database that does not answer within a second holds this up no longer.
    pub async fn load(&self) -> Load {
        let waiting = tokio::time::timeout(PING, self.waiting()).await;
        let events = &self.inner.signals.events;
        Load {
            available: self.is_available(),
            writable: self.is_writable(),
            turns_lost: self.inner.tally.lost.load(Ordering::Relaxed),
            turns_rejected: self.inner.tally.rejected.load(Ordering::Relaxed),
            clock_doubted: self.inner.tally.clock_doubted.load(Ordering::Relaxed),
            room: fs4::available_space(&self.inner.data).ok(),
            journal_waiting: self.inner.journal.waiting(),
            events_waiting: events.max_capacity() - events.capacity(),
            events_dropped: self.inner.dropped.load(Ordering::Relaxed),
            waiting: waiting.ok().and_then(Result::ok),
        }
    }

    async fn waiting(&self) -> Result<Waiting, StoreError> {
        let (deliveries, dead, open): (i64, i64, i64) = read!(self, db => sqlx::query_as(
            "SELECT (SELECT COUNT(*) FROM outbox WHERE state = 'pending'), \
             (SELECT COUNT(*) FROM outbox WHERE state = 'dead'), (SELECT COUNT(*) FROM tickets WHERE state = 'open')")
            .fetch_one(db).await?);
        let count = |n: i64| u64::try_from(n).unwrap_or_default();
        Ok(Waiting { deliveries: count(deliveries), dead_deliveries: count(dead), open_tickets: count(open) })
    }
}
