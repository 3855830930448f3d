//! Chat rules as authors write them: files `rules/*.toml`, each a list of `[[rule]]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use rayon::prelude::*;

use crate::base::{ArticleId, Locale, Localized, nearest};
use crate::content::concepts::Concept;
use crate::content::fields::{Fields, Findings, list};
use crate::content::formula::Formula;
use crate::content::node::{Node, Value};
use crate::content::term::{self, SlotKind, Term};
use crate::content::walk::Inventory;
use crate::model::ReplyKind;

/// Every key of a rule.
const KEYS: [&str; 13] = [
    "id",
    "priority",
    "any",
    "all",
    "none",
    "whole",
    "about",
    "after",
    "on_screen_first",
    "compute",
    "kind",
    "article",
    "text",
];

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
    pub any: Vec<Term>,
    /// Terms that must all occur, each with its alternatives.
    pub all: Vec<Vec<Term>>,
    /// Terms that must not occur.
    pub none: Vec<Term>,
    /// Whether the terms must be the whole message, but for politeness and punctuation.
    pub whole: bool,
    /// The articles of which one must be the first of the last answer; none where it may be said of anything.
    pub about: Vec<ArticleId>,
    /// The articles after whose answer a message that fills the rule's slots and says little else is meant for it too.
    pub after: Vec<ArticleId>,
    /// Whether a message that repeats an on-screen message is answered by that, though this rule refuses it.
    pub on_screen_first: bool,
    /// What is worked out of the slots, by name, in the order in which it is needed.
    pub compute: Vec<(String, Formula)>,
    /// What it does.
    pub action: RuleAction,
    /// What it says, by locale; an article's summary where empty. `{name}` stands for a slot or what is worked out.
    pub text: BTreeMap<Locale, String>,
}

impl Rule {
    /// Returns the slots that every message has which the rule matches.
    pub fn slots(&self) -> impl Iterator<Item = &SlotKind> {
        self.all.iter().filter_map(|alternatives| match alternatives.as_slice() {
            [Term::Slot(kind)] => Some(kind),
            _ => None,
        })
    }
}

/// Returns the names that a text has in braces, each with where it stands.
pub(crate) fn placeholders(text: &str) -> impl Iterator<Item = (std::ops::Range<usize>, &str)> {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    text.match_indices('{').filter_map(move |(at, _)| {
        let inside = &text[at + 1..];
        let end = inside.find('}')?;
        let found = &inside[..end];
        (!found.is_empty() && found.chars().all(name)).then_some((at..at + end + 2, found))
    })
}

/// Checks the `[[rule]]` tables of one file.
pub(crate) fn read(tables: Vec<Node>, known: &Known<'_>, findings: &mut Findings<'_>) -> Vec<Rule> {
    // Compiling patterns is most of the work.
    let read_apart = |table| {
        let mut own = Findings::new(findings.file);
        (read_one(table, known, &mut own), own.problems)
    };
    let read: Vec<_> = tables.into_par_iter().map(read_apart).collect();
    let mut rules = Vec::with_capacity(read.len());
    for (rule, mut problems) in read {
        rules.extend(rule);
        findings.problems.append(&mut problems);
    }
    rules
}

/// What a rule may refer to.
pub(crate) struct Known<'a> {
    pub locales: &'a [Locale],
    pub inventory: &'a Inventory,
    pub concepts: &'a [Concept],
}

fn read_one(table: Node, known: &Known<'_>, findings: &mut Findings<'_>) -> Option<Rule> {
    let Known { locales, inventory, concepts } = *known;
    let file = findings.file.to_owned();
    let mut fields = Fields::of(table, &KEYS, findings)?;
    let line = fields.line;
    // Everything is read before the first way out, so that every mistake of the rule is reported.
    let id = fields.required("id");
    let priority = fields.integer("priority").unwrap_or_default();
    let any = fields.texts("any");
    let any = term::read_any(any, concepts, fields.findings);
    let all = fields.texts("all");
    let all = term::read_all(all, concepts, fields.findings);
    let none = fields.texts("none");
    let none = term::read_any(none, concepts, fields.findings);
    let about = fields.texts("about");
    let about = about.iter().filter_map(|id| inventory.existing(id, "about", fields.findings)).collect();
    let after = fields.texts("after");
    let after = after.iter().filter_map(|id| inventory.existing(id, "after", fields.findings)).collect();
    let compute = compute(&mut fields);
    let whole = fields.boolean("whole").unwrap_or_default();
    let on_screen_first = fields.boolean("on_screen_first").unwrap_or_default();
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
    let rule =
        Rule { id, file, line, priority, any, all, none, whole, about, after, on_screen_first, compute, action, text };
    complete(&rule, fields.findings);
    Some(rule)
}

