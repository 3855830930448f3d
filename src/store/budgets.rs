//! Budgets that all servers on one database count together: so many requests within a window, all at once if need be.
//!
//! Of each client one instant is kept: when its whole budget is there again. A request moves it on by what one request
//! takes, and is refused where that would be beyond the window. The database's clock counts, which all servers share.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::store::pool::Pool;
use crate::store::{Store, StoreError};

/// How often, in requests, those are forgotten whose budget is whole again.
const TIDY: u32 = 256;

/// How a request of a shared budget fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// How many more there may be now.
    pub remaining: u32,
    /// How long to wait for the next one; none when this one is granted.
    pub wait: Option<Duration>,
}

/// `$1` and `$2` are the kind and the client, `$3` what one request takes, `$4` the window. What is beyond the window is
/// of a clock that was wrong.
const SPEND: &str = "WITH clock AS (SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT AS now) \
    INSERT INTO budgets AS b (kind, client, full_at) SELECT $1, $2, now + $3 FROM clock \
    ON CONFLICT (kind, client) DO UPDATE SET full_at = CASE WHEN b.full_at > excluded.full_at - $3 + $4 \
        THEN excluded.full_at ELSE GREATEST(b.full_at, excluded.full_at - $3) + $3 END \
    WHERE b.full_at > excluded.full_at - $3 + $4 OR b.full_at + $3 <= excluded.full_at - $3 + $4 \
    RETURNING b.full_at - (SELECT now FROM clock)";

const LEFT: &str = "SELECT full_at - (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT FROM budgets \
    WHERE kind = $1 AND client = $2";

const FORGET: &str = "DELETE FROM budgets WHERE full_at < (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::BIGINT";

impl Store {
    /// Spends one request of a client's budget of `most` requests within a window; none where no other server counts with
    /// this one.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn spend(
        &self,
        kind: &str,
        client: &str,
        most: NonZeroU32,
        window: Duration,
    ) -> Result<Option<Spent>, StoreError> {
        static ASKED: AtomicU32 = AtomicU32::new(0);
        let Pool::Postgres(db) = self.pool()? else { return Ok(None) };
        if ASKED.fetch_add(1, Ordering::Relaxed).is_multiple_of(TIDY) {
            sqlx::query(FORGET).execute(db).await?;
        }
        let window = i64::try_from(window.as_micros()).unwrap_or(i64::MAX / 4);
        let each = window / i64::from(most.get());
        let granted: Option<(i64,)> =
            sqlx::query_as(SPEND).bind(kind).bind(client).bind(each).bind(window).fetch_optional(db).await?;
        if let Some((spent,)) = granted {
            let left = (window - spent).max(0) / each.max(1);
            return Ok(Some(Spent { remaining: u32::try_from(left).unwrap_or(u32::MAX), wait: None }));
        }
        let left: Option<(i64,)> = sqlx::query_as(LEFT).bind(kind).bind(client).fetch_optional(db).await?;
        let wait = left.map_or(0, |(left,)| left + each - window);
        let wait = Duration::from_micros(u64::try_from(wait).unwrap_or_default());
        Ok(Some(Spent { remaining: 0, wait: Some(wait) }))
    }
}
