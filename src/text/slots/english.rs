//! Numbers in English words: `two thousand`, `a hundred and fifty`, `1.5 million`.

use super::decimal::Decimal;
use super::numeral::Numeral;
use super::{past_spaces, word_at};

const SMALL: [(&str, u64); 29] = [
    ("one", 1),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fourty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("a", 1),
];

const SCALES: [(&str, u64); 21] = [
    ("hundred", 100),
    ("hundreds", 100),
    ("thousand", 1_000),
    ("thousands", 1_000),
    ("grand", 1_000),
    // 千 and 万 as those write them who have no ideographs at hand.
    ("qian", 1_000),
    ("wan", 10_000),
    ("lakh", 100_000),
    ("lakhs", 100_000),
    ("lac", 100_000),
    ("crore", 10_000_000),
    ("crores", 10_000_000),
    ("millions", 1_000_000),
    ("million", 1_000_000),
    ("mln", 1_000_000),
    ("mil", 1_000_000),
    ("mill", 1_000_000),
    ("mio", 1_000_000),
    ("billion", 1_000_000_000),
    ("bln", 1_000_000_000),
    ("bn", 1_000_000_000),
];

/// Returns the words that numbers are made of, but for the “a” of “a hundred”, which is none without another.
pub(super) fn words() -> impl Iterator<Item = &'static str> {
    SMALL.iter().map(|(word, _)| *word).filter(|word| *word != "a").chain(SCALES.iter().map(|(word, _)| *word))
}

/// Returns the scale that begins at a character, and where it ends: the `million` of `1.5 million`.
pub(super) fn scale_at(chars: &[char], at: usize) -> Option<(u64, usize)> {
    let (word, scale) = SCALES.iter().find(|(word, _)| word_at(chars, at, word))?;
    Some((*scale, at + word.len()))
}

/// Reads what makes a number half more, with the scale of both: the `and a half million` of `1 and a half million`.
/// Without a scale it is one.
pub(super) fn and_a_half_at(chars: &[char], at: usize) -> Option<(u64, usize)> {
    let from = past_spaces(chars, at);
    let words = ["and a half", "and half"];
    let end = words.iter().find(|word| word_at(chars, from, word)).map(|word| from + word.len())?;
    Some(scale_at(chars, past_spaces(chars, end)).unwrap_or((1, end)))
}

/// Returns so many of a scale and half of one more.
pub(super) fn and_a_half(number: Decimal, scale: u64) -> Option<Decimal> {
    let scale = Decimal::whole(scale)?;
    number.times(scale)?.plus(scale.over(Decimal::whole(2)?)?)
}

/// Reads `half a million`.
fn half_at(chars: &[char], from: usize) -> Option<(Decimal, usize)> {
    let at = ["half a", "half"].iter().find(|word| word_at(chars, from, word)).map(|word| from + word.len())?;
    let (scale, end) = scale_at(chars, past_spaces(chars, at))?;
    Some((Decimal::whole(scale / 2)?, end))
}

/// Reads the number in words that begins at a character. A small one by itself is no sure number: “one” and “a” are words.
pub(super) fn words_at(chars: &[char], from: usize) -> Option<Numeral> {
    if !chars.get(from).is_some_and(char::is_ascii_lowercase) {
        return None;
    }
    if let Some((value, end)) = half_at(chars, from) {
        return Some(Numeral { value, end, sure: true, comma: None });
    }
    if let Some((word, value)) = SMALL.iter().find(|(word, _)| *word != "a" && word_at(chars, from, word))
        && let Some((scale, end)) = and_a_half_at(chars, from + word.len())
    {
        let value = and_a_half(Decimal::whole(*value)?, scale)?;
        return Some(Numeral { value, end, sure: scale > 1, comma: None });
    }
    let (mut total, mut section) = (0u64, 0u64);
    let (mut at, mut end, mut scaled) = (from, from, false);
    // What is still allowed before the next scale: below a hundred, then below ten, then nothing.
    let mut room = 100;
    loop {
        if let Some((word, value)) = SMALL.iter().find(|(word, _)| word_at(chars, at, word)) {
            let article = *word == "a";
            let scale_follows = scale_at(chars, past_spaces(chars, at + 1)).is_some();
            if *value >= room || article && (end > from || !scale_follows) {
                break;
            }
            section += value;
            room = if *value >= 20 { 10 } else { 0 };
            (at, end) = (at + word.len(), at + word.len());
        } else if let Some((scale, after)) = scale_at(chars, at).filter(|_| section > 0) {
            if scale == 100 {
                section = section.checked_mul(scale)?;
            } else {
                total = total.checked_add(section.checked_mul(scale)?)?;
                section = 0;
            }
            (room, scaled, at, end) = (100, true, after, after);
        } else if scaled && word_at(chars, at, "and") {
            at += 3;
        } else {
            break;
        }
        at = if chars.get(at) == Some(&'-') { at + 1 } else { past_spaces(chars, at) };
    }
    let value = Decimal::whole(total.checked_add(section)?).filter(|value| *value > Decimal::ZERO)?;
    (end > from).then_some(Numeral { value, end, sure: scaled, comma: None })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, usize, bool)> {
        let chars: Vec<char> = text.chars().collect();
        words_at(&chars, 0).map(|n| (n.value.to_string(), n.end, n.sure))
    }

    #[test]
    fn reads_numbers_in_words() {
        for (text, value, sure) in [
            ("two thousand", "2000", true),
            ("a hundred and fifty", "150", true),
            ("one hundred twenty-five thousand", "125000", true),
            ("two thousand five hundred", "2500", true),
            ("three million two hundred thousand and one", "3200001", true),
            ("twenty five", "25", false),
            ("ninety-nine", "99", false),
            ("five", "5", false),
            ("ten grand", "10000", true),
            ("half a million", "500000", true),
            ("one and a half thousand", "1500", true),
            ("two and a half", "2.5", false),
            ("three lakh", "300000", true),
            ("two crore", "20000000", true),
        ] {
            assert_eq!(read(text), Some((value.to_owned(), text.len(), sure)), "{text}");
        }
        assert_eq!(read("two hundred and then"), Some(("200".to_owned(), 11, true)));
        assert_eq!(read("five twenty"), Some(("5".to_owned(), 4, false)));
    }

    #[test]
    fn leaves_words_alone() {
        for text in ["a", "a fee", "an hour", "hundred", "thousands", "wan", "lakhs", "tend", "someone", "and", ""] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
