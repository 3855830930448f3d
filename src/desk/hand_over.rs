//! A conversation becomes a ticket: a person takes over.

use crate::desk::{DeskError, HelpCentre, measure};
use crate::kb::Snapshot;
use crate::model::{Conversation, ReplyKind};
use crate::store::NewTicket;
use crate::text::redact;

/// A customer's request for a person.
#[derive(Debug, Clone, Copy)]
pub struct HandOver<'a> {
    /// The conversation.
    pub conversation: &'a str,
    /// How the customer wants to be reached, as typed; may be empty.
    pub contact: &'a str,
    /// What the customer adds, as typed; may be empty.
    pub note: &'a str,
    /// The host backend's name for the customer, where it signed one.
    pub customer: Option<&'a str>,
}

impl HelpCentre {
    /// Opens a ticket for a conversation and returns its id; when this returns it is in the database. A conversation with
    /// an open ticket keeps that one.
    ///
    /// # Errors
    /// When the conversation does not exist, or the ticket cannot be kept now.
    pub async fn hand_over(&self, snapshot: &Snapshot, request: &HandOver<'_>) -> Result<String, DeskError> {
        let store = self.store().ok_or(DeskError::NoStore)?;
        let id = self.known(request.conversation).await?;
        let conversation = store.conversation(id).await?.ok_or(DeskError::Unknown("conversation"))?;
        let note = measure::masked(request.note.trim());
        let ticket = NewTicket {
            conversation: id,
            at: self.clock.now(),
            locale: &conversation.locale,
            contact: &contact(request.contact.trim()),
            note: Some(&note),
            articles: &articles(&conversation),
            codes: &codes(snapshot, &conversation),
            customer: request.customer,
            announce: self.announces,
        };
        Ok(store.open_ticket(&ticket).await?)
    }
}

/// Returns a contact as it may be kept. Phone numbers and addresses are what it is for; a card number or a password
/// beside them is masked, and then everything is, because nobody can tell which was meant.
fn contact(typed: &str) -> String {
    let redacted = redact(typed);
    let harmless = redacted.found().iter().all(|kind| !kind.is_secret());
    if harmless { typed.to_owned() } else { redacted.text().to_owned() }
}

/// Returns the articles that the customer was sent to, in order.
fn articles(conversation: &Conversation) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for turn in &conversation.turns {
        if !matches!(turn.reply.kind, ReplyKind::Answer | ReplyKind::Step | ReplyKind::Safety) {
            continue;
        }
        let first = turn.reply.sources.first().map(|s| s.id.to_string());
        out.extend(first.filter(|id| !out.contains(id)));
    }
    out
}

/// Returns the error codes that the customer named, known or not, in order.
fn codes(snapshot: &Snapshot, conversation: &Conversation) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for found in conversation.turns.iter().flat_map(|turn| snapshot.find_codes(&turn.said)) {
        let known = found.record.and_then(|at| snapshot.codes().get(at));
        let code = known.map_or(found.code, |record| record.code.clone());
        if !out.contains(&code) {
            out.push(code);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_is_kept_and_a_secret_beside_it_is_not() {
        assert_eq!(contact("13812345678"), "13812345678");
        assert_eq!(contact("li@example.com"), "li@example.com");
        let masked = contact("13812345678 密码 hunter2-77");
        assert!(!masked.contains("hunter2"), "{masked}");
    }
}
