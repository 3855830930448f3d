//! `POST /api/v1/handoff`.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::desk::HandOver;
use crate::web::api::body;
use crate::web::api::problem::Problem;
use crate::web::error::Failure;
use crate::web::identity::Customer;
use crate::web::state::AppState;

/// The longest contact, in characters: a phone number, an e-mail address, or both.
pub(crate) const MAX_CONTACT_CHARS: usize = 200;

/// A request for a person.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, ToSchema)]
pub struct Handoff {
    /// The conversation, which the person gets to read.
    pub conversation_id: String,
    /// How to reach the customer, at most 200 characters.
    #[schema(max_length = 200, example = "li@example.com")]
    pub contact: Option<String>,
    /// Anything to add, at most 2,000 characters. Private data is masked before it is kept.
    #[schema(max_length = 2000)]
    pub note: Option<String>,
}

/// The ticket that was opened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct HandedOver {
    /// For the customer to refer to.
    #[schema(example = "7K3F-9Q2M")]
    pub ticket_id: String,
}

/// Asks for a person.
#[utoipa::path(
    post,
    path = "/api/v1/handoff",
    tag = "chat",
    request_body = Handoff,
    responses(
        (status = 201, description = "A ticket is open; a conversation that has one already keeps it", body = HandedOver),
        (status = 400, description = "The body is not the JSON expected, or a text is too long", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "There is no such conversation", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "The body is not declared as JSON", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "It cannot be kept just now; send it again later", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn handoff(
    State(state): State<AppState>,
    request: Request,
) -> Result<(StatusCode, [(header::HeaderName, &'static str); 1], Json<HandedOver>), Failure> {
    let customer = request.extensions().get::<Customer>().cloned();
    let sent: Handoff = body::read(request).await?;
    let (contact, note) = (sent.contact.as_deref().unwrap_or_default(), sent.note.as_deref().unwrap_or_default());
    body::at_most("contact", contact, MAX_CONTACT_CHARS)?;
    body::at_most("note", note, state.settings.max_message_chars)?;
    let customer = customer.as_ref().map(|c| c.subject.as_str());
    let request = HandOver { conversation: &sent.conversation_id, contact, note, customer };
    let ticket_id = state.desk.hand_over(&state.desk.snapshot(), &request).await?;
    Ok((StatusCode::CREATED, [(header::CACHE_CONTROL, "no-store")], Json(HandedOver { ticket_id })))
}
