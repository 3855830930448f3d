//! The catalogue of error codes as authors write it: `codes.toml`, beside what the articles' front matter names.

use std::collections::BTreeMap;

use regex::RegexBuilder;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use crate::base::{ArticleId, Locale, nearest};
use crate::content::fields::{Fields, Findings, Located, list};
use crate::content::node::Node;
use crate::content::walk::Inventory;
use crate::content::{Article, Problem};

/// What became of the customer's money or request when a code is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did not happen.
    Failed,
    /// Nobody can tell yet: look at the record before doing it again.
    Unknown,
    /// It happened.
    Succeeded,
    /// The code is not about a payment, or the author does not say.
    #[default]
    None,
}

/// One error code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRecord {
    /// The code as the product shows it: `E1101`.
    pub code: String,
    /// Other names of the same code.
    pub aliases: Vec<String>,
    /// What became of the payment.
    pub outcome: Outcome,
    /// What the screen says beside it, by locale.
    pub messages: BTreeMap<Locale, Vec<String>>,
    /// The article that answers it.
    pub article: ArticleId,
}

/// Folds what does not tell two codes apart: case, spaces, hyphens, full-width letters. Digits are kept as they are.
#[must_use]
pub fn fold(code: &str) -> String {
    code.nfkc().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// A table of `codes.toml`, checked but for what other files say.
#[derive(Debug, Clone)]
pub(crate) struct Written {
    line: usize,
    code: String,
    aliases: Vec<Located<String>>,
    outcome: Outcome,
    messages: BTreeMap<Locale, Vec<String>>,
    article: Option<Located<ArticleId>>,
}

/// A code that an article's front matter claims, and where it does.
#[derive(Debug, Clone)]
pub(crate) struct Claim<'a> {
    pub article: &'a Article,
    pub code: &'a Located<String>,
}

