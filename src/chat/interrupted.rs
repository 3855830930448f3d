//! The flows that a conversation is in: the one that is under way, those that something else interrupted, and the one that
//! the last answer offers.
//!
//! It adds to replies what leads into a flow or back to one, and keeps for the next turn what became of them.

use crate::chat::flow::{Here, here};
use crate::chat::flow_says::{button, step_replies};
use crate::chat::message::{Draft, Message, Progress};
use crate::chat::short_reply::FILLER_WORDS;
use crate::chat::slip::Slipped;
use crate::chat::wording;
use crate::kb::Flow;
use crate::model::{Dialogue, FlowState, MatchedBy, ReplyKind, StepSaid};

/// So many flows that were interrupted are kept, the last first.
const MOST_INTERRUPTED: usize = 3;

/// Returns the flows that were interrupted, the last first.
pub(crate) fn stack(dialogue: &Dialogue) -> impl Iterator<Item = &FlowState> {
    dialogue.suspended.iter().chain(&dialogue.interrupted)
}

/// Returns the flow that was interrupted last, of those that the content still has.
pub(crate) fn last<'a>(message: &Message<'a>) -> Option<Here<'a>> {
    stack(message.dialogue).find_map(|state| here(message, Some(state)))
}

/// What asks for something that was talked about before.
const RETURNS: [&str; 24] = [
    "继续",
    "接着",
    "回到",
    "返回",
    "回去",
    "回头",
    "刚才",
    "之前",
    "先前",
    "上面",
    "弄",
    "查",
    "back to",
    "back",
    "return to",
    "return",
    "resume",
    "continue",
    "continue with",
    "go on with",
    "carry on with",
    "go",
    "pick up",
    "finish",
];
/// What a problem is called beside its name.
const OF_A_PROBLEM: [&str; 20] = [
    "问题",
    "排查",
    "步骤",
    "流程",
    "那个",
    "这个",
    "那边",
    "事",
    "不了",
    "失败",
    "problem",
    "issue",
    "thing",
    "one",
    "troubleshooting",
    "steps",
    "question",
    "stuff",
    "earlier",
    "let",
];
/// So many words or ideographs may stand beside the name of a flow and the wish for it.
const MOST_BESIDE_NAME: usize = 1;

/// Returns the flow that a message asks back by its name: “接着刚才的充值”, “back to the payment problem”.
pub(crate) fn named<'a>(message: &Message<'a>) -> Option<(Here<'a>, String)> {
    let states = message.dialogue.flow.iter().chain(stack(message.dialogue));
    let heres: Vec<Here<'a>> = states.filter_map(|state| here(message, Some(state))).collect();
    if heres.is_empty() {
        return None;
    }
    if let Some(spelled) = spelled(message, &heres) {
        return Some(spelled);
    }
    let look = message.look();
    let text = &look.text;
    if !RETURNS.iter().any(|word| text.has(word)) {
        return None;
    }
    heres.into_iter().find_map(|here| {
        let name = here.flow.names.iter().filter(|name| text.has(name)).max_by_key(|name| name.chars().count())?;
        let names = here.flow.names.iter().map(String::as_str);
        let rest = text.rest(names.chain(RETURNS).chain(OF_A_PROBLEM).chain(FILLER_WORDS.split(", ")));
        (rest <= MOST_BESIDE_NAME).then(|| (here, name.clone()))
    })
}

/// The same in letters: “jixu chongzhi”.
fn spelled<'a>(message: &Message<'_>, heres: &[Here<'a>]) -> Option<(Here<'a>, String)> {
    let letters = Slipped::new(message.text).filter(Slipped::is_in_letters)?;
    let returns = RETURNS.iter().filter_map(|word| Some((word.chars().count(), letters.spells(word)?)));
    let (wish, rest) = returns.max_by_key(|(length, _)| *length)?;
    heres.iter().find_map(|here| {
        let named = |name: &&String| {
            let length = name.chars().count();
            letters.spells(name).is_some() && rest <= length + MOST_BESIDE_NAME && wish >= 2
        };
        let name = here.flow.names.iter().filter(named).max_by_key(|name| name.chars().count())?;
        Some((*here, name.clone()))
    })
}

/// Returns the flow that an answer offers: by its code, its on-screen message, or its article.
fn offered_by<'a>(message: &Message<'a>, draft: &Draft) -> Option<&'a Flow> {
    if !matches!(draft.kind, ReplyKind::Answer | ReplyKind::Safety) {
        return None;
    }
    let flows = message.snapshot.flows();
    let named = match draft.by {
        MatchedBy::Code => flows.iter().find(|f| draft.evidence.iter().any(|code| f.starts.codes.contains(code))),
        MatchedBy::Message => flows.iter().find(|f| f.starts.messages.contains(&draft.rule)),
        _ => None,
    };
    let article = || {
        let id = &message.snapshot.articles()[draft.cited.first()?.ordinal].id;
        flows.iter().find(|f| f.starts.articles.contains(id))
    };
    named.or_else(article)
}

