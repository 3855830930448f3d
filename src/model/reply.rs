//! One chat turn as the API answers it: the reply, and which rule won and why.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::{ArticleId, Locale};

/// What sort of reply a turn got.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReplyKind {
    /// One solution; `sources[0]` is it.
    Answer,
    /// A question back; `sources` are the candidates, best first.
    Clarify,
    /// One step of a troubleshooting flow.
    Step,
    /// Urgent security advice.
    Safety,
    /// A greeting, thanks, or what the bot is.
    Smalltalk,
    /// A person takes over.
    Handoff,
    /// It does not know and says so; `sources` are near misses, offered and not asserted.
    Fallback,
}

/// The stage of the engine that decided a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchedBy {
    /// An error code, spelt in any way.
    Code,
    /// An on-screen message, whole or in part.
    Message,
    /// A rule declared in the content.
    Rule,
    /// A troubleshooting flow.
    Flow,
    /// The curated questions of an article.
    Question,
    /// The search index.
    Search,
    /// Nothing matched well enough.
    None,
}

/// An article that a reply cites.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Source {
    /// `category/slug`.
    #[schema(value_type = String)]
    pub id: ArticleId,
    /// Its title in the reply's locale, or in the default locale where it is not translated.
    pub title: String,
    /// The page's path, with the anchor of the section that answers where one does.
    pub url: String,
}

/// A reply that the customer can send with one tap.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct QuickReply {
    /// What the button says.
    pub label: String,
    /// What is sent.
    pub message: String,
}

/// What the customer gets to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reply {
    /// What sort of reply it is.
    pub kind: ReplyKind,
    /// Plain text; paragraphs are separated by a blank line.
    pub text: String,
    /// The same as safe HTML.
    pub html: String,
    /// The articles it rests on, best first.
    pub sources: Vec<Source>,
    /// What to answer with one tap.
    pub quick_replies: Vec<QuickReply>,
}

/// Why this reply was given.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Match {
    /// The stage that won.
    pub by: MatchedBy,
    /// The id of the code, message, rule, question or article that won; empty when nothing did.
    pub rule: String,
    /// From 0 (a guess) to 1 (certain).
    pub confidence: f32,
    /// The customer's words, codes and messages that speak for it, secrets removed.
    pub evidence: Vec<String>,
    /// The version of the content that answered; the same message and version give the same reply.
    pub content: String,
    /// Every stage that was tried, in order; present only when it was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
}

/// One stage of the engine: what it considered, and why it won or lost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Stage {
    /// The stage's name: `code`, `message`, `rule`, `question`, `search`, …
    pub name: String,
    /// Whether this stage gave the reply.
    pub won: bool,
    /// Why, in one sentence.
    pub why: String,
    /// What it considered, best first, as `(id, score)`.
    pub candidates: Vec<(String, f32)>,
}

/// A whole turn: the contract's answer to `POST /api/v1/chat`, but for the conversation's id.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The language of the reply.
    pub locale: Locale,
    /// What the customer reads.
    pub reply: Reply,
    /// Why.
    pub matched: Match,
}
