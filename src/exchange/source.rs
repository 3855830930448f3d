//! Which form a source has, and why it cannot be read.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::marker::PhantomData;
use std::path::{Path, PathBuf};

use serde::de::{Deserialize, Deserializer, Error as _, SeqAccess, Visitor};

use crate::exchange::draft::{Draft, Note};
use crate::exchange::{folder, pairs, phpmyfaq, zendesk};

/// The forms that are understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A table of question-answer pairs.
    Csv,
    /// A JSON object a line: pairs, or what `zhida export` writes.
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
    /// Nobody can tell what it is.
    #[error("cannot tell what {} is; say --from csv, jsonl, zendesk, phpmyfaq or markdown", .0.display())]
    Unknown(PathBuf),
    /// It is larger than any help centre.
    #[error("{} is larger than {} MiB; split it", path.display(), LARGEST >> 20)]
    TooLarge {
        /// The file.
        path: PathBuf,
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

/// Reads a source; `form` says what it is where its name and first characters do not.
///
/// # Errors
/// When it cannot be read, or is not what it should be.
pub fn read(path: &Path, form: Option<Form>) -> Result<(Vec<Draft>, Vec<Note>), ReadError> {
    if path.is_dir() {
        return folder::read(path);
    }
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    let file = File::open(path).map_err(failed)?;
    let too_large = || ReadError::TooLarge { path: path.to_owned() };
    if file.metadata().map_err(failed)?.len() > LARGEST {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    // A pipe tells no size.
    file.take(LARGEST + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > LARGEST {
        return Err(too_large());
    }
    let text = String::from_utf8(bytes).map_err(|_| ReadError::NotText(path.to_owned()))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let form = form.or_else(|| guess(path, text)).ok_or_else(|| ReadError::Unknown(path.to_owned()))?;
    let drafts = match form {
        Form::Csv => pairs::csv(text),
        Form::Jsonl => pairs::json_lines(text),
        Form::Zendesk => zendesk::read(text),
        Form::Phpmyfaq if text.trim_start().starts_with('<') => phpmyfaq::xml(text),
        Form::Phpmyfaq => phpmyfaq::json(text),
        Form::Markdown => return Err(ReadError::Unknown(path.to_owned())),
    }?;
    Ok((drafts, Vec::new()))
}

fn guess(path: &Path, text: &str) -> Option<Form> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    match extension.as_str() {
        "csv" | "tsv" => Some(Form::Csv),
        "jsonl" | "ndjson" => Some(Form::Jsonl),
        "xml" if text.contains("<phpmyfaq") => Some(Form::Phpmyfaq),
        // Each form has a word that the others have not.
        "json" if text.contains("\"faq\"") => Some(Form::Phpmyfaq),
        "json" if text.contains("\"articles\"") => Some(Form::Zendesk),
        _ => None,
    }
}
