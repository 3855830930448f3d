//! Plain records that travel between rooms: a chat turn and its reply.
//!
//! May call: base. Must not know: how a reply is found, stored or shown.

pub mod reply;

pub use reply::{Match, MatchedBy, QuickReply, Reply, ReplyKind, Source, Stage, Turn};
