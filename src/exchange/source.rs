//! Which form a source has, and why it cannot be read.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use crate::exchange::draft::{Draft, Note};
use crate::exchange::{folder, pairs, phpmyfaq, shape, summary, zendesk};

/// The forms that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// A table of question-answer pairs.
    Csv,
    /// JSON objects, one a line or in a list: pairs, or what `zhida export` writes.
    #[default]
    Jsonl,
    /// A Zendesk help centre, as its API gives it.
    Zendesk,
    /// phpMyFAQ's XML or JSON.
    Phpmyfaq,
    /// A folder of Markdown for MkDocs, Docusaurus or the like.
    Markdown,
}

/// Says why a source cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// A place in the file is not what it must be.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// An entry of a list is not what it must be.
    #[error("entry {number}: {message}")]
    Entry {
        /// The entry, counted from 1.
        number: usize,
        /// What is wrong.
        message: String,
    },
    /// Nobody can tell what it is.
    #[error("cannot tell what {} is; say --from csv, jsonl, zendesk, phpmyfaq or markdown", .0.display())]
    Unknown(PathBuf),
    /// It is larger than any help centre.
    #[error("{} is larger than {} MiB; split it", path.display(), LARGEST >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It holds other files, or is compressed.
    #[error("{} is {what}", path.display())]
    Packed {
        /// The file.
        path: PathBuf,
        /// What it is, and what to do.
        what: &'static str,
    },
    /// A file of a folder cannot be read.
    #[error("{}: {source}", path.display())]
    InFile {
        /// The file, from the folder.
        path: PathBuf,
        /// Why not.
        source: Box<ReadError>,
    },
    /// The file is not text.
    #[error("{} is not UTF-8; save it as UTF-8 first", .0.display())]
    NotText(PathBuf),
    /// The disk says no.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// What was being read.
        path: PathBuf,
        /// Why not.
        source: io::Error,
    },
}

impl ReadError {
    pub(crate) fn at(line: usize, message: String) -> Self {
        ReadError::Syntax { line, message }
    }
}

/// The largest file that is read, in bytes: a hundred thousand answers take about as much.
const LARGEST: u64 = 256 << 20;
/// The most entries that are read of one file. An empty one takes three bytes there, and hundreds in memory.
const MOST_ENTRIES: usize = 250_000;
/// What a file with more entries is told.
const TOO_MANY: &str = "there are more than 250,000 entries; split the file";

/// Refuses an entry that is one too many; `n` are there already.
pub(crate) fn room_for_one_more(n: usize, line: usize) -> Result<(), ReadError> {
    if n < MOST_ENTRIES { Ok(()) } else { Err(ReadError::at(line, TOO_MANY.to_owned())) }
}

/// A list of entries that has an end.
#[derive(Debug)]
pub(crate) struct Entries<T>(pub(crate) Vec<T>);

