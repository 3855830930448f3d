//! `zhida import`: articles from other systems, as a content folder.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use url::Url;

use super::terminal::{Style, Terminal, count};
use crate::base::Locale;
use crate::exchange::{self, Form, Wishes};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// A file (CSV, JSON, JSON Lines, a Zendesk or phpMyFAQ export), or a folder of those or of Markdown (MkDocs,
    /// Docusaurus)
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
    /// Where the pictures and files of the source will be on the web; the folder's are copied to DIR/_files to be put there
    #[arg(long, value_name = "URL", alias = "images-url")]
    files_url: Option<String>,
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
    let wishes =
        Wishes { locale: args.locale.clone(), files_url: args.files_url.as_deref().map(folder_url).transpose()? };
    let place = || args.source.display().to_string();
    let (drafts, left_out) = exchange::read(&args.source, form).with_context(place)?;
    anyhow::ensure!(!drafts.is_empty(), "{} holds no article", args.source.display());
    let written = exchange::write(&drafts, &wishes, &args.to)?;
    for note in left_out.iter().chain(&written.notes) {
        let place = terminal.paint(Style::Strong, &note.place);
        terminal.line(format_args!("{place}: {}", note.what))?;
    }
    let notes = left_out.len() + written.notes.len();
    let to = args.to.display();
    if written.files > 0 {
        terminal.line(format_args!("{} copied to {to}/_files", count(written.files, "file")))?;
    }
    terminal.line(format_args!(
        "{} written to {to}, {} to look at; `zhida check --content {to}` says more",
        count(written.articles, "article"),
        count(notes, "thing"),
    ))?;
    Ok(ExitCode::SUCCESS)
}

/// Reads the address of a folder on the web.
fn folder_url(written: &str) -> anyhow::Result<Url> {
    let url = Url::parse(&format!("{}/", written.trim_end_matches('/'))).ok();
    let url = url.filter(|url| url.scheme() == "https" && url.query().is_none() && url.fragment().is_none());
    url.with_context(|| format!("--files-url: `{written}` is no address such as https://files.example.com/help"))
}
