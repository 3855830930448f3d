//! The stage that walks the troubleshooting flows: one step at a time, until it helps or a person takes over.
//!
//! It comes before all other stages and takes only what is said to a step: “still not working”, “next”, a choice by its
//! name. Whatever asks for something else (a code, a person, a question that an article answers surely) is passed on,
//! and the engine keeps the flow for later.

use crate::chat::message::{Cited, Draft, Message, Progress, Verdict};
use crate::chat::short_reply::{ShortReply, short_reply};
use crate::chat::{code, on_screen, ordinal, question, rule, wording};
use crate::kb::flows::{Choice, Starts};
use crate::kb::{Flow, FlowStep, StepOutcome, Target};
use crate::model::{Dialogue, FlowState, MatchedBy, QuickReply, ReplyKind};

/// A choice may stand beside this many words or ideographs of substance; more is a question of its own.
const MOST_BESIDE_CHOICE: usize = 3;
/// A reply to a step with more beside it than this may be a question of its own.
const MOST_BESIDE_REPLY: usize = 4;

/// So many steps back are remembered.
const MOST_VISITED: usize = 32;

/// Where a conversation is.
#[derive(Clone, Copy)]
struct Here<'a> {
    flow: &'a Flow,
    step: &'a FlowStep,
    state: &'a FlowState,
}

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let dialogue = message.dialogue;
    let active = here(message, dialogue.flow.as_ref());
    let said = short_reply(message.text);
    if let Some(here) = active
        && let Some(choice) = chosen(message, here.step, &[])
    {
        return match asks_for_more(message, here.flow, false) {
            Some(why) => Verdict::pass(why),
            None => go(message, here.flow, Some(here.state), choice.to, vec![label(message, choice)]),
        };
    }
    if let Some((reply, term)) = said {
        let evidence = vec![term.to_owned()];
        if let Some(here) = active {
            let long = message.look().text.rest([term].into_iter()) > MOST_BESIDE_REPLY;
            if let Some(why) = asks_for_more(message, here.flow, long) {
                return Verdict::pass(why);
            }
            if let Some(verdict) = answered(message, here, reply, evidence.clone()) {
                return verdict;
            }
        } else if let Some(verdict) = begun(message, reply, term, evidence) {
            return verdict;
        }
    }
    if let Some((flow, evidence)) = started(message, active) {
        return match asks_for_more(message, flow, false) {
            Some(why) => Verdict::pass(why),
            None => begin(message, flow, evidence),
        };
    }
    Verdict::pass(if active.is_some() { "this is said to no step" } else { "no flow is under way and none begins" })
}

/// Returns where a conversation is, as far as the content still knows that step.
fn here<'a>(message: &Message<'a>, state: Option<&'a FlowState>) -> Option<Here<'a>> {
    let state = state?;
    let flow = message.snapshot.flows().iter().find(|f| f.id == state.flow)?;
    Some(Here { flow, step: flow.step(&state.step)?, state })
}

/// Replies to what was said to a step; none for what means nothing there.
fn answered(message: &Message<'_>, here: Here<'_>, reply: ShortReply, evidence: Vec<String>) -> Option<Verdict> {
    let outcome = match reply {
        ShortReply::Worked => StepOutcome::Worked,
        ShortReply::NotYet => StepOutcome::NotYet,
        ShortReply::Next => StepOutcome::Next,
        ShortReply::Skip => StepOutcome::Skip,
        ShortReply::Back => {
            let mut state = here.state.clone();
            if let Some(before) = state.visited.pop() {
                state.step = before;
            }
            let step = here.flow.step(&state.step)?;
            return Some(say(message, here.flow, step, state, evidence));
        }
        ShortReply::Repeat | ShortReply::Resume => {
            return Some(say(message, here.flow, here.step, here.state.clone(), evidence));
        }
        ShortReply::Stop => return Some(stopped(message, here, evidence)),
        ShortReply::StepByStep => return None,
    };
    // “是的” to a question with choices of its own answers none of them.
    if !here.step.choices.is_empty() && here.step.replies.is_empty() && outcome != StepOutcome::Worked {
        let state = here.state.clone();
        return Some(match (outcome, here.step.target(outcome)) {
            (StepOutcome::NotYet, Target::Handoff) => {
                go(message, here.flow, Some(here.state), Target::Handoff, evidence)
            }
            _ => say(message, here.flow, here.step, state, evidence),
        });
    }
    Some(go(message, here.flow, Some(here.state), here.step.target(outcome), evidence))
}

