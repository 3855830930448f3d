//! The request for a person: how to be reached and what to add; then the ticket's number.

use askama::Template;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::desk::{DeskError, HandOver};
use crate::web::api::handoff::MAX_CONTACT_CHARS;
use crate::web::error::Failure;
use crate::web::frame::{Frame, Place};
use crate::web::reader::{Asked, Keep, Reader};
use crate::web::state::AppState;

#[derive(Debug, Template)]
#[template(path = "pages/contact.html")]
struct Contact {
    frame: Frame,
    conversation_id: String,
    contact: String,
    note: String,
    complaint: String,
    /// The ticket, once there is one.
    ticket: String,
    max_contact: usize,
    max_note: usize,
}

/// Which conversation.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    conversation: String,
}

/// The form.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Sent {
    conversation_id: String,
    contact: String,
    note: String,
}

/// `GET /{locale}/contact?conversation=`.
pub(crate) async fn open(
    reader: Reader,
    State(state): State<AppState>,
    Asked(wanted): Asked<Wanted>,
) -> Result<Response, Failure> {
    let sent = Sent { conversation_id: wanted.conversation, ..Sent::default() };
    Ok(reader.show(StatusCode::OK, Keep::Never, &Contact::new(&reader, &state, sent)))
}

/// `POST /{locale}/contact`.
pub(crate) async fn send(
    reader: Reader,
    State(state): State<AppState>,
    Form(sent): Form<Sent>,
) -> Result<Response, Failure> {
    let (contact, note) = (sent.contact.trim().to_owned(), sent.note.trim().to_owned());
    let mut page = Contact::new(&reader, &state, sent);
    let ui = reader.ui;
    let most = state.settings.max_message_chars;
    if contact.is_empty() {
        ui.contact_missing.clone_into(&mut page.complaint);
    } else if contact.chars().count() > MAX_CONTACT_CHARS || note.chars().count() > most {
        page.complaint = (ui.message_too_long)(most);
    }
    if !page.complaint.is_empty() {
        return Ok(reader.show(StatusCode::BAD_REQUEST, Keep::Never, &page));
    }
    let request = HandOver { conversation: &page.conversation_id, contact: &contact, note: &note, customer: None };
    match state.desk.hand_over(&reader.snapshot, &request).await {
        Ok(ticket) => {
            page.ticket = ticket;
            Ok(reader.show(StatusCode::CREATED, Keep::Never, &page))
        }
        Err(DeskError::Unknown(_)) => {
            ui.contact_expired.clone_into(&mut page.complaint);
            Ok(reader.show(StatusCode::NOT_FOUND, Keep::Never, &page))
        }
        Err(DeskError::Away(_) | DeskError::NoStore) => {
            ui.contact_unavailable.clone_into(&mut page.complaint);
            Ok(reader.show(StatusCode::SERVICE_UNAVAILABLE, Keep::Never, &page))
        }
        Err(cause) => Err(cause.into()),
    }
}

impl Contact {
    fn new(reader: &Reader, state: &AppState, sent: Sent) -> Self {
        Contact {
            frame: Frame::new(reader, Place::Chat, reader.ui.contact_title, reader.ui.contact_hint).hidden(),
            conversation_id: sent.conversation_id,
            contact: sent.contact,
            note: sent.note,
            complaint: String::new(),
            ticket: String::new(),
            max_contact: MAX_CONTACT_CHARS,
            max_note: state.settings.max_message_chars,
        }
    }
}
