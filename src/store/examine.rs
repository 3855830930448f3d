//! A look at the database that changes nothing, for those who want to know whether a server could start on it.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, PgConnection, SqliteConnection};

use crate::store::error::{OpenError, is_read_only};
use crate::store::journal::REJECTED;
use crate::store::migrate::newest;
use crate::store::{FILE, JOURNAL, Settings, instant};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

/// What was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examined {
    /// Where the database is, without a password.
    pub place: String,
    /// Whether there are tables of ours.
    pub exists: bool,
    /// The last migration that was run on it.
    pub migration: i64,
    /// The last migration that this program knows.
    pub newest: i64,
    /// What the database says is broken in it; empty when nothing is.
    pub damage: String,
    /// The server's clock, where there is a server.
    pub clock: Option<Timestamp>,
}

/// Returns the file of turns that no database took, where there is one.
#[must_use]
pub fn rejected(settings: &Settings) -> Option<PathBuf> {
    Some(settings.data.join(JOURNAL).join(REJECTED)).filter(|file| file.exists())
}

/// Looks at the database that the settings name.
///
/// # Errors
/// When it cannot be opened.
pub async fn examine(settings: &Settings) -> Result<Examined, OpenError> {
    let looked = async {
        match &settings.url {
            Some(url) => of_server(url, settings).await,
            None => of_file(settings).await,
        }
    };
    let late = || OpenError::Refused { place: settings.place(), source: sqlx::Error::PoolTimedOut };
    tokio::time::timeout(PATIENCE, looked).await.unwrap_or_else(|_| Err(late()))
}

async fn of_server(url: &str, settings: &Settings) -> Result<Examined, OpenError> {
    let options: PgConnectOptions = url.parse().map_err(|_| OpenError::Address)?;
    let refused = |source| OpenError::Refused { place: settings.place(), source };
    let mut server = PgConnection::connect_with(&options).await.map_err(refused)?;
    let (now,): (i64,) = sqlx::query_as("SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT")
        .fetch_one(&mut server)
        .await
        .map_err(refused)?;
    let migration: Option<(Option<i64>,)> =
        sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations").fetch_optional(&mut server).await.ok().flatten();
    let migration = migration.and_then(|(version,)| version);
    Ok(Examined {
        place: settings.place(),
        exists: migration.is_some(),
        migration: migration.unwrap_or_default(),
        newest: newest(),
        damage: String::new(),
        clock: Some(instant(now)),
    })
}

async fn of_file(settings: &Settings) -> Result<Examined, OpenError> {
    let file = settings.data.join(FILE);
    let mut examined = Examined {
        place: settings.place(),
        exists: false,
        migration: 0,
        newest: newest(),
        damage: String::new(),
        clock: None,
    };
    if !file.exists() {
        return Ok(examined);
    }
    let options = SqliteConnectOptions::new().filename(&file).read_only(true);
    let looked = match look(&options).await {
        // Beside a file on a disk that may only be read nobody can make what its readers share.
        Err(cause) if is_read_only(&cause) => look(&options.immutable(true)).await,
        looked => looked,
    };
    let (answer, migration) = looked.map_err(|source| OpenError::Refused { place: settings.place(), source })?;
    if answer != "ok" {
        examined.damage = answer;
    }
    Ok(Examined { exists: migration.is_some(), migration: migration.unwrap_or_default(), ..examined })
}

/// Returns what SQLite says of a file's state, and its last migration.
async fn look(options: &SqliteConnectOptions) -> Result<(String, Option<i64>), sqlx::Error> {
    let mut database = SqliteConnection::connect_with(options).await?;
    let (answer,): (String,) = sqlx::query_as("PRAGMA quick_check(1)").fetch_one(&mut database).await?;
    let migration: Option<(Option<i64>,)> =
        sqlx::query_as("SELECT MAX(version) FROM _sqlx_migrations").fetch_optional(&mut database).await.ok().flatten();
    Ok((answer, migration.and_then(|(version,)| version)))
}
