//! One chat turn: load the dialogue, let the engine reply, keep the dialogue.

use crate::base::{Locale, Viewer};
use crate::desk::HelpCentre;
use crate::kb::Snapshot;
use crate::model::{Match, MatchedBy, Reply, ReplyKind, Turn};

/// What a customer says.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// The message as typed.
    pub message: &'a str,
    /// The conversation it belongs to; none, or one nobody knows, starts a new one.
    pub conversation_id: Option<&'a str>,
    /// The page's or the app's locale; the message's own language may win over it.
    pub locale: &'a Locale,
    /// Who is asking.
    pub viewer: Viewer,
    /// Whether to fill in [`Match::stages`].
    pub explain: bool,
}

/// What the desk answers.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked {
    /// The conversation, to be sent with the next message.
    pub conversation_id: String,
    /// The turn.
    pub turn: Turn,
}

impl HelpCentre {
    /// Answers one message from a snapshot that the request holds.
    #[must_use]
    pub fn ask(&self, _snapshot: &Snapshot, question: &Question<'_>) -> Asked {
        Asked {
            conversation_id: String::new(),
            turn: Turn {
                locale: question.locale.clone(),
                reply: Reply {
                    kind: ReplyKind::Fallback,
                    text: String::new(),
                    html: String::new(),
                    sources: vec![],
                    quick_replies: vec![],
                },
                matched: Match {
                    by: MatchedBy::None,
                    rule: String::new(),
                    confidence: 0.0,
                    evidence: vec![],
                    content: String::new(),
                    stages: vec![],
                },
            },
        }
    }
}
