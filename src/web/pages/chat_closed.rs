//! In the chat's place where only customers with a signed identity may use it: pages carry none.

use askama::Template;
use axum::http::StatusCode;
use axum::response::Response;

use crate::web::frame::{Frame, Place};
use crate::web::reader::{Keep, Reader};

#[derive(Debug, Template)]
#[template(path = "pages/chat_closed.html")]
struct ChatClosed {
    frame: Frame,
}

/// Sends the customer to where they are signed in.
pub(crate) fn show(reader: &Reader, status: StatusCode) -> Response {
    let frame = Frame::new(reader, Place::Chat, reader.ui.chat_closed, reader.ui.chat_closed_advice).hidden();
    reader.show(status, Keep::Never, &ChatClosed { frame })
}
