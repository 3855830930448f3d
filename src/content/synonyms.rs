//! Words for the same thing as authors write them: `synonyms.toml`, groups `[[two_way]]` and `[[one_way]]`.

use std::collections::{BTreeMap, BTreeSet};

use crate::base::Locale;
use crate::content::fields::{Fields, Findings, Located};
use crate::content::node::Node;
use crate::text::phrase::needle;

/// Who types one of `from` also finds what one of `to` finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synonyms {
    /// The language in which the words mean this; every one where none is given.
    pub locale: Option<Locale>,
    /// What is typed.
    pub from: Vec<String>,
    /// What it stands for.
    pub to: Vec<String>,
    /// Whether `from` and `to` are the same words, each of which finds the others.
    pub two_way: bool,
    /// The line of the group in `synonyms.toml`, counted from 1.
    pub line: usize,
}

/// Checks the groups of the file.
pub(crate) fn read(
    two_way: Vec<Node>,
    one_way: Vec<Node>,
    locales: &[Locale],
    findings: &mut Findings<'_>,
) -> Vec<Synonyms> {
    let mut groups: Vec<Synonyms> = Vec::new();
    for node in two_way {
        let Some(mut fields) = Fields::of(node, &["locale", "terms"], findings) else { continue };
        let locale = locale(&mut fields, locales);
        let terms = terms(&mut fields, "terms");
        if terms.len() < 2 {
            fields.findings.error(fields.line, "a group of synonyms needs at least two `terms`");
            continue;
        }
        groups.push(Synonyms { locale, from: terms.clone(), to: terms, two_way: true, line: fields.line });
    }
    for node in one_way {
        let Some(mut fields) = Fields::of(node, &["locale", "from", "to"], findings) else { continue };
        let locale = locale(&mut fields, locales);
        let (from, to) = (terms(&mut fields, "from"), terms(&mut fields, "to"));
        if from.is_empty() || to.is_empty() {
            fields.findings.error(fields.line, "a one-way group needs a term in `from` and one in `to`");
            continue;
        }
        groups.push(Synonyms { locale, from, to, two_way: false, line: fields.line });
    }
    report_repeats(&groups, findings);
    report_cycles(&groups, findings);
    groups
}

fn locale(fields: &mut Fields<'_, '_>, locales: &[Locale]) -> Option<Locale> {
    let Located { line, value } = fields.text("locale")?;
    match value.parse::<Locale>() {
        Ok(locale) if locales.contains(&locale) => Some(locale),
        _ => {
            let known: Vec<&str> = locales.iter().map(Locale::as_str).collect();
            let message = format!("this content has no locale `{value}`; it has {}", known.join(", "));
            fields.findings.error(line, message);
            None
        }
    }
}

fn terms(fields: &mut Fields<'_, '_>, key: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for Located { line, value } in fields.texts(key) {
        if needle(&value).trim().chars().count() < 2 {
            let message = format!("the term `{value}` is too short; it would be found in every other text");
            fields.findings.error(line, message);
        } else if out.iter().any(|t| needle(t) == needle(&value)) {
            fields.findings.warning(line, format!("the term `{value}` is there twice; keep one"));
        } else {
            out.push(value);
        }
    }
    out
}

/// Reports a term that two groups of equals claim: they would be one group.
fn report_repeats(groups: &[Synonyms], findings: &mut Findings<'_>) {
    let mut seen: BTreeMap<(Option<&Locale>, String), usize> = BTreeMap::new();
    for group in groups.iter().filter(|g| g.two_way) {
        for term in &group.from {
            let first = *seen.entry((group.locale.as_ref(), needle(term))).or_insert(group.line);
            if first != group.line {
                let message = format!("the term `{term}` stands in the group of line {first} too; make them one group");
                findings.error(group.line, message);
            }
        }
    }
}

/// Reports one-way groups that lead back to where they began: they mean a two-way group.
fn report_cycles(groups: &[Synonyms], findings: &mut Findings<'_>) {
    let mut leads_to: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for group in groups.iter().filter(|g| !g.two_way) {
        for from in &group.from {
            leads_to.entry(needle(from)).or_default().extend(group.to.iter().map(|t| needle(t)));
        }
    }
    for group in groups.iter().filter(|g| !g.two_way) {
        for from in &group.from {
            let start = needle(from);
            let mut reached: BTreeSet<&str> = BTreeSet::new();
            let mut open: Vec<&str> = vec![&start];
            while let Some(term) = open.pop() {
                for next in leads_to.get(term).into_iter().flatten() {
                    if reached.insert(next) {
                        open.push(next);
                    }
                }
            }
            if reached.contains(start.as_str()) {
                let message =
                    format!("`{from}` leads back to itself over one-way groups; write them as one `[[two_way]]`");
                findings.error(group.line, message);
                break;
            }
        }
    }
}
