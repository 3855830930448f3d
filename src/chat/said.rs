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
    /// Whether it was said of what the step speaks of, and nothing was said beside it.
    pub(crate) of_step: bool,
}

/// What may stand behind a choice: it asks for what the choice leads to.
const AND_THEN: [&str; 14] = [
    "然后呢",
    "然后",
    "接下来呢",
    "接下来",
    "下一步呢",
    "下一步",
    "还要干啥",
    "还要干什么",
    "还要做什么",
    "还要怎么做",
    "what next",
    "now what",
    "what now",
    "what else",
];

/// Listens to a message as a reply to a step whose choices were shown.
pub(crate) fn heard<'a>(message: &Message<'_>, flow: &'a Flow, step: &'a FlowStep) -> Option<Heard<'a>> {
    let of_reply = |(reply, term)| Heard { said: Said::Reply(reply), term, of_step: false };
    let of_choice = |(choice, term)| Heard { said: Said::Choice(choice), term, of_step: false };
    let of_step = |(reply, term)| Heard { said: Said::Reply(reply), term, of_step: true };
    // Who has checked it all and found nothing wrong is no further for it.
    if let Some(found) = found_in_order(message, step) {
        return Some(of_step(found));
    }
    let reply = reply(message, flow, step);
    let Some((choice, named)) = chosen(message, step, &AND_THEN, true) else {
        let choice = || slipped_choice(message, step).map(of_choice);
        let heard = reply.map(of_reply).or_else(choice);
        return heard.or_else(|| of_the_step(message, step).map(of_step));
    };
    // Who wants to ask about “something else” wants no more of the flow, whatever its choices are called.
    let leaves = |reply: ShortReply| matches!(reply, ShortReply::Stop | ShortReply::NewQuestion | ShortReply::Restart);
    let longer = |term: &str| term.chars().count() > named.chars().count();
    let reply = reply.filter(|(reply, term)| leaves(*reply) && longer(term));
    Some(reply.map_or_else(|| of_choice((choice, named)), of_reply))
}

/// What asks how, or where.
const HOW: [&str; 29] = [
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
    "不会",
    "不懂",
    "不明白",
    "没懂",
    "没明白",
    "什么意思",
    "是什么意思",
    "how",
    "where",
    "exactly",
    "show",
    "explain",
    "what do you mean",
    "understand",
    "don't understand",
    "don't get it",
    "what should i do",
    "what do i do",
    "what can i do",
];
/// What is asked about without its name, or stands beside the question.
const IT: [&str; 33] = [
    "弄",
    "做",
    "搞",
    "操作",
    "整",
    "查",
    "看",
    "找",
    "试",
    "办",
    "点",
    "里",
    "里面",
    "该",
    "应该",
    "这个",
    "这步",
    "这一步",
    "步",
    "一步",
    "意思",
    "it",
    "that",
    "this",
    "step",
    "more",
    "me",
    "don't know",
    "don't",
    "bit",
    "details",
    "part",
    "mean",
];
/// So many words or ideographs of the step's own may stand beside what asks how.
const MOST_ASKED: usize = 2;

/// What says that something is in order.
const IN_ORDER: [&str; 34] = [
    "没毛病",
    "没异常",
    "没有异常",
    "没啥问题",
    "没什么问题",
    "没发现问题",
    "all good",
    "no problem",
    "no problems",
    "no issue",
    "no issues",
    "nothing wrong",
    "okay",
    "没错",
    "没有错",
    "没问题",
    "没有问题",
    "正确",
    "一致",
    "是对的",
    "都对",
    "对的",
    "正常",
    "很好",
    "没填错",
    "correct",
    "right",
    "fine",
    "match",
    "matches",
    "accurate",
    "in order",
    "is good",
    "ok",
];
/// What it is said of, without its name.
const OF_IT: [&str; 28] = [
    "它们",
    "一切",
    "found",
    "with it",
    "检查",
    "核对",
    "看了",
    "查了",
    "都",
    "全",
    "全部",
    "已经",
    "过了",
    "完了",
    "资料",
    "信息",
    "检查了",
    "everything",
    "all",
    "info",
    "information",
    "details",
    "data",
    "checked",
    "they",
    "looks",
    "look",
    "double",
];
/// What says that something is done.
const DONE: [&str; 9] = ["完了", "过了", "好了", "已经", "已", "刚刚", "刚", "都", "全"];
/// What stands beside that.
const BESIDE_DONE: [&str; 6] = ["了", "全部", "也", "早就", "才", "一遍"];
/// So many words or ideographs of the step's own may be said to be done, or in order.
const MOST_SAID: usize = 6;

