//! What tells that a number is no amount of money: what it counts, what it numbers, and what is written on behind it.

use super::decimal::Decimal;
use super::{numeral, past_spaces, word_at};
use crate::text::english::is_stop_word;

/// What a number counts when it counts no money: ideographs right behind it.
const COUNTED: &str = "天日号月年时点分秒次个位步条张种家人岁台度级页遍倍折寸层路楼号星期周小回件只部代版项类名口套本轮批串单笔份杯碗瓶斤箱\
    盒辆顿桌";
/// Those of them that count behind a space too.
const APART_COUNTED: [char; 7] = ['单', '笔', '个', '次', '件', '天', '份'];
/// What is no count though it begins like one: 5000单笔.
const UNCOUNTED: [&str; 3] = ["单笔", "单独", "单次"];

/// The same in English, one word behind it, where it is no plural by its look.
#[rustfmt::skip]
const COUNTED_WORDS: [&str; 33] = [
    "day", "hour", "hr", "minute", "min", "second", "sec", "week", "month", "year", "time", "digit", "step", "people", "person", "am",
    "pm", "st", "nd", "rd", "th", "percent", "x", "way", "card", "account", "phone", "character", "men", "women", "children", "staff",
    "different",
];

/// Words that end like a plural and are none, and plurals that are money: “5000 fees?”, “500 rupees”.
#[rustfmt::skip]
const NO_PLURALS: [&str; 27] = [
    "always", "perhaps", "plus", "thanks", "yes", "minus", "gross", "less", "plz", "business", "process", "fees", "rates", "terms", "charges",
    "costs", "takings", "earnings", "proceeds", "rupees", "pesos", "dirhams", "francs", "rubles", "ringgits", "bahts", "dongs",
];

/// What is told of each of several: “12 orders of 50 each”.
const APART: [&str; 4] = ["each", "apiece", "a piece", "per piece"];

/// Names of what has a number, right before it: “my shop number is 45”.
#[rustfmt::skip]
const NUMBERED: [&str; 24] = [
    "number", "no", "no.", "num", "nr", "nr.", "id", "code", "ref", "reference", "order", "room", "table", "invoice", "ticket", "account",
    "extension", "version", "page", "step", "model", "phone", "tel", "postcode",
];
/// The same in Chinese.
const NUMBERED_HAN: [&str; 7] = ["编号", "号码", "代码", "尾号", "工号", "版本", "id"];
/// What stands between such a name and its number.
const LINKS: [&str; 6] = ["就是", "是", "为", " is", " are", "'s"];
/// What stands before a year: “since 2019”.
const BEFORE_YEARS: [&str; 5] = ["in", "since", "until", "year", "before"];

/// Tells whether what stands where a bare number ends makes it a count, or no number of ours: `3天`, `12 orders`, `5x`, `15 m`.
pub(super) fn counts(chars: &[char], end: usize) -> bool {
    let behind = chars.get(end);
    if behind.is_some_and(char::is_ascii_alphanumeric) {
        return true;
    }
    let next = past_spaces(chars, end);
    let counted =
        behind.is_some_and(|c| COUNTED.contains(*c)) || chars.get(next).is_some_and(|c| APART_COUNTED.contains(c));
    if counted && !UNCOUNTED.iter().any(|word| word_at(chars, next, word)) {
        return true;
    }
    if COUNTED_WORDS.iter().any(|word| word_at(chars, next, word)) {
        return true;
    }
    let first = latin_word(chars, next);
    let unread = first.len() == 1 && !matches!(first.as_str(), "a" | "i" | "u");
    // “12 new orders”: one word may stand between, if it says something.
    let second = || latin_word(chars, past_spaces(chars, next + first.len()));
    let plural =
        is_plural(&first) || !first.is_empty() && !is_stop_word(&first) && is_plural_of_count(&first, &second());
    unread || plural
}

fn is_plural(word: &str) -> bool {
    word.len() > 3 && word.ends_with('s') && !word.ends_with("ss") && !is_stop_word(word) && !NO_PLURALS.contains(&word)
}

/// Tells whether a plural goes with the word before it, and that is none of those that a sum ends with: “3000 merchant fees”.
fn is_plural_of_count(before: &str, word: &str) -> bool {
    !NO_PLURALS.contains(&before) && is_plural(word)
}

fn latin_word(chars: &[char], at: usize) -> String {
    chars.iter().skip(at).take_while(|c| c.is_ascii_lowercase()).collect()
}

/// Tells whether what is told behind a number says that there are several of it.
pub(super) fn is_apart(chars: &[char], end: usize) -> bool {
    let next = past_spaces(chars, end);
    APART.iter().any(|word| word_at(chars, next, word))
}

/// Tells whether a bare number is the number of something, or a year: `编号是45`, `order 45`, `#45`, `in 2026`.
pub(super) fn is_named(chars: &[char], at: usize, number: Decimal) -> bool {
    let before: String = chars[at.saturating_sub(24)..at].iter().collect();
    let before = before.trim_end_matches([' ', ':', '=', '#']);
    if chars[..at].ends_with(&['#']) {
        return true;
    }
    let label = LINKS.iter().find_map(|link| before.strip_suffix(link)).unwrap_or(before).trim_end();
    let word = label.rsplit(|c: char| !c.is_ascii_alphanumeric() && c != '.').next().unwrap_or_default();
    let year = number.is_whole()
        && Decimal::whole(1990).is_some_and(|first| number >= first)
        && Decimal::whole(2099).is_some_and(|last| number <= last);
    // In “2号5000” it is a day.
    let of_number = label.strip_suffix('号').and_then(|rest| rest.chars().next_back());
    NUMBERED.contains(&word)
        || NUMBERED_HAN.iter().any(|name| label.ends_with(name))
        || of_number.is_some_and(|c| !c.is_ascii_digit() && numeral::digit(c).is_none() && c != '十')
        || year && BEFORE_YEARS.contains(&word)
}

/// Returns where that ends which goes on behind a number and is unread with it: `12.5.2026`, `5/12`, `10:30`, `1,5`. None
/// where nothing goes on.
pub(super) fn past_rest(chars: &[char], end: usize) -> Option<usize> {
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let goes_on = |i: usize| matches!(chars.get(i), Some('.' | ',' | '/' | ':' | '\'')) && digit(i + 1);
    if !(end > 0 && digit(end - 1) && goes_on(end)) {
        return None;
    }
    (end..).find(|&i| !digit(i) && !goes_on(i))
}
