//! The front matter of an article: the lines between two `---` at the top of the file, raw and then checked.
//!
//! Only `title` and `summary` must be there. A key nobody knows is an error and not ignored: a mistyped `audiance:
//! agent` would otherwise publish an internal page.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;

use jiff::civil::Date;

use crate::base::{ArticleId, nearest};
use crate::content::Audience;
use crate::content::fields::{Fields, Findings, Located, list};
use crate::content::node::{Entry, Node, SyntaxError, Value, parse_yaml};

/// Every key of the front matter, in the order in which authors write them.
pub const KEYS: [&str; 11] = [
    "title",
    "summary",
    "codes",
    "messages",
    "questions",
    "keywords",
    "related",
    "aliases",
    "audience",
    "money_at_risk",
    "updated",
];

/// A file taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Split<'t> {
    /// What stands between the fences; it begins in line 2.
    pub front: &'t str,
    /// What follows the second fence.
    pub body: &'t str,
    /// The line on which the body begins, counted from 1.
    pub body_line: usize,
}

/// Says why a file could not be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoFrontMatter {
    /// The first line is no fence.
    #[error("an article begins with a line `---`, its `title: …` and `summary: …`, and another line `---`; add them")]
    Absent,
    /// The second fence is missing.
    #[error("the front matter has no end; write a line `---` between it and the body")]
    Unclosed,
}

/// The front matter, checked.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct FrontMatter {
    pub title: Option<String>,
    pub summary: Option<String>,
    pub codes: Vec<Located<String>>,
    pub messages: Vec<String>,
    pub questions: Vec<String>,
    pub keywords: Vec<String>,
    pub related: Vec<Located<ArticleId>>,
    pub aliases: Vec<Located<ArticleId>>,
    pub audience: Audience,
    pub money_at_risk: Option<bool>,
    pub updated: Option<Date>,
}

/// Takes a file apart. Its line breaks must be `\n` and the byte order mark gone: see [`normalize`].
///
/// # Errors
/// When there is no front matter, or no end of it.
pub(crate) fn split(text: &str) -> Result<Split<'_>, NoFrontMatter> {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    if first.trim_end() != "---" {
        return Err(NoFrontMatter::Absent);
    }
    let mut at = 0;
    for (i, line) in rest.split_inclusive('\n').enumerate() {
        if line.trim_end() == "---" {
            return Ok(Split { front: &rest[..at], body: &rest[at + line.len()..], body_line: i + 3 });
        }
        at += line.len();
    }
    Err(NoFrontMatter::Unclosed)
}

