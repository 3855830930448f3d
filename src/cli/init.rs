//! `zhida init`: the beginning of a help centre of one's own.

use std::path::PathBuf;
use std::process::ExitCode;

use super::terminal::Terminal;
use crate::content::embedded::write_starter;

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The folder to make; it must be new or empty
    dir: PathBuf,
}

pub(super) fn run(args: &Args, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    write_starter(&args.dir)?;
    let dir = args.dir.display();
    terminal.line(format_args!("{dir} holds a small help centre now. Go on with:\n"))?;
    terminal.line(format_args!(
        "  cd {dir}\n  zhida check    what is wrong, by file and line\n  zhida          serve it"
    ))?;
    Ok(ExitCode::SUCCESS)
}
