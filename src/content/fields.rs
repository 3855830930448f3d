//! The keys of a table, asked for one by one: from what was written to what is meant, with every mistake on its line.
//!
//! A key that is not understood becomes a [`Problem`] and counts as absent, so that one mistake does not hide the next.

use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

use crate::base::{Locale, Localized, nearest};
use crate::content::Problem;
use crate::content::node::{Entry, Node, Value};

/// A checked value and the line it stands on, for findings that only the whole content can show.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Located<T> {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The value.
    pub value: T,
}

/// Collects the problems of one file.
pub(crate) struct Findings<'a> {
    /// The file, relative to the content folder.
    pub file: &'a Path,
    /// What was found so far.
    pub problems: Vec<Problem>,
}

impl<'a> Findings<'a> {
    /// Starts without a finding.
    pub(crate) fn new(file: &'a Path) -> Self {
        Findings { file, problems: Vec::new() }
    }

    /// Adds an error.
    pub(crate) fn error(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem::error(self.file, Some(line), message));
    }

    /// Adds a warning.
    pub(crate) fn warning(&mut self, line: usize, message: impl Into<String>) {
        self.problems.push(Problem::warning(self.file, Some(line), message));
    }
}

/// The keys of one table.
pub(crate) struct Fields<'f, 'a> {
    /// The line on which the table begins.
    pub line: usize,
    /// Where mistakes go.
    pub findings: &'f mut Findings<'a>,
    entries: Vec<Entry>,
}

impl<'f, 'a> Fields<'f, 'a> {
    /// Takes a table that may have the keys in `known`; others and repeated ones are reported.
    pub(crate) fn new(line: usize, entries: Vec<Entry>, known: &[&str], findings: &'f mut Findings<'a>) -> Self {
        let mut lines: HashMap<String, usize> = HashMap::new();
        let mut kept: Vec<Entry> = Vec::with_capacity(entries.len());
        for entry in entries {
            match lines.entry(entry.key.clone()) {
                Slot::Occupied(earlier) => {
                    let message = format!("`{}` is there twice, first in line {}; keep one", entry.key, earlier.get());
                    findings.error(entry.line, message);
                }
                Slot::Vacant(slot) => {
                    slot.insert(entry.line);
                    if known.contains(&entry.key.as_str()) {
                        kept.push(entry);
                    } else {
                        findings.error(entry.line, unknown_key(&entry.key, known));
                    }
                }
            }
        }
        Fields { line, findings, entries: kept }
    }

    /// Takes a node that should be a table; reports anything else.
    pub(crate) fn of(node: Node, known: &[&str], findings: &'f mut Findings<'a>) -> Option<Self> {
        match node.value {
            Value::Table(entries) => Some(Fields::new(node.line, entries, known, findings)),
            other => {
                findings.error(node.line, format!("a table is expected here, but this is {}", other.describe()));
                None
            }
        }
    }

