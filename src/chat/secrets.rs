//! What becomes of a reply when the message held something nobody may be told: the customer is warned first. And which
//! messages hold such a thing only because of the turn before them.

use crate::chat::message::{Cited, Draft, Message};
use crate::chat::wording;
use crate::kb::Snapshot;
use crate::model::{Dialogue, MatchedBy, ReplyKind};
use crate::text::Redacted;
use crate::text::redact::{Awaited, redact_answer};

/// Masks what a customer typed, with what the last turn spoke of in mind: after “收不到验证码” a number is a code, unless it
/// is an error code that the content knows.
#[must_use]
pub fn masked(snapshot: &Snapshot, dialogue: &Dialogue, typed: &str) -> Redacted {
    let mut awaited = Awaited { password: dialogue.password_named, code: dialogue.code_named };
    if awaited != Awaited::NOTHING && snapshot.find_codes(typed).iter().any(|code| code.record.is_some()) {
        awaited = Awaited::NOTHING;
    }
    redact_answer(typed, awaited)
}

/// Words by which a reply speaks of passwords and of codes. It is ours, so that a few are enough.
const PASSWORDS: [&str; 2] = ["密码", "password"];
const CODES: [&str; 2] = ["验证码", "verification code"];

/// Notes which secrets a turn spoke of.
pub(crate) fn note(words: &str, reply: &str, next: &mut Dialogue) {
    let said = Awaited::after(words);
    let replied = |names: [&str; 2]| names.iter().any(|name| reply.contains(name));
    next.password_named = said.password || replied(PASSWORDS);
    next.code_named = said.code || replied(CODES);
}

/// With no more words or ideographs of substance beside it a secret was sent for its own sake: “密码：…”.
const LITTLE_BESIDE: usize = 2;

/// What a secret is sent with, and says nothing else.
pub(crate) const SECRET_NAMES: [&str; 48] = [
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
    "后三位",
    "三位",
    "背面",
    "卡",
    "信用卡",
    "数字",
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
    "three",
    "3",
    "digits",
    "digit",
    "last",
    "back",
    "rear",
    "security",
    "security code",
    "credit",
    "debit",
    "side",
];

/// Makes the reply one of safety. What was asked is answered all the same; where nothing was understood, the page of the
/// last answer stays the source, else the page that the site names for such cases.
pub(crate) fn warn(message: &Message<'_>, draft: &mut Draft) {
    if !message.redacted.found().iter().any(|kind| kind.is_secret()) || draft.kind == ReplyKind::Handoff {
        return;
    }
    let rest = |names: &[&'static str]| message.look().text.rest(names.iter().copied());
    let nothing_asked = matches!(draft.kind, ReplyKind::Fallback | ReplyKind::Smalltalk)
        || draft.kind == ReplyKind::Clarify && rest(&SECRET_NAMES) <= LITTLE_BESIDE
        || draft.kind != ReplyKind::Safety && rest(&[]) <= LITTLE_BESIDE;
    if nothing_asked && draft.progress.is_none() && draft.by != MatchedBy::Code {
        let topic = message.dialogue.topic.as_ref().or(message.snapshot.site().secret_article.as_ref());
        let article = topic.and_then(|id| message.snapshot.article(id, message.locale, message.viewer));
        draft.cited = article.map(|article| Cited::article(message.snapshot.ordinal(article))).into_iter().collect();
        if draft.kind == ReplyKind::Clarify {
            draft.quick_replies.clear();
        }
        draft.paragraphs = vec![wording::of(message.locale).secret_alone.to_owned()];
    }
    draft.kind = ReplyKind::Safety;
}