/// What says that something was looked at.
const CHECKED: [&str; 15] = [
    "检查",
    "核对",
    "确认过",
    "查过",
    "查了",
    "看过",
    "看了",
    "checked",
    "double checked",
    "went through",
    "gone through",
    "looked at",
    "looked over",
    "verified",
    "reviewed",
];
/// What says that it works by now.
const BY_NOW: [&str; 8] = ["好了", "可以了", "正常了", "恢复", "成功", "works", "working", "now"];

/// Listens to a message that says that everything was checked and is in order: “都检查过了没问题”, “checked everything, all
/// good”.
fn found_in_order(message: &Message<'_>, step: &FlowStep) -> Option<(ShortReply, &'static str)> {
    let look = message.look();
    let has_one = |words: &[&str]| words.iter().any(|word| look.text.has(word));
    let checked = has_one(&CHECKED) && has_one(&IN_ORDER) && !has_one(&BY_NOW);
    if !checked || message.text.contains(['?', '？']) || asks_whether(message.text, &look.text) {
        return None;
    }
    let rest = look.text.without(IN_ORDER.into_iter().chain(OF_IT).chain(CHECKED));
    let term = IN_ORDER.into_iter().filter(|word| look.text.has(word)).max_by_key(|word| word.chars().count())?;
    let denied = DENIES_EN.iter().any(|word| look.text.has(word));
    (!denied && rest_is_of(step, &rest, MOST_SAID)).then_some((ShortReply::Next, term))
}

/// Listens to a message that says of what the step speaks of that it is done, or in order, or asks how it is done.
fn of_the_step(message: &Message<'_>, step: &FlowStep) -> Option<(ShortReply, &'static str)> {
    let look = message.look();
    let text = &look.text;
    let longest = |words: &[&'static str]| {
        words.iter().copied().filter(|word| text.has(word)).max_by_key(|word| word.chars().count())
    };
    if let Some(term) = longest(&HOW)
        && rest_is_of(step, &text.without(HOW.into_iter().chain(IT)), MOST_ASKED)
    {
        return Some((ShortReply::StepByStep, term));
    }
    if message.text.contains(['?', '？']) || asks_whether(message.text, text) {
        return None;
    }
    if let Some(term) = longest(&IN_ORDER)
        && !DENIES_EN.iter().any(|word| text.has(word))
        && rest_is_of(step, &text.without(IN_ORDER.into_iter().chain(OF_IT)), MOST_SAID)
    {
        return Some((ShortReply::Next, term));
    }
    let turned = DENIES.iter().chain(&["别", "怎", "想", "要"]).any(|word| text.has(word));
    let whole = text.without(DONE.into_iter().chain(BESIDE_DONE));
    let term = longest(&DONE).filter(|_| !turned && !whole.trim().is_empty())?;
    rest_is_of(step, &whole, MOST_SAID).then_some((ShortReply::Did, term))
}

/// Tells whether what is left of a message are a few words of the step's own.
fn rest_is_of(step: &FlowStep, rest: &str, most: usize) -> bool {
    let texts: Vec<Searched> = step.text.iter().map(|(_, text)| Searched::new(text)).collect();
    let units = rest.split(' ').filter(|part| !part.is_empty() && !is_stop_word(part)).flat_map(|part| {
        if part.contains(is_han) {
            part.chars().filter(|c| !is_stop_char(*c)).map(String::from).collect()
        } else {
            vec![part.to_owned()]
        }
    });
    let units: Vec<String> = units.collect();
    units.len() <= most && units.iter().all(|unit| texts.iter().any(|text| text.has(unit)))
}

