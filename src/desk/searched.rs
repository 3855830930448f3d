//! A search, and what customers searched for and opened: noted for statistics, never waited for.

use std::sync::{Arc, OnceLock};
use std::time::Instant;

use crate::base::{ArticleId, Locale};
use crate::desk::cache::{self, KeptSearch};
use crate::desk::{HelpCentre, measure};
use crate::kb::Snapshot;
use crate::search::{self, Query, Results};
use crate::store::Event;
use crate::text::redact;

/// What a search found.
#[derive(Debug, Clone)]
pub struct Found {
    kept: Arc<KeptSearch>,
    /// How long it took, in microseconds.
    pub took_us: u64,
}

impl Found {
    /// Returns the results.
    #[must_use]
    pub fn results(&self) -> &Results {
        &self.kept.results
    }

    /// Returns the results as they are sent: written by `write` the first time, and from then on as long as they are kept.
    pub fn written(&self, write: impl FnOnce(&Results) -> String) -> &str {
        self.kept.written.get_or_init(|| write(&self.kept.results))
    }
}

impl HelpCentre {
    /// Searches; what was searched for before in the same content is answered from memory.
    #[must_use]
    pub fn search(&self, snapshot: &Snapshot, query: &Query<'_>) -> Found {
        let begun = Instant::now();
        let key = cache::search_key(snapshot, query);
        let kept = key.as_ref().and_then(|key| self.answers.search(key)).unwrap_or_else(|| {
            let results = search::search(snapshot, *query);
            let kept = Arc::new(KeptSearch { results, said: redact(query.text), written: OnceLock::new() });
            if let Some(key) = key {
                self.answers.keep_search(key, &kept);
            }
            kept
        });
        Found { kept, took_us: u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX) }
    }

    /// Notes a search and what it found.
    pub fn note_search(&self, found: &Found) {
        let Found { kept, took_us } = found;
        let KeptSearch { results, said, .. } = &**kept;
        measure::search(results, *took_us);
        measure::redactions(said);
        let Some(store) = self.store() else { return };
        store.note(Event::Search {
            at: self.clock.now(),
            locale: results.locale.to_string(),
            query: said.clone(),
            corrected: results.corrected.clone().unwrap_or_default(),
            total: results.total as u64,
            took_us: *took_us,
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
