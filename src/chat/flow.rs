//! The stage that walks the troubleshooting flows: one step at a time, until it helps or a person takes over.
//!
//! It comes before all other stages and takes only what is said to a step: “still not working”, “next”, a choice by its
//! name. Whatever asks for something else (a code, a person, a question that an article answers surely) is passed on,
//! and the engine keeps the flow for later: see [`interrupted`](crate::chat::interrupted). What a message says to a step is
//! heard in [`said`](crate::chat::said) by listed words and in [`act`](crate::chat::act) by examples, and what the flow says
//! back is put together in [`flow_says`](crate::chat::flow_says).

use crate::chat::flow_says::{asked_away, declined, explained, go, label, person, say, solved, stopped};
use crate::chat::interrupted::{last, named, stack};
use crate::chat::message::{Draft, Message, Verdict};
use crate::chat::said::{self, MOST_BESIDE_CHOICE, Said, chosen, heard};
use crate::chat::secrets::SECRET_NAMES;
use crate::chat::short_reply::{ShortReply, says_only, short_reply};
use crate::chat::slip::Slipped;
use crate::chat::step_done::{cannot_be_done, done_of, is_about, of_topic, reports_deed, tells_how_it_is};
use crate::chat::{act, beside_reply, code, on_screen, question, rule, several, wording};
use crate::kb::flows::Starts;
use crate::kb::{Flow, FlowStep, StepOutcome, Target};
use crate::model::{FlowState, ReplyKind, StepSaid};

/// A reply to a step with more beside it than this may be a question of its own.
const MOST_BESIDE_REPLY: usize = 4;
/// The same for “it did not help”, which much else sounds like: “客服一直不回我”.
const MOST_BESIDE_NOT_YET: usize = 2;

/// “Still not working” has one word beside what it is heard by. With more it may be about something else.
const MOST_BESIDE_NO_USE: usize = 1;

/// They answer a step's question. Where nothing was asked they tell of nothing that works again.
const AFFIRMATIONS: [&str; 16] = [
    "是",
    "是的",
    "嗯",
    "嗯嗯",
    "对",
    "对的",
    "yes",
    "yep",
    "yeah",
    "yup",
    "it does",
    "it did",
    "it is",
    "it has",
    "that is it",
    "有用",
];

/// Where a conversation is.
#[derive(Clone, Copy)]
pub(crate) struct Here<'a> {
    pub(crate) flow: &'a Flow,
    pub(crate) step: &'a FlowStep,
    pub(crate) state: &'a FlowState,
}

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let active = here(message, message.dialogue.flow.as_ref());
    if let Some(verdict) = active.and_then(|here| secret_to_step(message, here)) {
        return verdict;
    }
    if let Some((here, name)) = named(message) {
        return say(message, here.flow, here.step, here.state.clone(), vec![name]);
    }
    if let Some(verdict) = beside_reply::decide(message).or_else(|| replied(message)) {
        return verdict;
    }
    if let Some(begins) = started(message, active) {
        return match declared_elsewhere(message)
            .or_else(|| several::tells_troubles(message).map(|told| told.why))
            .or_else(|| asks_for_more(message, begins.flow, false))
        {
            Some(why) => Verdict::pass(why),
            None => begin(message, begins),
        };
    }
    match active {
        Some(_) => Verdict::pass(format!("this is said to no step{}", act::nearly(message))),
        None => Verdict::pass("no flow is under way and none begins"),
    }
}

/// Replies to what was said to the flow that is under way, was offered or was interrupted; none where nothing was.
pub(crate) fn replied(message: &Message<'_>) -> Option<Verdict> {
    match here(message, message.dialogue.flow.as_ref()) {
        Some(here) => said_to_step(message, here),
        None => begun(message),
    }
}

/// Tells whether a message with urgent words is said to a step of the flow that deals with them already: who says there
/// that the phone number was changed too is not told once more what to do first.
pub(crate) fn takes(message: &Message<'_>, urgent: &Draft) -> bool {
    let Some(here) = here(message, message.dialogue.flow.as_ref()) else { return false };
    let about = urgent.cited.first().map(|c| &message.snapshot.articles()[c.ordinal].id);
    about.is_some_and(|id| here.flow.starts.articles.contains(id)) && heard(message, here.flow, here.step).is_some()
}

/// Returns where a conversation is, as far as the content still knows that step.
pub(crate) fn here<'a>(message: &Message<'a>, state: Option<&'a FlowState>) -> Option<Here<'a>> {
    let state = state?;
    let flow = message.snapshot.flows().iter().find(|f| f.id == state.flow)?;
    Some(Here { flow, step: flow.step(&state.step)?, state })
}

