//! Which step of a flow a message tells of as done, where that is not the step that was said last: “the cache is cleared too,
//! no use”, “网络我看过了，没问题” behind an answer that only offers the flow.

use crate::chat::clauses;
use crate::chat::message::Message;
use crate::chat::said::{Said, heard};
use crate::chat::short_reply::{ShortReply, short_reply};
use crate::kb::{Flow, FlowStep, StepOutcome, Target};
use crate::model::ReplyKind;

/// Returns the step that a message tells to be done without use, or to be in order, with what comes after it. What urgent
/// steps ask for is no repair that is tried and put aside.
pub(crate) fn done_of<'a>(message: &Message<'_>, flow: &'a Flow) -> Option<(&'a FlowStep, Target)> {
    let no_use = || matches!(short_reply(message.text, &[]), Some((ShortReply::NotYet, _))) && reports_deed(message);
    let steps = || flow.steps.iter().filter_map(|step| Some((step, next(step)?)));
    let in_order = |step: &FlowStep| {
        heard(message, flow, step)
            .is_some_and(|heard| heard.of_step && matches!(heard.said, Said::Reply(ShortReply::Next | ShortReply::Did)))
    };
    steps()
        .find(|(step, _)| in_order(step))
        .or_else(|| if no_use() { steps().find(|(step, _)| is_about(message, step)) } else { None })
}

/// Returns the step of a repair that the last answer told, and what comes after it.
pub(crate) fn of_topic<'a>(message: &Message<'a>) -> Option<(&'a Flow, &'a FlowStep, Target)> {
    let topic = message.dialogue.topic.as_ref()?;
    let steps = message.snapshot.flows().iter().flat_map(|flow| flow.steps.iter().map(move |step| (flow, step)));
    steps.filter(|(_, step)| step.article == *topic).find_map(|(flow, step)| Some((flow, step, next(step)?)))
}

/// Returns the step after one that did not help; none where there is none, or the step is no repair.
fn next(step: &FlowStep) -> Option<Target> {
    let to = step.target(StepOutcome::NotYet);
    (step.kind != ReplyKind::Safety && matches!(to, Target::Step(_))).then_some(to)
}

/// Tells whether a message reports what was done, and asks nothing.
pub(crate) fn reports_deed(message: &Message<'_>) -> bool {
    clauses::reports_deed(message.text, &message.look().text)
}

/// Tells whether a message is about what a step is about.
pub(crate) fn is_about(message: &Message<'_>, step: &FlowStep) -> bool {
    let ranking = message.ranking();
    let first = ranking.candidates.first().and_then(|first| message.article_of_group(first.class as usize));
    ranking.confidence >= message.thresholds().clarify && first.is_some_and(|article| article.id == step.article)
}
