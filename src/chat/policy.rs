//! Where a wrong answer costs customers money, the chat answers only when it is surer.
//!
//! Authors say which articles those are: `money_at_risk` in the front matter, or for a whole category in `site.toml`. The
//! rule holds for what is likely, not for what is exact: a code, a message and a declared rule mean what they mean.

use crate::chat::message::{Draft, Message, Verdict};
use crate::chat::question;
use crate::model::{MatchedBy, ReplyKind};
use crate::search::rank_words;

/// Returns which share of the message's telling words the articles of a draft have; the most of those it offers.
fn coverage(message: &Message<'_>, draft: &Draft) -> Option<f32> {
    let articles = message.snapshot.articles();
    let ranked = rank_words(message.snapshot, message.query(false)).ranked;
    let of = |ordinal: usize| {
        let same = ranked.iter().filter(|r| articles[r.ordinal].id == articles[ordinal].id);
        same.map(|r| r.coverage).fold(0.0, f32::max)
    };
    draft.cited.iter().map(|c| of(c.ordinal)).reduce(f32::max)
}

/// Returns the confidence that an answer by likeness lacks for its subject; none where it is sure enough.
fn lacks(message: &Message<'_>, draft: &Draft) -> Option<f32> {
    let at_risk = || draft.cited.first().is_some_and(|c| message.snapshot.articles()[c.ordinal].money_at_risk);
    let needed = message.thresholds().answer_at_risk;
    let guessed = draft.by == MatchedBy::Question && draft.kind == ReplyKind::Answer;
    (guessed && at_risk() && (draft.confidence < needed || tells_nothing(message))).then_some(needed)
}

/// What was done is told by them, and not what with.
const DEEDS: [&str; 16] = [
    "did",
    "done",
    "do",
    "tried",
    "all",
    "everything",
    "already",
    "that",
    "those",
    "them",
    "都",
    "做了",
    "做过",
    "试了",
    "试过",
    "弄了",
];

/// Tells whether a message has no word that tells what it is about: “I did all that”.
pub(crate) fn tells_nothing(message: &Message<'_>) -> bool {
    message.look().text.rest(DEEDS.into_iter()) == 0
}

/// Tells whether an answer by likeness is sure enough for its subject.
pub(crate) fn allows(message: &Message<'_>, draft: &Draft) -> bool {
    lacks(message, draft).is_none()
}

/// Of what is asked back one article must have this share of the message's telling words: “will it rain tomorrow” has some
/// in common with everything, and with nothing what it asks for. Answers are not held to it: colloquial ones are sure of an
/// article without a word of it.
const LEAST_COVERAGE: f32 = 0.2;

/// Refuses to ask back about articles that have next to none of the message's words, and turns an answer that is not sure
/// enough for its subject into a question back.
pub(crate) fn hold(message: &Message<'_>, verdict: Verdict) -> Verdict {
    if let Some(draft) = verdict.draft.as_ref().filter(|draft| draft.kind == ReplyKind::Clarify)
        && let Some(coverage) = coverage(message, draft).filter(|coverage| *coverage < LEAST_COVERAGE)
    {
        let why = format!("{}, but no article has more than {:.0} % of the words", verdict.why, coverage * 100.0);
        return Verdict { draft: None, why, candidates: verdict.candidates };
    }
    let short = verdict.draft.as_ref().and_then(|draft| Some((draft, lacks(message, draft)?)));
    let Some((draft, needed)) = short else { return verdict };
    if tells_nothing(message) {
        let why = format!("{}, but no word tells what it is about, and money is at risk", verdict.why);
        return Verdict { draft: None, why, candidates: verdict.candidates };
    }
    let others = verdict.candidates.iter().filter_map(|(id, _)| {
        let article = message.snapshot.article(&id.parse().ok()?, message.locale, message.viewer)?;
        Some(message.snapshot.ordinal(article))
    });
    let all = draft.cited.iter().map(|c| c.ordinal).chain(others);
    let back = question::ask_back(message, draft.rule.clone(), draft.confidence, draft.evidence.clone(), all);
    let why = format!("{}, but where money is at risk {needed:.2} is needed: asked which one", verdict.why);
    Verdict { draft: Some(back), why, candidates: verdict.candidates }
}
