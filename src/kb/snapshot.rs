//! The snapshot: articles, categories and codes by name, and what search and chat match against.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use rayon::prelude::*;

use crate::base::{ArticleId, Locale, Viewer};
use crate::content::{Article, CodeRecord, Concept, Content, Flow, Incident, Rule, Site};
use crate::kb::asked::AskedWords;
use crate::kb::cards::Cards;
use crate::kb::classifiers::{Classifiers, train};
use crate::kb::codes::{CodeMatcher, FoundCode};
use crate::kb::completions::Completions;
use crate::kb::index::{LARGE_SITE, OnProgress, SearchIndex};
use crate::kb::intent;
use crate::kb::lexicon::Lexicon;
use crate::kb::messages::{FoundMessage, MessageMatcher};
use crate::kb::passages::Passages;
use crate::kb::replies::HeardAct;
use crate::kb::rule_index::RuleIndex;
use crate::kb::stored_index;
use crate::kb::synonyms::SynonymMap;

/// Everything one request needs to answer; immutable and whole.
#[derive(Debug)]
pub struct Snapshot {
    content: Arc<Content>,
    by_id: HashMap<ArticleId, Vec<usize>>,
    /// For each article the place of its first translation.
    groups: Vec<usize>,
    /// The articles that had another id before, by that id.
    renamed: HashMap<ArticleId, ArticleId>,
    codes: CodeMatcher,
    messages: MessageMatcher,
    rule_index: RuleIndex,
    pub(crate) index: SearchIndex,
    pub(crate) lexicon: Lexicon,
    /// Every article's, or none where there are too many.
    passages: Vec<Passages>,
    pub(crate) cards: Cards,
    /// For each category the ids of its articles, by slug.
    by_category: HashMap<String, Vec<ArticleId>>,
    pub(crate) completions: Completions,
    classifiers: Classifiers,
    synonyms: SynonymMap,
    asked: AskedWords,
}

/// What goes into a snapshot beside its content.
#[derive(Clone)]
pub struct BuildOptions {
    /// The folder in which the index and the classifier are kept for the next start; none makes them anew, in memory.
    pub index_folder: Option<PathBuf>,
    /// Told while a large site's index is written.
    pub progress: Option<OnProgress>,
    /// Whether the chat's classifier is trained; who only searches needs none.
    pub classifier: bool,
}

impl Default for BuildOptions {
    fn default() -> Self {
        BuildOptions { index_folder: None, progress: None, classifier: true }
    }
}

impl std::fmt::Debug for BuildOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut told = f.debug_struct("BuildOptions");
        told.field("index_folder", &self.index_folder).field("progress", &self.progress.is_some());
        told.field("classifier", &self.classifier).finish()
    }
}

/// Says why a snapshot could not be built.
#[derive(Debug, thiserror::Error)]
#[error("cannot build the search index: {0}")]
pub struct BuildError(#[from] tantivy::TantivyError);

/// A category as a reader of one locale sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CategoryView {
    /// The folder's name.
    pub id: String,
    /// Its name for this reader.
    pub name: String,
    /// One sentence; may be empty.
    pub summary: String,
    /// The name of a drawing; may be empty.
    pub icon: String,
    /// How many articles this reader may see in it.
    pub articles: usize,
}

/// A search asks the classifier of so many articles at most.
const MOST_ASKED: usize = 2_000;

/// The articles' sentences are kept cut up to so many bytes of text. They take about seven times as much.
const LARGE_TEXT: usize = 4 << 20;

