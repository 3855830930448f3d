//! The chat: from a customer's message to a reply that cites its article, and the reasons for it.
//!
//! May call: base, text, model, kb, search. Must not: be async, read the clock, store anything.
//!
//! A message goes through the stages in the order of [`engine::STAGES`]; the first that is sure enough gives the reply.
//! To add a stage: write a file with a function `fn(&Message<'_>) -> Verdict`, and add a line to that table.

pub mod engine;
pub mod message;

mod clauses;
mod language;

mod act;
mod aspect;

mod ordinal;
mod said;
mod searched;
mod short_reply;
mod slip;
mod step_done;

mod beside_reply;
mod flow;
mod flow_says;
mod follow_up;
mod interrupted;
mod lacks;
mod several;

mod code;
mod on_screen;
mod rule;
mod slots;

mod policy;
mod question;
mod search_stage;

mod fallback;

mod compose;
mod secrets;
mod wording;

pub use compose::say_restarted;
pub use engine::{Spoken, reply};
pub use searched::covers;
pub use secrets::masked;
