//! The pages, one file each with its handler and its view, mirrored by `templates/pages/`.
//!
//! To add a page:
//!
//! 1. Write `templates/pages/NAME.html`: it extends `partials/layout.html` and fills the block `main`.
//! 2. Write `web/pages/NAME.rs`: a view struct with `frame: Frame` and plain fields, and a handler that takes a
//!    [`Reader`](crate::web::reader::Reader), reads `reader.snapshot` or asks the desk once, and ends with `reader.show`.
//! 3. Add its sentences to [`ui_text`](crate::web::ui_text) in both languages; the compiler asks for the missing one.
//! 4. Add its route to [`router`](mod@crate::web::router).
//!
//! A page that does not exist returns a [`Failure`](crate::web::error::Failure); nobody words an error in a handler.

pub(crate) mod home;

pub(crate) mod article;
pub(crate) mod category;
pub(crate) mod code;

pub(crate) mod chat;
pub(crate) mod chat_closed;
pub(crate) mod contact;
pub(crate) mod search;

pub(crate) mod failure;
pub(crate) mod not_found;
