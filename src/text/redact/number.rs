//! Long numbers: which digits of a run are a card, an ID number, a phone number.
//!
//! A run as a whole is tried first, then each group, then neighbouring groups; what is left of it and is long enough is
//! a card if a cue says so. Digits that nothing speaks for, such as an order number, stay.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::clause::{Clauses, Reach};
use super::digits::Run;
use super::{Reading, SecretKind, Spans, card, contact, digits, identity, pattern};

static ORDER_LABEL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?x)(?: 订单编?号? | 訂單編?號? | 单号 | 流水号? | 交易号 | 编号 | (?:order|transaction|trade|reference|ref|ticket|invoice)
        (?:\s?(?:number|no\.?|id|\#))? ) [\s:=\#.]{0,3} (?:是|为|is)? [\s:]{0,2} $",
    )
});

/// A card's groups between signs that join no run: "4111/1111/1111/1111".
static SIGNED: LazyLock<Regex> = LazyLock::new(|| {
    let sign = r"\s?[/\\|,，、:;*+~=]\s?";
    pattern(&format!(
        "(?:^|[^0-9])([0-9]{{4}}(?:(?:{sign}[0-9]{{4}}){{3}}(?:{sign}[0-9]{{1,3}})?|{sign}[0-9]{{6}}{sign}[0-9]{{5}}))(?:[^0-9]|$)"
    ))
});

/// Digits and the letters that are typed for them, one by one or in groups that all have a digit: "6222O2l234567890l28".
static LOOKALIKE: LazyLock<Regex> = LazyLock::new(|| {
    let group = "[0-9oli]*[0-9][0-9oli]*";
    pattern(&format!("(?:^|[^a-z0-9])([0-9oli](?:[ -][0-9oli]){{11,18}}|{group}(?:[ -]{group}){{0,5}})(?:[^a-z0-9]|$)"))
});

struct Finder<'a> {
    reading: &'a Reading<'a>,
    card_cues: Reach,
    id_cues: Reach,
}

/// Finds card numbers, ID numbers and phone numbers.
pub(super) fn find(reading: &Reading, clauses: &Clauses, runs: &[Run], spans: &mut Spans) {
    let text = reading.text();
    let finder =
        Finder { reading, card_cues: clauses.reach(text, &card::CUE), id_cues: clauses.reach(text, &identity::CUE) };
    // Most messages have too few numbers for it.
    if runs.len() > 2 {
        find_signed(text, spans);
    }
    finder.find_lookalikes(spans);
    for run in runs {
        for stretch in digits::free_stretches(run, spans) {
            let whole = stretch.len() == run.groups.len();
            finder.find_in(&run.groups[stretch], whole, spans);
        }
    }
}

/// Finds cards whose groups other signs than a card's stand between. Those join lists and dates too, so that only the
/// check digit tells a card; years in a row may have it by chance.
fn find_signed(text: &str, spans: &mut Spans) {
    for found in SIGNED.captures_iter(text).filter_map(|found| found.get(1)) {
        let number: String = found.as_str().chars().filter(char::is_ascii_digit).collect();
        let years =
            found.as_str().split(|c: char| !c.is_ascii_digit()).filter(|g| !g.is_empty()).all(digits::is_moment);
        if !years && card::has_check_digit(&number) {
            spans.take(found.range(), SecretKind::Card);
        }
    }
}

/// Tells whether what stands before a number says that it is an order's, a ticket's or the like.
pub(super) fn is_order(reading: &Reading, at: usize) -> bool {
    ORDER_LABEL.is_match(reading.before(at, 24))
}

