//! Numbers of documents other than mainland ID cards: passports, permits, licences, and social security numbers of the
//! United States. Few have a shape that gives them away, so that their name must stand beside them.

use std::sync::LazyLock;

use regex::Regex;

use super::code::UNIT;
use super::credential::NO_PASSWORD;
use super::{Reading, SecretKind, Spans, digits, number, pattern};

/// How many letters and digits such a number has.
const LENGTHS: std::ops::RangeInclusive<usize> = 7..=12;
/// How many of them are digits at least: “C01X00T47” has six, a word has none.
const LEAST_DIGITS: usize = 4;

const NAME: &str = r"(?: 护照 | 護照 | 通行[证證] | 台胞[证證] | 回[乡鄉][证證] | 居[留住][证證] | [驾駕][驶駛]?[证證] | 驾照 | 駕照
    | (?-u:\b)(?: passport | driv(?:er'?s?|ing)\slicen[cs]e | hkid | residence\spermit | national\sinsurance ) )";

static BEHIND_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?x) {NAME} (?: 的?[号號][码碼]? | \s?(?:numbers?|num|no(?-u:\b)\.?|id|card|\#) )?
        (?: [\s:=\-,，\#(（“”\x22] | 是 | 为 | 為 | 係 | (?-u:\b)(?:is|was|my)(?-u:\b) ){{0,6}} ( [a-z]{{1,2}}[\s-][0-9]{{6,9}}[a-z]? | [a-z]{{1,2}}[\s-]?[0-9]{{3,4}}[\s-][0-9]{{3,5}} | [a-z0-9]{{7,12}} )(?:[^a-z0-9]|$)"
    ))
});

static BEFORE_NAME: LazyLock<Regex> = LazyLock::new(|| {
    pattern(&format!(
        r"(?x) (?:^|[^a-z0-9]) ([a-z]{{1,2}}[0-9]{{6,9}}[a-z]?) \s? (?: 就?是 | (?-u:\b)(?:is|was)(?-u:\b) ) \s? (?:我的? | my\s | the\s)? {NAME}"
    ))
});

static SOCIAL_SECURITY: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x) (?: (?-u:\b)(?: ssn | social\ssecurity ) | 社[会會]安全 | 社安 ) (?: [号號][码碼]? | \s(?:number|num|no\.?) )?
        (?: [\s:=\-,，\#] | 是 | 为 | 為 | 係 | (?-u:\b)(?:is|was)(?-u:\b) ){0,6} ([0-9]{3}[\s-]?[0-9]{2}[\s-]?[0-9]{4})(?:[^0-9a-z]|$)",
    )
});

static SOCIAL_SECURITY_SHAPE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?:^|[^0-9a-z.-])([0-9]{3}-[0-9]{2}-[0-9]{4})(?:[^0-9a-z-]|$)"));

/// Finds numbers beside the name of a document.
pub(super) fn find(reading: &Reading, spans: &mut Spans) {
    let text = reading.text();
    for found in SOCIAL_SECURITY.captures_iter(text).chain(BEFORE_NAME.captures_iter(text)) {
        if let Some(number) = found.get(1) {
            spans.take(number.range(), SecretKind::IdNumber);
        }
    }
    for number in BEHIND_NAME.captures_iter(text).filter_map(|found| found.get(1)) {
        let signs = number.as_str().chars().filter(char::is_ascii_alphanumeric).count();
        let figures = number.as_str().chars().filter(char::is_ascii_digit).count();
        let otherwise = digits::is_moment(number.as_str())
            || NO_PASSWORD.is_match(number.as_str())
            || UNIT.is_match(reading.after(number.end(), 12));
        if LENGTHS.contains(&signs) && figures >= LEAST_DIGITS && !otherwise {
            spans.take(number.range(), SecretKind::IdNumber);
        }
    }
}

/// Finds social security numbers that only their hyphens give away; their areas leave some numbers out.
pub(super) fn find_bare(reading: &Reading, spans: &mut Spans) {
    for found in SOCIAL_SECURITY_SHAPE.captures_iter(reading.text()).filter_map(|found| found.get(1)) {
        let area = &found.as_str()[..3];
        let is_possible = !matches!(area, "000" | "666") && !area.starts_with('9');
        if is_possible && !number::is_order(reading, found.start()) {
            spans.take(found.range(), SecretKind::IdNumber);
        }
    }
}
