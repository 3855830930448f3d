//! Whether a declared term occurs in a text: ideographs anywhere, words as whole words in a row.

use aho_corasick::AhoCorasick;

use crate::text::fold::fold;
use crate::text::script::{CharClass, class};
use crate::text::terms::{Run, runs};

/// Returns a text in the form that terms are looked up in: folded letters and digits, words with a space on both
/// sides, nothing between ideographs, and a space at both ends.
#[must_use]
pub fn haystack(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(text.len() + 8);
    out.push(' ');
    for run in runs(&folded) {
        match run {
            Run::Word(word) => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push_str(&word.text);
                out.push(' ');
            }
            Run::Ideographs(from, to) => out.extend(&folded.chars[from..to]),
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Returns a term as it stands in a [`haystack`]: a space where it begins or ends with a Latin word, so that it is
/// found as a whole word. Empty when the term has no letter or digit.
#[must_use]
pub fn needle(term: &str) -> String {
    let text = haystack(term);
    let trimmed = text.trim();
    let latin = |c: Option<char>| c.is_some_and(|c| class(c) != CharClass::Ideograph);
    if trimmed.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(trimmed.len() + 2);
    if latin(trimmed.chars().next()) {
        out.push(' ');
    }
    out.push_str(trimmed);
    if latin(trimmed.chars().last()) {
        out.push(' ');
    }
    out
}

/// Needles that are looked for in one pass over a text (A. V. Aho, M. J. Corasick, “Efficient string matching”, CACM 18,
/// 1975) instead of one after the other.
#[derive(Debug, Default)]
pub struct NeedleSet {
    /// None where there is nothing to look for, or more than the automaton has numbers for.
    automaton: Option<AhoCorasick>,
    /// The needles that hold something, each with its place among those given.
    needles: Vec<(usize, String)>,
}

impl NeedleSet {
    /// Takes needles; an empty one occurs in no text.
    pub fn new<'n>(needles: impl IntoIterator<Item = &'n str>) -> Self {
        let all = needles.into_iter().enumerate();
        let needles: Vec<(usize, String)> =
            all.filter(|(_, needle)| !needle.is_empty()).map(|(place, needle)| (place, needle.to_owned())).collect();
        let automaton = AhoCorasick::new(needles.iter().map(|(_, needle)| needle)).ok();
        NeedleSet { automaton: automaton.filter(|_| !needles.is_empty()), needles }
    }

    /// Returns the places of the needles that a text holds, rising, each once.
    #[must_use]
    pub fn found_in(&self, text: &str) -> Vec<usize> {
        let Some(automaton) = &self.automaton else {
            return self.needles.iter().filter(|(_, needle)| text.contains(needle)).map(|(place, _)| *place).collect();
        };
        let found = automaton.find_overlapping_iter(text).map(|found| self.needles[found.pattern().as_usize()].0);
        let mut places: Vec<usize> = found.collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_set_finds_what_each_needle_finds(text in "[ab 付款]{0,20}", needles in proptest::collection::vec("[ab 付款]{0,3}", 0..9)) {
            let alone: Vec<usize> =
                (0..needles.len()).filter(|at| !needles[*at].is_empty() && text.contains(&needles[*at])).collect();
            let set = NeedleSet::new(needles.iter().map(String::as_str));
            prop_assert_eq!(set.found_in(&text), alone);
        }
    }

    #[test]
    fn finds_words_whole_and_ideographs_anywhere() {
        let has = |text: &str, term: &str| haystack(text).contains(&needle(term));
        assert!(has("我要找人工客服", "人工"));
        assert!(has("I want a HUMAN!", "human") && !has("humanity", "human"));
        assert!(has("GOpay充值", "gopay") && has("用wifi付款", "wifi"));
        assert!(has("talk to  a-person", "to a person"));
        assert!(needle("…").is_empty());
    }
}