/// Returns a file's text without byte order mark and with `\n` alone as line break, so that lines count the same for
/// every parser and editor.
pub(crate) fn normalize(text: String) -> String {
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

/// Checks the lines between the fences.
pub(crate) fn read(front: &str, findings: &mut Findings<'_>) -> FrontMatter {
    let entries = entries(front, findings);
    let mut fields = Fields::new(1, entries, &KEYS, findings);
    let one_line = |text: Located<String>| text.value.split_whitespace().collect::<Vec<_>>().join(" ");
    let values = |texts: Vec<Located<String>>| texts.into_iter().map(|t| t.value).collect();
    FrontMatter {
        title: fields.required("title").map(one_line),
        summary: fields.required("summary").map(one_line),
        codes: fields.texts("codes"),
        messages: values(fields.texts("messages")),
        questions: questions(&mut fields),
        keywords: values(fields.texts("keywords")),
        related: ids("related", &mut fields),
        aliases: ids("aliases", &mut fields),
        audience: audience(&mut fields),
        money_at_risk: money_at_risk(&mut fields),
        updated: updated(&mut fields),
    }
}

/// Reads the YAML. When one key breaks the syntax, the keys are read one by one, so that the others are still understood.
pub(crate) fn entries(front: &str, findings: &mut Findings<'_>) -> Vec<Entry> {
    let whole = match parse_yaml(front, 2) {
        Ok(entries) => return entries,
        Err(error) => error,
    };
    let mut entries = Vec::new();
    let mut errors = Vec::new();
    for (line, part) in keys(front) {
        match parse_yaml(part, line) {
            Ok(found) => entries.extend(found),
            Err(error) => {
                errors.push(error);
                if let Some((key, _)) = part.split_once(':') {
                    let node = Node { line, value: Value::Broken };
                    entries.push(Entry { key: key.trim().to_owned(), line, node });
                }
            }
        }
    }
    if errors.is_empty() {
        errors.push(whole);
    }
    for SyntaxError { line, message } in errors {
        findings.error(line, message);
    }
    entries
}

/// Cuts YAML before each line that has a key at the margin; gives the line of each part.
fn keys(front: &str) -> Vec<(usize, &str)> {
    let mut parts = Vec::new();
    let (mut start, mut start_line, mut at) = (0, 2, 0);
    for (i, line) in front.split_inclusive('\n').enumerate() {
        let word = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-');
        let is_key = line.starts_with(char::is_alphanumeric) && line.trim_start_matches(word).starts_with(':');
        if is_key && at > start {
            parts.push((start_line, &front[start..at]));
            (start, start_line) = (at, i + 2);
        }
        at += line.len();
    }
    parts.push((start_line, &front[start..]));
    parts
}

fn questions(fields: &mut Fields<'_, '_>) -> Vec<String> {
    let mut lines: HashMap<String, usize> = HashMap::new();
    let mut questions = Vec::new();
    for question in fields.texts("questions") {
        match lines.entry(fold(&question.value)) {
            Slot::Occupied(first) => {
                let message =
                    format!("the question “{}” is there already in line {}; take one out", question.value, first.get());
                fields.findings.warning(question.line, message);
            }
            Slot::Vacant(slot) => {
                slot.insert(question.line);
                questions.push(question.value);
            }
        }
    }
    questions
}

/// Folds what does not tell two questions apart: case, punctuation and white space.
fn fold(question: &str) -> String {
    question.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn ids(key: &str, fields: &mut Fields<'_, '_>) -> Vec<Located<ArticleId>> {
    let mut ids = Vec::new();
    for written in fields.texts(key) {
        match written.value.trim_end_matches(".md").parse() {
            Ok(id) => ids.push(Located { line: written.line, value: id }),
            Err(invalid) => fields.findings.error(written.line, format!("{invalid}, which `{key}` must hold")),
        }
    }
    ids
}

fn audience(fields: &mut Fields<'_, '_>) -> Audience {
    if !fields.has("audience") {
        return Audience::Public;
    }
    match fields.required("audience") {
        Some(written) => match written.value.as_str() {
            "public" => Audience::Public,
            "agent" => Audience::Agent,
            other => {
                let hint = nearest(other, &["public", "agent"]).map(|n| format!("; did you mean `{n}`?"));
                let known = list(&["public", "agent"]);
                let message = format!("`{other}` is no audience: there are {known}{}", hint.unwrap_or_default());
                fields.findings.error(written.line, message);
                // Whoever writes an audience at all may want to hide the page: it stays hidden until that is clear.
                Audience::Agent
            }
        },
        None => Audience::Agent,
    }
}

fn money_at_risk(fields: &mut Fields<'_, '_>) -> Option<bool> {
    let written = fields.text("money_at_risk")?;
    let value = written.value.parse().ok();
    if value.is_none() {
        let message = format!("`money_at_risk` must be true or false, but this is `{}`", written.value);
        fields.findings.error(written.line, message);
    }
    value
}

fn updated(fields: &mut Fields<'_, '_>) -> Option<Date> {
    let written = fields.text("updated")?;
    match written.value.parse() {
        // The parser takes times and other shapes of ISO 8601 too; one shape is enough for a folder of files.
        Ok(date) if written.value.len() == "2026-11-22".len() => Some(date),
        _ => {
            let message = format!("`{}` is no day of the calendar; write it like 2026-11-22", written.value);
            fields.findings.error(written.line, message);
            None
        }
    }
}
