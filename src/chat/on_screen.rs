//! The stage for on-screen messages: whole, with a slip, or a telling part.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::rule;
use crate::kb::Outcome;
use crate::model::{MatchedBy, ReplyKind};

/// A looser resemblance is left to the later stages.
const SURE: f32 = 0.85;

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let found = message.snapshot.find_messages(message.text);
    let candidates: Vec<(String, f32)> = found.iter().map(|f| (f.shown.clone(), f.confidence)).collect();
    let Some(best) = found.first() else {
        return Verdict::pass("the message repeats no on-screen message");
    };
    if best.confidence < SURE {
        let why = format!("“{}” is repeated in part only ({:.2} < {SURE})", best.shown, best.confidence);
        return Verdict { draft: None, why, candidates };
    }
    // What another service shows may be the same words: “PayPal account locked”.
    if let Some(refusing) = rule::refusing(message) {
        let why = format!("the screen shows “{}”, but the rule `{refusing}` refuses", best.shown);
        return Verdict { draft: None, why, candidates };
    }
    let articles = message.snapshot.articles();
    let cited = best.articles.iter().find_map(|&at| {
        let article = message.snapshot.article(&articles[at].id, message.locale, message.viewer)?;
        Some(Cited::article(message.snapshot.ordinal(article)))
    });
    let Some(cited) = cited else {
        return Verdict { candidates, ..Verdict::pass("the message's article is not for this reader") };
    };
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Message, best.shown.clone(), best.confidence);
    draft.evidence.push(best.shown.clone());
    draft.outcome_unknown = message.snapshot.codes().iter().any(|code| {
        code.outcome == Outcome::Unknown
            && code.article == articles[cited.ordinal].id
            && code.messages.values().flatten().any(|m| *m == best.shown)
    });
    draft.cited.push(cited);
    Verdict { draft: Some(draft), why: format!("the screen shows “{}”", best.shown), candidates }
}
