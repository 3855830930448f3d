//! The stage that walks the troubleshooting flows: one step at a time, until it helps or a person takes over.
//!
//! It comes before all other stages and takes only what is said to a step: “still not working”, “next”, a choice by its
//! name. Whatever asks for something else (a code, a person, a question that an article answers surely) is passed on,
//! and the engine keeps the flow for later.

use crate::chat::message::{Cited, Draft, Message, Progress, Verdict};
use crate::chat::said::{self, Heard, MOST_BESIDE_CHOICE, Said, chosen, heard};
use crate::chat::short_reply::{ShortReply, short_reply};
use crate::chat::{code, on_screen, question, rule, wording};
use crate::kb::flows::{Choice, Starts};
use crate::kb::{Flow, FlowStep, StepOutcome, Target};
use crate::model::{Dialogue, FlowState, MatchedBy, QuickReply, ReplyKind, StepSaid};
use crate::search::section_for;

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
    let active = here(message, message.dialogue.flow.as_ref());
    let verdict = match active {
        Some(here) => secret_to_step(message, here).or_else(|| said_to_step(message, here)),
        None => begun(message),
    };
    if let Some(verdict) = verdict {
        return verdict;
    }
    if let Some((flow, evidence)) = started(message, active) {
        return match declared_elsewhere(message).or_else(|| asks_for_more(message, flow, false)) {
            Some(why) => Verdict::pass(why),
            None => begin(message, flow, evidence),
        };
    }
    Verdict::pass(if active.is_some() { "this is said to no step" } else { "no flow is under way and none begins" })
}

/// Tells whether a message with urgent words is said to a step of the flow that deals with them already: who says there
/// that the phone number was changed too is not told once more what to do first.
pub(crate) fn takes(message: &Message<'_>, urgent: &Draft) -> bool {
    let Some(here) = here(message, message.dialogue.flow.as_ref()) else { return false };
    let about = urgent.cited.first().map(|c| &message.snapshot.articles()[c.ordinal].id);
    about.is_some_and(|id| here.flow.starts.articles.contains(id)) && heard(message, here.flow, here.step).is_some()
}

/// Returns where a conversation is, as far as the content still knows that step.
fn here<'a>(message: &Message<'a>, state: Option<&'a FlowState>) -> Option<Here<'a>> {
    let state = state?;
    let flow = message.snapshot.flows().iter().find(|f| f.id == state.flow)?;
    Some(Here { flow, step: flow.step(&state.step)?, state })
}

/// Replies to what was said to the step that the flow is at; none for what means nothing there.
fn said_to_step(message: &Message<'_>, here: Here<'_>) -> Option<Verdict> {
    let heard = heard(message, here.flow, here.step)?;
    match heard.said {
        Said::Choice(choice) => Some(match asks_for_more(message, here.flow, false) {
            Some(why) => Verdict::pass(why),
            None => go(message, here.flow, Some(here.state), choice.to, vec![label(message, choice)]),
        }),
        Said::Reply(reply) => match asks_for_more(message, here.flow, is_long(message, heard)) {
            Some(why) => Some(Verdict::pass(why)),
            None => answered(message, here, reply, vec![heard.term.to_owned()]),
        },
    }
}

/// What a secret is sent with, and says nothing else.
const SECRET_NAMES: [&str; 30] = [
    "验证码",
    "校验码",
    "密码",
    "登录密码",
    "支付密码",
    "口令",
    "卡号",
    "银行卡",
    "身份证",
    "号码",
    "号",
    "安全码",
    "收到",
    "发来",
    "新",
    "旧",
    "password",
    "passcode",
    "code",
    "verification",
    "verification code",
    "otp",
    "pin",
    "card",
    "card number",
    "number",
    "cvv",
    "id number",
    "here",
    "new",
];
/// With no more words or ideographs beside it a secret was sent for its own sake.
const MOST_BESIDE_SECRET: usize = 1;