/// Begins the flow that the last answer offered, or goes on with the one that was interrupted.
fn begun(message: &Message<'_>, reply: ShortReply, term: &str, evidence: Vec<String>) -> Option<Verdict> {
    let dialogue = message.dialogue;
    let suspended = here(message, dialogue.suspended.as_ref());
    let offered = dialogue.offered_flow.as_ref().and_then(|id| message.snapshot.flows().iter().find(|f| f.id == *id));
    if let Some(here) = suspended
        && (reply == ShortReply::Resume || offered.is_none_or(|f| f.id == here.flow.id))
        && matches!(reply, ShortReply::Resume | ShortReply::NotYet | ShortReply::Next | ShortReply::Back)
    {
        let long = message.look().text.rest([term].into_iter()) > MOST_BESIDE_REPLY;
        return Some(match asks_for_more(message, here.flow, long) {
            Some(why) => Verdict::pass(why),
            None => say(message, here.flow, here.step, here.state.clone(), evidence),
        });
    }
    let Some(flow) = offered else {
        // Nothing is left to try: a person is what helps now.
        let alone = message.look().text.rest([term].into_iter()) == 0;
        return (reply == ShortReply::NotYet && alone && dialogue.topic.is_some()).then(|| person(message, evidence));
    };
    match reply {
        ShortReply::NotYet | ShortReply::Next | ShortReply::StepByStep => {
            let long = message.look().text.rest([term].into_iter()) > MOST_BESIDE_REPLY;
            Some(match asks_for_more(message, flow, long) {
                Some(why) => Verdict::pass(why),
                None => go(message, flow, None, Target::Step(0), evidence),
            })
        }
        ShortReply::Worked => Some(match asks_for_more(message, flow, false) {
            Some(why) => Verdict::pass(why),
            None => go(message, flow, None, Target::Done, evidence),
        }),
        _ => None,
    }
}

/// Begins a flow by its terms. Whoever has said already what the first step asks (“银行卡充值失败”) is not asked again;
/// whoever says much more asks something that an article may know better.
fn begin(message: &Message<'_>, flow: &Flow, evidence: Vec<String>) -> Verdict {
    let words = flow.starts.terms.iter().flat_map(|t| t.any.iter().chain(&t.all).flat_map(|t| t.split('|')));
    let words: Vec<&str> = words.collect();
    let first = flow.steps.first();
    if let Some((step, choice)) = first.and_then(|step| Some((step, chosen(message, step, &words)?))) {
        let asked = FlowState { flow: flow.id.clone(), step: step.id.clone(), visited: Vec::new() };
        return go(message, flow, Some(&asked), choice.to, evidence);
    }
    if message.look().text.rest(words.into_iter()) > MOST_BESIDE_CHOICE {
        return Verdict::pass(format!("it says more than what begins the flow `{}`", flow.id));
    }
    go(message, flow, None, Target::Step(0), evidence)
}

/// Returns the flow whose declared terms the message has, unless it is under way.
fn started<'a>(message: &Message<'a>, active: Option<Here<'_>>) -> Option<(&'a Flow, Vec<String>)> {
    let look = message.look();
    let other = |flow: &&Flow| active.is_none_or(|here| here.flow.id != flow.id);
    message.snapshot.flows().iter().filter(other).find_map(|flow| {
        let matched = |starts: &Starts| starts.terms.iter().find_map(|t| look.text.matches(&t.any, &t.all, &t.none));
        Some((flow, matched(&flow.starts)?))
    })
}

