//! Error codes as customers type them: any case, spacing, hyphens, full-width, brackets, in the middle of a sentence.
//!
//! Digits are compared whole. A code that nobody defined is reported as unknown; its neighbours are only named. What is read
//! off a screenshot has letters in the place of digits (`E11O1`): it names the code that it looks like, if there is one.

use regex::Regex;
use rustc_hash::FxHashMap;

use crate::content::CodeRecord;
use crate::text::fold::{Folded, fold};

/// A code that was found in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FoundCode {
    /// The record's place in the catalogue; none when the message names a code that nobody defined.
    pub record: Option<usize>,
    /// The code as the catalogue writes it, or as it was understood: upper case, nothing between.
    pub code: String,
    /// The bytes of the message that name it.
    pub start: usize,
    /// The byte after the last of them.
    pub end: usize,
    /// Whether letters were read as the digits that they look like.
    pub misread: bool,
}

/// Every code of the content, by its folded spelling.
#[derive(Debug, Default)]
pub struct CodeMatcher {
    by_spelling: FxHashMap<String, usize>,
    /// Digits alone, where one record has them and no other.
    by_digits: FxHashMap<String, Option<usize>>,
    /// Spellings as they look, where one record looks so and no other.
    by_look: FxHashMap<String, Option<usize>>,
    shape: Option<Regex>,
    look: Option<Regex>,
    cue: Option<Regex>,
    bare: Option<Regex>,
}

/// What may stand between the letters and the digits of a code.
const SEPARATORS: &str = r"[\s\-_.:#·‐‑–—/()\[\]【】「」《》“”*]{0,3}";

/// Words that say that a number beside them is a code.
const CUE: &str = "码|代号|代码|报错|错误|错误码|提示|code|error|err|fehler";

/// Letters that are taken for digits, and for which.
const LOOKS: [(char, char); 7] = [('o', '0'), ('i', '1'), ('l', '1'), ('|', '1'), ('z', '2'), ('s', '5'), ('b', '8')];

/// What is counted behind a number with a space in it is no end of a code: “E110 1次”.
const COUNTERS: &str = "元块次个天分秒条号位页月年日%";

/// Returns a spelling with every letter as the digit that it looks like.
fn look(spelt: &str) -> String {
    spelt.chars().map(|c| LOOKS.iter().find(|(letter, _)| *letter == c).map_or(c, |(_, digit)| *digit)).collect()
}

/// Returns a code's letters and digits, folded, with nothing between.
#[must_use]
pub fn spelling(code: &str) -> String {
    fold(code).chars.into_iter().filter(|c| c.is_alphanumeric()).collect()
}

impl CodeMatcher {
    /// Builds the matcher; `pattern` is the site's own shape of a code, as a regular expression.
    #[must_use]
    pub fn build(records: &[CodeRecord], pattern: Option<&str>) -> Self {
        let mut matcher = CodeMatcher::default();
        let mut shapes: Vec<String> = Vec::new();
        let mut looks: Vec<String> = Vec::new();
        for (at, record) in records.iter().enumerate() {
            for name in std::iter::once(&record.code).chain(&record.aliases) {
                let spelt = spelling(name);
                if spelt.is_empty() {
                    continue;
                }
                shapes.push(shape_of(&spelt));
                let digits: String = spelt.chars().filter(char::is_ascii_digit).collect();
                if digits.len() >= 3 {
                    let only = matcher.by_digits.entry(digits).or_insert(Some(at));
                    if *only != Some(at) {
                        *only = None;
                    }
                }
                looks.extend(look_of(&spelt));
                let only = matcher.by_look.entry(look(&spelt)).or_insert(Some(at));
                if *only != Some(at) {
                    *only = None;
                }
                matcher.by_spelling.entry(spelt).or_insert(at);
            }
        }
        shapes.sort();
        shapes.dedup();
        looks.sort();
        looks.dedup();
        if !looks.is_empty() {
            matcher.look = Regex::new(&format!("(?:^|[^0-9a-z])({})(?:[^0-9a-z]|$)", looks.join("|"))).ok();
        }
        if let Some(pattern) = pattern {
            shapes.push(pattern.to_lowercase().replace(r"\d", "[0-9]"));
        }
        if shapes.is_empty() {
            return matcher;
        }
        let whole = format!("(?:^|[^0-9a-z])({})(?:[^0-9a-z]|$)", shapes.join("|"));
        matcher.shape = Regex::new(&whole).ok();
        matcher.cue = Regex::new(CUE).ok();
        matcher.bare = Regex::new("(?:^|[^0-9a-z.,])([0-9]{3,8})(?:[^0-9a-z.,%]|[.,](?:[^0-9]|$)|$)").ok();
        matcher
    }

