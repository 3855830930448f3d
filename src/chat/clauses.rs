//! The parts of a message: where one question or trouble ends and the next begins, and whether a part asks anything.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

use crate::chat::searched::{FixedTerms, Searched};
use crate::text::phrase::haystack;
use crate::text::script::is_han;

/// What ends a sentence: there one question ends and another begins.
const BREAKS: [char; 8] = ['？', '?', '；', ';', '\n', '。', '！', '!'];
// The longer first: “ and also ” leaves no “and” behind.
const JOINTS: [&str; 10] = [
    "另外",
    "还有就是",
    "还有，",
    "还有,",
    "顺便问",
    " and another thing",
    " one more thing",
    " and also ",
    " also ",
    " plus ",
];
/// Where two questions may meet, so long as what stands on either side asks something.
const WEAK_JOINTS: [&str; 8] = ["，", ",", "、", "还有", "以及", "然后", " and ", " & "];
/// Where two troubles may meet that nobody asks about: “登录不了而且付款也失败”.
const TROUBLE_JOINTS: [&str; 9] = ["而且", "并且", "同时", "另外", "还有", "以及", " and ", " plus ", " & "];
/// A comma is where they meet only with one of these behind it: what follows a comma is mostly of the same trouble.
const ALSO: [&str; 3] = ["也", "also", "too"];
/// So many sentences are a story.
pub(crate) const LEAST_STORY: usize = 3;
/// Where a code or a greeting may be set apart from a question.
pub(crate) const COMMAS: [char; 4] = ['，', ',', '、', '：'];

/// What makes a part a question, or a wish to know.
const ASKS: [&str; 46] = [
    "吗",
    "怎么",
    "怎样",
    "如何",
    "多少",
    "什么",
    "哪",
    "为什么",
    "为何",
    "能不能",
    "可以",
    "可不可以",
    "要不要",
    "是不是",
    "有没有",
    "会不会",
    "几",
    "多久",
    "要多",
    "有多",
    "怎么办",
    "想知道",
    "谁",
    "请问",
    "想问",
    "how",
    "what",
    "where",
    "when",
    "why",
    "which",
    "who",
    "can i",
    "can you",
    "could",
    "do i",
    "do you",
    "does",
    "is it",
    "is there",
    "are there",
    "should i",
    "will",
    "tell me",
    "want to know",
    "wondering",
];

/// What begins a new subject and says nothing of it. “对了” alone says that something is right.
const ASIDES: [&str; 10] = ["对了", "對了", "哦对了", "话说", "話說", "另外", "by the way", "btw", "oh and", "also"];

/// What says that the last message was taken in the wrong way. The longer first.
const CORRECTIONS: [&str; 6] = ["i mean ", "i meant ", "我说的是", "我是说", "我的意思是", "我想问的是"];

/// What may stand before that.
const NO: [&str; 8] = ["不对", "不是", "错了", "不不不", "no wait", "no, wait", "no", "sorry"];

/// What says in which way it was taken.
const DENIALS: [&str; 7] = ["不是", "并不是", "我不是", "not ", "it's not ", "it isn't ", "i don't mean "];

/// Returns a message without the words by which it comes to another subject, or back to its own: “对了，商户手续费多少”, “no,
/// I mean normal people”.
pub(crate) fn without_aside(text: &str) -> &str {
    if let Some(rest) = corrected(text) {
        return rest;
    }
    if let Some(meant) = set_right(text) {
        return meant;
    }
    let rest = text.split_once(['，', ',', '：', ':']).filter(|(aside, rest)| {
        let aside = aside.trim();
        rest.chars().any(char::is_alphanumeric) && ASIDES.iter().any(|known| known.eq_ignore_ascii_case(aside))
    });
    rest.map_or(text, |(_, rest)| rest.trim_start())
}

/// Returns what a message says instead of what it was taken for: “不是登不上，我说的是一打开就闪退”, “not the password, I mean the
/// code”.
fn set_right(text: &str) -> Option<&str> {
    let denied = DENIALS.iter().filter_map(|denial| behind(text, denial)).any(|rest| !rest.starts_with(COMMAS));
    let (_, meant) = text.split_once(COMMAS).filter(|_| denied)?;
    corrected(meant.trim_start())
}

/// Returns what stands behind the words of a correction that a text begins with, where that says anything.
fn corrected(text: &str) -> Option<&str> {
    let text = NO.iter().find_map(|no| behind(text, no)).map_or(text, |rest| rest.trim_start_matches(is_joint));
    let rest = CORRECTIONS.iter().find_map(|known| behind(text, known))?;
    let rest = rest.trim_start_matches(is_joint);
    rest.contains(char::is_alphanumeric).then_some(rest)
}

