//! `POST /api/v1/chat`.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::Viewer;
use crate::desk::{Asked, Notice, Question, locale_of_unknown};
use crate::model::{Match, Reply};
use crate::web::api::problem::Problem;
use crate::web::api::{body, locale};
use crate::web::error::Failure;
use crate::web::kept_turn;
use crate::web::locale::preferred;
use crate::web::state::AppState;

/// The path of the chat.
pub(crate) const PATH: &str = "/api/v1/chat";

/// What a customer says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct ChatMessage {
    /// The message as typed, at most 2,000 characters; white space alone is no message.
    #[schema(
        min_length = 1,
        max_length = 2000,
        pattern = r"[^\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]",
        example = "付款失败 E1101"
    )]
    pub message: String,
    /// The conversation that it belongs to; without one, or with one nobody knows, a new conversation begins.
    pub conversation_id: Option<String>,
    /// The page's locale; by `Accept-Language` when absent. The message's own language may win over it, and a language that
    /// the customer asks for wins over all.
    #[schema(example = "zh-CN")]
    pub locale: Option<String>,
    /// Whether `match.stages` is to tell of every stage that was tried.
    #[serde(default)]
    #[schema(default = false)]
    pub explain: bool,
}

/// One chat turn.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ChatAnswer {
    /// To be sent with the next message.
    pub conversation_id: String,
    /// Whether the message named a conversation that nobody remembers any more, so that a new one began; the reply says so first.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(default = false)]
    pub conversation_restarted: bool,
    /// Whether the turn could not be written down, because the server's disk takes nothing: the conversation goes on, but it
    /// is forgotten should the server stop before it has room again.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(default = false)]
    pub conversation_unsaved: bool,
    /// The language of the reply.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// The customer's message as it may be shown and kept: private data masked.
    pub message: String,
    /// What is wrong right now, for everybody; to be shown before the reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice: Option<IncidentNotice>,
    /// What the customer reads.
    pub reply: Reply,
    /// Which rule gave the reply, and why.
    #[serde(rename = "match")]
    pub matched: Match,
}

/// An incident.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentNotice {
    /// `notice`, `degraded` or `outage`.
    #[schema(example = "outage")]
    pub severity: String,
    /// One or two sentences, in the language of what it comes with.
    pub text: String,
    /// The path of the article that tells more; null where there is none.
    pub url: Option<String>,
}

impl From<Notice> for IncidentNotice {
    fn from(notice: Notice) -> Self {
        IncidentNotice { severity: notice.severity.as_str().to_owned(), text: notice.text, url: notice.url }
    }
}

impl From<Asked> for ChatAnswer {
    fn from(asked: Asked) -> Self {
        ChatAnswer {
            conversation_id: asked.conversation_id,
            conversation_restarted: asked.restarted,
            conversation_unsaved: asked.unsaved,
            locale: asked.turn.locale.to_string(),
            message: asked.message,
            notice: asked.notice.map(IncidentNotice::from),
            reply: asked.turn.reply,
            matched: asked.turn.matched,
        }
    }
}

/// Answers one message of a customer.
#[utoipa::path(
    post,
    path = "/api/v1/chat",
    tag = "chat",
    request_body = ChatMessage,
    responses(
        (status = 200, description = "The reply", body = ChatAnswer),
        (status = 400, description = "The message is empty or too long, or the body is not the JSON expected", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not declared as JSON", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn chat(
    State(state): State<AppState>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Failure> {
    let said: ChatMessage = body::read(request).await?;
    let edition = state.edition();
    let snapshot = &edition.snapshot;
    let mut locale = locale::choose(said.locale.as_deref(), &headers, snapshot.site())?;
    let (chars, most) = (said.message.chars().count(), state.settings.max_message_chars);
    let message = said.message.trim();
    if message.is_empty() {
        return Err(Failure::bad_request("empty_message", "message is empty"));
    }
    if chars > most {
        let detail = format!("message has {chars} characters; the most is {most}");
        return Err(Failure::bad_request("message_too_long", detail));
    }
    if said.locale.as_deref().is_none_or(str::is_empty) && preferred(&headers, snapshot.site()).is_none() {
        locale = locale_of_unknown(message, snapshot);
    }
    let question = Question {
        message,
        conversation_id: said.conversation_id.as_deref().filter(|id| !id.is_empty()),
        locale: &locale,
        viewer: Viewer::Public,
        explain: said.explain,
    };
    let is_plain = question.conversation_id.is_none() && !question.explain;
    if is_plain && let Some(kept) = edition.turns.of(&locale, message) {
        return Ok(kept.answer(&state.desk).await);
    }
    let (answered, first) = state.desk.converse_for_others(snapshot, &question).await;
    let answer = ChatAnswer::from(answered);
    let written = serde_json::to_string(&answer).map_err(|cause| {
        tracing::error!(%cause, "an answer cannot be written");
        Failure::of_status(StatusCode::INTERNAL_SERVER_ERROR)
    })?;
    if is_plain && let Some(first) = first {
        edition.turns.keep(&locale, message, &answer, &written, first);
    }
    Ok(kept_turn::respond(written))
}
