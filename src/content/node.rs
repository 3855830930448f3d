//! A written value and the line it stands on: what YAML and TOML have in common.
//!
//! Deriving a record from a file stops at the first mistake. Authors want all of them at once, so both formats are read
//! into this small tree, and [`Fields`](crate::content::fields::Fields) asks it for one key after the other.
//! The tree knows nothing of articles, sites or rules.

use serde_saphyr::granit_parser::{Event, Options, Parser, ScalarStyle};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// How deep lists and tables may nest; nothing that authors write needs more than four levels.
const MAX_DEPTH: usize = 16;

/// A value and where it begins.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Node {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// The value.
    pub value: Value,
}

/// A value as written. YAML's scalars are all text here: whether `1101` is a number is for the key to say.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    /// A key without a value, `~` or `null`.
    Nothing,
    /// A text.
    Text(String),
    /// TOML's `true` or `false`.
    Bool(bool),
    /// A TOML integer.
    Integer(i64),
    /// A value that the syntax does not allow, which was reported.
    Broken,
    /// What no key of ours takes: a decimal number, a date.
    Other(&'static str),
    /// A list.
    List(Vec<Node>),
    /// A table, in the order written; a key may be there twice.
    Table(Vec<Entry>),
}

/// A key and its value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Entry {
    /// The key.
    pub key: String,
    /// The key's line.
    pub line: usize,
    /// The value.
    pub node: Node,
}

/// What the syntax of a file does not allow, and where.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct SyntaxError {
    /// The line in the file, counted from 1.
    pub line: usize,
    /// What is wrong, and what to do.
    pub message: String,
}

impl Value {
    /// Says what was written, to finish the sentence "…, but this is".
    pub(crate) fn describe(&self) -> &'static str {
        match self {
            Value::Nothing => "empty",
            Value::Text(_) => "a text",
            Value::Bool(_) => "true or false",
            Value::Integer(_) => "a number",
            Value::Broken => "broken",
            Value::Other(what) => what,
            Value::List(_) => "a list",
            Value::Table(_) => "a table",
        }
    }
}

/// A list or table that is still open while YAML's events come in.
enum Open {
    List { line: usize, items: Vec<Node> },
    Table { line: usize, entries: Vec<Entry>, key: Option<(String, usize)> },
}

/// Reads a YAML mapping whose first line is line `first_line` of its file.
///
/// Aliases are refused, not expanded: no article needs one, and they are how a small file becomes a large one.
///
/// # Errors
/// What the syntax does not allow; the entries before it are lost.
pub(crate) fn parse_yaml(text: &str, first_line: usize) -> Result<Vec<Entry>, SyntaxError> {
    let last_line = first_line + text.lines().count().saturating_sub(1);
    // The scanner reports the end of a broken value, which may lie behind the last line.
    let at = |line: usize| (first_line + line.saturating_sub(1)).clamp(first_line, last_line.max(first_line));
    let error = |line: usize, message: String| Err(SyntaxError { line: at(line), message });
    let mut stack: Vec<Open> = Vec::new();
    let mut root = None;
    let mut options = Options::default();
    // An alias is reported as one, also where its anchor stands in a part of the file that is read by itself.
    options.emit_unresolved_aliases = true;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(e) => return error(e.marker().line(), format!("this is not valid YAML ({}); {YAML_REMEDY}", e.info())),
        };
        let line = span.start.line();
        let mut complete = match event {
            Event::Scalar(text, style, _, _) => {
                let nothing = style == ScalarStyle::Plain && matches!(&*text, "" | "~" | "null" | "Null" | "NULL");
                let value = if nothing { Value::Nothing } else { Value::Text(text.into_owned()) };
                Node { line: at(line), value }
            }
            Event::SequenceStart(..) | Event::MappingStart(..) if stack.len() >= MAX_DEPTH => {
                return error(line, format!("lists and tables nest more than {MAX_DEPTH} deep here; write them flat"));
            }
            Event::SequenceStart(..) => {
                stack.push(Open::List { line: at(line), items: Vec::new() });
                continue;
            }
            Event::MappingStart(..) => {
                stack.push(Open::Table { line: at(line), entries: Vec::new(), key: None });
                continue;
            }
            Event::SequenceEnd | Event::MappingEnd => match stack.pop() {
                Some(Open::List { line, items }) => Node { line, value: Value::List(items) },
                Some(Open::Table { line, entries, .. }) => Node { line, value: Value::Table(entries) },
                None => continue,
            },
            Event::Alias(_) | Event::UnresolvedAlias(_) => {
                return error(line, "aliases (`*name`) are not understood here; write the value out".to_owned());
            }
            _ => continue,
        };
        match stack.last_mut() {
            None => root = Some(complete),
            Some(Open::List { items, .. }) => items.push(complete),
            Some(Open::Table { entries, key, .. }) => match key.take() {
                Some((key, line)) => {
                    if complete.value == Value::Nothing {
                        // An absent value has no place of its own.
                        complete.line = line;
                    }
                    entries.push(Entry { key, line, node: complete });
                }
                None => match complete.value {
                    Value::Text(text) => *key = Some((text, complete.line)),
                    Value::Nothing => *key = Some((String::new(), complete.line)),
                    _ => return error(line, "a key must be a word".to_owned()),
                },
            },
        }
    }
    match root {
        None | Some(Node { value: Value::Nothing, .. }) => Ok(Vec::new()),
        Some(Node { value: Value::Table(entries), .. }) => Ok(entries),
        Some(node) => Err(SyntaxError {
            line: node.line,
            message: format!("keys with values are expected here (`title: …`), but this is {}", node.value.describe()),
        }),
    }
}

