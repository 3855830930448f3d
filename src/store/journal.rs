//! The journal of turns: a turn is in a file before it is acknowledged, and in the database soon after.
//!
//! A commit costs a customer milliseconds, an append to a file microseconds; what was appended outlives the process,
//! however it ends, and outlives a database that is away. The writer takes turns from the file into the tables in
//! batches, together with how far it came, so that each turn gets there exactly once. A process that starts finishes
//! the journals of those that were killed: the lock on a journal tells whether its process lives.

use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use uuid::Uuid;

/// A journal that was taken over whole is replaced by a new one from this size on, in bytes.
const ROTATE: u64 = 8 * 1024 * 1024;

/// The journal that this process appends to.
#[derive(Debug)]
pub(crate) struct Journal {
    folder: PathBuf,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    name: String,
    file: File,
    /// Where the next turn goes, in bytes.
    end: u64,
    /// How far it was taken into the database, in bytes.
    taken: u64,
}

/// Lines of a journal, and where the next one begins.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<String>,
    pub(crate) end: u64,
}

impl Journal {
    /// Begins a journal in a folder, which is made where it is missing.
    pub(crate) fn begin(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Journal { folder: folder.to_owned(), open: Mutex::new(Open::create(folder)?) })
    }

    /// Appends a turn, which must be one line.
    pub(crate) fn append(&self, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let written = open.file.write_all(&line);
        if written.is_err() {
            // Half a line would spoil the next one.
            let end = open.end;
            let _ = open.file.set_len(end);
            return written;
        }
        open.end += line.len() as u64;
        Ok(())
    }

    /// Returns the name of the journal and where it ends.
    pub(crate) fn state(&self) -> (String, u64) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        (open.name.clone(), open.end)
    }

    /// Notes how far the journal was taken over.
    pub(crate) fn note_taken(&self, committed: u64) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).taken = committed;
    }

    /// Returns how many bytes of turns wait to be taken over.
    pub(crate) fn waiting(&self) -> u64 {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.end.saturating_sub(open.taken)
    }

    /// Begins a new journal when the present one is large and was taken over up to `committed`; returns the name of the
    /// one that was given up.
    pub(crate) fn rotate(&self, committed: u64) -> io::Result<Option<String>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.end != committed || open.end < ROTATE {
            return Ok(None);
        }
        let old = std::mem::replace(&mut *open, Open::create(&self.folder)?);
        drop(open);
        std::fs::remove_file(self.folder.join(&old.name))?;
        Ok(Some(old.name))
    }

    /// Removes the journal if it was taken over up to its end, `committed`; returns its name.
    pub(crate) fn finish(&self, committed: u64) -> Option<String> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.end != committed {
            return None;
        }
        std::fs::remove_file(self.folder.join(&open.name)).ok()?;
        Some(open.name.clone())
    }

    /// Returns the journals of processes that have ended, with their locks.
    pub(crate) fn abandoned(&self) -> io::Result<Vec<(String, File)>> {
        let own = self.state().0;
        let mut found = Vec::new();
        for entry in std::fs::read_dir(&self.folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name == own || !name.ends_with(".jsonl") || !name.starts_with("turns-") {
                continue;
            }
            let Ok(file) = File::open(self.folder.join(&name)) else { continue };
            // One that is locked belongs to a living process.
            if file.try_lock().is_ok() {
                found.push((name, file));
            }
        }
        found.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(found)
    }

    /// Reads up to `most` whole lines from `start` on.
    pub(crate) fn read(&self, name: &str, start: u64, most: usize) -> io::Result<Lines> {
        let mut file = File::open(self.folder.join(name))?;
        file.seek(SeekFrom::Start(start))?;
        let mut reader = BufReader::new(file);
        let mut out = Lines { lines: Vec::new(), end: start };
        while out.lines.len() < most {
            let mut line = Vec::new();
            let read = reader.read_until(b'\n', &mut line)?;
            // A line without its end was being written when the process was killed: it was never acknowledged.
            if line.pop() != Some(b'\n') {
                break;
            }
            out.end += read as u64;
            out.lines.push(String::from_utf8_lossy(&line).into_owned());
        }
        Ok(out)
    }

    /// Removes a journal that was taken over whole.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        std::fs::remove_file(self.folder.join(name))
    }

    /// Puts a line aside that no database takes, for a person to look at.
    pub(crate) fn set_aside(&self, line: &str) -> io::Result<()> {
        let mut file = OpenOptions::new().create(true).append(true).open(self.folder.join("rejected.jsonl"))?;
        writeln!(file, "{line}")
    }
}

impl Open {
    fn create(folder: &Path) -> io::Result<Self> {
        let name = format!("turns-{}.jsonl", Uuid::now_v7());
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        // It gets its name once it is locked: no other process may take it for abandoned in between.
        let unnamed = folder.join(format!("{name}.new"));
        let file = options.open(&unnamed)?;
        file.lock()?;
        std::fs::rename(unnamed, folder.join(&name))?;
        Ok(Open { name, file, end: 0, taken: 0 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_whole_lines_only_and_from_where_it_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        for line in ["one", "two", "three"] {
            journal.append(line.into()).unwrap();
        }
        let (name, end) = journal.state();
        let first = journal.read(&name, 0, 2).unwrap();
        assert_eq!(first.lines, ["one", "two"]);
        std::fs::OpenOptions::new().append(true).open(dir.path().join(&name)).unwrap().write_all(b"fou").unwrap();
        let rest = journal.read(&name, first.end, 10).unwrap();
        assert_eq!((rest.lines, rest.end), (vec!["three".to_owned()], end));
    }

    #[test]
    fn a_living_process_keeps_its_journal_and_a_dead_one_leaves_it() {
        let dir = tempfile::tempdir().unwrap();
        let living = Journal::begin(dir.path()).unwrap();
        let dead = Journal::begin(dir.path()).unwrap();
        dead.append(b"left".to_vec()).unwrap();
        assert!(living.abandoned().unwrap().is_empty());
        let name = dead.state().0;
        drop(dead);
        let found: Vec<String> = living.abandoned().unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(found, [name]);
    }

    #[test]
    fn is_removed_only_when_nothing_is_left_in_it() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        journal.append(b"one".to_vec()).unwrap();
        assert_eq!(journal.finish(0), None);
        assert_eq!(journal.rotate(4).unwrap(), None, "it is small yet");
        assert!(journal.finish(4).is_some());
    }
}