impl Snapshot {
    /// Builds a snapshot beside whatever is being served.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn build(content: Content) -> Result<Self, BuildError> {
        Snapshot::build_with(content, &BuildOptions::default())
    }

    /// Builds a snapshot as `options` say.
    ///
    /// # Errors
    /// When the index cannot be written.
    pub fn build_with(content: Content, options: &BuildOptions) -> Result<Self, BuildError> {
        let mut by_id: HashMap<ArticleId, Vec<usize>> = HashMap::new();
        for (i, article) in content.articles.iter().enumerate() {
            by_id.entry(article.id.clone()).or_default().push(i);
        }
        let groups: Vec<usize> = content.articles.iter().map(|a| by_id[&a.id][0]).collect();
        let renamed = content.articles.iter().flat_map(|a| a.aliases.iter().map(|old| (old.clone(), a.id.clone())));
        let renamed = renamed.collect();
        let articles = &content.articles;
        let synonyms = SynonymMap::build(&content.synonyms);
        let large = articles.len() >= LARGE_SITE;
        let index = || match &options.index_folder {
            Some(folder) => {
                let (groups, progress) = (&content.synonyms, options.progress.as_ref());
                let sources = stored_index::Sources { articles, groups, synonyms: &synonyms, progress, large };
                stored_index::open_or_build(folder, sources)
            }
            None => SearchIndex::build(articles, &synonyms, options.progress.as_ref()),
        };
        let classifiers = || match options.classifier {
            true => train(&content, &groups, &synonyms, options.index_folder.as_deref()),
            false => Classifiers::default(),
        };
        let words = || {
            let length: usize = articles.iter().flat_map(|a| &a.sections).map(|s| s.text.len()).sum();
            let passages: Vec<Passages> = match length {
                ..=LARGE_TEXT => articles.par_iter().map(Passages::of).collect(),
                _ => Vec::new(),
            };
            (Lexicon::build(articles), passages, Completions::build(articles, &content.codes))
        };
        let matchers = || {
            let codes = CodeMatcher::build(&content.codes, content.site.code_pattern.as_deref());
            (codes, MessageMatcher::build(shown_messages(&content, &by_id)), RuleIndex::build(&content.rules))
        };
        let (index, (classifiers, ((lexicon, passages, completions), (codes, messages, rule_index)))) =
            rayon::join(index, || rayon::join(classifiers, || rayon::join(words, matchers)));
        let cards = Cards::of(articles);
        let mut by_category: HashMap<String, Vec<ArticleId>> = HashMap::new();
        for id in by_id.keys() {
            by_category.entry(id.category().to_owned()).or_default().push(id.clone());
        }
        by_category.values_mut().for_each(|ids| ids.sort_unstable());
        let asked = AskedWords::new(articles.len());
        let content = Arc::new(content);
        Ok(Snapshot {
            content,
            asked,
            by_id,
            groups,
            renamed,
            codes,
            messages,
            rule_index,
            index: index?,
            lexicon,
            passages,
            cards,
            by_category,
            completions,
            classifiers,
            synonyms,
        })
    }

    /// Returns the content's version: 64 hexadecimal digits.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.content.hash
    }

    /// Returns the index as tantivy knows it, for those who compare with tantivy's own search.
    #[must_use]
    pub fn tantivy(&self) -> &tantivy::Index {
        &self.index.tantivy
    }

    /// Returns what is one per site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.content.site
    }

    /// Returns every locale, the default first.
    #[must_use]
    pub fn locales(&self) -> &[Locale] {
        &self.content.site.locales
    }

    /// Ranks the articles whose curated questions a message may mean, of those that `viewer` may see: at most `most`, by
    /// translation group.
    #[must_use]
    pub fn rank_intents(&self, message: &str, most: usize, viewer: Viewer) -> intent::Ranking {
        let meant = self.synonyms.with_meaning(message);
        self.classifiers.intents_for(viewer).rank(meant.as_deref().unwrap_or(message), most)
    }

    /// Returns what a message may do to what was said last in its conversation; none when that is not likely, or nothing was
    /// learnt.
    #[must_use]
    pub fn hear_act(&self, message: &str) -> Option<HeardAct> {
        self.classifiers.replies.hear(message)
    }

    /// Returns how many of the curated questions of the article at `ordinal` have a needle (see
    /// [`needle`](crate::text::phrase::needle)).
    #[must_use]
    pub fn questions_with(&self, ordinal: usize, needle: &str) -> usize {
        self.articles().get(ordinal).map_or(0, |article| self.asked.count(ordinal, article, needle))
    }

    /// Returns from which confidence on a ranking for `viewer` is answered or asked back about.
    #[must_use]
    pub fn thresholds(&self, viewer: Viewer) -> intent::Thresholds {
        self.classifiers.intents_for(viewer).thresholds()
    }

    /// Returns what the classifier says of every translation group that `viewer` may see, by group. None where
    /// nothing was learnt, or so many articles that asking takes longer than a search.
    #[must_use]
    pub fn intent_scores(&self, message: &str, viewer: Viewer) -> Option<intent::ClassScores<'_>> {
        let intents = self.classifiers.intents_for(viewer);
        if !(1..=MOST_ASKED).contains(&intents.classes()) {
            return None;
        }
        let meant = self.synonyms.with_meaning(message);
        Some(intents.scores(meant.as_deref().unwrap_or(message)))
    }

    /// Returns every article in every locale.
    #[must_use]
    pub fn articles(&self) -> &[Article] {
        &self.content.articles
    }

    /// Returns an article for a reader of `locale`: that translation, else one in the same language, else the default
    /// locale's, else any. Its `locale` tells which it is. None when `viewer` may not see it or nobody wrote it.
    #[must_use]
    pub fn article(&self, id: &ArticleId, locale: &Locale, viewer: Viewer) -> Option<&Article> {
        let all = self.by_id.get(id)?;
        let visible = || all.iter().map(|&i| &self.content.articles[i]).filter(|a| a.visible_to(viewer));
        visible()
            .find(|a| a.locale == *locale)
            .or_else(|| visible().find(|a| a.locale.language() == locale.language()))
            .or_else(|| visible().find(|a| a.locale == self.content.site.default_locale))
            .or_else(|| visible().next())
    }

    /// Returns the article that was called `id` before.
    #[must_use]
    pub fn renamed(&self, id: &ArticleId) -> Option<&ArticleId> {
        self.renamed.get(id)
    }

    /// Returns what is wrong right now, for everybody.
    #[must_use]
    pub fn incident(&self) -> Option<&Incident> {
        self.content.incident.as_ref()
    }

    /// Returns the locales in which `viewer` can read an article, the default first.
    #[must_use]
    pub fn translations(&self, id: &ArticleId, viewer: Viewer) -> Vec<&Locale> {
        let all = self.by_id.get(id).map(Vec::as_slice).unwrap_or_default();
        all.iter().map(|&i| &self.content.articles[i]).filter(|a| a.visible_to(viewer)).map(|a| &a.locale).collect()
    }

    /// Returns the categories that have an article `viewer` may see, in the site's order.
    #[must_use]
    pub fn categories(&self, locale: &Locale, viewer: Viewer) -> Vec<CategoryView> {
        let site = self.site();
        let views = site.categories.iter().map(|c| CategoryView {
            id: c.id.clone(),
            name: c.name.get(locale, &site.default_locale).unwrap_or(&c.id).to_owned(),
            summary: c.summary.get(locale, &site.default_locale).unwrap_or_default().to_owned(),
            icon: c.icon.clone(),
            articles: self.count_in(&c.id, viewer),
        });
        views.filter(|v| v.articles > 0).collect()
    }

    /// Returns a category's articles for a reader of `locale`, one translation of each, by slug.
    #[must_use]
    pub fn articles_in(&self, category: &str, locale: &Locale, viewer: Viewer) -> Vec<&Article> {
        let ids = self.by_category.get(category).map(Vec::as_slice).unwrap_or_default();
        ids.iter().filter_map(|id| self.article(id, locale, viewer)).collect()
    }

    fn count_in(&self, category: &str, viewer: Viewer) -> usize {
        let ids = self.by_category.get(category).map(Vec::as_slice).unwrap_or_default();
        let visible = |id: &&ArticleId| {
            self.by_id
                .get(*id)
                .is_some_and(|all| all.iter().any(|at| viewer == Viewer::Agent || self.cards.cards[*at].public))
        };
        ids.iter().filter(visible).count()
    }

    /// Returns an article's sentences. A large site reads them when they are asked for: kept for every article they would
    /// take as much memory as the text, and a page of hits asks for ten.
    pub(crate) fn passages(&self, ordinal: usize) -> Option<&Passages> {
        self.passages.get(ordinal)
    }

    /// Returns the record of an error code in any spelling (case, spaces, hyphens, full-width), or of one of its
    /// aliases. None when nobody defined it; digits are never matched loosely.
    #[must_use]
    pub fn code(&self, written: &str) -> Option<&CodeRecord> {
        self.codes.get(written).map(|at| &self.content.codes[at])
    }

    /// Returns a number that all translations of an article share, and no other article has.
    #[must_use]
    pub fn translation_group(&self, ordinal: usize) -> usize {
        self.groups[ordinal]
    }

    /// Returns an article's place in [`Snapshot::articles`].
    #[must_use]
    pub fn ordinal(&self, article: &Article) -> usize {
        let all = self.by_id.get(&article.id).map(Vec::as_slice).unwrap_or_default();
        all.iter().copied().find(|&i| self.content.articles[i].locale == article.locale).unwrap_or_default()
    }

    /// Returns the place of an article that answers the catalogue's record at `record`, in any locale.
    #[must_use]
    pub fn code_ordinal(&self, record: usize) -> Option<usize> {
        self.by_id.get(&self.content.codes.get(record)?.article)?.first().copied()
    }

    /// Returns the whole catalogue of codes.
    #[must_use]
    pub fn codes(&self) -> &[CodeRecord] {
        &self.content.codes
    }

    /// Returns every code that a message names, known or not.
    #[must_use]
    pub fn find_codes(&self, message: &str) -> Vec<FoundCode> {
        self.codes.find(message)
    }

    /// Returns at most `most` codes that differ from an unknown one in a single character.
    #[must_use]
    pub fn near_codes(&self, code: &str, most: usize) -> Vec<&CodeRecord> {
        self.codes.near(code, most).into_iter().map(|at| &self.content.codes[at]).collect()
    }

    /// Returns the on-screen messages that a text repeats, the surest first.
    #[must_use]
    pub fn find_messages(&self, text: &str) -> Vec<FoundMessage> {
        self.messages.find(text)
    }

    /// Returns the questions that the content suggests on a page of the host site, given by its address: those of the
    /// first entry that fits, in this locale or in the same language. Empty where none does.
    #[must_use]
    pub fn suggested_questions(&self, page: &str, locale: &Locale) -> Vec<String> {
        let Some(fitting) = self.content.suggestions.iter().find(|s| s.are_for(page)) else { return Vec::new() };
        let same_language =
            || fitting.questions.iter().find(|(l, _)| l.language() == locale.language()).map(|(_, q)| q);
        fitting.questions.get(locale).or_else(same_language).cloned().unwrap_or_default()
    }

    /// Returns the troubleshooting flows.
    #[must_use]
    pub fn flows(&self) -> &[Flow] {
        &self.content.flows
    }

    /// Returns what rules call by one name.
    #[must_use]
    pub fn concepts(&self) -> &[Concept] {
        &self.content.concepts
    }

    /// Returns the chat's declared rules.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.content.rules
    }

    /// Returns which rules a message can match by its terms.
    #[must_use]
    pub fn rule_index(&self) -> &RuleIndex {
        &self.rule_index
    }
}

/// Returns every on-screen message with the place of an article that answers it: from front matter and from the
/// catalogue of codes. Internal articles' messages are matched too; who may see the answer is decided later.
fn shown_messages<'a>(
    content: &'a Content,
    by_id: &'a HashMap<ArticleId, Vec<usize>>,
) -> impl Iterator<Item = (&'a str, usize)> {
    let written =
        content.articles.iter().enumerate().flat_map(|(at, a)| a.messages.iter().map(move |m| (m.as_str(), at)));
    let catalogued = content.codes.iter().flat_map(move |code| {
        let at = by_id.get(&code.article).and_then(|all| all.first()).copied();
        code.messages.values().flatten().filter_map(move |m| Some((m.as_str(), at?)))
    });
    written.chain(catalogued)
}
