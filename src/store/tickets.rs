//! Tickets: requests for a person, and what happened to them.

use jiff::Timestamp;
use sqlx::FromRow;
use uuid::Uuid;

use crate::model::{Ticket, TicketEvent, TicketState};
use crate::store::pool::{read, write_all};
use crate::store::{Store, StoreError, instant, millis, plain};
use crate::text::Redacted;

/// A request for a person, as the customer makes it.
#[derive(Debug, Clone, Copy)]
pub struct NewTicket<'a> {
    /// The conversation that it comes from.
    pub conversation: Uuid,
    /// When.
    pub at: Timestamp,
    /// The customer's language.
    pub locale: &'a str,
    /// How the customer wants to be reached; may be empty. It is meant to be kept, so that it is not redacted whole.
    pub contact: &'a str,
    /// What the customer added.
    pub note: Option<&'a Redacted>,
    /// The articles that the conversation cited.
    pub articles: &'a [String],
    /// The error codes that the customer named.
    pub codes: &'a [String],
    /// The host backend's name for the customer, where it signed one; nobody else can have written it.
    pub customer: Option<&'a str>,
    /// Whether a webhook has to tell of it.
    pub announce: bool,
}

/// What an agent does to a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TicketChange<'a> {
    /// Gives it to an agent, or to nobody.
    Assign(Option<&'a str>),
    /// Adds a note for the other agents.
    Note(&'a str),
    /// Keeps the reply that is being written.
    Draft(&'a str),
    /// Settles it.
    Close,
    /// Opens it again.
    Reopen,
}

#[derive(Debug, FromRow)]
struct TicketRow {
    id: String,
    conversation_id: Option<String>,
    created_at: i64,
    updated_at: i64,
    locale: String,
    state: String,
    assignee: Option<String>,
    contact: String,
    note: String,
    articles: String,
    codes: String,
    draft: String,
}

#[derive(Debug, FromRow)]
struct EventRow {
    at: i64,
    agent: String,
    action: String,
    text: String,
}

impl TicketRow {
    fn read(self) -> Result<Ticket, StoreError> {
        Ok(Ticket {
            id: self.id,
            conversation_id: self.conversation_id,
            created_at: instant(self.created_at),
            updated_at: instant(self.updated_at),
            locale: self.locale,
            state: if self.state == "closed" { TicketState::Closed } else { TicketState::Open },
            assignee: self.assignee,
            contact: self.contact,
            note: self.note,
            articles: serde_json::from_str(&self.articles)?,
            codes: serde_json::from_str(&self.codes)?,
            draft: self.draft,
        })
    }
}

const COLUMNS: &str = "id, conversation_id, created_at, updated_at, locale, state, assignee, contact, note, articles, \
                       codes, draft";

impl Store {
    /// Opens a ticket and returns its id; when this returns it is in the database, and so is the order to tell of it.
    /// A conversation that has an open ticket already keeps that one: the note and the contact are added to it.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn open_ticket(&self, ticket: &NewTicket<'_>) -> Result<String, StoreError> {
        self.flush().await?;
        let (at, conversation) = (millis(ticket.at), ticket.conversation.to_string());
        let note = ticket.note.map(Redacted::text).unwrap_or_default();
        let (articles, codes) = (serde_json::to_string(ticket.articles)?, serde_json::to_string(ticket.codes)?);
        let pool = self.pool()?;
        Ok(write_all!(pool, tx => {
            let open: Option<(String, String, String)> =
                sqlx::query_as("SELECT id, contact, note FROM tickets WHERE conversation_id = $1 AND state = 'open' \
                                ORDER BY created_at LIMIT 1")
                    .bind(&conversation).fetch_optional(&mut *tx).await?;
            let is_new = open.is_none();
            let id = if let Some((id, contact, had)) = open {
                let contact = if ticket.contact.is_empty() { contact } else { ticket.contact.to_owned() };
                let note = match (had.is_empty(), note.is_empty()) {
                    (_, true) => had,
                    (true, false) => note.to_owned(),
                    (false, false) if had == note => had,
                    (false, false) => format!("{had}\n\n{note}"),
                };
                sqlx::query("UPDATE tickets SET contact = $1, note = $2, updated_at = $3, articles = $4, codes = $5 \
                             WHERE id = $6")
                    .bind(plain(&contact)).bind(plain(&note)).bind(at).bind(&articles).bind(&codes).bind(&id)
                    .execute(&mut *tx).await?;
                id
            } else {
                let id = ticket_id();
                sqlx::query("INSERT INTO tickets (id, conversation_id, created_at, updated_at, locale, state, assignee, \
                             contact, note, articles, codes, draft) \
                             VALUES ($1, $2, $3, $4, $5, 'open', NULL, $6, $7, $8, $9, '')")
                    .bind(&id).bind(&conversation).bind(at).bind(at).bind(ticket.locale).bind(plain(ticket.contact))
                    .bind(plain(note)).bind(&articles).bind(&codes)
                    .execute(&mut *tx).await?;
                id
            };
            sqlx::query("INSERT INTO ticket_events (id, ticket_id, at, agent, action, text) \
                         VALUES ($1, $2, $3, '', $4, '')")
                .bind(Uuid::now_v7().to_string()).bind(&id).bind(at).bind(if is_new { "created" } else { "added" })
                .execute(&mut *tx).await?;
            if let Some(customer) = ticket.customer {
                sqlx::query("INSERT INTO ticket_events (id, ticket_id, at, agent, action, text) \
                             VALUES ($1, $2, $3, '', $4, $5)")
                    .bind(Uuid::now_v7().to_string()).bind(&id).bind(at).bind(TicketEvent::IDENTIFIED)
                    .bind(plain(customer))
                    .execute(&mut *tx).await?;
            }
            if ticket.announce {
                let event = if is_new { "ticket.created" } else { "ticket.updated" };
                sqlx::query("INSERT INTO outbox (id, ticket_id, event, created_at, state, attempts, next_at, \
                             claimed_until, delivered_at, last_error) \
                             VALUES ($1, $2, $3, $4, 'pending', 0, $5, 0, NULL, '')")
                    .bind(format!("msg_{}", Uuid::now_v7().simple())).bind(&id).bind(event).bind(at).bind(at)
                    .execute(&mut *tx).await?;
            }
            id
        }))
    }

    /// Returns a ticket.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn ticket(&self, id: &str) -> Result<Option<Ticket>, StoreError> {
        let query = sqlx::AssertSqlSafe(format!("SELECT {COLUMNS} FROM tickets WHERE id = $1"));
        let row: Option<TicketRow> = read!(self, db => sqlx::query_as(query).bind(id).fetch_optional(db).await?);
        row.map(TicketRow::read).transpose()
    }

    /// Returns tickets in a state, those that wait longest first, or the last settled first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn tickets(&self, state: TicketState, limit: u32, offset: u32) -> Result<Vec<Ticket>, StoreError> {
        let order = if state == TicketState::Open { "created_at, id" } else { "updated_at DESC, id" };
        let query = sqlx::AssertSqlSafe(format!(
            "SELECT {COLUMNS} FROM tickets WHERE state = $1 ORDER BY {order} LIMIT $2 OFFSET $3"
        ));
        let rows: Vec<TicketRow> = read!(self, db => sqlx::query_as(query)
            .bind(state.as_str()).bind(i64::from(limit)).bind(i64::from(offset)).fetch_all(db).await?);
        rows.into_iter().map(TicketRow::read).collect()
    }

    /// Counts the tickets in a state.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn count_tickets(&self, state: TicketState) -> Result<u64, StoreError> {
        let (n,): (i64,) = read!(self, db => sqlx::query_as("SELECT COUNT(*) FROM tickets WHERE state = $1")
            .bind(state.as_str()).fetch_one(db).await?);
        Ok(u64::try_from(n).unwrap_or(0))
    }

    /// Returns what happened to a ticket, oldest first.
    ///
    /// # Errors
    /// When the database is away or refuses.
    pub async fn ticket_events(&self, id: &str) -> Result<Vec<TicketEvent>, StoreError> {
        let rows: Vec<EventRow> = read!(self, db => sqlx::query_as(
            "SELECT at, agent, action, text FROM ticket_events WHERE ticket_id = $1 ORDER BY at, id")
            .bind(id).fetch_all(db).await?);
        let read = |r: EventRow| TicketEvent { at: instant(r.at), agent: r.agent, action: r.action, text: r.text };
        Ok(rows.into_iter().map(read).collect())
    }

    /// Changes a ticket in an agent's name; tells whether there is such a ticket.
    ///
    /// # Errors
    /// When the database is away or refuses: an assignee who is no agent is refused too.
    pub async fn change_ticket(
        &self,
        id: &str,
        agent: &str,
        change: TicketChange<'_>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let at = millis(now);
        let (action, text) = match change {
            TicketChange::Assign(Some(name)) => ("assigned", name),
            TicketChange::Assign(None) => ("unassigned", ""),
            TicketChange::Note(text) => ("noted", text),
            // The words of the draft stand in the ticket; repeating them here would keep every version.
            TicketChange::Draft(_) => ("drafted", ""),
            TicketChange::Close => ("closed", ""),
            TicketChange::Reopen => ("reopened", ""),
        };
        let pool = self.pool()?;
        Ok(write_all!(pool, tx => {
            let changed = match change {
                TicketChange::Assign(name) => {
                    sqlx::query("UPDATE tickets SET assignee = $1, updated_at = $2 WHERE id = $3")
                        .bind(name).bind(at).bind(id).execute(&mut *tx).await?.rows_affected()
                }
                TicketChange::Note(_) => {
                    sqlx::query("UPDATE tickets SET updated_at = $1 WHERE id = $2")
                        .bind(at).bind(id).execute(&mut *tx).await?.rows_affected()
                }
                TicketChange::Draft(text) => {
                    sqlx::query("UPDATE tickets SET draft = $1, updated_at = $2 WHERE id = $3")
                        .bind(plain(text)).bind(at).bind(id).execute(&mut *tx).await?.rows_affected()
                }
                TicketChange::Close | TicketChange::Reopen => {
                    let state = if change == TicketChange::Close { "closed" } else { "open" };
                    sqlx::query("UPDATE tickets SET state = $1, updated_at = $2 WHERE id = $3")
                        .bind(state).bind(at).bind(id).execute(&mut *tx).await?.rows_affected()
                }
            };
            if changed > 0 {
                sqlx::query("INSERT INTO ticket_events (id, ticket_id, at, agent, action, text) \
                             VALUES ($1, $2, $3, $4, $5, $6)")
                    .bind(Uuid::now_v7().to_string()).bind(id).bind(at).bind(agent).bind(action).bind(plain(text))
                    .execute(&mut *tx).await?;
            }
            changed > 0
        }))
    }
}

/// Makes an id that can be read out: 40 random bits in Crockford's base 32, which has no I, L, O and U.
fn ticket_id() -> String {
    const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    let bits = Uuid::new_v4().as_u128();
    let letter = |i: u32| char::from(LETTERS[usize::try_from((bits >> (5 * i)) & 31).unwrap_or(0)]);
    let half = |from: u32| (from..from + 4).map(letter).collect::<String>();
    format!("{}-{}", half(0), half(4))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ticket_can_be_read_out() {
        let id = ticket_id();
        assert!(id.len() == 9 && id.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-'), "{id}");
        assert_ne!(ticket_id(), id);
    }
}
