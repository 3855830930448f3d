//! The command line: one file per command.
//!
//! May call: everything. Must not hold rules of the help centre: a command reads its arguments, makes one call to the
//! rooms below and prints what came. To add a command: a file here with its `Args` and `run`, a variant of `Command`,
//! an arm in `dispatch`, a line in the README's table.

mod serve;

mod check;

mod ask;
mod search;

mod eval;

mod agent;
mod db;
mod doctor;

mod export;
mod import;
mod init;
mod manual;

mod terminal;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app::{self, OpenError, Opened};
use crate::base::{Clock, Locale};
use crate::config::{self, Flags, Settings};
use crate::content::Severity;
use crate::kb::Snapshot;

use terminal::Terminal;

/// A folder of Markdown articles becomes a help centre that is searched, browsed and asked.
///
/// Without a command it serves. Every setting below can also stand in zhida.toml (`listen = "…"`) or in the environment
/// (`ZHIDA_LISTEN=…`); a flag wins over the environment, which wins over the file.
#[derive(Debug, Parser)]
#[command(name = "zhida", version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    flags: Flags,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the help centre over HTTP
    Serve,
    /// Write a small help centre to begin with
    Init(init::Args),
    /// Find mistakes in the content, and questions that go to the wrong article
    Check(check::Args),
    /// Search the articles
    Search(search::Args),
    /// Ask the chat one question
    Ask(ask::Args),
    /// Measure search or chat on a file of questions with known answers
    Eval(eval::Args),
    /// Manage support agents' accounts
    Agent(agent::Args),
    /// Back up, restore or export what is kept
    Db(db::Args),
    /// Make a content folder of what another system has
    Import(import::Args),
    /// Print the articles as JSON Lines
    Export,
    /// Check whether a server could run here: settings, content, database, disk, clock, port
    Doctor,
    /// Print what a shell needs to complete commands
    Completions(manual::CompletionsArgs),
    /// Print the manual page, for `man -l -`
    Man(manual::ManArgs),
}

/// Runs the program on the process's arguments and returns its exit code: 0 when all is well, 1 for an error or a
/// finding, 2 for a command line that was not understood.
#[must_use]
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match dispatch(arguments) {
        Ok(code) => code,
        Err(error) => report(&error),
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let settings = config::load(&arguments.flags)?;
    let command = arguments.command.unwrap_or(Command::Serve);
    // Held to the end, so that the last traces are sent.
    let _traces = app::start_log(&settings, if matches!(command, Command::Serve) { "info" } else { "warn" })?;
    let mut terminal = Terminal::new(settings.color);
    let code = match command {
        Command::Serve => serve::run(&settings, &mut terminal),
        Command::Init(args) => init::run(&args, &mut terminal),
        Command::Check(args) => check::run(&args, &settings, &mut terminal),
        Command::Search(args) => search::run(&args, &settings, &mut terminal),
        Command::Ask(args) => ask::run(&args, &settings, &mut terminal),
        Command::Eval(args) => eval::run(&args, &settings, &mut terminal),
        Command::Agent(args) => agent::run(&args, &settings, &mut terminal),
        Command::Db(args) => db::run(&args, &settings, &mut terminal),
        Command::Import(args) => import::run(&args, &mut terminal),
        Command::Export => export::run(&settings, &mut terminal),
        Command::Doctor => doctor::run(&settings, &mut terminal),
        Command::Completions(args) => manual::completions(&args, &mut terminal),
        Command::Man(args) => manual::man(&args, &mut terminal),
    }?;
    terminal.flush()?;
    Ok(code)
}

/// Prints an error and returns the exit code for it.
fn report(error: &anyhow::Error) -> ExitCode {
    // `zhida search x | head -1`: the reader has seen enough, which is no error.
    if error.downcast_ref::<io::Error>().is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    let mut stderr = io::stderr().lock();
    if let Some(OpenError::Broken { dir, problems }) = error.downcast_ref() {
        for problem in problems.iter().filter(|p| p.severity == Severity::Error) {
            let _ = writeln!(stderr, "{}", check::located(dir, problem));
        }
    }
    // Nobody is left to be told when standard error is closed.
    let _ = writeln!(stderr, "zhida: {error:#}");
    ExitCode::FAILURE
}

/// Runs a command that has to wait for something, such as the database.
fn wait_for(work: impl Future<Output = anyhow::Result<ExitCode>>) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(work)
}

/// Opens the help centre that the settings name, for a command that asks it something.
fn open(settings: &Settings) -> anyhow::Result<Opened> {
    Ok(app::open_stored(&app::content_folder(settings)?, &settings.data, Clock::System)?)
}

/// Returns the locale that a command works in: the one asked for, as far as the content has its language, else the
/// content's default.
fn locale_of(asked: Option<&Locale>, snapshot: &Snapshot) -> anyhow::Result<Locale> {
    let site = snapshot.site();
    let Some(asked) = asked else { return Ok(site.default_locale.clone()) };
    let found = asked.best_of(&site.locales).cloned();
    found.ok_or_else(|| {
        let have: Vec<&str> = site.locales.iter().map(Locale::as_str).collect();
        anyhow::anyhow!("there is no content in `{asked}`; --locale can be {}", have.join(" or "))
    })
}
