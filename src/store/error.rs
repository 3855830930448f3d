//! What goes wrong between the program and its database.

/// Says why the store cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later version of the program has changed the database.
    #[error(
        "the database is newer than this program: it has migration {version}, and this program knows none after {known}; \
         start the newer program, or restore a backup"
    )]
    Newer {
        /// The migration that only the newer program knows.
        version: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// Somebody edited a migration that had been run.
    #[error("migration {0} in the database is not the one that this program has; restore a backup")]
    Changed(i64),
    /// The data folder cannot be made or written.
    #[error("cannot use the data folder {}: {source}; make it writable, or choose another with --data", dir.display())]
    Folder {
        /// The folder.
        dir: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// `database_url` is not an address.
    #[error("database_url is not an address that PostgreSQL understands; write postgres://user@host/name")]
    Address,
    /// A journal of an earlier run cannot be taken over.
    #[error("cannot take over what an earlier run left in the data folder: {0}")]
    Journal(#[source] StoreError),
    /// The database refused.
    #[error("cannot open the database: {0}")]
    Refused(#[source] sqlx::Error),
}

/// Says why something was not stored or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer now; the same may work later.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The database answered with an error.
    #[error("the database refused: {0}")]
    Refused(#[source] sqlx::Error),
    /// A record in the database is not what this program writes.
    #[error("a record in the database cannot be read: {0}")]
    Damaged(String),
    /// A file in the data folder cannot be written.
    #[error("cannot write to the data folder: {0}")]
    File(#[from] std::io::Error),
}

impl StoreError {
    /// Tells whether the same may work when the database is back.
    #[must_use]
    pub fn is_away(&self) -> bool {
        matches!(self, StoreError::Away(_))
    }

    pub(crate) fn away() -> Self {
        StoreError::Away("it did not answer when it was last asked".to_owned())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        if is_away(&error) { StoreError::Away(error.to_string()) } else { StoreError::Refused(error) }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Damaged(error.to_string())
    }
}

/// Tells a database that is not there from one that says no.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        // PostgreSQL's classes 08 (connection), 53 (no resources) and 57P (shutting down or starting up); 40001 and
        // 40P01 are transactions that lost a race. SQLite's 5 and 6: another process has the file locked.
        sqlx::Error::Database(cause) => cause.code().is_some_and(|code| {
            ["08", "53", "57P"].iter().any(|class| code.starts_with(class))
                || ["40001", "40P01", "5", "6", "261", "517"].contains(&code.as_ref())
        }),
        _ => false,
    }
}
