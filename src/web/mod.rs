//! The outside over HTTP: the pages, the API and their assets.
//!
//! May call: base, model, kb, search, desk. Must not know: how content is read, how a reply is found, where
//! conversations are kept. It alone knows axum and askama.

pub mod connection;
pub mod router;
pub mod state;

pub mod error;
pub mod front;
pub mod security;

pub mod client;
pub mod limit;

pub mod measure;
pub mod trace;

pub mod cors;
pub mod identity;

pub mod locale;
pub mod ui_text;

pub mod assets;
pub mod icons;
pub mod style;
pub mod theme;

pub mod document;
pub mod edition;
pub mod encoding;
pub mod kept_search;
pub mod kept_turn;

pub mod frame;
pub mod reader;
pub mod transcript;

pub mod api;
pub mod console;
pub mod discovery;
pub mod pages;
pub mod widget;

pub use connection::serve;
pub use front::Front;
pub use identity::IdentityRules;
pub use limit::Rates;
pub use router::service;
pub use state::Settings;
