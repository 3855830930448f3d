//! `zhida eval`: how well search or the chat answers a file of questions whose answers are known.
//!
//! `cases` reads the file, `measure` asks and scores, `report` prints. Each line is a conversation of its own. The
//! help centre that is measured is the one that `serve` would serve.

mod cases;
mod measure;
mod report;

use std::path::PathBuf;
use std::process::ExitCode;

use super::terminal::Terminal;
use crate::app::Opened;
use crate::config::Settings;

/// The definitions, for `--help`.
const DEFINITIONS: &str = "\
Each line of FILE is a JSON object: {\"q\": text, \"expect\": [ids]} and, where known,
\"locale\", \"kind\", \"id\" and \"secrets\": [texts]. Other keys are left alone. The ranking is
the hits of a search, or the sources of a reply.

  accuracy@1        lines whose first article is expected and asserted (a reply that only offers it,
                    or asks which is meant, is no answer)
  recall@3, @10     lines with an expected article among the first 3 or 10
  MRR@10            1 / rank of the first expected article, 0 beyond 10, averaged over lines
  wrongly answered  chat: lines with \"expect\": [] that get an answer, a step or safety advice
  any hit           search: lines with \"expect\": [] that find anything at all
  p50, p99          microseconds for a question, one at a time, after a warm-up

The first four are over lines that expect an article. A reply that repeats one of its line's
secrets in its text, HTML or evidence is a leak; with any leak the exit code is 1.";

#[derive(Debug, clap::Args)]
#[command(after_help = DEFINITIONS)]
pub(super) struct Args {
    /// The questions, one JSON object a line
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// What to measure
    #[arg(long, value_enum, default_value = "chat")]
    mode: Mode,
    /// Print the measurements as JSON
    #[arg(long)]
    json: bool,
    /// List each line that was not answered rightly, and what it got
    #[arg(long)]
    failures: bool,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// The search page's ranking
    Search,
    /// The chat's replies
    Chat,
}

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let cases = cases::read(&args.file)?;
    let Opened { desk, .. } = super::open(settings)?;
    let measurement = measure::measure(&cases, &desk, args.mode);
    let report = report::Report::new(&args.file, &cases, &measurement, args.mode, &desk.snapshot());
    if args.json {
        report.print_json(args.failures, terminal)?;
    } else {
        report.print_text(args.failures, terminal)?;
    }
    Ok(if report.leaks() > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
