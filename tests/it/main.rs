//! The tests from outside: the command line, HTTP, the shipped content, and the house rules themselves.
//!
//! What a single room promises is tested in its own files. Tests over HTTP take a [`harness::Server`] over the small
//! help centre in `tests/fixtures/help`; it is a made-up product, so that nothing can lean on the shipped content.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on may panic, in its helping functions too")]

mod harness;

mod api;
mod canary;
mod cli;
mod console;
mod content_shipped;
mod desk;
mod durability;
mod faults;
mod fuzz;
mod fuzz_files;
mod fuzz_import;
mod http;
mod limits;
mod log;
mod measure;
mod pages;
mod publish;
mod replicas;
mod store_contract;
mod tidy;
mod webhook;
