//! What a customer says to a step of a flow: one of its choices, or a short reply in the flow's own words or anybody's.
//!
//! It only listens. What a reply does to the flow is decided in [`flow`](crate::chat::flow).

use crate::chat::message::Message;
use crate::chat::ordinal;
use crate::chat::searched::Searched;
use crate::chat::short_reply::{ShortReply, every_word, short_reply};
use crate::chat::slip::Slipped;
use crate::kb::flows::Choice;
use crate::kb::{Flow, FlowStep, StepOutcome};
use crate::text::english::is_stop_word;
use crate::text::phrase::needle;
use crate::text::script::is_han;
use crate::text::terms::is_stop_char;

/// A choice may stand beside this many words or ideographs of substance; more is a question of its own.
pub(crate) const MOST_BESIDE_CHOICE: usize = 3;

/// What was said.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Said<'a> {
    /// A choice of the step.
    Choice(&'a Choice),
    /// A reply that every step understands.
    Reply(ShortReply),
}

/// What was heard in a message, and by which words.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Heard<'a> {
    pub(crate) said: Said<'a>,
    pub(crate) term: &'a str,
}

/// Listens to a message as a reply to a step whose choices were shown.
pub(crate) fn heard<'a>(message: &Message<'_>, flow: &'a Flow, step: &'a FlowStep) -> Option<Heard<'a>> {
    let reply = reply(message, flow, step).map(|(_, heard)| heard);
    let Some(choice) = chosen(message, step, &[]) else {
        return reply.or_else(|| slipped_choice(message, step)).or_else(|| asks_how(message, step));
    };
    // Who wants to ask about “something else” wants no more of the flow, whatever its choices are called.
    let leaves = |heard: &Heard<'_>| {
        matches!(heard.said, Said::Reply(ShortReply::Stop | ShortReply::NewQuestion | ShortReply::Restart))
    };
    let longer = |heard: &Heard<'_>| heard.term.chars().count() > choice.term.chars().count();
    Some(reply.filter(|heard| leaves(heard) && longer(heard)).unwrap_or(choice))
}

/// What asks how, or where.
const HOW: [&str; 19] = [
    "怎么",
    "怎样",
    "如何",
    "咋",
    "在哪",
    "哪里",
    "哪儿",
    "具体",
    "详细",
    "说清楚",
    "点",
    "不会",
    "办",
    "how",
    "where",
    "details",
    "exactly",
    "show",
    "explain",
];
/// What is asked about without its name.
const IT: [&str; 17] = [
    "弄",
    "做",
    "搞",
    "操作",
    "整",
    "这个",
    "这步",
    "这一步",
    "步",
    "一步",
    "it",
    "that",
    "this",
    "step",
    "more",
    "me",
    "don't know",
];
/// So many words or ideographs of the step's own may stand beside what asks how.
const MOST_OF_THE_STEP: usize = 2;

/// Listens to a message as a question of how the step is done: it names nothing, or what the step itself speaks of.
fn asks_how<'a>(message: &Message<'_>, step: &'a FlowStep) -> Option<Heard<'a>> {
    let look = message.look();
    let asked = HOW.into_iter().filter(|word| look.text.has(word));
    let term = asked.filter(|word| !matches!(*word, "点" | "办")).max_by_key(|word| word.chars().count())?;
    let rest = look.text.without(HOW.into_iter().chain(IT));
    let own = |part: &str| step.text.iter().any(|(_, text)| Searched::new(text).has(part));
    let units = rest.split(' ').filter(|part| !part.is_empty() && !is_stop_word(part));
    let units = units.flat_map(|part| {
        let han = part.chars().next().is_some_and(is_han);
        if han { part.chars().filter(|c| !is_stop_char(*c)).map(String::from).collect() } else { vec![part.to_owned()] }
    });
    let units: Vec<String> = units.collect();
    (units.len() <= MOST_OF_THE_STEP && units.iter().all(|unit| own(unit)))
        .then_some(Heard { said: Said::Reply(ShortReply::StepByStep), term })
}

/// Listens to a message as a choice that was typed by its sound, or with a slip.
fn slipped_choice<'a>(message: &Message<'_>, step: &'a FlowStep) -> Option<Heard<'a>> {
    let slipped = Slipped::new(message.text).filter(|_| !step.choices.is_empty())?;
    let choices = step.choices.iter().flat_map(|choice| {
        let labels = choice.label.iter().map(|(_, label)| label);
        labels.chain(choice.terms.iter().map(String::as_str)).map(|term| Heard { said: Said::Choice(choice), term })
    });
    choices.into_iter().find(|heard| slipped.means(heard.term, &message.snapshot.lexicon))
}