    /// Returns the record of a code in any spelling.
    #[must_use]
    pub fn get(&self, code: &str) -> Option<usize> {
        self.by_spelling.get(&spelling(code)).copied()
    }

    /// Returns every code that a message names, in the order of the message, each once.
    #[must_use]
    pub fn find(&self, message: &str) -> Vec<FoundCode> {
        let Some(shape) = &self.shape else { return Vec::new() };
        let folded = fold(message);
        let text: String = folded.chars.iter().collect();
        let mut found: Vec<FoundCode> = Vec::new();
        let mut add = |one: FoundCode| {
            // `E1101` and the bare 1101 beside it name one record.
            if !found.iter().any(|f| f.code == one.code || (f.record.is_some() && f.record == one.record)) {
                found.push(one);
            }
        };
        let mut whole = captures(shape, &text);
        let misread = self.misread(&text, &whole);
        // “E110” of “E110 1” is no code that nobody defined.
        whole.retain(|&(from, to)| !misread.iter().any(|&(start, end, _)| from < end && start < to));
        for &(from, to) in &whole {
            let spelt = spelling(&text[from..to]);
            let record = self.by_spelling.get(&spelt).copied();
            let (start, end) = original(&folded, &text, from, to);
            add(FoundCode { record, code: spelt.to_uppercase(), start, end, misread: false });
        }
        for &(from, to, record) in &misread {
            let spelt = look(&spelling_of_look(&text[from..to]));
            let known = self.by_spelling.iter().find(|(s, at)| **at == record && look(s) == spelt);
            let code = known.map_or(spelt.as_str(), |(spelt, _)| spelt).to_uppercase();
            let (start, end) = original(&folded, &text, from, to);
            add(FoundCode { record: Some(record), code, start, end, misread: true });
            whole.push((from, to));
        }
        if let (Some(cue), Some(bare)) = (&self.cue, &self.bare) {
            for (from, to) in captures(bare, &text) {
                // The digits of `E_1101` are no second code.
                if whole.iter().any(|&(start, end)| from < end && start < to) {
                    continue;
                }
                let digits = &text[from..to];
                let alone = text.trim_matches(|c: char| !c.is_alphanumeric()) == digits;
                if !alone && !cue_beside(cue, &text, from, to) {
                    continue;
                }
                let (start, end) = original(&folded, &text, from, to);
                match self.by_digits.get(digits) {
                    Some(Some(record)) => {
                        let code = digits.to_owned();
                        add(FoundCode { record: Some(*record), code, start, end, misread: false });
                    }
                    Some(None) => {}
                    // A number as long as the codes' own, named as a code: nobody defined it.
                    None if !alone && self.by_digits.keys().any(|d| d.len() == digits.len()) => {
                        add(FoundCode { record: None, code: digits.to_owned(), start, end, misread: false });
                    }
                    None => {}
                }
            }
        }
        found.sort_by_key(|f| f.start);
        found
    }

    /// Returns where letters stand for the digits of a code that there is, or spaces within them, and its record; beside a
    /// code that is spelt right nothing is.
    fn misread(&self, text: &str, spelt_right: &[(usize, usize)]) -> Vec<(usize, usize, usize)> {
        let Some(shape) = &self.look else { return Vec::new() };
        let known = |&(from, to): &(usize, usize)| self.by_spelling.contains_key(&spelling(&text[from..to]));
        let right: Vec<(usize, usize)> = spelt_right.iter().copied().filter(known).collect();
        let found = captures(shape, text).into_iter().filter_map(|(from, to)| {
            let typed = &text[from..to];
            let counted = typed.contains(' ') && text[to..].trim_start().starts_with(|c| COUNTERS.contains(c));
            let free = !right.iter().any(|&(start, end)| from < end && start < to);
            let has_digit = typed.contains(|c: char| c.is_ascii_digit());
            let record = self.by_look.get(&look(&spelling_of_look(typed))).copied().flatten()?;
            (has_digit && free && !counted).then_some((from, to, record))
        });
        found.collect()
    }