/// Tells whether a character only joins what stands before and behind it.
fn is_joint(c: char) -> bool {
    c.is_whitespace() || COMMAS.contains(&c)
}

/// Returns what stands behind a beginning, in any case.
fn behind<'t>(text: &'t str, beginning: &str) -> Option<&'t str> {
    let (begins, rest) = text.split_at_checked(beginning.len())?;
    begins.eq_ignore_ascii_case(beginning).then_some(rest)
}

/// Tells whether a text asks something.
pub(crate) fn asks(text: &str) -> bool {
    static TERMS: LazyLock<FixedTerms> = LazyLock::new(|| FixedTerms::new(ASKS));
    // “那手续费呢” asks; “还在转圈呢” tells.
    let goes_on = || text.contains('那') && text.trim_end_matches(|c: char| !c.is_alphanumeric()).ends_with('呢');
    text.contains(['?', '？']) || goes_on() || !Searched::new(text).those_of(&TERMS).is_empty()
}

/// Tells whether a text asks something and has so much of substance, in ideographs or in words where it has none.
pub(crate) fn asks_by_itself(text: &str, ideographs: usize, words: usize) -> bool {
    let least = if text.contains(is_han) { ideographs } else { words };
    asks(text) && Searched::new(text).rest(std::iter::empty()) >= least
}

/// What tells that something was done.
const DEEDS: [&str; 31] = [
    "了",
    "过",
    "完",
    "重登",
    "重启",
    "重装",
    "已经",
    "already",
    "tried",
    "did",
    "done",
    "i have",
    "ive",
    "i've",
    "switched",
    "restarted",
    "rebooted",
    "turned",
    "unplugged",
    "looked",
    "closed",
    "compared",
    "reset",
    "cleared",
    "changed",
    "checked",
    "updated",
    "reinstalled",
    "reconnected",
    "used",
    "moved",
];
/// With more words or ideographs of substance it is a story.
const MOST_OF_A_DEED: usize = 12;

/// They end as what was done does, and tell what went wrong or what is wished.
const NO_DEEDS: [&str; 24] = [
    "failed",
    "worked",
    "blocked",
    "locked",
    "charged",
    "declined",
    "rejected",
    "expired",
    "stopped",
    "delayed",
    "needed",
    "wanted",
    "supposed",
    "hacked",
    "deducted",
    "received",
    "refused",
    "crashed",
    "disappeared",
    "arrived",
    "completed",
    "processed",
    "debited",
    "scammed",
];

/// What makes a trouble of what is told.
#[rustfmt::skip]
const TROUBLES: [&str; 42] = [
    "不", "没", "未", "失败", "错", "忘", "锁", "丢", "被", "慢", "高", "贵", "多扣", "cannot", "cant", "couldnt", "not", "wont", "doesnt", "didnt",
    "isnt", "hasnt", "havent", "failed", "fails", "failing", "fail", "never", "forgot", "forgotten", "lost", "locked", "stolen", "wrong",
    "error", "stuck", "slow", "high", "missing", "declined", "rejected", "broken",
];
/// What says that there is none: “网没问题，卡也没问题”.
const NO_TROUBLE: [&str; 5] = ["没问题", "没有问题", "没错", "没事", "fine"];

/// Tells whether a text has what makes a trouble of what is told.
pub(crate) fn tells_trouble(said: &Searched) -> bool {
    static TERMS: LazyLock<FixedTerms> = LazyLock::new(|| FixedTerms::new(TROUBLES));
    !said.those_of(&TERMS).is_empty()
}

/// Tells whether a text says that something is in order.
pub(crate) fn denies_trouble(said: &Searched) -> bool {
    static TERMS: LazyLock<FixedTerms> = LazyLock::new(|| FixedTerms::new(NO_TROUBLE));
    !said.those_of(&TERMS).is_empty()
}

/// Returns the clauses of a message that report what was done, and the others, each put together; none where it has not both.
pub(crate) fn deeds_apart(text: &str) -> Option<(String, String)> {
    let is_deed = |clause: &&str| {
        let said = Searched::new(clause);
        reports_deed(clause, &said) && !tells_trouble(&said)
    };
    let (deeds, others): (Vec<&str>, Vec<&str>) = clauses(text).partition(is_deed);
    (!deeds.is_empty() && !others.is_empty()).then(|| (deeds.join(", "), others.join(", ")))
}

