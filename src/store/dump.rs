//! The whole database as JSON Lines: backups that either database restores, and exports.
//!
//! The first line tells the format and the migration, the last how many records there are, so that a file that was cut
//! off is noticed. Each line between is one record: `{"table": …, "record": {…}}`.

use std::io::{BufRead, Write};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use sqlx::{Column as _, Row as _, TypeInfo as _};

use crate::store::pool::{Pool, write_all};
use crate::store::{Store, StoreError};

/// The format that this program writes, and the only one that it reads.
const FORMAT: u32 = 1;

/// Tables in an order in which none points to a later one, each with its key.
const TABLES: [(&str, &str); 11] = [
    ("agents", "name"),
    ("conversations", "id"),
    ("turns", "id"),
    ("feedback", "id"),
    ("searches", "id"),
    ("clicks", "id"),
    ("tickets", "id"),
    ("ticket_events", "id"),
    ("outbox", "id"),
    ("audit", "id"),
    ("api_keys", "id"),
];
/// What exports leave out: it is of use only to whoever restores.
const SECRETS: [(&str, &str); 2] = [("agents", "password_hash"), ("api_keys", "key_hash")];

/// What the file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// To be restored: everything but sessions, hashes of passwords and keys too.
    Backup,
    /// To be read elsewhere: without hashes.
    Export,
}

