//! The last stage: it does not know, says so, and offers near misses and a person.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::wording;
use crate::model::{MatchedBy, ReplyKind};
use crate::search::rank_words;

/// How many near misses are offered.
const MOST_NEAR: usize = 3;
/// A near miss shares at least this much of the message's telling words, as they were typed: to offer pages for what a
/// message might have meant would be a guess upon a guess.
const LEAST_COVERAGE: f32 = 0.4;

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let words = wording::of(message.locale);
    let mut draft = Draft::new(ReplyKind::Fallback, MatchedBy::None, "", 0.0);
    let near = rank_words(message.snapshot, message.query(true)).ranked;
    let near = near.into_iter().filter(|r| r.coverage >= LEAST_COVERAGE).take(MOST_NEAR);
    draft.cited.extend(near.map(|r| Cited { ordinal: r.ordinal, anchor: None }));
    draft.paragraphs.push(words.fallback.to_owned());
    let next = if draft.cited.is_empty() { words.fallback_person } else { words.fallback_near };
    draft.paragraphs.push(next.to_owned());
    Verdict { draft: Some(draft), why: "no stage was sure enough".to_owned(), candidates: Vec::new() }
}
