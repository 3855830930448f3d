//! Chat rules as authors write them: files `rules/*.toml`, each a list of `[[rule]]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::{ArticleId, Locale, Localized, nearest};
use crate::content::fields::{Fields, Findings, Located, list};
use crate::content::node::Node;
use crate::content::walk::Inventory;
use crate::model::ReplyKind;

/// Every key of a rule.
const KEYS: [&str; 9] = ["id", "priority", "any", "all", "none", "whole", "kind", "article", "text"];

/// Every kind of a rule.
const KINDS: [&str; 5] = ["answer", "safety", "handoff", "smalltalk", "fallback"];

/// What a rule does when it wins.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleAction {
    /// Answers with an article, in the article's words or in the rule's.
    Article {
        /// `answer`, `safety` or `handoff`.
        kind: ReplyKind,
        /// The article that is cited.
        article: ArticleId,
    },
    /// Replies without an article, in the rule's words.
    Say {
        /// `smalltalk`, `handoff` or `fallback`.
        kind: ReplyKind,
    },
}

/// One declared rule. It matches a message that has all of `all`, one of `any` (when there are some) and none of `none`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name, unique in the content.
    pub id: String,
    /// The file and line that declare it.
    pub file: PathBuf,
    /// The line of its `[[rule]]`, counted from 1.
    pub line: usize,
    /// The higher wins; 0 unless written.
    pub priority: i32,
    /// Terms of which one must occur.
    pub any: Vec<String>,
    /// Terms that must all occur; a term written `a|b` is met by either.
    pub all: Vec<String>,
    /// Terms that must not occur.
    pub none: Vec<String>,
    /// Whether the terms must be the whole message, but for politeness and punctuation.
    pub whole: bool,
    /// What it does.
    pub action: RuleAction,
    /// What it says, by locale; an article's summary where empty.
    pub text: BTreeMap<Locale, String>,
}

/// Checks the `[[rule]]` tables of one file.
pub(crate) fn read(
    tables: Vec<Node>,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Vec<Rule> {
    tables.into_iter().filter_map(|table| read_one(table, locales, inventory, findings)).collect()
}

fn read_one(table: Node, locales: &[Locale], inventory: &Inventory, findings: &mut Findings<'_>) -> Option<Rule> {
    let file = findings.file.to_owned();
    let mut fields = Fields::of(table, &KEYS, findings)?;
    let line = fields.line;
    let values = |texts: Vec<Located<String>>| texts.into_iter().map(|t| t.value).collect::<Vec<_>>();
    // Everything is read before the first way out, so that every mistake of the rule is reported.
    let id = fields.required("id");
    let priority = fields.integer("priority").unwrap_or_default();
    let any = values(fields.texts("any"));
    let all = all(&mut fields);
    let none = values(fields.texts("none"));
    let whole = fields.boolean("whole").unwrap_or_default();
    let kind = kind(&mut fields);
    let names_article = fields.has("article");
    let article = fields.text("article").and_then(|id| inventory.existing(&id, "article", fields.findings));
    let text = by_locale(&fields.localized("text", locales), locales);
    if any.is_empty() && all.is_empty() {
        fields.findings.error(line, "this rule has neither `any` nor `all`, so that it matches nothing or everything");
        return None;
    }
    let (id, kind) = (id?.value, kind?);
    let action = match (kind, article) {
        (ReplyKind::Smalltalk | ReplyKind::Fallback, _) if names_article => {
            let message =
                format!("the rule `{id}` cites no article by its kind; take `article` out or make it an answer");
            fields.findings.error(line, message);
            return None;
        }
        (kind, Some(article)) => RuleAction::Article { kind, article },
        // What it names is missing and was reported.
        (_, None) if names_article => return None,
        (ReplyKind::Answer | ReplyKind::Safety, None) => {
            let message = format!("the rule `{id}` rests on no article; add `article = \"<category>/<slug>\"`");
            fields.findings.error(line, message);
            return None;
        }
        (kind, None) => RuleAction::Say { kind },
    };
    if matches!(action, RuleAction::Say { .. }) {
        let silent: Vec<&str> = locales.iter().filter(|l| !text.contains_key(l)).map(Locale::as_str).collect();
        if text.is_empty() {
            let message = format!("the rule `{id}` has no text to say; add `text = {{ zh-CN = \"…\", en = \"…\" }}`");
            fields.findings.error(line, message);
            return None;
        } else if !silent.is_empty() {
            let message =
                format!("the rule `{id}` has no text for {}; readers there get another language", list(&silent));
            fields.findings.warning(line, message);
        }
    }
    Some(Rule { id, file, line, priority, any, all, none, whole, action, text })
}

/// Reads `all`, whose terms may offer alternatives: `a|b`.
fn all(fields: &mut Fields<'_, '_>) -> Vec<String> {
    let mut terms = Vec::new();
    for term in fields.texts("all") {
        if term.value.split('|').any(|t| t.trim().is_empty()) {
            let message = format!(
                "the term `{}` of `all` has an empty alternative; write a word on both sides of `|`",
                term.value
            );
            fields.findings.error(term.line, message);
        } else {
            terms.push(term.value);
        }
    }
    terms
}

fn kind(fields: &mut Fields<'_, '_>) -> Option<ReplyKind> {
    let written = fields.required("kind")?;
    Some(match written.value.as_str() {
        "answer" => ReplyKind::Answer,
        "safety" => ReplyKind::Safety,
        "handoff" => ReplyKind::Handoff,
        "smalltalk" => ReplyKind::Smalltalk,
        "fallback" => ReplyKind::Fallback,
        other => {
            let hint = nearest(other, &KINDS).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            fields
                .findings
                .error(written.line, format!("`{other}` is no kind of rule: there are {}{hint}", list(&KINDS)));
            return None;
        }
    })
}

/// Spreads a text over the locales: one that is the same everywhere goes to each of them.
fn by_locale(text: &Localized, locales: &[Locale]) -> BTreeMap<Locale, String> {
    let mut spread = BTreeMap::new();
    for (locale, text) in text.iter() {
        match locale {
            Some(locale) => _ = spread.insert(locale.clone(), text.to_owned()),
            None => spread.extend(locales.iter().map(|l| (l.clone(), text.to_owned()))),
        }
    }
    spread
}
