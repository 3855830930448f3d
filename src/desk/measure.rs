//! What is measured of the use cases. No label holds a customer's words, an article's id or who asked: what is measured
//! can be read by whoever can reach `/metrics`.

use std::time::Duration;

use metrics::Histogram;

use crate::desk::HelpCentre;
use crate::kb::Audience;
use crate::model::{MatchedBy, ReplyKind, Turn};
use crate::search::{FoundBy, Results};
use crate::store::Load;
use crate::text::redact::SecretKind;
use crate::text::{Redacted, redact};

/// How things stand, for those who watch the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Gauges {
    /// For how long the content has been served, in seconds.
    pub content_age: f64,
    /// Articles in every locale: for everybody, and for agents.
    pub articles: (usize, usize),
    /// Whether all servers on the database serve the same content.
    pub converged: bool,
    /// How the database fares; none where nothing is kept.
    pub load: Option<Load>,
}

impl HelpCentre {
    /// Returns how things stand.
    pub async fn gauges(&self) -> Gauges {
        let (snapshot, since) = (self.snapshot(), self.published().since);
        let internal = snapshot.articles().iter().filter(|a| a.audience == Audience::Agent).count();
        Gauges {
            content_age: self.clock.now().duration_since(since).as_secs_f64().max(0.0),
            articles: (snapshot.articles().len() - internal, internal),
            converged: self.is_converged(),
            load: match self.store() {
                Some(store) => Some(store.load().await),
                None => None,
            },
        }
    }
}

/// Masks what a customer typed, and counts what was masked.
pub(crate) fn masked(typed: &str) -> Redacted {
    let redacted = redact(typed);
    redactions(&redacted);
    redacted
}

/// Counts what was masked.
pub(crate) fn redactions(redacted: &Redacted) {
    for kind in redacted.found() {
        metrics::counter!("zhida_redactions_total", "kind" => word(*kind)).increment(1);
    }
}

/// Returns a text with private data masked, for the log.
#[must_use]
pub fn mask(text: &str) -> String {
    redact(text).text().to_owned()
}

/// The kinds of private data that are masked, as metrics call them.
pub const MASKED: [&str; 8] = ["card", "cvv", "code", "password", "id-number", "bank-account", "phone", "email"];

fn word(kind: SecretKind) -> &'static str {
    kind.placeholder().trim_matches(['[', ']'])
}

/// Returns what measures a chat turn.
pub(crate) fn turn(turn: &Turn) -> Histogram {
    let by = match turn.matched.by {
        MatchedBy::Code => "code",
        MatchedBy::Message => "message",
        MatchedBy::Rule => "rule",
        MatchedBy::Flow => "flow",
        MatchedBy::Question => "question",
        MatchedBy::Search => "search",
        MatchedBy::None => "none",
    };
    let kind = match turn.reply.kind {
        ReplyKind::Answer => "answer",
        ReplyKind::Clarify => "clarify",
        ReplyKind::Step => "step",
        ReplyKind::Safety => "safety",
        ReplyKind::Smalltalk => "smalltalk",
        ReplyKind::Handoff => "handoff",
        ReplyKind::Fallback => "fallback",
    };
    metrics::histogram!("zhida_chat_duration_seconds", "by" => by, "kind" => kind)
}

/// Measures a search.
pub(crate) fn search(results: &Results, took_us: u64) {
    let outcome = match (results.total, &results.corrected) {
        (0, _) => "nothing",
        (_, Some(_)) => "corrected",
        (_, None) => "found",
    };
    let by = match results.found_by {
        FoundBy::Code => "code",
        FoundBy::Message => "message",
        FoundBy::Question => "question",
        FoundBy::Text => "text",
        FoundBy::Nothing => "none",
    };
    let took = Duration::from_micros(took_us);
    metrics::histogram!("zhida_search_duration_seconds", "outcome" => outcome, "by" => by).record(took);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_that_is_masked_is_listed() {
        assert_eq!(SecretKind::ALL.map(word), MASKED);
    }
}
