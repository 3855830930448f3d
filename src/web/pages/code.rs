//! An error code: what the screen says beside it, what became of the payment, and the article that answers it.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::base::SafeHtml;
use crate::kb::Outcome;
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, Frame, Place, card};
use crate::web::pages::not_found;
use crate::web::reader::{Keep, Reader, redirect};

#[derive(Debug, Template)]
#[template(path = "pages/code.html")]
struct Code {
    frame: Frame,
    code: String,
    aliases: Vec<String>,
    messages: Vec<String>,
    /// What became of the payment; none where the code is not about one.
    outcome: Option<OutcomeText>,
    article: ArticleCard,
    lang: String,
    html: SafeHtml,
}

/// An outcome in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OutcomeText {
    /// The class that colours it.
    pub(crate) class: &'static str,
    pub(crate) title: &'static str,
    pub(crate) advice: &'static str,
}

/// `GET /{locale}/codes/{code}`, the code in any spelling.
pub(crate) async fn show(reader: Reader, Path((_, written)): Path<(String, String)>) -> Result<Response, Failure> {
    let record = reader.snapshot.code(&written);
    // A code whose article is internal is, to everybody else, a code that nobody defined.
    let Some((record, article)) = record.and_then(|r| Some((r, reader.article(&r.article)?))) else {
        return Ok(not_found::unknown_code(&reader, &written));
    };
    let frame = Frame::new(&reader, Place::Elsewhere, &record.code, &article.summary);
    let canonical = frame.code_url(&record.code);
    if written != record.code {
        return Ok(redirect(&canonical));
    }
    let messages = record.messages.get(&reader.locale).or_else(|| {
        let same_language = record.messages.iter().find(|(l, _)| l.language() == reader.locale.language());
        same_language.or_else(|| record.messages.iter().next()).map(|(_, m)| m)
    });
    let page = Code {
        code: record.code.clone(),
        aliases: record.aliases.clone(),
        messages: messages.cloned().unwrap_or_default(),
        outcome: outcome(&reader, record.outcome),
        article: card(&reader, article),
        lang: article.locale.to_string(),
        html: article.html.clone(),
        frame,
    };
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page))
}

fn outcome(reader: &Reader, outcome: Outcome) -> Option<OutcomeText> {
    let ui = reader.ui;
    let (class, title, advice) = match outcome {
        Outcome::Failed => ("failed", ui.outcome_failed, ui.outcome_failed_advice),
        Outcome::Unknown => ("unknown", ui.outcome_unknown, ui.outcome_unknown_advice),
        Outcome::Succeeded => ("succeeded", ui.outcome_succeeded, ui.outcome_succeeded_advice),
        Outcome::None => return None,
    };
    Some(OutcomeText { class, title, advice })
}
