//! Agents' accounts.

use jiff::Timestamp;
use sqlx::FromRow;

use crate::model::{Agent, Role};
use crate::store::pool::{read, write_all, write_one};
use crate::store::{Store, StoreError, instant, millis};

#[derive(Debug, FromRow)]
struct Row {
    name: String,
    role: String,
    created_at: i64,
    last_login_at: Option<i64>,
}

impl Row {
    fn read(self) -> Result<Agent, StoreError> {
        Ok(Agent {
            role: role(&self.role)?,
            name: self.name,
            created_at: instant(self.created_at),
            last_login_at: self.last_login_at.map(instant),
        })
    }
}

pub(crate) fn role(word: &str) -> Result<Role, StoreError> {
    word.parse().map_err(StoreError::Damaged)
}

impl Store {
    /// Makes an account; tells whether the name was free. `password_hash` is a PHC string, or empty for an agent who
    /// signs in elsewhere.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn add_agent(
        &self,
        name: &str,
        role: Role,
        password_hash: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let done = write_one!(self, db => sqlx::query(
            "INSERT INTO agents (name, role, password_hash, created_at, last_login_at) VALUES ($1, $2, $3, $4, NULL) \
             ON CONFLICT (name) DO NOTHING")
            .bind(name).bind(role.as_str()).bind(password_hash).bind(millis(now))
            .execute(db).await.map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Returns the accounts by name.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn agents(&self) -> Result<Vec<Agent>, StoreError> {
        let rows: Vec<Row> = read!(self, db =>
            sqlx::query_as("SELECT name, role, created_at, last_login_at FROM agents ORDER BY name").fetch_all(db).await?);
        rows.into_iter().map(Row::read).collect()
    }

    /// Returns an account.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn agent(&self, name: &str) -> Result<Option<Agent>, StoreError> {
        let row: Option<Row> = read!(self, db =>
            sqlx::query_as("SELECT name, role, created_at, last_login_at FROM agents WHERE name = $1")
                .bind(name).fetch_optional(db).await?);
        row.map(Row::read).transpose()
    }

    /// Returns the hash of an agent's password; none when there is no such agent.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn password_hash(&self, name: &str) -> Result<Option<String>, StoreError> {
        let row: Option<(String,)> = read!(self, db =>
            sqlx::query_as("SELECT password_hash FROM agents WHERE name = $1").bind(name).fetch_optional(db).await?);
        Ok(row.map(|(hash,)| hash))
    }

    /// Changes a password and ends the agent's sessions but the one that is named; tells whether there is such an agent.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn set_password(&self, name: &str, hash: &str, keep_session: Option<&str>) -> Result<bool, StoreError> {
        let pool = self.pool()?;
        Ok(write_all!(pool, tx => {
            sqlx::query("DELETE FROM sessions WHERE agent = $1 AND token_hash <> $2")
                .bind(name).bind(keep_session.unwrap_or_default()).execute(&mut *tx).await?;
            sqlx::query("UPDATE agents SET password_hash = $1 WHERE name = $2")
                .bind(hash).bind(name).execute(&mut *tx).await?.rows_affected() > 0
        }))
    }

    /// Changes what an agent may do; tells whether there is such an agent.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn set_role(&self, name: &str, role: Role) -> Result<bool, StoreError> {
        let done = write_one!(self, db => sqlx::query("UPDATE agents SET role = $1 WHERE name = $2")
            .bind(role.as_str()).bind(name).execute(db).await.map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }

    /// Removes an account; its sessions end and its tickets are nobody's. Tells whether there was one.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn remove_agent(&self, name: &str) -> Result<bool, StoreError> {
        let done = write_one!(self, db => sqlx::query("DELETE FROM agents WHERE name = $1")
            .bind(name).execute(db).await.map(|done| done.rows_affected()))?;
        Ok(done > 0)
    }
}
