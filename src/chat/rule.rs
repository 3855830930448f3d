//! The stages for the rules that authors declare under `rules/`: urgent ones before everything else, the others after what
//! is exact.

use std::rc::Rc;

use crate::chat::clauses::{LEAST_STORY, asks_by_itself, sentences, tells_trouble};
use crate::chat::message::{Cited, Draft, Look, Message, Verdict};
use crate::chat::question::NEARLY_CURATED;
use crate::chat::searched::Searched;
use crate::chat::slots::{Filled, Slots};
use crate::kb::rule_index::{IndexedRule, IndexedTerm};
use crate::kb::{Rule, RuleAction, SlotKind, Term, Words};
use crate::model::{MatchedBy, ReplyKind};

/// Beside the slots of a rule that goes on from an answer so many words or ideographs of substance may stand; more is a
/// question of its own.
const MOST_BESIDE_SLOTS: usize = 1;
/// What is no question of its own beside a slot: “那5000呢”, “and for 300 dollars a month?”.
#[rustfmt::skip]
const BESIDE_SLOTS: [&str; 74] = [
    "如果", "要是", "假如", "假设", "换成", "换", "那", "一个月", "每个月", "每月", "月", "一天", "每天", "一年", "每年", "一笔", "每笔", "一单", "每单", "收款",
    "收入", "收到", "收了", "收", "流水", "营业额", "卖了", "卖", "的话", "我们", "我是", "我", "商户", "商家", "店里", "店", "大概", "大约", "差不多", "左右",
    "要交多少", "交多少", "扣多少", "抽多少", "收多少", "要多少", "是多少", "多少", "手续费", "呢", "if", "per", "a day", "a month", "month", "day",
    "each", "say", "then", "about", "around", "roughly", "merchant", "my shop", "my store", "how much", "fee", "pay",
    "collect", "collected", "make", "takings", "turnover", "sales",
];

/// How many characters of what a pattern matches are shown.
const MOST_SHOWN: usize = 24;
/// A sentence of a story asks something of its own from so many ideographs of substance on.
const LEAST_ASKED_HAN: usize = 5;
/// The same in words.
const LEAST_ASKED_WORDS: usize = 3;

/// The stage for safety rules: a report of theft goes first to the urgent answer, whatever else the message says.
pub(crate) fn urgent(message: &Message<'_>) -> Verdict {
    among(message, |rule| kind_of(rule) == ReplyKind::Safety)
}

/// The stage for all rules.
pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    among(message, |_| true)
}

/// Returns the rule that refuses a message whatever the screen shows, where it is the one that decides.
pub(crate) fn refusing(message: &Message<'_>) -> Option<String> {
    let refusing = decide(message).draft.filter(|draft| draft.kind == ReplyKind::Fallback)?.rule;
    let rule = message.snapshot.rules().iter().find(|rule| rule.id == refusing)?;
    (!rule.on_screen_first).then_some(refusing)
}

fn kind_of(rule: &Rule) -> ReplyKind {
    match &rule.action {
        RuleAction::Say { kind } | RuleAction::Article { kind, .. } => *kind,
    }
}

