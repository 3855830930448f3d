//! What customers searched for and opened: noted for statistics, never waited for.

use crate::base::{ArticleId, Locale};
use crate::desk::{HelpCentre, measure};
use crate::search::Results;
use crate::store::Event;
use crate::text::redact;

impl HelpCentre {
    /// Notes a search and what it found.
    pub fn note_search(&self, query: &str, results: &Results, took_us: u64) {
        measure::search(results, took_us);
        let Some(store) = self.store() else { return };
        store.note(Event::Search {
            at: self.clock.now(),
            locale: results.locale.to_string(),
            query: measure::masked(query),
            corrected: results.corrected.clone().unwrap_or_default(),
            total: results.total as u64,
            took_us,
            results: results.hits.iter().map(|hit| hit.id.to_string()).collect(),
        });
    }

    /// Notes that a result of a search was opened.
    pub fn note_click(&self, query: &str, locale: &Locale, article: &ArticleId) {
        let Some(store) = self.store() else { return };
        store.note(Event::Click {
            at: self.clock.now(),
            locale: locale.to_string(),
            query: redact(query),
            article: article.to_string(),
        });
    }
}
