//! How often an article's curated questions have a word.

use std::sync::OnceLock;

use crate::content::Article;
use crate::text::phrase::haystack;

/// The questions of each article as terms are looked up in them; read when the first message asks for an article's.
#[derive(Debug, Default)]
pub(crate) struct AskedWords(Vec<OnceLock<Vec<String>>>);

impl AskedWords {
    /// Makes room for so many articles.
    pub(crate) fn new(articles: usize) -> Self {
        AskedWords((0..articles).map(|_| OnceLock::new()).collect())
    }

    /// Returns how many of the questions of the article at `ordinal` have a needle.
    pub(crate) fn count(&self, ordinal: usize, article: &Article, needle: &str) -> usize {
        let read = || article.questions.iter().map(|question| haystack(question)).collect();
        let Some(questions) = self.0.get(ordinal).map(|of| of.get_or_init(read)) else { return 0 };
        questions.iter().filter(|question| !needle.is_empty() && question.contains(needle)).count()
    }
}
