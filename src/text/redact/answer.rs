//! Secrets that are the answer to what was just spoken of: "收不到验证码", and then "482913".
//!
//! By itself such a message is any number and any word. The conversation says what it is, so the caller tells what the
//! last turn named.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::credential::{self, UNIT, looks_like_one, looks_secret};
use super::digits::{self, Run};
use super::{Reading, SecretKind, Spans, code, pattern, token};

/// What the last turn of a conversation spoke of, so that the next message may be nothing but that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Awaited {
    /// Passwords.
    pub password: bool,
    /// Codes that are sent to customers.
    pub code: bool,
}

impl Awaited {
    /// Nothing.
    pub const NOTHING: Self = Self { password: false, code: false };

    /// Tells which secrets a text speaks of.
    #[must_use]
    pub fn after(text: &str) -> Self {
        let reading = Reading::of(text);
        Self { password: credential::CUE.is_match(reading.text()), code: code::CODE.is_match(reading.text()) }
    }
}

/// What may stand before the secret: "我记得是", "I think it was".
static LEAD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)^ [\s“”‘’「」\x22'(（,，。.!！?？:、]*
        (?: (?: 我们? | 你 | 它 | 应该 | 可能 | 大概 | 好像 | 记得 | 觉得 | 想 | 之前 | 以前 | 原来 | 一直 | 现在 | 刚刚 | 刚才?
            | 收到 | 发来 | 填 | 输入? | 用 | 试 | 打 | 设 | 的 | 就 | 都 | 也 | 还 | 是 | 为 | 叫 | 了 | 过 | 那个? | 这个? | 嗯 | 哦 | 好 | 喏 | 给你
            | 短信 | 里面? | 上面? | 说 | 写 | 新
            | (?:it|its|is|was|i|think|believe|remember|guess|maybe|probably|tried|typed|use|used|entered|enter|got|received|the|my|one|that|to|am
                |here|ok|okay|yes|sure|new|they|sent|me|says|said|should|be|s|m|number)(?-u:\b) )
            [\s“”‘’「」\x22'(（,，。:、]* )* $",
    )
});

/// How much may stand behind a secret that nothing leads to: "tiger2023 不对".
const MOST_BEHIND: usize = 24;

/// Finds what answers the last turn.
pub(super) fn find(reading: &Reading, awaited: Awaited, runs: &[Run], spans: &mut Spans) {
    if awaited == Awaited::NOTHING {
        return;
    }
    let text = reading.text();
    // The first thing that has a digit or a sign in it, unless something else leads to it.
    let Some(start) = first_word(text).filter(|start| LEAD.is_match(&text[..*start])) else {
        return find_mixed(reading, awaited, spans);
    };
    let leads = text[..start].contains(char::is_alphanumeric);
    let stays = |end: usize| {
        let behind = &text[end..];
        let little = behind.chars().take(MOST_BEHIND + 1).count() <= MOST_BEHIND;
        (leads || little && !behind.contains(|c: char| c.is_ascii_digit())) && !UNIT.is_match(reading.after(end, 12))
    };
    if let Some((span, number)) = number_at(reading, runs, start) {
        let round = number.ends_with("00") || digits::is_moment(&number);
        let kind = match number.len() {
            4..=8 if awaited.code => SecretKind::OneTimeCode,
            6..=8 if awaited.password => SecretKind::Password,
            _ => return,
        };
        if !round && stays(span.end) {
            spans.take(span, kind);
        }
        return;
    }
    let word = credential::word(text, start);
    let inside = &text[word.clone()];
    let has_letters = inside.bytes().filter(u8::is_ascii_alphabetic).count() >= 2;
    let is_password = looks_like_one(inside) || has_letters && !token::is_something_else(inside) && has_sign(inside);
    if awaited.password && is_password && stays(word.end) {
        spans.take(word, SecretKind::Password);
    }
}

/// Where the first word begins that has a digit or a sign in it.
fn first_word(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let mut at = 0;
    while let Some(start) = bytes[at..].iter().position(u8::is_ascii_graphic).map(|gap| at + gap) {
        let word = credential::word(text, start);
        let inside = &text[word.clone()];
        if looks_secret(inside) || inside.starts_with(|c: char| c.is_ascii_digit()) {
            return Some(word.start);
        }
        at = start + bytes[start..].iter().take_while(|byte| byte.is_ascii_graphic()).count();
    }
    None
}

/// "我记得是老虎2023".
fn find_mixed(reading: &Reading, awaited: Awaited, spans: &mut Spans) {
    let text = reading.text();
    let Some(link) = text.find('是').filter(|_| awaited.password) else { return };
    let start = link + '是'.len_utf8();
    if LEAD.is_match(&text[..start])
        && let Some(value) = credential::mixed(reading, start)
    {
        spans.take(value, SecretKind::Password);
    }
}

fn has_sign(word: &str) -> bool {
    word.bytes().any(|byte| b"@#$%^*!=_~".contains(&byte))
}

/// The digits that begin here, in one group or several like a code's.
fn number_at(reading: &Reading, runs: &[Run], start: usize) -> Option<(Range<usize>, String)> {
    let text = reading.text();
    let run = runs.iter().find(|run| run.groups[0].start == start)?;
    let whole = run.span(0, run.groups.len() - 1);
    let follows = text[whole.end..].starts_with(|c: char| c.is_ascii_alphanumeric() || "@#$%^&*_+=".contains(c));
    let split = run.groups.len() > 1 && !code::is_code_shape(&digits::lengths(&run.groups));
    (!follows && !split).then(|| (whole, digits::digits(text, &run.groups)))
}