    /// Returns the records whose spelling differs from an unknown code's in one character or two swapped neighbours:
    /// to be asked about, never to be answered with.
    #[must_use]
    pub fn near(&self, code: &str, most: usize) -> Vec<usize> {
        let unknown: Vec<char> = spelling(code).chars().collect();
        let mut near: Vec<(&String, usize)> = self
            .by_spelling
            .iter()
            .filter(|(s, _)| {
                let known: Vec<char> = s.chars().collect();
                crate::text::distance::within(&unknown, &known, 1) == Some(1)
            })
            .map(|(s, at)| (s, *at))
            .collect();
        near.sort();
        near.dedup_by_key(|(_, at)| *at);
        near.into_iter().map(|(_, at)| at).take(most).collect()
    }
}

/// Returns the shape of a code: its letters as they are, each run of digits as any digits of nearly that many, and
/// separators allowed between letters and digits.
fn shape_of(spelt: &str) -> String {
    let mut shape = String::new();
    let mut rest = spelt;
    while let Some(first) = rest.chars().next() {
        let digits = first.is_ascii_digit();
        let end = rest.find(|c: char| c.is_ascii_digit() != digits).unwrap_or(rest.len());
        if !shape.is_empty() {
            shape.push_str(SEPARATORS);
        }
        if digits {
            // One digit too many or too few is a slip, to be told apart from the right code.
            shape.push_str(&format!("[0-9]{{{},{}}}", end.saturating_sub(1).max(1), end + 1));
        } else {
            shape.push_str(&regex::escape(&rest[..end]));
        }
        rest = &rest[end..];
    }
    shape
}

/// Returns what a code may look like: its letters as they are, each digit or what is taken for it, spaces among them. None
/// for a code without letters or digits.
fn look_of(spelt: &str) -> Option<String> {
    let digits = spelt.find(|c: char| c.is_ascii_digit()).filter(|at| *at > 0)?;
    let (letters, rest) = spelt.split_at(digits);
    let count = rest.bytes().filter(u8::is_ascii_digit).count();
    (count >= 3 && count == rest.len()).then(|| {
        let digit = "[0-9oilsbz|]";
        format!(r"{}[\s\-_.]{{0,2}}{digit}(?:\s?{digit}){{{}}}", regex::escape(letters), count - 1)
    })
}

/// The letters, digits and bars of a text that was read off a screen.
fn spelling_of_look(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric() || *c == '|').collect()
}

/// Returns the byte ranges of a pattern's first group, matches allowed to share the character between them.
fn captures(pattern: &Regex, text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(group) = pattern.captures_at(text, at).and_then(|c| c.get(1)) {
        out.push((group.start(), group.end()));
        at = group.end().max(at + 1);
        while at < text.len() && !text.is_char_boundary(at) {
            at += 1;
        }
        if at > text.len() {
            break;
        }
    }
    out
}

/// Tells whether a cue stands within a few characters of a number.
fn cue_beside(cue: &Regex, text: &str, from: usize, to: usize) -> bool {
    const REACH: usize = 8;
    let before = text[..from].char_indices().rev().take(REACH).last().map_or(from, |(at, _)| at);
    let after = text[to..].char_indices().nth(REACH).map_or(text.len(), |(at, _)| to + at);
    cue.is_match(&text[before..from]) || cue.is_match(&text[to..after])
}

