//! Questions that customers ask and this help centre does not answer: `out-of-scope.toml`.
//!
//! The chat's classifier learns from them what is near the content and none of it, which no article can show.

use std::collections::BTreeMap;

use crate::base::Locale;
use crate::content::fields::{Fields, Findings};
use crate::content::node::Entry;

/// Reads the file.
pub(crate) fn read(
    entries: Vec<Entry>,
    locales: &[Locale],
    findings: &mut Findings<'_>,
) -> BTreeMap<Locale, Vec<String>> {
    Fields::new(1, entries, &["questions"], findings).localized_lists("questions", locales)
}
