//! Which writing system a character belongs to, and which language a message is in.

use crate::base::Locale;

/// How a character is cut into terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CharClass {
    /// Written without spaces between words: Han, kana, Hangul. Cut into characters and pairs.
    Ideograph,
    /// A letter of a script that puts spaces between words.
    Letter,
    /// A digit.
    Digit,
    /// White space, punctuation, symbols, emoji: separates.
    Other,
}

/// Tells whether `c` is a Han character.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(u32::from(c),
        0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x3005 | 0x3007 | 0xF900..=0xFAFF | 0x20000..=0x323AF)
}

/// Returns how `c` is cut.
#[must_use]
pub fn class(c: char) -> CharClass {
    if c.is_ascii_alphabetic() {
        CharClass::Letter
    } else if c.is_ascii_digit() {
        CharClass::Digit
    } else if c.is_ascii() {
        CharClass::Other
    } else if is_han(c) || matches!(u32::from(c), 0x3041..=0x30FF | 0x31F0..=0x31FF | 0xAC00..=0xD7A3) {
        CharClass::Ideograph
    } else if c.is_numeric() {
        CharClass::Digit
    } else if c.is_alphabetic() {
        CharClass::Letter
    } else {
        CharClass::Other
    }
}

/// Returns the one of `available` that a message is written in, or `fallback` when it does not say: Han characters
/// speak for Chinese, Latin words for a language that is not Chinese. A single Latin word inside Chinese is a loan, and
/// a message without letters (a code, a number) says nothing.
#[must_use]
pub fn language_of<'a>(message: &str, available: &'a [Locale], fallback: &'a Locale) -> &'a Locale {
    let han = message.chars().filter(|c| is_han(*c)).count();
    let chinese = || available.iter().find(|l| l.is_chinese());
    if han > 0 {
        return if fallback.is_chinese() { fallback } else { chinese().unwrap_or(fallback) };
    }
    fallback
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn han_in_a_message_makes_it_chinese() {
        let [zh, en] = ["zh-CN", "en"].map(|t| t.parse::<Locale>().unwrap());
        let both = [zh.clone(), en.clone()];
        assert_eq!(language_of("怎么充值", &both, &en), &zh);
        assert_eq!(language_of("E1101", &both, &en), &en);
        assert_eq!(language_of("E1101", &both, &zh), &zh);
    }
}
