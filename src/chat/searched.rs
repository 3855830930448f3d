//! Declared terms in a customer's message: which occur, and how much is left without them.
//!
//! Rules, the beginnings of flows and short replies all compare in this way, so that a term means the same everywhere.

use std::cell::RefCell;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::text::english::is_stop_word;
use crate::text::phrase::{NeedleSet, haystack, needle};
use crate::text::script::{CharClass, class};
use crate::text::terms::is_stop_char;

/// So many terms are remembered as they are looked up; with more, all are forgotten.
const MOST_REMEMBERED: usize = 10_000;

thread_local! {
    /// Declared terms as they are looked up: few, and the same for every message.
    static NEEDLES: RefCell<FxHashMap<String, Rc<str>>> = RefCell::default();
}

fn remembered_needle(term: &str) -> Rc<str> {
    NEEDLES.with_borrow_mut(|needles| {
        if let Some(known) = needles.get(term) {
            return Rc::clone(known);
        }
        if needles.len() >= MOST_REMEMBERED {
            needles.clear();
        }
        let made: Rc<str> = needle(term).into();
        needles.insert(term.to_owned(), Rc::clone(&made));
        made
    })
}

/// Terms of the chat's own, looked for all at once.
pub(crate) struct FixedTerms {
    terms: Vec<&'static str>,
    needles: NeedleSet,
}

impl FixedTerms {
    /// Takes the terms.
    pub(crate) fn new(terms: impl IntoIterator<Item = &'static str>) -> Self {
        let terms: Vec<&'static str> = terms.into_iter().collect();
        let needles: Vec<String> = terms.iter().map(|term| needle(term)).collect();
        FixedTerms { needles: NeedleSet::new(needles.iter().map(String::as_str)), terms }
    }
}

/// A message in the form that terms are looked up in.
#[derive(Debug)]
pub(crate) struct Searched {
    text: String,
}

impl Searched {
    /// Folds a message.
    pub(crate) fn new(text: &str) -> Self {
        Searched { text: haystack(text) }
    }

    /// Tells whether a term occurs.
    pub(crate) fn has(&self, term: &str) -> bool {
        self.has_needle(&remembered_needle(term))
    }

    fn has_needle(&self, needle: &str) -> bool {
        !needle.is_empty() && self.text.contains(needle)
    }

    /// Returns those of some terms that occur, in their order.
    pub(crate) fn those_of(&self, fixed: &FixedTerms) -> Vec<&'static str> {
        fixed.needles.found_in(&self.text).into_iter().map(|at| fixed.terms[at]).collect()
    }

    /// Returns the text as terms are looked up in it.
    pub(crate) fn haystack(&self) -> &str {
        &self.text
    }

    /// Returns the terms by which the message has one of `any`, each of `all` and none of `none`; none when it has not.
    /// A term of `all` may offer alternatives: `a|b`.
    pub(crate) fn matches(&self, any: &[String], all: &[String], none: &[String]) -> Option<Vec<String>> {
        let mut evidence = Vec::new();
        for alternatives in all {
            evidence.push(alternatives.split('|').find(|term| self.has(term))?.trim().to_owned());
        }
        if !any.is_empty() {
            evidence.push(any.iter().filter(|term| self.has(term)).max_by_key(|t| t.chars().count())?.clone());
        }
        // Last, because most messages have nothing of the others.
        (!none.iter().any(|term| self.has(term))).then_some(evidence)
    }

    /// Tells whether nothing of substance is left when the terms are taken away.
    pub(crate) fn is_nothing_but<'t>(&self, terms: impl Iterator<Item = &'t str>) -> bool {
        self.rest(terms) == 0
    }

    /// Returns how many words and ideographs of substance the occurrences of a term have at most.
    pub(crate) fn substance_of(&self, term: &str) -> usize {
        let needle = remembered_needle(term);
        let words = needle.trim();
        let each: usize = words.split(' ').map(substance).sum();
        if words.is_empty() { 0 } else { each * self.text.matches(words).count() }
    }

    /// Returns how many words and ideographs of substance are left when the terms are taken away.
    pub(crate) fn rest<'t>(&self, terms: impl Iterator<Item = &'t str>) -> usize {
        let rest = self.without(terms);
        rest.split(' ').filter(|part| !is_stop_word(part)).map(substance).sum()
    }

    /// Returns what is left when the terms are taken away, folded.
    pub(crate) fn without<'t>(&self, terms: impl Iterator<Item = &'t str>) -> String {
        let mut needles: Vec<Rc<str>> = terms.map(remembered_needle).filter(|n| !n.is_empty()).collect();
        needles.sort_by_key(|n| std::cmp::Reverse(n.len()));
        let mut rest = self.text.clone();
        for needle in needles {
            while rest.contains(&*needle) {
                rest = rest.replacen(&*needle, " ", 1);
            }
        }
        rest
    }
}

/// Tells whether every text that has the term `term` has the term `other` too.
#[must_use]
pub fn covers(term: &str, other: &str) -> bool {
    Searched::new(term).has(other)
}

/// Counts a part without spaces: each telling ideograph, and a word as one.
fn substance(part: &str) -> usize {
    let ideographs = part.chars().filter(|c| class(*c) == CharClass::Ideograph && !is_stop_char(*c)).count();
    let word = part.chars().any(|c| matches!(class(c), CharClass::Letter | CharClass::Digit));
    ideographs + usize::from(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_what_is_left() {
        let rest = |text: &str, terms: &[&str]| Searched::new(text).rest(terms.iter().copied());
        assert_eq!(rest("还是不行啊", &["还是不行"]), 0);
        assert_eq!(rest("路由器重启了，还是不行", &["还是不行"]), 5);
        assert_eq!(rest("still not working with the new card", &["still not working"]), 2);
        assert_eq!(rest("", &[]), 0);
    }
}
