//! Numbers of bank accounts: IBANs (ISO 13616), which have letters in them, so that their digits alone would be taken for a
//! card or for nothing; and others behind the name of such an account.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::code::UNIT;
use super::{Reading, SecretKind, Spans, digits, pattern};

/// How long an IBAN is.
const LENGTHS: std::ops::RangeInclusive<usize> = 15..=34;

/// Countries whose accounts have IBANs.
const COUNTRIES: &str = " ad ae al at az ba be bg bh br by ch cr cy cz de dk do ee eg es fi fo fr gb ge gi gl gr gt hr hu ie il iq is it jo kw \
    kz lb lc li lt lu lv ly ma mc md me mk mr mt mu nl no pk pl ps pt qa ro rs ru sa sc se si sk sm st sv tl tn tr ua va vg xk ";

/// Country, check digits, and groups of four as on paper, or all in one.
static SHAPE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"(?:^|[^a-z0-9])([a-z]{2}[ -]?[0-9]{2}(?:[ -]?[a-z0-9]{4}){2,7}(?:[ -]?[a-z0-9]{1,3})?)(?:[^a-z0-9]|$)")
});

static CUE_BEFORE: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"iban\s?(?:number|no\.?|code|[号號][码碼]?)?(?:[\s:=\-,，#(（]|是|为|為|係|(?-u:\b)(?:is|was|my)(?-u:\b)){0,6}$",
    )
});

/// A number right behind the name of a bank account. Longer ones are cards'.
static NAMED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: (?:银行|銀行|[开開][户戶]|对公|對公)[账帐賬帳][号户號戶][码碼]? | (?-u:\b)bank\saccount(?:\s(?:number|num|no\.?))? )
        (?:[\s:=\-,，\#] | 是 | 为 | 為 | 係 | (?-u:\b)is(?-u:\b)){0,6} ([0-9]{8,20})(?:[^0-9a-z]|$)",
    )
});

/// Finds numbers of bank accounts that are no IBANs and no cards.
pub(super) fn find_bare(reading: &Reading, spans: &mut Spans) {
    for number in NAMED.captures_iter(reading.text()).filter_map(|found| found.get(1)) {
        let otherwise = digits::is_moment(number.as_str())
            || number.as_str().ends_with("000")
            || UNIT.is_match(reading.after(number.end(), 12));
        if !otherwise {
            spans.take(number.range(), SecretKind::BankAccount);
        }
    }
}

/// Finds IBANs.
pub(super) fn find(reading: &Reading, spans: &mut Spans) {
    let text = reading.text();
    for found in SHAPE.captures_iter(text).filter_map(|found| found.get(1)) {
        if !COUNTRIES.contains(&format!(" {} ", &found.as_str()[..2])) {
            continue;
        }
        let cued = CUE_BEFORE.is_match(reading.before(found.start(), 32));
        if let Some(span) = proper(text, found.range()).or_else(|| cued.then(|| figures(text, found.range()))) {
            spans.take(span, SecretKind::BankAccount);
        }
    }
}

/// The part of a span, from its beginning to the end of a group, whose check digits are right: words may follow.
fn proper(text: &str, span: Range<usize>) -> Option<Range<usize>> {
    let inside = &text[span.clone()];
    let ends = inside.match_indices([' ', '-']).map(|(at, _)| at).chain([inside.len()]);
    let ends: Vec<usize> = ends.collect();
    ends.into_iter().rev().find(|&end| has_check_digits(&inside[..end])).map(|end| span.start..span.start + end)
}

/// A span without the words behind its last figure.
fn figures(text: &str, span: Range<usize>) -> Range<usize> {
    let inside = &text[span.clone()];
    let last = inside.rfind(|c: char| c.is_ascii_digit()).unwrap_or(0);
    let end = inside[last..].find([' ', '-']).map_or(inside.len(), |gap| last + gap);
    span.start..span.start + end
}

/// Whether the remainder is one when the number is read from its fifth character on, letters counting from ten
/// (ISO 7064 MOD 97-10).
fn has_check_digits(iban: &str) -> bool {
    let signs: Vec<u32> = iban.chars().filter_map(|c| c.to_digit(36)).collect();
    let rotated = signs.iter().skip(4).chain(signs.iter().take(4));
    let remainder = rotated.fold(0, |rest, &sign| (if sign < 10 { rest * 10 } else { rest * 100 } + sign) % 97);
    LENGTHS.contains(&signs.len()) && remainder == 1
}