/// Tells whether a text reports what was done and asks nothing: “换了支付宝也不行”, “I restarted the router already”.
/// It comes as typed and as terms are looked up in it.
pub(crate) fn reports_deed(text: &str, said: &Searched) -> bool {
    static TERMS: LazyLock<FixedTerms> = LazyLock::new(|| FixedTerms::new(DEEDS));
    let is_deed = |word: &str| word.len() > 4 && word.ends_with("ed") && !NO_DEEDS.contains(&word);
    let tells = !said.those_of(&TERMS).is_empty() || said.haystack().split(' ').any(is_deed);
    tells && !asks(text) && said.rest(std::iter::empty()) <= MOST_OF_A_DEED
}

/// Returns the clauses of a message, each of which may tell one thing that was done.
pub(crate) fn clauses(text: &str) -> impl Iterator<Item = &str> {
    let clauses = sentences(text).flat_map(|sentence| sentence.split(COMMAS)).flat_map(|clause| clause.split(" and "));
    clauses.map(str::trim).filter(|clause| clause.chars().any(char::is_alphanumeric))
}

/// Returns the sentences of a message that say anything.
pub(crate) fn sentences(text: &str) -> impl Iterator<Item = &str> {
    // A full stop inside a number, a name or an abbreviation is followed by no space.
    let sentences = text.split(BREAKS).flat_map(|sentence| sentence.split(". "));
    sentences.filter(|sentence| sentence.chars().any(char::is_alphanumeric))
}

/// Cuts a message where one question ends and the next begins.
pub(crate) fn parts(text: &str) -> Vec<String> {
    // A joint is no part of either question.
    let joined = QUESTION_JOINTS.replaced_by_breaks(text);
    let pieces = sentences(&joined).flat_map(questions).map(str::trim);
    pieces.filter(|p| !haystack(p).trim().is_empty()).map(str::to_owned).collect()
}

/// Cuts a message where one trouble may end and another begin.
pub(crate) fn told_apart(text: &str) -> Vec<String> {
    let cut = OF_TROUBLES.replaced_by_breaks(text);
    let mut pieces: Vec<String> = Vec::new();
    for line in cut.split('\n') {
        let mut clauses = line.split_inclusive([',', '，']);
        pieces.extend(clauses.next().map(str::to_owned));
        for clause in clauses {
            let text = Searched::new(clause);
            match pieces.last_mut() {
                Some(piece) if !ALSO.iter().any(|word| text.has(word)) => piece.push_str(clause),
                _ => pieces.push(clause.to_owned()),
            }
        }
    }
    let trimmed =
        pieces.iter().map(|piece| piece.trim_matches(|c: char| c.is_whitespace() || COMMAS.contains(&c) || c == ','));
    trimmed.filter(|piece| !piece.is_empty()).map(str::to_owned).collect()
}

/// Words between two parts of a message, looked for all at once, in capitals or not; of those that begin at one place the
/// first that is given.
struct Joints(Option<AhoCorasick>);

static QUESTION_JOINTS: LazyLock<Joints> = LazyLock::new(|| Joints::new(&JOINTS));
static BETWEEN_QUESTIONS: LazyLock<Joints> = LazyLock::new(|| Joints::new(&WEAK_JOINTS));
static OF_TROUBLES: LazyLock<Joints> = LazyLock::new(|| Joints::new(&TROUBLE_JOINTS));

impl Joints {
    fn new(joints: &[&str]) -> Self {
        let mut builder = AhoCorasick::builder();
        // A few fixed words never are more than the automaton has numbers for.
        Joints(builder.match_kind(MatchKind::LeftmostFirst).ascii_case_insensitive(true).build(joints).ok())
    }

    /// Returns where they stand in a text.
    fn places(&self, text: &str) -> Vec<Range<usize>> {
        self.0.iter().flat_map(|automaton| automaton.find_iter(text)).map(|found| found.range()).collect()
    }

    /// Puts a line break in the place of each.
    fn replaced_by_breaks(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        for place in self.places(text) {
            out.push_str(&text[from..place.start]);
            out.push('\n');
            from = place.end;
        }
        out.push_str(&text[from..]);
        out
    }
}

