//! `zhida search`: what a reader of the site would find.

use std::process::ExitCode;
use std::time::Instant;

use super::terminal::{Style, Terminal, count};
use crate::app::Opened;
use crate::base::{Locale, Viewer};
use crate::config::Settings;
use crate::search::{Query, search};
use crate::web::api::search::SearchAnswer;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What to search for
    #[arg(required = true)]
    query: Vec<String>,
    /// The reader's language, such as zh-CN [default: the content's]
    #[arg(long, value_name = "L")]
    locale: Option<Locale>,
    /// How many hits at most
    #[arg(long, value_name = "N", default_value = "10", value_parser = limit)]
    limit: usize,
    /// Search for exactly these words, without putting a slip right
    #[arg(long)]
    verbatim: bool,
    /// Print what the HTTP API answers
    #[arg(long)]
    json: bool,
}

fn limit(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(n @ 1..=1000) => Ok(n),
        _ => Err("write a number from 1 to 1000".to_owned()),
    }
}

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let Opened { desk, .. } = super::open(settings)?;
    let snapshot = desk.snapshot();
    let locale = super::locale_of(args.locale.as_ref(), &snapshot)?;
    let text = args.query.join(" ");
    let query = Query {
        text: &text,
        locale: &locale,
        category: None,
        limit: args.limit,
        offset: 0,
        viewer: Viewer::Public,
        verbatim: args.verbatim,
    };
    let start = Instant::now();
    let results = search(&snapshot, query);
    let took_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    if args.json {
        terminal.json(&SearchAnswer::new(results, took_us))?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(corrected) = &results.corrected {
        terminal.line(format_args!("Nothing good for “{text}”; showing “{corrected}”.\n"))?;
    }
    for (rank, hit) in results.hits.iter().enumerate() {
        let title = terminal.paint(Style::Strong, &hit.title);
        let codes = if hit.codes.is_empty() { String::new() } else { format!("  {}", hit.codes.join(" ")) };
        terminal.line(format_args!("{:>2}. {title}{codes}", rank + 1))?;
        let snippet = terminal.snippet(&hit.snippet);
        if !snippet.is_empty() {
            terminal.line(format_args!("    {snippet}"))?;
        }
        let place = format!("{}  {}  score {:.2}", hit.id, hit.url, hit.score);
        terminal.line(format_args!("    {}\n", terminal.paint(Style::Faint, place)))?;
    }
    let summary = format!("{} in {took_us} µs", count(results.total, "article"));
    let summary = terminal.paint(Style::Faint, summary);
    terminal.line(summary)?;
    Ok(ExitCode::SUCCESS)
}
