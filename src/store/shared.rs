//! What all servers on one database have in common, and the news between them.

use jiff::Timestamp;
use sqlx::postgres::PgListener;

use crate::store::pool::{Pool, read, write_all, write_one};
use crate::store::{Store, StoreError, millis};

/// The channel on which servers tell each other of new content.
const CHANNEL: &str = "zhida_content";
/// What the name begins with under which a server keeps the version of the content that it serves.
const SERVER: &str = "server ";
/// A server that has not told of itself for so long is gone, in milliseconds. The database's clock measures it: those of
/// servers may differ.
const GONE: i64 = 15_000;
/// What such a server left is deleted after so long, in milliseconds.
const FORGOTTEN: i64 = 3_600_000;

/// The news of other servers' content, as it comes in.
#[derive(Debug)]
pub struct ContentNews {
    /// None where nobody else uses the database.
    listener: Option<PgListener>,
}

impl ContentNews {
    /// Waits until a server serves other content, this one included; for ever where there is no other.
    ///
    /// # Errors
    /// When the database goes away. What happened meanwhile is not told again.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        match &mut self.listener {
            Some(listener) => match listener.try_recv().await? {
                Some(_) => Ok(()),
                None => Err(StoreError::Away("the connection is lost".to_owned())),
            },
            None => std::future::pending().await,
        }
    }
}

impl Store {
    /// Returns the secret of a name that all servers share: the one that is kept, or `made`, which is kept then.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn shared_secret(&self, name: &str, made: &str, now: Timestamp) -> Result<String, StoreError> {
        let pool = self.pool()?;
        Ok(write_all!(pool, tx => {
            // Of two that come at once the second waits for the first, and reads what it wrote.
            sqlx::query("INSERT INTO shared (name, value, at) VALUES ($1, $2, $3) ON CONFLICT (name) DO NOTHING")
                .bind(name).bind(made).bind(millis(now)).execute(&mut *tx).await?;
            let (kept,): (String,) =
                sqlx::query_as("SELECT value FROM shared WHERE name = $1").bind(name).fetch_one(&mut *tx).await?;
            kept
        }))
    }

    /// Writes down which content a server serves, which has to be repeated every few seconds: one that falls silent is
    /// taken to be gone. Others are told at once where it is news.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn serve_content(&self, server: &str, version: &str, is_news: bool) -> Result<(), StoreError> {
        let Pool::Postgres(db) = self.pool()? else { return Ok(()) };
        sqlx::query(
            "INSERT INTO shared (name, value, at) \
             VALUES ($1, $2, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at",
        )
        .bind(format!("{SERVER}{server}"))
        .bind(version)
        .execute(db)
        .await?;
        if is_news {
            sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(version).execute(db).await?;
        }
        Ok(())
    }

    /// Returns the versions of the content that the other living servers serve, in order and each once.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn contents_of_others(&self, server: &str) -> Result<Vec<String>, StoreError> {
        let Pool::Postgres(db) = self.pool()? else { return Ok(Vec::new()) };
        sqlx::query(
            "DELETE FROM shared \
             WHERE starts_with(name, $1) AND at < (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $2",
        )
        .bind(SERVER)
        .bind(FORGOTTEN)
        .execute(db)
        .await?;
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT value FROM shared \
             WHERE starts_with(name, $1) AND name <> $2 \
             AND at > (extract(epoch FROM clock_timestamp()) * 1000)::bigint - $3 ORDER BY value",
        )
        .bind(SERVER)
        .bind(format!("{SERVER}{server}"))
        .bind(GONE)
        .fetch_all(db)
        .await?;
        Ok(rows.into_iter().map(|(version,)| version).collect())
    }

    /// Tells all servers that this one serves nothing any more.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn stop_serving(&self, server: &str) -> Result<(), StoreError> {
        let Pool::Postgres(db) = self.pool()? else { return Ok(()) };
        let name = format!("{SERVER}{server}");
        sqlx::query("DELETE FROM shared WHERE name = $1").bind(name).execute(db).await?;
        sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(db).await?;
        Ok(())
    }

    /// Keeps a value under a name, in place of the one before.
    pub(crate) async fn share(&self, name: &str, value: &str, now: Timestamp) -> Result<(), StoreError> {
        write_one!(self, db => sqlx::query(
            "INSERT INTO shared (name, value, at) VALUES ($1, $2, $3) \
             ON CONFLICT (name) DO UPDATE SET value = excluded.value, at = excluded.at")
            .bind(name).bind(value).bind(millis(now)).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Returns the value that is kept under a name.
    pub(crate) async fn shared(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = read!(self, db => sqlx::query_as("SELECT value FROM shared WHERE name = $1")
            .bind(name).fetch_optional(db).await?);
        Ok(row.map(|(value,)| value))
    }

    /// Begins to listen for other servers' content.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn content_news(&self) -> Result<ContentNews, StoreError> {
        let Pool::Postgres(db) = self.pool()? else { return Ok(ContentNews { listener: None }) };
        let mut listener = PgListener::connect_with(db).await?;
        listener.listen(CHANNEL).await?;
        Ok(ContentNews { listener: Some(listener) })
    }
}
