//! The use cases: what the web and the command line both call.
//!
//! May call: everything above it in ARCHITECTURE.md's table. Must not know: axum.

mod cache;
mod conversations;
mod measure;

pub mod help_centre;
pub mod official;
pub mod publish;
pub mod replicas;

mod budgets;

pub mod ask;
pub mod converse;

pub mod hand_over;
pub mod rate;
pub mod rights;
pub mod searched;

pub mod agents;
pub mod api_keys;

pub mod content_state;
pub mod history;
pub mod insight;
pub mod look_up;
pub mod retention;
pub mod tickets;

pub mod error;

pub use ask::{Asked, Notice, Question, locale_of_unknown};
pub use cache::FirstTurn;
pub use converse::Begun;
pub use error::DeskError;
pub use hand_over::HandOver;
pub use help_centre::{HelpCentre, Trouble};
pub use measure::{Gauges, MASKED, mask};
pub use official::{Checked, Verdict, check_contact};
pub use rate::Rating;
pub use searched::Found;
