//! Troubleshooting flows as authors write them: files `flows/<id>.toml`, each a graph of steps.
//!
//! A flow is a decision graph: every step says one thing to do, and each reply leads to another step, to success or to a
//! person. The chat walks it; this file only says what it is, and that nobody can get lost in it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;

use crate::base::id::is_slug;
use crate::base::{ArticleId, Locale, Localized, nearest};
use crate::content::codes::fold as fold_code;
use crate::content::fields::{Fields, Findings, Located, list};
use crate::content::flow_ways::ways;
use crate::content::load::Draft;
use crate::content::node::{Entry, Node};
use crate::content::walk::Inventory;
use crate::content::{Audience, CodeRecord, Site};
use crate::model::ReplyKind;

const KEYS: [&str; 8] = ["id", "names", "starts", "support", "done", "handoff", "says", "step"];
const START_KEYS: [&str; 7] = ["articles", "codes", "messages", "any", "all", "none", "asks"];
const STEP_KEYS: [&str; 8] = ["id", "kind", "article", "section", "text", "replies", "says", "choice"];
const CHOICE_KEYS: [&str; 3] = ["label", "terms", "to"];
const OUTCOME_KEYS: [&str; 4] = ["worked", "not_yet", "next", "skip"];
/// What each of [`OUTCOME_KEYS`] means: all there is.
pub(crate) const OUTCOMES: [StepOutcome; 4] =
    [StepOutcome::Worked, StepOutcome::NotYet, StepOutcome::Next, StepOutcome::Skip];

/// A flow.
#[derive(Debug, Clone, PartialEq)]
pub struct Flow {
    /// Its name, the file's without `.toml`.
    pub id: String,
    /// The file, relative to the content folder.
    pub file: PathBuf,
    /// What customers call its problem, to come back to it.
    pub names: Vec<String>,
    /// What offers or starts it.
    pub starts: Starts,
    /// The article that a handing over to a person cites.
    pub support: Option<ArticleId>,
    /// What is said when a step helped; the chat's own words where empty.
    pub done: Localized,
    /// What is said when no step helped; the chat's own words where empty.
    pub handoff: Localized,
    /// Words of the customer's that mean a reply at every step, beside those that the chat knows.
    pub says: Says,
    /// The steps; the flow begins with the first, and there is at least one.
    pub steps: Vec<FlowStep>,
}

/// Words of the customer's for a reply.
pub type Says = BTreeMap<StepOutcome, Vec<String>>;

/// What offers a flow, or starts it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Starts {
    /// Articles whose answers offer it.
    pub articles: Vec<ArticleId>,
    /// Codes whose answers offer it.
    pub codes: Vec<String>,
    /// On-screen messages whose answers offer it, verbatim.
    pub messages: Vec<String>,
    /// Terms that start it at once.
    pub terms: Vec<StartTerms>,
    /// What the answers that offer it ask, so that the first step's choices can be made at once; empty where they only
    /// ask whether they helped.
    pub asks: Localized,
}

/// The terms of one locale; they match as a rule's do.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct StartTerms {
    /// Terms of which one must occur.
    pub any: Vec<String>,
    /// Terms that must all occur; a term written `a|b` is met by either.
    pub all: Vec<String>,
    /// Terms that must not occur.
    pub none: Vec<String>,
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq)]
pub struct FlowStep {
    /// Its name, unique in the flow.
    pub id: String,
    /// The line of its `[[step]]`, counted from 1.
    pub line: usize,
    /// `step`, or `safety` for urgent advice.
    pub kind: ReplyKind,
    /// The article that explains it.
    pub article: ArticleId,
    /// The anchor in the article, by the locale of its translation.
    pub anchors: BTreeMap<Locale, String>,
    /// What to do.
    pub text: Localized,
    /// Where a reply leads, as far as the author says.
    pub replies: BTreeMap<StepOutcome, Target>,
    /// Words of the customer's that mean a reply at this step.
    pub says: Says,
    /// Named ways on.
    pub choices: Vec<Choice>,
}

/// What a customer may say of a step, in any of the words that the chat understands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StepOutcome {
    /// It helped.
    Worked,
    /// It did not help.
    NotYet,
    /// What comes next?
    Next,
    /// I will not do this one.
    Skip,
}

/// Where a reply leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// To a step, by place.
    Step(usize),
    /// To success.
    Done,
    /// To a person.
    Handoff,
}

