//! On-screen messages as customers repeat them: whole or in part, with a wrong character or two.
//!
//! A message is compared without spaces, punctuation and case. A whole message inside what the customer wrote is
//! certain; with as many slips as its length allows it is nearly so; a part must be long enough to be no ordinary phrase.

use rustc_hash::FxHashMap;

use crate::text::fold::fold;
use crate::text::script::{CharClass, class};

/// One on-screen message.
#[derive(Debug, Clone)]
struct Message {
    /// Letters and digits, folded.
    chars: Vec<char>,
    /// Where its words begin among them.
    starts: Vec<usize>,
    /// What the screen shows, verbatim.
    shown: String,
    /// The articles that answer it: places in the snapshot's list.
    articles: Vec<usize>,
}

/// How well a customer's text repeats a message.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundMessage {
    /// What the screen shows, verbatim.
    pub shown: String,
    /// The articles that answer it: places in the snapshot's list.
    pub articles: Vec<usize>,
    /// 1 for the whole message, less for slips and parts.
    pub confidence: f32,
    /// How many of the message's characters were found.
    pub matched: usize,
}

/// Every on-screen message of the content.
#[derive(Debug, Default)]
pub struct MessageMatcher {
    messages: Vec<Message>,
}

/// Shorter messages in ideographs are ordinary words; they are found only whole and alone.
const SHORTEST_IDEOGRAPHS: usize = 4;
/// The same for other scripts.
const SHORTEST_LETTERS: usize = 8;

impl MessageMatcher {
    /// Builds the matcher from (text on screen, place of the article that answers it).
    #[must_use]
    pub fn build<'a>(shown: impl Iterator<Item = (&'a str, usize)>) -> Self {
        let mut messages: Vec<Message> = Vec::new();
        let mut by_chars: FxHashMap<Vec<char>, usize> = FxHashMap::default();
        for (text, article) in shown {
            let chars = letters(text);
            if chars.is_empty() {
                continue;
            }
            let at = *by_chars.entry(chars.clone()).or_insert_with(|| {
                messages.push(Message {
                    chars,
                    starts: word_starts(text),
                    shown: text.to_owned(),
                    articles: Vec::new(),
                });
                messages.len() - 1
            });
            if !messages[at].articles.contains(&article) {
                messages[at].articles.push(article);
            }
        }
        MessageMatcher { messages }
    }

    /// Returns the messages that a text repeats, the surest first; at most four.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<FoundMessage> {
        let typed = letters(text);
        let starts = word_starts(text);
        let mut found: Vec<FoundMessage> = self.messages.iter().filter_map(|m| m.compare(&typed, &starts)).collect();
        // Of two that are equally sure the longer says more.
        found.sort_by(|a, b| {
            b.confidence.total_cmp(&a.confidence).then(b.matched.cmp(&a.matched)).then_with(|| a.shown.cmp(&b.shown))
        });
        found.truncate(4);
        found
    }
}

impl Message {
    fn compare(&self, typed: &[char], starts: &[usize]) -> Option<FoundMessage> {
        let length = self.chars.len();
        let ideographs = self.chars.iter().filter(|c| class(**c) == CharClass::Ideograph).count() * 2 > length;
        let shortest = if ideographs { SHORTEST_IDEOGRAPHS } else { SHORTEST_LETTERS };
        let found = |confidence: f32, matched: usize| {
            Some(FoundMessage { shown: self.shown.clone(), articles: self.articles.clone(), confidence, matched })
        };
        if typed == self.chars {
            return found(1.0, length);
        }
        if length < shortest || typed.len() < shortest {
            return None;
        }
        if typed.windows(length).any(|w| w == self.chars) {
            return found(1.0, length);
        }
        let slips = tolerated_slips(length, ideographs);
        if slips > 0
            && let Some(distance) = self.slips_in(typed, starts, ideographs, slips)
        {
            return found(0.97 - 0.03 * distance as f32, length - distance);
        }
        // A part: what the customer wrote is nothing but a piece of the message, or holds most of it.
        let common = if ideographs { longest_common(&self.chars, typed) } else { self.common_words(typed, starts) };
        let share = common as f32 / length as f32;
        if common >= shortest && (share >= 0.7 || (common == typed.len() && share >= 0.4)) {
            return found(0.6 + 0.3 * share, common);
        }
        None
    }
}

impl Message {
    /// Returns with how many slips the text holds the message, or none above `most`. In scripts with spaces the message
    /// begins with a word and its first letter is right: “strong password” is no slip of “wrong password”.
    fn slips_in(&self, typed: &[char], starts: &[usize], ideographs: bool, most: usize) -> Option<usize> {
        if ideographs {
            return best_inside(&self.chars, typed, most, false);
        }
        let rests = starts.iter().filter_map(|&at| typed.get(at..));
        let rests = rests.filter(|rest| rest.first() == self.chars.first());
        rests.filter_map(|rest| best_inside(&self.chars, rest, most, true)).min()
    }

