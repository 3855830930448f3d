//! The official contacts, and the check of what a customer was sent against them.
//!
//! What is pasted is posted and not put into the address: it may hold a code, and addresses are kept in many places.

use askama::Template;
use axum::extract::{Form, FromRequest as _, Request, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::desk::{Checked, Verdict, check_contact};
use crate::kb::{Contact, ContactKind};
use crate::web::discovery::structured;
use crate::web::error::Failure;
use crate::web::frame::{Frame, Place};
use crate::web::reader::{Keep, Reader};
use crate::web::state::AppState;

/// The longest text that is checked, in characters: a long message with its links.
const LONGEST: usize = 2_000;

#[derive(Debug, Template)]
#[template(path = "pages/contacts.html")]
struct Contacts {
    frame: Frame,
    heading: String,
    max_chars: usize,
    contacts: Vec<ContactView>,
    /// Whether a customer could compare anything with the list.
    comparable: bool,
    /// What was found in the text that was sent; none where none was sent.
    findings: Option<Vec<Finding>>,
    /// What is wrong with the text, in words; may be empty.
    complaint: String,
}

#[derive(Debug)]
struct ContactView {
    kind: &'static str,
    label: String,
    value: String,
    /// Where the contact leads; empty where a browser opens nothing.
    url: String,
}

#[derive(Debug)]
struct Finding {
    class: &'static str,
    icon: &'static str,
    title: &'static str,
    advice: &'static str,
    kind: &'static str,
    shown: String,
    /// The contact that it is, or that it imitates.
    contact: Option<ContactView>,
}

/// What a customer was sent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Pasted {
    text: String,
}

/// `GET /{locale}/contacts`.
pub(crate) async fn show(reader: Reader) -> Result<Response, Failure> {
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page(&reader)))
}

/// `POST /{locale}/contacts`.
pub(crate) async fn check(
    reader: Reader,
    State(state): State<AppState>,
    request: Request,
) -> Result<Response, Failure> {
    let Form(pasted) = Form::<Pasted>::from_request(request, &state)
        .await
        .map_err(|cause| Failure::new(cause.status(), "invalid_form", format!("the form cannot be read: {cause}")))?;
    let text = pasted.text.trim();
    let mut page = page(&reader);
    page.complaint = match text.chars().count() {
        0 => reader.ui.check_empty.to_owned(),
        n if n > LONGEST => (reader.ui.message_too_long)(LONGEST),
        _ => String::new(),
    };
    let status = if page.complaint.is_empty() {
        let found = check_contact(reader.site(), text);
        page.findings = Some(found.into_iter().map(|checked| finding(&reader, checked)).collect());
        StatusCode::OK
    } else {
        StatusCode::BAD_REQUEST
    };
    Ok(reader.show(status, Keep::Never, &page))
}

fn page(reader: &Reader) -> Contacts {
    let heading = (reader.ui.is_it_really)(&crate::web::frame::brand(reader));
    let mut frame = Frame::new(reader, Place::Elsewhere, &heading, reader.ui.contacts_lead);
    let way = [(reader.ui.help_centre, reader.url("/")), (heading.as_str(), reader.url("/contacts"))];
    frame.structured.push(structured::breadcrumbs(reader, &way));
    let contacts = &reader.site().contacts;
    Contacts {
        comparable: contacts.iter().any(|c| c.kind != ContactKind::Place),
        contacts: contacts.iter().map(|c| contact(reader, c)).collect(),
        max_chars: LONGEST,
        findings: None,
        complaint: String::new(),
        heading,
        frame,
    }
}

fn contact(reader: &Reader, contact: &Contact) -> ContactView {
    let url = match contact.kind {
        ContactKind::Website => format!("https://{}", contact.canonical),
        ContactKind::Email => format!("mailto:{}", contact.canonical),
        ContactKind::Phone => format!("tel:{}", contact.canonical),
        ContactKind::Handle | ContactKind::Place => String::new(),
    };
    ContactView {
        kind: kind(reader, contact.kind),
        label: contact.label.get(&reader.locale, &reader.site().default_locale).unwrap_or_default().to_owned(),
        value: contact.value.clone(),
        url,
    }
}

fn finding(reader: &Reader, checked: Checked) -> Finding {
    let ui = reader.ui;
    let (class, icon, title, advice) = match checked.verdict {
        Verdict::Imitation => ("danger", "stop", ui.verdict_imitation, ui.verdict_imitation_advice),
        Verdict::NotListed => ("danger", "stop", ui.verdict_not_listed, ui.verdict_not_listed_advice),
        Verdict::Unclear => ("caution", "question", ui.verdict_unclear, ui.verdict_unclear_advice),
        Verdict::NothingDeclared => ("caution", "question", ui.verdict_undeclared, ui.verdict_undeclared_advice),
        Verdict::Listed => ("good", "shield", ui.verdict_listed, ui.verdict_listed_advice),
    };
    let known = checked.contact.and_then(|at| reader.site().contacts.get(at));
    Finding {
        class,
        icon,
        title,
        advice,
        kind: kind(reader, checked.kind),
        shown: checked.shown,
        contact: known.map(|c| contact(reader, c)),
    }
}

fn kind(reader: &Reader, kind: ContactKind) -> &'static str {
    match kind {
        ContactKind::Website => reader.ui.kind_website,
        ContactKind::Email => reader.ui.kind_email,
        ContactKind::Phone => reader.ui.kind_phone,
        ContactKind::Handle => reader.ui.kind_handle,
        ContactKind::Place => reader.ui.kind_place,
    }
}
