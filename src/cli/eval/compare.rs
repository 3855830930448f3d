//! A run beside an earlier one: which measures changed, and which lines became right or wrong.
//!
//! The earlier run is what `--json` printed. It is matched line by line, so that a gain here cannot hide a loss there.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::{Deserialize, Serialize};

use super::super::terminal::{Style, Terminal, count};
use super::Mode;
use super::cases::Case;
use super::report::{Line, Scores, aligned};

/// An earlier run, as `--json` printed it.
#[derive(Debug, Deserialize)]
pub(super) struct Baseline {
    #[serde(skip)]
    path: PathBuf,
    mode: Mode,
    questions: String,
    overall: Scores,
    kinds: BTreeMap<String, Scores>,
    lines: Vec<Line>,
}

/// Reads an earlier run, which must have measured the same thing.
pub(super) fn read(path: &Path, mode: Mode) -> anyhow::Result<Baseline> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {shown}"))?;
    let baseline: Baseline = serde_json::from_str(&text).with_context(|| {
        format!("cannot compare with {shown}; make it with `zhida eval FILE --json > {shown}` of this version")
    })?;
    let name = |mode| if mode == Mode::Chat { "chat" } else { "search" };
    anyhow::ensure!(
        baseline.mode == mode,
        "{shown} measured the {} and this run the {}; add `--mode {}`",
        name(baseline.mode),
        name(mode),
        name(baseline.mode)
    );
    Ok(Baseline { path: path.to_owned(), ..baseline })
}

/// A measure in both runs; none where a run has no line with a say in it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
struct Change {
    before: Option<f64>,
    now: Option<f64>,
    change: Option<f64>,
}

type Changes = BTreeMap<&'static str, Change>;

/// A line that is right in one run and wrong in the other.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Moved<'a> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a serde_json::Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    q: &'a str,
    /// The rank of the first expected article, then and now.
    before: Option<usize>,
    now: Option<usize>,
}

/// What changed since an earlier run.
#[derive(Debug, Serialize)]
pub(super) struct Comparison<'a> {
    baseline: &'a Path,
    /// Whether both runs had the same file of questions.
    same_questions: bool,
    /// How many lines both runs have.
    compared: usize,
    overall: Changes,
    /// By kind; a kind that only one run has is there too.
    kinds: BTreeMap<String, Changes>,
    became_right: Vec<Moved<'a>>,
    became_wrong: Vec<Moved<'a>>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        baseline: &'a Baseline,
        digest: &str,
        overall: &Scores,
        kinds: &BTreeMap<&str, Scores>,
        cases: &'a [Case],
        lines: &[Line],
    ) -> Self {
        let same_questions = baseline.questions == digest;
        let before = by_key(&baseline.lines, same_questions);
        let names: BTreeSet<&str> = kinds.keys().copied().chain(baseline.kinds.keys().map(String::as_str)).collect();
        let of_kind = |name: &str| (name.to_owned(), changes(baseline.kinds.get(name), kinds.get(name)));
        let mut comparison = Comparison {
            baseline: &baseline.path,
            same_questions,
            compared: 0,
            overall: changes(Some(&baseline.overall), Some(overall)),
            kinds: names.into_iter().map(of_kind).collect(),
            became_right: Vec::new(),
            became_wrong: Vec::new(),
        };
        let now = by_key(lines, same_questions);
        for (case, line) in cases.iter().zip(lines) {
            // A key that two lines share is in neither map.
            let Some(key) = key(line, same_questions).filter(|k| now.contains_key(k)) else { continue };
            let Some(earlier) = before.get(&key) else { continue };
            comparison.compared += 1;
            let (id, kind) = (case.id.as_ref(), case.kind.as_deref());
            let moved = Moved { line: case.line, id, kind, q: &case.q, before: earlier.rank, now: line.rank };
            match (earlier.right, line.right) {
                (false, true) => comparison.became_right.push(moved),
                (true, false) => comparison.became_wrong.push(moved),
                _ => {}
            }
        }
        comparison
    }

    pub(super) fn print(&self, file: &Path, terminal: &mut Terminal) -> anyhow::Result<()> {
        terminal.line(format_args!("since {}, shares in percentage points:\n", self.baseline.display()))?;
        for (i, row) in self.table().iter().enumerate() {
            let row = if i == 0 { terminal.paint(Style::Faint, row) } else { row.clone() };
            terminal.line(row)?;
        }
        terminal.line("")?;
        if !self.same_questions {
            let lines = count(self.compared, "line");
            let note = format!("the questions have changed since: {lines} of both runs compared, by id");
            let note = terminal.paint(Style::Doubtful, note);
            terminal.line(note)?;
        }
        for (what, style, moved) in
            [("right", Style::Good, &self.became_right), ("wrong", Style::Bad, &self.became_wrong)]
        {
            let heading = format!("{} became {what}", count(moved.len(), "line"));
            let heading = if moved.is_empty() { heading } else { terminal.paint(style, heading) };
            terminal.line(heading)?;
            for moved in moved {
                let kind = moved.kind.map_or_else(String::new, |kind| format!("[{kind}] "));
                let (before, now) = (place(moved.before), place(moved.now));
                let place = format!("{}:{}", file.display(), moved.line);
                terminal.line(format_args!("  {place}: {kind}“{}” rank {before} → {now}", moved.q))?;
            }
        }
        terminal.line("")?;
        Ok(())
    }

    fn table(&self) -> Vec<String> {
        let measures = ["accuracy@1", "recall@3", "recall@10", "mrr@10"];
        let replies = ["rightly_answered", "wrongly_answered", "any_hit"];
        let replies = replies.into_iter().filter(|measure| self.overall.contains_key(measure));
        let heads: Vec<&str> = measures.into_iter().chain(replies).chain(["p50_us", "p95_us", "p99_us"]).collect();
        let titles = heads.iter().map(|head| match *head {
            "mrr@10" => "MRR@10".to_owned(),
            other => other.replace("_us", " µs").replace('_', " "),
        });
        let titles = std::iter::once("kind".to_owned()).chain(titles).collect::<Vec<_>>();
        let row = |kind: &str, changes: &Changes| {
            let cells = heads.iter().map(|head| shown(head, changes.get(head)));
            std::iter::once(kind.to_owned()).chain(cells).collect::<Vec<_>>()
        };
        let mut rows = vec![titles];
        rows.extend(self.kinds.iter().map(|(kind, changes)| row(kind, changes)));
        rows.push(row("all", &self.overall));
        aligned(&rows)
    }
}

