//! `zhida eval`: how well search or the chat answers a file of questions whose answers are known.
//!
//! `cases` reads the file, `measure` asks and scores, `report` prints, `compare` sets a run beside an earlier one,
//! `dialogues` holds lines of several turns. Each line is a conversation of its own. The help centre that is measured is the
//! one that `serve` would serve.

mod cases;
mod compare;
mod dialogues;
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

  accuracy@1        lines whose first article is expected, whether a reply asserts it, offers it or
                    asks about it
  recall@3, @10     lines with an expected article among the first 3 or 10
  MRR@10            1 / rank of the first expected article, 0 beyond 10, averaged over lines
  rightly answered  chat: lines whose first article is expected and asserted (a reply that only
                    offers it, or asks which is meant, is no answer)
  wrongly answered  chat: lines with \"expect\": [] that get an answer, a step or safety advice
  any hit           search: lines with \"expect\": [] that find anything at all
  p50, p99          microseconds for a question, one at a time, after a warm-up

The first five are over lines that expect an article. A failure is a line not rightly answered, or
wrongly. A reply that repeats one of its line's
secrets in its text, HTML or evidence is a leak; with any leak the exit code is 1.

A line may also be a dialogue, {\"turns\": [{\"user\", \"expect\": [ids], \"reply_kind\", \"must_not_echo\"?: [texts]}]}; `reply_kind`
is one of the chat's kinds or `any`. A turn is right when its reply is of that kind and, for an answer,
names an expected article first; other kinds need name none but must assert no other. --json puts
their measurements under `dialogues`.

With --json, `lines` holds {\"line\", \"id\"?, \"right\", \"rank\"} for each line: `right` says that it is
no failure, `rank` is that of the first expected article (null beyond 10). Keep that output and
give it to --compare later. `comparison` is then

  overall, kinds.KIND          {\"accuracy@1\": {\"before\", \"now\", \"change\"}, …} for each measure
  became_right, became_wrong   [{\"line\", \"id\"?, \"kind\"?, \"q\", \"before\", \"now\"}], the last two being ranks
  same_questions, compared     whether FILE is unchanged, and how many lines both runs have

Lines are matched by their number; if FILE has changed, by `id`, and those without one are left
out. A change for the worse does not alter the exit code.";

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
    /// Show what changed since an earlier run, whose --json output is in this file
    #[arg(long, value_name = "BASELINE.json")]
    compare: Option<PathBuf>,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
enum Mode {
    /// The search page's ranking
    Search,
    /// The chat's replies
    Chat,
}

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let cases::Cases { questions: cases, dialogues, digest } = cases::read(&args.file)?;
    anyhow::ensure!(
        dialogues.is_empty() || args.mode == Mode::Chat,
        "{} has dialogues, which only the chat holds; add `--mode chat`",
        args.file.display()
    );
    let baseline = args.compare.as_ref().map(|path| compare::read(path, args.mode)).transpose()?;
    let Opened { desk, .. } = super::open(settings)?;
    let outcomes = measure::measure(&cases, &desk, args.mode);
    let held = (!dialogues.is_empty()).then(|| dialogues::Report::hold(&dialogues, &desk));
    let questions = report::Questions { file: &args.file, digest, cases: &cases };
    let report = report::Report::new(questions, &outcomes, args.mode, &desk.snapshot(), baseline.as_ref());
    let leaks = report.leaks() + held.as_ref().map_or(0, dialogues::Report::leaks);
    if args.json {
        let held = held.as_ref().map(|held| held.json(args.failures)).transpose()?;
        report.print_json(args.failures, held, terminal)?;
    } else {
        if !cases.is_empty() {
            report.print_text(args.failures, terminal)?;
        }
        if let Some(held) = &held {
            held.print(&args.file, args.failures, terminal)?;
        }
    }
    Ok(if leaks > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
