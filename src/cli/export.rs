//! `zhida export`: the articles as JSON Lines, which other programs read and `zhida import` too.

use std::process::ExitCode;

use super::terminal::Terminal;
use crate::app;
use crate::config::Settings;
use crate::content;
use crate::exchange::export::write_lines;

pub(super) fn run(settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let loaded = content::load(&app::content_folder(settings)?)?;
    anyhow::ensure!(!loaded.has_errors(), "the content has errors; `zhida check` lists them");
    let mut out = Vec::new();
    write_lines(&loaded.content.articles, &mut out)?;
    terminal.raw(&out)?;
    Ok(ExitCode::SUCCESS)
}
