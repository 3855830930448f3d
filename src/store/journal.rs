//! The journal of turns: a turn is in a file before it is acknowledged, and in the database soon after.
//!
//! A commit costs a customer milliseconds, an append to a file microseconds; what was appended outlives the process,
//! however it ends, and outlives a database that is away. The writer takes turns from the file into the tables in
//! batches, together with how far it came, so that each turn gets there exactly once. A process that starts finishes
//! the journals of those that were killed: the lock on a journal tells whether its process lives.
//!
//! On a disk that takes nothing, turns are held in memory until it does, or until the database has them.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::base::lock;

/// A journal that was taken over whole is replaced by a new one from this size on, in bytes.
const ROTATE: u64 = 8 * 1024 * 1024;
/// Turns that the file does not take are held up to this size, in bytes: some thousands.
const MOST_HELD: u64 = 16 * 1024 * 1024;
/// A line that is longer is no turn of ours, in bytes: one has a few thousand.
const LONGEST_LINE: u64 = 1024 * 1024;
/// A disk has room again when it takes as much, in bytes: some tens of turns.
const PROBE: usize = 64 * 1024;

/// The file of lines that no database takes.
pub(crate) const REJECTED: &str = "rejected.jsonl";

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
    /// Whether half a line may stand behind the end.
    torn: bool,
    held: Held,
}

/// Turns that the file did not take, each with its number, oldest first.
#[derive(Debug, Default)]
struct Held {
    lines: VecDeque<(u64, Vec<u8>)>,
    bytes: u64,
    next: u64,
}

/// What turns have in common, and where in a journal it stands.
#[derive(Debug)]
pub(crate) struct Common {
    /// The line from behind the turn's own part to its end.
    rest: Box<str>,
    /// The name of a journal, and the place in it.
    place: Mutex<Option<(String, u64)>>,
}

impl Common {
    /// Takes a JSON object of the fields that turns have in common.
    pub(crate) fn new(json: &str) -> Self {
        let rest = format!(",{}\n", json.strip_prefix('{').unwrap_or(json));
        Common { rest: rest.into(), place: Mutex::default() }
    }

    /// Returns the whole line of a turn.
    fn line(&self, own: &str) -> Vec<u8> {
        [own.as_bytes(), self.rest.as_bytes()].concat()
    }

    fn place_in(&self, journal: &str) -> Option<u64> {
        lock(&self.place).as_ref().filter(|(name, _)| name == journal).map(|(_, place)| *place)
    }

    fn note(&self, journal: &str, place: u64) {
        *lock(&self.place) = Some((journal.to_owned(), place));
    }
}

/// Where a turn is after it was appended.
#[derive(Debug)]
pub(crate) enum Appended {
    /// In the file.
    Written,
    /// In memory alone, because the file took nothing.
    Held(io::Error),
    /// Nowhere: too many are held already.
    Lost(io::Error),
}

/// A journal that was taken over whole and is written no more.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GivenUp {
    pub(crate) name: String,
    /// Whether its file is gone.
    pub(crate) is_gone: bool,
}

/// Lines of a journal, and where the next one begins.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    pub(crate) lines: Vec<Line>,
    pub(crate) end: u64,
}

/// One line of a journal.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Where it begins, in bytes.
    pub(crate) start: u64,
    /// Where the next one does.
    pub(crate) end: u64,
    /// What it says, without its end; none when it is too long to be a turn.
    pub(crate) text: Option<Vec<u8>>,
    /// What it says with what it refers to, where it does.
    pub(crate) whole: Option<String>,
}

impl Journal {
    /// Begins a journal in a folder, which is made where it is missing.
    pub(crate) fn begin(folder: &Path) -> io::Result<Self> {
        std::fs::create_dir_all(folder)?;
        Ok(Journal { folder: folder.to_owned(), open: Mutex::new(Open::create(folder)?) })
    }

    /// Appends a turn: what it has for itself, and what others may have too. A journal has that once; whoever comes later has
    /// its place.
    pub(crate) fn append(&self, own: &str, common: &Common) -> Appended {
        let write = |open: &mut Open| match common.place_in(&open.name) {
            Some(place) => open.write(format!("{own},\"as\":{place}}}\n").as_bytes()),
            None => {
                let place = open.end;
                open.write(&common.line(own))?;
                common.note(&open.name, place);
                Ok(())
            }
        };
        // Held whole, because the database may get it without the journal.
        self.write_or_hold(write, || common.line(own))
    }

