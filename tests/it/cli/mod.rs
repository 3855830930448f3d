//! The real program from a shell's point of view: what it prints where, and its exit code.

mod agent;
mod ask;
mod check;
mod db;
mod doctor;
mod eval;
pub(crate) mod import;
mod init;
mod search;
mod serve;
mod settings;