/// A named way on, offered as a quick reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// What the button says and sends.
    pub label: Localized,
    /// Other words for it.
    pub terms: Vec<String>,
    /// Where it leads.
    pub to: Target,
}

impl Choice {
    /// Returns every word for it: what its button says in any locale, and the others.
    pub(crate) fn words(&self) -> impl Iterator<Item = &str> {
        self.label.iter().map(|(_, label)| label).chain(self.terms.iter().map(String::as_str))
    }
}

impl Flow {
    /// Returns the step of a name, and its place.
    #[must_use]
    pub fn step(&self, id: &str) -> Option<&FlowStep> {
        self.steps.iter().find(|s| s.id == id)
    }

    /// Tells whether the flow deals with an article: begins at it, or has a step that cites it.
    #[must_use]
    pub fn deals_with(&self, article: &ArticleId) -> bool {
        self.starts.articles.contains(article) || self.steps.iter().any(|s| s.article == *article)
    }
}

impl FlowStep {
    /// Returns where a reply leads. Without the author's word success is success, the next step is the one after “not
    /// yet”, and where nothing is left to try a person takes over.
    #[must_use]
    pub fn target(&self, outcome: StepOutcome) -> Target {
        let written = |o: StepOutcome| self.replies.get(&o).copied();
        written(outcome).unwrap_or_else(|| match outcome {
            StepOutcome::Worked => Target::Done,
            StepOutcome::NotYet => written(StepOutcome::Next).unwrap_or(Target::Handoff),
            StepOutcome::Next | StepOutcome::Skip => self.target(StepOutcome::NotYet),
        })
    }

    /// Returns every place that the author's words lead to.
    pub(crate) fn written_targets(&self) -> impl Iterator<Item = Target> {
        self.replies.values().copied().chain(self.choices.iter().map(|c| c.to))
    }
}

/// What a flow may refer to.
pub(crate) struct Known<'a> {
    pub inventory: &'a Inventory,
    pub drafts: &'a [Draft],
    pub codes: &'a [CodeRecord],
    pub site: &'a Site,
}

/// Checks one file.
pub(crate) fn read(entries: Vec<Entry>, known: &Known<'_>, findings: &mut Findings<'_>) -> Option<Flow> {
    let file = findings.file.to_owned();
    let stem = file.file_stem().and_then(|s| s.to_str()).unwrap_or_default().to_owned();
    let locales = &known.site.locales;
    let mut fields = Fields::new(1, entries, &KEYS, findings);
    let id = fields.required("id");
    let names = fields.texts("names").into_iter().map(|name| name.value).collect();
    let starts = fields.node("starts");
    let support = article(&mut fields, "support", known);
    let done = fields.localized("done", locales);
    let handoff = fields.localized("handoff", locales);
    let says = fields.node("says").map(|node| read_says(node, fields.findings)).unwrap_or_default();
    let tables = fields.tables("step");
    let line = id.as_ref().map_or(1, |id| id.line);
    if let Some(id) = id.as_ref().filter(|id| id.value != stem) {
        let message =
            format!("the flow `{}` is in the file of `{stem}`; make the id and the file's name the same", id.value);
        fields.findings.error(id.line, message);
    }
    for (key, text) in [("done", &done), ("handoff", &handoff)].into_iter().filter(|(_, t)| !t.is_empty()) {
        complete(text, &format!("`{key}`"), line, locales, fields.findings);
    }
    let starts = match starts {
        Some(node) => read_starts(node, known, fields.findings),
        None => {
            let message = "nothing starts this flow; add `[starts]` with `articles`, `codes`, `messages` or `any`";
            fields.findings.error(line, message);
            Starts::default()
        }
    };
    if tables.is_empty() {
        fields.findings.error(line, "this flow has no step; add `[[step]]`");
        return None;
    }
    let steps = read_steps(tables, known, fields.findings);
    if steps.is_empty() {
        return None;
    }
    ways(&steps, fields.findings);
    Some(Flow { id: stem, file, names, starts, support, done, handoff, says, steps })
}

fn article(fields: &mut Fields<'_, '_>, key: &str, known: &Known<'_>) -> Option<ArticleId> {
    let written = fields.text(key)?;
    let id = known.inventory.existing(&written, key, fields.findings)?;
    for_customers(&id, written.line, known, fields.findings);
    Some(id)
}