    fn write_or_hold(
        &self,
        write: impl FnOnce(&mut Open) -> io::Result<()>,
        line: impl FnOnce() -> Vec<u8>,
    ) -> Appended {
        let mut open = self.open();
        // Turns stay in order.
        let Err(cause) = open.release().and_then(|()| write(&mut open)) else { return Appended::Written };
        if open.held.push(line()) { Appended::Held(cause) } else { Appended::Lost(cause) }
    }

    /// Tries whether the file takes what it must, and gives it the turns that are held.
    pub(crate) fn probe(&self) -> io::Result<()> {
        let mut open = self.open();
        open.release()?;
        open.clear_torn()?;
        let tried = open.file.write_all(&[b' '; PROBE]);
        open.torn = true;
        open.clear_torn()?;
        tried
    }

    /// Returns up to `most` of the turns that are held, each with its number.
    pub(crate) fn held(&self, most: usize) -> Vec<(u64, Vec<u8>)> {
        self.open().held.lines.iter().take(most).cloned().collect()
    }

    /// Forgets the turns that are held up to a number, because the database has them.
    pub(crate) fn forget_held(&self, last: u64) {
        let mut open = self.open();
        while open.held.lines.front().is_some_and(|(number, _)| *number <= last) {
            open.held.pop();
        }
    }

    /// Returns the name of the journal and where it ends.
    pub(crate) fn state(&self) -> (String, u64) {
        let open = self.open();
        (open.name.clone(), open.end)
    }

    /// Notes how far the journal was taken over.
    pub(crate) fn note_taken(&self, committed: u64) {
        self.open().taken = committed;
    }

    /// Returns how many bytes of turns wait to be taken over.
    pub(crate) fn waiting(&self) -> u64 {
        let open = self.open();
        open.end.saturating_sub(open.taken) + open.held.bytes
    }

    /// Begins a new journal when the present one is large and was taken over up to `committed`; returns the one that was
    /// given up.
    pub(crate) fn rotate(&self, committed: u64) -> io::Result<Option<GivenUp>> {
        let mut open = self.open();
        if open.end != committed || open.end < ROTATE || !open.held.lines.is_empty() {
            return Ok(None);
        }
        let old = std::mem::replace(&mut *open, Open::create(&self.folder)?);
        drop(open);
        let is_gone = self.remove(&old.name);
        Ok(Some(GivenUp { name: old.name, is_gone }))
    }