/// Checks the `[[code]]` tables.
pub(crate) fn read(
    tables: Vec<Node>,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Vec<Written> {
    tables.into_iter().filter_map(|table| read_one(table, locales, inventory, findings)).collect()
}

fn read_one(table: Node, locales: &[Locale], inventory: &Inventory, findings: &mut Findings<'_>) -> Option<Written> {
    let known = ["code", "aliases", "outcome", "article", "messages"];
    let mut fields = Fields::of(table, &known, findings)?;
    let code = fields.required("code")?;
    if fold(&code.value).is_empty() {
        fields
            .findings
            .error(code.line, format!("`{}` holds no letter or digit, so that nobody can ask for it", code.value));
        return None;
    }
    let aliases = fields.texts("aliases");
    let outcome = fields.text("outcome");
    let messages = fields.localized_lists("messages", locales);
    let article = fields.text("article");
    let article = article.and_then(|written| {
        let value = inventory.existing(&written, "article", fields.findings)?;
        Some(Located { line: written.line, value })
    });
    let outcome = outcome.map(|written| match written.value.as_str() {
        "failed" => Outcome::Failed,
        "unknown" => Outcome::Unknown,
        "succeeded" => Outcome::Succeeded,
        "none" => Outcome::None,
        other => {
            let known = ["failed", "unknown", "succeeded", "none"];
            let hint = nearest(other, &known).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
            fields.findings.error(written.line, format!("`{other}` is no outcome: there are {}{hint}", list(&known)));
            Outcome::None
        }
    });
    let outcome = outcome.unwrap_or_default();
    Some(Written { line: code.line, code: code.value, aliases, outcome, messages, article })
}

/// A code while it is put together: the record, and where its article was named.
struct Draft {
    record: CodeRecord,
    named: (std::path::PathBuf, usize),
}

/// Puts the catalogue together from `codes.toml` and what the articles claim; reports codes that mean two things.
pub(crate) fn merge(
    written: Vec<Written>,
    file: &std::path::Path,
    claims: &[Claim<'_>],
    pattern: Option<&str>,
    problems: &mut Vec<Problem>,
) -> Vec<CodeRecord> {
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for claim in claims {
        let folded = fold(&claim.code.value);
        let at = (claim.article.file.clone(), claim.code.line);
        match drafts.get(&folded) {
            _ if folded.is_empty() => {
                let message = format!("`{}` is no code: it holds no letter or digit", claim.code.value);
                problems.push(Problem::error(at.0, Some(at.1), message));
            }
            None => {
                let record = CodeRecord {
                    code: claim.code.value.clone(),
                    aliases: Vec::new(),
                    outcome: Outcome::None,
                    messages: BTreeMap::new(),
                    article: claim.article.id.clone(),
                };
                drafts.insert(folded, Draft { record, named: at });
            }
            Some(draft) if draft.record.article != claim.article.id => {
                let message = format!(
                    "the code `{}` belongs to two articles, `{}` and `{}` ({}:{}); take it out of one",
                    claim.code.value,
                    claim.article.id,
                    draft.record.article,
                    draft.named.0.display(),
                    draft.named.1,
                );
                problems.push(Problem::error(at.0, Some(at.1), message));
            }
            Some(_) => {}
        }
    }
    let mut lines: BTreeMap<String, usize> = BTreeMap::new();
    let mut aliases: Vec<(String, Located<String>)> = Vec::new();
    for code in written {
        let folded = fold(&code.code);
        if let Some(first) = lines.get(&folded) {
            let message = format!("the code `{}` is there twice, first in line {first}; keep one", code.code);
            problems.push(Problem::error(file, Some(code.line), message));
            continue;
        }
        lines.insert(folded.clone(), code.line);
        let claimed = drafts.get(&folded);
        let article = match (code.article, claimed) {
            (Some(named), Some(draft)) if draft.record.article != named.value => {
                let message = format!(
                    "`{}` belongs to `{}` here but to `{}` in its front matter ({}:{}); name the same article in both",
                    code.code,
                    named.value,
                    draft.record.article,
                    draft.named.0.display(),
                    draft.named.1,
                );
                problems.push(Problem::error(file, Some(named.line), message));
                named.value
            }
            (Some(named), _) => named.value,
            (None, Some(draft)) => draft.record.article.clone(),
            (None, None) => {
                let message = format!(
                    "no article answers `{}`; add `article = \"<category>/<slug>\"` here, or the code to an article's front \
                     matter",
                    code.code
                );
                problems.push(Problem::error(file, Some(code.line), message));
                continue;
            }
        };
        aliases.extend(code.aliases.iter().map(|alias| (folded.clone(), alias.clone())));
        let record = CodeRecord {
            code: code.code,
            aliases: code.aliases.into_iter().map(|a| a.value).collect(),
            outcome: code.outcome,
            messages: code.messages,
            article,
        };
        drafts.insert(folded, Draft { record, named: (file.to_owned(), code.line) });
    }
    check_aliases(&aliases, &drafts, file, problems);
    check_shape(&drafts, pattern, problems);
    add_front_matter_messages(claims, &mut drafts);
    drafts.into_values().map(|draft| draft.record).collect()
}

fn check_aliases(
    aliases: &[(String, Located<String>)],
    drafts: &BTreeMap<String, Draft>,
    file: &std::path::Path,
    problems: &mut Vec<Problem>,
) {
    let mut owners: BTreeMap<String, &str> = BTreeMap::new();
    for (owner, alias) in aliases {
        let folded = fold(&alias.value);
        let other = drafts.contains_key(&folded).then_some(folded.as_str()).or_else(|| owners.get(&folded).copied());
        if folded.is_empty() {
            let message =
                format!("the alias `{}` holds no letter or digit, so that nobody can ask for it", alias.value);
            problems.push(Problem::error(file, Some(alias.line), message));
        } else if let Some(other) = other {
            let other = drafts.get(other).map_or(other, |d| d.record.code.as_str());
            let message = format!("the alias `{}` is already a name of the code `{other}`; take it out", alias.value);
            problems.push(Problem::error(file, Some(alias.line), message));
        }
        owners.entry(folded).or_insert(owner);
    }
}

/// Reports codes that are not of the site's shape: in a customer's message nobody would recognise them as codes.
fn check_shape(drafts: &BTreeMap<String, Draft>, pattern: Option<&str>, problems: &mut Vec<Problem>) {
    let Some(pattern) = pattern else { return };
    let whole = RegexBuilder::new(&format!("^(?:{pattern})$")).case_insensitive(true).build();
    // A pattern that is none was reported where it is written.
    let Ok(whole) = whole else { return };
    for draft in drafts.values().filter(|d| !whole.is_match(&d.record.code)) {
        let message = format!("the code `{}` is not of the shape `{pattern}` that site.toml gives", draft.record.code);
        problems.push(Problem::warning(&draft.named.0, Some(draft.named.1), format!("{message}; mend one of them")));
    }
}

/// Gives a code the messages of its article, where that has no other code they could belong to.
fn add_front_matter_messages(claims: &[Claim<'_>], drafts: &mut BTreeMap<String, Draft>) {
    for claim in claims.iter().filter(|c| c.article.codes.len() == 1 && !c.article.messages.is_empty()) {
        let Some(draft) = drafts.get_mut(&fold(&claim.code.value)) else { continue };
        if draft.record.article != claim.article.id {
            continue;
        }
        let messages = draft.record.messages.entry(claim.article.locale.clone()).or_default();
        for message in &claim.article.messages {
            if !messages.contains(message) {
                messages.push(message.clone());
            }
        }
    }
}
