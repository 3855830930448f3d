//! The questions of an evaluation, read from JSON lines: every bad line is reported, not just the first.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;

use super::dialogues::Dialogue;
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

/// What a file holds.
#[derive(Debug, Default)]
pub(super) struct Cases {
    /// Lines with a question of their own.
    pub(super) questions: Vec<Case>,
    /// Lines with turns.
    pub(super) dialogues: Vec<Dialogue>,
    /// The file's digest, which tells whether two runs had the same questions.
    pub(super) digest: String,
}

/// One line: with `turns` a dialogue, else a question.
enum Line {
    Question(Case),
    Dialogue(Dialogue),
}

impl Line {
    fn parse(line: &str) -> Result<Self, serde_json::Error> {
        #[derive(Deserialize)]
        struct Probe {
            turns: Option<serde::de::IgnoredAny>,
        }
        if serde_json::from_str::<Probe>(line).is_ok_and(|probe| probe.turns.is_some()) {
            return serde_json::from_str(line).map(Line::Dialogue);
        }
        serde_json::from_str(line).map(Line::Question)
    }
}

/// Reads a file of cases; empty lines are skipped.
pub(super) fn read(path: &Path) -> anyhow::Result<Cases> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    Ok(Cases { digest: blake3::hash(text.as_bytes()).to_string(), ..parse(&text, path)? })
}

fn parse(text: &str, path: &Path) -> anyhow::Result<Cases> {
    let mut cases = Cases::default();
    let mut bad = Vec::new();
    let lines = text.strip_prefix('\u{feff}').unwrap_or(text).lines().enumerate();
    for (i, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        match Line::parse(line) {
            Ok(Line::Question(case)) => cases.questions.push(Case { line: i + 1, ..case }),
            Ok(Line::Dialogue(dialogue)) => cases.dialogues.push(Dialogue { line: i + 1, ..dialogue }),
            Err(e) => bad.push(format!("{}:{}: error: {}", path.display(), i + 1, without_place(&e))),
        }
    }
    if !bad.is_empty() {
        let plural = if bad.len() == 1 { "line" } else { "lines" };
        let n = bad.len();
        anyhow::bail!("cannot use {n} {plural} of {}\n{}", path.display(), bad.join("\n"));
    }
    anyhow::ensure!(
        !(cases.questions.is_empty() && cases.dialogues.is_empty()),
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
        let cases = parse(text, Path::new("f.jsonl")).unwrap().questions;
        assert_eq!(cases.len(), 2);
        assert_eq!(cases[0].locale.as_ref().map(Locale::as_str), Some("zh-CN"));
        assert_eq!((cases[1].line, cases[1].kind.as_deref()), (3, None));
    }

    #[test]
    fn a_line_with_turns_is_a_dialogue() {
        let text = "{\"turns\": [{\"user\": \"hi\", \"expect\": [], \"reply_kind\": \"smalltalk\"}], \"note\": 1}\n{\"q\": \"x\", \"expect\": []}\n";
        let cases = parse(text, Path::new("f.jsonl")).unwrap();
        assert_eq!((cases.dialogues.len(), cases.dialogues[0].line, cases.questions[0].line), (1, 1, 2));
        let bad = parse("{\"turns\": [{\"user\": \"hi\", \"reply_kind\": \"x\"}]}\n", Path::new("f.jsonl"));
        assert!(bad.unwrap_err().to_string().contains("f.jsonl:1: error: unknown variant"));
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