/// Listens to a message as a choice that was typed by its sound, or with a slip.
fn slipped_choice<'a>(message: &Message<'_>, step: &'a FlowStep) -> Option<(&'a Choice, &'a str)> {
    let slipped = Slipped::new(message.text).filter(|_| !step.choices.is_empty())?;
    let mut choices = step.choices.iter().flat_map(|choice| choice.words().map(move |word| (choice, word)));
    choices.find(|(_, word)| slipped.means(word, &message.snapshot.lexicon))
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
pub(crate) fn reply<'a>(message: &Message<'_>, flow: &'a Flow, step: &'a FlowStep) -> Option<(ShortReply, &'a str)> {
    let own: Vec<(ShortReply, &'a str)> = own(flow, step).collect();
    short_reply(message.text, &own).or_else(|| slipped_reply(message, &own))
}

fn meaning(outcome: StepOutcome) -> ShortReply {
    match outcome {
        StepOutcome::Worked => ShortReply::Worked,
        StepOutcome::NotYet => ShortReply::NotYet,
        StepOutcome::Next => ShortReply::Next,
        StepOutcome::Skip => ShortReply::Skip,
    }
}

/// Returns the choice that the message makes among the step's, and its word; the words in `beside` say nothing else.
pub(crate) fn chosen<'a>(
    message: &Message<'_>,
    step: &'a FlowStep,
    beside: &[&str],
    shown: bool,
) -> Option<(&'a Choice, &'a str)> {
    let look = message.look();
    let text = &look.text;
    let mut best: Option<(usize, usize, (&'a Choice, &'a str))> = None;
    for choice in &step.choices {
        let terms: Vec<&str> = choice.words().collect();
        let said = terms.iter().copied().filter(|t| text.has(t) && !denied(text, t));
        let longest = said.max_by_key(|t| t.chars().count());
        let Some(term) = longest else { continue };
        let length = term.chars().count();
        let rest = text.rest(terms.iter().copied().chain(beside.iter().copied()));
        let asks = asks_whether(message.text, text) && !text.is_nothing_but(terms.into_iter());
        // The longest term says most; of two the one that leaves less unsaid.
        // A long term tells more than a short one, and may stand beside more.
        let most = MOST_BESIDE_CHOICE.max(1 + term.chars().filter(|c| is_han(*c)).count());
        if !asks && rest <= most && best.is_none_or(|(l, r, _)| (length, r) > (l, rest)) {
            best = Some((length, rest, (choice, term)));
        }
    }
    // Choices that nobody has seen have no numbers.
    let by_number = || {
        let choice = step.choices.get(ordinal::chosen(text, step.choices.len()).filter(|_| shown)?)?;
        let (_, term) = choice.label.iter().next()?;
        Some((choice, term))
    };
    best.map(|(.., chosen)| chosen).or_else(by_number)
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
const WHETHER: [&str; 7] = ["吗", "是不是", "是否", "有没有", "会不会", "能不能", "可不可以"];
/// The same at the end: “成功了没”.
const WHETHER_LAST: [&str; 3] = ["么", "了没", "了没有"];
/// How such a question begins in English.
const WHETHER_FIRST: [&str; 16] = [
    "did", "does", "do", "is", "are", "was", "were", "has", "have", "will", "would", "can", "could", "should", "must",
    "may",
];

/// Tells whether a message asks whether something is so.
fn asks_whether(message: &str, text: &Searched) -> bool {
    let first = text.haystack().split_whitespace().next().unwrap_or_default();
    let last = text.haystack().trim_end();
    WHETHER.iter().any(|word| text.has(word))
        || WHETHER_LAST.iter().any(|word| last.ends_with(word))
        || (message.contains(['?', '？']) && WHETHER_FIRST.contains(&first))
}
