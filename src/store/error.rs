//! What goes wrong between the program and its database.

use sqlx::sqlite::SqliteError;

/// Says why the store cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later version of the program has changed the database.
    #[error(
        "the database {place} is newer than this program: it has migration {version}, and this program knows none after \
         {known}; start the newer program, or restore a backup into a new database"
    )]
    Newer {
        /// Where the database is.
        place: String,
        /// The migration that only the newer program knows.
        version: i64,
        /// The last one that this program knows.
        known: i64,
    },
    /// Somebody edited a migration that had been run.
    #[error("migration {version} in the database {place} is not the one that this program has; restore a backup")]
    Changed {
        /// Where the database is.
        place: String,
        /// The migration.
        version: i64,
    },
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
    #[error(
        "cannot take over the turns that an earlier run left in {}: {source}; make room on the disk, and see that the \
         database may be written",
        dir.display()
    )]
    Journal {
        /// The data folder.
        dir: std::path::PathBuf,
        /// Why not.
        source: StoreError,
    },
    /// The database refused.
    #[error("cannot open the database {place}: {source}; {}", remedy(source))]
    Refused {
        /// Where the database is, without a password.
        place: String,
        /// Why not.
        source: sqlx::Error,
    },
}

/// Says why something was not stored or found.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database does not answer now; the same may work later.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// The database is there and takes nothing: its disk is full, fails or may only be read, or the file is damaged.
    #[error("the database cannot be written: {0}")]
    Unwritable(String),
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

    /// Tells whether the cause is the database or the disk, and not what was to be stored: the same may work later.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, StoreError::Away(_) | StoreError::Unwritable(_) | StoreError::File(_))
    }

    pub(crate) fn away() -> Self {
        StoreError::Away("it did not answer when it was last asked".to_owned())
    }

    /// Returns the same for another who waits for it.
    pub(crate) fn again(&self) -> Self {
        match self {
            StoreError::Away(_) => StoreError::away(),
            StoreError::Unwritable(why) => StoreError::Unwritable(why.clone()),
            StoreError::File(cause) => StoreError::Unwritable(cause.to_string()),
            other => StoreError::Damaged(other.to_string()),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match nature(&error) {
            Nature::Away => StoreError::Away(error.to_string()),
            Nature::Full | Nature::ReadOnly | Nature::Broken => StoreError::Unwritable(error.to_string()),
            Nature::Refused => StoreError::Refused(error),
        }
    }
}

impl From<serde_json::Error> for StoreError {
    fn from(error: serde_json::Error) -> Self {
        StoreError::Damaged(error.to_string())
    }
}

/// Tells a database that is not there from one that says no.
pub(crate) fn is_away(error: &sqlx::Error) -> bool {
    matches!(nature(error), Nature::Away)
}

/// Tells whether nothing but the right to write is missing.
pub(crate) fn is_read_only(error: &sqlx::Error) -> bool {
    matches!(nature(error), Nature::ReadOnly)
}

/// What a database means by an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    /// It does not answer, or is busy.
    Away,
    /// It has no room.
    Full,
    /// It may not be written.
    ReadOnly,
    /// The file or the disk is damaged.
    Broken,
    /// It does not take this.
    Refused,
}

fn nature(error: &sqlx::Error) -> Nature {
    match error {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::Protocol(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => Nature::Away,
        sqlx::Error::Database(cause) => {
            let code = cause.code().unwrap_or_default();
            if cause.try_downcast_ref::<SqliteError>().is_some() { of_sqlite(&code) } else { of_postgres(&code) }
        }
        _ => Nature::Refused,
    }
}

/// Reads a result code of SQLite; what is more exact about it stands in the higher bits.
fn of_sqlite(code: &str) -> Nature {
    match code.parse::<u32>().map(|code| code & 0xff) {
        // Another process has the file locked.
        Ok(5 | 6) => Nature::Away,
        Ok(13) => Nature::Full,
        Ok(8 | 14) => Nature::ReadOnly,
        Ok(7 | 10 | 11 | 26) => Nature::Broken,
        _ => Nature::Refused,
    }
}

fn of_postgres(code: &str) -> Nature {
    match code {
        "53100" => Nature::Full,
        "25006" => Nature::ReadOnly,
        "58030" | "XX001" | "XX002" => Nature::Broken,
        // A transaction that lost a race.
        "40001" | "40P01" => Nature::Away,
        // Connection, no resources, shutting down or starting up.
        code if ["08", "53", "57P"].iter().any(|class| code.starts_with(class)) => Nature::Away,
        _ => Nature::Refused,
    }
}

/// Says what to do about a database that cannot be opened.
fn remedy(error: &sqlx::Error) -> &'static str {
    let of_file = matches!(error, sqlx::Error::Database(cause) if cause.try_downcast_ref::<SqliteError>().is_some());
    match nature(error) {
        Nature::Full => "make room on its disk",
        Nature::ReadOnly if of_file => "see that this user may write the file, and make files beside it",
        Nature::ReadOnly => "see that it is no standby, and that the user may write",
        Nature::Broken => {
            "see that its disk is sound and has room; a file that is damaged, or none of ours, has to be moved away, and a \
             backup fills a new one with `zhida db restore`"
        }
        Nature::Away if of_file => "another process holds it; see which, and try again",
        Nature::Away | Nature::Refused => {
            "see that the server runs, and that database_url names it, the user and the database"
        }
    }
}
