//! The API under `/api/v1`, one file per path, and the two health checks.
//!
//! Every answer is a plain record with a schema, from which `/openapi.json` is made; every error is a problem document.
//! Nothing here sees internal articles, but for search and articles asked with a key ([`caller`]): the viewer is always
//! [`Viewer::Public`](crate::base::Viewer::Public) else.

pub mod articles;
pub mod chat;
pub mod codes;
pub mod conversations;
pub mod feedback;
pub mod handoff;
pub mod search;
pub mod suggest;
pub mod widget;

pub mod health;

pub mod openapi;
pub mod problem;

pub(crate) mod body;
pub(crate) mod caller;
pub(crate) mod locale;