/// Returns the lines by what they are known by in both runs; those that nothing tells apart are left out.
fn by_key(lines: &[Line], same_questions: bool) -> HashMap<String, &Line> {
    let mut found: HashMap<String, Option<&Line>> = HashMap::new();
    for line in lines {
        if let Some(key) = key(line, same_questions) {
            found.entry(key).and_modify(|entry| *entry = None).or_insert(Some(line));
        }
    }
    found.into_iter().filter_map(|(key, line)| Some((key, line?))).collect()
}

fn key(line: &Line, same_questions: bool) -> Option<String> {
    if same_questions { Some(line.line.to_string()) } else { line.id.as_ref().map(ToString::to_string) }
}

fn changes(before: Option<&Scores>, now: Option<&Scores>) -> Changes {
    let measures = |scores: Option<&Scores>| scores.map(Scores::measures).into_iter().flatten();
    let mut changes = Changes::new();
    for (at, (name, value)) in measures(before).map(|m| (0, m)).chain(measures(now).map(|m| (1, m))) {
        let Some(value) = value else { continue };
        let change = changes.entry(name).or_insert(Change { before: None, now: None, change: None });
        if at == 0 { change.before = Some(value) } else { change.now = Some(value) }
    }
    for change in changes.values_mut() {
        change.change = change.now.zip(change.before).map(|(now, before)| now - before);
    }
    changes
}

/// Returns a change for the table, `=` for none.
fn shown(measure: &str, change: Option<&Change>) -> String {
    let text = match (measure, change) {
        (_, None) => return "–".to_owned(),
        (_, Some(Change { before: None, .. })) => return "new".to_owned(),
        (_, Some(Change { change: None, .. })) => return "gone".to_owned(),
        ("mrr@10", Some(Change { change: Some(by), .. })) => format!("{by:+.3}"),
        ("p50_us" | "p95_us" | "p99_us", Some(Change { change: Some(by), .. })) => format!("{by:+.0}"),
        (_, Some(Change { change: Some(by), .. })) => format!("{:+.1}", by * 100.0),
    };
    if text.contains(|c: char| ('1'..='9').contains(&c)) { text } else { "=".to_owned() }
}

fn place(rank: Option<usize>) -> String {
    rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(line: usize, id: Option<&str>) -> Line {
        Line { line, id: id.map(Into::into), right: true, rank: Some(1) }
    }

    #[test]
    fn lines_are_known_by_number_in_the_same_file_and_by_their_own_id_in_another() {
        let lines = [line(1, Some("a")), line(2, None), line(3, Some("b")), line(4, Some("b"))];
        let keys = |same| {
            let mut keys: Vec<String> = by_key(&lines, same).into_keys().collect();
            keys.sort();
            keys
        };
        assert_eq!(keys(true), ["1", "2", "3", "4"]);
        assert_eq!(keys(false), ["\"a\""]);
    }

    #[test]
    fn a_change_is_shown_in_the_unit_of_its_measure() {
        let of = |before, now| Change { before, now, change: now.zip(before).map(|(n, b): (f64, f64)| n - b) };
        let show = |measure, before, now| shown(measure, Some(&of(before, now)));
        assert_eq!(show("accuracy@1", Some(0.5), Some(0.513)), "+1.3");
        assert_eq!(show("recall@3", Some(0.9), Some(0.8)), "-10.0");
        assert_eq!(show("mrr@10", Some(0.5), Some(0.512)), "+0.012");
        assert_eq!(show("p50_us", Some(120.0), Some(90.0)), "-30");
        assert_eq!(show("any_hit", Some(0.2), Some(0.2)), "=");
        assert_eq!((show("any_hit", None, Some(0.2)), show("any_hit", Some(0.2), None)), ("new".into(), "gone".into()));
        assert_eq!(shown("any_hit", None), "–");
    }
}
