//! The snapshot: articles, categories and codes by name, and what search and chat match against.

use std::collections::HashMap;
use std::sync::Arc;

use crate::base::{ArticleId, Locale, Viewer};
use crate::content::{Article, CodeRecord, Content, Site};

/// Everything one request needs to answer; immutable and whole.
#[derive(Debug)]
pub struct Snapshot {
    content: Arc<Content>,
    by_id: HashMap<ArticleId, Vec<usize>>,
}

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

impl Snapshot {
    /// Builds a snapshot beside whatever is being served.
    #[must_use]
    pub fn build(content: Content) -> Self {
        let mut by_id: HashMap<ArticleId, Vec<usize>> = HashMap::new();
        for (i, article) in content.articles.iter().enumerate() {
            by_id.entry(article.id.clone()).or_default().push(i);
        }
        Snapshot { content: Arc::new(content), by_id }
    }

    /// Returns the content's version: 64 hexadecimal digits.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.content.hash
    }

    /// Returns what is one per site.
    #[must_use]
    pub fn site(&self) -> &Site {
        &self.content.site
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
            articles: self.articles_in(&c.id, locale, viewer).len(),
        });
        views.filter(|v| v.articles > 0).collect()
    }

    /// Returns a category's articles for a reader of `locale`, one translation of each, by slug.
    #[must_use]
    pub fn articles_in(&self, category: &str, locale: &Locale, viewer: Viewer) -> Vec<&Article> {
        let mut ids: Vec<&ArticleId> = self.by_id.keys().filter(|id| id.category() == category).collect();
        ids.sort();
        ids.into_iter().filter_map(|id| self.article(id, locale, viewer)).collect()
    }

    /// Returns the record of an error code in any spelling (case, spaces, hyphens, full-width), or of one of its
    /// aliases. None when nobody defined it; digits are never matched loosely.
    #[must_use]
    pub fn code(&self, written: &str) -> Option<&CodeRecord> {
        let fold =
            |s: &str| -> String { s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect() };
        let wanted = fold(written);
        self.content.codes.iter().find(|c| fold(&c.code) == wanted || c.aliases.iter().any(|a| fold(a) == wanted))
    }
}
