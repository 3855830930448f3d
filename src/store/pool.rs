//! The two databases behind one closed enum.
//!
//! Both accept the same statements with `$1` markers, so a record's file writes each statement once and the macros below
//! run it on whichever is open.

use std::path::Path;
use std::str::FromStr as _;
use std::time::Duration;

use sqlx::Connection as _;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};

use crate::store::error::OpenError;

/// How long a request waits for a connection before it is told that the database is away.
const ACQUIRE: Duration = Duration::from_secs(2);
/// How long SQLite waits for another process, such as `zhida agent add`, that is writing.
const BUSY: Duration = Duration::from_secs(5);

/// The open database.
#[derive(Debug, Clone)]
pub(crate) enum Pool {
    /// A file. SQLite has one writer at a time, so that writers queue for the one connection and never collide.
    Sqlite { read: SqlitePool, write: SqlitePool },
    /// A server, which other replicas use too.
    Postgres(PgPool),
}

impl Pool {
    /// Opens the file, and makes it where there is none.
    pub(crate) async fn sqlite(file: &Path) -> Result<Self, OpenError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .foreign_keys(true)
            // Readers go on while the writer writes.
            .journal_mode(SqliteJournalMode::Wal)
            // A commit is on the disk before it is acknowledged: it outlives a power cut, not only the process. What
            // must be quick (turns, searches) is written in batches behind the answer, so that nobody waits for it.
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(BUSY)
            .optimize_on_close(true, 400);
        let pool = |most: u32| {
            SqlitePoolOptions::new()
                .max_connections(most)
                .acquire_timeout(Duration::from_secs(10))
                // On a full disk SQLite itself ends a transaction, and the connection goes on believing in it.
                .before_acquire(|connection, _| Box::pin(async { Ok(!connection.is_in_transaction()) }))
        };
        let refused = |source| OpenError::Refused { place: file.display().to_string(), source };
        let write = pool(1).connect_with(options.clone()).await.map_err(refused)?;
        let read = pool(4).connect_with(options).await.map_err(refused)?;
        Ok(Pool::Sqlite { read, write })
    }

    /// Prepares connections to a server; it need not be there yet.
    pub(crate) fn postgres(url: &str) -> Result<Self, OpenError> {
        // The cause may repeat the address, which holds a password.
        let options = PgConnectOptions::from_str(url).map_err(|_| OpenError::Address)?;
        let options = options.application_name("zhida").options([("statement_timeout", "10s")]);
        Ok(Pool::Postgres(PgPoolOptions::new().max_connections(16).acquire_timeout(ACQUIRE).connect_lazy_with(options)))
    }

    /// Tells whether other processes are expected to change what this one remembers.
    pub(crate) fn is_shared(&self) -> bool {
        matches!(self, Pool::Postgres(_))
    }

    pub(crate) async fn ping(&self) -> Result<(), sqlx::Error> {
        match self {
            Pool::Sqlite { read, .. } => sqlx::query("SELECT 1").execute(read).await.map(drop),
            Pool::Postgres(pool) => sqlx::query("SELECT 1").execute(pool).await.map(drop),
        }
    }

    pub(crate) async fn close(&self) {
        match self {
            Pool::Sqlite { read, write } => {
                read.close().await;
                write.close().await;
            }
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

/// How many rows one statement inserts: few different numbers, so that each statement is prepared once.
const ROWS: [usize; 3] = [64, 8, 1];

/// Cuts rows into as many as one statement inserts, in order. A statement costs more than a row does.
pub(crate) fn by_statement<T>(rows: &[T]) -> impl Iterator<Item = &[T]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let count = ROWS.into_iter().find(|count| *count <= rest.len())?;
        let (now, later) = rest.split_at(count);
        rest = later;
        Some(now)
    })
}

/// Evaluates an expression with the pool that reads.
macro_rules! read {
    ($store:expr, $db:ident => $body:expr) => {
        match $store.pool()? {
            $crate::store::pool::Pool::Sqlite { read: $db, .. } => $body,
            $crate::store::pool::Pool::Postgres($db) => $body,
        }
    };
}

/// Evaluates an expression with the pool that writes; for one statement, which is a transaction by itself.
macro_rules! write_one {
    ($store:expr, $db:ident => $body:expr) => {
        match $store.pool()? {
            $crate::store::pool::Pool::Sqlite { write: $db, .. } => $body,
            $crate::store::pool::Pool::Postgres($db) => $body,
        }
    };
}

/// Runs a block inside a transaction, which is rolled back when the block returns early with `?`.
macro_rules! write_all {
    ($pool:expr, $tx:ident => $body:block) => {
        match $pool {
            $crate::store::pool::Pool::Sqlite { write, .. } => {
                // The lock is taken at once: one that is upgraded later can fail against another process.
                let mut $tx = write.begin_with("BEGIN IMMEDIATE").await?;
                let out = $body;
                $tx.commit().await?;
                out
            }
            $crate::store::pool::Pool::Postgres(pool) => {
                let mut $tx = pool.begin().await?;
                let out = $body;
                $tx.commit().await?;
                out
            }
        }
    };
}

pub(crate) use {read, write_all, write_one};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_in_order_into_few_sizes() {
        let rows: Vec<usize> = (0..75).collect();
        let cut: Vec<&[usize]> = by_statement(&rows).collect();
        assert_eq!(cut.iter().map(|rows| rows.len()).collect::<Vec<_>>(), [64, 8, 1, 1, 1]);
        assert_eq!(cut.concat(), rows);
        assert_eq!(by_statement::<u8>(&[]).count(), 0);
    }
}
