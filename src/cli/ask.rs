//! `zhida ask`: one chat turn, and why it went that way.

use std::process::ExitCode;

use super::terminal::{Style, Terminal, pad};
use crate::app::Opened;
use crate::base::{Locale, Viewer};
use crate::config::Settings;
use crate::desk::Question;
use crate::model::{Match, Stage};
use crate::web::api::chat::ChatAnswer;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the customer says
    #[arg(required = true)]
    message: Vec<String>,
    /// The page's language, such as zh-CN [default: the content's]; the message's own may win over it
    #[arg(long, value_name = "L")]
    locale: Option<Locale>,
    /// Print what the HTTP API answers
    #[arg(long)]
    json: bool,
    /// Show every stage that was tried, and why it won or lost
    #[arg(long)]
    explain: bool,
}

/// How many of a stage's candidates are worth a line.
const CANDIDATES: usize = 5;

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let Opened { desk, .. } = super::open(settings)?;
    let snapshot = desk.snapshot();
    let locale = super::locale_of(args.locale.as_ref(), &snapshot)?;
    let message = args.message.join(" ");
    let question = Question {
        message: &message,
        conversation_id: None,
        locale: &locale,
        viewer: Viewer::Public,
        explain: args.explain,
    };
    let answer = ChatAnswer::from(desk.ask(&snapshot, &question));
    if args.json {
        terminal.json(&answer)?;
        return Ok(ExitCode::SUCCESS);
    }
    let reply = &answer.reply;
    terminal.line(&reply.text)?;
    if !reply.sources.is_empty() {
        terminal.line("")?;
        for (rank, source) in reply.sources.iter().enumerate() {
            let url = terminal.paint(Style::Faint, &source.url);
            terminal.line(format_args!("{:>2}. {}  {url}", rank + 1, source.title))?;
        }
    }
    if !reply.quick_replies.is_empty() {
        let labels: Vec<String> = reply.quick_replies.iter().map(|q| format!("[{}]", q.label)).collect();
        terminal.line(format_args!("\n{}", labels.join(" ")))?;
    }
    let Match { by, rule, confidence, evidence, .. } = &answer.matched;
    let rule = if rule.is_empty() { String::new() } else { format!(" {rule}") };
    let evidence = if evidence.is_empty() { String::new() } else { format!(", because of {}", evidence.join(", ")) };
    let kind = &reply.kind;
    let why = format!("{} by {}{rule}, confidence {confidence:.2}{evidence}", word(kind)?, word(by)?);
    let why = terminal.paint(Style::Faint, why);
    terminal.line(format_args!("\n{why}"))?;
    if args.explain {
        explain(&answer.matched.stages, terminal)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns the word that the API has for a kind or a stage.
fn word(value: &impl serde::Serialize) -> anyhow::Result<String> {
    Ok(serde_json::to_value(value)?.as_str().unwrap_or_default().to_owned())
}

fn explain(stages: &[Stage], terminal: &mut Terminal) -> anyhow::Result<()> {
    let columns = stages.iter().map(|s| s.name.len()).max().unwrap_or_default();
    terminal.line("")?;
    for stage in stages {
        let outcome =
            if stage.won { terminal.paint(Style::Good, "won ") } else { terminal.paint(Style::Faint, "lost") };
        terminal.line(format_args!("{}  {outcome}  {}", pad(&stage.name, columns), stage.why))?;
        for (id, score) in stage.candidates.iter().take(CANDIDATES) {
            let candidate = terminal.paint(Style::Faint, format_args!("{score:>7.3}  {id}"));
            terminal.line(format_args!("{}{candidate}", " ".repeat(columns + 8)))?;
        }
        let more = stage.candidates.len().saturating_sub(CANDIDATES);
        if more > 0 {
            let more = terminal.paint(Style::Faint, format_args!("and {more} more"));
            terminal.line(format_args!("{}{more}", " ".repeat(columns + 17)))?;
        }
    }
    Ok(())
}
