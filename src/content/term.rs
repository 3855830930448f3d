//! What a rule looks for in a message: words, a concept, a slot or a pattern, told apart by how they are written.

use crate::base::nearest;
use crate::content::concepts::Concept;
use crate::content::fields::{Findings, Located};
use crate::text::pattern::{Pattern, PatternError};
use crate::text::phrase::needle;

/// Something of a known type in a message, which a reply can repeat.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SlotKind {
    /// An amount of money, or a number that can be one.
    Amount,
    /// A share.
    Percentage,
    /// A day.
    Date,
    /// A phone number. It is masked before anything sees it, so that only its being there is known.
    Phone,
    /// An error code of the catalogue.
    Code,
    /// A value of the concept of this id.
    Concept(String),
}

/// The slots that every content has, by the name that rules and replies use.
pub(crate) const BUILT_IN_SLOTS: [(&str, SlotKind); 5] = [
    ("amount", SlotKind::Amount),
    ("percentage", SlotKind::Percentage),
    ("date", SlotKind::Date),
    ("phone", SlotKind::Phone),
    ("code", SlotKind::Code),
];

impl SlotKind {
    /// Returns the name that stands between the braces.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            SlotKind::Concept(id) => id,
            other => BUILT_IN_SLOTS.iter().find(|(_, kind)| kind == other).map(|(name, _)| *name).unwrap_or_default(),
        }
    }
}

/// Words to look for, and the form in which they are looked up: folding them for each message would cost more than the
/// looking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    text: String,
    needle: String,
}

impl Words {
    /// Takes words as they are written.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        Words { needle: needle(&text), text }
    }

    /// Returns them as they are written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns them as they stand in a [`haystack`](crate::text::phrase::haystack); empty where they hold no letter.
    #[must_use]
    pub fn needle(&self) -> &str {
        &self.needle
    }
}

/// One thing to look for.
#[derive(Debug, Clone, PartialEq)]
pub enum Term {
    /// Words in a row: ideographs anywhere, Latin words whole.
    Words(Words),
    /// Any word of a concept, `@id`.
    Concept {
        /// The concept's id.
        id: String,
        /// Its words.
        words: Vec<Words>,
    },
    /// A slot that is filled, `{name}`.
    Slot(SlotKind),
    /// A pattern that matches, `/…/`.
    Pattern(Pattern),
}

impl Term {
    /// Returns the words of which one must occur; none for a slot and a pattern.
    #[must_use]
    pub fn words(&self) -> &[Words] {
        match self {
            Term::Words(word) => std::slice::from_ref(word),
            Term::Concept { words, .. } => words,
            Term::Slot(_) | Term::Pattern(_) => &[],
        }
    }
}

/// Reads a term; reports one that names what is not there.
pub(crate) fn read(written: &str, line: usize, concepts: &[Concept], findings: &mut Findings<'_>) -> Option<Term> {
    let written = written.trim();
    if let Some(source) = pattern_source(written) {
        let problem = match Pattern::new(source) {
            Ok(pattern) => return Some(Term::Pattern(pattern)),
            Err(PatternError::MatchesNothing) => {
                format!("the pattern `{written}` matches an empty message; say what it holds")
            }
            Err(PatternError::Invalid(why)) => format!("`{written}` is no regular expression: {why}"),
        };
        findings.error(line, problem);
        return None;
    }
    if let Some(id) = written.strip_prefix('@') {
        let ids: Vec<&str> = concepts.iter().map(|c| c.id.as_str()).collect();
        return match concepts.iter().find(|c| c.id == id) {
            Some(concept) => {
                Some(Term::Concept { id: id.to_owned(), words: concept.words().map(Words::new).collect() })
            }
            None => {
                let hint = nearest(id, &ids).map(|n| format!("did you mean `@{n}`?"));
                let hint = hint.unwrap_or_else(|| "write it to concepts.toml".to_owned());
                findings.error(line, format!("there is no concept `{id}`; {hint}"));
                None
            }
        };
    }
    if let Some(name) = written.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return slot(name.trim(), line, concepts, findings).map(Term::Slot);
    }
    Some(Term::Words(Words::new(written)))
}

/// Reads the name of a slot.
pub(crate) fn slot(name: &str, line: usize, concepts: &[Concept], findings: &mut Findings<'_>) -> Option<SlotKind> {
    if let Some((_, kind)) = BUILT_IN_SLOTS.iter().find(|(built_in, _)| *built_in == name) {
        return Some(kind.clone());
    }
    if concepts.iter().any(|c| c.id == name && !c.values.is_empty()) {
        return Some(SlotKind::Concept(name.to_owned()));
    }
    let declared = concepts.iter().filter(|c| !c.values.is_empty()).map(|c| c.id.as_str());
    let names: Vec<&str> = BUILT_IN_SLOTS.iter().map(|(name, _)| *name).chain(declared).collect();
    let hint = nearest(name, &names).map(|n| format!("; did you mean `{{{n}}}`?")).unwrap_or_default();
    findings.error(line, format!("there is no slot `{{{name}}}`: there are {}{hint}", names.join(", ")));
    None
}

/// Reads terms of which any will do.
pub(crate) fn read_any(texts: Vec<Located<String>>, concepts: &[Concept], findings: &mut Findings<'_>) -> Vec<Term> {
    texts.into_iter().filter_map(|t| read(&t.value, t.line, concepts, findings)).collect()
}

/// Reads terms that must all occur, each with its alternatives: `a|b`. A pattern has alternatives of its own.
pub(crate) fn read_all(
    texts: Vec<Located<String>>,
    concepts: &[Concept],
    findings: &mut Findings<'_>,
) -> Vec<Vec<Term>> {
    let mut all = Vec::new();
    for text in texts {
        let parts: Vec<&str> =
            if pattern_source(&text.value).is_some() { vec![&text.value] } else { text.value.split('|').collect() };
        if parts.iter().any(|p| p.trim().is_empty()) {
            let message = format!(
                "the term `{}` of `all` has an empty alternative; write a word on both sides of `|`",
                text.value
            );
            findings.error(text.line, message);
            continue;
        }
        let alternatives: Vec<Term> =
            parts.into_iter().filter_map(|p| read(p, text.line, concepts, findings)).collect();
        if !alternatives.is_empty() {
            all.push(alternatives);
        }
    }
    all
}

fn pattern_source(written: &str) -> Option<&str> {
    written.trim().strip_prefix('/')?.strip_suffix('/').filter(|source| !source.is_empty())
}
