//! Deletes what is older than it may be kept, and doubts a clock that leaps.
//!
//! Deletion is the one thing that a wrong clock could make of which nothing comes back. Where the clock is far ahead of
//! when it was last looked, either nobody ran the program for as long, or somebody set the clock wrong: nothing is deleted
//! for a day, which whoever runs it has to put the clock right.

use jiff::{SignedDuration, Timestamp};

use crate::base::Clock;
use crate::store::{Doubt, RetentionMark, Store, StoreError};

/// A clock that moved on by more between two looks may be wrong. A server may well be off for a weekend.
const LEAP: SignedDuration = SignedDuration::from_hours(7 * 24);
/// For so long a leap is doubted.
const DOUBT: SignedDuration = SignedDuration::from_hours(24);
/// Nothing is deleted while our clock and the database server's are further apart.
const MOST_APART: SignedDuration = SignedDuration::from_hours(24);

/// What came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Swept {
    /// How many records of each kind are gone.
    Gone(Vec<(&'static str, u64)>),
    /// Nothing was deleted, because the clock may be wrong.
    Doubted,
}

/// Keeps things as long as the settings say.
#[derive(Debug, Clone)]
pub struct Retention {
    store: Store,
    clock: Clock,
    age: SignedDuration,
}

impl Retention {
    /// Keeps what is in a store for so many days.
    #[must_use]
    pub fn new(store: Store, clock: Clock, days: u32) -> Self {
        Retention { store, clock, age: SignedDuration::from_hours(24 * i64::from(days)) }
    }

    /// Deletes what is too old by now.
    ///
    /// # Errors
    /// When the database is away or refuses; what was deleted until then stays deleted.
    pub async fn sweep(&self) -> Result<Swept, StoreError> {
        let now = self.clock.now();
        let swept = if self.is_credible(now).await? {
            let gone = self.store.sweep(now.saturating_sub(self.age).unwrap_or_default()).await?;
            self.store.keep_retention_mark(&RetentionMark { at: now, doubt: None }).await?;
            Swept::Gone(gone)
        } else {
            Swept::Doubted
        };
        self.store.note_doubt(swept == Swept::Doubted);
        Ok(swept)
    }

    /// Tells whether the clock may be believed, and notes that it was looked at where it may not.
    async fn is_credible(&self, now: Timestamp) -> Result<bool, StoreError> {
        if let Some(theirs) = self.store.clock().await?
            && now.duration_since(theirs).abs() > MOST_APART
        {
            tracing::error!(%now, database = %theirs, "our clock or the database's is wrong, so that nothing is deleted; set both by NTP");
            return Ok(false);
        }
        let Some(mark) = self.store.retention_mark().await? else { return Ok(true) };
        if now.duration_since(mark.at) <= LEAP {
            return Ok(true);
        }
        // A clock that leaps once more is doubted anew.
        let goes_on = |doubt: &Doubt| {
            doubt.since <= now && (0..=LEAP.as_secs()).contains(&now.duration_since(doubt.seen).as_secs())
        };
        let known = mark.doubt.filter(goes_on);
        let since = known.map_or(now, |doubt| doubt.since);
        if now.duration_since(since) >= DOUBT {
            return Ok(true);
        }
        if known.is_none() {
            tracing::error!(%now, before = %mark.at, "the clock has leapt, so that nothing is deleted for a day; see that it is right");
        }
        self.store.keep_retention_mark(&RetentionMark { at: mark.at, doubt: Some(Doubt { since, seen: now }) }).await?;
        Ok(false)
    }
}