    /// Removes the journal if it was taken over up to its end, `committed`; returns its name.
    pub(crate) fn finish(&self, committed: u64) -> Option<String> {
        let open = self.open();
        if open.end != committed {
            return None;
        }
        self.remove(&open.name).then(|| open.name.clone())
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
            let file = match File::open(self.folder.join(&name)) {
                Ok(file) => file,
                // Another process has just finished it.
                Err(cause) if cause.kind() == io::ErrorKind::NotFound => continue,
                Err(cause) => {
                    tracing::error!(%cause, journal = name, "a journal of an earlier run cannot be read; its turns wait in it");
                    continue;
                }
            };
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
            let mut length = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)? as u64;
            let mut is_whole = line.pop() == Some(b'\n');
            let is_long = !is_whole && length == LONGEST_LINE;
            if is_long {
                let (more, found) = skip_line(&mut reader)?;
                length += more;
                is_whole = found;
            }
            // A line without its end was being written when the process was killed: it was never acknowledged.
            if !is_whole {
                break;
            }
            let begin = out.end;
            out.end += length;
            out.lines.push(Line { start: begin, end: out.end, text: (!is_long).then_some(line), whole: None });
        }
        Ok(out)
    }

    /// Removes a journal that was taken over whole; tells whether it is gone. One that stays is no harm as long as the
    /// database remembers that it was taken over: a later start tries again.
    pub(crate) fn remove(&self, name: &str) -> bool {
        let removed = std::fs::remove_file(self.folder.join(name));
        if let Err(cause) = &removed {
            tracing::warn!(%cause, journal = name, "a journal whose turns are all in the database cannot be removed");
        }
        removed.is_ok()
    }

    /// Puts lines of a journal aside that no database takes, for a person to look at; all of them or none. Each is there byte
    /// for byte, but for one that refers to another, which says all by itself.
    pub(crate) fn set_aside(&self, name: &str, lines: &[Line]) -> io::Result<()> {
        let mut from = File::open(self.folder.join(name))?;
        let mut options = OpenOptions::new();
        options.create(true).append(true);
        private(&mut options);
        let mut to = options.open(self.folder.join(REJECTED))?;
        let before = to.metadata()?.len();
        let mut copy = || {
            for line in lines {
                if let Some(whole) = &line.whole {
                    to.write_all(format!("{whole}\n").as_bytes())?;
                    continue;
                }
                from.seek(SeekFrom::Start(line.start))?;
                io::copy(&mut io::Read::take(&from, line.end - line.start), &mut to)?;
            }
            Ok(())
        };
        copy().inspect_err(|_: &io::Error| {
            // Half a line would spoil the next one.
            let _ = to.set_len(before);
        })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Skips the rest of a line; returns how long it was, and whether it had an end.
fn skip_line(reader: &mut impl io::BufRead) -> io::Result<(u64, bool)> {
    let mut skipped = 0;
    loop {
        let buffer = reader.fill_buf()?;
        if buffer.is_empty() {
            return Ok((skipped, false));
        }
        let end = buffer.iter().position(|byte| *byte == b'\n');
        let length = end.map_or(buffer.len(), |at| at + 1);
        reader.consume(length);
        skipped += length as u64;
        if end.is_some() {
            return Ok((skipped, true));
        }
    }
}

/// Keeps a file from other users of the machine.
fn private(options: &mut OpenOptions) {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    #[cfg(not(unix))]
    let _ = options;
}

impl Open {
    fn create(folder: &Path) -> io::Result<Self> {
        let name = format!("turns-{}.jsonl", Uuid::now_v7());
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        private(&mut options);
        // It gets its name once it is locked: no other process may take it for abandoned in between.
        let unnamed = folder.join(format!("{name}.new"));
        let file = options.open(&unnamed)?;
        file.lock()?;
        std::fs::rename(unnamed, folder.join(&name))?;
        Ok(Open { name, file, end: 0, taken: 0, torn: false, held: Held::default() })
    }

    fn write(&mut self, line: &[u8]) -> io::Result<()> {
        self.clear_torn()?;
        if let Err(cause) = self.file.write_all(line) {
            self.torn = true;
            // What cannot be cleared now is cleared before the next turn.
            let _ = self.clear_torn();
            return Err(cause);
        }
        self.end += line.len() as u64;
        Ok(())
    }

    /// Takes off what stands behind the end: half a line would spoil the next one.
    fn clear_torn(&mut self) -> io::Result<()> {
        if self.torn {
            self.file.set_len(self.end)?;
            self.torn = false;
        }
        Ok(())
    }

    /// Writes the turns that are held, as many as the file takes.
    fn release(&mut self) -> io::Result<()> {
        while let Some((number, line)) = self.held.lines.pop_front() {
            let written = self.write(&line);
            if written.is_err() {
                self.held.lines.push_front((number, line));
                return written;
            }
            self.held.bytes -= line.len() as u64;
        }
        Ok(())
    }
}

impl Held {
    /// Holds a turn, where there is room for it.
    fn push(&mut self, line: Vec<u8>) -> bool {
        let bytes = self.bytes + line.len() as u64;
        if bytes > MOST_HELD {
            return false;
        }
        self.bytes = bytes;
        self.lines.push_back((self.next, line));
        self.next += 1;
        true
    }

    fn pop(&mut self) {
        if let Some((_, line)) = self.lines.pop_front() {
            self.bytes -= line.len() as u64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(lines: Lines) -> Vec<String> {
        lines.lines.into_iter().map(|line| String::from_utf8(line.text.unwrap()).unwrap()).collect()
    }

    fn append_line(journal: &Journal, line: &[u8]) -> Appended {
        let line = [line, b"\n"].concat();
        journal.write_or_hold(|open| open.write(&line), || line.clone())
    }

    fn append(journal: &Journal, line: &str) {
        let appended = append_line(journal, line.as_bytes());
        assert!(matches!(appended, Appended::Written), "{appended:?}");
    }

    #[test]
    fn reads_whole_lines_only_and_from_where_it_was_told() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        for line in ["one", "two", "three"] {
            append(&journal, line);
        }
        let (name, end) = journal.state();
        let first = journal.read(&name, 0, 2).unwrap();
        let next = first.end;
        assert_eq!(texts(first), ["one", "two"]);
        std::fs::OpenOptions::new().append(true).open(dir.path().join(&name)).unwrap().write_all(b"fou").unwrap();
        let rest = journal.read(&name, next, 10).unwrap();
        assert_eq!(rest.end, end);
        assert_eq!(texts(rest), ["three"]);
    }

    #[test]
    fn what_turns_have_in_common_is_once_in_each_journal() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        let common = Common::new("{\"said\":\"x\"}");
        let begin = |n: u32| assert!(matches!(journal.append(&format!("{{\"id\":{n}"), &common), Appended::Written));
        let lines = |skipped| texts(journal.read(&journal.state().0, skipped, 10).unwrap());
        (1..=2).for_each(begin);
        assert_eq!(lines(0), ["{\"id\":1,\"said\":\"x\"}", "{\"id\":2,\"as\":0}"]);
        // Another store of this process has a journal of its own.
        let other = Journal::begin(dir.path()).unwrap();
        assert!(matches!(other.append("{\"id\":9", &common), Appended::Written));
        assert_eq!(texts(other.read(&other.state().0, 0, 10).unwrap()), ["{\"id\":9,\"said\":\"x\"}"]);
        append(&journal, &"x".repeat(ROTATE as usize));
        assert!(journal.rotate(journal.state().1).unwrap().is_some());
        append(&journal, "another");
        (3..=5).for_each(begin);
        assert_eq!(lines(8), ["{\"id\":3,\"said\":\"x\"}", "{\"id\":4,\"as\":8}", "{\"id\":5,\"as\":8}"]);
    }

    #[test]
    fn a_line_that_is_no_turn_takes_no_memory_and_can_be_put_aside() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        let name = "turns-1.jsonl";
        let long = vec![b'x'; 3 * 1024 * 1024];
        std::fs::write(dir.path().join(name), [b"one\n", long.as_slice(), b"\n\xff\x00\nfour\n", &long].concat())
            .unwrap();
        let read = journal.read(name, 0, 10).unwrap();
        let read: Vec<Line> = read.lines;
        assert_eq!(
            read.iter().map(|l| l.text.as_deref().map(<[u8]>::len)).collect::<Vec<_>>(),
            [Some(3), None, Some(2), Some(4)]
        );
        journal.set_aside(name, &read[1..3]).unwrap();
        let aside = std::fs::read(dir.path().join(REJECTED)).unwrap();
        assert_eq!(aside, [long.as_slice(), b"\n\xff\x00\n"].concat(), "byte for byte");
    }

    #[test]
    fn a_journal_that_cannot_be_removed_is_given_up_all_the_same() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        let (name, _) = journal.state();
        append(&journal, &"x".repeat(ROTATE as usize));
        let end = journal.state().1;
        // A folder of its name cannot be removed like a file.
        std::fs::remove_file(dir.path().join(&name)).unwrap();
        std::fs::create_dir(dir.path().join(&name)).unwrap();
        let given_up = journal.rotate(end).unwrap();
        assert_eq!(given_up, Some(GivenUp { name: name.clone(), is_gone: false }));
        assert!(journal.state().0 != name && journal.state().1 == 0);
        append(&journal, "next");
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn turns_are_held_while_the_disk_is_full_and_written_in_order() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        append(&journal, "one");
        let (name, _) = journal.state();
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let file = std::mem::replace(&mut journal.open().file, full);
        for line in ["two", "three"] {
            let held = append_line(&journal, line.as_bytes());
            // The second finds what the first may have left, and this file cannot be cut: it is held for that.
            assert!(matches!(held, Appended::Held(_)), "{held:?}");
        }
        assert!(journal.probe().is_err());
        assert_eq!((journal.waiting(), journal.held(1)), (4 + 4 + 6, vec![(0, b"two\n".to_vec())]));
        let lost =
            (0..40).map(|_| append_line(&journal, &vec![b'x'; 512 * 1024])).filter(|a| matches!(a, Appended::Lost(_)));
        assert!(lost.count() >= 8, "memory has an end");
        journal.forget_held(0);
        // Half a line that a full disk took is no part of what comes next.
        journal.open().file = file;
        journal.open().file.write_all(b"hal").unwrap();
        journal.probe().unwrap();
        append(&journal, "last");
        let read = journal.read(&name, 0, 100).unwrap();
        assert_eq!(read.end, journal.state().1);
        let read = texts(read);
        assert_eq!((read[0].as_str(), read[1].as_str(), read.last().unwrap().as_str()), ("one", "three", "last"));
        assert!(journal.held(1).is_empty());
    }

    #[test]
    fn a_living_process_keeps_its_journal_and_a_dead_one_leaves_it() {
        let dir = tempfile::tempdir().unwrap();
        let living = Journal::begin(dir.path()).unwrap();
        let dead = Journal::begin(dir.path()).unwrap();
        append(&dead, "left");
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
        append(&journal, "one");
        assert_eq!(journal.finish(0), None);
        assert_eq!(journal.rotate(4).unwrap(), None, "it is small yet");
        assert!(journal.finish(4).is_some());
    }
}
