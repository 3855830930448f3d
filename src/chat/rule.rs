//! The stages for the rules that authors declare under `rules/`: urgent ones before everything else, the others after what
//! is exact.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::searched::Searched;
use crate::chat::slots::Slots;
use crate::kb::{Rule, RuleAction, SlotKind, Term, Words};
use crate::model::{MatchedBy, ReplyKind};
use crate::text::fold_str;

/// Beside the slots of a rule that goes on from an answer so many words or ideographs of substance may stand; more is a
/// question of its own.
const MOST_BESIDE_SLOTS: usize = 1;
/// What is no question of its own beside a slot: “那5000呢”, “and for 300 dollars a month?”.
const BESIDE_SLOTS: [&str; 26] = [
    "如果",
    "要是",
    "假如",
    "换成",
    "换",
    "一个月",
    "每个月",
    "月",
    "一天",
    "每天",
    "一笔",
    "每笔",
    "一单",
    "收款",
    "收了",
    "收",
    "的话",
    "if",
    "per",
    "a day",
    "a month",
    "month",
    "day",
    "each",
    "say",
    "then",
];

/// The stage for safety rules: a report of theft goes first to the urgent answer, whatever else the message says.
pub(crate) fn urgent(message: &Message<'_>) -> Verdict {
    among(message, |rule| kind_of(rule) == ReplyKind::Safety)
}

/// The stage for all rules.
pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    among(message, |_| true)
}

fn kind_of(rule: &Rule) -> ReplyKind {
    match &rule.action {
        RuleAction::Say { kind } | RuleAction::Article { kind, .. } => *kind,
    }
}

fn among(message: &Message<'_>, takes_part: impl Fn(&Rule) -> bool) -> Verdict {
    let seen = Seen::of(message);
    let rules = message.snapshot.rules().iter().filter(|rule| takes_part(rule));
    let mut matching: Vec<(&Rule, Vec<String>)> = rules.filter_map(|rule| Some((rule, seen.matches(rule)?))).collect();
    // The higher priority; then the one that asks for more; then the one that stands first.
    matching.sort_by_key(|(rule, evidence)| (std::cmp::Reverse(rule.priority), std::cmp::Reverse(evidence.len())));
    let candidates: Vec<(String, f32)> = matching.iter().map(|(r, _)| (r.id.clone(), r.priority as f32)).collect();
    for (rule, evidence) in matching {
        let Some(results) = seen.slots.compute(&rule.compute) else { continue };
        let slots: Vec<&SlotKind> = rule.slots().collect();
        let said = said(rule, message).map(|text| seen.slots.told(text, &slots, &results));
        let (kind, cited) = match &rule.action {
            RuleAction::Say { kind } => (*kind, None),
            RuleAction::Article { kind, article } => {
                let Some(article) = message.snapshot.article(article, message.locale, message.viewer) else { continue };
                (*kind, Some(Cited { ordinal: message.snapshot.ordinal(article), anchor: None }))
            }
        };
        let mut draft = Draft::new(kind, MatchedBy::Rule, rule.id.clone(), 1.0);
        draft.evidence = evidence;
        draft.cited.extend(cited);
        draft.paragraphs.extend(said);
        if kind == ReplyKind::Fallback {
            draft.confidence = 0.0;
        }
        let why = format!("the rule `{}` matches ({}:{})", rule.id, rule.file.display(), rule.line);
        return Verdict { draft: Some(draft), why, candidates };
    }
    Verdict { candidates, ..Verdict::pass("no rule matches") }
}

/// Returns what a message says beside the words by which a rule matches, when the rule does not ask for the whole of it.
pub(crate) fn beside(message: &Message<'_>, id: &str) -> Option<String> {
    let rule = message.snapshot.rules().iter().find(|r| r.id == id && !r.whole)?;
    let words = rule.any.iter().chain(rule.all.iter().flatten()).flat_map(Term::words);
    Some(Searched::new(message.text).without(words.map(Words::text)))
}

/// Returns what a rule says to the reader: in their language, and where the rule says nothing else, in one that there is.
fn said<'r>(rule: &'r Rule, message: &Message<'_>) -> Option<&'r String> {
    let language = || rule.text.iter().find(|(l, _)| l.language() == message.locale.language()).map(|(_, t)| t);
    let default = &message.snapshot.site().default_locale;
    let any = || rule.text.get(default).or_else(|| rule.text.values().next());
    let own = rule.text.get(message.locale).or_else(language);
    own.or_else(|| matches!(rule.action, RuleAction::Say { .. }).then(any).flatten())
}

/// A message in the forms that the terms of rules are looked up in.
struct Seen<'m, 'a> {
    message: &'m Message<'a>,
    text: Searched,
    folded: String,
    slots: Slots<'m, 'a>,
}

impl<'m, 'a> Seen<'m, 'a> {
    fn of(message: &'m Message<'a>) -> Self {
        Seen { message, text: Searched::new(message.text), folded: fold_str(message.text), slots: Slots::of(message) }
    }

    /// Returns what a rule matches by, or none when it does not.
    fn matches(&self, rule: &Rule) -> Option<Vec<String>> {
        if rule.none.iter().any(|term| self.finds(term).is_some()) {
            return None;
        }
        self.by_terms(rule).or_else(|| self.after(rule))
    }

    fn by_terms(&self, rule: &Rule) -> Option<Vec<String>> {
        let mut evidence = Vec::new();
        for alternatives in &rule.all {
            evidence.push(alternatives.iter().find_map(|term| self.finds(term))?);
        }
        if !rule.any.is_empty() {
            let found = rule.any.iter().filter_map(|term| self.finds(term));
            evidence.push(found.max_by_key(|words| words.chars().count())?);
        }
        if rule.whole {
            let words = rule.any.iter().chain(rule.all.iter().flatten()).flat_map(Term::words);
            if !self.text.is_nothing_but(words.map(Words::text)) {
                return None;
            }
        }
        Some(evidence)
    }

    /// Returns the slots by which a rule goes on from the last answer: “那5000呢？” after the fees.
    fn after(&self, rule: &Rule) -> Option<Vec<String>> {
        let topic = self.message.dialogue.topic.as_ref()?;
        if !rule.after.contains(topic) {
            return None;
        }
        let filled: Option<Vec<&str>> =
            rule.slots().map(|kind| self.slots.get(kind).map(|f| f.text.as_str())).collect();
        let filled = filled.filter(|f| !f.is_empty())?;
        let beside = self.text.rest(filled.iter().copied().chain(BESIDE_SLOTS));
        let evidence = filled.iter().map(|text| (*text).to_owned()).chain([topic.to_string()]);
        (beside <= MOST_BESIDE_SLOTS).then(|| evidence.collect())
    }

    /// Returns the customer's words that a term finds.
    fn finds(&self, term: &Term) -> Option<String> {
        match term {
            Term::Words(words) => self.text.has_words(words).then(|| words.text().to_owned()),
            Term::Concept { words, .. } => {
                let found = words.iter().filter(|words| self.text.has_words(words)).map(Words::text);
                found.max_by_key(|words| words.chars().count()).map(str::to_owned)
            }
            Term::Slot(kind) => self.slots.get(kind).map(|filled| filled.text.clone()),
            Term::Pattern(pattern) => pattern.0.find(&self.folded).map(|m| m.as_str().to_owned()),
        }
    }
}
