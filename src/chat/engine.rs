//! One turn: the stages in their order, and the reply of the first that is sure enough. A pure function: the same
//! content, dialogue and message give the same turn, in the server, in `check`, in `eval` and in the tests.

use crate::base::{Locale, Viewer};
use crate::chat::clauses::without_aside;
use crate::chat::message::{Draft, Message, Readings, Verdict};
use crate::chat::{
    act, code, compose, fallback, flow, follow_up, interrupted, language, on_screen, policy, question, rule,
    search_stage, secrets, several, slots,
};
use crate::kb::Snapshot;
use crate::model::{Dialogue, LastAnswer, Match, MatchedBy, ReplyKind, Stage, Turn};
use crate::text::Redacted;
use crate::text::script::language_of;

/// A stage: its name, and how it decides.
type StageEntry = (&'static str, fn(&Message<'_>) -> Verdict);

/// The stages in the order in which they are tried. After a wish for a language what is urgent comes first, then what is
/// said to a step of a flow, and what is exact before what is likely.
pub(crate) const STAGES: [StageEntry; 13] = [
    ("language", language::decide),
    ("urgent", urgent),
    ("flow", flow::decide),
    ("choice", follow_up::choose),
    ("several", several::decide),
    ("code", code::decide),
    ("message", on_screen::decide),
    ("rule", rule::decide),
    ("act", act::decide),
    ("follow-up", follow_up::decide),
    ("question", likely),
    ("search", search_stage::decide),
    ("fallback", fallback::decide),
];

/// The stage for urgent rules, as far as they do not say what a flow is dealing with already.
fn urgent(message: &Message<'_>) -> Verdict {
    let verdict = rule::urgent(message);
    match &verdict.draft {
        Some(draft) if flow::takes(message, draft) => {
            let why = format!("{}, but it is said to a step of the flow for that", verdict.why);
            Verdict { draft: None, why, candidates: verdict.candidates }
        }
        _ => verdict,
    }
}

/// The stage for customers' own words, as far as their subject allows a guess.
fn likely(message: &Message<'_>) -> Verdict {
    policy::hold(message, question::decide(message))
}

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
    // A code or a number says nothing of the language: the conversation goes on in its own.
    let before = dialogue.locale.as_ref().filter(|l| snapshot.locales().contains(l)).unwrap_or(spoken.locale);
    let readings = Readings::default();
    let (redacted, viewer) = (spoken.text, spoken.viewer);
    let whole = Message { snapshot, text: &words, redacted, locale: before, viewer, dialogue, readings: &readings };
    let (asked_for, words) = match language::asked(&words, whole.look().text.haystack(), snapshot.locales()) {
        Some((locale, "")) => (Some(locale), words.as_ref()),
        Some((locale, rest)) => (Some(locale), rest),
        None => (None, words.as_ref()),
    };
    // “不是我付的，我说的是……” denies what nobody said.
    let meant = without_aside(words);
    let is_urgent = || rule::urgent(&Message { text: words, ..whole }).draft.is_some();
    let words = if meant.len() < words.len() && is_urgent() { words } else { meant };
    let kept = Some(before).filter(|_| dialogue.locale_asked);
    let locale = asked_for.or(kept).unwrap_or_else(|| language_of(words, snapshot.locales(), before));
    let message = Message { text: words, locale, ..whole };
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
    let mut draft = won.unwrap_or_else(|| Draft::new(ReplyKind::Fallback, MatchedBy::None, "", 0.0));
    interrupted::offer(&message, &mut draft);
    let settled = draft.kind;
    secrets::warn(&message, &mut draft);
    let reply = compose::compose(&message, &draft);
    let mut next = Dialogue {
        locale: Some(locale.clone()),
        topic: match settled {
            ReplyKind::Answer | ReplyKind::Step | ReplyKind::Safety => reply.sources.first().map(|s| s.id.clone()),
            _ => dialogue.topic.clone(),
        },
        offered: match settled {
            ReplyKind::Clarify | ReplyKind::Fallback => reply.sources.iter().map(|s| s.id.clone()).collect(),
            ReplyKind::Answer if !draft.alternatives.is_empty() => {
                draft.alternatives.iter().map(|&o| snapshot.articles()[o].id.clone()).collect()
            }
            ReplyKind::Answer if reply.sources.len() > 1 => reply.sources.iter().map(|s| s.id.clone()).collect(),
            _ => Vec::new(),
        },
        locale_asked: asked_for.is_some() || dialogue.locale_asked,
        answered: match settled {
            ReplyKind::Smalltalk | ReplyKind::Fallback => dialogue.answered.clone(),
            kind => Some(LastAnswer {
                kind,
                by: draft.by,
                rule: if draft.by == MatchedBy::Code { draft.evidence.join(" ") } else { draft.rule.clone() },
                articles: reply.sources.iter().map(|s| s.id.clone()).collect(),
            }),
        },
        turns: dialogue.turns.saturating_add(1),
        ..Dialogue::default()
    };
    interrupted::remember(&message, &draft, &mut next, settled);
    slots::remember(&message, &mut next);
    secrets::note(words, &reply.text, &mut next);
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
