//! Which form a source has, and why it cannot be read.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

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

/// Reads a source; `form` says what it is where its name and first characters do not.
///
/// # Errors
/// When it cannot be read, or is not what it should be.
pub fn read(path: &Path, form: Option<Form>) -> Result<(Vec<Draft>, Vec<Note>), ReadError> {
    if path.is_dir() {
        return folder::read(path);
    }
    let failed = |source| ReadError::Io { path: path.to_owned(), source };
    if fs::metadata(path).map_err(failed)?.len() > LARGEST {
        return Err(ReadError::TooLarge { path: path.to_owned() });
    }
    let text = String::from_utf8(fs::read(path).map_err(failed)?).map_err(|_| ReadError::NotText(path.to_owned()))?;
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
