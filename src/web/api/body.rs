//! Bodies of API requests: JSON whose errors speak our language, and texts of a length that somebody will read.

use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use crate::web::error::Failure;

/// Reads a request's body as JSON.
pub(crate) async fn read<T: DeserializeOwned>(request: Request) -> Result<T, Failure> {
    Json::<T>::from_request(request, &()).await.map(|Json(read)| read).map_err(rejected)
}

/// Refuses a text of more than `most` characters.
pub(crate) fn at_most(field: &str, text: &str, most: usize) -> Result<(), Failure> {
    let chars = text.chars().count();
    if chars > most {
        let detail = format!("{field} has {chars} characters; the most is {most}");
        return Err(Failure::bad_request("text_too_long", detail));
    }
    Ok(())
}

fn rejected(cause: JsonRejection) -> Failure {
    match cause {
        JsonRejection::MissingJsonContentType(_) => Failure::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "send the body with `Content-Type: application/json`",
        ),
        JsonRejection::BytesRejection(cause) if cause.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            Failure::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", "send a smaller body")
        }
        other => Failure::bad_request("invalid_json", other.body_text()),
    }
}
