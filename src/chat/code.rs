//! The stage for error codes: exact, in any spelling. A code that nobody defined is said to be unknown.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::wording;
use crate::kb::{CodeRecord, Outcome};
use crate::model::{MatchedBy, QuickReply, ReplyKind};

/// How many codes of one message are answered.
const MOST_CODES: usize = 3;
/// How many near codes are asked about.
const MOST_NEAR: usize = 3;

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let found = message.snapshot.find_codes(message.text);
    if found.is_empty() {
        return Verdict::pass("the message names no error code");
    }
    let words = wording::of(message.locale);
    let known: Vec<&CodeRecord> =
        found.iter().filter_map(|f| message.snapshot.codes().get(f.record?)).take(MOST_CODES).collect();
    let answered: Vec<(&CodeRecord, usize)> = known
        .into_iter()
        .filter_map(|record| {
            let article = message.snapshot.article(&record.article, message.locale, message.viewer)?;
            Some((record, message.snapshot.ordinal(article)))
        })
        .collect();
    let Some((first, _)) = answered.first() else {
        return unknown(message, &found[0].code);
    };
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Code, first.code.clone(), 1.0);
    for (record, ordinal) in &answered {
        let shown = shown(record, message);
        draft.paragraphs.push(match &shown {
            Some(shown) => (words.code_means)(&record.code, shown),
            None => record.code.clone(),
        });
        let cited = Cited::article(*ordinal);
        if !draft.cited.contains(&cited) {
            draft.paragraphs.push(message.snapshot.articles()[*ordinal].summary.clone());
            draft.cited.push(cited);
        }
        draft.outcome_unknown |= record.outcome == Outcome::Unknown;
        draft.evidence.push(record.code.clone());
    }
    for unknown in found.iter().filter(|f| f.record.is_none()) {
        draft.paragraphs.push((words.unknown_code)(&unknown.code));
    }
    let candidates = answered.iter().map(|(r, _)| (r.code.clone(), 1.0)).collect();
    let misread = found.iter().find(|f| f.misread).and_then(|f| message.text.get(f.start..f.end));
    let read = misread.map(|typed| format!(", read from “{typed}”")).unwrap_or_default();
    Verdict { draft: Some(draft), why: format!("the message names the code {}{read}", first.code), candidates }
}

/// Returns what the screen shows beside a code, in the reader's language.
fn shown(record: &CodeRecord, message: &Message<'_>) -> Option<String> {
    let of = |want: &dyn Fn(&crate::base::Locale) -> bool| {
        record.messages.iter().find(|(l, _)| want(l)).and_then(|(_, m)| m.first().cloned())
    };
    of(&|l| l == message.locale).or_else(|| of(&|l| l.language() == message.locale.language()))
}

fn unknown(message: &Message<'_>, code: &str) -> Verdict {
    let words = wording::of(message.locale);
    let mut draft = Draft::new(ReplyKind::Fallback, MatchedBy::None, "", 0.0);
    draft.evidence.push(code.to_owned());
    draft.paragraphs.push((words.unknown_code)(code));
    let near = message.snapshot.near_codes(code, MOST_NEAR);
    let mut candidates = Vec::new();
    for record in near {
        let Some(article) = message.snapshot.article(&record.article, message.locale, message.viewer) else { continue };
        let cited = Cited::article(message.snapshot.ordinal(article));
        if !draft.cited.contains(&cited) {
            draft.cited.push(cited);
        }
        draft.quick_replies.push(QuickReply { label: record.code.clone(), message: record.code.clone() });
        candidates.push((record.code.clone(), 0.0));
    }
    if !draft.cited.is_empty() {
        draft.paragraphs.push(words.near_codes.to_owned());
    }
    let why = format!("nobody defined the code {code}; near codes are asked about, never answered with");
    Verdict { draft: Some(draft), why, candidates }
}