/// Says why a backup was not restored.
#[derive(Debug, thiserror::Error)]
pub enum RestoreError {
    /// The database refused or is away.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file cannot be read.
    #[error("the backup cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// A line is not what a backup holds.
    #[error("line {line} of the backup: {why}")]
    Line {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it.
        why: String,
    },
    /// The file ends before its last line.
    #[error("the backup is cut off: its last line is missing")]
    CutOff,
    /// There is something in the database.
    #[error("the database is not empty: {0} has records; restore into a new one")]
    NotEmpty(&'static str),
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    zhida: u32,
    migration: i64,
    purpose: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    table: String,
    record: Map<String, Value>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Tail {
    end: u64,
}

/// Reads one row of either database as JSON.
macro_rules! record {
    ($row:expr) => {{
        let row = $row;
        let mut record = Map::new();
        for (at, column) in row.columns().iter().enumerate() {
            let kind = column.type_info().name().to_owned();
            let value = match kind.as_str() {
                "BOOLEAN" | "BOOL" => row.try_get::<Option<bool>, _>(at)?.map(Value::from),
                "INTEGER" | "BIGINT" | "INT8" => row.try_get::<Option<i64>, _>(at)?.map(Value::from),
                "NULL" => row.try_get::<Option<String>, _>(at).ok().flatten().map(Value::from),
                _ => row.try_get::<Option<String>, _>(at)?.map(Value::from),
            };
            record.insert(column.name().to_owned(), value.unwrap_or(Value::Null));
        }
        record
    }};
}

/// Writes every record of every table inside one transaction that sees one moment.
macro_rules! dump {
    ($begin:expr, $purpose:expr, $out:expr, $progress:expr) => {{
        let mut tx = $begin;
        let mut written = 0_u64;
        let (mut all,) = (0_u64,);
        for (table, _) in TABLES {
            let count = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
            let (n,): (i64,) = sqlx::query_as(count).fetch_one(&mut *tx).await?;
            all += u64::try_from(n).unwrap_or(0);
        }
        for (table, key) in TABLES {
            let mut last = String::new();
            loop {
                let page =
                    sqlx::AssertSqlSafe(format!("SELECT * FROM {table} WHERE {key} > $1 ORDER BY {key} LIMIT 500"));
                let rows = sqlx::query(page).bind(&last).fetch_all(&mut *tx).await?;
                let Some(end) = rows.last() else { break };
                last = end.try_get::<String, _>(key)?;
                for row in &rows {
                    let mut record = record!(row);
                    if $purpose == Purpose::Export {
                        for (_, secret) in SECRETS.iter().filter(|(of, _)| *of == table) {
                            record.remove(*secret);
                        }
                    }
                    serde_json::to_writer(&mut *$out, &Line { table: table.to_owned(), record })?;
                    $out.write_all(b"\n")?;
                    written += 1;
                }
                $progress(written, all);
            }
        }
        written
    }};
}

impl Store {
    /// Writes the database as it is at one moment; returns how many records there are. `progress` hears how many of how
    /// many are written.
    ///
    /// # Errors
    /// When the database is away or refuses, or the file cannot be written.
    pub async fn dump(
        &self,
        purpose: Purpose,
        out: &mut (dyn Write + Send),
        progress: &(dyn Fn(u64, u64) + Sync),
    ) -> Result<u64, StoreError> {
        self.flush().await?;
        let name = if purpose == Purpose::Backup { "backup" } else { "export" };
        let head = Head { zhida: FORMAT, migration: crate::store::migrate::newest(), purpose: name.to_owned() };
        serde_json::to_writer(&mut *out, &head)?;
        out.write_all(b"\n")?;
        let written = match self.pool()? {
            Pool::Sqlite { read, .. } => dump!(read.begin().await?, purpose, out, progress),
            Pool::Postgres(db) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                dump!(db.begin_with(begin).await?, purpose, out, progress)
            }
        };
        serde_json::to_writer(&mut *out, &Tail { end: written })?;
        out.write_all(b"\n")?;
        out.flush()?;
        Ok(written)
    }

    /// Fills an empty database from a backup, all of it or nothing; returns how many records there are.
    ///
    /// # Errors
    /// When the file is no whole backup of this or an earlier version, or the database is not empty, refuses or is away.
    pub async fn restore(
        &self,
        backup: &mut (dyn BufRead + Send),
        progress: &(dyn Fn(u64) + Sync),
    ) -> Result<u64, RestoreError> {
        let pool = self.pool()?;
        let mut lines = backup.lines().enumerate();
        let wrong = |at: usize, why: &dyn std::fmt::Display| RestoreError::Line { line: at + 1, why: why.to_string() };
        let (_, first) = lines.next().ok_or(RestoreError::CutOff)?;
        let head: Head = serde_json::from_str(&first?).map_err(|_| wrong(0, &"this is no backup of zhida's"))?;
        if head.zhida != FORMAT || head.migration > crate::store::migrate::newest() {
            return Err(wrong(0, &"a newer program has written this backup; restore it with that"));
        }
        if head.purpose != "backup" {
            return Err(wrong(0, &"this is an export, which lacks what a backup has"));
        }
        let restored = write_all!(pool, tx => {
            for (table, _) in TABLES {
                let query = sqlx::AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
                let (n,): (i64,) = sqlx::query_as(query).fetch_one(&mut *tx).await.map_err(StoreError::from)?;
                if n > 0 {
                    return Err(RestoreError::NotEmpty(table));
                }
            }
            let mut count = 0_u64;
            let mut whole = false;
            for (at, line) in lines {
                let line = line?;
                if let Ok(tail) = serde_json::from_str::<Tail>(&line) {
                    if tail.end != count {
                        return Err(wrong(at, &format!("{} records are announced and {count} are there", tail.end)));
                    }
                    whole = true;
                    break;
                }
                let Line { table, record } = serde_json::from_str(&line).map_err(|cause| wrong(at, &cause))?;
                let table = TABLES.iter().map(|(t, _)| *t).find(|t| *t == table)
                    .ok_or_else(|| wrong(at, &format!("there is no table `{table}`")))?;
                let sound = |name: &str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
                if record.is_empty() || !record.keys().all(|name| sound(name)) {
                    return Err(wrong(at, &"a column's name is not one of ours"));
                }
                let names: Vec<&str> = record.keys().map(String::as_str).collect();
                // A NULL that is bound has a type, which PostgreSQL compares with the column's; one that is written has not.
                let mut next = 0;
                let marks: Vec<String> = record.values().map(|value| {
                    if value.is_null() {
                        "NULL".to_owned()
                    } else {
                        next += 1;
                        format!("${next}")
                    }
                }).collect();
                let insert = format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), marks.join(", "));
                let mut query = sqlx::query(sqlx::AssertSqlSafe(insert));
                for value in record.values() {
                    query = match value {
                        Value::Null => query,
                        Value::Bool(b) => query.bind(*b),
                        Value::Number(n) => query.bind(n.as_i64().unwrap_or_default()),
                        Value::String(s) => query.bind(s.clone()),
                        other => query.bind(other.to_string()),
                    };
                }
                query.execute(&mut *tx).await.map_err(|cause| match StoreError::from(cause) {
                    away if away.is_away() => RestoreError::Store(away),
                    refused => wrong(at, &refused),
                })?;
                count += 1;
                if count.is_multiple_of(500) {
                    progress(count);
                }
            }
            if !whole {
                return Err(RestoreError::CutOff);
            }
            count
        });
        Ok(restored)
    }
}

impl From<sqlx::Error> for RestoreError {
    fn from(cause: sqlx::Error) -> Self {
        RestoreError::Store(cause.into())
    }
}
