//! `zhida search`: what a reader of the site would find.

use std::process::ExitCode;
use std::time::Instant;

use serde::Serialize;

use super::terminal::{Style, Terminal, count, grouped, pad, pad_left, width};
use crate::app::Opened;
use crate::base::{Locale, Viewer};
use crate::config::Settings;
use crate::kb::Snapshot;
use crate::search::correct::Considered;
use crate::search::explain::{Explained, Reading, Role};
use crate::search::query::Named;
use crate::search::{self, Query};
use crate::web::api::search::SearchAnswer;

/// What `--json` prints: the API's answer, and beside it what was asked for with `--explain`.
#[derive(Debug, Serialize)]
struct Answer {
    #[serde(flatten)]
    search: SearchAnswer,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<Explanation>,
}

/// How the query was read, and why each hit has its score.
#[derive(Debug, Serialize)]
struct Explanation {
    reading: Reading,
    /// In the order of the answer's hits.
    hits: Vec<Explained>,
}

impl Explanation {
    fn new(snapshot: &Snapshot, query: Query<'_>) -> Self {
        Explanation { reading: search::reading(snapshot, query), hits: search::explain(snapshot, query) }
    }
}

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
    /// Show how the query was read, and the parts of each hit's score
    #[arg(long)]
    explain: bool,
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
    let explanation = args.explain.then(|| Explanation::new(&snapshot, query));
    let start = Instant::now();
    let results = search::search(&snapshot, query);
    let took_us = u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX);
    if args.json {
        terminal.json(&Answer { search: SearchAnswer::new(&results, took_us), explanation })?;
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(corrected) = &results.corrected {
        terminal.line(format_args!("Nothing good for “{text}”; showing “{corrected}”.\n"))?;
    }
    if let Some(Explanation { reading, .. }) = &explanation {
        explain_reading(reading, terminal)?;
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
        terminal.line(format_args!("    {}", terminal.paint(Style::Faint, place)))?;
        if let Some(explained) = explanation.as_ref().and_then(|e| e.hits.get(rank)) {
            explain_hit(explained, terminal)?;
        }
        terminal.line("")?;
    }
    let summary = format!("{} in {took_us} µs", count(results.total, "article"));
    let summary = terminal.paint(Style::Faint, summary);
    terminal.line(summary)?;
    Ok(ExitCode::SUCCESS)
}

fn explain_reading(reading: &Reading, terminal: &mut Terminal) -> anyhow::Result<()> {
    terminal.line(format_args!("searched for: {}", reading.searched))?;
    let head = ["term", "weight", "rarity", "articles"].map(str::to_owned);
    let mut rows = vec![(head, "read as")];
    rows.extend(reading.terms.iter().map(|term| {
        let role = match (term.passed_over, term.role) {
            (true, _) => "passed over: most articles have it",
            (_, Role::Telling) => "telling",
            (_, Role::SingleCharacter) => "single character: its pairs tell more",
            (_, Role::StopWord) => "stop word",
            (_, Role::ForeignNumber) => "a number that no article has: no matter for the coverage",
        };
        let (weight, rarity) = (format!("{:.2}", term.weight), format!("{:.2}", term.rarity));
        ([term.text.clone(), weight, rarity, grouped(term.articles as usize)], role)
    }));
    let columns = |i: usize| rows.iter().map(|(row, _)| width(&row[i])).max().unwrap_or_default();
    let columns = [columns(0), columns(1), columns(2), columns(3)];
    for (i, ([term, numbers @ ..], role)) in rows.iter().enumerate() {
        let numbers: Vec<String> = numbers.iter().zip(&columns[1..]).map(|(n, &c)| pad_left(n, c)).collect();
        let line = format!("  {}  {}  {role}", pad(term, columns[0]), numbers.join("  "));
        let line = if i == 0 { terminal.paint(Style::Faint, line) } else { line };
        terminal.line(line)?;
    }
    terminal.line(format_args!("correction: {}\n", considered(&reading.correction)))?;
    Ok(())
}

/// Says what became of a correction, and why.
fn considered(correction: &Considered) -> String {
    let percent = |share: &f32| format!("{:.0} %", share * 100.0);
    match correction {
        Considered::Verbatim => "not looked for, as --verbatim says".to_owned(),
        Considered::Exact => "not looked for: the query holds a code or an on-screen message".to_owned(),
        Considered::NotNeeded { coverage, enough } => {
            format!(
                "not looked for: the best hit has {} of the query, and {} is enough",
                percent(coverage),
                percent(enough)
            )
        }
        Considered::NothingBetter { coverage } => {
            format!("none known, though the best hit has only {} of the query", percent(coverage))
        }
        Considered::Rejected { text, coverage, instead, needed } => format!(
            "“{text}” was not taken: its best hit has {} of it; {} was needed, as the words typed find {}",
            percent(instead),
            percent(needed),
            percent(coverage)
        ),
        Considered::Taken { text, coverage, instead, needed } => format!(
            "“{text}” was taken: its best hit has {} of it; {} was needed, as the words typed find {}",
            percent(instead),
            percent(needed),
            percent(coverage)
        ),
    }
}

fn explain_hit(hit: &Explained, terminal: &mut Terminal) -> anyhow::Result<()> {
    let mut parts: Vec<(f32, String)> = Vec::new();
    if let Some(exact) = &hit.exact {
        let named = match &exact.named {
            Named::Code(code) => format!("the code {code}"),
            Named::Message(message) => format!("the message “{message}”"),
        };
        parts.push((exact.score, format!("{named}, confidence {:.2}", exact.confidence)));
    }
    if hit.questions > 0.0 {
        parts.push((hit.questions, "the questions that it answers".to_owned()));
    }
    let columns = hit.terms.iter().map(|t| width(&t.text)).max().unwrap_or_default();
    parts.extend(hit.terms.iter().map(|term| {
        let fields = term.frequencies.by_field().filter(|(_, n)| *n > 0);
        let fields: Vec<String> = fields.map(|(field, n)| format!("{field} {n}")).collect();
        (term.score, format!("{}  {}", pad(&term.text, columns), fields.join(", ")))
    }));
    let summary = format!("coverage {:.0} %, locale weight {}", hit.coverage * 100.0, hit.locale_weight);
    terminal.line(format_args!("    {summary}"))?;
    for (score, what) in parts {
        terminal.line(format_args!("    {score:>9.3}  {what}"))?;
    }
    Ok(())
}
