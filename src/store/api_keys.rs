//! API keys. The database holds their hashes.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::model::ApiKey;
use crate::store::pool::{read, write_one};
use crate::store::{Store, StoreError, instant, millis, plain};

/// A key that was just made.
#[derive(Debug, Clone, Copy)]
pub struct NewApiKey<'a> {
    /// The first letters of the key.
    pub id: &'a str,
    /// The hash of the whole key.
    pub key_hash: &'a str,
    /// What it is for.
    pub name: &'a str,
    /// What it may do.
    pub scopes: &'a [String],
    /// Who made it.
    pub created_by: &'a str,
}

#[derive(Debug, FromRow)]
struct Row {
    id: String,
    name: String,
    scopes: String,
    created_at: i64,
    created_by: String,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<ApiKey, StoreError> {
        Ok(ApiKey {
            id: self.id,
            name: self.name,
            scopes: serde_json::from_str(&self.scopes)?,
            created_at: instant(self.created_at),
            created_by: self.created_by,
            last_used_at: self.last_used_at.map(instant),
            revoked_at: self.revoked_at.map(instant),
        })
    }
}

impl Store {
    /// Keeps a key.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn add_api_key(&self, key: &NewApiKey<'_>, now: Timestamp) -> Result<(), StoreError> {
        let scopes = serde_json::to_string(key.scopes)?;
        write_one!(self, db => sqlx::query(
            "INSERT INTO api_keys (id, name, key_hash, scopes, created_at, created_by, last_used_at, revoked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, NULL, NULL)")
            .bind(key.id).bind(plain(key.name)).bind(key.key_hash).bind(scopes).bind(millis(now)).bind(key.created_by)
            .execute(db).await.map(drop))?;
        Ok(())
    }

    /// Returns every key, the newest first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn api_keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let rows: Vec<Row> = read!(self, db => sqlx::query_as(
            "SELECT id, name, scopes, created_at, created_by, last_used_at, revoked_at FROM api_keys \
             ORDER BY created_at DESC, id").fetch_all(db).await?);
        rows.into_iter().map(Row::read).collect()
    }

    /// Returns the key with a hash, unless it was revoked.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn api_key(&self, key_hash: &str) -> Result<Option<ApiKey>, StoreError> {
        let row: Option<Row> = read!(self, db => sqlx::query_as(
            "SELECT id, name, scopes, created_at, created_by, last_used_at, revoked_at FROM api_keys \
             WHERE key_hash = $1 AND revoked_at IS NULL").bind(key_hash).fetch_optional(db).await?);
        row.map(Row::read).transpose()
    }

    /// Records that a key was used.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn api_key_used(&self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        write_one!(self, db => sqlx::query("UPDATE api_keys SET last_used_at = $1 WHERE id = $2")
            .bind(millis(now)).bind(id).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Revokes a key for good; tells whether there was one to revoke.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn revoke_api_key(&self, id: &str, now: Timestamp) -> Result<bool, StoreError> {
        let done = write_one!(self, db => sqlx::query(
            "UPDATE api_keys SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL")
            .bind(millis(now)).bind(id).execute(db).await.map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }
}