/// Warns of a secret that was sent to a step for its own sake, and says the step again: whoever is asked for a code on the
/// screen types it here too, and is no further and no less far for it.
fn secret_to_step(message: &Message<'_>, here: Here<'_>) -> Option<Verdict> {
    let has_secret = message.redacted.found().iter().any(|kind| kind.is_secret());
    if !has_secret || message.look().text.rest(SECRET_NAMES.into_iter()) > MOST_BESIDE_SECRET {
        return None;
    }
    let mut verdict = say(message, here.flow, here.step, here.state.clone(), Vec::new());
    let draft = verdict.draft.as_mut()?;
    draft.paragraphs.insert(0, wording::of(message.locale).secret_in_flow.to_owned());
    verdict.why = format!("a secret was sent; {}", verdict.why);
    Some(verdict)
}

/// Tells whether so much stands beside a reply that it may be a question of its own.
fn is_long(message: &Message<'_>, heard: Heard<'_>) -> bool {
    message.look().text.rest(std::iter::once(heard.term)) > MOST_BESIDE_REPLY
}

/// Replies to a short reply to a step; none for what means nothing there.
fn answered(message: &Message<'_>, here: Here<'_>, reply: ShortReply, evidence: Vec<String>) -> Option<Verdict> {
    let again = || say(message, here.flow, here.step, here.state.clone(), evidence.clone());
    // The last answer only asked what the step asks: who wants to know what to do has not been told yet.
    let untold = message.dialogue.step_said == StepSaid::Asked;
    let outcome = match reply {
        ShortReply::NotYet | ShortReply::Next | ShortReply::Back | ShortReply::StepByStep | ShortReply::Resume
            if untold =>
        {
            return Some(again());
        }
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
        // “继续” after a step goes on to the next; after anything else it goes back to the step.
        ShortReply::Resume if message.dialogue.step_said == StepSaid::Whole => StepOutcome::Next,
        ShortReply::Repeat | ShortReply::Resume => return Some(again()),
        // What was done has worked where the next thing is to be done, and not where the flow would end.
        ShortReply::Did => {
            let ends = |outcome| !matches!(here.step.target(outcome), Target::Step(_));
            match [StepOutcome::Worked, StepOutcome::Next].into_iter().find(|outcome| !ends(*outcome)) {
                Some(outcome) => outcome,
                None => return Some(again()),
            }
        }
        ShortReply::Stop => return Some(stopped(message, here, evidence)),
        ShortReply::NewQuestion => return Some(asked_away(message, Some(here), evidence)),
        ShortReply::Restart => return Some(go(message, here.flow, None, Target::Step(0), evidence)),
        ShortReply::StepByStep => return Some(explained(message, here, evidence)),
    };
    // “是的” to a question with choices of its own answers none of them.
    if !here.step.choices.is_empty() && here.step.replies.is_empty() && outcome != StepOutcome::Worked {
        return Some(match (outcome, here.step.target(outcome)) {
            (StepOutcome::NotYet, Target::Handoff) => {
                go(message, here.flow, Some(here.state), Target::Handoff, evidence)
            }
            _ => again(),
        });
    }
    Some(go(message, here.flow, Some(here.state), here.step.target(outcome), evidence))
}

