//! What a conversation remembers between turns.

use serde::{Deserialize, Serialize};

use crate::base::{ArticleId, Locale};

/// The state that the next turn needs; small, and free of anything the customer typed.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Dialogue {
    /// The language of the last reply.
    pub locale: Option<Locale>,
    /// The article of the last answer.
    pub topic: Option<ArticleId>,
    /// The articles that the last reply offered to choose from, in the order shown.
    pub offered: Vec<ArticleId>,
    /// How many turns there were.
    pub turns: u32,
}
