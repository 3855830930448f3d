//! What has to be told to another system, until that system has heard it.
//!
//! A delivery is claimed for a while before it is sent. Of several replicas one gets it; when that one dies, the claim
//! runs out and another sends it again under the same id.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::store::pool::{Pool, read, write_all, write_one};
use crate::store::{Store, StoreError, instant, millis, plain};

/// Nothing is put off for longer, in milliseconds: two hours, where the courier waits for one.
const LATEST_MS: i64 = 2 * 3600 * 1000;

/// Something to be delivered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message's id, which every attempt carries.
    pub id: String,
    /// The ticket that it tells of.
    pub ticket_id: String,
    /// What happened: `ticket.created` or `ticket.updated`.
    pub event: String,
    /// When it happened.
    pub created_at: Timestamp,
    /// `pending`, `delivered` or `dead`.
    pub state: String,
    /// How many attempts there were, the present one included.
    pub attempts: u32,
    /// When it is tried next.
    pub next_at: Timestamp,
    /// Why the last attempt failed; may be empty.
    pub last_error: String,
}

#[derive(Debug, FromRow)]
struct Row {
    id: String,
    ticket_id: String,
    event: String,
    created_at: i64,
    state: String,
    attempts: i64,
    next_at: i64,
    last_error: String,
}

impl From<Row> for Delivery {
    fn from(row: Row) -> Self {
        Delivery {
            id: row.id,
            ticket_id: row.ticket_id,
            event: row.event,
            created_at: instant(row.created_at),
            state: row.state,
            attempts: u32::try_from(row.attempts).unwrap_or(u32::MAX),
            next_at: instant(row.next_at),
            last_error: row.last_error,
        }
    }
}

/// How an attempt failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed<'a> {
    /// Why, in words.
    pub error: &'a str,
    /// When to try again; never, when it is a dead letter.
    pub again_at: Option<Timestamp>,
}

impl Store {
    /// Claims deliveries that are due, for `lease_ms` milliseconds, and counts the attempt. One that is due or claimed later
    /// than anybody would have it was put down by a clock that was wrong; it is due now.
    ///
    /// Whether a claim is over is told by one clock for all who claim: the database server's, however far theirs are from it.
    /// A file is claimed from on one machine, whose clock is `now`.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn claim_deliveries(
        &self,
        most: u32,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<Vec<Delivery>, StoreError> {
        let (now, most) = (millis(now), i64::from(most));
        let latest = now.saturating_add(LATEST_MS);
        // SQLite has one writer, so that nobody else can be at the same rows; PostgreSQL passes over rows that are taken.
        let rows: Vec<Row> = match self.pool()? {
            Pool::Sqlite { write, .. } => sqlx::query_as(
                "UPDATE outbox SET claimed_until = $2 + $1, attempts = attempts + 1 WHERE id IN (SELECT id FROM outbox \
                 WHERE state = 'pending' AND (next_at <= $2 OR next_at > $4) \
                 AND (claimed_until <= $2 OR claimed_until > $2 + 2 * $1) ORDER BY next_at LIMIT $3) \
                 RETURNING id, ticket_id, event, created_at, state, attempts, next_at, last_error",
            )
            .bind(lease_ms)
            .bind(now)
            .bind(most)
            .bind(latest)
            .fetch_all(write)
            .await?,
            Pool::Postgres(db) => {
                sqlx::query_as(
                    "WITH clock AS (SELECT (EXTRACT(EPOCH FROM statement_timestamp()) * 1000)::BIGINT AS now) \
                 UPDATE outbox SET claimed_until = (SELECT now FROM clock) + $1, attempts = attempts + 1 \
                 WHERE id IN (SELECT id FROM outbox WHERE state = 'pending' AND (next_at <= $2 OR next_at > $4) \
                 AND (claimed_until <= (SELECT now FROM clock) OR claimed_until > (SELECT now FROM clock) + 2 * $1) \
                 ORDER BY next_at LIMIT $3 FOR UPDATE SKIP LOCKED) \
                 RETURNING id, ticket_id, event, created_at, state, attempts, next_at, last_error",
                )
                .bind(lease_ms)
                .bind(now)
                .bind(most)
                .bind(latest)
                .fetch_all(db)
                .await?
            }
        };
        Ok(rows.into_iter().map(Delivery::from).collect())
    }

    /// Records that a delivery arrived.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn delivered(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        write_one!(self, db => sqlx::query(
            "UPDATE outbox SET state = 'delivered', delivered_at = $1, claimed_until = 0, last_error = '' WHERE id = $2")
            .bind(millis(now)).bind(id).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Records that an attempt failed.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn not_delivered(&self, id: &str, failed: &Failed<'_>) -> Result<(), StoreError> {
        let state = if failed.again_at.is_some() { "pending" } else { "dead" };
        let next = failed.again_at.map(millis).unwrap_or_default();
        write_one!(self, db => sqlx::query(
            "UPDATE outbox SET state = $1, next_at = $2, claimed_until = 0, last_error = $3 WHERE id = $4")
            .bind(state).bind(next).bind(plain(failed.error)).bind(id).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Makes a dead letter due again; tells whether there is one of that id.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn revive_delivery(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let pool = self.pool()?;
        Ok(write_all!(pool, tx => {
            sqlx::query("UPDATE outbox SET state = 'pending', attempts = 0, next_at = $1 WHERE id = $2 AND state = 'dead'")
                .bind(millis(now)).bind(id).execute(&mut *tx).await?.rows_affected() > 0
        }))
    }

    /// Returns the deliveries in a state, oldest first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn deliveries(&self, state: &str, most: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows: Vec<Row> = read!(self, db => sqlx::query_as(
            "SELECT id, ticket_id, event, created_at, state, attempts, next_at, last_error FROM outbox \
             WHERE state = $1 ORDER BY created_at, id LIMIT $2")
            .bind(state).bind(i64::from(most)).fetch_all(db).await?);
        Ok(rows.into_iter().map(Delivery::from).collect())
    }
}
