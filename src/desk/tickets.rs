//! Tickets as agents work on them: the queue, the transcript with its reasons, and every change in somebody's name.

use uuid::Uuid;

use crate::base::Viewer;
use crate::chat::{Spoken, reply};
use crate::desk::{DeskError, HelpCentre};
use crate::kb::Snapshot;
use crate::model::{KeptTurn, Stage, Ticket, TicketEvent, TicketState};
use crate::text::redact;

pub use crate::store::{Delivery, TicketChange};

/// A ticket with everything that an agent has to know.
#[derive(Debug, Clone, PartialEq)]
pub struct TicketFile {
    /// The ticket.
    pub ticket: Ticket,
    /// What happened to it, oldest first.
    pub events: Vec<TicketEvent>,
    /// The conversation's turns; empty once it was deleted.
    pub turns: Vec<ExplainedTurn>,
}

impl TicketFile {
    /// Returns whom the host's backend vouched for when somebody asked for a person, each once, the last first; nobody
    /// where it never did. All else that a ticket says of the customer is the customer's own word.
    #[must_use]
    pub fn verified(&self) -> Vec<&TicketEvent> {
        let mut out: Vec<&TicketEvent> = Vec::new();
        for event in self.events.iter().rev().filter(|e| e.action == TicketEvent::IDENTIFIED) {
            if !out.iter().any(|known| known.text == event.text) {
                out.push(event);
            }
        }
        out
    }
}

/// A turn, and why the chat replied so.
#[derive(Debug, Clone, PartialEq)]
pub struct ExplainedTurn {
    /// The turn as it was.
    pub turn: KeptTurn,
    /// Every stage of the chat, run again on today's content.
    pub stages: Vec<Stage>,
    /// Whether the content has changed since, so that the stages may differ from what happened.
    pub content_changed: bool,
}

impl HelpCentre {
    /// Returns a page of tickets, and how many there are in that state.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn tickets(&self, state: TicketState, limit: u32, offset: u32) -> Result<(Vec<Ticket>, u64), DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        Ok((store.tickets(state, limit, offset).await?, store.count_tickets(state).await?))
    }

    /// Returns a ticket with its transcript, and writes down that the agent saw it.
    ///
    /// # Errors
    /// When there is no such ticket, or the database is away.
    pub async fn ticket_file(&self, snapshot: &Snapshot, agent: &str, id: &str) -> Result<TicketFile, DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let ticket = store.ticket(id).await?.ok_or(DeskError::Unknown("ticket"))?;
        self.accounts()?.note("ticket.view", agent, id, "").await?;
        let conversation = match ticket.conversation_id.as_deref().and_then(|id| Uuid::try_parse(id).ok()) {
            Some(id) => store.conversation(id).await?,
            None => None,
        };
        let turns = conversation.map(|c| c.turns).unwrap_or_default();
        let turns = turns.into_iter().map(|turn| explained(snapshot, turn)).collect();
        Ok(TicketFile { events: store.ticket_events(id).await?, ticket, turns })
    }

    /// Changes a ticket in an agent's name, and writes it down.
    ///
    /// # Errors
    /// When there is no such ticket or assignee, or the database is away.
    pub async fn change_ticket(&self, agent: &str, id: &str, change: TicketChange<'_>) -> Result<(), DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        if let TicketChange::Assign(Some(name)) = change {
            store.agent(name).await?.ok_or(DeskError::Unknown("agent"))?;
        }
        let (action, detail) = match change {
            TicketChange::Assign(name) => ("ticket.assign", name.unwrap_or_default()),
            TicketChange::Note(_) => ("ticket.note", ""),
            TicketChange::Draft(_) => ("ticket.draft", ""),
            TicketChange::Close => ("ticket.close", ""),
            TicketChange::Reopen => ("ticket.reopen", ""),
        };
        if !store.change_ticket(id, agent, change, self.clock.now()).await? {
            return Err(DeskError::Unknown("ticket"));
        }
        self.accounts()?.note(action, agent, id, detail).await
    }

    /// Returns the messages to other systems that were given up.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn dead_letters(&self) -> Result<Vec<Delivery>, DeskError> {
        Ok(self.store().ok_or(DeskError::NoStore)?.deliveries("dead", 100).await?)
    }

    /// Has a message sent again that was given up.
    ///
    /// # Errors
    /// When there is no such message, or the database is away.
    pub async fn send_again(&self, agent: &str, id: &str) -> Result<(), DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        if !store.revive_delivery(id, self.clock.now()).await? {
            return Err(DeskError::Unknown("message"));
        }
        self.accounts()?.note("webhook.again", agent, id, "").await
    }
}

fn explained(snapshot: &Snapshot, turn: KeptTurn) -> ExplainedTurn {
    // Masked words stay as they are when they are masked again.
    let text = redact(&turn.said);
    let locale = turn.locale.parse().unwrap_or_else(|_| snapshot.site().default_locale.clone());
    let spoken = Spoken { text: &text, locale: &locale, viewer: Viewer::Public, explain: true };
    let (again, _) = reply(snapshot, &turn.before, &spoken);
    ExplainedTurn { content_changed: turn.matched.content != snapshot.version(), stages: again.matched.stages, turn }
}
