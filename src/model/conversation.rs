//! Conversations as they are kept: the turns, private data masked, and what the next turn needs.

use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Dialogue, Match, Reply};

/// One turn as it was answered.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct KeptTurn {
    /// A UUID.
    pub id: String,
    /// When it was answered.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// The language of the reply.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// The customer's words, private data masked.
    pub said: String,
    /// What the customer read.
    pub reply: Reply,
    /// Why.
    #[serde(rename = "match")]
    pub matched: Match,
    /// What the conversation remembered before the turn: with it the engine can explain the turn again.
    #[serde(skip)]
    pub before: Dialogue,
}

/// A conversation with its turns, oldest first.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Conversation {
    /// A UUID that nobody can guess.
    pub id: String,
    /// The language of the last reply.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// When the first turn was answered.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
    /// When the last one was.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
    /// The turns.
    pub turns: Vec<KeptTurn>,
}

/// Where a conversation is, without its turns.
#[derive(Debug, Clone, PartialEq)]
pub struct Remembered {
    /// What the next turn needs.
    pub dialogue: Dialogue,
    /// When the last turn was answered.
    pub last_at: Timestamp,
}