/// Cuts a sentence at weak joints, so that each piece asks something: “怎么充值，手续费多少” asks twice, “付款失败了，怎么办”
/// once.
fn questions(sentence: &str) -> Vec<&str> {
    let joints = BETWEEN_QUESTIONS.places(sentence);
    if joints.is_empty() {
        return vec![sentence];
    }
    // Each stretch between two joints is looked at once, however many there are.
    let starts = std::iter::once(0).chain(joints.iter().map(|joint| joint.end));
    let ends = joints.iter().map(|joint| joint.start).chain([sentence.len()]);
    let asking: Vec<bool> = starts.zip(ends).map(|(from, to)| asks(&sentence[from..to])).collect();
    let mut found = Vec::new();
    let (mut from, mut has_asked) = (0, false);
    for (place, joint) in joints.iter().enumerate() {
        has_asked |= asking[place];
        if has_asked && asking[place + 1..].contains(&true) {
            found.push(&sentence[from..joint.start]);
            (from, has_asked) = (joint.end, false);
        }
    }
    found.push(&sentence[from..]);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_questions() {
        assert_eq!(parts("怎么充值？手续费多少？"), ["怎么充值", "手续费多少"]);
        assert_eq!(parts("怎么充值，另外密码忘了怎么办"), ["怎么充值，", "密码忘了怎么办"]);
        assert_eq!(parts("how do I top up? Also what are the fees"), ["how do I top up", "what are the fees"]);
        assert_eq!(parts("I forgot my password and also what is the fee"), ["I forgot my password", "what is the fee"]);
        assert_eq!(parts("one question"), ["one question"]);
        assert_eq!(parts("怎么充值，手续费多少，密码忘了怎么办"), ["怎么充值", "手续费多少", "密码忘了怎么办"]);
        assert_eq!(parts("我想知道怎么注册还有怎么充值"), ["我想知道怎么注册", "怎么充值"]);
        assert_eq!(parts("how do I top up and what are the fees?"), ["how do I top up", "what are the fees"]);
        assert_eq!(parts("付款失败了，怎么办"), ["付款失败了，怎么办"]);
        assert_eq!(parts("我付了款，对方没收到，怎么回事"), ["我付了款，对方没收到，怎么回事"]);
        assert_eq!(parts("what does sand and gravel cost"), ["what does sand and gravel cost"]);
        assert!(parts("？？").is_empty());
    }

    #[test]
    fn tells_troubles_apart() {
        for (text, pieces) in [
            ("登录不了而且付款也失败", vec!["登录不了", "付款也失败"]),
            ("登录不了，付款也失败", vec!["登录不了", "付款也失败"]),
            ("充值没到账，另外手续费怎么这么高", vec!["充值没到账", "手续费怎么这么高"]),
            ("I can't log in and my payment failed", vec!["I can't log in", "my payment failed"]),
            ("my payment failed, also I can't log in", vec!["my payment failed", "also I can't log in"]),
            ("点了付款，一直转圈，然后提示失败", vec!["点了付款，一直转圈，然后提示失败"]),
        ] {
            assert_eq!(told_apart(text), pieces, "{text}");
        }
    }

    #[test]
    fn tells_what_was_done_from_what_is_wrong() {
        let apart = |text| deeds_apart(text);
        for (text, deeds, rest) in [
            ("缓存清了，可是它说我密码不对", "缓存清了", "可是它说我密码不对"),
            ("I restarted the router, and it still fails", "I restarted the router", "it still fails"),
        ] {
            assert_eq!(apart(text), Some((deeds.to_owned(), rest.to_owned())), "{text}");
        }
        for text in ["缓存清了", "它说我密码不对", "付款失败了，登录也不行", "怎么清缓存，怎么改密码"]
        {
            assert_eq!(apart(text), None, "{text}");
        }
    }

    #[test]
    fn what_leads_to_another_subject_is_no_part_of_it() {
        assert_eq!(without_aside("对了，商户手续费多少"), "商户手续费多少");
        assert_eq!(without_aside("By the way, what does it cost"), "what does it cost");
        assert_eq!(without_aside("No, I mean normal people"), "normal people");
        assert_eq!(without_aside("不是，我说的是商户"), "商户");
        assert_eq!(without_aside("不是登不上，我说的是一打开就闪退"), "一打开就闪退");
        assert_eq!(without_aside("Not the password, I mean the code"), "the code");
        for text in ["对了", "对了！", "付款，对了", "怎么充值，手续费多少"] {
            assert_eq!(without_aside(text), text);
        }
    }

    #[test]
    fn tells_questions_from_statements() {
        assert!(asks("手续费多少") && asks("how do I top up") && asks("充值？"));
        assert!(!asks("付款失败了") && !asks("my payment failed"));
        assert!(asks("那手续费呢") && !asks("还在转圈呢"));
    }
}
