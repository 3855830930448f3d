//! `zhida import`: articles from other systems, as a content folder.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;

use super::terminal::{Style, Terminal, count};
use crate::base::Locale;
use crate::exchange::{self, Form};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file (CSV, JSON Lines, a Zendesk or phpMyFAQ export) or a folder of Markdown (MkDocs, Docusaurus)
    source: PathBuf,
    /// The content folder to write into
    #[arg(long, value_name = "DIR")]
    to: PathBuf,
    /// What the source is, where its name does not tell
    #[arg(long, value_enum)]
    from: Option<From>,
    /// The language of articles that do not say theirs [default: as their script tells]
    #[arg(long)]
    locale: Option<Locale>,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum From {
    Csv,
    Jsonl,
    Zendesk,
    Phpmyfaq,
    Markdown,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let form = args.from.map(|from| match from {
        From::Csv => Form::Csv,
        From::Jsonl => Form::Jsonl,
        From::Zendesk => Form::Zendesk,
        From::Phpmyfaq => Form::Phpmyfaq,
        From::Markdown => Form::Markdown,
    });
    let place = || args.source.display().to_string();
    let (drafts, left_out) = exchange::read(&args.source, form).with_context(place)?;
    anyhow::ensure!(!drafts.is_empty(), "{} holds no article", args.source.display());
    let written = exchange::write(&drafts, args.locale.as_ref(), &args.to)?;
    for note in left_out.iter().chain(&written.notes) {
        let place = terminal.paint(Style::Strong, &note.place);
        terminal.line(format_args!("{place}: {}", note.what))?;
    }
    let notes = left_out.len() + written.notes.len();
    let to = args.to.display();
    terminal.line(format_args!(
        "{} written to {to}, {} to look at; `zhida check --content {to}` says more",
        count(written.articles, "article"),
        count(notes, "thing"),
    ))?;
    Ok(ExitCode::SUCCESS)
}
