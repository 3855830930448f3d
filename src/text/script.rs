//! Which writing system a character belongs to, and which language a message is in.

use crate::base::Locale;
use crate::text::english::is_stop_word;
use crate::text::pinyin::is_spelled_out;

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
/// speak for Chinese, English words in a row for English. A Latin word inside Chinese is a loan, one that stands alone a
/// name; pinyin is Chinese, and a message without letters (a code, a number) says nothing.
#[must_use]
pub fn language_of<'a>(message: &str, available: &'a [Locale], fallback: &'a Locale) -> &'a Locale {
    let han = message.chars().filter(|c| is_han(*c)).count();
    let chinese = || available.iter().find(|l| l.is_chinese());
    if han > 0 {
        return if fallback.is_chinese() { fallback } else { chinese().unwrap_or(fallback) };
    }
    let english = || available.iter().find(|l| l.language() == "en");
    if fallback.is_chinese() && reads_english(message) {
        return english().unwrap_or(fallback);
    }
    fallback
}

/// What people say first in English, in a word or two; too short for [`language_of`], and no name of anything.
const ENGLISH_OPENINGS: [&str; 44] = [
    "account",
    "afternoon",
    "anybody",
    "anyone",
    "balance",
    "bye",
    "day",
    "dear",
    "evening",
    "fee",
    "fees",
    "good",
    "goodbye",
    "hello",
    "help",
    "hey",
    "hi",
    "hiya",
    "howdy",
    "login",
    "me",
    "money",
    "morning",
    "no",
    "password",
    "payment",
    "payments",
    "please",
    "question",
    "refund",
    "security",
    "sir",
    "sorry",
    "support",
    "team",
    "thank",
    "thanks",
    "there",
    "transfer",
    "transfers",
    "verification",
    "yes",
    "you",
    "topup",
];

/// Returns the one of `available` to answer a first message in, from somebody of whom nothing is known, so that `fallback`
/// is no more than a guess: what [`language_of`] says, and English where all is such as begins a conversation in it.
#[must_use]
pub fn language_of_opening<'a>(message: &str, available: &'a [Locale], fallback: &'a Locale) -> &'a Locale {
    let words = message.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    if !words.is_empty() && words.iter().all(|word| ENGLISH_OPENINGS.contains(&word.as_str())) {
        return available.iter().find(|locale| locale.language() == "en").unwrap_or(fallback);
    }
    language_of(message, available, fallback)
}

/// Tells whether a message in Latin letters is English: two words or more, of which one holds a sentence together (“the”,
/// “how”) or two are nothing that pinyin spells.
fn reads_english(message: &str) -> bool {
    let words: Vec<String> = message
        .split(|c: char| !c.is_alphanumeric() && c != '\'')
        .filter(|word| !word.is_empty() && word.chars().all(|c| c.is_ascii_alphabetic() || c == '\''))
        .map(str::to_ascii_lowercase)
        .collect();
    let foreign =
        |word: &&String| !is_spelled_out(word) && word.len() > 2 && word.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let holding = words.iter().any(|word| is_stop_word(word) && word.len() > 1 && !is_spelled_out(word));
    words.len() >= 2 && (holding || words.iter().filter(foreign).count() >= 2)
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

    #[test]
    fn english_words_make_a_message_english_and_pinyin_does_not() {
        let [zh, en] = ["zh-CN", "en"].map(|t| t.parse::<Locale>().unwrap());
        let both = [zh.clone(), en.clone()];
        for text in ["how do I top up?", "and for merchants?", "it failed", "still not working", "acount loked"] {
            assert_eq!(language_of(text, &both, &zh), &en, "{text}");
        }
        for text in ["mima wangle", "Alipay", "zhifubao chongzhi", "lxkf", "E1101 E1104", "wifi bu hao", "ok", "GOpay"]
        {
            assert_eq!(language_of(text, &both, &zh), &zh, "{text}");
        }
        assert_eq!(language_of("how do I top up", std::slice::from_ref(&zh), &zh), &zh);
    }

    #[test]
    fn of_somebody_unknown_a_greeting_tells_the_language() {
        let [zh, en] = ["zh-CN", "en"].map(|t| t.parse::<Locale>().unwrap());
        let both = [zh.clone(), en.clone()];
        for text in ["hello", "Hi!", "hi there", "Good morning", "password", "my payment failed"] {
            assert_eq!(language_of_opening(text, &both, &zh), &en, "{text}");
        }
        for text in ["你好", "hello 你好", "Alipay", "mima wangle", "E1101", "", "ok"] {
            assert_eq!(language_of_opening(text, &both, &zh), &zh, "{text}");
        }
        assert_eq!(language_of_opening("hello", std::slice::from_ref(&zh), &zh), &zh);
    }
}
