//! Articles that come from other systems, and ours for them.
//!
//! Each source has a file that reads it into [`Draft`]s; [`write`](write::write) makes a content folder of those and tells
//! what a person should look at. May call: base, text, content, kb. Must not know: the index, the web, the database.

pub mod draft;
pub mod write;

mod html;
mod links;
mod loose;
mod rewrite;
mod summary;

pub mod folder;
pub mod pairs;
pub mod phpmyfaq;
pub mod zendesk;

mod dialect;
mod page;
mod shape;

pub mod export;
pub mod source;

pub use draft::{Draft, LocalFile, Note};
pub use source::{Form, ReadError, read};
pub use write::{Wishes, Written, write};
