//! Numbers as customers write them: `2,000`, `1.5k`, `5万`, `两千`, `一万二`, `三百零五`, and with [`english`] in words.

use super::decimal::Decimal;
use super::{english, past_spaces};

/// A number in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Numeral {
    /// Its value.
    pub value: Decimal,
    /// The character after its last.
    pub end: usize,
    /// Whether it has a digit of ours or a Chinese multiplier, so that it is a number and not a turn of speech: 一 alone is
    /// also “once”, “a” and “as soon as”.
    pub sure: bool,
    /// The value and the end where a comma is the point: `12,50`, which only some currencies say.
    pub comma: Option<(Decimal, usize)>,
}

/// Reads the number that begins at a character of a folded text.
pub(super) fn numeral_at(chars: &[char], from: usize) -> Option<Numeral> {
    if let Some(words) = english::words_at(chars, from) {
        return Some(words);
    }
    let mut comma = None;
    let mut read = Reader { chars, at: from, total: Decimal::ZERO, section: Decimal::ZERO, digit: None, unit: 0 };
    let mut sure = false;
    let mut zero = false;
    while let Some(&c) = chars.get(read.at) {
        if c.is_ascii_digit() {
            if read.digit.is_some() {
                break;
            }
            let (value, end) = comma_before_scale(chars, read.at).or_else(|| arabic(chars, read.at))?;
            comma = comma_decimal(chars, read.at).filter(|_| read.at == from);
            (read.digit, read.at, sure) = (Some(value), end, true);
            if let Some((scale, end)) = english::scale_at(chars, past_spaces(chars, read.at)) {
                (read.digit, read.at, comma) = (value.times(Decimal::whole(scale)?), end, None);
                break;
            }
            if let Some((scale, end)) = english::and_a_half_at(chars, read.at) {
                (read.digit, read.at, comma) = (english::and_a_half(value, scale), end, None);
                break;
            }
        } else if let Some(value) = digit(c) {
            // 五六百 is a guess, 二〇二六 a year: neither is an amount.
            if read.digit.is_some() {
                return None;
            }
            read.digit = Decimal::whole(value);
            read.at += 1;
        } else if c == '零' && read.unit > 0 && read.digit.is_none() {
            zero = true;
            read.at += 1;
        } else if let Some(unit) = multiplier(chars, read.at, read.digit.is_some_and(|_| sure)) {
            if !read.multiply(unit)? {
                break;
            }
            sure = true;
        } else {
            break;
        }
    }
    let value = read.value(zero)?;
    (read.at > from).then_some(Numeral { value, end: read.at, sure, comma: comma.filter(|_| read.unit == 0) })
}

/// The parts of a number so far.
struct Reader<'t> {
    chars: &'t [char],
    at: usize,
    /// What stands before the last 万 or 亿.
    total: Decimal,
    /// What stands behind it.
    section: Decimal,
    /// A digit, or a number in our digits, that no multiplier has followed yet.
    digit: Option<Decimal>,
    /// The last multiplier.
    unit: u64,
}

impl Reader<'_> {
    /// Takes a multiplier; false where it cannot stand.
    fn multiply(&mut self, (unit, length): (u64, usize)) -> Option<bool> {
        let one = Decimal::whole(1)?;
        let factor = Decimal::whole(unit)?;
        if unit < 10_000 {
            // 十 alone is ten; 百 and 千 alone are words (千万别).
            let digit = match self.digit.take() {
                Some(digit) => digit,
                None if unit == 10 => one,
                None => return Some(false),
            };
            self.section = self.section.plus(digit.times(factor)?)?;
        } else {
            let section = self.section.plus(self.digit.take().unwrap_or(Decimal::ZERO))?;
            let before = if section > Decimal::ZERO {
                section.times(factor)?
            } else if self.total > Decimal::ZERO && self.at > 0 && self.unit == 10_000 {
                // 一万亿.
                std::mem::replace(&mut self.total, Decimal::ZERO).times(factor)?
            } else {
                return Some(false);
            };
            self.section = Decimal::ZERO;
            self.total = self.total.plus(before)?;
        }
        self.unit = unit;
        self.at += length;
        Some(true)
    }

    /// Tells whether it is only about so much: 两千多, 十几. “两千多少手续费” is what it says.
    fn is_about(&self) -> bool {
        match self.chars.get(self.at) {
            Some('多') => self.chars.get(self.at + 1) != Some(&'少'),
            behind => behind == Some(&'几'),
        }
    }

    fn value(&self, zero: bool) -> Option<Decimal> {
        let sum = self.total.plus(self.section)?;
        match self.digit {
            // 三百五 is 350, 一万二 12,000; 三百零五 is 305 and 1万2000 is what it says.
            Some(digit) if !zero && self.unit >= 100 && digit < Decimal::whole(10)? && digit.is_whole() => {
                sum.plus(digit.times(Decimal::whole(self.unit / 10)?)?)
            }
            Some(digit) => sum.plus(digit),
            None if self.unit > 0 && !self.is_about() => Some(sum),
            None => None,
        }
    }
}

