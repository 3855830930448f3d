//! Conversations and their turns.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use sqlx::{FromRow, QueryBuilder};
use uuid::Uuid;

use crate::model::{Conversation, KeptTurn, Remembered};
use crate::store::journal::Appended;
use crate::store::pool::{by_statement, read, write_all};
use crate::store::turn::{JournalTurn, Own, TurnBody};
use crate::store::{Store, StoreError, instant, millis};

/// Where a turn is that was to be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recorded {
    /// In the data folder.
    Written,
    /// In memory alone: the data folder takes nothing just now.
    Held,
}

#[derive(Debug, FromRow)]
struct ConversationRow {
    id: String,
    locale: String,
    started_at: i64,
    last_at: i64,
}

#[derive(Debug, FromRow)]
struct TurnRow {
    id: String,
    at: i64,
    locale: String,
    said: String,
    reply: String,
    matched: String,
    dialogue_before: String,
}

impl TurnRow {
    fn read(self) -> Result<KeptTurn, StoreError> {
        Ok(KeptTurn {
            id: self.id,
            at: instant(self.at),
            locale: self.locale,
            said: self.said,
            reply: serde_json::from_str(&self.reply)?,
            matched: serde_json::from_str(&self.matched)?,
            before: serde_json::from_str(&self.dialogue_before)?,
        })
    }
}

impl Store {
    /// Keeps a turn of a conversation. When this returns that it is written, the turn outlives the process; the database gets
    /// it soon after. A body that others had too is in each journal once.
    ///
    /// # Errors
    /// When the turn is lost: the data folder takes nothing, and as many turns are held in memory as may be.
    pub fn record_turn(&self, conversation: Uuid, at: Timestamp, body: &TurnBody) -> Result<Recorded, StoreError> {
        let own = Own { id: Uuid::now_v7(), conversation, at: millis(at) };
        let appended = self.inner.journal.append(&own.begun(), body.common());
        self.inner.signals.turns.notify_one();
        let (cause, recorded) = match appended {
            Appended::Written => return Ok(Recorded::Written),
            Appended::Held(cause) => (cause, Some(Recorded::Held)),
            Appended::Lost(cause) => (cause, None),
        };
        // Told once, and not for each turn: the log may be on the same disk.
        if self.inner.writable.swap(false, Ordering::Relaxed) {
            tracing::error!(%cause, "the journal takes no turn; turns are held in memory until it does");
        }
        recorded.ok_or_else(|| {
            self.inner.tally.lost.fetch_add(1, Ordering::Relaxed);
            StoreError::File(cause)
        })
    }

    /// Returns what a conversation remembers.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn remembered(&self, id: Uuid) -> Result<Option<Remembered>, StoreError> {
        let row: Option<(String, i64)> = read!(self, db => sqlx::query_as("SELECT dialogue, last_at FROM conversations WHERE id = $1")
                .bind(id.to_string()).fetch_optional(db).await?);
        row.map(|(dialogue, last_at)| {
            Ok(Remembered { dialogue: serde_json::from_str(&dialogue)?, last_at: instant(last_at) })
        })
        .transpose()
    }

    /// Returns a conversation with its turns, those included that were answered a moment ago.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn conversation(&self, id: Uuid) -> Result<Option<Conversation>, StoreError> {
        self.flush().await?;
        let id = id.to_string();
        let row: Option<ConversationRow> = read!(self, db =>
            sqlx::query_as("SELECT id, locale, started_at, last_at FROM conversations WHERE id = $1")
                .bind(&id).fetch_optional(db).await?);
        let Some(row) = row else { return Ok(None) };
        let turns: Vec<TurnRow> = read!(self, db =>
            sqlx::query_as("SELECT id, at, locale, said, reply, matched, dialogue_before FROM turns \
                            WHERE conversation_id = $1 ORDER BY at, id")
                .bind(&id).fetch_all(db).await?);
        let mut turns: Vec<KeptTurn> = turns.into_iter().map(TurnRow::read).collect::<Result<_, _>>()?;
        // Whatever the clock said, each knows how many there were before.
        turns.sort_by_key(|turn| turn.before.turns);
        Ok(Some(Conversation {
            id: row.id,
            locale: row.locale,
            started_at: instant(row.started_at),
            last_at: instant(row.last_at),
            turns,
        }))
    }

    /// Deletes a conversation, its turns and the feedback on it; tells whether there was one. Tickets that came from it
    /// stay while they are open, because a customer waits for an answer; of closed ones the contact and the note go too.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn delete_conversation(&self, id: Uuid) -> Result<bool, StoreError> {
        self.flush().await?;
        let id = id.to_string();
        let pool = self.pool()?;
        let gone = write_all!(pool, tx => {
            sqlx::query("DELETE FROM ticket_events WHERE action = 'noted' AND ticket_id IN \
                         (SELECT id FROM tickets WHERE conversation_id = $1 AND state = 'closed')")
                .bind(&id).execute(&mut *tx).await?;
            sqlx::query("UPDATE tickets SET contact = '', note = '', draft = '' \
                         WHERE conversation_id = $1 AND state = 'closed'")
                .bind(&id).execute(&mut *tx).await?;
            sqlx::query("DELETE FROM conversations WHERE id = $1").bind(&id).execute(&mut *tx).await?.rows_affected()
        });
        Ok(gone > 0)
    }
}

