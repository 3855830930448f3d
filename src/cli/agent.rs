//! `zhida agent`: support agents' accounts.

use std::io::{self, BufRead as _, IsTerminal as _};
use std::process::ExitCode;

use anyhow::Context as _;

use super::terminal::{Style, Terminal, pad};
use crate::app;
use crate::config::Settings;
use crate::desk::agents::{Accounts, generate_password};
use crate::model::Role;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Make an account; the first is an admin's
    Add {
        /// The name to sign in with
        name: String,
        /// What the agent may do: agent or admin [default: agent]
        #[arg(long)]
        role: Option<Role>,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
        /// Make no password: the agent signs in with the identity provider
        #[arg(long, conflicts_with = "password_stdin")]
        no_password: bool,
    },
    /// List the accounts
    List {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Remove an account; its sessions end
    Remove {
        /// The agent's name
        name: String,
    },
    /// Give an agent a new password; all their sessions end
    Password {
        /// The agent's name
        name: String,
        /// Read the password from standard input
        #[arg(long)]
        password_stdin: bool,
    },
}

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    super::wait_for(async {
        let accounts = app::open_accounts(settings).await?;
        let done = act(args, &accounts, terminal).await;
        accounts.close().await;
        done
    })
}

async fn act(args: &Args, accounts: &Accounts, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    match &args.action {
        Action::Add { name, role, no_password: true, .. } => {
            let agent = accounts.add_agent(name, *role, None).await?;
            terminal.line(format_args!("added {}, {}, without a password", agent.name, agent.role))?;
        }
        Action::Add { name, role, password_stdin, .. } => {
            let (password, generated) = password(*password_stdin)?;
            let agent = accounts.add_agent(name, *role, Some(&password)).await?;
            terminal.line(format_args!("added {}, {}", agent.name, agent.role))?;
            if generated {
                terminal.line(format_args!("password: {password}"))?;
            }
        }
        Action::List { json } => {
            let agents = accounts.agents().await?;
            if *json {
                terminal.json(&agents)?;
            } else if agents.is_empty() {
                terminal.line("there are no agents; `zhida agent add NAME` makes the first")?;
            }
            for agent in agents.iter().filter(|_| !json) {
                let last = agent
                    .last_login_at
                    .map_or_else(|| "never signed in".to_owned(), |at| format!("last signed in {at:.0}"));
                let last = terminal.paint(Style::Faint, last);
                terminal.line(format_args!("{}  {}  {last}", pad(&agent.name, 20), pad(agent.role.as_str(), 5)))?;
            }
        }
        Action::Remove { name } => {
            accounts.remove_agent(name).await?;
            terminal.line(format_args!("removed {name}"))?;
        }
        Action::Password { name, password_stdin } => {
            let (password, generated) = password(*password_stdin)?;
            accounts.reset_password(name, &password).await?;
            terminal.line(format_args!("{name} has a new password"))?;
            if generated {
                terminal.line(format_args!("password: {password}"))?;
            }
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Returns a password and whether it was made up: from standard input, from whoever sits at the terminal, or, where
/// nobody does or nothing is typed, a random one.
fn password(from_stdin: bool) -> anyhow::Result<(String, bool)> {
    if from_stdin {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).context("cannot read the password")?;
        return Ok((line.trim_end_matches(['\r', '\n']).to_owned(), false));
    }
    if !io::stdin().is_terminal() {
        return Ok((generate_password(), true));
    }
    let screen = console::Term::stderr();
    let ask = |question: &str| -> io::Result<String> {
        screen.write_str(question)?;
        screen.read_secure_line()
    };
    let first = ask("Password (empty for a random one): ")?;
    if first.is_empty() {
        return Ok((generate_password(), true));
    }
    anyhow::ensure!(ask("The same again: ")? == first, "the two are not the same; nothing was changed");
    Ok((first, false))
}
