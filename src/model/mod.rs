//! Plain records that travel between rooms: a chat turn and its reply, and what a conversation remembers.
//!
//! May call: base. Must not know: how a reply is found, stored or shown.

pub mod dialogue;
pub mod reply;

pub use dialogue::{Dialogue, FlowState};
pub use reply::{Match, MatchedBy, QuickReply, Reply, ReplyKind, Source, Stage, Turn};
