//! `zhida db`: everything that is kept, written to a file and read back.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::terminal::{Terminal, count};
use crate::app;
use crate::config::Settings;
use crate::store::{Purpose, Store};

#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Write everything to a file, as it is at one moment
    Backup {
        /// The file to make; it must not exist
        file: PathBuf,
    },
    /// Fill an empty database from a backup, all of it or nothing
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// Write everything but hashes of passwords and keys, as JSON Lines
    Export {
        /// The file to make instead of writing to standard output; it must not exist
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

pub(super) fn run(args: &Args, settings: &Settings, terminal: &mut Terminal) -> anyhow::Result<ExitCode> {
    super::wait_for(async {
        let store = Store::open(&app::store_settings(settings)).await?;
        let done = act(args, &store, terminal).await;
        store.close().await;
        done.map(|()| ExitCode::SUCCESS)
    })
}

async fn act(args: &Args, store: &Store, terminal: &mut Terminal) -> anyhow::Result<()> {
    match &args.action {
        Action::Backup { file } => {
            let records = write(store, Purpose::Backup, file).await?;
            terminal.line(format_args!("{} written to {}", count(records, "record"), file.display()))?;
        }
        Action::Export { output: Some(file) } => {
            let records = write(store, Purpose::Export, file).await?;
            terminal.line(format_args!("{} written to {}", count(records, "record"), file.display()))?;
        }
        Action::Export { output: None } => {
            let mut out = Vec::new();
            store.dump(Purpose::Export, &mut out, &|_, _| {}).await?;
            terminal.raw(&out)?;
        }
        Action::Restore { file } => {
            let opened = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
            let bar = bar("restoring {pos} records, {elapsed}");
            let records = store.restore(&mut BufReader::new(opened), &|done| bar.set_position(done)).await?;
            bar.finish_and_clear();
            let records = usize::try_from(records).unwrap_or(usize::MAX);
            terminal.line(format_args!("{} restored from {}", count(records, "record"), file.display()))?;
        }
    }
    Ok(())
}

/// Writes to a file under another name first: a file of the right name is whole.
async fn write(store: &Store, purpose: Purpose, file: &Path) -> anyhow::Result<usize> {
    anyhow::ensure!(!file.exists(), "{} exists; choose another name", file.display());
    let mut unfinished = file.as_os_str().to_owned();
    unfinished.push(".part");
    let unfinished = PathBuf::from(unfinished);
    let cannot = || format!("cannot write {}", file.display());
    let mut options = File::options();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut out = BufWriter::new(options.open(&unfinished).with_context(cannot)?);
    let bar = bar("writing {bar:30} {pos}/{len} records, {eta} left");
    let progress = |done, all| {
        bar.set_length(all);
        bar.set_position(done);
    };
    let records = store.dump(purpose, &mut out, &progress).await?;
    bar.finish_and_clear();
    out.flush().with_context(cannot)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all().with_context(cannot)?;
    std::fs::rename(&unfinished, file).with_context(cannot)?;
    Ok(usize::try_from(records).unwrap_or(usize::MAX))
}

/// Draws a bar on standard error; nothing where that is no terminal.
fn bar(template: &str) -> ProgressBar {
    let target = if io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(Some(0), target);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
