//! Holds the content's example conversations with the real chat, and says which turn went another way.

use std::path::Path;

use serde_json::Value;

use crate::base::Viewer;
use crate::content::{Conversation, ExpectedTurn, Problem};
use crate::desk::{Asked, HelpCentre, Question};
use crate::kb::Snapshot;

/// Holds one conversation, and returns an error for each turn that is not as expected.
pub(super) fn hold(conversation: &Conversation, desk: &HelpCentre, snapshot: &Snapshot) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut id: Option<String> = None;
    for (number, turn) in conversation.turns.iter().enumerate() {
        let question = Question {
            message: &turn.user,
            conversation_id: id.as_deref(),
            locale: &conversation.locale,
            viewer: Viewer::Public,
            explain: false,
        };
        let asked = desk.ask(snapshot, &question);
        let wrong = differences(turn, &asked);
        if !wrong.is_empty() {
            let message = format!(
                "the conversation “{}” goes another way in turn {}, “{}”: {}; it was answered {}",
                conversation.name,
                number + 1,
                turn.user,
                wrong.join("; "),
                got(&asked)
            );
            problems.push(Problem::error(Path::new(&conversation.file), Some(turn.line), message));
        }
        id = Some(asked.conversation_id);
    }
    problems
}

/// Returns what is not as expected, each as “expected …”.
fn differences(expected: &ExpectedTurn, asked: &Asked) -> Vec<String> {
    let (reply, matched) = (&asked.turn.reply, &asked.turn.matched);
    let mut wrong = Vec::new();
    if !expected.kinds.is_empty() && !expected.kinds.contains(&reply.kind) {
        wrong.push(format!("the kind {} was expected", one_of(&expected.kinds)));
    }
    if !expected.by.is_empty() && !expected.by.contains(&matched.by) {
        wrong.push(format!("a match by {} was expected", one_of(&expected.by)));
    }
    if let Some(sources) = &expected.sources {
        let first = reply.sources.first().map(|s| &s.id);
        if sources.is_empty() && first.is_some() {
            wrong.push("no source was expected".to_owned());
        } else if !sources.is_empty() && !first.is_some_and(|id| sources.contains(id)) {
            wrong.push(format!("the source {} was expected", one_of(sources)));
        }
    }
    if let Some(locale) = expected.locale.as_ref().filter(|l| **l != asked.turn.locale) {
        wrong.push(format!("a reply in {locale} was expected"));
    }
    for label in &expected.offers {
        if !reply.quick_replies.iter().any(|q| q.label == *label) {
            wrong.push(format!("the quick reply “{label}” was expected"));
        }
    }
    let text = reply.text.to_lowercase();
    for words in expected.must_say.iter().filter(|w| !text.contains(&w.to_lowercase())) {
        wrong.push(format!("“{words}” must be said"));
    }
    let whole = everything(asked).to_lowercase();
    for words in expected.must_not_say.iter().filter(|w| whole.contains(&w.to_lowercase())) {
        wrong.push(format!("“{words}” must not be said"));
    }
    wrong
}

/// Everything of a turn that a customer reads, or that is kept of it.
fn everything(asked: &Asked) -> String {
    let (reply, matched) = (&asked.turn.reply, &asked.turn.matched);
    let mut all = vec![asked.message.as_str(), &reply.text, &reply.html];
    all.extend(reply.quick_replies.iter().flat_map(|q| [q.label.as_str(), &q.message]));
    all.extend(matched.evidence.iter().map(String::as_str));
    all.join("\n")
}

/// Says what came instead.
fn got(asked: &Asked) -> String {
    let (reply, matched) = (&asked.turn.reply, &asked.turn.matched);
    let mut got = format!("{} by {}", word(&reply.kind), word(&matched.by));
    if !matched.rule.is_empty() {
        got.push_str(&format!(" {}", matched.rule));
    }
    let ids: Vec<&str> = reply.sources.iter().map(|s| s.id.as_str()).collect();
    if !ids.is_empty() {
        got.push_str(&format!(" from {}", ids.join(", ")));
    }
    let first = reply.text.lines().next().unwrap_or_default();
    format!("{got} in {}: “{first}”", asked.turn.locale)
}

fn one_of<T: serde::Serialize>(values: &[T]) -> String {
    values.iter().map(word).collect::<Vec<_>>().join(" or ")
}

/// Returns the word that the API has for a value.
fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => word,
        other => format!("{other:?}"),
    }
}
