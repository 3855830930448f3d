//! The chat widget that other sites embed: one script, what it asks for when it is opened, and a page to try it on.
//!
//! The script's parts stand in `static/widget/`. docs/widget.md tells how to embed it.

pub(crate) mod demo;
pub(crate) mod file;
pub(crate) mod words;
