//! What is loaded and where it comes from, for those who look after it.

use std::path::Path;
use std::process::Command;

use jiff::Timestamp;

use crate::content::Problem;
use crate::desk::HelpCentre;
use crate::desk::insight::question_patch;
use crate::kb::Audience;

/// How many changes are listed.
const MOST_CHANGES: &str = "-n30";

/// The content as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContentState {
    /// The content's hash.
    pub version: String,
    /// Since when it is served.
    pub since: Timestamp,
    /// Newer content that cannot be served, if there is some.
    pub refused: Option<RefusedContent>,
    /// Articles by locale: all, and those for agents alone.
    pub locales: Vec<(String, usize, usize)>,
    /// File, line and message of each finding.
    pub findings: Vec<(String, String)>,
    /// Recent changes, newest first; empty where there is no Git history.
    pub history: Vec<Change>,
}

/// Newer content that is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedContent {
    /// When it was read.
    pub at: Timestamp,
    /// Why it is not served, in one sentence.
    pub why: String,
    /// File, line and message of each finding.
    pub findings: Vec<(String, String)>,
}

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

impl HelpCentre {
    /// Returns what is loaded.
    pub async fn content_state(&self) -> ContentState {
        let (snapshot, published) = {
            // Held, so that no other content takes its place in between.
            let published = self.published();
            (self.snapshot(), published.clone())
        };
        let locales = snapshot.locales().iter().map(|locale| {
            let of = || snapshot.articles().iter().filter(|a| a.locale == *locale);
            (locale.to_string(), of().count(), of().filter(|a| a.audience == Audience::Agent).count())
        });
        let finding = |p: &Problem| {
            let line = p.line.map(|line| format!(":{line}")).unwrap_or_default();
            (format!("{}{line}", p.file.display()), p.message.clone())
        };
        let listed = |findings: &[Problem]| findings.iter().map(finding).collect::<Vec<_>>();
        let folder = self.origin.folder.clone();
        let history = tokio::task::spawn_blocking(move || history(&folder)).await.unwrap_or_default();
        ContentState {
            version: snapshot.version().to_owned(),
            locales: locales.collect(),
            since: published.since,
            refused: published.refused.map(|r| RefusedContent { at: r.at, why: r.why, findings: listed(&r.findings) }),
            findings: listed(&published.findings),
            history,
        }
    }

    /// Returns a patch that adds a question to an article; none when its file cannot be read or has no front matter.
    #[must_use]
    pub fn question_patch(&self, file: &Path, question: &str) -> Option<String> {
        let written = std::fs::read_to_string(self.origin.folder.join(file)).ok()?;
        question_patch(&file.display().to_string(), &written, question)
    }
}

/// Asks Git for the last changes below a folder.
fn history(folder: &Path) -> Vec<Change> {
    if folder.as_os_str().is_empty() {
        return Vec::new();
    }
    let format = "--format=%h%x1f%cs%x1f%an%x1f%s";
    let asked = Command::new("git").arg("-C").arg(folder).args(["log", MOST_CHANGES, format, "--", "."]).output();
    // Without Git, or outside a repository, there is no history.
    let Some(answer) = asked.ok().filter(|output| output.status.success()) else { return Vec::new() };
    let change = |line: &str| {
        let mut parts = line.splitn(4, '\u{1f}').map(str::to_owned);
        Some(Change { revision: parts.next()?, day: parts.next()?, author: parts.next()?, subject: parts.next()? })
    };
    String::from_utf8_lossy(&answer.stdout).lines().filter_map(change).collect()
}
