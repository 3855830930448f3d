//! What a flow says: its steps, its ends, and what leads away from it.

use crate::chat::flow::{Here, here};
use crate::chat::interrupted::stack;
use crate::chat::message::{Cited, CitedSection, Draft, Message, Progress, Verdict};
use crate::chat::wording;
use crate::kb::flows::Choice;
use crate::kb::{Flow, FlowStep, StepOutcome, Target};
use crate::model::{FlowState, MatchedBy, QuickReply, ReplyKind};

/// So many steps back are remembered.
const MOST_VISITED: usize = 32;

/// Goes where a reply leads.
pub(crate) fn go(
    message: &Message<'_>,
    flow: &Flow,
    from: Option<&FlowState>,
    to: Target,
    evidence: Vec<String>,
) -> Verdict {
    match to {
        Target::Step(at) => {
            let Some(step) = flow.steps.get(at) else { return Verdict::pass("the flow has no such step") };
            let mut state = FlowState { flow: flow.id.clone(), step: step.id.clone(), visited: Vec::new() };
            if let Some(from) = from {
                state.visited.clone_from(&from.visited);
                state.visited.push(from.step.clone());
                // A flow that leads round is walked for ever; nobody goes back that far.
                let old = state.visited.len().saturating_sub(MOST_VISITED);
                state.visited.drain(..old);
            }
            say(message, flow, step, state, evidence)
        }
        Target::Done => {
            let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, format!("{}/done", flow.id), 1.0);
            let own = flow.done.get(message.locale, &message.snapshot.site().default_locale);
            draft.paragraphs.push(own.unwrap_or(wording::of(message.locale).flow_done).to_owned());
            let mut left = stack(message.dialogue).chain(&message.dialogue.flow).filter(|state| state.flow != flow.id);
            if left.any(|state| here(message, Some(state)).is_some()) {
                draft.paragraphs.push(wording::of(message.locale).flow_others.to_owned());
                draft.quick_replies.push(button(wording::of(message.locale).resume));
            }
            end(draft, &flow.id, evidence, format!("the flow `{}` ends well", flow.id))
        }
        Target::Handoff => {
            let mut draft = Draft::new(ReplyKind::Handoff, MatchedBy::Flow, format!("{}/handoff", flow.id), 1.0);
            let own = flow.handoff.get(message.locale, &message.snapshot.site().default_locale);
            draft.paragraphs.push(own.unwrap_or(wording::of(message.locale).flow_handoff).to_owned());
            if let Some(support) = &flow.support {
                draft.cited.extend(cited(message, support));
            }
            end(draft, &flow.id, evidence, format!("the flow `{}` has nothing more to try", flow.id))
        }
    }
}

/// Hands over where an answer did not help and no flow follows it.
pub(crate) fn person(message: &Message<'_>, evidence: Vec<String>) -> Verdict {
    let mut draft = Draft::new(ReplyKind::Handoff, MatchedBy::Flow, "no-flow", 1.0);
    draft.paragraphs.push(wording::of(message.locale).no_help.to_owned());
    let links = message.snapshot.site().support.iter();
    let support = links.filter_map(|l| l.url.strip_prefix("article:")?.parse().ok());
    draft.cited.extend(support.filter_map(|id| cited(message, &id)).next());
    end(draft, "", evidence, "the answer did not help, and no flow goes on from it".to_owned())
}

/// Is glad that an answer helped which no flow goes on from.
pub(crate) fn solved(message: &Message<'_>, evidence: Vec<String>) -> Verdict {
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, "solved", 1.0);
    draft.paragraphs.push(wording::of(message.locale).flow_done.to_owned());
    end(draft, "", evidence, "the customer says that it works now".to_owned())
}

pub(crate) fn end(mut draft: Draft, flow: &str, evidence: Vec<String>, why: String) -> Verdict {
    draft.evidence = evidence;
    draft.progress = Some(Progress::Ended(flow.to_owned()));
    Verdict { draft: Some(draft), why, candidates: Vec::new() }
}

pub(crate) fn stopped(message: &Message<'_>, here: Here<'_>, evidence: Vec<String>) -> Verdict {
    let words = wording::of(message.locale);
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, format!("{}/stopped", here.flow.id), 1.0);
    draft.paragraphs.push(words.flow_stopped.to_owned());
    draft.quick_replies.push(button(words.resume));
    draft.evidence = evidence;
    draft.progress = Some(Progress::Suspended);
    Verdict { draft: Some(draft), why: "the customer wants no more steps".to_owned(), candidates: Vec::new() }
}

/// Leaves the flow for a question that is still to come.
pub(crate) fn asked_away(message: &Message<'_>, left: Option<Here<'_>>, evidence: Vec<String>) -> Verdict {
    let words = wording::of(message.locale);
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, "new-question", 1.0);
    draft.paragraphs.push(words.ask_away.to_owned());
    draft.evidence = evidence;
    if left.is_some() {
        draft.quick_replies.push(button(words.resume));
        draft.progress = Some(Progress::Suspended);
    }
    Verdict { draft: Some(draft), why: "the customer has another question".to_owned(), candidates: Vec::new() }
}

