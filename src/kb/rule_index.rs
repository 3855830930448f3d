//! Which terms of rules a message has: those of all rules are looked for at once.
//!
//! A help centre has hundreds of terms, and a message has few of them. A rule that asks for what is not there need not be
//! looked at, and of one that may match no term is looked for again.

use rustc_hash::FxHashMap;

use crate::content::{Rule, Term, Words};
use crate::text::phrase::NeedleSet;

/// The terms of all rules.
#[derive(Debug, Default)]
pub struct RuleIndex {
    /// Words as they stand in a haystack, each once.
    words: NeedleSet,
    /// What patterns need of a folded text, each once.
    literals: NeedleSet,
    /// For each of the words, and for each of the literals, the rules that need it or others.
    of_words: Vec<Vec<usize>>,
    of_literals: Vec<Vec<usize>>,
    /// The rules of which nothing can be told beforehand.
    others: Vec<usize>,
    /// What the terms of each rule are, by place.
    rules: Vec<IndexedRule>,
}

/// What the terms of a rule are in an index, in the order in which they stand.
#[derive(Debug, Default)]
pub struct IndexedRule {
    /// Of `any`.
    pub any: Vec<IndexedTerm>,
    /// Of each alternative of `all`.
    pub all: Vec<Vec<IndexedTerm>>,
    /// Of `none`.
    pub none: Vec<IndexedTerm>,
}

/// What a term is in an index.
#[derive(Debug)]
pub enum IndexedTerm {
    /// Its words by number, in their order; none for one that occurs nowhere.
    Words(Vec<Option<usize>>),
    /// A pattern, and the numbers of the texts of which it needs one.
    Literals(Vec<usize>),
    /// What nothing can be told of.
    Unknown,
}

/// What of an index a message has.
#[derive(Debug)]
pub struct Occurring {
    /// The numbers of words, rising.
    words: Vec<usize>,
    /// The numbers of literals, rising.
    literals: Vec<usize>,
    /// The places of rules, rising.
    candidates: Vec<usize>,
}

impl Occurring {
    /// Tells whether the rule at a place may match by its terms: all that do, and few others.
    #[must_use]
    pub fn may_match(&self, place: usize) -> bool {
        self.candidates.binary_search(&place).is_ok()
    }

    /// Returns how many rules may match.
    #[must_use]
    pub fn candidates(&self) -> usize {
        self.candidates.len()
    }

    /// Returns those words of a term that the message has.
    pub fn words_of<'t>(&self, term: &'t Term, indexed: &'t IndexedTerm) -> impl Iterator<Item = &'t Words> {
        let numbers: &[Option<usize>] = if let IndexedTerm::Words(numbers) = indexed { numbers } else { &[] };
        let found = numbers.iter().map(|number| number.is_some_and(|number| self.words.binary_search(&number).is_ok()));
        term.words().iter().zip(found).filter(|(_, found)| *found).map(|(words, _)| words)
    }

    /// Tells whether a pattern may match.
    #[must_use]
    pub fn may_find(&self, indexed: &IndexedTerm) -> bool {
        match indexed {
            IndexedTerm::Literals(needed) => needed.iter().any(|number| self.literals.binary_search(number).is_ok()),
            IndexedTerm::Words(_) | IndexedTerm::Unknown => true,
        }
    }
}

