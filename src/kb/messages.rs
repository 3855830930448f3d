//! On-screen messages as customers repeat them: whole or in part, with a wrong character or two.
//!
//! A message is compared without spaces, punctuation and case. A whole message inside what the customer wrote is
//! certain; with as many slips as its length allows it is nearly so; a part must be long enough to be no ordinary phrase.

use std::hash::{Hash as _, Hasher as _};

use rustc_hash::{FxHashMap, FxHasher};

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
    /// Whether most of its characters are ideographs.
    ideographs: bool,
    /// How many of its runs a text must have to be compared with it.
    needs: u32,
}

/// Messages mostly in ideographs are looked up by runs of so many characters: what is left between the slips that they
/// may have is no shorter.
const IDEOGRAPH_RUN: usize = 2;
/// The same for other scripts, whose runs of two are in every text.
const LETTER_RUN: usize = 5;

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
    /// Messages by all of their characters.
    whole: FxHashMap<Vec<char>, u32>,
    /// The hash of a run of [`Message::run`] characters → the messages that have it.
    by_run: FxHashMap<u64, Vec<u32>>,
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
                messages.push(Message::new(chars, text));
                messages.len() - 1
            });
            if !messages[at].articles.contains(&article) {
                messages[at].articles.push(article);
            }
        }
        let mut by_run: FxHashMap<u64, Vec<u32>> = FxHashMap::default();
        for (message, number) in messages.iter().zip(0..) {
            for run in message.runs() {
                by_run.entry(run).or_default().push(number);
            }
        }
        let whole = messages.iter().map(|m| m.chars.clone()).zip(0..).collect();
        MessageMatcher { messages, whole, by_run }
    }

    /// Returns the messages that a text can repeat at all: a repeated message, whole, with its tolerated slips or in
    /// part, leaves enough of its runs as they were.
    fn candidates(&self, typed: &[char]) -> Vec<u32> {
        let mut counts: FxHashMap<u32, u32> = FxHashMap::default();
        for length in [IDEOGRAPH_RUN, LETTER_RUN] {
            let mut runs: Vec<u64> = typed.windows(length).map(hash).collect();
            runs.sort_unstable();
            runs.dedup();
            for number in runs.iter().filter_map(|run| self.by_run.get(run)).flatten() {
                *counts.entry(*number).or_default() += 1;
            }
        }
        let mut out: Vec<u32> = counts
            .into_iter()
            .filter(|(n, shared)| *shared >= self.messages[*n as usize].needs)
            .map(|(n, _)| n)
            .collect();
        out.extend(self.whole.get(typed));
        out.sort_unstable();
        out.dedup();
        out
    }

    /// Returns the messages that a text repeats, the surest first; at most four.
    #[must_use]
    pub fn find(&self, text: &str) -> Vec<FoundMessage> {
        let typed = letters(text);
        let starts = word_starts(text);
        let candidates = self.candidates(&typed).into_iter();
        let mut found: Vec<FoundMessage> =
            candidates.filter_map(|number| self.messages[number as usize].compare(&typed, &starts)).collect();
        // Of two that are equally sure the longer says more.
        found.sort_by(|a, b| {
            b.confidence.total_cmp(&a.confidence).then(b.matched.cmp(&a.matched)).then_with(|| a.shown.cmp(&b.shown))
        });
        found.truncate(4);
        found
    }
}

impl Message {
    fn new(chars: Vec<char>, shown: &str) -> Self {
        let ideographs = chars.iter().filter(|c| class(**c) == CharClass::Ideograph).count() * 2 > chars.len();
        let mut message = Message {
            chars,
            starts: word_starts(shown),
            shown: shown.to_owned(),
            articles: Vec::new(),
            ideographs,
            needs: 1,
        };
        let distinct = message.runs().len();
        let length = message.chars.len();
        // A slip spoils two runs of two. A part is as long as the shortest message and has three of them. Where runs
        // repeat, fewer of them may be different.
        if ideographs && distinct + 1 == length {
            let left = distinct.saturating_sub(2 * tolerated_slips(length, true));
            message.needs = left.clamp(1, SHORTEST_IDEOGRAPHS - 1) as u32;
        }
        message
    }

    /// Returns the hashes of the message's runs, each once.
    fn runs(&self) -> Vec<u64> {
        let length = if self.ideographs { IDEOGRAPH_RUN } else { LETTER_RUN };
        let mut runs: Vec<u64> = self.chars.windows(length).map(hash).collect();
        runs.sort_unstable();
        runs.dedup();
        runs
    }

    fn compare(&self, typed: &[char], starts: &[usize]) -> Option<FoundMessage> {
        let length = self.chars.len();
        let ideographs = self.ideographs;
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

/// Returns the hash of some characters; runs of different lengths never meet.
fn hash(chars: &[char]) -> u64 {
    let mut hasher = FxHasher::default();
    chars.hash(&mut hasher);
    hasher.finish()
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
        fn looking_up_finds_what_comparing_with_every_message_finds(text in "[客户异常重试中系统维护登录密码错误a]{0,14}") {
            let matcher = matcher();
            let typed = letters(&text);
            let compared = matcher.messages.iter().filter_map(|m| m.compare(&typed, &word_starts(&text))).count();
            prop_assert_eq!(matcher.find(&text).len(), compared.min(4));
        }

        #[test]
        fn never_panics(text in "\\PC{0,60}") {
            let _ = matcher().find(&text);
        }
    }
}
