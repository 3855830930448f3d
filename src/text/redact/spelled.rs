//! Codes and passwords in Chinese digits: “验证码：八三七二一零”. In a row, and behind a word that says what they are, they are
//! as good as figures. Longer numbers are figures in the `reading` already.

use std::sync::LazyLock;

use regex::Regex;

use super::code::{CODE_CUE, CVV_CUE};
use super::{Reading, SecretKind, Spans, pattern};

const LINK: &str = r"(?:[\s:=\-“”「」]|是|为|為|了|的|收到){0,6}";
const DIGIT: &str = r"[零〇○一二三四五六七八九幺壹贰貳叁參肆伍陆陸柒捌玖][\s\-]?";

static IN_A_ROW: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?:{DIGIT}){{3}}")));

static SPELLED: LazyLock<[(Regex, SecretKind); 3]> = LazyLock::new(|| {
    let of = |cue: &str, least: usize| pattern(&format!("(?:{cue}){LINK}((?:{DIGIT}){{{least},16}})"));
    [
        (of(&format!("(?x:{CVV_CUE})"), 3), SecretKind::Cvv),
        (of(&format!("(?x:{CODE_CUE})"), 4), SecretKind::OneTimeCode),
        (of(r"密[码碼]|口令|pin[码碼]?|pwd|password", 4), SecretKind::Password),
    ]
});

/// Finds secrets in Chinese digits.
pub(super) fn find(reading: &Reading, spans: &mut Spans) {
    // Dear patterns, and few messages have three such digits in a row.
    if !IN_A_ROW.is_match(reading.text()) {
        return;
    }
    for (pattern, kind) in SPELLED.iter() {
        for found in pattern.captures_iter(reading.text()) {
            let Some(digits) = found.get(1) else { continue };
            let end = digits.start() + digits.as_str().trim_end_matches([' ', '-']).len();
            spans.take(digits.start()..end, *kind);
        }
    }
}
