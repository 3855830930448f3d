//! Which step of a flow a message tells of as done, where that is not the step that was said last: “the cache is cleared too,
//! no use”, “网络我看过了，没问题” behind an answer that only offers the flow.

use crate::base::ArticleId;
use crate::chat::clauses;
use crate::chat::message::Message;
use crate::chat::said::{Said, heard};
use crate::chat::short_reply::{ShortReply, short_reply};
use crate::kb::replies::{DialogueAct, HeardAct};
use crate::kb::{Flow, FlowStep, Snapshot, StepOutcome, Target};
use crate::model::ReplyKind;

/// Of a message with more clauses nobody tells step by step what was done.
const MOST_CLAUSES: usize = 5;

/// What says that a step cannot be done at all.
const CANNOT: [&str; 16] = [
    "cannot",
    "can't",
    "can not",
    "only have one",
    "only got one",
    "have no other",
    "don't have",
    "do not have",
    "no other",
    "换不了",
    "改不了",
    "弄不了",
    "清不了",
    "只有一张",
    "没有别的",
    "没别的",
];

/// Returns the last step, by its place, that a message tells to be done without use, or to be in order, with what comes after
/// it: “did the wifi restart, and my data is all correct” tells two. What urgent steps ask for is no repair that is tried and
/// put aside.
pub(crate) fn done_of(message: &Message<'_>, flow: &Flow) -> Option<(usize, Target)> {
    if clauses::asks(message.text) {
        return None;
    }
    let reply = short_reply(message.text, &[]).map(|(reply, _)| reply);
    // “换成支付宝付成功了” needs no next step.
    let solved = || message.act().is_some_and(|heard| heard.sure && heard.act == DialogueAct::Solved);
    if reply == Some(ShortReply::Worked) || solved() {
        return None;
    }
    let no_use = reply == Some(ShortReply::NotYet);
    let clauses: Vec<&str> = clauses::clauses(message.text).collect();
    let of_whole = || told_in(message, flow, no_use, false);
    let place = match clauses.len() {
        0 | 1 => of_whole(),
        2..=MOST_CLAUSES => {
            let of_clause = |text| told_in(&Message { text, ..*message }, flow, no_use, true);
            clauses.into_iter().filter_map(of_clause).max().or_else(of_whole)
        }
        _ => None,
    };
    place.and_then(|place| Some((place, after(flow.steps.get(place)?)?)))
}

/// Tells whether a clause says by example that something was tried, or is in order, in a flow that asks one thing after another.
fn is_tried(clause: &Message<'_>, flow: &Flow) -> bool {
    let tried = |heard: HeardAct| heard.sure && matches!(heard.act, DialogueAct::Proceed | DialogueAct::NoUse);
    !branches(flow) && clause.act().is_some_and(tried)
}

/// Returns the place of the step that a clause tells of as done; whether without use, the whole message says. A clause beside
/// others may be heard by example: “details fine, other card same story”.
fn told_in(clause: &Message<'_>, flow: &Flow, no_use: bool, by_example: bool) -> Option<usize> {
    let in_order = |step: &FlowStep| {
        heard(clause, flow, step).is_some_and(|heard| match heard.said {
            Said::Reply(ShortReply::Next) if step.says.values().flatten().any(|own| own == heard.term) => true,
            Said::Reply(ShortReply::Next | ShortReply::Did) => heard.of_step,
            _ => false,
        })
    };
    let place =
        |told: &dyn Fn(&FlowStep) -> bool| flow.steps.iter().position(|step| after(step).is_some() && told(step));
    let first = place(&in_order);
    let done = (no_use && reports_deed(clause)) || (by_example && is_tried(clause, flow));
    // What tells of no deed need not be ranked for it.
    if first.is_none() && !done {
        return None;
    }
    // “All correct” is in order wherever it is said: what the clause is about tells of which step.
    let about = place(&|step| is_about(clause, step));
    about.filter(|place| done || in_order(&flow.steps[*place])).or(first)
}

/// Tells whether a flow begins with a choice: nobody knows then that any later step is for this customer.
pub(crate) fn branches(flow: &Flow) -> bool {
    flow.steps.first().is_some_and(|first| !first.choices.is_empty() && first.replies.is_empty())
}

/// Returns the step of a repair that a message is about, by its place, and what comes after it.
pub(crate) fn step_about(message: &Message<'_>, flow: &Flow) -> Option<(usize, Target)> {
    if branches(flow) {
        return None;
    }
    let mut steps = flow.steps.iter().enumerate().filter(|(_, step)| is_about(message, step));
    steps.find_map(|(place, step)| Some((place, after(step)?)))
}

/// Tells whether a message says that what a step asks for cannot be done: “I only have one card”.
pub(crate) fn cannot_be_done(message: &Message<'_>, step: &FlowStep) -> bool {
    CANNOT.iter().any(|words| message.look().text.has(words)) && !clauses::asks(message.text) && is_about(message, step)
}

/// Returns the step of a repair that the last answer told, and what comes after it.
pub(crate) fn of_topic<'a>(message: &Message<'a>) -> Option<(&'a Flow, &'a FlowStep, Target)> {
    let topic = message.dialogue.topic.as_ref()?;
    let steps = message.snapshot.flows().iter().flat_map(|flow| flow.steps.iter().map(move |step| (flow, step)));
    steps.filter(|(_, step)| step.article == *topic).find_map(|(flow, step)| Some((flow, step, after(step)?)))
}

/// Returns the step after one that did not help; none where there is none, or the step is no repair.
pub(crate) fn after(step: &FlowStep) -> Option<Target> {
    let to = step.target(StepOutcome::NotYet);
    (step.kind != ReplyKind::Safety && matches!(to, Target::Step(_))).then_some(to)
}

/// Tells whether an article is a step of a repair. What urgent steps ask for is said again, done or not.
pub(crate) fn is_repair(snapshot: &Snapshot, article: &ArticleId) -> bool {
    snapshot
        .flows()
        .iter()
        .flat_map(|flow| &flow.steps)
        .any(|step| step.article == *article && step.kind != ReplyKind::Safety)
}

/// Tells whether a message reports what was done, and asks nothing.
pub(crate) fn reports_deed(message: &Message<'_>) -> bool {
    clauses::reports_deed(message.text, &message.look().text)
}

/// Tells whether a message says in a clause of its own how things are, and asks nothing: “信号满格，还是不行”.
pub(crate) fn tells_how_it_is(message: &Message<'_>) -> bool {
    clauses::clauses(message.text).nth(1).is_some() && !clauses::asks(message.text)
}

/// Tells whether a message is about what a step is about.
pub(crate) fn is_about(message: &Message<'_>, step: &FlowStep) -> bool {
    let ranking = message.ranking();
    let first = ranking.candidates.first().and_then(|first| message.article_of_group(first.class as usize));
    ranking.confidence >= message.thresholds().clarify && first.is_some_and(|article| article.id == step.article)
}
