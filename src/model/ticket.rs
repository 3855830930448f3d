//! A ticket: a customer's request for a person.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether somebody still has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TicketState {
    /// It waits for an agent, or an agent is at it.
    Open,
    /// It is settled.
    Closed,
}

impl TicketState {
    /// Returns the word that stands for it in the database and the API.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            TicketState::Open => "open",
            TicketState::Closed => "closed",
        }
    }
}

/// A request for a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Eight letters and digits in two groups, to be read out on the phone.
    pub id: String,
    /// The conversation that it came from; none once that was deleted.
    pub conversation_id: Option<String>,
    /// When the customer asked.
    pub created_at: Timestamp,
    /// When anything about it changed last.
    pub updated_at: Timestamp,
    /// The customer's language.
    pub locale: String,
    /// Open or closed.
    pub state: TicketState,
    /// The agent who has it.
    pub assignee: Option<String>,
    /// How the customer wants to be reached, as they wrote it; may be empty.
    pub contact: String,
    /// What the customer added, private data masked; may be empty.
    pub note: String,
    /// The articles that the conversation cited, in order.
    pub articles: Vec<String>,
    /// The error codes that the customer named, in order.
    pub codes: Vec<String>,
    /// The reply that an agent is writing; may be empty.
    pub draft: String,
}

/// One thing that happened to a ticket.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TicketEvent {
    /// When.
    pub at: Timestamp,
    /// Who did it; empty for the customer.
    pub agent: String,
    /// `created`, `added`, [`IDENTIFIED`](Self::IDENTIFIED), `assigned`, `unassigned`, `noted`, `drafted`, `closed` or `reopened`.
    pub action: String,
    /// The note, to whom it was assigned, or the host backend's name for the customer; may be empty.
    pub text: String,
}

impl TicketEvent {
    /// The action that says for whom the host's backend has vouched. Nothing that a customer or an agent writes can bring
    /// it about.
    pub const IDENTIFIED: &str = "identified";
}
