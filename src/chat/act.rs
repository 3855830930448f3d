//! What a message does to what was said last, where no declared word tells: heard by examples. “The number on there is mine”
//! has no word of any list, and is no question either.

use crate::chat::flow::{Here, answered, here};
use crate::chat::flow_says::{declined, explained, go, noted, person, solved};
use crate::chat::interrupted::last;
use crate::chat::message::{Cited, Message, Verdict};
use crate::chat::secrets::SECRET_NAMES;
use crate::chat::short_reply::{ShortReply, asks_whether_alike, last_clause};
use crate::chat::step_done::{after, branches, is_about, of_topic, step_about};
use crate::chat::{clauses, code, on_screen, rule};
use crate::kb::replies::{DialogueAct, HeardAct};
use crate::kb::{Flow, Target};
use crate::model::{ReplyKind, StepSaid};

/// What says by itself that something is asked. “Done, what's next” asks too, in words that a reply may have.
const QUESTION_MARKS: [char; 3] = ['?', '？', '吗'];
/// What takes back that something works: “it went through, but twice”.
const BUT: [&str; 26] = [
    "but",
    "though",
    "although",
    "however",
    "except",
    "twice",
    "gone",
    "zero",
    "missing",
    "by itself",
    "never",
    "wrong",
    "但",
    "但是",
    "可是",
    "不过",
    "只是",
    "就是",
    "两次",
    "两笔",
    "两遍",
    "双份",
    "没了",
    "不见",
    "自己付",
    "不对",
];
/// What hands something to somebody.
const GIVES: [&str; 15] = [
    "send", "give", "tell", "share", "let", "read", "forward", "sending", "giving", "给", "发", "告诉", "报", "念",
    "说",
];
/// What tells that somebody has called, and asks for nobody: “a man of yours rang me”.
const CALLED: [&str; 9] =
    ["called me", "rang me", "phoned me", "is calling me", "打电话给我了", "给我打电话了", "打给我了", "打来", "来电"];
/// In danger an act must be as sure, as a probability.
const SURE_IN_DANGER: f32 = 0.9;

/// The stage for a person who is asked for in words that no rule declares.
pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    match heard(message, None).filter(|heard| heard.act == DialogueAct::WantPerson) {
        Some(heard) => {
            let draft = rule::handing_over(message).or_else(|| person(message, Vec::new()).draft);
            told(Verdict { draft, why: "a person is asked for".to_owned(), candidates: Vec::new() }, heard)
        }
        None => Verdict::pass("nobody is asked for"),
    }
}

/// Replies to what a message does to the step that a flow is at.
pub(crate) fn to_step(message: &Message<'_>, here: Here<'_>) -> Option<Verdict> {
    let heard = heard(message, Some(here.flow))?;
    let at = here.flow.steps.iter().position(|step| step.id == here.step.id);
    let later = || step_about(message, here.flow).filter(|(place, _)| Some(*place) > at);
    let untold = message.dialogue.step_said == StepSaid::Asked;
    let verdict = match heard.act {
        // What was only asked has not been told, and is answered by a choice.
        DialogueAct::Proceed | DialogueAct::NoUse | DialogueAct::AskHow if untold && branches(here.flow) => {
            return None;
        }
        DialogueAct::Proceed | DialogueAct::NoUse => match later() {
            Some((_, to)) => go(message, here.flow, Some(here.state), to, Vec::new()),
            None if heard.act == DialogueAct::NoUse => answered(message, here, ShortReply::NotYet, Vec::new())?,
            // Whether it helped is no question where an urgent step was told.
            None if here.step.kind == ReplyKind::Safety => answered(message, here, ShortReply::Did, Vec::new())?,
            None => answered(message, here, ShortReply::Next, Vec::new())?,
        },
        DialogueAct::Solved => answered(message, here, ShortReply::Worked, Vec::new())?,
        DialogueAct::AskHow => explained(message, here, Vec::new()),
        DialogueAct::Acknowledge => noted(message),
        DialogueAct::WantPerson => return None,
    };
    Some(told(verdict, heard))
}