/// Returns where a reply takes up a flow: an answer that asks what the flow asks first, or urgent advice of a flow that is
/// under way already.
fn taken_up(message: &Message<'_>, draft: &Draft) -> Option<FlowState> {
    let flow = offered_by(message, draft).filter(|f| !f.starts.asks.is_empty())?;
    // What a rule says in its own words has a question of its own, or none.
    if draft.progress.is_some()
        || !draft.alternatives.is_empty()
        || (draft.by == MatchedBy::Rule && draft.kind == ReplyKind::Answer)
    {
        return None;
    }
    let known = message.dialogue.flow.iter().chain(stack(message.dialogue));
    let mut known = known.filter(|state| state.flow == flow.id && flow.step(&state.step).is_some());
    let first = || FlowState { flow: flow.id.clone(), step: flow.steps[0].id.clone(), visited: Vec::new() };
    Some(known.next().cloned().unwrap_or_else(first))
}

/// Adds what a reply offers beside its own: the beginning of a flow, the way back to one, the replies to its step.
pub(crate) fn offer(message: &Message<'_>, draft: &mut Draft) {
    if draft.progress.is_some() {
        return;
    }
    let words = wording::of(message.locale);
    let active = here(message, message.dialogue.flow.as_ref());
    if let Some(here) = active
        && (!interrupts(draft.kind) || is_of_the_step(message, here, draft))
    {
        draft.quick_replies.extend(step_replies(message, here.step));
        return;
    }
    let state = taken_up(message, draft);
    if let Some(here) = here(message, state.as_ref()) {
        if here.state.visited.is_empty() && here.flow.steps[0].id == here.step.id {
            draft.say_something(message);
            let asks = here.flow.starts.asks.get(message.locale, &message.snapshot.site().default_locale);
            draft.paragraphs.extend(asks.map(str::to_owned));
        }
        draft.quick_replies.extend(step_replies(message, here.step));
        return;
    }
    // Whose payment hangs in the air may need more than one answer, flow or no flow.
    if offered_by(message, draft).is_some() || (draft.kind == ReplyKind::Answer && draft.outcome_unknown) {
        draft.quick_replies.extend([button(words.worked), button(words.still_not)]);
    }
    let resumable = active.or_else(|| last(message));
    if resumable.is_some() && interrupts(draft.kind) && draft.kind != ReplyKind::Handoff {
        draft.quick_replies.push(button(words.resume));
    }
}

/// Tells whether an answer is about what the step says: who asks about it is still at it.
fn is_of_the_step(message: &Message<'_>, here: Here<'_>, draft: &Draft) -> bool {
    let answers = matches!(draft.by, MatchedBy::Question | MatchedBy::Search) && draft.kind == ReplyKind::Answer;
    let articles = message.snapshot.articles();
    answers && draft.cited.len() == 1 && articles[draft.cited[0].ordinal].id == here.step.article
}

/// Tells whether a reply of this kind leads away from the step that was said last.
fn interrupts(kind: ReplyKind) -> bool {
    !matches!(kind, ReplyKind::Smalltalk | ReplyKind::Fallback)
}

/// Keeps where the conversation is in its flows, for the next turn.
pub(crate) fn remember(message: &Message<'_>, draft: &Draft, next: &mut Dialogue, settled: ReplyKind) {
    let before = message.dialogue;
    let mut left: Vec<FlowState> = stack(before).cloned().collect();
    let mut leave = |state: Option<&FlowState>, for_flow: &str| {
        let state = state.filter(|state| state.flow != for_flow).cloned();
        left.retain(|old| old.flow != for_flow && state.as_ref().is_none_or(|state| state.flow != old.flow));
        left.splice(0..0, state);
    };
    (next.flow, next.offered_flow) = (before.flow.clone(), before.offered_flow.clone());
    match &draft.progress {
        Some(Progress::At(state)) => {
            leave(next.flow.as_ref(), &state.flow);
            (next.flow, next.offered_flow) = (Some(state.clone()), None);
        }
        Some(Progress::Ended(flow)) => {
            leave(next.flow.as_ref(), flow);
            (next.flow, next.offered_flow) = (None, None);
        }
        Some(Progress::Suspended) => {
            leave(next.flow.as_ref(), "");
            (next.flow, next.offered_flow) = (None, None);
        }
        None if interrupts(settled)
            && !here(message, before.flow.as_ref()).is_some_and(|here| is_of_the_step(message, here, draft)) =>
        {
            let taken_up = taken_up(message, draft);
            leave(next.flow.as_ref(), taken_up.as_ref().map_or("", |state| state.flow.as_str()));
            next.offered_flow = offered_by(message, draft).filter(|_| taken_up.is_none()).map(|f| f.id.clone());
            next.step_said = StepSaid::Asked;
            next.flow = taken_up;
        }
        None => {
            let untold = before.step_said == StepSaid::Asked;
            next.step_said = if untold { StepSaid::Asked } else { StepSaid::Before };
        }
    }
    left.truncate(MOST_INTERRUPTED);
    let mut left = left.into_iter();
    next.suspended = left.next();
    next.interrupted = left.collect();
}
