//! zhida (知答): a folder of Markdown articles becomes a help centre that is searched, browsed and asked.
//!
//! Data flows one way: content → knowledge base snapshot → search, chat → desk → web. The rooms below are in reading
//! order; a room imports only those above it. ARCHITECTURE.md holds the table and `tests/it/tidy.rs` keeps it true.

pub mod base;
pub mod text;

pub mod model;

pub mod content;
pub mod exchange;
pub mod kb;
pub mod search;

pub mod chat;

pub mod store;

pub mod oidc;
pub mod webhook;

pub mod desk;
pub mod web;

pub mod config;

pub mod app;
pub mod cli;