impl<T> Default for Entries<T> {
    fn default() -> Self {
        Entries(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Entries<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for List<T> {
            type Value = Entries<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of entries")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut entries = Vec::new();
                while let Some(entry) = list.next_element()? {
                    if entries.len() >= MOST_ENTRIES {
                        return Err(A::Error::custom(TOO_MANY));
                    }
                    entries.push(entry);
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_seq(List(PhantomData))
    }
}

/// Reads a source, a file or a folder; `form` says what it is where its name and first characters do not.
///
/// # Errors
/// When it cannot be read, or is not what it should be.
pub fn read(path: &Path, form: Option<Form>) -> Result<(Vec<Draft>, Vec<Note>), ReadError> {
    let (mut drafts, notes) =
        if path.is_dir() { folder::read(path, form)? } else { (read_file(path, form)?, Vec::new()) };
    for draft in drafts.iter_mut().filter(|draft| draft.title.trim().is_empty()) {
        draft.title = summary::title(&draft.body);
        draft.notes.push(NO_TITLE.to_owned());
    }
    Ok((drafts, notes))
}

/// What is told of an article that has no title.
pub(crate) const NO_TITLE: &str =
    "it had no title, and has one made of its text; see that it tells what the article answers";

fn read_file(path: &Path, form: Option<Form>) -> Result<Vec<Draft>, ReadError> {
    let text = text_of(path)?;
    let form = match form {
        Some(form) => form,
        None => guess(path, &text)?.ok_or_else(|| ReadError::Unknown(path.to_owned()))?,
    };
    if form == Form::Markdown {
        return Err(ReadError::Unknown(path.to_owned()));
    }
    let mut gathered = Gathered::default();
    gathered.add(&text, form)?;
    Ok(gathered.drafts())
}

/// Reads a file as text.
pub(crate) fn text_of(path: &Path) -> Result<String, ReadError> {
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let too_large = || ReadError::TooLarge { path: path.to_owned() };
    if file.metadata().map_err(failed)?.len() > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // A pipe tells no size.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if let Some(what) = packed(path, &bytes) {
        return Err(ReadError::Packed { path: path.to_owned(), what });
    }
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|_| ReadError::NotText(path.to_owned()))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Tells what a file is that holds others, or text in no form that is read; archives are not unpacked here, so that none
/// can unfold to more than the disk holds.
fn packed(path: &Path, bytes: &[u8]) -> Option<&'static str> {
    const ARCHIVES: [(&[u8], &str); 8] = [
        (b"PK\x03\x04", "a ZIP archive; unpack it first and import the folder or file in it"),
        (b"PK\x05\x06", "an empty ZIP archive"),
        (b"\x1f\x8b", "compressed with gzip; unpack it first (`gunzip`, or `tar -xzf`)"),
        (b"BZh", "compressed with bzip2; unpack it first"),
        (b"\xfd7zXZ\0", "compressed with xz; unpack it first"),
        (b"\x28\xb5\x2f\xfd", "compressed with zstd; unpack it first"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive; unpack it first"),
        (b"\xd0\xcf\x11\xe0", "an Office document; save it as CSV, in UTF-8, first"),
    ];
    if bytes.get(257..262) == Some(b"ustar") {
        return Some("a tar archive; unpack it first");
    }
    let (_, what) = ARCHIVES.into_iter().find(|(magic, _)| bytes.starts_with(magic))?;
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        // These are ZIP archives inside, which nobody who has one needs to know.
        "xlsx" | "ods" | "numbers" => Some("a spreadsheet; save it as CSV, in UTF-8, first"),
        "docx" | "odt" | "pages" => Some("a text document; save its questions and answers as a table in CSV first"),
        _ => Some(what),
    }
}

/// What was read of files with entries. Zendesk's are put together when all are there.
#[derive(Default)]
pub(crate) struct Gathered {
    drafts: Vec<Draft>,
    zendesk: Vec<zendesk::Object>,
}

impl Gathered {
    /// Adds what a file's text holds.
    pub(crate) fn add(&mut self, text: &str, form: Form) -> Result<&mut [Draft], ReadError> {
        let from = self.drafts.len();
        match form {
            Form::Csv => self.drafts.extend(pairs::csv(text)?),
            Form::Jsonl if is_list(text) => self.drafts.extend(pairs::json(text)?),
            Form::Jsonl => self.drafts.extend(pairs::json_lines(text)?),
            Form::Zendesk => self.zendesk.extend(zendesk::objects(text)?),
            Form::Phpmyfaq if text.trim_start().starts_with('<') => self.drafts.extend(phpmyfaq::xml(text)?),
            Form::Phpmyfaq => self.drafts.extend(phpmyfaq::json(text)?),
            Form::Markdown => {}
        }
        Ok(&mut self.drafts[from..])
    }

    /// Returns all drafts.
    pub(crate) fn drafts(self) -> Vec<Draft> {
        let mut drafts = self.drafts;
        drafts.extend(zendesk::drafts(self.zendesk));
        drafts
    }
}

/// Tells whether JSON is one value over several lines, and not one a line.
fn is_list(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with('[') || (text.starts_with('{') && shape::of(text).is_ok())
}

/// Tells which form a text has; none where nobody can tell.
///
/// # Errors
/// When its name says JSON and it is none.
pub(crate) fn guess(path: &Path, text: &str) -> Result<Option<Form>, ReadError> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    Ok(match extension.as_str() {
        "csv" | "tsv" => Some(Form::Csv),
        "jsonl" | "ndjson" => Some(Form::Jsonl),
        "xml" if text.contains("<phpmyfaq") => Some(Form::Phpmyfaq),
        "json" => shape::of(text).map_err(|e| ReadError::at(e.line(), e.to_string()))?.form(),
        _ => None,
    })
}
