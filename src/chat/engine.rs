//! One turn: the stages in their order, and the reply of the first that is sure enough. A pure function: the same
//! content, dialogue and message give the same turn, in the server, in `check`, in `eval` and in the tests.

use crate::base::{Locale, Viewer};
use crate::chat::message::{Draft, Message, Verdict};
use crate::chat::{code, compose, fallback, on_screen, question, rule, search_stage};
use crate::kb::Snapshot;
use crate::model::{Dialogue, Match, ReplyKind, Stage, Turn};
use crate::text::Redacted;
use crate::text::script::language_of;

/// A stage: its name, and how it decides.
type StageEntry = (&'static str, fn(&Message<'_>) -> Verdict);

/// The stages in the order in which they are tried. What is exact comes before what is likely.
pub(crate) const STAGES: [StageEntry; 6] = [
    ("code", code::decide),
    ("message", on_screen::decide),
    ("rule", rule::decide),
    ("question", question::decide),
    ("search", search_stage::decide),
    ("fallback", fallback::decide),
];

/// What a customer says in one turn.
#[derive(Debug, Clone, Copy)]
pub struct Spoken<'a> {
    /// The words, secrets replaced.
    pub text: &'a Redacted,
    /// The page's or the app's locale; the language of the words wins over it.
    pub locale: &'a Locale,
    /// Who is asking.
    pub viewer: Viewer,
    /// Whether to run every stage and list it in [`Match::stages`].
    pub explain: bool,
}

/// Replies to a message, and returns the dialogue as the next turn needs it.
#[must_use]
pub fn reply(snapshot: &Snapshot, dialogue: &Dialogue, spoken: &Spoken<'_>) -> (Turn, Dialogue) {
    let words = spoken.text.words();
    let locale = language_of(&words, snapshot.locales(), spoken.locale);
    let message = Message { snapshot, text: &words, redacted: spoken.text, locale, viewer: spoken.viewer, dialogue };
    let mut stages = Vec::new();
    let mut won: Option<Draft> = None;
    for (name, decide) in STAGES {
        if won.is_some() && !spoken.explain {
            break;
        }
        let verdict = decide(&message);
        let wins = won.is_none() && verdict.draft.is_some();
        if spoken.explain {
            stages.push(Stage { name: name.to_owned(), won: wins, why: verdict.why, candidates: verdict.candidates });
        }
        if wins {
            won = verdict.draft;
        }
    }
    // The last stage always has a reply.
    let draft = won.unwrap_or_else(|| Draft::new(ReplyKind::Fallback, crate::model::MatchedBy::None, "", 0.0));
    let reply = compose::compose(&message, &draft);
    let next = Dialogue {
        locale: Some(locale.clone()),
        topic: match draft.kind {
            ReplyKind::Answer | ReplyKind::Step | ReplyKind::Safety => reply.sources.first().map(|s| s.id.clone()),
            _ => dialogue.topic.clone(),
        },
        offered: match draft.kind {
            ReplyKind::Clarify | ReplyKind::Fallback => reply.sources.iter().map(|s| s.id.clone()).collect(),
            _ => Vec::new(),
        },
        turns: dialogue.turns.saturating_add(1),
    };
    let matched = Match {
        by: draft.by,
        rule: draft.rule,
        confidence: draft.confidence,
        evidence: draft.evidence,
        content: snapshot.version().to_owned(),
        stages,
    };
    (Turn { locale: locale.clone(), reply, matched }, next)
}