/// Returns why a message is not for this flow: it names a code or a message that the flow does not begin with, a rule has
/// urgent words for it, or, when it is long enough to be a question, an article outside the flow answers it surely.
fn asks_for_more(message: &Message<'_>, flow: &Flow, long: bool) -> Option<String> {
    let found = message.snapshot.find_codes(message.text);
    if !found.is_empty() {
        let own = |code: &str| flow.starts.codes.iter().any(|c| c == code);
        if let Some(other) = found.iter().find(|f| !own(&f.code)) {
            return Some(format!("it names the code {}", other.code));
        }
    }
    if let Some(draft) = rule::decide(message).draft
        && matches!(draft.kind, ReplyKind::Handoff | ReplyKind::Safety | ReplyKind::Answer)
    {
        return Some(format!("the rule `{}` comes first", draft.rule));
    }
    let outside = |verdict: Verdict| {
        let draft = verdict.draft.filter(|d| d.kind == ReplyKind::Answer && d.alternatives.is_empty())?;
        let article = &message.snapshot.articles()[draft.cited.first()?.ordinal].id;
        (!flow.deals_with(article)).then(|| format!("it is about {article}, which is no part of the flow"))
    };
    outside(on_screen::decide(message)).or_else(|| {
        if long && code::decide(message).draft.is_none() { outside(question::decide(message)) } else { None }
    })
}

/// Returns the choice that the message makes among the step's; the words in `beside` say nothing else.
fn chosen<'a>(message: &Message<'_>, step: &'a FlowStep, beside: &[&str]) -> Option<&'a Choice> {
    let look = message.look();
    let text = &look.text;
    let mut best: Option<(usize, usize, &Choice)> = None;
    for choice in &step.choices {
        let labels = choice.label.iter().map(|(_, label)| label);
        let terms: Vec<&str> = labels.chain(choice.terms.iter().map(String::as_str)).collect();
        let found = terms.iter().filter(|t| text.has(t)).map(|t| t.chars().count()).max();
        let Some(length) = found else { continue };
        let rest = text.rest(terms.into_iter().chain(beside.iter().copied()));
        // The longest term says most; of two the one that leaves less unsaid.
        if rest <= MOST_BESIDE_CHOICE && best.is_none_or(|(l, r, _)| (length, r) > (l, rest)) {
            best = Some((length, rest, choice));
        }
    }
    // At the beginning of a flow nobody has seen the choices yet, so that they have no numbers.
    let by_number = || step.choices.get(ordinal::chosen(text, step.choices.len()).filter(|_| beside.is_empty())?);
    best.map(|(_, _, choice)| choice).or_else(by_number)
}

/// Goes where a reply leads.
fn go(message: &Message<'_>, flow: &Flow, from: Option<&FlowState>, to: Target, evidence: Vec<String>) -> Verdict {
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
            end(draft, evidence, format!("the flow `{}` ends well", flow.id))
        }
        Target::Handoff => {
            let mut draft = Draft::new(ReplyKind::Handoff, MatchedBy::Flow, format!("{}/handoff", flow.id), 1.0);
            let own = flow.handoff.get(message.locale, &message.snapshot.site().default_locale);
            draft.paragraphs.push(own.unwrap_or(wording::of(message.locale).flow_handoff).to_owned());
            if let Some(support) = &flow.support {
                draft.cited.extend(cited(message, support));
            }
            end(draft, evidence, format!("the flow `{}` has nothing more to try", flow.id))
        }
    }
}

/// Hands over where an answer did not help and no flow follows it.
fn person(message: &Message<'_>, evidence: Vec<String>) -> Verdict {
    let mut draft = Draft::new(ReplyKind::Handoff, MatchedBy::Flow, "no-flow", 1.0);
    draft.paragraphs.push(wording::of(message.locale).flow_handoff.to_owned());
    let links = message.snapshot.site().support.iter();
    let support = links.filter_map(|l| l.url.strip_prefix("article:")?.parse().ok());
    draft.cited.extend(support.filter_map(|id| cited(message, &id)).next());
    end(draft, evidence, "the answer did not help, and no flow goes on from it".to_owned())
}

fn end(mut draft: Draft, evidence: Vec<String>, why: String) -> Verdict {
    draft.evidence = evidence;
    draft.progress = Some(Progress::Ended);
    Verdict { draft: Some(draft), why, candidates: Vec::new() }
}

fn stopped(message: &Message<'_>, here: Here<'_>, evidence: Vec<String>) -> Verdict {
    let words = wording::of(message.locale);
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, format!("{}/stopped", here.flow.id), 1.0);
    draft.paragraphs.push(words.flow_stopped.to_owned());
    draft.quick_replies.push(button(words.resume));
    draft.evidence = evidence;
    draft.progress = Some(Progress::Suspended);
    Verdict { draft: Some(draft), why: "the customer wants no more steps".to_owned(), candidates: Vec::new() }
}