fn among(message: &Message<'_>, takes_part: impl Fn(&Rule) -> bool) -> Verdict {
    let seen = Seen::of(message);
    let rules = message.snapshot.rules();
    let matching = seen.matching().iter().map(|(place, evidence)| (&rules[*place], evidence));
    let mut matching: Vec<(&Rule, &Vec<String>)> = matching.filter(|(rule, _)| takes_part(rule)).collect();
    // The higher priority; then the one that asks for more; then the one that stands first.
    matching.sort_by_key(|(rule, evidence)| (std::cmp::Reverse(rule.priority), std::cmp::Reverse(evidence.len())));
    let candidates: Vec<(String, f32)> = matching.iter().map(|(r, _)| (r.id.clone(), r.priority as f32)).collect();
    for (rule, evidence) in matching {
        let Some(worked) = seen.slots.compute(&rule.compute) else { continue };
        let slots: Vec<&SlotKind> = rule.slots().collect();
        let said = said(rule, message).map(|text| seen.slots.told(text, &slots, &worked)).unwrap_or_default();
        let Some((kind, cited)) = acted(message, rule) else { continue };
        if kind == ReplyKind::Fallback && is_curated(message) {
            continue;
        }
        let mut draft = Draft::new(kind, MatchedBy::Rule, rule.id.clone(), 1.0);
        draft.evidence.clone_from(evidence);
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

/// Tells whether a message is a curated question of an article, or nearly one. What authors say that an article answers is
/// not refused for a word in it: “recipe for a strong password” asks for no recipe. A word that nobody has said before may
/// make another question of it: “transfer fee at Citibank”.
fn is_curated(message: &Message<'_>) -> bool {
    let ranking = message.ranking();
    let signals = &ranking.signals;
    let is_near = signals.nearest >= NEARLY_CURATED.max(signals.outside_nearest);
    is_near && signals.unseen == 0.0 && ranking.confidence >= message.thresholds().sure
}

/// Returns what a message says beside the words by which a rule matches, when the rule does not ask for the whole of it.
pub(crate) fn beside(message: &Message<'_>, id: &str) -> Option<String> {
    let rule = message.snapshot.rules().iter().find(|r| r.id == id && !r.whole)?;
    let terms = || rule.any.iter().chain(rule.all.iter().flatten());
    let look = message.look();
    // A pattern may be of the whole message.
    let all = look.folded.trim();
    let is_all =
        |term: &Term| matches!(term, Term::Pattern(p) if p.find(&look.folded).is_some_and(|m| m.trim() == all));
    if terms().any(is_all) {
        return None;
    }
    Some(look.text.without(terms().flat_map(Term::words).map(Words::text)))
}

/// Hands over as the first rule does that hands over and works nothing out; none where no rule does.
pub(crate) fn handing_over(message: &Message<'_>) -> Option<Draft> {
    let plain = |rule: &&Rule| kind_of(rule) == ReplyKind::Handoff && rule.slots().next().is_none();
    let rule = message.snapshot.rules().iter().find(plain)?;
    let (kind, cited) = acted(message, rule)?;
    let mut draft = Draft::new(kind, MatchedBy::Rule, rule.id.clone(), 1.0);
    draft.cited.extend(cited);
    draft.paragraphs.extend(said(rule, message).cloned());
    Some(draft)
}

/// Says again what a rule said, with the rate and the amount that the conversation remembers; none where it asks for more than
/// those, or is gone.
pub(crate) fn again(message: &Message<'_>, id: &str) -> Option<Draft> {
    let rule = message.snapshot.rules().iter().find(|rule| rule.id == id)?;
    let told: Vec<&str> =
        [&message.dialogue.amount, &message.dialogue.rate].into_iter().flatten().map(String::as_str).collect();
    let told = told.join(" ");
    let remembered = Message { text: &told, ..*message };
    let slots = Slots::of(&remembered);
    let asked: Vec<&SlotKind> = rule.slots().collect();
    if asked.iter().any(|kind| slots.get(kind).is_none()) {
        return None;
    }
    let worked = slots.compute(&rule.compute)?;
    let (kind, cited) = acted(message, rule)?;
    let mut draft = Draft::new(kind, MatchedBy::Rule, rule.id.clone(), 1.0);
    draft.cited.extend(cited);
    draft.paragraphs = said(rule, message).map(|text| slots.told(text, &asked, &worked)).unwrap_or_default();
    Some(draft)
}

/// Returns what sort of reply a rule gives, and the article that it cites; none where that is not for this reader.
fn acted(message: &Message<'_>, rule: &Rule) -> Option<(ReplyKind, Option<Cited>)> {
    match &rule.action {
        RuleAction::Say { kind } => Some((*kind, None)),
        RuleAction::Article { kind, article } => {
            let article = message.snapshot.article(article, message.locale, message.viewer)?;
            Some((*kind, Some(Cited::article(message.snapshot.ordinal(article)))))
        }
    }
}

/// Returns what a rule says to the reader: in their language, and where the rule says nothing else, in one that there is.
fn said<'r>(rule: &'r Rule, message: &Message<'_>) -> Option<&'r String> {
    let language = || rule.text.iter().find(|(l, _)| l.language() == message.locale.language()).map(|(_, t)| t);
    let default = &message.snapshot.site().default_locale;
    let any = || rule.text.get(default).or_else(|| rule.text.values().next());
    let own = rule.text.get(message.locale).or_else(language);
    own.or_else(|| matches!(rule.action, RuleAction::Say { .. }).then(any).flatten())
}

/// What a term finds in a message.
enum Found<'m> {
    /// What the rule names itself, or a slot.
    Named(&'m str),
    /// What a pattern matches: the customer's own words, and between its first and its last word any others.
    Matched(&'m str),
}

impl Found<'_> {
    fn length(&self) -> usize {
        let (Self::Named(words) | Self::Matched(words)) = self;
        words.chars().count()
    }

    /// The evidence that a reply shows. It explains; it gives back no sentence of the customer's and no number in it.
    fn shown(&self) -> String {
        let words = match self {
            Self::Named(words) => return (*words).to_owned(),
            Self::Matched(words) => words,
        };
        let mut shown: String = words.chars().take(MOST_SHOWN).map(|c| if c.is_numeric() { '#' } else { c }).collect();
        if words.chars().nth(MOST_SHOWN).is_some() {
            shown.push('…');
        }
        shown
    }
}

/// A message in the forms that the terms of rules are looked up in.
struct Seen<'m, 'a> {
    message: &'m Message<'a>,
    look: Rc<Look>,
    slots: Slots<'m, 'a>,
}

impl<'m, 'a> Seen<'m, 'a> {
    fn of(message: &'m Message<'a>) -> Self {
        Seen { message, look: message.look(), slots: Slots::of(message) }
    }

    /// Returns the rules that match, in their order, and what each matches by.
    fn matching(&self) -> &[(usize, Vec<String>)] {
        self.look.matching.get_or_init(|| {
            let rules = self.message.snapshot.rules().iter().enumerate();
            let goes_on = |rule: &Rule| self.message.dialogue.topic.as_ref().is_some_and(|t| rule.after.contains(t));
            let can = rules.filter(|(place, rule)| self.look.occurring.may_match(*place) || goes_on(rule));
            can.filter_map(|(place, _)| Some((place, self.matches(place)?))).collect()
        })
    }

    /// Returns the rule at a place, and what its terms are in the index.
    fn rule(&self, place: usize) -> (&'a Rule, &'a IndexedRule) {
        let snapshot = self.message.snapshot;
        (&snapshot.rules()[place], snapshot.rule_index().rule(place))
    }

    /// Returns what the rule at a place matches by, or none when it does not.
    fn matches(&self, place: usize) -> Option<Vec<String>> {
        let (rule, indexed) = self.rule(place);
        let topic = self.message.dialogue.topic.as_ref();
        if !rule.about.is_empty() && !topic.is_some_and(|topic| rule.about.contains(topic)) {
            return None;
        }
        if rule.none.iter().zip(&indexed.none).any(|(term, indexed)| self.finds(term, indexed).is_some()) {
            return None;
        }
        let is_refusal = kind_of(rule) == ReplyKind::Fallback;
        let found = self.by_terms(place).filter(|_| !is_refusal || self.in_one_sentence(place));
        found.or_else(|| self.after(rule))
    }

    /// Tells whether one sentence has all that a rule asks for. A story names many things: a bank in one sentence and a
    /// password in another ask nothing of the bank, and what comes before its question is not asked about.
    fn in_one_sentence(&self, place: usize) -> bool {
        let sentences: Vec<&str> = sentences(self.message.text).collect();
        if sentences.len() < 2 {
            return true;
        }
        // “What can I do?” does not say what it asks.
        let asks = |sentence: &&str| asks_by_itself(sentence, LEAST_ASKED_HAN, LEAST_ASKED_WORDS);
        // Who asks nothing wants help with the trouble that they tell.
        let troubled = |sentence: &&str| tells_trouble(&Searched::new(sentence));
        let those = |which: &dyn Fn(&&str) -> bool| -> Option<Vec<&str>> {
            let those: Vec<&str> = sentences.iter().copied().filter(which).collect();
            (!those.is_empty()).then_some(those)
        };
        let is_story = sentences.len() >= LEAST_STORY;
        let told = is_story.then(|| those(&asks).or_else(|| those(&troubled))).flatten();
        let judged = told.unwrap_or(sentences);
        judged.into_iter().any(|text| Seen::of(&Message { text, ..*self.message }).by_terms(place).is_some())
    }

    fn by_terms(&self, place: usize) -> Option<Vec<String>> {
        let (rule, indexed) = self.rule(place);
        let mut evidence = Vec::new();
        for (alternatives, indexed) in rule.all.iter().zip(&indexed.all) {
            let found = alternatives.iter().zip(indexed).find_map(|(term, indexed)| self.finds(term, indexed));
            evidence.push(found?.shown());
        }
        if !rule.any.is_empty() {
            let found = rule.any.iter().zip(&indexed.any).filter_map(|(term, indexed)| self.finds(term, indexed));
            evidence.push(found.max_by_key(Found::length)?.shown());
        }
        if rule.whole {
            let words = rule.any.iter().chain(rule.all.iter().flatten()).flat_map(Term::words);
            if !self.look.text.is_nothing_but(words.map(Words::text)) {
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
        let filled: Option<Vec<_>> = rule.slots().map(|kind| self.slots.get(kind)).collect();
        let filled: Vec<&str> = filled?.into_iter().flat_map(Filled::texts).collect();
        if filled.is_empty() {
            return None;
        }
        let beside = self.look.text.rest(filled.iter().copied().chain(BESIDE_SLOTS));
        let evidence = filled.iter().map(|text| (*text).to_owned()).chain([topic.to_string()]);
        (beside <= MOST_BESIDE_SLOTS).then(|| evidence.collect())
    }

    /// Returns the customer's words that a term finds.
    fn finds<'s>(&'s self, term: &'s Term, indexed: &'s IndexedTerm) -> Option<Found<'s>> {
        match term {
            Term::Words(_) | Term::Concept { .. } => {
                let found = self.look.occurring.words_of(term, indexed).map(Words::text);
                found.max_by_key(|words| words.chars().count()).map(Found::Named)
            }
            Term::Slot(kind) => self.slots.get(kind).map(|filled| Found::Named(&filled.text)),
            Term::Pattern(pattern) => {
                let may_find = self.look.occurring.may_find(indexed);
                may_find.then(|| pattern.find(&self.look.folded)).flatten().map(Found::Matched)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::base::Viewer;
    use crate::chat::message::Readings;
    use crate::kb::rule_index::RuleIndex;
    use crate::kb::{BuildOptions, Snapshot};
    use crate::model::Dialogue;
    use crate::text::{fold_str, redact};

    /// Returns the rules that match a text, by name.
    fn matching(rules: &str, text: &str) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let article = "---\ntitle: Ours\nsummary: What is ours.\n---\n\nIt is ours.\n";
        for (path, content) in [("en/ours/article.md", article), ("rules/all.toml", rules)] {
            let path = folder.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, content).unwrap();
        }
        let loaded = crate::content::load(folder.path()).unwrap();
        let options = BuildOptions { classifier: false, ..BuildOptions::default() };
        let snapshot = Snapshot::build_with(loaded.content, &options).unwrap();
        let (dialogue, readings, redacted) = (Dialogue::default(), Readings::default(), redact(text));
        let (snapshot, dialogue, readings, viewer) = (&snapshot, &dialogue, &readings, Viewer::Public);
        let locale = &snapshot.locales()[0];
        let message = Message { snapshot, text, redacted: &redacted, locale, viewer, dialogue, readings };
        let seen = Seen::of(&message);
        seen.matching().iter().map(|(place, _)| snapshot.rules()[*place].id.clone()).collect()
    }

    #[test]
    fn evidence_of_a_pattern_gives_back_no_sentence() {
        for (words, shown) in [
            ("passport number c01x00t47 and name li", "passport number c##x##t#…"),
            ("护照号 ４４", "护照号 ##"),
            ("2️⃣", "#\u{fe0f}\u{20e3}"),
            ("exactly twenty-four signs", "exactly twenty-four sign…"),
            ("exactly twentyfour signs", "exactly twentyfour signs"),
        ] {
            assert_eq!(Found::Matched(words).shown(), shown);
        }
        assert_eq!(Found::Named("E1101 and a name of any length").shown(), "E1101 and a name of any length");
    }

    #[test]
    fn what_refuses_has_its_terms_in_one_sentence() {
        let rules = |kind: &str| {
            format!(
                "[[rule]]\nid = \"others\"\nkind = \"{kind}\"\nall = [\"bank\", \"password\"]\ntext.en = \"So it is.\"\n"
            )
        };
        let apart = "My bank sent a new card. I forgot my password!";
        let together = "Hello there. I forgot my bank password, v1.2 of it";
        assert!(matching(&rules("fallback"), apart).is_empty());
        assert_eq!(matching(&rules("fallback"), together), ["others"]);
        let story = "My bank sent a new password. It took them a week. Which payment channels does the wallet support?";
        assert!(matching(&rules("fallback"), story).is_empty(), "it asks about something else");
        let told = "My bank wants a password. I have none. What can I do?";
        assert_eq!(matching(&rules("fallback"), told), ["others"]);
        assert_eq!(matching(&rules("smalltalk"), apart), ["others"], "what refuses nothing is found all over");
    }

    #[test]
    fn what_is_looked_for_at_once_is_what_each_term_finds() {
        let loaded = crate::content::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content")).unwrap();
        let rules = RuleIndex::build(&loaded.content.rules);
        let said = loaded.content.conversations.iter().flat_map(|c| &c.turns).step_by(10).map(|turn| &turn.user);
        let (mut words_found, mut patterns_spared) = (0, 0);
        for text in said {
            let (message, folded) = (Searched::new(text), fold_str(text));
            let occurring = rules.look(message.haystack(), &folded);
            for (place, rule) in loaded.content.rules.iter().enumerate() {
                let indexed = rules.rule(place);
                let one = rule.any.iter().zip(&indexed.any).chain(rule.none.iter().zip(&indexed.none));
                let each = rule.all.iter().zip(&indexed.all).flat_map(|(terms, indexed)| terms.iter().zip(indexed));
                for (term, indexed) in one.chain(each) {
                    let words: Vec<&Words> = occurring.words_of(term, indexed).collect();
                    let alone: Vec<&Words> = term.words().iter().filter(|words| message.has(words.text())).collect();
                    assert_eq!(words, alone, "{text}: {}", rule.id);
                    words_found += words.len();
                    if let Term::Pattern(pattern) = term
                        && !occurring.may_find(indexed)
                    {
                        assert_eq!(pattern.find(&folded), None, "{text}: {}", rule.id);
                        patterns_spared += 1;
                    }
                }
            }
        }
        assert!(words_found > 50 && patterns_spared > 50, "{words_found} words, {patterns_spared} patterns");
    }

    #[test]
    fn no_rule_that_matches_is_passed_over() {
        let loaded = crate::content::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("content")).unwrap();
        let said = loaded.content.conversations.iter().flat_map(|c| &c.turns).map(|turn| turn.user.clone());
        let asked = loaded.content.articles.iter().flat_map(|a| a.questions.iter().cloned());
        let messages: Vec<String> = said.chain(asked).collect();
        let options = BuildOptions { classifier: false, ..BuildOptions::default() };
        let snapshot = Snapshot::build_with(loaded.content, &options).unwrap();
        let (dialogue, readings) = (Dialogue::default(), Readings::default());
        let (mut matched, mut looked_at) = (0, 0);
        for text in &messages {
            let (redacted, locale) = (redact(text), &snapshot.locales()[0]);
            let (dialogue, readings, viewer) = (&dialogue, &readings, Viewer::Public);
            let message =
                Message { snapshot: &snapshot, text, redacted: &redacted, locale, viewer, dialogue, readings };
            let seen = Seen::of(&message);
            let found: Vec<usize> = seen.matching().iter().map(|(place, _)| *place).collect();
            let all: Vec<usize> = (0..snapshot.rules().len()).filter(|place| seen.matches(*place).is_some()).collect();
            assert_eq!(found, all, "{text}");
            matched += all.len();
            looked_at += seen.look.occurring.candidates();
        }
        assert!(matched > 50, "{matched} matches");
        assert!(looked_at < messages.len() * snapshot.rules().len() / 4, "{looked_at} for {} messages", messages.len());
    }
}
