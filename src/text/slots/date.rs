//! Days as customers name them. The chat knows no clock, so “yesterday” stays yesterday.

use super::numeral::numeral_at;
use super::{begins, past_spaces, word_at};

/// A day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Date {
    /// A day of the calendar; the year only where it was said.
    Day {
        /// The year.
        year: Option<u16>,
        /// From 1 to 12.
        month: u8,
        /// From 1 to 31.
        day: u8,
    },
    /// So many days from today, −2 to 2.
    Relative(i8),
}

/// Days by their distance from today: in Chinese and in English.
const RELATIVE: [(i8, &str, &str); 6] = [
    (-2, "前天", "the day before yesterday"),
    (-1, "昨天", "yesterday"),
    (0, "今天", "today"),
    (1, "明天", "tomorrow"),
    (2, "后天", "the day after tomorrow"),
    (-1, "昨晚", "last night"),
];

const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const LONG_MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

impl Date {
    /// Writes the day for a reader of Chinese, or of another language.
    #[must_use]
    pub fn shown(&self, chinese: bool) -> String {
        match *self {
            Date::Day { year, month, day } if chinese => {
                let year = year.map(|y| format!("{y}年")).unwrap_or_default();
                format!("{year}{month}月{day}日")
            }
            Date::Day { year: Some(year), month, day } => format!("{year}-{month:02}-{day:02}"),
            Date::Day { year: None, month, day } => format!("{month:02}-{day:02}"),
            Date::Relative(days) => {
                let words = RELATIVE.iter().find(|(d, ..)| *d == days);
                words.map(|(_, zh, en)| if chinese { zh } else { en }).copied().unwrap_or_default().to_owned()
            }
        }
    }
}

/// Returns a word of each English name of a day that has no number.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    RELATIVE.iter().filter_map(|(_, _, english)| english.split(' ').next_back())
}

/// Reads the day that begins here, and returns where it ends.
pub(super) fn date_at(chars: &[char], at: usize) -> Option<(Date, usize)> {
    if !begins(chars, at) {
        return None;
    }
    for (days, zh, en) in RELATIVE {
        for word in [zh, en] {
            if word_at(chars, at, word) {
                return Some((Date::Relative(days), at + word.chars().count()));
            }
        }
    }
    spelt(chars, at).or_else(|| dashed(chars, at)).or_else(|| english(chars, at))
}

fn day(year: Option<u16>, month: u64, day: u64) -> Option<Date> {
    let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let last = *longest.get(usize::try_from(month.checked_sub(1)?).ok()?)?;
    (1..=last).contains(&day).then_some(Date::Day { year, month: month as u8, day: day as u8 })
}

/// Reads a whole number of at most four digits.
fn whole(chars: &[char], at: usize) -> Option<(u64, usize)> {
    let numeral = numeral_at(chars, at)?;
    let text = numeral.value.to_string();
    Some((text.parse().ok().filter(|n| *n <= 9_999)?, numeral.end))
}

/// Reads 2026年11月22日, 11月22号.
fn spelt(chars: &[char], at: usize) -> Option<(Date, usize)> {
    let (first, end) = whole(chars, at)?;
    let (year, month, end) = match chars.get(end)? {
        '年' => {
            let (month, end) = whole(chars, end + 1)?;
            (Some(u16::try_from(first).ok()?), month, end)
        }
        _ => (None, first, end),
    };
    if chars.get(end) != Some(&'月') {
        return None;
    }
    let (number, end) = whole(chars, end + 1)?;
    let end = if matches!(chars.get(end), Some('日' | '号')) { end + 1 } else { return None };
    Some((day(year, month, number)?, end))
}

/// Reads 2026-11-22 and 2026/11/22: without a year two numbers and a slash can be anything.
fn dashed(chars: &[char], at: usize) -> Option<(Date, usize)> {
    let digits = |from: usize, most: usize| {
        let end = (from..from + most).find(|&i| !chars.get(i).is_some_and(char::is_ascii_digit)).unwrap_or(from + most);
        let text: String = chars.get(from..end)?.iter().collect();
        Some((text.parse::<u64>().ok()?, end))
    };
    let (year, end) = digits(at, 4).filter(|(y, _)| (1_900..2_200).contains(y))?;
    let mark = chars.get(end).filter(|c| matches!(c, '-' | '/' | '.'))?;
    let (month, end) = digits(end + 1, 2)?;
    if chars.get(end) != Some(mark) {
        return None;
    }
    let (number, end) = digits(end + 1, 2)?;
    (!chars.get(end).is_some_and(char::is_ascii_alphanumeric)).then_some(())?;
    Some((day(Some(year as u16), month, number)?, end))
}

/// Reads Nov 22, November 22nd and 22 November.
fn english(chars: &[char], at: usize) -> Option<(Date, usize)> {
    let month_at = |at: usize| {
        let named =
            |names: &[&str; 12]| names.iter().position(|name| word_at(chars, at, name)).map(|i| (i, names[i].len()));
        let (place, length) = named(&LONG_MONTHS).or_else(|| named(&MONTHS))?;
        Some((place as u64 + 1, at + length))
    };
    let number_at = |at: usize| {
        let (number, end) = whole(chars, at)?;
        let suffix = ["st", "nd", "rd", "th"].iter().any(|s| word_at(chars, end, s));
        Some((number, if suffix { end + 2 } else { end }))
    };
    if let Some((month, end)) = month_at(at) {
        let (number, end) = number_at(past_spaces(chars, end))?;
        return Some((day(None, month, number)?, end));
    }
    chars.get(at).filter(|c| c.is_ascii_digit())?;
    let (number, end) = number_at(at)?;
    let (month, end) = month_at(past_spaces(chars, end))?;
    Some((day(None, month, number)?, end))
}