/// A conversation after some of its turns.
struct Standing<'t> {
    started_at: i64,
    last: &'t JournalTurn,
}

impl<'t> Standing<'t> {
    /// Returns the conversations of some turns, each once: a statement must not change a row twice.
    fn of(turns: &[&'t JournalTurn]) -> Vec<Standing<'t>> {
        let mut place: HashMap<Uuid, usize> = HashMap::new();
        let mut standings: Vec<Standing<'_>> = Vec::new();
        for turn in turns {
            let at = *place.entry(turn.own.conversation).or_insert(standings.len());
            match standings.get_mut(at) {
                Some(standing) if turn.body.turns >= standing.last.body.turns => standing.last = turn,
                Some(_) => {}
                None => standings.push(Standing { started_at: turn.own.at, last: turn }),
            }
        }
        standings
    }
}

/// Adds turns from a journal and records how far it was read, in one transaction.
pub(crate) async fn add_turns(
    pool: &crate::store::pool::Pool,
    turns: &[&JournalTurn],
    file: &str,
    committed: u64,
) -> Result<(), StoreError> {
    let committed = i64::try_from(committed).unwrap_or(i64::MAX);
    let conversations = Standing::of(turns);
    write_all!(pool, tx => {
        for conversations in by_statement(&conversations) {
            let mut insert =
                QueryBuilder::new("INSERT INTO conversations (id, locale, started_at, last_at, turns, dialogue) ");
            insert.push_values(conversations, |mut row, standing| {
                let Standing { started_at, last: JournalTurn { own, body, .. } } = standing;
                row.push_bind(own.conversation.to_string()).push_bind(&body.locale).push_bind(*started_at)
                    .push_bind(own.at).push_bind(i64::from(body.turns)).push_bind(Arc::clone(&body.after));
            });
            insert.push(" ON CONFLICT (id) DO UPDATE SET locale = excluded.locale, last_at = excluded.last_at, \
                         turns = excluded.turns, dialogue = excluded.dialogue \
                         WHERE excluded.turns >= conversations.turns");
            insert.build().execute(&mut *tx).await?;
        }
        for turns in by_statement(turns) {
            let mut insert =
                QueryBuilder::new("INSERT INTO turns (id, conversation_id, at, locale, said, kind, matched_by, rule, \
                                   article_id, reply, matched, dialogue_before) ");
            insert.push_values(turns, |mut row, JournalTurn { own, body, .. }| {
                row.push_bind(own.id.to_string()).push_bind(own.conversation.to_string()).push_bind(own.at)
                    .push_bind(&body.locale).push_bind(&body.said).push_bind(&body.kind)
                    .push_bind(&body.by).push_bind(&body.rule).push_bind(&body.article)
                    .push_bind(Arc::clone(&body.reply)).push_bind(Arc::clone(&body.matched))
                    .push_bind(Arc::clone(&body.before));
            });
            insert.push(" ON CONFLICT (id) DO NOTHING");
            insert.build().execute(&mut *tx).await?;
        }
        sqlx::query("INSERT INTO journals (file, committed) VALUES ($1, $2) \
                     ON CONFLICT (file) DO UPDATE SET committed = excluded.committed")
            .bind(file).bind(committed).execute(&mut *tx).await?;
    });
    Ok(())
}

/// Returns how far a journal has been taken over, in bytes.
pub(crate) async fn committed(pool: &crate::store::pool::Pool, file: &str) -> Result<u64, StoreError> {
    let query = "SELECT committed FROM journals WHERE file = $1";
    let row: Option<(i64,)> = match pool {
        crate::store::pool::Pool::Sqlite { read, .. } => sqlx::query_as(query).bind(file).fetch_optional(read).await?,
        crate::store::pool::Pool::Postgres(db) => sqlx::query_as(query).bind(file).fetch_optional(db).await?,
    };
    Ok(row.and_then(|(n,)| u64::try_from(n).ok()).unwrap_or(0))
}

/// Forgets a journal that is gone.
pub(crate) async fn forget_journal(pool: &crate::store::pool::Pool, file: &str) -> Result<(), StoreError> {
    write_all!(pool, tx => {
        sqlx::query("DELETE FROM journals WHERE file = $1").bind(file).execute(&mut *tx).await?;
    });
    Ok(())
}