/// Replies to what was said to the step that the flow is at; none for what means nothing there.
fn said_to_step(message: &Message<'_>, here: Here<'_>) -> Option<Verdict> {
    let Some(heard) = heard(message, here.flow, here.step) else {
        // What the step asks for is told to be done: the next one is due, and not this one's article once more.
        if reports_deed(message) && is_about(message, here.step) {
            return answered(message, here, ShortReply::Did, Vec::new());
        }
        if cannot_be_done(message, here.step) {
            return answered(message, here, ShortReply::Skip, Vec::new());
        }
        // Somebody in danger who asks what to do is told the step that is due.
        if here.step.kind == ReplyKind::Safety
            && let Some(term) = asks_what_to_do(message)
        {
            return Some(say(message, here.flow, here.step, here.state.clone(), vec![term.to_owned()]));
        }
        let by_example = || started(message, Some(here)).is_none().then(|| act::to_step(message, here)).flatten();
        return later_step_done(message, here).or_else(by_example);
    };
    match heard.said {
        // Its every word is about the step: “checked everything, it's fine” asks for no person.
        Said::Reply(reply) if heard.of_step => answered(message, here, reply, vec![heard.term.to_owned()]),
        Said::Choice(choice) => Some(match asks_for_more(message, here.flow, false) {
            Some(why) => Verdict::pass(why),
            None => go(message, here.flow, Some(here.state), choice.to, vec![label(message, choice)]),
        }),
        // Whoever names another problem goes on to that one.
        Said::Reply(_) if started(message, Some(here)).is_some() => None,
        Said::Reply(reply) => match asks_for_more(message, here.flow, is_long(message, reply, heard.term)) {
            Some(why) => Some(Verdict::pass(why)),
            None => {
                let later = if reply == ShortReply::NotYet { later_step_done(message, here) } else { None };
                later.or_else(|| answered(message, here, reply, vec![heard.term.to_owned()]))
            }
        },
    }
}

/// Goes on behind a step that a message tells of as done, this one or a later one: “换了卡也一样” where the account data are
/// due.
fn later_step_done(message: &Message<'_>, here: Here<'_>) -> Option<Verdict> {
    let at = here.flow.steps.iter().position(|step| step.id == here.step.id);
    let (done, to) = done_of(message, here.flow).filter(|(done, _)| Some(*done) >= at)?;
    Some(go(message, here.flow, Some(here.state), to, vec![here.flow.steps[done].id.clone()]))
}

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

/// What asks what is to be done, whatever has happened.
const WHAT_TO_DO: [&str; 18] = [
    "what do i do",
    "what should i do",
    "what can i do",
    "what now",
    "now what",
    "现在怎么办",
    "怎么办",
    "咋办",
    "咋整",
    "点算",
    "该怎么做",
    "怎么弄",
    "先做什么",
    "要做什么",
    "该做什么",
    "先干什么",
    "先做啥",
    "what must i do",
];
/// What may stand beside it and asks nothing by itself.
const BESIDE_WHAT_TO_DO: [&str; 13] =
    ["现在", "该", "要", "我", "先", "首先", "应该", "接下来", "那", "ok", "okay", "first", "right now"];