/// Begins the flow that the last answer offered, or goes on with the one that was interrupted.
fn begun(message: &Message<'_>) -> Option<Verdict> {
    let dialogue = message.dialogue;
    let offered = dialogue.offered_flow.as_ref().and_then(|id| message.snapshot.flows().iter().find(|f| f.id == *id));
    if let Some(here) = here(message, dialogue.suspended.as_ref())
        && let Some((reply, heard)) = said::reply(message, here.flow, here.step)
        && (reply == ShortReply::Resume || offered.is_none_or(|f| f.id == here.flow.id))
        && let Some(verdict) = gone_on(message, here, reply, heard)
    {
        return Some(verdict);
    }
    let Some(flow) = offered else {
        // Nothing is left to try: a person is what helps now.
        let (reply, term) = short_reply(message.text, &[])?;
        let alone = message.look().text.rest(std::iter::once(term)) == 0;
        let evidence = vec![term.to_owned()];
        return match reply {
            ShortReply::NotYet if alone && dialogue.topic.is_some() => Some(person(message, evidence)),
            ShortReply::NewQuestion if dialogue.topic.is_some() => Some(asked_away(message, None, evidence)),
            _ => None,
        };
    };
    let (reply, heard) = said::reply(message, flow, flow.steps.first()?)?;
    let (long, to) = match reply {
        ShortReply::NotYet | ShortReply::Next | ShortReply::StepByStep => (is_long(message, heard), Target::Step(0)),
        ShortReply::Worked => (false, Target::Done),
        ShortReply::Stop => return Some(declined(message, vec![heard.term.to_owned()])),
        ShortReply::NewQuestion => return Some(asked_away(message, None, vec![heard.term.to_owned()])),
        _ => return None,
    };
    Some(match asks_for_more(message, flow, long) {
        Some(why) => Verdict::pass(why),
        None => go(message, flow, None, to, vec![heard.term.to_owned()]),
    })
}

