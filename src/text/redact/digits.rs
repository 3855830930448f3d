//! Runs of digits: groups that belong together because little more than a space, hyphen or dot stands between them.
//!
//! Knows no secret; it only says which digits a person would read as one number, and sets dates, network addresses and
//! UUIDs apart, whose digits would otherwise join with their neighbours and pass for a card by chance.

use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

use super::{Spans, card, pattern};

/// Separators between two groups of a run: as in `4111 - 1111`.
const MOST_SEPARATORS: usize = 3;

static UUID: LazyLock<Regex> = LazyLock::new(|| pattern(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"));

/// Groups of digits that read as one number, each a span of the reading.
#[derive(Debug, Clone, Default)]
pub(super) struct Run {
    pub(super) groups: Vec<Range<usize>>,
}

impl Run {
    /// The span from the first digit of group `from` to the last of group `to`.
    pub(super) fn span(&self, from: usize, to: usize) -> Range<usize> {
        self.groups[from].start..self.groups[to].end
    }
}

/// The digits of `groups`, without what stands between them.
pub(super) fn digits(text: &str, groups: &[Range<usize>]) -> String {
    groups.iter().map(|group| &text[group.clone()]).collect()
}

/// The lengths of `groups`.
pub(super) fn lengths(groups: &[Range<usize>]) -> Vec<usize> {
    groups.iter().map(ExactSizeIterator::len).collect()
}

/// All runs of `text` in order, dates, network addresses and UUIDs left out.
pub(super) fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut uuids = UUID.find_iter(text).peekable();
    let bytes = text.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        while uuids.next_if(|uuid| uuid.end() <= at).is_some() {}
        if let Some(uuid) = uuids.peek().filter(|uuid| uuid.start() <= at) {
            at = uuid.end();
            continue;
        }
        if !bytes[at].is_ascii_digit() {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let group = at..end;
        // The month in "4111 1111 1111 1111 12/27" is no part of the number.
        let in_fraction = group.len() <= 2 && matches!(bytes[end..], [b'/' | b':', next, ..] if next.is_ascii_digit());
        let joined = !in_fraction
            && runs.last().and_then(|run| run.groups.last()).is_some_and(|last| {
                // The digit in "cvv2 123" belongs to the word before it.
                let in_word = last.len() == 1 && text[..last.start].ends_with(|c: char| c.is_ascii_alphabetic());
                !in_word && joins(&text[last.end..at])
            });
        match runs.last_mut() {
            Some(run) if joined => run.groups.push(group),
            _ => runs.push(Run { groups: vec![group] }),
        }
        at = end;
    }
    runs.into_iter().flat_map(|run| without_dates(text, &run)).collect()
}

fn joins(between: &str) -> bool {
    between.len() <= MOST_SEPARATORS
        && between.bytes().all(|byte| matches!(byte, b' ' | b'-' | b'.' | b'_' | b'(' | b')'))
}

/// The pieces of a run that are left when dates and network addresses are taken out.
fn without_dates(text: &str, run: &Run) -> Vec<Run> {
    let mut pieces = vec![Run::default()];
    let length: usize = run.groups.iter().map(ExactSizeIterator::len).sum();
    let may_be_card = card::LENGTHS.contains(&length) && card::has_check_digit(&digits(text, &run.groups));
    let mut at = 0;
    while at < run.groups.len() {
        let rest = &run.groups[at..];
        let width = if is_address(text, rest, at == 0) {
            4
        } else if is_date(text, &run.groups, at, !may_be_card && at == 0) {
            3
        } else {
            0
        };
        if width == 0 {
            if let Some(piece) = pieces.last_mut() {
                piece.groups.push(run.groups[at].clone());
            }
            at += 1;
        } else {
            pieces.push(Run::default());
            at += width;
        }
    }
    pieces.retain(|piece| !piece.groups.is_empty());
    pieces
}

/// 2024-05-06, or (`loose`) 2024.5.6. So loose a form would break card numbers that are typed with separators in odd
/// places, so it counts only where a run begins and has no check digit.
fn is_date(text: &str, groups: &[Range<usize>], at: usize, loose: bool) -> bool {
    let [year, month, day, ..] = &groups[at..] else { return false };
    let padded = month.len() == 2 && day.len() == 2;
    let spaced = |left: Option<&Range<usize>>, right: Option<&Range<usize>>| match (left, right) {
        (Some(left), Some(right)) => text[left.end..right.start].starts_with(' '),
        _ => true,
    };
    let separator = &text[year.end..month.start];
    year.len() == 4
        && month.len() <= 2
        && day.len() <= 2
        && (padded || loose)
        && spaced(at.checked_sub(1).and_then(|before| groups.get(before)), Some(year))
        && spaced(Some(day), groups.get(at + 3))
        && matches!(separator, "-" | ".")
        && &text[month.end..day.start] == separator
        && is_calendar_day(&text[year.clone()], &text[month.clone()], &text[day.clone()])
}

/// 192.168.100.100, alone in its run.
fn is_address(text: &str, groups: &[Range<usize>], first: bool) -> bool {
    first
        && groups.len() == 4
        && groups.windows(2).all(|pair| &text[pair[0].end..pair[1].start] == ".")
        && groups.iter().all(|group| text[group.clone()].parse::<u8>().is_ok())
}

/// Whether the three numbers name a day between 1900 and 2099; the length of months is not checked.
pub(super) fn is_calendar_day(year: &str, month: &str, day: &str) -> bool {
    let within = |number: &str, low: u32, high: u32| number.parse().is_ok_and(|n: u32| (low..=high).contains(&n));
    within(year, 1900, 2099) && within(month, 1, 12) && within(day, 1, 31)
}

/// Whether the digits are a year, a day written as 20240506, or a moment written as 20240506123000.
pub(super) fn is_moment(digits: &str) -> bool {
    let within = |span: Range<usize>, limit: u32| digits[span].parse().is_ok_and(|n: u32| n < limit);
    let day = || is_calendar_day(&digits[..4], &digits[4..6], &digits[6..8]);
    match digits.len() {
        4 => matches!(&digits[..2], "19" | "20"),
        8 => day(),
        12 => day() && within(8..10, 24) && within(10..12, 60),
        14 => day() && within(8..10, 24) && within(10..12, 60) && within(12..14, 60),
        _ => false,
    }
}

/// The stretches of a run's groups that no finder has taken yet, as ranges of group indices.
pub(super) fn free_stretches(run: &Run, spans: &Spans) -> Vec<Range<usize>> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for (i, group) in run.groups.iter().enumerate() {
        if !spans.is_free(group) {
            continue;
        }
        match stretches.last_mut() {
            Some(stretch) if stretch.end == i => stretch.end = i + 1,
            _ => stretches.push(i..i + 1),
        }
    }
    stretches
}
