//! Finding pages: from what somebody typed to ranked hits with snippets, and suggestions while they type.
//!
//! May call: base, text, kb. Must not: change a snapshot. With kb it alone knows tantivy.

pub mod query;

pub mod correct;
mod lattice;
pub(crate) mod rank;
mod snippet;

pub mod explain;

pub mod results;
pub mod suggest;

pub use explain::{Explained, Reading, explain, reading};
pub use query::{Query, Ranked, Ranking, corrected_chinese, rank_articles, rank_words, search, section_for};
pub use results::{FoundBy, Hit, Results, Suggestion, SuggestionKind};
pub use suggest::suggest;