/// Warns of an article that customers, who walk the flow, never see.
fn for_customers(id: &ArticleId, line: usize, known: &Known<'_>, findings: &mut Findings<'_>) {
    if known.drafts.iter().any(|d| d.article.id == *id && d.article.audience == Audience::Agent) {
        findings.warning(line, format!("`{id}` is for agents, so that customers in this flow never see it"));
    }
}

fn read_starts(node: Node, known: &Known<'_>, findings: &mut Findings<'_>) -> Starts {
    let line = node.line;
    let locales = &known.site.locales;
    let Some(mut fields) = Fields::of(node, &START_KEYS, findings) else { return Starts::default() };
    let mut starts = Starts::default();
    for written in fields.texts("articles") {
        starts.articles.extend(known.inventory.existing(&written, "articles", fields.findings));
    }
    for code in fields.texts("codes") {
        let named = |r: &CodeRecord| {
            std::iter::once(&r.code).chain(&r.aliases).any(|name| fold_code(name) == fold_code(&code.value))
        };
        match known.codes.iter().find(|r| named(r)) {
            Some(record) => starts.codes.push(record.code.clone()),
            None => {
                let message = format!("there is no code `{}`; name one of codes.toml or of an article", code.value);
                fields.findings.error(code.line, message);
            }
        }
    }
    for message in fields.texts("messages") {
        let of_article = known.drafts.iter().flat_map(|d| &d.article.messages);
        let of_code = known.codes.iter().flat_map(|c| c.messages.values().flatten());
        if !of_article.chain(of_code).any(|m| *m == message.value) {
            let text = format!("no article or code has the message “{}”, so that it starts nothing", message.value);
            fields.findings.error(message.line, text);
        }
        starts.messages.push(message.value);
    }
    let [mut any, mut all, mut none] = ["any", "all", "none"]
        .map(|key| if fields.has(key) { fields.localized_lists(key, locales) } else { BTreeMap::new() });
    let named: HashSet<Locale> = any.keys().chain(all.keys()).cloned().collect();
    for locale in locales.iter().filter(|l| named.contains(l)) {
        let take = |of: &mut BTreeMap<Locale, Vec<String>>| of.remove(locale).unwrap_or_default();
        starts.terms.push(StartTerms { any: take(&mut any), all: take(&mut all), none: take(&mut none) });
    }
    if starts == Starts::default() {
        let message = "nothing starts this flow; fill `articles`, `codes`, `messages`, `any` or `all`";
        fields.findings.error(line, message);
    }
    let asks_line = fields.line_of("asks").unwrap_or(line);
    starts.asks = fields.localized("asks", locales);
    if !starts.asks.is_empty() {
        complete(&starts.asks, "`asks`", asks_line, locales, fields.findings);
    }
    starts
}

/// A place that a reply names, before all steps are known.
type Named = Located<String>;

struct RawStep {
    step: FlowStep,
    replies: Vec<(StepOutcome, Named)>,
    choices: Vec<(Choice, Named)>,
}

fn read_steps(tables: Vec<Node>, known: &Known<'_>, findings: &mut Findings<'_>) -> Vec<FlowStep> {
    let mut raw: Vec<RawStep> = Vec::new();
    let mut complete = true;
    for table in tables {
        match read_step(table, known, findings) {
            Some(step) => match raw.iter().find(|r| r.step.id == step.step.id) {
                Some(first) => {
                    let message = format!(
                        "the step `{}` is there already, in line {}; give this one another id",
                        step.step.id, first.step.line
                    );
                    findings.error(step.step.line, message);
                }
                None => raw.push(step),
            },
            None => complete = false,
        }
    }
    let places: HashMap<String, usize> = raw.iter().enumerate().map(|(i, r)| (r.step.id.clone(), i)).collect();
    let names: Vec<&str> = raw.iter().map(|r| r.step.id.as_str()).chain(["done", "handoff"]).collect();
    let mut unknown = Vec::new();
    let mut place = |named: &Named| match (named.value.as_str(), places.get(&named.value)) {
        ("done", _) => Some(Target::Done),
        ("handoff", _) => Some(Target::Handoff),
        (_, Some(&at)) => Some(Target::Step(at)),
        (other, None) => {
            let hint = nearest(other, &names).map(|n| format!("did you mean `{n}`?"));
            let hint = hint.unwrap_or_else(|| "name a step, `done` or `handoff`".to_owned());
            unknown.push((named.line, format!("there is no step `{other}`; {hint}")));
            None
        }
    };
    let resolved: Vec<(BTreeMap<StepOutcome, Target>, Vec<Target>)> = raw
        .iter()
        .map(|r| {
            let replies = r.replies.iter().filter_map(|(o, named)| Some((*o, place(named)?))).collect();
            // A choice without its target is an error; whatever it leads to is never walked.
            (replies, r.choices.iter().map(|(_, named)| place(named).unwrap_or(Target::Handoff)).collect())
        })
        .collect();
    // A step that could not be read has its own problem; that it is missing here is none.
    if complete {
        unknown.into_iter().for_each(|(line, message)| findings.error(line, message));
    }
    let steps = raw.into_iter().zip(resolved);
    steps
        .map(|(raw, (replies, targets))| {
            let choices = raw.choices.into_iter().zip(targets).map(|((choice, _), to)| Choice { to, ..choice });
            FlowStep { replies, choices: choices.collect(), ..raw.step }
        })
        .collect()
}

