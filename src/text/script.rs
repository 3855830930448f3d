//! Which writing system a character belongs to, and which language a message is in.

use crate::base::Locale;
use crate::text::english::is_stop_word;
use crate::text::fold::fold_str;
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
/// name; pinyin is Chinese, and a message without letters (a code, a number) says nothing. Where English is spoken already,
/// Chinese that an English sentence repeats is a quotation: “what does 系统维护中 mean”.
#[must_use]
pub fn language_of<'a>(message: &str, available: &'a [Locale], fallback: &'a Locale) -> &'a Locale {
    let han = message.chars().filter(|c| is_han(*c)).count();
    let chinese = || available.iter().find(|l| l.is_chinese());
    if han > 0 {
        if fallback.language() == "en" && quotes_chinese(message) {
            return fallback;
        }
        return if fallback.is_chinese() { fallback } else { chinese().unwrap_or(fallback) };
    }
    let english = || available.iter().find(|l| l.language() == "en");
    if fallback.is_chinese() && reads_english(message) {
        return english().unwrap_or(fallback);
    }
    fallback
}

/// What asks in Chinese. Nobody quotes it inside a sentence of their own.
const ASKS_HAN: [&str; 14] =
    ["怎", "吗", "嘛", "什么", "啥", "如何", "为何", "多少", "哪", "谁", "能不能", "可不可以", "是不是", "有没有"];
/// What holds a Chinese sentence together, and is in no name; on screens it is quoted.
const HOLDS_HAN: [&str; 26] = [
    "的",
    "了",
    "我",
    "你",
    "您",
    "他",
    "她",
    "们",
    "是",
    "这",
    "那",
    "就",
    "还",
    "没",
    "把",
    "被",
    "给",
    "想",
    "要",
    "会",
    "呢",
    "吧",
    "啊",
    "跟",
    "收不到",
    "不了",
];
/// What says in English that the next words are those of somebody else.
const QUOTING: [&str; 13] = [
    "says", "said", "say", "shows", "showed", "showing", "displays", "reads", "mean", "means", "meaning", "called",
    "message",
];
/// English words that hold no sentence together: they are said to begin with, in any language.
const GREETING: [&str; 5] = ["hi", "please", "pls", "my", "u"];
/// So many words that hold a sentence together make it English whatever it repeats.
const MANY_HOLDING: usize = 2;

/// Tells whether a message with Han characters is an English sentence that repeats Chinese words: a name, or what a screen
/// shows. What asks in Chinese is none.
fn quotes_chinese(message: &str) -> bool {
    let folded = fold_str(&without_quotations(message));
    let words: Vec<&str> = folded
        .split(|c: char| !(c.is_ascii_alphanumeric() || c == '\'') || is_han(c))
        .filter(|word| word.starts_with(|c: char| c.is_ascii_alphabetic()))
        .collect();
    let has = |terms: &[&str]| terms.iter().any(|term| folded.contains(term));
    if has(&ASKS_HAN) {
        return false;
    }
    let holding = |word: &&&str| {
        let word = word.split('\'').next().unwrap_or_default();
        word == "i" || word == "a" || is_stop_word(word) && word.len() > 1 && (word == "can" || !is_spelled_out(word))
    };
    let hold = words.iter().filter(holding).count();
    if has(&HOLDS_HAN) {
        return hold >= MANY_HOLDING && words.iter().any(|word| QUOTING.contains(word));
    }
    let strong = words.iter().filter(holding).filter(|word| !GREETING.contains(word)).count();
    let chinese = folded.chars().filter(|c| is_han(*c)).count();
    // “and 支付宝?”: there is nothing but English beside the name.
    hold >= MANY_HOLDING || strong > 0 && (strong == words.len() || words.len() * 2 > chinese)
}

/// Returns a message without what stands in quotation marks; as it is where nothing else is left.
fn without_quotations(message: &str) -> String {
    let mut out = String::with_capacity(message.len());
    let mut closing = None;
    for c in message.chars() {
        match closing {
            Some(close) if c == close => closing = None,
            Some(_) => {}
            None => {
                closing = match c {
                    '“' => Some('”'),
                    '「' => Some('」'),
                    '『' => Some('』'),
                    '《' => Some('》'),
                    '"' => Some('"'),
                    _ => None,
                };
                out.push(if closing.is_some() { ' ' } else { c });
            }
        }
    }
    let left = closing.is_none() && out.chars().any(char::is_alphabetic);
    if left { out } else { message.to_owned() }
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
/// is no more than a guess: what [`language_of`] says, and English where all is such as begins a conversation in it, or
/// where an English sentence repeats Chinese words.
#[must_use]
pub fn language_of_opening<'a>(message: &str, available: &'a [Locale], fallback: &'a Locale) -> &'a Locale {
    let words = message.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    let words: Vec<String> = words.map(str::to_lowercase).collect();
    let opens = !words.is_empty() && words.iter().all(|word| ENGLISH_OPENINGS.contains(&word.as_str()));
    if opens || message.contains(is_han) && quotes_chinese(message) {
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
    fn an_english_sentence_may_repeat_chinese() {
        let [zh, en] = ["zh-CN", "en"].map(|t| t.parse::<Locale>().unwrap());
        let both = [zh.clone(), en.clone()];
        for text in [
            "what does 客户异常重试中 mean, i don't read Chinese",
            "my screen says 系统维护中, can someone explain",
            "screen shows 账户信息不一致 what does that mean",
            "畫面 shows 賬戶信息不一致, what is that",
            "my 话费 is 200 kuai can i move it into gopay",
            "what about 支付宝?",
            "and 支付寶?",
            "can i use 微信支付 to top up my wallet",
            "it says 您的账户已被锁定 what does that mean",
            "it says “您的账户已被锁定，请联系客服吗” what do i do",
            "how to 充值",
        ] {
            assert_eq!(language_of(text, &both, &en), &en, "{text}");
            assert_eq!(language_of(text, &both, &zh), &zh, "{text}");
        }
        for text in [
            "forgot password 的 link 收不到",
            "GOpay wallet 怎么充值",
            "GOpay wallet 怎麼充值",
            "my wallet 怎么充值",
            "my wallet 充值失败",
            "hi 充值失败",
            "我的 account 被 lock 了",
            "i forgot 密码怎么办",
            "ok 支付宝",
            "my app says E1101 怎么办",
            "“what is this” 是什么意思",
            "please 帮我充值",
            "top up 失败",
        ] {
            assert_eq!(language_of(text, &both, &en), &zh, "{text}");
        }
    }

    #[test]
    fn of_somebody_unknown_a_greeting_tells_the_language() {
        let [zh, en] = ["zh-CN", "en"].map(|t| t.parse::<Locale>().unwrap());
        let both = [zh.clone(), en.clone()];
        for text in
            ["hello", "Hi!", "hi there", "Good morning", "password", "my payment failed", "what does 系统维护中 mean"]
        {
            assert_eq!(language_of_opening(text, &both, &zh), &en, "{text}");
        }
        for text in ["你好", "hello 你好", "Alipay", "mima wangle", "E1101", "", "ok"] {
            assert_eq!(language_of_opening(text, &both, &zh), &zh, "{text}");
        }
        assert_eq!(language_of_opening("hello", std::slice::from_ref(&zh), &zh), &zh);
    }
}
