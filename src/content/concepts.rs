//! What customers call a thing in many ways, as authors write it once: `concepts.toml`, a list of `[[concept]]`.
//!
//! Rules ask for a concept as `@id`. One that has values is also a slot, `{id}`: the reply can name the value that was
//! said.

use crate::base::id::is_slug;
use crate::base::{Locale, Localized};
use crate::content::fields::{Fields, Findings, Located};
use crate::content::node::Node;
use crate::content::term::BUILT_IN_SLOTS;

const KEYS: [&str; 3] = ["id", "terms", "value"];
const VALUE_KEYS: [&str; 2] = ["label", "terms"];

/// A thing and its names.
#[derive(Debug, Clone, PartialEq)]
pub struct Concept {
    /// Its name in rules, unique in the content.
    pub id: String,
    /// The line of its `[[concept]]`, counted from 1.
    pub line: usize,
    /// What customers call it, when nothing tells its values apart.
    pub terms: Vec<String>,
    /// What it can be.
    pub values: Vec<ConceptValue>,
}

/// One of the things that a concept can be.
#[derive(Debug, Clone, PartialEq)]
pub struct ConceptValue {
    /// What replies call it.
    pub label: Localized,
    /// What customers call it beside its labels.
    pub terms: Vec<String>,
}

impl Concept {
    /// Returns every word for it.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let values = self.values.iter().flat_map(ConceptValue::words);
        self.terms.iter().map(String::as_str).chain(values)
    }
}

impl ConceptValue {
    /// Returns every word for it: its labels and terms.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        self.label.iter().map(|(_, label)| label).chain(self.terms.iter().map(String::as_str))
    }
}

/// Checks the `[[concept]]` tables.
pub(crate) fn read(tables: Vec<Node>, locales: &[Locale], findings: &mut Findings<'_>) -> Vec<Concept> {
    let mut concepts: Vec<Concept> = Vec::new();
    for table in tables {
        let Some(concept) = read_one(table, locales, findings) else { continue };
        match concepts.iter().find(|c| c.id == concept.id) {
            Some(first) => {
                let message = format!(
                    "the concept `{}` is there already, in line {}; give this one another id",
                    concept.id, first.line
                );
                findings.error(concept.line, message);
            }
            None => concepts.push(concept),
        }
    }
    concepts
}

fn read_one(table: Node, locales: &[Locale], findings: &mut Findings<'_>) -> Option<Concept> {
    let mut fields = Fields::of(table, &KEYS, findings)?;
    let line = fields.line;
    let id = fields.required("id");
    let terms: Vec<String> = values(fields.texts("terms"));
    let tables = fields.tables("value");
    let written = tables.len();
    let values: Vec<ConceptValue> =
        tables.into_iter().filter_map(|t| read_value(t, locales, fields.findings)).collect();
    let id = id?;
    if !is_slug(&id.value) || BUILT_IN_SLOTS.iter().any(|(name, _)| *name == id.value) {
        let message = format!(
            "`{}` cannot be a concept's id: it has letters, digits, `-`, `_` and `.`, and is no slot of the chat's own",
            id.value
        );
        fields.findings.error(id.line, message);
        return None;
    }
    if terms.is_empty() && written == 0 {
        let message = format!("the concept `{}` has no words; add `terms = [\"…\"]`", id.value);
        fields.findings.error(line, message);
        return None;
    }
    Some(Concept { id: id.value, line, terms, values })
}

fn read_value(table: Node, locales: &[Locale], findings: &mut Findings<'_>) -> Option<ConceptValue> {
    let mut fields = Fields::of(table, &VALUE_KEYS, findings)?;
    let line = fields.line;
    let label = fields.localized("label", locales);
    let terms = values(fields.texts("terms"));
    if label.is_empty() {
        fields.findings.error(line, "this value has no label; add `label = { zh-CN = \"…\", en = \"…\" }`");
        return None;
    }
    Some(ConceptValue { label, terms })
}

fn values(texts: Vec<Located<String>>) -> Vec<String> {
    texts.into_iter().map(|t| t.value).collect()
}