/// Returns the words by which a message asks what is to be done, and nothing else.
fn asks_what_to_do(message: &Message<'_>) -> Option<&'static str> {
    let text = &message.look().text;
    let asked = WHAT_TO_DO.into_iter().find(|words| text.has(words))?;
    (text.rest(WHAT_TO_DO.into_iter().chain(BESIDE_WHAT_TO_DO)) == 0).then_some(asked)
}

/// Tells whether so much stands beside a reply that it may be a question of its own.
fn is_long(message: &Message<'_>, reply: ShortReply, term: &str) -> bool {
    !says_only(&message.look().text, reply) && says_much(message, reply, term)
}

/// The same where no step was said last: “my payment keeps retrying” is a word about the help that was offered only if
/// nothing else is meant by it.
fn is_long_unasked(message: &Message<'_>, reply: ShortReply, term: &str) -> bool {
    let text = &message.look().text;
    let says_more = || reply == ShortReply::NotYet && text.rest(std::iter::once(term)) > 0;
    !says_only(text, reply) && (says_more() || says_much(message, reply, term))
}

/// Tells whether much stands beside the term of a reply.
fn says_much(message: &Message<'_>, reply: ShortReply, term: &str) -> bool {
    // “换了支付宝也不行” tells how a step went, and asks nothing about Alipay.
    if reply == ShortReply::NotYet && message.dialogue.flow.is_some() && reports_deed(message) {
        return false;
    }
    let most = if reply == ShortReply::NotYet { MOST_BESIDE_NOT_YET } else { MOST_BESIDE_REPLY };
    message.look().text.rest(std::iter::once(term)) > most
}

/// Replies to a short reply to a step; none for what means nothing there.
pub(crate) fn answered(
    message: &Message<'_>,
    here: Here<'_>,
    reply: ShortReply,
    evidence: Vec<String>,
) -> Option<Verdict> {
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
        ShortReply::Return => {
            let before = last(message).unwrap_or(here);
            return Some(say(message, before.flow, before.step, before.state.clone(), evidence));
        }
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
    let offered = message.dialogue.offered_flow.as_ref();
    let offered = offered.and_then(|id| message.snapshot.flows().iter().find(|flow| flow.id == *id));
    let by_example = || started(message, None).is_none().then(|| act::to_answer(message, offered)).flatten();
    begun_by_words(message, offered).or_else(by_example)
}

/// The same by declared words.
fn begun_by_words(message: &Message<'_>, offered: Option<&Flow>) -> Option<Verdict> {
    let dialogue = message.dialogue;
    let again = offered.and_then(|f| stack(dialogue).find(|state| state.flow == f.id));
    if let Some(here) = here(message, again).or_else(|| last(message))
        && let Some((reply, term)) = said::reply(message, here.flow, here.step)
        && (matches!(reply, ShortReply::Resume | ShortReply::Return) || offered.is_none_or(|f| f.id == here.flow.id))
        && let Some(verdict) = gone_on(message, here, reply, term)
    {
        return Some(verdict);
    }
    if offered.is_none()
        && let Some(verdict) = last(message).and_then(|here| later_step_done(message, here))
    {
        return Some(verdict);
    }
    // Somebody in danger is told the urgent step that is due, whatever was asked in between.
    if offered.is_none()
        && let Some(here) = last(message).filter(|here| here.step.kind == ReplyKind::Safety)
        && let Some(term) = asks_what_to_do(message)
    {
        return Some(say(message, here.flow, here.step, here.state.clone(), vec![term.to_owned()]));
    }
    let Some(flow) = offered else {
        // Where nothing was talked about there is nothing to reply to.
        dialogue.topic.as_ref()?;
        let repair = of_topic(message);
        if let Some((flow, told, _)) = repair
            && let Some((done, to)) = done_of(message, flow)
            && flow.steps[..=done].iter().any(|step| step.id == told.id)
        {
            return Some(go(message, flow, None, to, vec![flow.steps[done].id.clone()]));
        }
        let (reply, term) = short_reply(message.text, &[])?;
        let alone = message.look().text.rest(std::iter::once(term)) <= MOST_BESIDE_NO_USE;
        let evidence = vec![term.to_owned()];
        // What was told is one step of a repair: the next one is due.
        if reply == ShortReply::NotYet
            && let Some((flow, step, to)) = repair
            && (alone || ((reports_deed(message) || tells_how_it_is(message)) && is_about(message, step)))
        {
            return Some(go(message, flow, None, to, evidence));
        }
        return match reply {
            // Nothing is left to try: a person is what helps now.
            ShortReply::NotYet if alone => Some(person(message, evidence)),
            ShortReply::NewQuestion => Some(asked_away(message, None, evidence)),
            ShortReply::Worked if !AFFIRMATIONS.contains(&term) => Some(solved(message, evidence)),
            _ => None,
        };
    };
    if let Some((done, to)) = done_of(message, flow) {
        return Some(go(message, flow, None, to, vec![flow.steps[done].id.clone()]));
    }
    let (reply, term) = said::reply(message, flow, flow.steps.first()?)?;
    let (long, to) = match reply {
        ShortReply::NotYet | ShortReply::Next | ShortReply::StepByStep => {
            // Who asks what comes next after a step's own article is at that step.
            let at = |step: &FlowStep| reply != ShortReply::NotYet && dialogue.topic.as_ref() == Some(&step.article);
            (is_long_unasked(message, reply, term), Target::Step(flow.steps.iter().position(at).unwrap_or(0)))
        }
        ShortReply::Worked => (false, Target::Done),
        ShortReply::Stop => return Some(declined_or_more(message, flow, vec![term.to_owned()])),
        ShortReply::NewQuestion => return Some(asked_away(message, None, vec![term.to_owned()])),
        _ => return None,
    };
    Some(match asks_for_more(message, flow, long) {
        Some(why) => Verdict::pass(why),
        None => go(message, flow, None, to, vec![term.to_owned()]),
    })
}

/// Takes no for an answer, unless something else is wanted instead: “不弄了，转人工”.
fn declined_or_more(message: &Message<'_>, flow: &Flow, evidence: Vec<String>) -> Verdict {
    match asks_for_more(message, flow, false) {
        Some(why) => Verdict::pass(why),
        None => declined(message, evidence),
    }
}

/// Goes on with a flow that was interrupted; none for a reply that means nothing to it.
fn gone_on(message: &Message<'_>, here: Here<'_>, reply: ShortReply, term: &str) -> Option<Verdict> {
    let evidence = vec![term.to_owned()];
    let to_step = |state: FlowState, step: &FlowStep| {
        Some(match asks_for_more(message, here.flow, is_long_unasked(message, reply, term)) {
            Some(why) => Verdict::pass(why),
            None => say(message, here.flow, step, state, evidence.clone()),
        })
    };
    match reply {
        ShortReply::Resume | ShortReply::Return | ShortReply::NotYet | ShortReply::Next | ShortReply::Back => {
            to_step(here.state.clone(), here.step)
        }
        ShortReply::Restart => Some(go(message, here.flow, None, Target::Step(0), evidence)),
        ShortReply::Stop => Some(declined_or_more(message, here.flow, evidence)),
        ShortReply::NewQuestion => Some(asked_away(message, None, evidence)),
        _ => None,
    }
}

/// Begins a flow by its terms. Whoever has said already what the first step asks (“银行卡充值失败”) is not asked again;
/// whoever says much more asks something that an article may know better.
fn begin(message: &Message<'_>, Begins { flow, evidence, rest }: Begins<'_>) -> Verdict {
    let words = flow.starts.terms.iter().flat_map(|t| t.any.iter().chain(&t.all).flat_map(|t| t.split('|')));
    let words: Vec<&str> = words.collect();
    let first = flow.steps.first();
    if let Some((step, (choice, _))) = first.and_then(|step| Some((step, chosen(message, step, &words, false)?))) {
        let asked = FlowState { flow: flow.id.clone(), step: step.id.clone(), visited: Vec::new() };
        return go(message, flow, Some(&asked), choice.to, evidence);
    }
    let rest = rest.unwrap_or_else(|| message.look().text.rest(words.into_iter()));
    if rest > MOST_BESIDE_CHOICE {
        return Verdict::pass(format!("it says more than what begins the flow `{}`", flow.id));
    }
    go(message, flow, None, Target::Step(0), evidence)
}

/// A flow that a message begins by its terms.
struct Begins<'a> {
    flow: &'a Flow,
    evidence: Vec<String>,
    /// How much the message says beside a term that it spells in letters.
    rest: Option<usize>,
}