fn read_step(table: Node, known: &Known<'_>, findings: &mut Findings<'_>) -> Option<RawStep> {
    let locales = &known.site.locales;
    let mut fields = Fields::of(table, &STEP_KEYS, findings)?;
    let line = fields.line;
    let id = fields.required("id");
    let kind = kind(&mut fields);
    let article_line = fields.line_of("article");
    if article_line.is_none() {
        fields.required("article");
    }
    let article = article(&mut fields, "article", known);
    let section_line = fields.line_of("section").unwrap_or(line);
    let section = fields.localized("section", locales);
    let text = fields.localized("text", locales);
    let replies = fields.node("replies").map(|node| read_replies(node, fields.findings)).unwrap_or_default();
    let says = fields.node("says").map(|node| read_says(node, fields.findings)).unwrap_or_default();
    let tables = fields.tables("choice");
    let choices: Vec<(Choice, Named)> =
        tables.into_iter().filter_map(|t| read_choice(t, locales, fields.findings)).collect();
    let id = id?;
    if !is_slug(&id.value) || matches!(id.value.as_str(), "done" | "handoff") {
        let message = format!(
            "`{}` cannot be a step's id: it has letters, digits, `-`, `_` and `.`, and `done` and `handoff` mean the ends",
            id.value
        );
        fields.findings.error(id.line, message);
        return None;
    }
    if text.is_empty() {
        let message = format!("the step `{}` says nothing; add `text = {{ zh-CN = \"…\", en = \"…\" }}`", id.value);
        fields.findings.error(line, message);
    } else {
        complete(&text, &format!("the step `{}`", id.value), line, locales, fields.findings);
    }
    if replies.is_empty() && choices.is_empty() {
        let message = format!(
            "the step `{}` has no way out; add `replies = {{ not_yet = \"…\" }}` with the next step, `done` or `handoff`",
            id.value
        );
        fields.findings.error(line, message);
    }
    let article = article?;
    let anchors = anchors(&section, &article, section_line, known, fields.findings);
    // Where these lead is known when all steps are.
    let (no_replies, no_choices) = (BTreeMap::new(), Vec::new());
    let step =
        FlowStep { id: id.value, line, kind, article, anchors, text, replies: no_replies, says, choices: no_choices };
    Some(RawStep { step, replies, choices })
}

fn kind(fields: &mut Fields<'_, '_>) -> ReplyKind {
    let Some(written) = fields.text("kind") else { return ReplyKind::Step };
    match written.value.as_str() {
        "step" => ReplyKind::Step,
        "safety" => ReplyKind::Safety,
        other => {
            let message = format!("`{other}` is no kind of step: there are `step` and `safety`");
            fields.findings.error(written.line, message);
            ReplyKind::Step
        }
    }
}

fn read_says(node: Node, findings: &mut Findings<'_>) -> Says {
    let Some(mut fields) = Fields::of(node, &OUTCOME_KEYS, findings) else { return Says::new() };
    let mut of = |key: &str| fields.texts(key).into_iter().map(|term| term.value).collect::<Vec<_>>();
    let said = OUTCOME_KEYS.iter().zip(OUTCOMES).map(|(key, outcome)| (outcome, of(key)));
    said.filter(|(_, terms)| !terms.is_empty()).collect()
}

fn read_replies(node: Node, findings: &mut Findings<'_>) -> Vec<(StepOutcome, Named)> {
    let Some(mut fields) = Fields::of(node, &OUTCOME_KEYS, findings) else { return Vec::new() };
    OUTCOME_KEYS.iter().zip(OUTCOMES).filter_map(|(key, outcome)| Some((outcome, fields.text(key)?))).collect()
}

