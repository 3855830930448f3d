//! Every error code with its message, and a field to look one up.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::web::error::Failure;
use crate::web::frame::{Frame, Place};
use crate::web::pages::code::{OutcomeText, messages, outcome};
use crate::web::pages::not_found;
use crate::web::reader::{Asked, Keep, Reader, redirect};

/// Longer than any code; what is longer is a sentence.
const LONGEST: usize = 40;

#[derive(Debug, Template)]
#[template(path = "pages/codes.html")]
struct Codes {
    frame: Frame,
    codes: Vec<CodeRow>,
}

#[derive(Debug)]
struct CodeRow {
    code: String,
    url: String,
    messages: Vec<String>,
    title: String,
    outcome: Option<OutcomeText>,
}

/// What was typed into the field.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(crate) struct Wanted {
    code: String,
}

/// `GET /{locale}/codes`, and with `?code=` to the page of that code.
pub(crate) async fn show(reader: Reader, Asked(wanted): Asked<Wanted>) -> Result<Response, Failure> {
    let typed = wanted.code.trim();
    if !typed.is_empty() {
        if typed.chars().count() > LONGEST {
            return Ok(redirect(&reader.url(&format!("/search?q={}", crate::web::frame::encode(typed)))));
        }
        let known = reader.snapshot.code(typed).filter(|r| reader.article(&r.article).is_some());
        return Ok(match known {
            Some(record) => redirect(&crate::kb::code_url(&reader.locale, &record.code)),
            None => not_found::unknown_code(&reader, typed),
        });
    }
    let row = |record| {
        let record: &crate::kb::CodeRecord = record;
        let article = reader.article(&record.article)?;
        Some(CodeRow {
            code: record.code.clone(),
            url: crate::kb::code_url(&reader.locale, &record.code),
            messages: messages(&reader, record).to_vec(),
            title: article.title.clone(),
            outcome: outcome(&reader, record.outcome),
        })
    };
    let codes = reader.snapshot.codes().iter().filter_map(row).collect();
    let frame = Frame::new(&reader, Place::Elsewhere, reader.ui.all_codes, reader.ui.all_codes_lead);
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &Codes { codes, frame }))
}