/// Returns the flow whose declared terms the message has, or spells in letters, unless it is under way.
fn started<'a>(message: &Message<'a>, active: Option<Here<'_>>) -> Option<Begins<'a>> {
    let look = message.look();
    let others = || message.snapshot.flows().iter().filter(|flow| active.is_none_or(|here| here.flow.id != flow.id));
    let typed = others().find_map(|flow| {
        let matched = |starts: &Starts| starts.terms.iter().find_map(|t| look.text.matches(&t.any, &t.all, &t.none));
        Some(Begins { flow, evidence: matched(&flow.starts)?, rest: None })
    });
    typed.or_else(|| spelled(message, others()))
}

/// Returns the flow that a message begins in letters: “chongzhi shibai”.
fn spelled<'a>(message: &Message<'_>, mut flows: impl Iterator<Item = &'a Flow>) -> Option<Begins<'a>> {
    let letters = Slipped::new(message.text).filter(Slipped::is_in_letters)?;
    flows.find_map(|flow| {
        let mut terms = flow.starts.terms.iter().filter(|t| t.all.is_empty()).flat_map(|t| &t.any);
        terms.find_map(|term| Some(Begins { flow, evidence: vec![term.clone()], rest: Some(letters.spells(term)?) }))
    })
}

/// Returns why a message that begins a flow by its terms is answered by a rule nevertheless, or is out of scope by one.
fn declared_elsewhere(message: &Message<'_>) -> Option<String> {
    let declared = |draft: &Draft| matches!(draft.kind, ReplyKind::Answer | ReplyKind::Fallback);
    let draft = rule::decide(message).draft.filter(declared)?;
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