/// Replies to what a message does to an answer, where no flow is under way.
pub(crate) fn to_answer(message: &Message<'_>, offered: Option<&Flow>) -> Option<Verdict> {
    let heard = heard(message, offered)?;
    // Where money is at risk and nothing is to be tried, “I already did” may tell of the worst.
    let topic = message.dialogue.topic.as_ref();
    let answered_with = topic.and_then(|id| message.snapshot.article(id, message.locale, message.viewer));
    let at_risk = || answered_with.is_some_and(|article| article.money_at_risk);
    if offered.is_none() && of_topic(message).is_none() && at_risk() {
        return None;
    }
    let verdict = match (heard.act, offered) {
        (act @ (DialogueAct::Proceed | DialogueAct::NoUse), Some(flow)) => {
            let of_topic = || of_topic(message).filter(|(of, ..)| of.id == flow.id).map(|(.., to)| to);
            // The answer that offers a flow tells what it begins with: what is in order is that, where it is nothing else.
            let first = || flow.steps.first().filter(|_| act == DialogueAct::Proceed).and_then(after);
            let about = step_about(message, flow).map(|(_, to)| to);
            go(message, flow, None, about.or_else(of_topic).or_else(first).unwrap_or(Target::Step(0)), Vec::new())
        }
        (act @ (DialogueAct::Proceed | DialogueAct::NoUse), None) => {
            if let Some((flow, _, to)) = of_topic(message).filter(|(flow, ..)| !branches(flow)) {
                go(message, flow, None, to, Vec::new())
            } else if let Some(here) = last(message).filter(|here| is_about(message, here.step)) {
                answered(message, here, ShortReply::NotYet, Vec::new())?
            } else if act == DialogueAct::NoUse {
                // Nothing is left to try: a person is what helps now.
                person(message, Vec::new())
            } else {
                return None;
            }
        }
        (DialogueAct::Solved, Some(flow)) => go(message, flow, None, Target::Done, Vec::new()),
        (DialogueAct::Solved, None) => solved(message, Vec::new()),
        (DialogueAct::Acknowledge, _) => declined(message, Vec::new()),
        (DialogueAct::AskHow | DialogueAct::WantPerson, _) => return None,
    };
    Some(told(verdict, heard))
}

/// Returns what a message does to what was said last; none where nothing was, or where it asks for something of its own: a code,
/// what a rule or the screen says, or an article that is neither the last one nor of the flow.
pub(crate) fn heard(message: &Message<'_>, flow: Option<&Flow>) -> Option<HeardAct> {
    let dialogue = message.dialogue;
    let (topic, under_way) = (dialogue.topic.as_ref(), dialogue.flow.is_some() || dialogue.offered_flow.is_some());
    if topic.is_none() && !under_way {
        return None;
    }
    let heard = solved_at_last(message).or(message.act())?;
    let ends = matches!(heard.act, DialogueAct::Solved | DialogueAct::WantPerson);
    // A step waits for a reply, and a message that means no article is one more likely than not.
    let expected = || !ends && (under_way || of_topic(message).is_some()) && !clauses::asks(message.text);
    let likely = || expected() && message.ranking().confidence < message.thresholds().answer;
    // Somebody in danger may report what is worse.
    let is_sure = if in_danger(message) { heard.confidence >= SURE_IN_DANGER } else { heard.sure || likely() };
    if !is_sure || tells_otherwise(message, heard.act) {
        return None;
    }
    let stages = [code::decide, on_screen::decide, rule::decide];
    let declared = || stages.iter().any(|stage| stage(message).draft.is_some_and(|d| d.kind != ReplyKind::Smalltalk));
    (!is_elsewhere(message, heard, flow) && !declared()).then_some(heard)
}

/// Returns the act of the last clause where that says that it works now, whatever was done before: “换了张别的卡，好使”. Not where
/// the message is sure of an article, and its last clause surer of one than of that.
fn solved_at_last(message: &Message<'_>) -> Option<HeardAct> {
    let (before, last) = last_clause(message.text)?;
    let last = Message { text: last.trim(), ..*message };
    if before.trim().is_empty() || last.text.is_empty() {
        return None;
    }
    let heard = last.act().filter(|heard| heard.sure && heard.act == DialogueAct::Solved)?;
    let unsure = || message.ranking().confidence < message.thresholds().sure;
    (unsure() || last.ranking().confidence < heard.confidence).then_some(heard)
}