/// Goes on with a flow that was interrupted; none for a reply that means nothing to it.
fn gone_on(message: &Message<'_>, here: Here<'_>, reply: ShortReply, heard: Heard<'_>) -> Option<Verdict> {
    let evidence = vec![heard.term.to_owned()];
    let to_step = |state: FlowState, step: &FlowStep| {
        Some(match asks_for_more(message, here.flow, is_long(message, heard)) {
            Some(why) => Verdict::pass(why),
            None => say(message, here.flow, step, state, evidence.clone()),
        })
    };
    match reply {
        ShortReply::Resume | ShortReply::NotYet | ShortReply::Next | ShortReply::Back => {
            to_step(here.state.clone(), here.step)
        }
        ShortReply::Restart => Some(go(message, here.flow, None, Target::Step(0), evidence)),
        ShortReply::Stop => Some(declined(message, evidence)),
        ShortReply::NewQuestion => Some(asked_away(message, None, evidence)),
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
        let Said::Choice(choice) = choice.said else { return Verdict::pass("it makes no choice") };
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

/// Returns why a message that begins a flow by its terms is answered by a rule nevertheless.
fn declared_elsewhere(message: &Message<'_>) -> Option<String> {
    let draft = rule::decide(message).draft.filter(|draft| draft.kind == ReplyKind::Answer)?;
    Some(format!("the rule `{}` comes first", draft.rule))
}

/// Returns why a message is not for this flow: it names a code or a message that the flow does not begin with, a rule has
/// urgent words for it, or, when it is long enough to be a question, an article outside the flow answers it surely. What
/// the flow deals with itself is no reason: who is in it has been told.
fn asks_for_more(message: &Message<'_>, flow: &Flow, long: bool) -> Option<String> {
    let found = message.snapshot.find_codes(message.text);
    if !found.is_empty() {
        let own = |code: &str| flow.starts.codes.iter().any(|c| c == code);
        if let Some(other) = found.iter().find(|f| !own(&f.code)) {
            return Some(format!("it names the code {}", other.code));
        }
    }
    let article = |draft: &Draft| Some(&message.snapshot.articles()[draft.cited.first()?.ordinal].id);
    if let Some(draft) = rule::decide(message).draft {
        let first = match draft.kind {
            ReplyKind::Handoff => true,
            ReplyKind::Safety => article(&draft).is_none_or(|id| !flow.starts.articles.contains(id)),
            ReplyKind::Answer => article(&draft).is_none_or(|id| !flow.deals_with(id)),
            _ => false,
        };
        if first {
            return Some(format!("the rule `{}` comes first", draft.rule));
        }
    }
    let outside = |verdict: Verdict| {
        let draft = verdict.draft.filter(|d| d.kind == ReplyKind::Answer && d.alternatives.is_empty())?;
        let article = article(&draft)?;
        (!flow.deals_with(article)).then(|| format!("it is about {article}, which is no part of the flow"))
    };
    outside(on_screen::decide(message)).or_else(|| {
        if long && code::decide(message).draft.is_none() { outside(question::decide(message)) } else { None }
    })
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

/// Leaves the flow for a question that is still to come.
fn asked_away(message: &Message<'_>, left: Option<Here<'_>>, evidence: Vec<String>) -> Verdict {
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

/// Takes a no where a flow was only offered, or was left already.
fn declined(message: &Message<'_>, evidence: Vec<String>) -> Verdict {
    let mut draft = Draft::new(ReplyKind::Smalltalk, MatchedBy::Flow, "declined", 1.0);
    draft.paragraphs.push(wording::of(message.locale).flow_declined.to_owned());
    draft.evidence = evidence;
    Verdict { draft: Some(draft), why: "the customer wants no flow".to_owned(), candidates: Vec::new() }
}

/// So many bytes of a section explain a step; the rest is on its page.
const MOST_EXPLAINED: usize = 700;

/// Tells how a step is done: what the section that it cites says, or else the summary.
fn explained(message: &Message<'_>, here: Here<'_>, evidence: Vec<String>) -> Verdict {
    let mut verdict = say(message, here.flow, here.step, here.state.clone(), evidence);
    let Some(draft) = verdict.draft.as_mut() else { return verdict };
    let Some(cited) = draft.cited.first_mut() else { return verdict };
    let article = &message.snapshot.articles()[cited.ordinal];
    if cited.anchor.is_none() {
        let text = here.step.text.get(message.locale, &message.snapshot.site().default_locale).unwrap_or_default();
        cited.anchor = section_for(message.snapshot, cited.ordinal, text);
    }
    let section = article.sections.iter().find(|s| s.anchor.is_some() && s.anchor == cited.anchor);
    let mut length = 0;
    let blocks = section.into_iter().flat_map(|s| s.text.lines()).map(str::trim).filter(|block| !block.is_empty());
    let blocks = blocks.take_while(|block| {
        length += block.len();
        length <= MOST_EXPLAINED
    });
    draft.paragraphs = blocks.map(str::to_owned).collect();
    if draft.paragraphs.is_empty() {
        draft.paragraphs.push(article.summary.clone());
    }
    verdict.why = format!("it asks how that is done; {}", verdict.why);
    verdict
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
    let known = [&message.dialogue.flow, &message.dialogue.suspended].into_iter().flatten();
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
            if draft.paragraphs.is_empty() {
                let article = draft.cited.first().map(|c| &message.snapshot.articles()[c.ordinal]);
                draft.paragraphs.extend(article.map(|a| a.summary.clone()));
            }
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
    let resumable = active.or_else(|| here(message, message.dialogue.suspended.as_ref()));
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
        None if interrupts(settled)
            && !here(message, before.flow.as_ref()).is_some_and(|here| is_of_the_step(message, here, draft)) =>
        {
            let taken_up = taken_up(message, draft);
            let goes_on = |state: &FlowState| taken_up.as_ref().is_some_and(|new| new.flow == state.flow);
            if let Some(left) = next.flow.take() {
                next.suspended = Some(left);
            }
            next.suspended.take_if(|state| goes_on(state));
            next.offered_flow = offered_by(message, draft).filter(|_| taken_up.is_none()).map(|f| f.id.clone());
            next.step_said = StepSaid::Asked;
            next.flow = taken_up;
        }
        None => {
            let untold = before.step_said == StepSaid::Asked;
            next.step_said = if untold { StepSaid::Asked } else { StepSaid::Before };
        }
    }
}
