//! Answers to what is asked again and again: the same content gives the same answer to the same words, so that it need not
//! be found anew.
//!
//! Only what anybody would be answered is kept: nothing of a conversation under way, nothing for agents, and no words in
//! which private data was found. Each key names the content's version; what was found in an older one is never asked for
//! again, and goes when there is no room.

use std::fmt::{self, Write as _};
use std::sync::Arc;

use metrics::Histogram;
use moka::sync::Cache;

use crate::base::{Locale, Viewer};
use crate::kb::Snapshot;
use crate::model::{Dialogue, Turn};
use crate::search::{Query, Results};
use crate::store::{Searched, TurnBody};
use crate::text::Redacted;

/// How many bytes each kind of answer may take.
const MOST_BYTES: u64 = 16 * 1024 * 1024;

/// A search's results, and the search as it may be noted.
#[derive(Debug)]
pub(crate) struct KeptSearch {
    pub(crate) results: Results,
    pub(crate) searched: Arc<Searched>,
}

/// A conversation's first turn as anybody gets it who begins with the same words, and what the next one needs.
#[derive(Debug)]
pub struct FirstTurn {
    pub(crate) turn: Turn,
    pub(crate) next: Arc<Dialogue>,
    /// The turn as it is recorded.
    pub(crate) body: TurnBody,
    pub(crate) measured: Histogram,
}

/// The answers.
pub(crate) struct Answers {
    searches: Cache<String, Arc<KeptSearch>>,
    turns: Cache<String, Arc<FirstTurn>>,
}

impl Default for Answers {
    fn default() -> Self {
        let searches = Cache::builder().weigher(|key: &String, kept: &Arc<KeptSearch>| bytes(key, weigh_search(kept)));
        let turns = Cache::builder().weigher(|key: &String, kept: &Arc<FirstTurn>| bytes(key, weigh_turn(kept)));
        Answers { searches: searches.max_capacity(MOST_BYTES).build(), turns: turns.max_capacity(MOST_BYTES).build() }
    }
}

impl fmt::Debug for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answers({} searches, {} turns)", self.searches.entry_count(), self.turns.entry_count())
    }
}

impl Answers {
    /// Returns what a search found before.
    pub(crate) fn search(&self, key: &str) -> Option<Arc<KeptSearch>> {
        asked("search", self.searches.get(key))
    }

    /// Keeps what a search found, if anybody may be told.
    pub(crate) fn keep_search(&self, key: String, kept: &Arc<KeptSearch>) {
        if kept.searched.query.found().is_empty() {
            self.searches.insert(key, Arc::clone(kept));
        }
    }

    /// Returns the first turn that was given to the same words before.
    pub(crate) fn turn(&self, key: &str) -> Option<Arc<FirstTurn>> {
        asked("turn", self.turns.get(key))
    }

    /// Keeps a first turn.
    pub(crate) fn keep_turn(&self, key: String, kept: Arc<FirstTurn>) {
        self.turns.insert(key, kept);
    }
}

/// Counts whether a cache had what it was asked for.
fn asked<T>(cache: &'static str, kept: Option<T>) -> Option<T> {
    let result = if kept.is_some() { "hit" } else { "miss" };
    metrics::counter!("zhida_cache_total", "cache" => cache, "result" => result).increment(1);
    kept
}

/// Returns the name under which a search is kept; none where only some may be told what it finds.
pub(crate) fn search_key(snapshot: &Snapshot, query: &Query<'_>) -> Option<String> {
    (query.viewer == Viewer::Public).then(|| {
        let mut key = String::with_capacity(96 + query.text.len());
        let Query { text, locale, category, limit, offset, verbatim, .. } = query;
        let category = category.unwrap_or_default();
        let _ = write!(key, "{}\n{locale}\n{category}\n{limit} {offset} {verbatim}\n{text}", snapshot.version());
        key
    })
}

/// Returns the name under which the answer to a conversation's first words is kept; none where it is for some alone.
pub(crate) fn turn_key(
    snapshot: &Snapshot,
    dialogue: &Dialogue,
    said: &Redacted,
    locale: &Locale,
    viewer: Viewer,
) -> Option<String> {
    let anybodys = viewer == Viewer::Public && said.found().is_empty() && *dialogue == Dialogue::default();
    anybodys.then(|| {
        let mut key = String::with_capacity(64 + said.text().len());
        let _ = write!(key, "{}\n{locale}\n{}", snapshot.version(), said.text());
        key
    })
}

/// What the containers themselves take, about.
const OVERHEAD: usize = 256;

fn bytes(key: &str, value: usize) -> u32 {
    u32::try_from(key.len() + value + OVERHEAD).unwrap_or(u32::MAX)
}

fn weigh_search(kept: &KeptSearch) -> usize {
    let hits =
        kept.results.hits.iter().map(|hit| hit.title.len() + hit.snippet.as_str().len() + hit.url.len() + OVERHEAD);
    hits.sum::<usize>() + kept.searched.query.text().len()
}

fn weigh_turn(kept: &FirstTurn) -> usize {
    let reply = &kept.turn.reply;
    let buttons = reply.quick_replies.iter().map(|q| q.label.len() + q.message.len());
    // Once as it is, and once as it is recorded.
    2 * (reply.text.len() + reply.html.len() + buttons.sum::<usize>() + (reply.sources.len() + 2) * OVERHEAD)
}