impl Finder<'_> {
    /// Finds card numbers in which letters stand for digits, where a cue says that it is one.
    fn find_lookalikes(&self, spans: &mut Spans) {
        let text = self.reading.text();
        for found in LOOKALIKE.captures_iter(text).filter_map(|found| found.get(1)) {
            let (digits, letters) = found
                .as_str()
                .bytes()
                .filter(u8::is_ascii_alphanumeric)
                .fold((0, 0), |(d, l), byte| if byte.is_ascii_digit() { (d + 1, l) } else { (d, l + 1) });
            let is_card = letters > 0 && letters * 2 <= digits && card::LENGTHS.contains(&(digits + letters));
            if is_card && self.card_cues.holds(found.start()) && !is_order(self.reading, found.start()) {
                spans.take(found.range(), SecretKind::Card);
            }
        }
    }

    fn find_in(&self, groups: &[Range<usize>], whole: bool, spans: &mut Spans) {
        if let Some((span, kind)) = self.whole(groups, whole) {
            spans.take(span, kind);
            return;
        }
        // Groups that nothing spoke for, until something did.
        let mut left = 0;
        let mut at = 0;
        while at < groups.len() {
            match self.part(groups, at) {
                Some((end, span, kind)) => {
                    self.by_cue(&groups[left..at], spans);
                    spans.take(span, kind);
                    (left, at) = (end, end);
                }
                None => at += 1,
            }
        }
        self.by_cue(&groups[left..], spans);
    }

    /// What all groups together are.
    fn whole(&self, groups: &[Range<usize>], run: bool) -> Option<(Range<usize>, SecretKind)> {
        let span = groups.first()?.start..groups.last()?.end;
        let text = self.reading.text();
        let length: usize = groups.iter().map(ExactSizeIterator::len).sum();
        if !(7..=19).contains(&length) {
            return None;
        }
        let number = digits::digits(text, groups);
        if text[..span.start].trim_end_matches(['(', ' ']).ends_with('+')
            && contact::is_phone(self.reading, groups, run)
        {
            return Some((contact::phone_span(text, span), SecretKind::Phone));
        }
        if let Some(end) = self.id_end(&number, span.end, identity::is_id_number) {
            return Some((span.start..end, SecretKind::IdNumber));
        }
        if self.id_cues.holds(span.start)
            && (identity::is_old_id_number(&number)
                || matches!(length, 15 | 18)
                    && !self.card_cues.holds(span.start)
                    && !is_order(self.reading, span.start))
        {
            return Some((span, SecretKind::IdNumber));
        }
        if contact::is_phone(self.reading, groups, run) {
            return Some((contact::phone_span(text, span), SecretKind::Phone));
        }
        let is_card = card::LENGTHS.contains(&length)
            && (card::has_check_digit(&number) && !digits::is_moment(&number)
                || card::is_grouped(&digits::lengths(groups)));
        is_card.then_some((span, SecretKind::Card))
    }

    /// What begins at group `from`, and the group after its end.
    fn part(&self, groups: &[Range<usize>], from: usize) -> Option<(usize, Range<usize>, SecretKind)> {
        let alone = &groups[from..=from];
        if let Some((span, kind)) = self.whole(alone, false) {
            return Some((from + 1, span, kind));
        }
        let text = self.reading.text();
        let lengths = digits::lengths(&groups[from..groups.len().min(from + 20)]);
        let most = (1..=lengths.len()).take_while(|&n| lengths[..n].iter().sum::<usize>() <= 19).last()?;
        (2..=most).rev().find_map(|width| {
            let (some, end) = (&groups[from..from + width], from + width);
            let span = some[0].start..some[width - 1].end;
            let number = digits::digits(text, some);
            if let Some(id_end) = self.id_end(&number, span.end, identity::is_sure) {
                return Some((end, span.start..id_end, SecretKind::IdNumber));
            }
            let four = |i: Option<&Range<usize>>| i.is_some_and(|group| group.len() == 4);
            let stands_alone = !four(from.checked_sub(1).and_then(|i| groups.get(i))) && !four(groups.get(end));
            let is_card = (13..=19).contains(&number.len())
                && (card::has_check_digit(&number) && card::has_issuer(&number)
                    || card::is_grouped(&lengths[..width]) && stands_alone);
            if is_card {
                return Some((end, span, SecretKind::Card));
            }
            contact::is_phone(self.reading, some, false)
                .then(|| (end, contact::phone_span(text, span), SecretKind::Phone))
        })
    }

    /// Takes the groups as a card number if they are long enough and a cue says so.
    fn by_cue(&self, groups: &[Range<usize>], spans: &mut Spans) {
        let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return };
        let length: usize = groups.iter().map(ExactSizeIterator::len).sum();
        let moment = groups.len() == 1 && length <= 19 && digits::is_moment(&self.reading.text()[first.clone()]);
        if length >= *card::LENGTHS.start()
            && !moment
            && self.card_cues.holds(first.start)
            && !is_order(self.reading, first.start)
        {
            spans.take(first.start..last.end, SecretKind::Card);
        }
    }

    /// Where the ID number ends whose digits are `number` and end at `end`: 18 digits, or 17 and an X.
    fn id_end(&self, number: &str, end: usize, is_id: fn(&str) -> bool) -> Option<usize> {
        match number.len() {
            18 => is_id(number).then_some(end),
            17 => {
                let after = self.reading.after(end, 4);
                let rest = after.trim_start_matches([' ', '-', '.']);
                let x = rest.chars().next().filter(|c| matches!(c, 'x' | '×'))?;
                let joins_word = rest[x.len_utf8()..].starts_with(|c: char| c.is_ascii_alphanumeric());
                let end = end + after.len() - rest.len() + x.len_utf8();
                (!joins_word && is_id(&format!("{number}x"))).then_some(end)
            }
            _ => None,
        }
    }
}
