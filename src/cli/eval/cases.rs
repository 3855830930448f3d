//! The questions of an evaluation, read from JSON lines: every bad line is reported, not just the first.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

use crate::base::{ArticleId, Locale};

/// One question and what is known about its answer.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Case {
    /// What the customer types.
    pub(super) q: String,
    /// The articles that are right; none when no article is.
    pub(super) expect: Vec<ArticleId>,
    /// The page's language; the content's default where absent.
    #[serde(default)]
    pub(super) locale: Option<Locale>,
    /// What sort of question it is; lines are reported by it.
    #[serde(default)]
    pub(super) kind: Option<String>,
    /// The line's name.
    #[serde(default)]
    pub(super) id: Option<serde_json::Value>,
    /// Texts that no reply may repeat.
    #[serde(default)]
    pub(super) secrets: Vec<String>,
    /// The line of the file, counted from 1.
    #[serde(skip)]
    pub(super) line: usize,
}

/// Reads a file of cases; empty lines are skipped. Returns them with the file's digest, which tells whether two runs
/// had the same questions.
pub(super) fn read(path: &Path) -> anyhow::Result<(Vec<Case>, String)> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok((parse(&text, path)?, blake3::hash(text.as_bytes()).to_string()))
}

fn parse(text: &str, path: &Path) -> anyhow::Result<Vec<Case>> {
    let mut cases = Vec::new();
    let mut bad = Vec::new();
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate();
    for (i, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str::<Case>(line) {
            Ok(case) => cases.push(Case { line: i + 1, ..case }),
            Err(e) => bad.push(format!("{}:{}: error: {}", path.display(), i + 1, without_place(&e))),
        }
    }
    if !bad.is_empty() {
        let plural = if bad.len() == 1 { "line" } else { "lines" };
        let n = bad.len();
        anyhow::bail!("cannot use {n} {plural} of {}\n{}", path.display(), bad.join("\n"));
    }
    anyhow::ensure!(
        !cases.is_empty(),
        "{} has no question; write lines such as {{\"q\": \"…\", \"expect\": [\"category/slug\"]}}",
        path.display()
    );
    Ok(cases)
}

/// Returns a parser's message with the column only: its line 1 is the only line that it was given.
fn without_place(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let (what, _) = text.rsplit_once(" at line ").unwrap_or((&text, ""));
    if error.column() > 0 { format!("{what} (column {})", error.column()) } else { what.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_is_there_and_leaves_other_keys_alone() {
        let text = "{\"q\": \"E1\", \"expect\": [\"a/b\"], \"locale\": \"zh-cn\", \"note\": 1}\n\n{\"q\": \"x\", \"expect\": []}\n";
        let cases = parse(text, Path::new("f.jsonl")).unwrap();
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].locale.as_ref().map(Locale::as_str), Some("zh-CN"));
        assert_eq!((cases[1].line, cases[1].kind.as_deref()), (3, None));
    }

    #[test]
    fn every_bad_line_is_named() {
        let text = "{\"q\": 1, \"expect\": []}\n{\"q\": \"x\", \"expect\": []}\n{\"q\": \"x\"}\n{\"q\": \"x\", \"expect\": [\"no-slash\"]}\n";
        let error = parse(text, Path::new("f.jsonl")).unwrap_err().to_string();
        for part in
            ["3 lines", "f.jsonl:1: error: invalid type", "f.jsonl:3: error: missing field `expect`", "f.jsonl:4:"]
        {
            assert!(error.contains(part), "{part} is not in {error}");
        }
        assert!(!error.contains("f.jsonl:2:"), "{error}");
    }
}