impl RuleIndex {
    /// Indexes rules by their terms.
    #[must_use]
    pub fn build(rules: &[Rule]) -> Self {
        let (mut words, mut literals) = (Numbers::default(), Numbers::default());
        let mut index = RuleIndex::default();
        for (place, rule) in rules.iter().enumerate() {
            let mut indexed = |terms: &[Term]| -> Vec<IndexedTerm> {
                terms.iter().map(|term| indexed(term, &mut words, &mut literals)).collect()
            };
            let (any, none) = (indexed(&rule.any), indexed(&rule.none));
            let all = rule.all.iter().map(|alternatives| indexed(alternatives)).collect();
            let entry = IndexedRule { any, all, none };
            index.of_words.resize(words.texts.len(), Vec::new());
            index.of_literals.resize(literals.texts.len(), Vec::new());
            match needed_by(&entry, &words, &literals) {
                Some(terms) => terms.iter().for_each(|term| match term {
                    IndexedTerm::Words(numbers) => {
                        numbers.iter().flatten().for_each(|number| index.of_words[*number].push(place));
                    }
                    IndexedTerm::Literals(numbers) => {
                        numbers.iter().for_each(|number| index.of_literals[*number].push(place));
                    }
                    IndexedTerm::Unknown => {}
                }),
                None => index.others.push(place),
            }
            index.rules.push(entry);
        }
        index.words = NeedleSet::new(words.texts.iter().map(String::as_str));
        index.literals = NeedleSet::new(literals.texts.iter().map(String::as_str));
        index
    }

    /// Looks for the terms in a message, which comes as a [`haystack`](crate::text::phrase::haystack) and
    /// [folded](crate::text::fold_str).
    #[must_use]
    pub fn look(&self, haystack: &str, folded: &str) -> Occurring {
        let (words, literals) = (self.words.found_in(haystack), self.literals.found_in(folded));
        let by_words = words.iter().flat_map(|number| &self.of_words[*number]);
        let by_literals = literals.iter().flat_map(|number| &self.of_literals[*number]);
        let mut candidates: Vec<usize> = by_words.chain(by_literals).chain(&self.others).copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        Occurring { words, literals, candidates }
    }

    /// Returns what the terms of the rule at a place are.
    #[must_use]
    pub fn rule(&self, place: usize) -> &IndexedRule {
        &self.rules[place]
    }
}

/// Texts, each with a number.
#[derive(Debug, Default)]
struct Numbers {
    texts: Vec<String>,
    by_text: FxHashMap<String, usize>,
}

impl Numbers {
    fn of(&mut self, text: &str) -> usize {
        if let Some(number) = self.by_text.get(text) {
            return *number;
        }
        self.texts.push(text.to_owned());
        self.by_text.insert(text.to_owned(), self.texts.len() - 1);
        self.texts.len() - 1
    }
}

fn indexed(term: &Term, words: &mut Numbers, literals: &mut Numbers) -> IndexedTerm {
    match term {
        Term::Words(_) | Term::Concept { .. } => {
            let number = |needle: &str| (!needle.is_empty()).then(|| words.of(needle));
            IndexedTerm::Words(term.words().iter().map(Words::needle).map(number).collect())
        }
        Term::Pattern(pattern) => match pattern.needed() {
            Some(needed) => IndexedTerm::Literals(needed.iter().map(|text| literals.of(text)).collect()),
            None => IndexedTerm::Unknown,
        },
        Term::Slot(_) => IndexedTerm::Unknown,
    }
}

/// Returns terms of which a message must have one for a rule to match: the most telling of its lists. None where no list
/// can be told beforehand.
fn needed_by<'r>(rule: &'r IndexedRule, words: &Numbers, literals: &Numbers) -> Option<&'r [IndexedTerm]> {
    let any = (!rule.any.is_empty()).then_some(&rule.any);
    let is_known = |terms: &&Vec<IndexedTerm>| !terms.iter().any(|term| matches!(term, IndexedTerm::Unknown));
    let length = |term: &IndexedTerm| match term {
        IndexedTerm::Words(numbers) => numbers.iter().flatten().map(|number| words.texts[*number].len()).min(),
        IndexedTerm::Literals(numbers) => numbers.iter().map(|number| literals.texts[*number].len()).min(),
        IndexedTerm::Unknown => None,
    };
    let shortest = |list: &Vec<IndexedTerm>| list.iter().filter_map(length).min().unwrap_or_default();
    // Of equals the first: what `max_by_key` keeps is the last.
    let lists = any.into_iter().chain(&rule.all).filter(is_known);
    lists.reduce(|best, list| if shortest(list) > shortest(best) { list } else { best }).map(Vec::as_slice)
}
