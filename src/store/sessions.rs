//! Sign-ins. The database holds hashes of tokens, so that who reads it cannot sign in.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::model::Session;
use crate::store::agents::role;
use crate::store::pool::{read, write_all, write_one};
use crate::store::{Store, StoreError, instant, millis};

#[derive(Debug, FromRow)]
struct Row {
    agent: String,
    role: String,
    created_at: i64,
    last_at: i64,
}

impl Store {
    /// Opens a session for an agent who has signed in, and clears away those that ran out.
    ///
    /// # Errors
    /// When the database is away or refuses, as it does for an agent who does not exist.
    pub async fn open_session(
        &self,
        token_hash: &str,
        agent: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        let at = millis(now);
        let pool = self.pool()?;
        write_all!(pool, tx => {
            sqlx::query("DELETE FROM sessions WHERE expires_at <= $1").bind(at).execute(&mut *tx).await?;
            sqlx::query("INSERT INTO sessions (token_hash, agent, created_at, last_at, expires_at) \
                         VALUES ($1, $2, $3, $4, $5)")
                .bind(token_hash).bind(agent).bind(at).bind(at).bind(millis(expires)).execute(&mut *tx).await?;
            sqlx::query("UPDATE agents SET last_login_at = $1 WHERE name = $2")
                .bind(at).bind(agent).execute(&mut *tx).await?;
        });
        Ok(())
    }

    /// Returns who holds a session; none when it ran out or never was.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn session(&self, token_hash: &str, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let row: Option<Row> = read!(self, db => sqlx::query_as(
            "SELECT s.agent, a.role, s.created_at, s.last_at FROM sessions s JOIN agents a ON a.name = s.agent \
             WHERE s.token_hash = $1 AND s.expires_at > $2")
            .bind(token_hash).bind(millis(now)).fetch_optional(db).await?);
        row.map(|row| {
            Ok(Session {
                role: role(&row.role)?,
                agent: row.agent,
                created_at: instant(row.created_at),
                last_at: instant(row.last_at),
            })
        })
        .transpose()
    }

    /// Records that a session was used, and when it will run out.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn prolong_session(
        &self,
        token_hash: &str,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        write_one!(self, db => sqlx::query("UPDATE sessions SET last_at = $1, expires_at = $2 WHERE token_hash = $3")
            .bind(millis(now)).bind(millis(expires)).bind(token_hash).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn close_session(&self, token_hash: &str) -> Result<(), StoreError> {
        write_one!(self, db => sqlx::query("DELETE FROM sessions WHERE token_hash = $1")
            .bind(token_hash).execute(db).await.map(drop))?;
        Ok(())
    }
}
