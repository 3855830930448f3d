//! One search, from the typed words to a page of hits.

use crate::base::{Locale, Viewer};
use crate::kb::Snapshot;
use crate::search::Results;

/// What somebody searches for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The words as typed.
    pub text: &'a str,
    /// The reader's locale; hits in it rank first.
    pub locale: &'a Locale,
    /// Only this category.
    pub category: Option<&'a str>,
    /// How many hits at most.
    pub limit: usize,
    /// How many to leave out before them.
    pub offset: usize,
    /// Who is asking.
    pub viewer: Viewer,
}

/// Searches a snapshot.
#[must_use]
pub fn search(_snapshot: &Snapshot, query: Query<'_>) -> Results {
    Results { query: query.text.to_owned(), locale: query.locale.clone(), total: 0, corrected: None, hits: Vec::new() }
}