/// Tells whether a message has words that an act of this kind has not, however like an example it is.
fn tells_otherwise(message: &Message<'_>, act: DialogueAct) -> bool {
    let text = &message.look().text;
    let has_one = |words: &[&str]| words.iter().any(|word| text.has(word));
    let asks = || message.text.contains(QUESTION_MARKS);
    match act {
        DialogueAct::Solved => asks() || has_one(&BUT),
        DialogueAct::Acknowledge => asks() || (has_one(&GIVES) && has_one(&SECRET_NAMES)),
        // “Done, next?” asks for what comes next; somebody in danger may ask for anything.
        DialogueAct::Proceed | DialogueAct::NoUse => (asks() && in_danger(message)) || asks_whether_alike(message.text),
        DialogueAct::WantPerson => has_one(&CALLED),
        DialogueAct::AskHow => false,
    }
}

/// Tells whether the step that was said last is an urgent one.
fn in_danger(message: &Message<'_>) -> bool {
    here(message, message.dialogue.flow.as_ref()).is_some_and(|here| here.step.kind == ReplyKind::Safety)
}

/// Tells whether a message may well mean an article that is neither the last one nor of the flow.
fn is_elsewhere(message: &Message<'_>, heard: HeardAct, flow: Option<&Flow>) -> bool {
    let ranking = message.ranking();
    let Some(first) = ranking.candidates.first() else { return false };
    let Some(meant) = message.article_of_group(first.class as usize) else { return false };
    let support = || rule::handing_over(message).and_then(|draft| draft.cited.into_iter().next());
    // Who wishes for somebody has words of support's article, and of any other too.
    let among_first = |cited: Cited| {
        let mut first = ranking.candidates.iter().take(2).filter_map(|c| message.article_of_group(c.class as usize));
        first.any(|article| message.snapshot.ordinal(article) == cited.ordinal)
    };
    let of_flow = |flow: &Flow| !branches(flow) && heard.act != DialogueAct::AskHow && flow.deals_with(&meant.id);
    let is_known = Some(&meant.id) == message.dialogue.topic.as_ref()
        || flow.is_some_and(of_flow)
        || (heard.act == DialogueAct::WantPerson && support().is_some_and(among_first));
    let line = message.thresholds();
    let least = match heard.act {
        DialogueAct::AskHow | DialogueAct::WantPerson => line.clarify,
        // What is told of a step has words of other articles too: “alipay fails as well”.
        _ if flow.is_some_and(|flow| !branches(flow)) => heard.confidence,
        DialogueAct::Acknowledge => line.answer,
        _ => line.clarify,
    };
    // Whose trouble is told once more, and more surely, has not tried anything.
    let told_again = flow.is_none() && of_topic(message).is_none() && ranking.confidence >= heard.confidence;
    // Who names what they ask about is told of that.
    let named = heard.act == DialogueAct::AskHow && ranking.confidence >= line.answer;
    (!is_known && ranking.confidence >= least) || told_again || named
}

/// Returns what a message was nearly heard as, for those who want to know why it was not.
pub(crate) fn nearly(message: &Message<'_>) -> String {
    message.act().map_or_else(String::new, |HeardAct { act, confidence, like, .. }| {
        format!("; it may be `{}` ({confidence:.2}), like “{like}”", act.name())
    })
}

/// Says with a verdict by which example it was heard.
pub(crate) fn told(mut verdict: Verdict, heard: HeardAct) -> Verdict {
    let HeardAct { act, confidence, like, .. } = heard;
    verdict.why = format!("{}; it is heard as `{}` ({confidence:.2}), like “{like}”", verdict.why, act.name());
    if let Some(draft) = verdict.draft.as_mut() {
        draft.evidence = [act.name(), like].into_iter().filter(|said| !said.is_empty()).map(str::to_owned).collect();
        draft.confidence = confidence;
    }
    verdict
}
