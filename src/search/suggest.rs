//! Suggestions while somebody types.

use crate::base::{Locale, Viewer};
use crate::kb::Snapshot;
use crate::search::Suggestion;

/// Returns at most `limit` suggestions for what has been typed so far, best first.
#[must_use]
pub fn suggest(
    _snapshot: &Snapshot,
    _typed: &str,
    _locale: &Locale,
    _limit: usize,
    _viewer: Viewer,
) -> Vec<Suggestion> {
    Vec::new()
}
