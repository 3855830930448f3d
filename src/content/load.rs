//! Reads a content folder: what was understood, and every problem.

use std::path::Path;

use crate::content::{Article, CodeRecord, Problem, Rule, Site};

/// Everything the content folder says, checked.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    /// What is one per site.
    pub site: Site,
    /// Every article in every locale, ordered by locale (the default first), category and slug.
    pub articles: Vec<Article>,
    /// The catalogue of error codes, in the order of the codes.
    pub codes: Vec<CodeRecord>,
    /// The chat's declared rules, in the order of files and lines.
    pub rules: Vec<Rule>,
    /// BLAKE3 of every file that was read, by path: the version of this content, 64 hexadecimal digits.
    pub hash: String,
}

/// What reading a folder gave.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// What was understood.
    pub content: Content,
    /// Every problem, ordered by file and line.
    pub problems: Vec<Problem>,
}

/// Says why a folder could not be read at all.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder is not there.
    #[error("there is no content folder at {0}; create it, or name another with --content")]
    Missing(std::path::PathBuf),
    /// The folder has no article.
    #[error("{0} holds no article; the first goes to {0}/en/getting-started/welcome.md")]
    Empty(std::path::PathBuf),
    /// The folder cannot be read.
    #[error("cannot read {path}: {source}")]
    Io {
        /// What was being read.
        path: std::path::PathBuf,
        /// Why not.
        source: std::io::Error,
    },
}

/// Reads a content folder.
///
/// # Errors
/// When the folder is missing, unreadable or without any article. Everything else is a [`Problem`].
pub fn load(_dir: &Path) -> Result<Loaded, LoadError> {
    unimplemented!()
}
