//! Retention: what is older than it may be is deleted, in portions that hold nobody up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::store::pool::{Pool, read, write_one};
use crate::store::{Store, StoreError, instant, millis};

/// The name under which it is kept when the clock was last believed.
const MARK: &str = "retention";

/// Rows that one statement deletes at most: some milliseconds on SQLite, whose one writer others wait for.
const PORTION: i64 = 500;

/// What is deleted, in an order that leaves nothing pointing nowhere. `$1` is the time before which, `$2` the portion.
const SWEEPS: [(&str, &str); 8] = [
    ("searches", "DELETE FROM searches WHERE id IN (SELECT id FROM searches WHERE at < $1 LIMIT $2)"),
    ("clicks", "DELETE FROM clicks WHERE id IN (SELECT id FROM clicks WHERE at < $1 LIMIT $2)"),
    ("feedback", "DELETE FROM feedback WHERE id IN (SELECT id FROM feedback WHERE at < $1 LIMIT $2)"),
    (
        "tickets",
        "DELETE FROM tickets WHERE id IN (SELECT id FROM tickets WHERE state = 'closed' AND updated_at < $1 LIMIT $2)",
    ),
    // A conversation stays as long as somebody works on its ticket.
    (
        "conversations",
        "DELETE FROM conversations WHERE id IN (SELECT c.id FROM conversations c WHERE c.last_at < $1 AND NOT EXISTS \
         (SELECT 1 FROM tickets t WHERE t.conversation_id = c.id AND t.state = 'open') LIMIT $2)",
    ),
    (
        "messages",
        "DELETE FROM outbox WHERE id IN (SELECT id FROM outbox WHERE state = 'delivered' AND delivered_at < $1 LIMIT $2)",
    ),
    ("audit", "DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < $1 LIMIT $2)"),
    (
        "sessions",
        "DELETE FROM sessions WHERE token_hash IN (SELECT token_hash FROM sessions WHERE expires_at < $1 LIMIT $2)",
    ),
];

/// When the clock was last believed by those who delete what is old. It is kept, because the program may be restarted
/// on the same wrong clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RetentionMark {
    /// The last time that was believed.
    pub at: Timestamp,
    /// Since when the clock is not.
    pub doubt: Option<Doubt>,
}

/// A clock that is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// When it was first seen ahead, as it says itself.
    pub since: Timestamp,
    /// When it was last looked at.
    pub seen: Timestamp,
}

impl Store {
    /// Returns the time of the database's server; none where the database is a file.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn clock(&self) -> Result<Option<Timestamp>, StoreError> {
        let Pool::Postgres(db) = self.pool()? else { return Ok(None) };
        let (now,): (i64,) =
            sqlx::query_as("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT").fetch_one(db).await?;
        Ok(Some(instant(now)))
    }

    /// Returns when the clock was last believed: as it was kept, or else when somebody was last answered.
    ///
    /// # Errors
    /// When the database is away, or what is kept cannot be read.
    pub async fn retention_mark(&self) -> Result<Option<RetentionMark>, StoreError> {
        if let Some(kept) = self.shared(MARK).await? {
            return Ok(Some(serde_json::from_str(&kept)?));
        }
        let (last,): (Option<i64>,) = read!(self, db => sqlx::query_as("SELECT MAX(last_at) FROM conversations")
            .fetch_one(db).await?);
        Ok(last.map(|last| RetentionMark { at: instant(last), doubt: None }))
    }

    /// Keeps when the clock was last believed.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn keep_retention_mark(&self, mark: &RetentionMark) -> Result<(), StoreError> {
        self.share(MARK, &serde_json::to_string(mark)?, mark.at).await
    }

    /// Deletes what is older than `before`: searches, feedback, conversations with their turns, closed tickets, messages
    /// that arrived, the audit log, sessions that ran out. Open tickets and their conversations stay, and so do dead
    /// letters. Returns how many of each went.
    ///
    /// # Errors
    /// When the database is away or refuses; what was deleted until then stays deleted.
    pub async fn sweep(&self, before: Timestamp) -> Result<Vec<(&'static str, u64)>, StoreError> {
        let mut gone = Vec::new();
        for (what, statement) in SWEEPS {
            let mut count = 0;
            loop {
                let done = write_one!(self, db => sqlx::query(statement)
                    .bind(millis(before)).bind(PORTION).execute(db).await.map(|done| done.rows_affected()))?;
                count += done;
                if done == 0 {
                    break;
                }
                tokio::task::yield_now().await;
            }
            if count > 0 {
                gone.push((what, count));
            }
        }
        Ok(gone)
    }
}
