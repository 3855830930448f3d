//! Plain records that travel between rooms: a chat turn and its reply, what a conversation remembers, tickets and agents.
//!
//! May call: base. Must not know: how a reply is found, stored or shown.

pub mod dialogue;
pub mod reply;

pub mod conversation;
pub mod ticket;

pub mod agent;

pub use agent::{Agent, ApiKey, AuditEntry, Role, Session};
pub use conversation::{Conversation, KeptTurn, Remembered};
pub use dialogue::{Dialogue, FlowState, LastAnswer, StepSaid};
pub use reply::{Match, MatchedBy, QuickReply, Reply, ReplyKind, Source, Stage, Turn};
pub use ticket::{Ticket, TicketEvent, TicketState};
