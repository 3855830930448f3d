//! A search, and what customers searched for and opened: noted for statistics, never waited for.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::base::{ArticleId, Locale};
use crate::desk::cache::{self, KeptSearch};
use crate::desk::{HelpCentre, measure};
use crate::kb::Snapshot;
use crate::search::{self, Query, Results};
use crate::store::{Click, Event, Searched};
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

    /// Returns the same as found once more, which took so long.
    #[must_use]
    pub fn again(&self, took: Duration) -> Self {
        Found { took_us: micros(took), kept: Arc::clone(&self.kept) }
    }

    /// Tells whether anybody may be told, also later: nothing private was typed.
    #[must_use]
    pub fn may_be_kept(&self) -> bool {
        self.kept.searched.query.found().is_empty()
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
            let searched = Searched {
                locale: results.locale.to_string(),
                query: redact(query.text),
                corrected: results.corrected.clone().unwrap_or_default(),
                total: results.total as u64,
                results: results.hits.iter().map(|hit| hit.id.to_string()).collect(),
            };
            let kept = Arc::new(KeptSearch { results, searched: Arc::new(searched) });
            if let Some(key) = key {
                self.answers.keep_search(key, &kept);
            }
            kept
        });
        Found { kept, took_us: micros(begun.elapsed()) }
    }

    /// Notes a search and what it found.
    pub fn note_search(&self, found: &Found) {
        let Found { kept, took_us } = found;
        measure::search(&kept.results, *took_us);
        measure::redactions(&kept.searched.query);
        let Some(store) = self.store() else { return };
        store.note(Event::Search { at: self.clock.now(), took_us: *took_us, searched: Arc::clone(&kept.searched) });
    }

    /// Notes that a result of a search was opened.
    pub fn note_click(&self, query: &str, locale: &Locale, article: &ArticleId) {
        let Some(store) = self.store() else { return };
        store.note(Event::Click(Click {
            at: self.clock.now(),
            locale: locale.to_string(),
            query: redact(query),
            article: article.to_string(),
        }));
    }
}

fn micros(took: Duration) -> u64 {
    u64::try_from(took.as_micros()).unwrap_or(u64::MAX)
}
