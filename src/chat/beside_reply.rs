//! A reply to a flow and a question in the same breath: “好了，怎么充值”, “还是不行，要扣手续费吗”. Both are heard.

use crate::chat::message::{Draft, Message, Progress, Verdict};
use crate::chat::{clauses, code, fallback, flow, on_screen, policy, question, rule, several};
use crate::model::ReplyKind;

/// Where one may end and the other begin.
const BREAKS: [char; 11] = ['，', ',', '。', '；', ';', '！', '!', '？', '?', '.', '\n'];
/// With more pieces a message is a story.
const MOST_PIECES: usize = 4;
/// A question has so many ideographs of substance at least: “好了吗” is one about the reply. One word is enough.
const LEAST_ASKED: usize = 2;

/// Replies to both; none where a message is not both.
pub(crate) fn decide(message: &Message<'_>) -> Option<Verdict> {
    let dialogue = message.dialogue;
    if dialogue.flow.is_none() && dialogue.offered_flow.is_none() {
        return None;
    }
    let breaks: Vec<usize> = message.text.match_indices(BREAKS).map(|(at, mark)| at + mark.len()).collect();
    let breaks = breaks.into_iter().filter(|at| !message.text[*at..].trim().is_empty());
    let breaks: Vec<usize> = breaks.collect();
    if breaks.is_empty() || breaks.len() >= MOST_PIECES || comes_first(message) {
        return None;
    }
    breaks.into_iter().find_map(|at| {
        let (head, tail) = message.text.split_at(at);
        both(message, head, tail).or_else(|| both(message, tail, head))
    })
}

/// Tells whether a person or urgent advice is wanted, whatever else is said.
fn comes_first(message: &Message<'_>) -> bool {
    let kind = rule::decide(message).draft.map(|draft| draft.kind);
    matches!(kind, Some(ReplyKind::Handoff | ReplyKind::Safety))
}

fn both(message: &Message<'_>, said: &str, asked: &str) -> Option<Verdict> {
    if !clauses::asks_by_itself(asked, LEAST_ASKED, 1) {
        return None;
    }
    let part = |text| Message { text, ..*message };
    let step = flow::replied(&part(said))?.draft?;
    if !matches!(step.progress, Some(Progress::At(_) | Progress::Ended(_))) || flow::replied(&part(asked)).is_some() {
        return None;
    }
    let answer = answer(&part(asked))?;
    let why = format!("it replies to the flow ({}) and asks for {}", step.rule, answer.rule);
    Some(Verdict { draft: Some(joined(message, step, answer)), why, candidates: Vec::new() })
}

/// Answers the question, or says that it cannot.
fn answer(asked: &Message<'_>) -> Option<Draft> {
    let kinds = [ReplyKind::Answer, ReplyKind::Safety, ReplyKind::Fallback];
    let stages =
        [code::decide, on_screen::decide, rule::decide, |m: &Message<'_>| policy::hold(m, question::decide(m))];
    let sure = stages.into_iter().find_map(|stage| stage(asked).draft.filter(|draft| kinds.contains(&draft.kind)));
    // Without a mark of its own it may be no question at all.
    let plainly = asked.text.contains(['?', '？', '吗']);
    sure.or_else(|| fallback::decide(asked).draft.filter(|_| plainly))
}

/// Makes one reply of both: the end of a flow first, the next step last.
fn joined(message: &Message<'_>, step: Draft, answer: Draft) -> Draft {
    let mut draft = answer;
    draft.alternatives.clear();
    draft.say_something(message);
    match step.kind {
        ReplyKind::Smalltalk => {
            draft.paragraphs.splice(0..0, step.paragraphs.first().and_then(|p| several::first_sentence(p)))
        }
        _ => {
            let end = draft.paragraphs.len();
            draft.paragraphs.splice(end..end, step.paragraphs.first().cloned())
        }
    };
    let other = step.cited.into_iter().filter(|c| draft.cited.iter().all(|own| own.ordinal != c.ordinal));
    if step.kind == ReplyKind::Handoff {
        draft.kind = ReplyKind::Handoff;
        draft.cited.splice(0..0, other.collect::<Vec<_>>());
    } else {
        draft.cited.extend(other.collect::<Vec<_>>());
    }
    draft.evidence.extend(step.evidence);
    draft.quick_replies.extend(step.quick_replies);
    draft.progress = step.progress;
    draft
}
