//! What is done to every string, index and query alike: folding, cutting into terms, pinyin, edit distance, slots, redaction.
//!
//! May call: base. Must not know: articles, the index; nothing here is async or does I/O.

pub mod fold;
pub mod script;

pub mod english;
pub mod pattern;
pub mod phrase;
pub mod terms;

pub mod cohesion;
pub mod distance;
pub mod pinyin;
pub mod shape;
pub mod word_vectors;

pub mod redact;
pub mod slots;

pub use fold::{Folded, fold, fold_str};
pub use redact::{Redacted, redact};
pub use terms::{Term, TermKind, terms};