/// Reads `compute`, a table of formulas by name.
fn compute(fields: &mut Fields<'_, '_>) -> Vec<(String, Formula)> {
    let Some(node) = fields.node("compute") else { return Vec::new() };
    let Value::Table(entries) = node.value else {
        let message = "`compute` must be a table such as { fee = \"amount * 0.5%\" }";
        fields.findings.error(node.line, message);
        return Vec::new();
    };
    let mut formulas = Vec::new();
    for entry in entries {
        let Value::Text(text) = entry.node.value else {
            let message = format!("`compute.{}` must be a text such as \"amount * 0.5%\"", entry.key);
            fields.findings.error(entry.line, message);
            continue;
        };
        match text.parse::<Formula>() {
            Ok(formula) => formulas.push((entry.key, formula)),
            Err(why) => {
                let message = format!("`{text}` is no formula: {why}; write it like `amount * 0.5%`");
                fields.findings.error(entry.line, message);
            }
        }
    }
    formulas
}

/// Reports what the rule's formulas and texts name and nothing gives.
fn complete(rule: &Rule, findings: &mut Findings<'_>) {
    let mut known: Vec<&str> = rule.slots().map(SlotKind::name).collect();
    let missing = |name: &str, known: &[&str], what: &str| {
        let hint = nearest(name, known).map(|n| format!("did you mean `{n}`?"));
        let hint = hint.unwrap_or_else(|| format!("add `all = [\"{{{name}}}\"]`, or `compute = {{ {name} = \"…\" }}`"));
        format!(
            "{what} of the rule `{}` names `{name}`, which is no slot of its `all` and not computed; {hint}",
            rule.id
        )
    };
    for (name, formula) in &rule.compute {
        for unknown in formula.names().into_iter().filter(|n| !known.contains(n)) {
            findings.error(rule.line, missing(unknown, &known, &format!("the formula `{name}`")));
        }
        known.push(name);
    }
    let texts = rule.text.values();
    for (_, unknown) in texts.flat_map(|t| placeholders(t)).filter(|(_, name)| !known.contains(name)) {
        findings.error(rule.line, missing(unknown, &known, "the text"));
    }
    if !rule.after.is_empty() && rule.slots().next().is_none() {
        let message = format!(
            "the rule `{}` has `after` but asks for no slot, so that nothing would tell it from other messages; take `after` out",
            rule.id
        );
        findings.error(rule.line, message);
    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::load;

    /// Reads one rule beside an article, and returns the rules and what is wrong with them.
    fn read_rule(rule: &str) -> (Vec<Rule>, Vec<String>) {
        let dir = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("en/a/one.md", "---\ntitle: One\nsummary: S.\n---\nText.\n");
        write(
            "concepts.toml",
            "[[concept]]\nid = \"shop\"\nterms = [\"store\"]\n[[concept]]\nid = \"channel\"\n[[concept.value]]\nlabel = \"Card\"\n",
        );
        let head = "[[rule]]\nid = \"r\"\nkind = \"answer\"\narticle = \"a/one\"\n";
        write("rules/r.toml", &format!("{head}{rule}"));
        let loaded = load(dir.path()).unwrap();
        (loaded.content.rules, loaded.problems.into_iter().map(|p| p.message).collect())
    }

    #[test]
    fn tells_terms_apart_by_how_they_are_written() {
        let rule = "all = [\"@shop|my till\", \"{amount}\", \"/fee|cut/\", \"{channel}\"]\nafter = [\"a/one\"]\n\
                    compute = { low = \"amount * 0.5%\", twice = \"low * 2\" }\ntext = \"{amount} by {channel}: {low}, {twice}\"\n";
        let (rules, problems) = read_rule(rule);
        assert_eq!(problems, [""; 0]);
        let slots: Vec<&str> = rules[0].slots().map(SlotKind::name).collect();
        assert_eq!(slots, ["amount", "channel"]);
        assert_eq!((rules[0].all[0].len(), rules[0].all[2].len(), rules[0].compute.len()), (2, 1, 2));
    }

    #[test]
    fn reports_what_is_not_there() {
        for (rule, message) in [
            ("all = [\"@shopp\"]", "did you mean `@shop`?"),
            ("all = [\"{amout}\"]", "did you mean `{amount}`?"),
            ("all = [\"{shop}\"]", "there is no slot `{shop}`"),
            ("all = [\"/(/\"]", "is no regular expression"),
            ("all = [\"/x*/\"]", "matches an empty message"),
            ("any = [\"x\"]\ntext = \"{amount}\"", "the text of the rule `r` names `amount`"),
            (
                "any = [\"{amount}\"]\ncompute = { f = \"amount * 2\" }",
                "the formula `f` of the rule `r` names `amount`",
            ),
            ("any = [\"x\"]\ncompute = { f = \"2 *\" }", "is no formula"),
            ("any = [\"x\"]\nafter = [\"a/one\"]", "has `after` but asks for no slot"),
        ] {
            let (_, problems) = read_rule(rule);
            assert!(problems.iter().any(|p| p.contains(message)), "{rule}: {problems:?}");
        }
    }
}