/// The same for a reply.
fn slipped_reply<'a>(message: &Message<'_>, own: &[(ShortReply, &'a str)]) -> Option<(ShortReply, &'a str)> {
    let slipped = Slipped::new(message.text)?;
    let words = own.iter().copied().chain(every_word().map(|(reply, word)| -> (ShortReply, &'a str) { (reply, word) }));
    words.into_iter().find(|(_, term)| slipped.means(term, &message.snapshot.lexicon))
}

/// Returns the words that the flow and the step declare.
fn own<'a>(flow: &'a Flow, step: &'a FlowStep) -> impl Iterator<Item = (ShortReply, &'a str)> {
    let declared = step.says.iter().chain(&flow.says);
    declared.flat_map(|(outcome, terms)| terms.iter().map(|term| (meaning(*outcome), term.as_str())))
}

/// Listens to a message as a short reply, in the words of the flow and the step too.
pub(crate) fn reply<'a>(message: &Message<'_>, flow: &'a Flow, step: &'a FlowStep) -> Option<(ShortReply, Heard<'a>)> {
    let own: Vec<(ShortReply, &'a str)> = own(flow, step).collect();
    let (said, term) = short_reply(message.text, &own).or_else(|| slipped_reply(message, &own))?;
    Some((said, Heard { said: Said::Reply(said), term }))
}

fn meaning(outcome: StepOutcome) -> ShortReply {
    match outcome {
        StepOutcome::Worked => ShortReply::Worked,
        StepOutcome::NotYet => ShortReply::NotYet,
        StepOutcome::Next => ShortReply::Next,
        StepOutcome::Skip => ShortReply::Skip,
    }
}

/// Returns the choice that the message makes among the step's; the words in `beside` say nothing else.
pub(crate) fn chosen<'a>(message: &Message<'_>, step: &'a FlowStep, beside: &[&str]) -> Option<Heard<'a>> {
    let look = message.look();
    let text = &look.text;
    let mut best: Option<(usize, usize, Heard<'a>)> = None;
    for choice in &step.choices {
        let labels = choice.label.iter().map(|(_, label)| label);
        let terms: Vec<&str> = labels.chain(choice.terms.iter().map(String::as_str)).collect();
        let said = terms.iter().copied().filter(|t| text.has(t) && !denied(text, t));
        let longest = said.max_by_key(|t| t.chars().count());
        let Some(term) = longest else { continue };
        let length = term.chars().count();
        let rest = text.rest(terms.iter().copied().chain(beside.iter().copied()));
        let asks = asks_whether(message.text, text) && !text.is_nothing_but(terms.into_iter());
        // The longest term says most; of two the one that leaves less unsaid.
        if !asks && rest <= MOST_BESIDE_CHOICE && best.is_none_or(|(l, r, _)| (length, r) > (l, rest)) {
            best = Some((length, rest, Heard { said: Said::Choice(choice), term }));
        }
    }
    // At the beginning of a flow nobody has seen the choices yet, so that they have no numbers.
    let by_number = || {
        let choice = step.choices.get(ordinal::chosen(text, step.choices.len()).filter(|_| beside.is_empty())?)?;
        let (_, term) = choice.label.iter().next()?;
        Some(Heard { said: Said::Choice(choice), term })
    };
    best.map(|(.., heard)| heard).or_else(by_number)
}

/// What denies the words that follow it.
const DENIES: [&str; 6] = ["没", "没有", "未", "不", "不是", "并非"];
/// The same in English, where a word may stand between.
const DENIES_EN: [&str; 9] = ["not", "never", "havent", "hasnt", "didnt", "isnt", "wasnt", "dont", "doesnt"];

/// Tells whether a message has a term only to deny it: “还没换好”, “I haven't changed it”.
fn denied(text: &Searched, term: &str) -> bool {
    let needle = needle(term);
    let Some((before, _)) = text.haystack().split_once(&needle) else { return false };
    let mut last = before.split_whitespace().rev().take(2);
    DENIES.iter().any(|word| before.ends_with(word)) || last.any(|word| DENIES_EN.contains(&word))
}

/// What asks whether something is so, and does not say it: “付成功了吗”.
const WHETHER: [&str; 9] = ["吗", "是不是", "是否", "有没有", "会不会", "能不能", "可不可以", "了么", "了没"];
/// How such a question begins in English.
const WHETHER_FIRST: [&str; 16] = [
    "did", "does", "do", "is", "are", "was", "were", "has", "have", "will", "would", "can", "could", "should", "must",
    "may",
];

/// Tells whether a message asks whether something is so.
fn asks_whether(message: &str, text: &Searched) -> bool {
    let first = text.haystack().split_whitespace().next().unwrap_or_default();
    WHETHER.iter().any(|word| text.has(word)) || (message.contains(['?', '？']) && WHETHER_FIRST.contains(&first))
}