/// Reads digits with thousands apart and decimals: `1,250.50`, `1.250,50`, `1.000.000`, `10 000`.
fn arabic(chars: &[char], from: usize) -> Option<(Decimal, usize)> {
    let digit = |i: usize| chars.get(i).is_some_and(char::is_ascii_digit);
    let three = |at: usize| (1..=3).all(|n| digit(at + n)) && !digit(at + 4);
    let whole = (from..).find(|&i| !digit(i)).unwrap_or(from);
    // Points that set thousands apart: more than one, or one and a comma behind it.
    let mut points = whole;
    while whole - from <= 3 && chars.get(points) == Some(&'.') && three(points) {
        points += 4;
    }
    let cents = points > whole && chars.get(points) == Some(&',') && digit(points + 1) && !digit(points + 3);
    if cents || points - whole > 4 {
        let text: String = chars[from..points].iter().filter(|c| **c != '.').collect();
        let decimals = (points + 1..).find(|&i| !digit(i)).filter(|_| cents);
        let end = decimals.unwrap_or(points);
        let decimals: String = chars.get(points + 1..end).unwrap_or_default().iter().collect();
        return Some((Decimal::parse(&format!("{text}.{decimals}"))?, end));
    }
    // A space does so before zeros, or where less than three digits begin: "100 200 300" are three numbers.
    let mut spaces = whole;
    while whole - from <= 3 && chars.get(spaces) == Some(&' ') && three(spaces) {
        spaces += 4;
    }
    if spaces > whole && (chars[spaces - 3..spaces] == ['0', '0', '0'] || whole - from < 3) {
        let text: String = chars[from..spaces].iter().filter(|c| **c != ' ').collect();
        let cents = matches!(chars.get(spaces), Some('.' | ',')) && digit(spaces + 1) && !digit(spaces + 3);
        let end = (spaces + 1..).find(|&i| !digit(i)).filter(|_| cents).unwrap_or(spaces);
        let decimals: String = chars.get(spaces + 1..end).unwrap_or_default().iter().collect();
        return Some((Decimal::parse(&format!("{text}.{decimals}"))?, end));
    }
    let mut text = String::new();
    let mut at = from;
    let mut point = false;
    while let Some(&c) = chars.get(at) {
        match c {
            '0'..='9' => text.push(c),
            ',' | '\'' | '’' if !point && three(at) => {}
            '.' if !point && digit(at + 1) => {
                point = true;
                text.push(c);
            }
            _ => break,
        }
        at += 1;
    }
    Some((Decimal::parse(&text)?, at))
}

/// Reads `1000,50` and `1.000` as those read them who write a comma for the point.
fn comma_decimal(chars: &[char], from: usize) -> Option<(Decimal, usize)> {
    let digits = |at: usize| chars.get(at..).unwrap_or_default().iter().take_while(|c| c.is_ascii_digit()).count();
    let whole = digits(from);
    let mark = chars.get(from + whole)?;
    let behind = digits(from + whole + 1);
    let end = from + whole + 1 + behind;
    let text: String = chars[from..from + whole].iter().collect();
    let rest: String = chars.get(from + whole + 1..end)?.iter().collect();
    let goes_on = matches!(chars.get(end), Some('.' | ',')) && digits(end + 1) > 0;
    match (mark, behind) {
        _ if goes_on => None,
        (',', 1 | 2) => Some((Decimal::parse(&format!("{text}.{rest}"))?, end)),
        ('.', 3) if whole <= 3 && text != "0" => Some((Decimal::parse(&format!("{text}{rest}"))?, end)),
        _ => None,
    }
}

