//! What Git knows of the content: who changed what, and when.
//!
//! The `git` program is asked, as whoever wrote the content asks it. It runs without a shell and without what a
//! repository's own configuration could have it run, and not for long; where it is missing, or there is no repository,
//! there is no history, and the reason can be told.

use std::io::Read as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// How long Git may take. A large repository is read through for the history of one file.
const PATIENCE: Duration = Duration::from_secs(5);

/// The most that is read of its answer, in bytes.
const MAX_BYTES: u64 = 1024 * 1024;

/// A change of the content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The short hash of the commit.
    pub revision: String,
    /// The day.
    pub day: String,
    /// Who made it.
    pub author: String,
    /// Its first line.
    pub subject: String,
}

/// Says why there is no history.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoHistory {
    /// There is no `git` program.
    #[error("the program git is not installed")]
    NoGit,
    /// The folder is in no repository that this user may read.
    #[error("the folder is in no Git repository, or in one of another user")]
    NoRepository,
    /// Git took too long.
    #[error("git took longer than {} seconds", PATIENCE.as_secs())]
    TooLong,
}

/// Returns the last changes below a folder, or of one file in it, newest first; renames of a file are followed. It may
/// take as long as [`PATIENCE`], so that it is for a thread that may wait.
///
/// # Errors
/// When Git is missing, knows nothing of the folder, or takes too long.
pub(crate) fn changes(folder: &Path, file: Option<&Path>, most: usize) -> Result<Vec<Change>, NoHistory> {
    if folder.as_os_str().is_empty() {
        return Err(NoHistory::NoRepository);
    }
    let mut command = Command::new("git");
    // A path is a path: no pattern, no option. No program but Git itself runs.
    command.args(["--literal-pathspecs", "--no-pager", "-c", "core.fsmonitor=false", "-c", "log.showSignature=false"]);
    command.arg("-C").arg(folder).arg("log").arg(format!("-n{most}"));
    command.args(["--no-color", "--no-decorate", "--no-notes", "--no-mailmap", "--format=%h%x1f%cs%x1f%an%x1f%s%x1e"]);
    match file {
        Some(file) => command.arg("--follow").arg("--").arg(file),
        None => command.args(["--", "."]),
    };
    let answer = run(command, PATIENCE)?;
    let change = |record: &str| {
        let mut parts = record.trim_start_matches('\n').splitn(4, '\u{1f}').map(str::to_owned);
        Some(Change { revision: parts.next()?, day: parts.next()?, author: parts.next()?, subject: parts.next()? })
    };
    Ok(answer.split('\u{1e}').filter_map(change).collect())
}

/// Runs Git and returns what it writes.
fn run(mut command: Command, patience: Duration) -> Result<String, NoHistory> {
    // Inherited by a process that a hook started, these would name another repository.
    command.env_remove("GIT_DIR").env_remove("GIT_WORK_TREE").env_remove("GIT_INDEX_FILE");
    command.env("GIT_OPTIONAL_LOCKS", "0").env("GIT_TERMINAL_PROMPT", "0");
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = spawned.map_err(|_| NoHistory::NoGit)?;
    let Some(output) = child.stdout.take() else { return Err(NoHistory::NoGit) };
    let (tell, told) = mpsc::channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let read = output.take(MAX_BYTES).read_to_end(&mut bytes);
        // Nobody listens any more when it took too long.
        let _ = tell.send(read.map(|_| bytes));
    });
    let answer = told.recv_timeout(patience);
    if answer.is_err() {
        // It may have ended just now; waiting for it below leaves no dead process behind.
        let _ = child.kill();
    }
    let status = child.wait();
    match answer {
        Err(_) => Err(NoHistory::TooLong),
        Ok(Ok(bytes)) if status.is_ok_and(|status| status.success()) => {
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
        Ok(_) => Err(NoHistory::NoRepository),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_is_missing_or_hangs_is_told_apart() {
        assert_eq!(run(Command::new("no-such-program-7"), PATIENCE), Err(NoHistory::NoGit));
        let mut hangs = Command::new("sleep");
        hangs.arg("600");
        assert_eq!(run(hangs, Duration::from_millis(50)), Err(NoHistory::TooLong));
        assert_eq!(run(Command::new("false"), PATIENCE), Err(NoHistory::NoRepository));
    }

    #[test]
    fn outside_a_repository_there_is_no_history() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(changes(folder.path(), None, 5), Err(NoHistory::NoRepository));
        assert_eq!(changes(Path::new(""), None, 5), Err(NoHistory::NoRepository));
    }
}
