//! Values as other systems write them: `null` for nothing, a number for a name, one text where a list is meant.
//!
//! An export is years of work of other people's programs. A value of an unexpected kind is read as what it plainly says,
//! and never keeps the rest from being read.

use std::collections::HashMap;

use serde::de::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Returns what a value says in words; empty for nothing, a list or a table.
pub(crate) fn words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(yes) => yes.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => String::new(),
    }
}

/// Returns the texts of a list, or of one text that `separators` divide; none is empty.
pub(crate) fn list(value: &Value, separators: &[char]) -> Vec<String> {
    let texts: Vec<String> = match value {
        Value::Array(items) => items.iter().map(words).collect(),
        other => words(other).split(separators).map(str::to_owned).collect(),
    };
    texts.into_iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// Reads words.
pub(crate) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Value::deserialize(deserializer).map(|value| words(&value))
}

/// Reads a list of words.
pub(crate) fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Value::deserialize(deserializer).map(|value| list(&value, &[',', '，']))
}

/// Reads `true`, also where it is written as a word or a number.
pub(crate) fn flag<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    Value::deserialize(deserializer).map(|value| is_true(&words(&value)))
}

/// Tells whether a word says yes.
pub(crate) fn is_true(word: &str) -> bool {
    ["true", "yes", "1", "是"].contains(&word.trim().to_lowercase().as_str())
}

/// A row of a table or an object of JSON, its columns found in any case and by several names.
#[derive(Debug, Default)]
pub(crate) struct Columns(HashMap<String, Value>);

impl Columns {
    /// Takes an object. Of two keys that differ in case alone, the first that says something counts.
    pub(crate) fn of(object: Map<String, Value>) -> Self {
        let mut columns = HashMap::with_capacity(object.len());
        for (key, value) in object {
            let slot = columns.entry(key.trim().to_lowercase()).or_insert(Value::Null);
            if slot.is_null() {
                *slot = value;
            }
        }
        Columns(columns)
    }

    /// Adds a cell of a table.
    pub(crate) fn add(&mut self, column: &str, cell: &str) {
        self.0.entry(column.to_owned()).or_insert_with(|| Value::from(cell));
    }

    /// Returns the first of `names` that says something.
    pub(crate) fn get(&self, names: &[&str]) -> Option<&Value> {
        let says = |value: &&Value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        };
        names.iter().filter_map(|name| self.0.get(*name)).find(says)
    }

    /// Returns the words of the first of `names`, trimmed.
    pub(crate) fn words(&self, names: &[&str]) -> String {
        self.get(names).map(|value| words(value).trim().to_owned()).unwrap_or_default()
    }

    /// Returns the list that the first of `names` holds.
    pub(crate) fn list(&self, names: &[&str], separators: &[char]) -> Vec<String> {
        self.get(names).map(|value| list(value, separators)).unwrap_or_default()
    }
}
