//! `POST /api/v1/feedback`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::base::ArticleId;
use crate::desk::Rating;
use crate::web::api::problem::Problem;
use crate::web::api::{body, locale};
use crate::web::error::Failure;
use crate::web::state::AppState;

/// What somebody thinks of an article or of a conversation; one of the two is named, or both.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Feedback {
    /// The article, `category/slug`.
    #[schema(example = "errors/network-unstable")]
    pub article_id: Option<String>,
    /// The conversation.
    pub conversation_id: Option<String>,
    /// The reader's locale; by `Accept-Language` when absent.
    #[schema(example = "zh-CN")]
    pub locale: Option<String>,
    /// Whether it helped.
    pub helpful: bool,
    /// Anything to add, at most 2,000 characters. Private data is masked before it is kept.
    #[schema(max_length = 2000)]
    pub comment: Option<String>,
}

/// That it was kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Kept {
    /// `kept`.
    #[schema(example = "kept")]
    pub status: &'static str,
}

/// Tells whether an answer helped.
#[utoipa::path(
    post,
    path = "/api/v1/feedback",
    tag = "chat",
    request_body = Feedback,
    responses(
        (status = 202, description = "It is kept", body = Kept),
        (status = 400, description = "Neither an article nor a conversation is named, or the body is not the JSON expected", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such article or conversation", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not declared as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "It cannot be kept just now; send it again later", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn feedback(
    State(state): State<AppState>,
    headers: HeaderMap,
    request: Request,
) -> Result<(StatusCode, Json<Kept>), Failure> {
    let sent: Feedback = body::read(request).await?;
    let snapshot = state.desk.snapshot();
    let locale = locale::choose(sent.locale.as_deref(), &headers, snapshot.site())?;
    let article: Option<ArticleId> = match sent.article_id.as_deref().filter(|id| !id.is_empty()) {
        Some(id) => Some(id.parse().map_err(|_| Failure::not_found("unknown_article", "no such article"))?),
        None => None,
    };
    let conversation = sent.conversation_id.as_deref().filter(|id| !id.is_empty());
    if article.is_none() && conversation.is_none() {
        return Err(Failure::bad_request("nothing_rated", "name an article_id or a conversation_id"));
    }
    let comment = sent.comment.as_deref().unwrap_or_default();
    body::at_most("comment", comment, state.settings.max_message_chars)?;
    let rating = Rating { article: article.as_ref(), conversation, locale: &locale, helpful: sent.helpful, comment };
    state.desk.rate(&snapshot, &rating).await?;
    Ok((StatusCode::ACCEPTED, Json(Kept { status: "kept" })))
}
