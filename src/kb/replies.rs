//! What a message does to what was said last, learnt from examples: “signal's strong, other sites load fine” tells that a step
//! is done, whatever the step.
//!
//! The examples are the program's own, the same for every help centre. The content's curated questions are learnt beside them
//! as messages that do none of it.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::base::Viewer;
use crate::content::Content;
use crate::kb::intent::{IntentModel, OUT_OF_SCOPE, Reach, Recipe, Stacking, TrainingDoc};

/// The examples, by language.
const EXAMPLES: [&str; 2] = [include_str!("replies/zh.txt"), include_str!("replies/en.txt")];

/// So many curated questions are learnt beside the examples. More make the classifier larger and hear
/// no better.
const MOST_QUESTIONS: usize = 400;

/// What a message does in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DialogueAct {
    /// It tells that what was asked for is done or in order, and not how it went.
    Proceed,
    /// It tells that something was done and did not help.
    NoUse,
    /// It tells that the problem is solved.
    Solved,
    /// It asks how or where to do what was told.
    AskHow,
    /// It takes note of what was told, and asks for nothing.
    Acknowledge,
    /// It asks for a person.
    WantPerson,
}

/// Every act with the name of its examples.
const ACTS: [(DialogueAct, &str); 6] = [
    (DialogueAct::Proceed, "proceed"),
    (DialogueAct::NoUse, "no-use"),
    (DialogueAct::Solved, "solved"),
    (DialogueAct::AskHow, "ask-how"),
    (DialogueAct::Acknowledge, "acknowledge"),
    (DialogueAct::WantPerson, "want-person"),
];
/// The name of the examples that are no act.
const OTHER: &str = "other";

impl DialogueAct {
    /// Returns its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        ACTS.iter().find(|(act, _)| *act == self).map_or(OTHER, |(_, name)| name)
    }
}

/// What a message was heard as.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HeardAct {
    /// What it does.
    pub act: DialogueAct,
    /// The probability, 0 to 1, that it does.
    pub confidence: f32,
    /// Whether that is enough where nothing else speaks for an act.
    pub sure: bool,
    /// The example that it is most like; empty where it is like none in particular.
    pub like: &'static str,
}

/// Hears what messages do.
#[derive(Debug, Default)]
pub(crate) struct Replies(IntentModel);

impl Replies {
    /// Takes a classifier that was trained on [`Examples`].
    pub(crate) fn new(trained: IntentModel) -> Self {
        Replies(trained)
    }

    /// Returns what a message may do; none when that is not likely, or nothing was learnt.
    pub(crate) fn hear(&self, message: &str) -> Option<HeardAct> {
        let (ranking, line) = (self.0.rank(message, 1), self.0.thresholds());
        let confidence = ranking.confidence;
        let first = ranking.candidates.first().filter(|_| confidence >= line.clarify)?;
        let (act, name) = *ACTS.get(first.class as usize)?;
        let like = first.nearest_question.and_then(|(_, example)| of(name).get(example)).copied().unwrap_or_default();
        // Nothing is said after the end.
        let least = if act == DialogueAct::Solved { line.sure } else { line.answer };
        Some(HeardAct { act, confidence, sure: confidence >= least, like })
    }
}

/// Returns how the classifier is trained: short words tell what a message does, and not what it is about, so that what is rare
/// or far apart is left out. It takes 2 MiB of memory, where the recipe for articles takes 6 and hears no more.
pub(crate) fn recipe() -> Recipe {
    let reach = Reach { stems: 3, letters: 4, ideographs: 3, distant_stems: 4, distant_pairs: 0, syllables: 0 };
    let stacking = Stacking { folds: 0, ..Stacking::default() };
    Recipe { reach, least: [1, 1, 1, 3, 3, 3, 3, 3, 3], meaning: 0.0, stacking, ..Recipe::default() }
}

/// What the classifier is trained on.
pub(crate) struct Examples {
    /// Those of each act, in the order of [`ACTS`].
    acts: Vec<Vec<String>>,
    /// What does none of it.
    outside: Vec<String>,
}

impl Examples {
    /// Gathers the examples, and of the questions that customers may see as many as are needed.
    pub(crate) fn beside(content: &Content) -> Self {
        let owned = |name| of(name).iter().map(|example| (*example).to_owned());
        let public = content.articles.iter().filter(|article| article.visible_to(Viewer::Public));
        let mut questions: Vec<&String> = public.flat_map(|article| &article.questions).collect();
        // By their hash: a question that is added takes the place of one other at most, and does not shift them all.
        questions.sort_by_cached_key(|question| *blake3::hash(question.as_bytes()).as_bytes());
        let questions = questions.into_iter().take(MOST_QUESTIONS).cloned();
        let acts = ACTS.iter().map(|(_, name)| owned(name).collect()).collect();
        Examples { acts, outside: owned(OTHER).chain(questions).collect() }
    }

    /// Returns them as the classifier learns them.
    pub(crate) fn docs(&self) -> Vec<TrainingDoc<'_>> {
        let acts = (0..).zip(&self.acts).chain([(OUT_OF_SCOPE, &self.outside)]);
        acts.map(|(class, questions)| TrainingDoc::of_questions(class, questions)).collect()
    }
}

/// The examples by name.
static BY_NAME: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let mut by_name: HashMap<&str, Vec<&str>> = HashMap::new();
    for text in EXAMPLES {
        let mut name = OTHER;
        for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
            match line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
                Some(head) => name = head,
                None => by_name.entry(name).or_default().push(line),
            }
        }
    }
    by_name
});

/// Returns the examples of a name, in all languages.
fn of(name: &str) -> &'static [&'static str] {
    BY_NAME.get(name).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_example_stands_once_and_under_a_name_that_is_known() {
        let names: BTreeSet<&str> = ACTS.iter().map(|(_, name)| *name).chain([OTHER]).collect();
        for text in EXAMPLES {
            let heads = text.lines().filter_map(|line| line.strip_prefix('[')?.strip_suffix(']'));
            assert_eq!(heads.collect::<BTreeSet<_>>(), names);
        }
        let mut seen = BTreeSet::new();
        for name in names {
            let examples = of(name);
            assert!(examples.len() > 150, "{name} has {}", examples.len());
            for example in examples {
                assert!(seen.insert(example.to_lowercase()), "“{example}” stands twice");
                let masked = crate::text::redact(example);
                assert_eq!(masked.text(), *example, "an example has nothing private in it");
            }
        }
    }
}
