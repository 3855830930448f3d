//! Codes and passwords in Chinese digits: “验证码：八三七二一零”. In a row, and behind a word that says what they are, they are
//! as good as figures. Longer numbers are figures in the `reading` already.

use std::sync::LazyLock;

use regex::Regex;

use super::code::{CODE_CUE, CVV_CUE};
use super::{Reading, SecretKind, Spans, pattern};

const LINK: &str = r"(?:[\s:=\-“”「」]|是|为|為|係|系|就|了|的|收到){0,6}";
const DIGIT: &str = r"[零〇○一二三四五六七八九幺壹贰貳叁參肆伍陆陸柒捌玖][\s\-]?";

const PASSWORD: &str = r"密[码碼玛瑪]|[蜜秘][码碼]|口令|pin[码碼]?|pwd|password";

static IN_A_ROW: LazyLock<Regex> = LazyLock::new(|| pattern(&format!("(?:{DIGIT}){{3}}")));

static SPELLED: LazyLock<[(Regex, SecretKind); 3]> = LazyLock::new(|| {
    let of = |cue: &str, least: usize| pattern(&format!("(?:{cue}){LINK}((?:{DIGIT}){{{least},16}})"));
    [
        (of(&format!("(?x:{CVV_CUE})"), 3), SecretKind::Cvv),
        (of(&format!("(?x:{CODE_CUE})"), 4), SecretKind::OneTimeCode),
        (of(PASSWORD, 4), SecretKind::Password),
    ]
});

/// “六个八”, which is six digits; but “六个一样的” counts something.
static REPEATED: LazyLock<[(Regex, SecretKind); 2]> = LazyLock::new(|| {
    let of = |cue: &str| {
        let times = "[两兩二三四五六七八2-8][个個][0-9零〇○一二三四五六七八九]";
        let goes_on = "0-9零一二三四五六七八九十百千万萬样樣般起直个個分秒小天次位年月日元块塊遍点點条條字";
        pattern(&format!("(?:{cue}){LINK}((?:{times}[和加,，]?){{1,4}})(?:[^{goes_on}]|$)"))
    };
    [(of(&format!("(?x:{CODE_CUE})")), SecretKind::OneTimeCode), (of(PASSWORD), SecretKind::Password)]
});

/// Finds secrets in Chinese digits.
pub(super) fn find(reading: &Reading, spans: &mut Spans) {
    if reading.text().contains(['个', '個']) {
        for (pattern, kind) in REPEATED.iter() {
            for found in pattern.captures_iter(reading.text()).filter_map(|found| found.get(1)) {
                let end = found.start() + found.as_str().trim_end_matches([',', '，']).len();
                spans.take(found.start()..end, *kind);
            }
        }
    }
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
