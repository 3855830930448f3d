//! What a message says of a ticket: the customer's request, what the chat said, and what was tried.

use jiff::Timestamp;
use serde::Serialize;

use crate::model::{Conversation, KeptTurn, MatchedBy, ReplyKind, Ticket};

/// A message in the form that Standard Webhooks recommends.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Payload<'a> {
    /// `ticket.created` or `ticket.updated`.
    #[serde(rename = "type")]
    pub event: &'a str,
    /// When it happened.
    pub timestamp: Timestamp,
    /// The ticket.
    pub data: TicketData<'a>,
}

/// A ticket with its transcript.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TicketData<'a> {
    /// The ticket's id, as the customer was told.
    pub ticket_id: &'a str,
    /// The conversation, if it still exists.
    pub conversation_id: Option<&'a str>,
    /// The customer's language.
    pub locale: &'a str,
    /// How to reach the customer; may be empty.
    pub contact: &'a str,
    /// What the customer added; may be empty.
    pub note: &'a str,
    /// The articles that the customer was sent to, in order.
    pub articles: &'a [String],
    /// The error codes that the customer named, in order.
    pub codes: &'a [String],
    /// What was said, oldest first; empty once the conversation was deleted.
    pub transcript: Vec<Line<'a>>,
}

/// One turn.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Line<'a> {
    /// When.
    pub at: Timestamp,
    /// The customer's words, private data masked.
    pub said: &'a str,
    /// What the chat replied.
    pub reply: &'a str,
    /// What sort of reply it was.
    pub kind: ReplyKind,
    /// Which stage of the chat gave it.
    pub by: MatchedBy,
    /// The rule, code, question or article that won.
    pub rule: &'a str,
    /// How sure the chat was, from 0 to 1.
    pub confidence: f32,
}

impl<'a> Payload<'a> {
    /// Writes down a ticket.
    #[must_use]
    pub fn new(event: &'a str, at: Timestamp, ticket: &'a Ticket, conversation: Option<&'a Conversation>) -> Self {
        let line = |turn: &'a KeptTurn| Line {
            at: turn.at,
            said: &turn.said,
            reply: &turn.reply.text,
            kind: turn.reply.kind,
            by: turn.matched.by,
            rule: &turn.matched.rule,
            confidence: turn.matched.confidence,
        };
        Payload {
            event,
            timestamp: at,
            data: TicketData {
                ticket_id: &ticket.id,
                conversation_id: ticket.conversation_id.as_deref(),
                locale: &ticket.locale,
                contact: &ticket.contact,
                note: &ticket.note,
                articles: &ticket.articles,
                codes: &ticket.codes,
                transcript: conversation.map(|c| c.turns.iter().map(line).collect()).unwrap_or_default(),
            },
        }
    }

    /// Returns the first line of what a person reads: the customer's last words.
    #[must_use]
    pub fn subject(&self) -> String {
        let last = self.data.transcript.iter().map(|line| line.said).rfind(|said| !said.is_empty());
        let words: String = last.unwrap_or(self.data.note).chars().take(80).collect();
        let codes = self.data.codes.join(", ");
        let parts = [self.data.ticket_id, &codes, words.trim()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
    }

    /// Returns the ticket as plain text, for desks that know no fields of ours.
    #[must_use]
    pub fn text(&self) -> String {
        let data = &self.data;
        let mut out = String::new();
        for (label, value) in [
            ("Ticket", data.ticket_id.to_owned()),
            ("Contact", data.contact.to_owned()),
            ("Locale", data.locale.to_owned()),
            ("Codes", data.codes.join(", ")),
            ("Articles", data.articles.join(", ")),
            ("Note", data.note.to_owned()),
        ] {
            if !value.is_empty() {
                out.push_str(&format!("{label}: {value}\n"));
            }
        }
        for line in &data.transcript {
            out.push_str(&format!("\n> {}\n{}\n", line.said.replace('\n', "\n> "), line.reply));
        }
        out
    }
}
