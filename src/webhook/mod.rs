//! Tells another system of tickets: signed as Standard Webhooks, tried until it is heard.
//!
//! May call: base, model, store. Must not know: articles, how requests reach us. It alone sends requests to others.

pub mod courier;
pub mod payload;
pub mod sign;
pub mod template;

pub use courier::{Courier, Settings};
pub use sign::Secret;
pub use template::Template;
