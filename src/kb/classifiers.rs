//! What is learnt from a content, or read where it was learnt before: which article a message means, and what it does to what
//! was said last.

use std::path::Path;

use crate::base::Viewer;
use crate::content::{Article, Content};
use crate::kb::intent::{self, IntentModel, Recipe, TrainingDoc};
use crate::kb::replies::{self, Examples, Replies};
use crate::kb::synonyms::SynonymMap;

/// What classifiers are trained on, owned; the records themselves borrow from it and from the articles.
struct Taught<'a> {
    articles: Vec<(&'a Article, u32)>,
    /// Headings, body, and the questions with the content's words for what they say.
    texts: Vec<(String, String, Vec<String>)>,
    /// What is out of scope.
    outside: Vec<String>,
}

impl<'a> Taught<'a> {
    /// Gathers what `viewer` may see.
    fn new(content: &'a Content, groups: &[usize], synonyms: &SynonymMap, viewer: Viewer) -> Self {
        let group = |group: usize| u32::try_from(group).unwrap_or(u32::MAX);
        let articles: Vec<(&Article, u32)> = content
            .articles
            .iter()
            .zip(groups)
            .filter(|(a, _)| a.visible_to(viewer))
            .map(|(a, g)| (a, group(*g)))
            .collect();
        let meant = |q: &String| synonyms.with_meaning(q).unwrap_or_else(|| q.clone());
        let texts = articles
            .iter()
            .map(|(a, _)| {
                let headings = a.headings.iter().map(|h| h.text.as_str()).collect::<Vec<_>>().join("\n");
                let body = a.sections.iter().map(|s| s.text.as_str()).collect::<Vec<_>>().join("\n");
                (headings, body, a.questions.iter().map(meant).collect())
            })
            .collect();
        let outside = content.out_of_scope.values().flatten().map(meant).collect();
        Taught { articles, texts, outside }
    }

    fn docs(&self) -> Vec<TrainingDoc<'_>> {
        let outside = TrainingDoc::of_questions(intent::OUT_OF_SCOPE, &self.outside);
        let articles = self.articles.iter().zip(&self.texts);
        articles
            .map(|(&(a, class), (headings, body, questions))| TrainingDoc {
                class,
                title: &a.title,
                summary: &a.summary,
                questions,
                keywords: &a.keywords,
                messages: &a.messages,
                headings,
                body,
            })
            .chain((!self.outside.is_empty()).then_some(outside))
            .collect()
    }
}

/// What was learnt.
#[derive(Debug, Default)]
pub(crate) struct Classifiers {
    /// Of what customers may see, so that no internal word speaks in what they are answered.
    intents: IntentModel,
    /// Of all articles, where some are internal.
    internal_intents: Option<IntentModel>,
    /// Of what customers say back.
    pub(crate) replies: Replies,
}

impl Classifiers {
    /// Returns the one that was trained on what `viewer` may see.
    pub(crate) fn intents_for(&self, viewer: Viewer) -> &IntentModel {
        self.internal_intents.as_ref().filter(|_| viewer == Viewer::Agent).unwrap_or(&self.intents)
    }
}

/// Trains the classifier on what customers may see, where some articles are internal another one on all, and one on what
/// customers say back.
pub(crate) fn train(content: &Content, groups: &[usize], synonyms: &SynonymMap, folder: Option<&Path>) -> Classifiers {
    let some_internal = content.articles.iter().any(|a| !a.visible_to(Viewer::Public));
    let taught = Taught::new(content, groups, synonyms, Viewer::Public);
    let taught_all = some_internal.then(|| Taught::new(content, groups, synonyms, Viewer::Agent));
    let examples = Examples::beside(content);
    let (public, all, said_back) = (taught.docs(), taught_all.as_ref().map(Taught::docs), examples.docs());
    let (of_articles, of_replies) = (Recipe::default(), replies::recipe());
    let made = |docs: &[TrainingDoc<'_>], recipe: &Recipe| match folder {
        Some(folder) => IntentModel::read_or_train(folder, docs, recipe),
        None => IntentModel::train_with(docs, recipe),
    };
    let (intents, (internal_intents, heard)) = rayon::join(
        || made(&public, &of_articles),
        || rayon::join(|| all.as_deref().map(|all| made(all, &of_articles)), || made(&said_back, &of_replies)),
    );
    if let Some(folder) = folder {
        let mut kept = vec![(public.as_slice(), &of_articles), (&said_back, &of_replies)];
        kept.extend(all.as_deref().map(|all| (all, &of_articles)));
        IntentModel::tidy(folder, &kept);
    }
    Classifiers { intents, internal_intents, replies: Replies::new(heard) }
}
