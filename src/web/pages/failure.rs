//! What went wrong, in the reader's words, with the id under which the log has the cause.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::error::Failure;
use crate::web::frame::{Frame, Place};
use crate::web::reader::{Keep, Reader};
use crate::web::security::RequestId;

#[derive(Debug, Template)]
#[template(path = "pages/failure.html")]
struct FailurePage {
    frame: Frame,
    heading: &'static str,
    advice: &'static str,
    request_id: String,
}

/// The page for any error but "not found".
pub(crate) fn page(reader: &Reader, failure: &Failure, id: &RequestId) -> Response {
    let ui = reader.ui;
    let (heading, advice) = match failure.status {
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => {
            (ui.too_large, ui.too_large_advice)
        }
        _ if matches!(failure.code, "query_too_long" | "message_too_long") => (ui.too_long, ui.too_long_advice),
        StatusCode::TOO_MANY_REQUESTS => (ui.too_many, ui.too_many_advice),
        StatusCode::SERVICE_UNAVAILABLE => (ui.busy, ui.busy_advice),
        status if status.is_client_error() => (ui.bad_request, ui.bad_request_advice),
        _ => (ui.internal, ui.internal_advice),
    };
    let frame = Frame::new(reader, Place::Elsewhere, heading, advice).hidden();
    reader.show(failure.status, Keep::Never, &FailurePage { frame, heading, advice, request_id: id.0.clone() })
}