/// Translates a range of the folded text into the message's bytes.
fn original(folded: &Folded, text: &str, from: usize, to: usize) -> (usize, usize) {
    let first = text[..from].chars().count();
    let last = first + text[from..to].chars().count();
    let start = folded.spans.get(first).map_or(0, |s| s.0 as usize);
    let end = last.checked_sub(1).and_then(|l| folded.spans.get(l)).map_or(start, |s| s.1 as usize);
    (start, end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn matcher() -> CodeMatcher {
        let record = |code: &str, alias: &[&str]| CodeRecord {
            code: code.to_owned(),
            aliases: alias.iter().map(ToString::to_string).collect(),
            outcome: Default::default(),
            messages: Default::default(),
            article: "errors/x".parse().unwrap(),
        };
        CodeMatcher::build(&[record("E1101", &[]), record("E1104", &["NET-7"]), record("E1303", &[])], None)
    }

    fn codes(message: &str) -> Vec<(String, bool)> {
        matcher().find(message).into_iter().map(|f| (f.code, f.record.is_some())).collect()
    }

    #[test]
    fn finds_a_code_in_any_spelling() {
        for message in [
            "E1101",
            "e1101",
            "E 1101",
            "E-1101",
            "Ｅ１１０１",
            "【E1101】",
            "(e-1101)",
            "报错E1101怎么办",
            "it says error E_1101, help",
            "E1101。",
            "代码：Ｅ－１１０１",
            "E:1101",
            "[E1101]",
            "出现e1101了",
        ] {
            assert_eq!(codes(message), [("E1101".to_owned(), true)], "{message}");
        }
    }

    #[test]
    fn finds_an_alias_and_bare_digits_beside_a_cue() {
        assert_eq!(matcher().find("net 7")[0].record, Some(1));
        assert_eq!(matcher().find("code 1104")[0].record, Some(1));
        assert_eq!(matcher().find("报1104错误")[0].record, Some(1));
        assert_eq!(matcher().find("1104")[0].record, Some(1));
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for message in ["收了1101元", "1101 yuan", "在1104房", "2E1101", "ME1101X", "the year 1303 was", "110.1"] {
            assert!(codes(message).is_empty(), "{message}: {:?}", codes(message));
        }
    }

    #[test]
    fn tells_an_unknown_code_from_its_neighbours() {
        assert_eq!(codes("E9999"), [("E9999".to_owned(), false)]);
        assert_eq!(codes("E11O2"), []);
        assert_eq!(codes("E11011"), [("E11011".to_owned(), false)]);
        assert_eq!(codes("错误码 9999"), [("9999".to_owned(), false)]);
        assert_eq!(matcher().near("E1102", 3), [0, 1]);
    }

    #[test]
    fn reads_letters_as_the_digits_they_look_like() {
        for message in [
            "E11O1",
            "报错 EI101 怎么办",
            "E110l",
            "E1 101",
            "E11 01",
            "E110 1",
            "e l1o1",
            "E-11O1，一直出现",
            "E|101",
            "Ｅ１１Ｏ１",
        ] {
            let found = matcher().find(message);
            assert_eq!(codes(message), [("E1101".to_owned(), true)], "{message}");
            assert_eq!(found[0].misread, message != "E1101", "{message}");
        }
        assert!(!matcher().find("E1101")[0].misread && !matcher().find("E 1101")[0].misread);
        assert_eq!(codes("EI3O3 和 E1104").len(), 2);
        for message in ["EIIOI", "E11O2", "e bill", "E110 1次", "elobs", "XE11O1", "E11O1a", "1 101"] {
            assert!(codes(message).iter().all(|(_, known)| !known), "{message}: {:?}", codes(message));
        }
    }

    #[test]
    fn finds_several() {
        assert_eq!(codes("E1101跟E1104，哪个"), [("E1101".to_owned(), true), ("E1104".to_owned(), true)]);
        assert_eq!(codes("E1101 E1101"), [("E1101".to_owned(), true)]);
        assert_eq!(codes("E1101，错误码1101"), [("E1101".to_owned(), true)]);
        assert_eq!(codes("error E_9999"), [("E9999".to_owned(), false)]);
    }

    proptest! {
        #[test]
        fn never_panics_and_points_into_the_message(message in "(\\PC|[eE0-4oOIl|Ｅ１ \\-]){0,40}") {
            for f in matcher().find(&message) {
                prop_assert!(message.get(f.start..f.end).is_some());
            }
        }

        #[test]
        fn digits_are_never_matched_loosely(digits in "[0-9]{3,6}") {
            let found = codes(&format!("E{digits}"));
            for (code, known) in found {
                prop_assert_eq!(known, ["E1101", "E1104", "E1303"].contains(&code.as_str()));
            }
        }
    }
}
