//! `zhida completions` and `zhida man`: what shells and `man` know of the command line, made from the command line itself.

use std::process::ExitCode;

use clap::CommandFactory as _;
use clap_complete::Shell;

use super::Arguments;
use super::terminal::Terminal;

#[derive(Debug, clap::Args)]
pub(super) struct CompletionsArgs {
    /// The shell that asks
    shell: Shell,
}

#[derive(Debug, clap::Args)]
pub(super) struct ManArgs {
    /// The command to describe [default: the program]
    command: Option<String>,
}

pub(super) fn completions(args: &CompletionsArgs, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let mut out = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "zhida", &mut out);
    terminal.raw(&out)?;
    Ok(ExitCode::SUCCESS)
}

pub(super) fn man(args: &ManArgs, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    let mut program = Arguments::command();
    // Subcommands learn their full names and the settings only when the command line is built.
    program.build();
    let page = match &args.command {
        None => program,
        Some(name) => {
            let found = program.find_subcommand(name).cloned();
            found.ok_or_else(|| anyhow::anyhow!("there is no command `{name}`; `zhida help` lists them"))?
        }
    };
    let mut out = Vec::new();
    clap_mangen::Man::new(page).render(&mut out)?;
    terminal.raw(&out)?;
    Ok(ExitCode::SUCCESS)
}
