//! The audit log: who saw and did what. Entries are added and, after their time, swept; nothing changes one.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::model::AuditEntry;
use crate::store::pool::{read, write_one};
use crate::store::{Store, StoreError, instant, millis, plain};

/// What is written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewAuditEntry<'a> {
    /// Who; for a failed sign-in, the name that was tried.
    pub agent: &'a str,
    /// What was done, such as `login` or `ticket.view`.
    pub action: &'a str,
    /// To what; may be empty.
    pub subject: &'a str,
    /// Anything else worth knowing; may be empty. Never a customer's words.
    pub detail: &'a str,
}

/// Failed sign-ins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailedLogins {
    /// Under the name, from anywhere.
    pub by_name: u64,
    /// From the address, under any name.
    pub by_address: u64,
    /// Under the name from the address.
    pub by_pair: u64,
}

#[derive(Debug, FromRow)]
struct Row {
    at: i64,
    agent: String,
    action: String,
    subject: String,
    detail: String,
}

impl Store {
    /// Writes an entry.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn audit(&self, entry: &NewAuditEntry<'_>, now: Timestamp) -> Result<(), StoreError> {
        write_one!(self, db => sqlx::query(
            "INSERT INTO audit (id, at, agent, action, subject, detail) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(Uuid::now_v7().to_string()).bind(millis(now)).bind(plain(entry.agent)).bind(entry.action)
            .bind(plain(entry.subject)).bind(plain(entry.detail)).execute(db).await.map(drop))?;
        Ok(())
    }

    /// Returns entries, newest first: all, or one agent's.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn audit_log(&self, agent: Option<&str>, limit: u32, offset: u32) -> Result<Vec<AuditEntry>, StoreError> {
        let rows: Vec<Row> = read!(self, db => sqlx::query_as(
            "SELECT at, agent, action, subject, detail FROM audit WHERE ($1 = '' OR agent = $1) \
             ORDER BY at DESC, id DESC LIMIT $2 OFFSET $3")
            .bind(agent.unwrap_or_default()).bind(i64::from(limit)).bind(i64::from(offset)).fetch_all(db).await?);
        let read = |r: Row| AuditEntry {
            at: instant(r.at),
            agent: r.agent,
            action: r.action,
            subject: r.subject,
            detail: r.detail,
        };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Counts failed sign-ins between two instants: under a name, from an address, and both at once.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn failed_logins(
        &self,
        name: &str,
        address: &str,
        since: Timestamp,
        until: Timestamp,
    ) -> Result<FailedLogins, StoreError> {
        let (by_name, by_address, by_pair): (i64, i64, i64) = read!(self, db => sqlx::query_as(
            "SELECT COALESCE(SUM(CASE WHEN subject = $1 THEN 1 ELSE 0 END), 0), \
                    COALESCE(SUM(CASE WHEN detail = $2 THEN 1 ELSE 0 END), 0), \
                    COALESCE(SUM(CASE WHEN subject = $1 AND detail = $2 THEN 1 ELSE 0 END), 0) \
             FROM audit WHERE action = 'login_failed' AND at >= $3 AND at <= $4")
            .bind(plain(name)).bind(plain(address)).bind(millis(since)).bind(millis(until)).fetch_one(db).await?);
        let count = |n: i64| u64::try_from(n).unwrap_or(0);
        Ok(FailedLogins { by_name: count(by_name), by_address: count(by_address), by_pair: count(by_pair) })
    }

    /// Counts the entries of one action on one subject since an instant, such as failed sign-ins under a name.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn count_audit(&self, action: &str, subject: &str, since: Timestamp) -> Result<u64, StoreError> {
        let (n,): (i64,) = read!(self, db => sqlx::query_as(
            "SELECT COUNT(*) FROM audit WHERE action = $1 AND subject = $2 AND at >= $3")
            .bind(action).bind(subject).bind(millis(since)).fetch_one(db).await?);
        Ok(u64::try_from(n).unwrap_or(0))
    }
}
