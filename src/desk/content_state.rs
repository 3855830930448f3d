//! What is loaded and where it comes from, for those who look after it.

use std::path::{Path, PathBuf};

use crate::content::Problem;
use crate::desk::HelpCentre;
use crate::desk::history::{Change, NoHistory, changes};
use crate::desk::insight::question_patch;
use crate::kb::Audience;

/// How many changes are listed.
const MOST_CHANGES: usize = 30;
/// How many changes of one article are.
const MOST_ARTICLE_CHANGES: usize = 200;

/// Where the content was read from, and what the check found.
#[derive(Debug, Clone, Default)]
pub struct Origin {
    /// The content folder.
    pub folder: PathBuf,
    /// Findings that keep nothing from being served.
    pub findings: Vec<Problem>,
}

/// The content as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentState {
    /// The content's hash.
    pub version: String,
    /// Articles by locale: all, and those for agents alone.
    pub locales: Vec<(String, usize, usize)>,
    /// File, line and message of each finding.
    pub findings: Vec<(String, String)>,
    /// Recent changes, newest first; empty where there is no Git history.
    pub history: Vec<Change>,
}

impl HelpCentre {
    /// Returns what is loaded.
    pub async fn content_state(&self) -> ContentState {
        let snapshot = self.snapshot();
        let locales = snapshot.locales().iter().map(|locale| {
            let of = || snapshot.articles().iter().filter(|a| a.locale == *locale);
            (locale.to_string(), of().count(), of().filter(|a| a.audience == Audience::Agent).count())
        });
        let finding = |p: &Problem| {
            let line = p.line.map(|line| format!(":{line}")).unwrap_or_default();
            (format!("{}{line}", p.file.display()), p.message.clone())
        };
        let folder = self.origin.folder.clone();
        let history = tokio::task::spawn_blocking(move || changes(&folder, None, MOST_CHANGES));
        ContentState {
            version: snapshot.version().to_owned(),
            locales: locales.collect(),
            findings: self.origin.findings.iter().map(finding).collect(),
            history: history.await.ok().and_then(Result::ok).unwrap_or_default(),
        }
    }

    /// Returns what was changed in an article's file, newest first.
    ///
    /// # Errors
    /// When there is no Git, no repository, or the answer takes too long.
    pub async fn article_history(&self, file: &Path) -> Result<Vec<Change>, NoHistory> {
        let (folder, file) = (self.origin.folder.clone(), file.to_owned());
        let asked = tokio::task::spawn_blocking(move || changes(&folder, Some(&file), MOST_ARTICLE_CHANGES));
        asked.await.unwrap_or(Err(NoHistory::TooLong))
    }

    /// Returns a patch that adds a question to an article; none when its file cannot be read or has no front matter.
    #[must_use]
    pub fn question_patch(&self, file: &Path, question: &str) -> Option<String> {
        let written = std::fs::read_to_string(self.origin.folder.join(file)).ok()?;
        question_patch(&file.display().to_string(), &written, question)
    }
}