/// Reads `1,5` where a scale behind it shows that the comma is a point: `1,5 million`, `1,5k`, `1,5万`.
fn comma_before_scale(chars: &[char], from: usize) -> Option<(Decimal, usize)> {
    let (value, end) = comma_decimal(chars, from).filter(|(_, end)| chars[from..*end].contains(&','))?;
    let scaled = multiplier(chars, end, true).is_some() || english::scale_at(chars, past_spaces(chars, end)).is_some();
    scaled.then_some((value, end))
}

/// Returns the value of a Chinese digit, in either writing.
pub(super) fn digit(c: char) -> Option<u64> {
    Some(match c {
        '一' | '壹' => 1,
        '二' | '两' | '贰' | '俩' => 2,
        '三' | '叁' | '仨' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

/// Returns a multiplier and how many characters it takes. `k` and `w` stand behind our own digits and end a word.
fn multiplier(chars: &[char], at: usize, after_digits: bool) -> Option<(u64, usize)> {
    let letter = if after_digits { past_spaces(chars, at) } else { at };
    Some(match chars.get(at)? {
        '十' | '拾' => (10, 1),
        '百' | '佰' => (100, 1),
        '千' | '仟' => (1_000, 1),
        '万' => (10_000, 1),
        '亿' => (100_000_000, 1),
        _ if after_digits && !chars.get(letter + 1).is_some_and(char::is_ascii_alphanumeric) => {
            let scale = match chars.get(letter)? {
                'k' => 1_000,
                'w' => 10_000,
                _ => return None,
            };
            (scale, letter + 1 - at)
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<(String, usize)> {
        let chars: Vec<char> = text.chars().collect();
        numeral_at(&chars, 0).map(|n| (n.value.to_string(), n.end))
    }

    #[test]
    fn reads_both_writings() {
        for (text, value, end) in [
            ("2000", "2000", 4),
            ("2,000.50元", "2000.5", 8),
            ("1,2", "1", 1),
            ("1.5k", "1500", 4),
            ("5w", "50000", 2),
            ("5万", "50000", 2),
            ("1.2万", "12000", 4),
            ("1万2", "12000", 3),
            ("1万2000", "12000", 6),
            ("3千5", "3500", 3),
            ("两千", "2000", 2),
            ("一万二", "12000", 3),
            ("三百五", "350", 3),
            ("三百五十", "350", 4),
            ("三百零五", "305", 4),
            ("十", "10", 1),
            ("十五", "15", 2),
            ("二十", "20", 2),
            ("一百二十三万", "1230000", 6),
            ("三亿五千万", "350000000", 5),
            ("一千万", "10000000", 3),
            ("贰仟伍佰", "2500", 4),
            ("一个", "1", 1),
            ("1.", "1", 1),
            ("1.5 million", "1500000", 11),
            ("2 thousand", "2000", 10),
            ("two thousand", "2000", 12),
            ("1.000,50", "1000.5", 8),
            ("1.000.000", "1000000", 9),
            ("12.345.678,9", "12345678.9", 12),
            ("10 000", "10000", 6),
            ("100 200", "100", 3),
            ("1.234", "1.234", 5),
            ("1.5 mild", "1.5", 3),
            ("1,5 million", "1500000", 11),
            ("1,5k", "1500", 4),
            ("1,5万", "15000", 4),
            ("1.5 k", "1500", 5),
            ("1 500", "1500", 5),
            ("12 500,50", "12500.5", 9),
            ("1 and a half thousand", "1500", 21),
            ("2 and a half", "2.5", 12),
            ("15 wan", "150000", 6),
            ("15wan", "150000", 5),
            ("20 lakh", "2000000", 7),
            ("3 crores", "30000000", 8),
            ("两千多少", "2000", 2),
        ] {
            assert_eq!(read(text), Some((value.to_owned(), end)), "{text}");
        }
    }

    #[test]
    fn leaves_words_and_guesses_alone() {
        for text in ["千万别", "万一", "百分之五", "五六百", "二三十", "元", "", "几百", "零", "两千多", "十几"]
        {
            assert_eq!(read(text), None, "{text}");
        }
        assert_eq!(read("5kg"), Some(("5".to_owned(), 1)));
    }

    proptest! {
        #[test]
        fn never_panics_and_moves_on(text in "[0-9.,一二两三九十百千万亿零kw元]{0,24}") {
            let chars: Vec<char> = text.chars().collect();
            for from in 0..chars.len() {
                if let Some(numeral) = numeral_at(&chars, from) {
                    prop_assert!(numeral.end > from && numeral.end <= chars.len());
                }
            }
        }
    }
}
