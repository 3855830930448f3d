//! `zhida ask`: one chat turn, and why it went that way; without a message a whole conversation.

use std::io::{self, IsTerminal as _};
use std::process::ExitCode;

use anyhow::Context as _;
use rustyline::error::ReadlineError;
use rustyline::history::MemHistory;
use rustyline::{Config, Editor};

use super::terminal::{Style, Terminal, pad};
use crate::app::Opened;
use crate::base::{Locale, Viewer};
use crate::config::Settings;
use crate::desk::{Question, locale_of_unknown};
use crate::model::{Match, Stage};
use crate::web::api::chat::ChatAnswer;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// What the customer says; without it a conversation begins, line by line, until /quit
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

/// What a customer's line is written behind.
const PROMPT: &str = "> ";

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let Opened { desk, .. } = super::open(settings)?;
    let snapshot = desk.snapshot();
    let locale = super::locale_of(args.locale.as_ref(), &snapshot)?;
    let mut conversation: Option<String> = None;
    let mut say = |message: &str, terminal: &mut Terminal| {
        // After the first message the conversation has a language of its own.
        let locale = if args.locale.is_none() { locale_of_unknown(message, &snapshot) } else { locale.clone() };
        let question = Question {
            message,
            conversation_id: conversation.as_deref(),
            locale: &locale,
            viewer: Viewer::Public,
            explain: args.explain,
        };
        let answer = ChatAnswer::from(desk.ask(&snapshot, &question));
        conversation = Some(answer.conversation_id.clone());
        if args.json { terminal.json(&answer) } else { print(&answer, args.explain, terminal) }
    };
    if !args.message.is_empty() {
        say(&args.message.join(" "), terminal)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !args.json && io::stdin().is_terminal() {
        let name = snapshot.site().name.get(&locale, &snapshot.site().default_locale).unwrap_or_default();
        let hint = terminal.paint(Style::Faint, format!("{name} · /quit or Ctrl-D ends the conversation"));
        terminal.line(hint)?;
    }
    converse(terminal, say)?;
    Ok(ExitCode::SUCCESS)
}

/// Reads lines until the customer has enough. What was typed is kept for the arrow keys while the conversation lasts, and
/// never written to disk: it may hold secrets.
fn converse(
    terminal: &mut Terminal,
    mut say: impl FnMut(&str, &mut Terminal) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let with_prompt = io::stdin().is_terminal();
    let config = Config::builder().auto_add_history(true).build();
    let mut editor: Editor<(), MemHistory> =
        Editor::with_history(config, MemHistory::new()).context("cannot read from the terminal")?;
    loop {
        terminal.flush()?;
        let line = match editor.readline(if with_prompt { PROMPT } else { "" }) {
            Ok(line) => line,
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(()),
            Err(e) => return Err(anyhow::Error::new(e).context("cannot read what was typed")),
        };
        let message = line.trim();
        match message {
            "" => {}
            "/quit" | "/exit" | "/q" => return Ok(()),
            _ => {
                say(message, terminal)?;
                terminal.line("")?;
            }
        }
    }
}

/// Prints a turn for a person.
fn print(answer: &ChatAnswer, explained: bool, terminal: &mut Terminal) -> anyhow::Result<()> {
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
    let Match { by, rule, confidence, evidence, content, stages } = &answer.matched;
    let rule = if rule.is_empty() { String::new() } else { format!(" {rule}") };
    let evidence = if evidence.is_empty() { String::new() } else { format!(", because of {}", evidence.join(", ")) };
    let kind = &reply.kind;
    let why = format!("{} by {}{rule}, confidence {confidence:.2}{evidence}", word(kind)?, word(by)?);
    let why = terminal.paint(Style::Faint, why);
    terminal.line(format_args!("\n{why}"))?;
    if explained {
        explain(stages, terminal)?;
        // The same message, in the same place of a conversation, gets the same reply from the same content.
        let content = terminal.paint(Style::Faint, format_args!("content {content}"));
        terminal.line(format_args!("\n{content}"))?;
    }
    Ok(())
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