    /// Tells whether the key was written, with whatever value.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|e| e.key == key)
    }

    fn take(&mut self, key: &str) -> Option<Entry> {
        let at = self.entries.iter().position(|e| e.key == key)?;
        // What broke the syntax was reported where it did.
        Some(self.entries.swap_remove(at)).filter(|e| e.node.value != Value::Broken)
    }

    /// Takes a text, without the white space around it; none when it is absent or empty.
    pub(crate) fn text(&mut self, key: &str) -> Option<Located<String>> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Nothing => None,
            Value::Text(text) => {
                let text = text.trim();
                (!text.is_empty()).then(|| Located { line: entry.node.line, value: text.to_owned() })
            }
            other => {
                self.findings.error(entry.line, format!("`{key}` must be a text, but this is {}", other.describe()));
                None
            }
        }
    }

    /// Takes a text that must be there.
    pub(crate) fn required(&mut self, key: &str) -> Option<Located<String>> {
        let entry = self.entries.iter().find(|e| e.key == key);
        let line = entry.map(|e| e.line);
        // Another type, or broken syntax, has a problem of its own.
        let empty = entry.is_none_or(|e| matches!(e.node.value, Value::Text(_) | Value::Nothing));
        let text = self.text(key);
        match line {
            None => self.findings.error(self.line, format!("`{key}` is missing; every one needs it: `{key}: …`")),
            Some(line) if text.is_none() && empty => {
                self.findings.error(line, format!("`{key}` is empty; write a text behind it"));
            }
            Some(_) => {}
        }
        text
    }

    /// Takes a list of texts; empty when it is absent.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<Located<String>> {
        let Some(entry) = self.take(key) else { return Vec::new() };
        match entry.node.value {
            Value::Nothing => Vec::new(),
            Value::List(items) => items.into_iter().filter_map(|item| self.item(key, item)).collect(),
            other => {
                let message =
                    format!("`{key}` must be a list, as in `{key}: [one, two]`, but this is {}", other.describe());
                self.findings.error(entry.line, message);
                Vec::new()
            }
        }
    }

    fn item(&mut self, key: &str, item: Node) -> Option<Located<String>> {
        match item.value {
            Value::Text(text) if !text.trim().is_empty() => {
                Some(Located { line: item.line, value: text.trim().to_owned() })
            }
            Value::Text(_) | Value::Nothing => {
                self.findings.error(item.line, format!("an item of `{key}` is empty; write it or take the line out"));
                None
            }
            other => {
                let message = format!(
                    "an item of `{key}` must be a text, but this is {}; put quotes around a text that holds `: `",
                    other.describe()
                );
                self.findings.error(item.line, message);
                None
            }
        }
    }

    /// Takes a number.
    pub(crate) fn integer(&mut self, key: &str) -> Option<i32> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Integer(i) if i32::try_from(i).is_ok() => i32::try_from(i).ok(),
            other => {
                let message =
                    format!("`{key}` must be a whole number of moderate size, but this is {}", other.describe());
                self.findings.error(entry.line, message);
                None
            }
        }
    }

    /// Takes `true` or `false`.
    pub(crate) fn boolean(&mut self, key: &str) -> Option<bool> {
        let entry = self.take(key)?;
        match entry.node.value {
            Value::Bool(yes) => Some(yes),
            other => {
                let message = format!("`{key}` must be true or false, but this is {}", other.describe());
                self.findings.error(entry.line, message);
                None
            }
        }
    }

    /// Returns the line of a key that was written.
    pub(crate) fn line_of(&self, key: &str) -> Option<usize> {
        self.entries.iter().find(|e| e.key == key).map(|e| e.line)
    }

    /// Takes a value as it was written.
    pub(crate) fn node(&mut self, key: &str) -> Option<Node> {
        self.take(key).map(|e| e.node)
    }

    /// Takes one text or a list of texts; none when it is absent.
    pub(crate) fn one_or_more(&mut self, key: &str) -> Option<Vec<Located<String>>> {
        let one = self.entries.iter().any(|e| e.key == key && matches!(e.node.value, Value::Text(_)));
        if one {
            return Some(self.text(key).into_iter().collect());
        }
        self.has(key).then(|| self.texts(key))
    }

    /// Takes the tables of `[[key]]`.
    pub(crate) fn tables(&mut self, key: &str) -> Vec<Node> {
        let Some(entry) = self.take(key) else { return Vec::new() };
        match entry.node.value {
            Value::List(items) => items,
            other => {
                let message = format!("`{key}` must be written `[[{key}]]`, but this is {}", other.describe());
                self.findings.error(entry.line, message);
                Vec::new()
            }
        }
    }

    /// Takes one text for all locales, or a table of texts by locale. A locale that is not among `available` is a
    /// warning: nobody will read that text.
    pub(crate) fn localized(&mut self, key: &str, available: &[Locale]) -> Localized {
        let Some(entry) = self.take(key) else { return Localized::default() };
        match entry.node.value {
            Value::Nothing => Localized::default(),
            Value::Text(text) if text.trim().is_empty() => Localized::default(),
            Value::Text(text) => Localized::everywhere(text.trim()),
            Value::Table(entries) => {
                let lists = self.by_locale(key, entries, available, false);
                lists.into_iter().filter_map(|(l, mut texts)| Some((l, texts.pop()?))).collect()
            }
            other => {
                let message = format!(
                    "`{key}` must be a text, or a table such as {{ zh-CN = \"…\", en = \"…\" }}, but this is {}",
                    other.describe()
                );
                self.findings.error(entry.line, message);
                Localized::default()
            }
        }
    }

    /// Takes a table of texts, or lists of texts, by locale. A locale that is not among `available` is a warning.
    pub(crate) fn localized_lists(&mut self, key: &str, available: &[Locale]) -> BTreeMap<Locale, Vec<String>> {
        let Some(entry) = self.take(key) else { return BTreeMap::new() };
        match entry.node.value {
            Value::Table(entries) => self.by_locale(key, entries, available, true),
            other => {
                let message = format!(
                    "`{key}` must be a table such as {{ zh-CN = \"…\", en = [\"…\", \"…\"] }}, but this is {}",
                    other.describe()
                );
                self.findings.error(entry.line, message);
                BTreeMap::new()
            }
        }
    }

    fn by_locale(
        &mut self,
        key: &str,
        entries: Vec<Entry>,
        available: &[Locale],
        lists: bool,
    ) -> BTreeMap<Locale, Vec<String>> {
        let mut found: BTreeMap<Locale, Vec<String>> = BTreeMap::new();
        for entry in entries {
            let locale: Locale = match entry.key.parse() {
                Ok(locale) => locale,
                Err(invalid) => {
                    self.findings.error(entry.line, format!("{invalid}, which the keys of `{key}` must be"));
                    continue;
                }
            };
            if !available.contains(&locale) {
                let message =
                    format!("`{key}` has a text for `{locale}`, but there is no folder {locale}/; nobody will read it");
                self.findings.warning(entry.line, message);
            }
            let texts: Vec<String> = match entry.node.value {
                Value::List(items) if lists => {
                    items.into_iter().filter_map(|item| self.item(key, item)).map(|t| t.value).collect()
                }
                Value::Text(text) if text.trim().is_empty() => Vec::new(),
                Value::Text(text) => vec![text.trim().to_owned()],
                other => {
                    let message = format!("`{key}.{locale}` must be a text, but this is {}", other.describe());
                    self.findings.error(entry.line, message);
                    continue;
                }
            };
            if found.insert(locale.clone(), texts).is_some() {
                self.findings.error(entry.line, format!("`{key}` has `{locale}` twice; keep one"));
            }
        }
        found
    }
}

/// Says that a key is not known, and which one was perhaps meant.
fn unknown_key(key: &str, known: &[&str]) -> String {
    match nearest(key, known) {
        Some(near) => format!("unknown key `{key}`; did you mean `{near}`?"),
        None => format!("unknown key `{key}`; known are {}", list(known)),
    }
}

/// Joins names for a sentence: `a`, `b` and `c`.
pub(crate) fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|n| format!("`{n}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => quoted.concat(),
    }
}