/// Says a step.
fn say(message: &Message<'_>, flow: &Flow, step: &FlowStep, state: FlowState, evidence: Vec<String>) -> Verdict {
    let mut draft = Draft::new(step.kind, MatchedBy::Flow, format!("{}/{}", flow.id, step.id), 1.0);
    draft.evidence = evidence;
    draft.paragraphs.extend(step.text.get(message.locale, &message.snapshot.site().default_locale).map(str::to_owned));
    if let Some(article) = message.snapshot.article(&step.article, message.locale, message.viewer) {
        let anchor = step.anchors.get(&article.locale).cloned();
        draft.cited.push(Cited { ordinal: message.snapshot.ordinal(article), anchor });
    }
    draft.quick_replies = step_replies(message, step);
    draft.progress = Some(Progress::At(state));
    let why = format!("the flow `{}` is at the step `{}` ({}:{})", flow.id, step.id, flow.file.display(), step.line);
    Verdict { draft: Some(draft), why, candidates: Vec::new() }
}

/// Returns what can be answered to a step with one tap.
fn step_replies(message: &Message<'_>, step: &FlowStep) -> Vec<QuickReply> {
    let words = wording::of(message.locale);
    let mut replies: Vec<QuickReply> = step.choices.iter().map(|c| button(&label(message, c))).collect();
    if !step.replies.is_empty() {
        replies.extend([button(words.worked), button(words.still_not)]);
        if step.replies.contains_key(&StepOutcome::Skip) {
            replies.push(button(words.skip));
        }
    }
    replies
}

fn label(message: &Message<'_>, choice: &Choice) -> String {
    choice.label.get(message.locale, &message.snapshot.site().default_locale).unwrap_or_default().to_owned()
}

fn button(text: &str) -> QuickReply {
    QuickReply { label: text.to_owned(), message: text.to_owned() }
}

fn cited(message: &Message<'_>, id: &crate::base::ArticleId) -> Option<Cited> {
    let article = message.snapshot.article(id, message.locale, message.viewer)?;
    Some(Cited { ordinal: message.snapshot.ordinal(article), anchor: None })
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

/// Adds what a reply offers beside its own: the beginning of a flow, the way back to one, the replies to its step.
pub(crate) fn offer(message: &Message<'_>, draft: &mut Draft) {
    if draft.progress.is_some() {
        return;
    }
    let words = wording::of(message.locale);
    let active = here(message, message.dialogue.flow.as_ref());
    let offered = offered_by(message, draft);
    if let Some(here) = active
        && !interrupts(draft.kind)
    {
        draft.quick_replies.extend(step_replies(message, here.step));
        return;
    }
    // Whose payment hangs in the air may need more than one answer, flow or no flow.
    if offered.is_some() || (draft.kind == ReplyKind::Answer && draft.outcome_unknown) {
        draft.quick_replies.extend([button(words.worked), button(words.still_not)]);
    }
    let resumable = active.or_else(|| here(message, message.dialogue.suspended.as_ref()));
    if resumable.is_some() && interrupts(draft.kind) && draft.kind != ReplyKind::Handoff {
        draft.quick_replies.push(button(words.resume));
    }
}

/// Tells whether a reply of this kind leads away from the step that was said last.
fn interrupts(kind: ReplyKind) -> bool {
    !matches!(kind, ReplyKind::Smalltalk | ReplyKind::Fallback)
}

/// Keeps where the conversation is in its flows, for the next turn.
pub(crate) fn remember(message: &Message<'_>, draft: &Draft, next: &mut Dialogue, settled: ReplyKind) {
    let before = message.dialogue;
    (next.flow, next.suspended, next.offered_flow) =
        (before.flow.clone(), before.suspended.clone(), before.offered_flow.clone());
    match &draft.progress {
        Some(Progress::At(state)) => {
            (next.flow, next.suspended, next.offered_flow) = (Some(state.clone()), None, None);
        }
        Some(Progress::Ended) => (next.flow, next.suspended, next.offered_flow) = (None, None, None),
        Some(Progress::Suspended) => {
            (next.suspended, next.offered_flow) = (next.flow.take(), None);
        }
        None if interrupts(settled) => {
            if let Some(left) = next.flow.take() {
                next.suspended = Some(left);
            }
            next.offered_flow = offered_by(message, draft).map(|f| f.id.clone());
        }
        None => {}
    }
}
