//! The agents' console under `/agent`: server-rendered, keyboard first, whole without JavaScript.
//!
//! One file per page, mirrored by `templates/console/`. Every handler takes a [`session::Agent`], which answers those who
//! are not signed in; every form carries the session's token and is checked with [`session::Agent::check`]. This is the
//! one part of the web that looks with [`Viewer::Agent`](crate::base::Viewer::Agent).

pub(crate) mod session;

pub(crate) mod page;
pub(crate) mod ui_text;

pub(crate) mod account;
pub(crate) mod login;
pub(crate) mod single_sign_on;

pub(crate) mod lookup;
pub(crate) mod ticket;
pub(crate) mod tickets;

pub(crate) mod article_history;
pub(crate) mod articles;
pub(crate) mod chart;
pub(crate) mod content;
pub(crate) mod improve;

pub(crate) mod audit;
pub(crate) mod keys;
