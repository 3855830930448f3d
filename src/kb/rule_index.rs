//! Which rules a message can match at all: the terms of all rules are looked for at once.
//!
//! A help centre has hundreds of terms, and a message has few of them. A rule that asks for what is not there need not be
//! looked at; whether one matches is still for its terms to say.

use crate::content::{Rule, Term, Words};
use crate::text::phrase::NeedleSet;

/// What each rule needs, by term.
#[derive(Debug, Default)]
pub struct RuleIndex {
    /// Words as they stand in a haystack, and the rule that needs each.
    words: NeedleSet,
    of_words: Vec<usize>,
    /// What patterns need of a folded text, and the rule.
    literals: NeedleSet,
    of_literals: Vec<usize>,
    /// The rules of which nothing can be told beforehand.
    others: Vec<usize>,
}

/// One text that a term needs.
enum Needed {
    Words(String),
    Literal(String),
}

impl Needed {
    fn len(&self) -> usize {
        match self {
            Needed::Words(text) | Needed::Literal(text) => text.len(),
        }
    }
}

impl RuleIndex {
    /// Indexes rules by the terms of which each needs one.
    #[must_use]
    pub fn build(rules: &[Rule]) -> Self {
        let (mut words, mut literals): (Vec<String>, Vec<String>) = Default::default();
        let mut index = RuleIndex::default();
        for (place, rule) in rules.iter().enumerate() {
            let Some(needed) = needed_by(rule) else {
                index.others.push(place);
                continue;
            };
            for text in needed {
                match text {
                    Needed::Words(text) => {
                        words.push(text);
                        index.of_words.push(place);
                    }
                    Needed::Literal(text) => {
                        literals.push(text);
                        index.of_literals.push(place);
                    }
                }
            }
        }
        index.words = NeedleSet::new(words.iter().map(String::as_str));
        index.literals = NeedleSet::new(literals.iter().map(String::as_str));
        index
    }

    /// Returns the places, rising, of the rules that a message may match by its terms: all that do and few others. The
    /// message comes as a [`haystack`](crate::text::phrase::haystack) and [folded](crate::text::fold_str).
    #[must_use]
    pub fn candidates(&self, haystack: &str, folded: &str) -> Vec<usize> {
        let words = self.words.found_in(haystack).into_iter().map(|at| self.of_words[at]);
        let literals = self.literals.found_in(folded).into_iter().map(|at| self.of_literals[at]);
        let mut places: Vec<usize> = words.chain(literals).chain(self.others.iter().copied()).collect();
        places.sort_unstable();
        places.dedup();
        places
    }
}

/// Returns texts of which a message must have one for a rule to match: those of the most telling of its lists. None where
/// no list can be told beforehand.
fn needed_by(rule: &Rule) -> Option<Vec<Needed>> {
    let any = (!rule.any.is_empty()).then_some(&rule.any);
    let lists = any.into_iter().chain(&rule.all).filter_map(|terms| one_of(terms));
    // Of equals the first: what `max_by_key` keeps is the last.
    let shortest = |list: &Vec<Needed>| list.iter().map(Needed::len).min().unwrap_or_default();
    lists.reduce(|best, list| if shortest(&list) > shortest(&best) { list } else { best })
}

fn one_of(terms: &[Term]) -> Option<Vec<Needed>> {
    let mut needed = Vec::new();
    for term in terms {
        match term {
            Term::Words(_) | Term::Concept { .. } => {
                let needles = term.words().iter().map(Words::needle).filter(|needle| !needle.is_empty());
                needed.extend(needles.map(|needle| Needed::Words(needle.to_owned())));
            }
            Term::Pattern(pattern) => {
                needed.extend(pattern.needed()?.iter().cloned().map(Needed::Literal));
            }
            Term::Slot(_) => return None,
        }
    }
    Some(needed)
}
