//! The chat as a page: every turn is a form that is sent and a page that comes back.
//!
//! Without JavaScript the page itself carries what was said so far, sealed; see [`transcript`](crate::web::transcript).
//! With JavaScript, `static/js/chat.js` asks the API instead and adds to the same page.

use std::sync::Arc;

use askama::Template;
use axum::extract::{Form, FromRequest, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::base::{SafeHtml, Viewer};
use crate::desk::Question;
use crate::model::ReplyKind;
use crate::web::IdentityRules;
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, Frame, IncidentView, Link, Place, popular};
use crate::web::pages::chat_closed;
use crate::web::reader::{Asked, Keep, Reader};
use crate::web::state::{AppState, Settings};
use crate::web::transcript::{Transcript, Turn};
use crate::web::ui_text::UiText;

#[derive(Debug, Template)]
#[template(path = "pages/chat.html")]
struct Chat {
    frame: Frame,
    turns: Vec<TurnView>,
    /// Whether something that was said before is not shown any more.
    shortened: bool,
    /// First questions to choose from, before anything was said.
    starters: Vec<ArticleCard>,
    /// What can be answered with one tap: labels and messages.
    quick_replies: Vec<(String, String)>,
    /// Whether the last reply was that a person takes over, so that the way to one is shown.
    wants_person: bool,
    conversation_id: String,
    transcript: String,
    seal: String,
    /// What the input holds.
    draft: String,
    /// What is wrong with the message, in words; may be empty.
    complaint: String,
    max_chars: usize,
}

#[derive(Debug)]
struct TurnView {
    said: String,
    /// What is told before the answer.
    incident: Option<IncidentView>,
    html: SafeHtml,
    lang: String,
    /// The class that marks urgent advice and a person's taking over; empty for the others.
    class: &'static str,
    /// The words above the sources.
    sources_label: &'static str,
    sources: Vec<Link>,
}

/// A link may bring a question along; it stands in the input and is not sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Draft {
    q: String,
}

/// The form.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Said {
    message: String,
    conversation_id: String,
    transcript: String,
    seal: String,
}

/// `GET /{locale}/chat`.
pub(crate) async fn open(
    reader: Reader,
    State(settings): State<Arc<Settings>>,
    Asked(draft): Asked<Draft>,
) -> Result<Response, Failure> {
    if is_closed(&settings) {
        return Ok(chat_closed::show(&reader, StatusCode::OK));
    }
    let mut page = Chat::new(&reader, &settings, Transcript::default());
    page.draft = draft.q.chars().take(settings.max_query_chars).collect();
    Ok(reader.show(StatusCode::OK, Keep::Never, &page))
}

/// `POST /{locale}/chat`.
pub(crate) async fn say(reader: Reader, State(state): State<AppState>, request: Request) -> Result<Response, Failure> {
    if is_closed(&state.settings) {
        return Ok(chat_closed::show(&reader, StatusCode::UNAUTHORIZED));
    }
    let Form(said) = Form::<Said>::from_request(request, &state)
        .await
        .map_err(|cause| Failure::new(cause.status(), "invalid_form", format!("the form cannot be read: {cause}")))?;
    let key = state.transcripts.current(&state.desk).await;
    let mut transcript = key.open(&said.transcript, &said.seal);
    let message = said.message.trim();
    let complaint = match message.chars().count() {
        0 => reader.ui.say_something.to_owned(),
        n if n > state.settings.max_message_chars => (reader.ui.message_too_long)(state.settings.max_message_chars),
        _ => String::new(),
    };
    let (mut conversation_id, mut draft) = (said.conversation_id, message.to_owned());
    if complaint.is_empty() {
        let question = Question {
            message,
            conversation_id: Some(conversation_id.as_str()).filter(|id| !id.is_empty()),
            locale: &reader.locale,
            viewer: Viewer::Public,
            explain: false,
        };
        let answered = state.desk.converse(&reader.snapshot, &question).await;
        transcript.add(&answered);
        conversation_id = answered.conversation_id;
        draft = String::new();
    }
    let (written, seal) = key.seal(&transcript);
    let status = if complaint.is_empty() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let chat = Chat::new(&reader, &state.settings, transcript);
    let page = Chat { conversation_id, transcript: written, seal, draft, complaint, ..chat };
    Ok(reader.show(status, Keep::Never, &page))
}

/// Tells whether a conversation needs an identity, which a page has no way to send.
fn is_closed(settings: &Settings) -> bool {
    settings.identity.as_ref().is_some_and(IdentityRules::required)
}

impl Chat {
    fn new(reader: &Reader, settings: &Settings, transcript: Transcript) -> Self {
        let quick_replies = transcript.turns.last().map(|t| t.quick_replies.clone()).unwrap_or_default();
        let starters = if transcript.turns.is_empty() { popular(reader) } else { Vec::new() };
        Chat {
            wants_person: transcript.turns.last().is_some_and(|t| t.kind == ReplyKind::Handoff),
            frame: Frame::new(reader, Place::Chat, reader.ui.chat, reader.ui.chat_hint),
            shortened: transcript.shortened,
            turns: transcript.turns.into_iter().map(|t| TurnView::new(reader.ui, t)).collect(),
            starters: starters.into_iter().take(4).collect(),
            quick_replies,
            conversation_id: String::new(),
            transcript: String::new(),
            seal: String::new(),
            draft: String::new(),
            complaint: String::new(),
            max_chars: settings.max_message_chars,
        }
    }
}

impl TurnView {
    fn new(ui: &'static UiText, turn: Turn) -> Self {
        TurnView {
            said: turn.said,
            incident: turn.notice.map(|notice| IncidentView::new(ui, notice)),
            // The engine made it safe, and the seal proves that it is the engine's.
            html: SafeHtml::trusted(turn.html),
            lang: turn.locale,
            class: match turn.kind {
                ReplyKind::Safety => "safety",
                ReplyKind::Handoff => "handoff",
                _ => "",
            },
            sources_label: match turn.kind {
                ReplyKind::Clarify => ui.which_one,
                ReplyKind::Fallback => ui.near_misses,
                _ => ui.read_more,
            },
            sources: turn.sources.into_iter().map(|(label, url)| Link { label, url }).collect(),
        }
    }
}