    /// Returns the length of the longest stretch that both texts hold and that begins with a word in both.
    fn common_words(&self, typed: &[char], starts: &[usize]) -> usize {
        let pairs = self.starts.iter().flat_map(|&own| starts.iter().map(move |&at| (own, at)));
        let common = |own: usize, at: usize| {
            self.chars[own..].iter().zip(&typed[at..]).take_while(|(own, typed)| own == typed).count()
        };
        pairs.map(|(own, at)| common(own, at)).max().unwrap_or_default()
    }
}

/// Returns where words begin among a text's [`letters`].
fn word_starts(text: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let (mut at, mut inside) = (0, false);
    for c in fold(text).chars {
        if class(c) == CharClass::Other {
            // An apostrophe is inside its word.
            inside &= c == '\'';
            continue;
        }
        if !inside {
            starts.push(at);
        }
        inside = class(c) != CharClass::Ideograph;
        at += 1;
    }
    starts
}

/// Returns how many wrong characters a message of this length bears. Four ideographs with one wrong are still more
/// telling than eight letters.
fn tolerated_slips(length: usize, ideographs: bool) -> usize {
    match (ideographs, length) {
        (true, 0..=4) | (false, 0..=9) => 0,
        (true, 5..=9) | (false, 10..=17) => 1,
        _ => 2,
    }
}

/// Returns a text's letters and digits, folded.
fn letters(text: &str) -> Vec<char> {
    fold(text).chars.into_iter().filter(|c| class(*c) != CharClass::Other).collect()
}

/// Returns the fewest edits by which some stretch of `text` becomes `pattern`, or none above `most`
/// (P. Sellers, “The theory and computation of evolutionary distances”, J. Algorithms 1, 1980). An anchored stretch begins
/// where the text does.
fn best_inside(pattern: &[char], text: &[char], most: usize, anchored: bool) -> Option<usize> {
    let mut column: Vec<usize> = (0..=pattern.len()).collect();
    let mut best = column[pattern.len()];
    // Further on an anchored stretch is longer than the pattern by more than it may be.
    let reach = if anchored { pattern.len() + most } else { text.len() };
    for c in text.iter().take(reach) {
        let mut diagonal = column[0];
        column[0] += usize::from(anchored);
        for i in 1..=pattern.len() {
            let cost = (diagonal + usize::from(pattern[i - 1] != *c)).min(column[i] + 1).min(column[i - 1] + 1);
            diagonal = column[i];
            column[i] = cost;
        }
        best = best.min(column[pattern.len()]);
    }
    (best <= most).then_some(best)
}

/// Returns the length of the longest stretch that both texts hold.
fn longest_common(a: &[char], b: &[char]) -> usize {
    let mut row = vec![0usize; b.len() + 1];
    let mut best = 0;
    for x in a {
        let mut diagonal = 0;
        for (j, y) in b.iter().enumerate() {
            let length = if x == y { diagonal + 1 } else { 0 };
            diagonal = row[j + 1];
            row[j + 1] = length;
            best = best.max(length);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matcher() -> MessageMatcher {
        let shown = ["客户异常重试中", "系统维护中", "登录密码错误", "Customer abnormal, retrying", "Account locked"];
        MessageMatcher::build(shown.into_iter().zip(0..))
    }

    fn first(text: &str) -> Option<usize> {
        matcher().find(text).first().map(|f| f.articles[0])
    }

    #[test]
    fn finds_a_message_inside_a_sentence() {
        assert_eq!(first("屏幕弹出\"客户异常重试中\"几个字"), Some(0));
        assert_eq!(first("顯示「客戶異常重試中」"), Some(0));
        assert_eq!(first("it says CUSTOMER ABNORMAL retrying..."), Some(3));
        assert_eq!(first("页面写着 系统 维护 中"), Some(1));
    }

    #[test]
    fn bears_a_slip() {
        assert_eq!(first("登录密玛错误"), Some(2));
        assert_eq!(first("Customer abnormal, retryng"), Some(3));
        assert_eq!(first("客户异常重式中"), Some(0));
        assert_eq!(first("the screen says Acount locked"), Some(4));
    }

    #[test]
    fn another_word_is_no_slip() {
        let matcher = MessageMatcher::build([("Wrong password", 0)].into_iter());
        assert!(matcher.find("What makes a strong password?").is_empty());
        assert_eq!(matcher.find("it says wrng password, why").len(), 1);
    }

    #[test]
    fn finds_a_part_but_not_an_ordinary_word() {
        assert_eq!(first("客户异常重试"), Some(0));
        assert_eq!(first("异常重试"), Some(0));
        assert_eq!(first("登录"), None);
        assert_eq!(first("密码"), None);
        assert_eq!(first("my account"), None);
        assert_eq!(first("系统什么时候维护完"), None);
    }

    proptest! {
        #[test]
        fn a_message_is_found_in_any_sentence(before in "[一-龥]{0,8}", after in "[一-龥]{0,8}") {
            prop_assert_eq!(first(&format!("{before}客户异常重试中{after}")), Some(0));
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = matcher().find(&text);
        }
    }
}