/// Leaves it at that: a flow that was offered is declined, or an answer was taken note of.
pub(crate) fn declined(message: &Message<'_>, evidence: Vec<String>) -> Verdict {
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, "declined", 1.0);
    draft.paragraphs.push(wording::of(message.locale).flow_declined.to_owned());
    draft.evidence = evidence;
    Verdict { draft: Some(draft), why: "the customer wants nothing more".to_owned(), candidates: Vec::new() }
}

/// Leaves a customer to what a step asks for.
pub(crate) fn noted(message: &Message<'_>) -> Verdict {
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, "noted", 1.0);
    draft.paragraphs.push(wording::of(message.locale).flow_noted.to_owned());
    Verdict { draft: Some(draft), why: "the customer will see to the step".to_owned(), candidates: Vec::new() }
}

/// So many bytes of a section explain a step; the rest is on its page.
const MOST_EXPLAINED: usize = 700;

/// Returns the first blocks of a section's text, as many as explain it without being the page.
pub(crate) fn opening(text: &str) -> Vec<String> {
    let mut length = 0;
    let blocks = text.lines().map(str::trim).filter(|block| !block.is_empty());
    let blocks = blocks.take_while(|block| {
        length += block.len();
        length <= MOST_EXPLAINED
    });
    blocks.map(str::to_owned).collect()
}

/// Tells how a step is done: what the section that it cites says, or else the summary.
pub(crate) fn explained(message: &Message<'_>, here: Here<'_>, evidence: Vec<String>) -> Verdict {
    let mut verdict = say(message, here.flow, here.step, here.state.clone(), evidence);
    let Some(draft) = verdict.draft.as_mut() else { return verdict };
    let Some(cited) = draft.cited.first_mut() else { return verdict };
    let article = &message.snapshot.articles()[cited.ordinal];
    if cited.section == CitedSection::None {
        let text = here.step.text.get(message.locale, &message.snapshot.site().default_locale).unwrap_or_default();
        *cited = Cited::answering(cited.ordinal, text);
    }
    let anchor = cited.anchor(message.snapshot);
    let section = article.sections.iter().find(|s| s.anchor.is_some() && s.anchor == anchor);
    draft.paragraphs = section.map(|section| opening(&section.text)).unwrap_or_default();
    if draft.paragraphs.is_empty() {
        draft.paragraphs.push(article.summary.clone());
    }
    verdict.why = format!("it asks how that is done; {}", verdict.why);
    verdict
}

/// Says a step.
pub(crate) fn say(
    message: &Message<'_>,
    flow: &Flow,
    step: &FlowStep,
    state: FlowState,
    evidence: Vec<String>,
) -> Verdict {
    let mut draft = Draft::new(step.kind, MatchedBy::Flow, format!("{}/{}", flow.id, step.id), 1.0);
    draft.evidence = evidence;
    draft.paragraphs.extend(step.text.get(message.locale, &message.snapshot.site().default_locale).map(str::to_owned));
    if let Some(article) = message.snapshot.article(&step.article, message.locale, message.viewer) {
        let anchor = step.anchors.get(&article.locale).cloned();
        draft.cited.push(Cited::section(message.snapshot.ordinal(article), anchor));
    }
    draft.quick_replies = step_replies(message, step);
    draft.progress = Some(Progress::At(state));
    let why = format!("the flow `{}` is at the step `{}` ({}:{})", flow.id, step.id, flow.file.display(), step.line);
    Verdict { draft: Some(draft), why, candidates: Vec::new() }
}

/// Returns what can be answered to a step with one tap.
pub(crate) fn step_replies(message: &Message<'_>, step: &FlowStep) -> Vec<QuickReply> {
    let words = wording::of(message.locale);
    let mut replies: Vec<QuickReply> = step.choices.iter().map(|c| button(&label(message, c))).collect();
    if !step.replies.is_empty() {
        // Urgent steps ask what was done, not whether it helped: what a choice leads to needs no second button.
        let chosen =
            |outcome| step.kind == ReplyKind::Safety && step.choices.iter().any(|c| c.to == step.target(outcome));
        replies.extend((!chosen(StepOutcome::Worked)).then(|| button(words.worked)));
        replies.extend((!chosen(StepOutcome::NotYet)).then(|| button(words.still_not)));
        if step.replies.contains_key(&StepOutcome::Skip) {
            replies.push(button(words.skip));
        }
    }
    replies
}

pub(crate) fn label(message: &Message<'_>, choice: &Choice) -> String {
    choice.label.get(message.locale, &message.snapshot.site().default_locale).unwrap_or_default().to_owned()
}

pub(crate) fn button(text: &str) -> QuickReply {
    QuickReply { label: text.to_owned(), message: text.to_owned() }
}

pub(crate) fn cited(message: &Message<'_>, id: &crate::base::ArticleId) -> Option<Cited> {
    let article = message.snapshot.article(id, message.locale, message.viewer)?;
    Some(Cited::article(message.snapshot.ordinal(article)))
}
