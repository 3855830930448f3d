//! The use cases: what the web and the command line both call.
//!
//! May call: everything above it in ARCHITECTURE.md's table. Must not know: axum.

pub mod ask;
mod conversations;

pub mod help_centre;

pub use ask::{Asked, Question};
pub use help_centre::HelpCentre;
