//! `GET` and `DELETE /api/v1/conversations/{id}`: what is kept of a conversation, for whoever has its id.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};

use crate::desk::HelpCentre;
use crate::model::Conversation;
use crate::web::api::problem::Problem;
use crate::web::error::Failure;

/// Returns everything that is kept of a conversation.
#[utoipa::path(
    get,
    path = "/api/v1/conversations/{id}",
    tag = "chat",
    params(("id" = String, Path, description = "The conversation's id, which is its key")),
    responses(
        (status = 200, description = "The turns, private data masked", body = Conversation),
        (status = 404, description = "There is no such conversation", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn export(
    State(desk): State<Arc<HelpCentre>>,
    Path(id): Path<String>,
) -> Result<([(header::HeaderName, &'static str); 1], Json<Conversation>), Failure> {
    Ok(([(header::CACHE_CONTROL, "no-store")], Json(desk.export_conversation(&id).await?)))
}

/// Deletes a conversation for good: its turns, its feedback and what the chat remembers of it.
#[utoipa::path(
    delete,
    path = "/api/v1/conversations/{id}",
    tag = "chat",
    params(("id" = String, Path, description = "The conversation's id, which is its key")),
    responses(
        (status = 204, description = "It is gone"),
        (status = 404, description = "There is no such conversation", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The database is away", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn delete(State(desk): State<Arc<HelpCentre>>, Path(id): Path<String>) -> Result<StatusCode, Failure> {
    desk.delete_conversation(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}
