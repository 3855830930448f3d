//! What all servers on one database have in common, and the news between them.

use jiff::Timestamp;
use sqlx::postgres::PgListener;

use crate::store::pool::{Pool, read, write_all, write_one};
use crate::store::{Store, StoreError, millis};

/// The channel on which servers tell each other of new content.
const CHANNEL: &str = "zhida_content";
/// The name under which the content is kept that was published last.
const CONTENT: &str = "content";

/// The news of other servers' content, as it comes in.
#[derive(Debug)]
pub struct ContentNews {
    /// None where nobody else uses the database.
    listener: Option<PgListener>,
}

impl ContentNews {
    /// Waits for the next version that a server publishes, this one included; for ever where there is no other.
    ///
    /// # Errors
    /// When the database goes away. What was announced meanwhile is not told again.
    pub async fn next(&mut self) -> Result<String, StoreError> {
        match &mut self.listener {
            Some(listener) => Ok(listener.recv().await?.payload().to_owned()),
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

    /// Tells all servers which content this one serves from now on.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn announce_content(&self, version: &str, now: Timestamp) -> Result<(), StoreError> {
        self.share(CONTENT, version, now).await?;
        if let Pool::Postgres(db) = self.pool()? {
            sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(version).execute(db).await?;
        }
        Ok(())
    }

    /// Returns the version of the content that a server announced last.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn announced_content(&self) -> Result<Option<String>, StoreError> {
        self.shared(CONTENT).await
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

    /// Begins to listen for what other servers publish.
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