const YAML_REMEDY: &str = "put double quotes around a text that holds `: ` or ` #` or begins with a punctuation mark";

/// Reads a TOML file: what was understood, and everything that the syntax does not allow.
pub(crate) fn parse_toml(text: &str) -> (Vec<Entry>, Vec<SyntaxError>) {
    let (document, errors) = DeTable::parse_recoverable(text);
    let lines = Lines::of(text);
    let errors = errors.into_iter().map(|e| SyntaxError {
        line: lines.at(e.span().map_or(0, |s| s.start)),
        message: format!("this is not valid TOML: {}", e.message().trim().replace('\n', ", ")),
    });
    let errors = errors.collect();
    (toml_entries(document.into_inner(), &lines), errors)
}

fn toml_entries(table: DeTable<'_>, lines: &Lines) -> Vec<Entry> {
    let mut written: Vec<(Spanned<_>, Spanned<DeValue<'_>>)> = table.into_iter().collect();
    written.sort_by_key(|(key, value)| (key.span().start, value.span().start));
    let entry = |(key, value): (Spanned<std::borrow::Cow<'_, str>>, Spanned<DeValue<'_>>)| Entry {
        line: lines.at(key.span().start),
        key: key.into_inner().into_owned(),
        node: toml_node(value, lines),
    };
    written.into_iter().map(entry).collect()
}

// The parser bounds the depth at 80, so that this recursion is safe.
fn toml_node(value: Spanned<DeValue<'_>>, lines: &Lines) -> Node {
    let line = lines.at(value.span().start);
    let value = match value.into_inner() {
        DeValue::String(text) => Value::Text(text.into_owned()),
        DeValue::Boolean(yes) => Value::Bool(yes),
        DeValue::Integer(i) => i64::from_str_radix(&i.as_str().replace('_', ""), i.radix())
            .map_or(Value::Other("a number that is too large"), Value::Integer),
        DeValue::Float(_) => Value::Other("a decimal number"),
        DeValue::Datetime(_) => Value::Other("a date"),
        DeValue::Array(items) => Value::List(items.into_iter().map(|item| toml_node(item, lines)).collect()),
        DeValue::Table(table) => Value::Table(toml_entries(table, lines)),
    };
    Node { line, value }
}

/// The line of every byte of a text.
pub(crate) struct Lines {
    starts: Vec<usize>,
}

impl Lines {
    /// Finds the line breaks of `text`.
    pub(crate) fn of(text: &str) -> Self {
        let breaks = text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(i, _)| i + 1);
        Lines { starts: std::iter::once(0).chain(breaks).collect() }
    }

    /// Returns the line of the byte at `offset`, counted from 1.
    pub(crate) fn at(&self, offset: usize) -> usize {
        self.starts.partition_point(|&start| start <= offset).max(1)
    }
}
