//! One chat turn: load the dialogue, redact, let the engine reply, keep the dialogue.

use std::sync::Arc;
use std::time::Instant;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::base::{Locale, TRACES, Viewer};
use crate::chat::{Spoken, masked, reply, say_restarted};
use crate::desk::{HelpCentre, measure};
use crate::kb::{IncidentSeverity, Snapshot, article_url};
use crate::model::{Dialogue, Turn};
use crate::text::Redacted;
use crate::text::script::language_of_opening;

/// What a customer says.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The message as typed.
    pub message: &'a str,
    /// The conversation it belongs to; none, or one nobody knows, starts a new one.
    pub conversation_id: Option<&'a str>,
    /// The page's or the app's locale; the message's own language may win over it.
    pub locale: &'a Locale,
    /// Who is asking.
    pub viewer: Viewer,
    /// Whether to fill in [`crate::model::Match::stages`].
    pub explain: bool,
}

/// What the desk answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The conversation, to be sent with the next message.
    pub conversation_id: String,
    /// The customer's words as they may be shown and kept: secrets replaced.
    pub message: String,
    /// Whether a conversation was named that nobody remembers, so that this turn began a new one.
    pub restarted: bool,
    /// Whether the turn had to be written down and could not be, so that it may be forgotten.
    pub unsaved: bool,
    /// What is wrong right now, for everybody; to be said before the reply.
    pub notice: Option<Notice>,
    /// The turn.
    pub turn: Turn,
}

/// An incident in one reader's language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How bad it is.
    pub severity: IncidentSeverity,
    /// One or two sentences.
    pub text: String,
    /// The path of the article that tells more.
    pub url: Option<String>,
}

impl Notice {
    /// Words the incident for a reader of `locale`; none where all is well.
    #[must_use]
    pub fn now(snapshot: &Snapshot, locale: &Locale, viewer: Viewer) -> Option<Self> {
        let incident = snapshot.incident()?;
        let article = incident.article.as_ref().and_then(|id| snapshot.article(id, locale, viewer));
        Some(Notice {
            severity: incident.severity,
            text: incident.text.get(locale, &snapshot.site().default_locale)?.to_owned(),
            url: article.map(|a| article_url(locale, &a.id)),
        })
    }
}

/// Returns the locale for the first message of somebody who named none, and whose program did not either: the language
/// that the message is in, else the default.
#[must_use]
pub fn locale_of_unknown(message: &str, snapshot: &Snapshot) -> Locale {
    language_of_opening(message, snapshot.locales(), &snapshot.site().default_locale).clone()
}

/// A turn with what has to be kept of it.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) asked: Asked,
    pub(crate) id: Uuid,
    pub(crate) at: Timestamp,
    pub(crate) said: Redacted,
    pub(crate) before: Arc<Dialogue>,
    pub(crate) after: Arc<Dialogue>,
}

impl HelpCentre {
    /// Answers one message from a snapshot that the request holds. The conversation is remembered by this process alone.
    #[must_use]
    pub fn ask(&self, snapshot: &Snapshot, question: &Question<'_>) -> Asked {
        let reply = |snapshot: &Snapshot, dialogue: &Dialogue, spoken: &Spoken<'_>| {
            let (turn, next) = reply(snapshot, dialogue, spoken);
            (turn, Arc::new(next))
        };
        self.answer(snapshot, question, reply).asked
    }

    /// Answers one message by `reply`, or by another way to the same turn.
    pub(crate) fn answer(
        &self,
        snapshot: &Snapshot,
        question: &Question<'_>,
        reply: impl FnOnce(&Snapshot, &Dialogue, &Spoken<'_>) -> (Turn, Arc<Dialogue>),
    ) -> Answered {
        let now = self.clock.now();
        let (id, dialogue, restarted) = self.conversations.open(question.conversation_id, now);
        // First of all: nothing below this line sees what was typed.
        let text = masked(snapshot, &dialogue, question.message);
        measure::redactions(&text);
        let spoken =
            Spoken { text: &text, locale: question.locale, viewer: question.viewer, explain: question.explain };
        let begun = Instant::now();
        let (mut turn, next) =
            tracing::info_span!(target: TRACES, "chat").in_scope(|| reply(snapshot, &dialogue, &spoken));
        measure::turn(&turn).record(begun.elapsed());
        if restarted {
            say_restarted(&mut turn);
        }
        self.conversations.keep(id, Arc::clone(&next), now);
        let notice = Notice::now(snapshot, &turn.locale, question.viewer);
        let message = text.text().to_owned();
        let asked = Asked { notice, conversation_id: id.to_string(), message, restarted, unsaved: false, turn };
        Answered { asked, id, at: now, said: text, before: dialogue, after: next }
    }
}
