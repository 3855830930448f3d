//! One finding about the content: which file and line, what is wrong, and what to do about it.

use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth a look; the content is served.
    Warning,
    /// The content is not served until it is mended.
    Error,
}

/// One finding, as `check` prints it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Problem {
    /// The file, relative to the content folder.
    pub file: PathBuf,
    /// The line, counted from 1; none when the finding is about the whole file.
    pub line: Option<usize>,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong, and what to do: one sentence, no full stop at the end.
    pub message: String,
}

impl Problem {
    /// Makes an error.
    pub fn error(file: impl Into<PathBuf>, line: Option<usize>, message: impl Into<String>) -> Self {
        Problem { file: file.into(), line, severity: Severity::Error, message: message.into() }
    }

    /// Makes a warning.
    pub fn warning(file: impl Into<PathBuf>, line: Option<usize>, message: impl Into<String>) -> Self {
        Problem { file: file.into(), line, severity: Severity::Warning, message: message.into() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, "{line}:")?;
        }
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        write!(f, " {word}: {}", self.message)
    }
}