fn read_choice(table: Node, locales: &[Locale], findings: &mut Findings<'_>) -> Option<(Choice, Named)> {
    let mut fields = Fields::of(table, &CHOICE_KEYS, findings)?;
    let line = fields.line;
    let label = fields.localized("label", locales);
    let terms = fields.texts("terms").into_iter().map(|t| t.value).collect();
    let to = fields.required("to");
    if label.is_empty() {
        fields.findings.error(line, "this choice has no label; add `label = { zh-CN = \"…\", en = \"…\" }`");
        return None;
    }
    complete(&label, "this choice", line, locales, fields.findings);
    Some((Choice { label, terms, to: Target::Handoff }, to?))
}

/// Warns of locales that a text leaves out.
fn complete(text: &Localized, whose: &str, line: usize, locales: &[Locale], findings: &mut Findings<'_>) {
    if text.iter().any(|(locale, _)| locale.is_none()) {
        return;
    }
    let silent: Vec<&str> =
        locales.iter().filter(|l| !text.locales().any(|own| own == *l)).map(Locale::as_str).collect();
    if !silent.is_empty() {
        let message = format!("{whose} has no text for {}; readers there get another language", list(&silent));
        findings.warning(line, message);
    }
}

/// Finds the anchors that `section` means: a heading's anchor, or its text.
fn anchors(
    section: &Localized,
    article: &ArticleId,
    line: usize,
    known: &Known<'_>,
    findings: &mut Findings<'_>,
) -> BTreeMap<Locale, String> {
    let mut anchors = BTreeMap::new();
    for (locale, wanted) in section.iter() {
        let mut found = false;
        let mut headings = Vec::new();
        let translations = known.drafts.iter().map(|d| &d.article);
        for own in translations.filter(|a| a.id == *article && locale.is_none_or(|l| a.locale == *l)) {
            let wanted = wanted.trim_start_matches('#');
            let heading = own.headings.iter().find(|h| h.anchor == wanted || h.text == wanted);
            headings.extend(own.headings.iter().map(|h| h.text.as_str()));
            if let Some(heading) = heading {
                anchors.insert(own.locale.clone(), heading.anchor.clone());
                found = true;
            }
        }
        if !found {
            // Translations that do not need a name of their own share it.
            headings.dedup();
            let has = if headings.is_empty() { "it has no headings".to_owned() } else { list(&headings) };
            findings.error(line, format!("`{article}` has no heading `{wanted}`: {has}"));
        }
    }
    anchors
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::{Loaded, load};

    const ARTICLE: &str =
        "---\ntitle: One\nsummary: S.\ncodes: [E1]\nmessages: [No network]\n---\n\n## Do this\n\nText.\n";
    const HEAD: &str = "id = \"f\"\n[starts]\narticles = [\"a/one\"]\n";

    fn loaded(flow: &str) -> Loaded {
        let dir = tempfile::tempdir().unwrap();
        for (file, text) in [("en/a/one.md", ARTICLE), ("zh-CN/a/one.md", ARTICLE), ("flows/f.toml", flow)] {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        load(dir.path()).unwrap()
    }

    fn problems(flow: &str) -> Vec<String> {
        loaded(flow).problems.iter().map(ToString::to_string).collect()
    }

    fn step(id: &str, rest: &str) -> String {
        format!("[[step]]\nid = \"{id}\"\narticle = \"a/one\"\ntext = \"Do it.\"\n{rest}\n")
    }

    #[test]
    fn problems_name_file_line_and_remedy() {
        let out = "replies = { not_yet = \"handoff\" }";
        let cases = [
            (
                format!("{HEAD}{}", step("x", "replies = { not_yet = \"netwrk\" }") + &step("network", out)),
                "flows/f.toml:8: error: there is no step `netwrk`; did you mean `network`?",
            ),
            (
                format!("{HEAD}{}", step("x", out) + &step("y", out)),
                "flows/f.toml:9: error: no reply leads to the step `y`; name it in one, or take it out",
            ),
            (
                format!("{HEAD}{}", step("x", "")),
                "flows/f.toml:4: error: the step `x` has no way out; add `replies = { not_yet = \"…\" }` with the next step, \
                 `done` or `handoff`",
            ),
            (
                format!(
                    "{HEAD}{}",
                    step("x", "replies = { worked = \"y\", not_yet = \"y\" }")
                        + &step("y", "replies = { worked = \"x\", not_yet = \"x\" }")
                ),
                "flows/f.toml:4: error: from the step `x` on the replies only lead round; let one lead to `done` or \
                 `handoff`",
            ),
            (
                format!("{HEAD}[[step]]\nid = \"x\"\narticle = \"a/two\"\ntext = \"T\"\n{out}\n"),
                "flows/f.toml:6: error: there is no article `a/two`, which `article` names; write it or name another",
            ),
            (
                format!("{HEAD}{}", step("x", &format!("section = \"Do that\"\n{out}"))),
                "flows/f.toml:8: error: `a/one` has no heading `Do that`: `Do this`",
            ),
            (
                format!("{HEAD}{}", step("x", out).replace("\"Do it.\"", "{ en = \"Do it.\" }")),
                "flows/f.toml:4: warning: the step `x` has no text for `zh-CN`; readers there get another language",
            ),
            (
                format!("{HEAD}{}", step("x", out).replace("\"Do it.\"", "{ en = \"A\", zh-CN = \"B\", fr = \"C\" }")),
                "flows/f.toml:7: warning: `text` has a text for `fr`, but there is no folder fr/; nobody will read it",
            ),
            (
                format!("id = \"g\"\n[starts]\ncodes = [\"E2\"]\n{}", step("x", out)),
                "flows/f.toml:1: error: the flow `g` is in the file of `f`; make the id and the file's name the same",
            ),
            (
                format!("id = \"f\"\n[starts]\ncodes = [\"E2\"]\n{}", step("x", out)),
                "flows/f.toml:3: error: there is no code `E2`; name one of codes.toml or of an article",
            ),
            (
                format!("{HEAD}{}", step("x", out) + &step("x", out)),
                "flows/f.toml:9: error: the step `x` is there already, in line 4; give this one another id",
            ),
            (
                format!("{HEAD}{}", step("x", "replies = { notyet = \"handoff\" }")),
                "flows/f.toml:8: error: unknown key `notyet`; did you mean `not_yet`?",
            ),
        ];
        for (flow, expected) in cases {
            let found = problems(&flow);
            assert!(found.iter().any(|l| l == expected), "{flow}\nexpected: {expected}\nfound:\n{}", found.join("\n"));
        }
    }

    #[test]
    fn customers_words_are_read_for_the_flow_and_for_a_step() {
        let says = "[step.says]\nworked = [\"It is on\"]\nskip = [\"Have none\"]";
        let text = format!(
            "asks = \"Done?\"\n[says]\nworked = [\"Paid\"]\n{}",
            step("x", &format!("replies = {{ not_yet = \"handoff\" }}\n{says}"))
        );
        let loaded = loaded(&format!("{HEAD}{text}"));
        assert_eq!(loaded.problems, []);
        let flow = &loaded.content.flows[0];
        assert_eq!(flow.says[&StepOutcome::Worked], ["Paid"]);
        assert_eq!(flow.steps[0].says[&StepOutcome::Worked], ["It is on"]);
        assert_eq!(flow.steps[0].says[&StepOutcome::Skip], ["Have none"]);
        assert!(!flow.starts.asks.is_empty());
        let wrong = format!("{HEAD}[says]\nwokred = [\"Paid\"]\n{}", step("x", "replies = { not_yet = \"handoff\" }"));
        assert_eq!(problems(&wrong), ["flows/f.toml:5: error: unknown key `wokred`; did you mean `worked`?"]);
    }

    #[test]
    fn an_undeclared_reply_goes_the_usual_way() {
        let text = step("x", "section = \"Do this\"\nreplies = { not_yet = \"y\" }")
            + &step("y", "replies = { worked = \"done\" }\n[[step.choice]]\nlabel = \"Again\"\nto = \"x\"");
        let loaded = loaded(&format!("{HEAD}{text}"));
        assert_eq!(loaded.problems, []);
        let flow = &loaded.content.flows[0];
        let (x, y) = (&flow.steps[0], &flow.steps[1]);
        assert_eq!(x.target(StepOutcome::Worked), Target::Done);
        assert_eq!([StepOutcome::Next, StepOutcome::Skip].map(|o| x.target(o)), [Target::Step(1); 2]);
        assert_eq!(y.target(StepOutcome::NotYet), Target::Handoff, "nothing is left to try");
        assert_eq!(y.choices[0].to, Target::Step(0));
        assert_eq!(x.anchors.values().collect::<Vec<_>>(), ["do-this", "do-this"]);
    }
}
