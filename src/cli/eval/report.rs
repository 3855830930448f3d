//! The measurements, overall and by kind, as an aligned table or as JSON.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::super::terminal::{Style, Terminal, count, grouped, pad, pad_left, width};
use super::Mode;
use super::cases::Case;
use super::compare::{Baseline, Comparison};
use super::measure::Outcome;
use crate::base::ArticleId;
use crate::kb::Snapshot;
use crate::model::{MatchedBy, ReplyKind};

/// The measurements of a group of lines; a share is none where no line has a say in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Scores {
    lines: usize,
    #[serde(rename = "accuracy@1")]
    accuracy_at_1: Option<f64>,
    #[serde(rename = "recall@3")]
    recall_at_3: Option<f64>,
    #[serde(rename = "recall@10")]
    recall_at_10: Option<f64>,
    #[serde(rename = "mrr@10")]
    mrr_at_10: Option<f64>,
    /// The lines whose first article is right and asserted too; what is only offered or asked about is no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rightly_answered: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    wrongly_answered: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    any_hit: Option<f64>,
    p50_us: f64,
    #[serde(default)]
    p95_us: f64,
    p99_us: f64,
}

/// How one line went: what a later run is compared with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Line {
    /// The line of the file, counted from 1.
    pub(super) line: usize,
    /// The line's own name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<serde_json::Value>,
    /// Whether it is no failure.
    pub(super) right: bool,
    /// The rank of the first expected article.
    pub(super) rank: Option<usize>,
}

impl Line {
    fn new(case: &Case, outcome: &Outcome) -> Self {
        Line {
            line: case.line,
            id: case.id.clone(),
            right: !outcome.leak && outcome.is_right(case),
            rank: outcome.rank(case),
        }
    }
}

/// A line that did not get what it wants.
#[derive(Debug, Clone, Serialize)]
struct Failure<'a> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a serde_json::Value>,
    q: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'a str>,
    expect: &'a [ArticleId],
    got: &'a [ArticleId],
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<ReplyKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<MatchedBy>,
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<f32>,
    leak: bool,
}

/// Everything that `eval` tells.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    file: &'a Path,
    /// The digest of the file.
    questions: String,
    mode: Mode,
    /// The version of the content.
    content: String,
    overall: Scores,
    kinds: BTreeMap<&'a str, Scores>,
    /// How many replies of each kind there were; empty in a search.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    replies: BTreeMap<String, usize>,
    leaks: usize,
    /// Expected articles that the content lacks: most likely spelt wrongly in the file.
    unknown: Vec<&'a ArticleId>,
    failures: Vec<Failure<'a>>,
    lines: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison<'a>>,
}

/// What was asked.
pub(super) struct Questions<'a> {
    /// The file that they stand in.
    pub(super) file: &'a Path,
    /// Its digest.
    pub(super) digest: String,
    /// The questions, in order.
    pub(super) cases: &'a [Case],
}

impl<'a> Report<'a> {
    pub(super) fn new(
        questions: Questions<'a>,
        outcomes: &'a [Outcome],
        mode: Mode,
        snapshot: &Snapshot,
        baseline: Option<&'a Baseline>,
    ) -> Self {
        let Questions { file, digest, cases } = questions;
        let all: Vec<(&Case, &Outcome)> = cases.iter().zip(outcomes).collect();
        let mut by_kind: BTreeMap<&str, Vec<(&Case, &Outcome)>> = BTreeMap::new();
        let mut replies = BTreeMap::new();
        for (case, outcome) in &all {
            if let Some(kind) = &case.kind {
                by_kind.entry(kind).or_default().push((case, outcome));
            }
            if let Some((kind, ..)) = outcome.reply {
                *replies.entry(format!("{kind:?}").to_lowercase()).or_default() += 1;
            }
        }
        let known: std::collections::HashSet<&ArticleId> = snapshot.articles().iter().map(|a| &a.id).collect();
        let mut unknown: Vec<&ArticleId> =
            cases.iter().flat_map(|c| &c.expect).filter(|id| !known.contains(id)).collect();
        unknown.sort_unstable();
        unknown.dedup();
        let lines: Vec<Line> = all.iter().map(|(case, outcome)| Line::new(case, outcome)).collect();
        let failed = all.iter().zip(&lines).filter(|(_, line)| !line.right).map(|(pair, _)| pair);
        let failures = failed.map(|(case, outcome)| Failure::new(case, outcome)).collect();
        let overall = Scores::of(&all, mode);
        let kinds: BTreeMap<&str, Scores> =
            by_kind.into_iter().map(|(kind, group)| (kind, Scores::of(&group, mode))).collect();
        let comparison = baseline.map(|b| Comparison::new(b, &digest, &overall, &kinds, cases, &lines));
        Report {
            file,
            questions: digest,
            mode,
            content: snapshot.version().to_owned(),
            overall,
            kinds,
            replies,
            leaks: outcomes.iter().filter(|o| o.leak).count(),
            unknown,
            failures,
            lines,
            comparison,
        }
    }

    /// Returns how many replies repeat a secret.
    pub(super) fn leaks(&self) -> usize {
        self.leaks
    }

    /// Prints the report, with that of the file's dialogues where it has some.
    pub(super) fn print_json(
        &self,
        failures: bool,
        dialogues: Option<serde_json::Value>,
        terminal: &mut Terminal,
    ) -> anyhow::Result<()> {
        let mut value = serde_json::to_value(self)?;
        if let (Some(dialogues), Some(object)) = (dialogues, value.as_object_mut()) {
            object.insert("dialogues".to_owned(), dialogues);
        }
        if let (false, Some(object)) = (failures, value.as_object_mut()) {
            object.insert("failures".to_owned(), self.failures.len().into());
        }
        terminal.json(&value)
    }

    pub(super) fn print_text(&self, failures: bool, terminal: &mut Terminal) -> anyhow::Result<()> {
        for (i, row) in self.table().iter().enumerate() {
            let row = if i == 0 { terminal.paint(Style::Faint, row) } else { row.clone() };
            terminal.line(row)?;
        }
        terminal.line("")?;
        if !self.replies.is_empty() {
            let replies: Vec<String> = self.replies.iter().map(|(kind, n)| format!("{} {kind}", grouped(*n))).collect();
            terminal.line(format_args!("replies: {}", replies.join(", ")))?;
        }
        if self.leaks > 0 {
            let leaks = format!("{} repeated a secret", count(self.leaks, "reply").replace("replys", "replies"));
            let leaks = terminal.paint(Style::Bad, leaks);
            terminal.line(leaks)?;
        }
        if !self.unknown.is_empty() {
            let ids: Vec<&str> = self.unknown.iter().map(|id| id.as_str()).collect();
            let unknown = format!("expected, but not in the content: {}", ids.join(", "));
            let unknown = terminal.paint(Style::Doubtful, unknown);
            terminal.line(unknown)?;
        }
        if let Some(comparison) = &self.comparison {
            comparison.print(self.file, terminal)?;
        }
        let more = if failures || self.failures.is_empty() { "" } else { "; list them with --failures" };
        terminal.line(format_args!("{}{more}", count(self.failures.len(), "failure")))?;
        if failures {
            for failure in &self.failures {
                terminal.line(format_args!("{}:{}", self.file.display(), failure))?;
            }
        }
        Ok(())
    }

    fn table(&self) -> Vec<String> {
        let replies: &[&str] = match self.mode {
            Mode::Chat => &["rightly answered", "wrongly answered"],
            Mode::Search => &["any hit"],
        };
        let head = [
            &["kind", "lines", "accuracy@1", "recall@3", "recall@10", "MRR@10"],
            replies,
            &["p50 µs", "p95 µs", "p99 µs"],
        ];
        let mut rows = vec![head.concat().into_iter().map(ToOwned::to_owned).collect()];
        rows.extend(self.kinds.iter().map(|(kind, scores)| scores.row(kind, self.mode)));
        rows.push(self.overall.row("all", self.mode));
        aligned(&rows)
    }
}

/// Returns the rows of a table with its first column to the left and the others to the right.
pub(super) fn aligned<R: AsRef<[String]>>(rows: &[R]) -> Vec<String> {
    let mut columns: Vec<usize> = Vec::new();
    for row in rows.iter().map(AsRef::as_ref) {
        columns.resize(columns.len().max(row.len()), 0);
        columns.iter_mut().zip(row).for_each(|(n, cell)| *n = width(cell).max(*n));
    }
    let line = |row: &R| {
        let cells = row.as_ref().iter().zip(&columns).enumerate();
        let cells = cells.map(|(i, (cell, &n))| if i == 0 { pad(cell, n) } else { pad_left(cell, n) });
        cells.collect::<Vec<_>>().join("  ")
    };
    rows.iter().map(line).collect()
}

impl Scores {
    fn of(group: &[(&Case, &Outcome)], mode: Mode) -> Self {
        let answerable = || group.iter().filter(|(case, _)| !case.expect.is_empty());
        let over = |score: &dyn Fn(&Case, &Outcome) -> f64| mean(answerable().map(|(c, o)| score(c, o)));
        let asserted = mean(
            group.iter().filter(|(case, _)| case.expect.is_empty()).map(|(_, o)| f64::from(u8::from(o.asserts()))),
        );
        let mut micros: Vec<f64> = group.iter().map(|(_, o)| o.micros).collect();
        micros.sort_by(f64::total_cmp);
        Scores {
            lines: group.len(),
            accuracy_at_1: over(&|c, o| f64::from(u8::from(o.recalls(c, 1)))),
            recall_at_3: over(&|c, o| f64::from(u8::from(o.recalls(c, 3)))),
            recall_at_10: over(&|c, o| f64::from(u8::from(o.recalls(c, 10)))),
            mrr_at_10: over(&|c, o| o.rank(c).map_or(0.0, |rank| 1.0 / rank as f64)),
            rightly_answered: over(&|c, o| f64::from(u8::from(o.answers(c)))).filter(|_| mode == Mode::Chat),
            wrongly_answered: asserted.filter(|_| mode == Mode::Chat),
            any_hit: asserted.filter(|_| mode == Mode::Search),
            p50_us: percentile(&micros, 50),
            p95_us: percentile(&micros, 95),
            p99_us: percentile(&micros, 99),
        }
    }

    /// Returns each measure by its name in the JSON: first the shares, then the rest.
    pub(super) fn measures(&self) -> [(&'static str, Option<f64>); 10] {
        [
            ("accuracy@1", self.accuracy_at_1),
            ("recall@3", self.recall_at_3),
            ("recall@10", self.recall_at_10),
            ("rightly_answered", self.rightly_answered),
            ("wrongly_answered", self.wrongly_answered),
            ("any_hit", self.any_hit),
            ("mrr@10", self.mrr_at_10),
            ("p50_us", Some(self.p50_us)),
            ("p95_us", Some(self.p95_us)),
            ("p99_us", Some(self.p99_us)),
        ]
    }

    fn row(&self, kind: &str, mode: Mode) -> Vec<String> {
        let share = |s: Option<f64>| s.map_or_else(|| "–".to_owned(), |s| format!("{:.1} %", s * 100.0));
        let mrr = self.mrr_at_10.map_or_else(|| "–".to_owned(), |m| format!("{m:.3}"));
        let replies = match mode {
            Mode::Chat => vec![share(self.rightly_answered), share(self.wrongly_answered)],
            Mode::Search => vec![share(self.any_hit)],
        };
        let ranking = [self.accuracy_at_1, self.recall_at_3, self.recall_at_10].map(share);
        let times = [self.p50_us, self.p95_us, self.p99_us].map(|us| format!("{us:.0}"));
        let what = [kind.to_owned(), grouped(self.lines)];
        what.into_iter().chain(ranking).chain([mrr]).chain(replies).chain(times).collect()
    }
}

impl<'a> Failure<'a> {
    fn new(case: &'a Case, outcome: &'a Outcome) -> Self {
        Failure {
            line: case.line,
            id: case.id.as_ref(),
            q: &case.q,
            kind: case.kind.as_deref(),
            expect: &case.expect,
            got: &outcome.ranking,
            reply: outcome.reply.map(|r| r.0),
            by: outcome.reply.map(|r| r.1),
            confidence: outcome.reply.map(|r| r.2),
            leak: outcome.leak,
        }
    }
}

impl std::fmt::Display for Failure<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let ids = |ids: &[ArticleId]| match ids {
            [] => "nothing".to_owned(),
            ids => ids.iter().map(ArticleId::as_str).collect::<Vec<_>>().join(", "),
        };
        write!(f, "{}: ", self.line)?;
        if let Some(kind) = self.kind {
            write!(f, "[{kind}] ")?;
        }
        write!(f, "“{}” wants {}, got {}", self.q, ids(self.expect), ids(self.got))?;
        if let (Some(reply), Some(by), Some(confidence)) = (self.reply, self.by, self.confidence) {
            write!(f, " ({reply:?} by {by:?}, {confidence:.2})")?;
        }
        if self.leak { write!(f, "; it repeats a secret") } else { Ok(()) }
    }
}

fn mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, n) = values.fold((0.0, 0usize), |(sum, n), v| (sum + v, n + 1));
    (n > 0).then(|| sum / n as f64)
}

/// Returns the smallest value that `percent` of the sorted values do not exceed.
fn percentile(sorted: &[f64], percent: usize) -> f64 {
    let rank = (sorted.len() * percent).div_ceil(100).max(1);
    sorted.get(rank - 1).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(expect: &[&str]) -> Case {
        let expect = expect.iter().map(|t| t.parse().unwrap()).collect();
        Case { q: String::new(), expect, locale: None, kind: None, id: None, secrets: vec![], line: 1 }
    }

    fn outcome(ranking: &[&str], kind: ReplyKind, micros: f64) -> Outcome {
        let ranking = ranking.iter().map(|t| t.parse().unwrap()).collect();
        Outcome { ranking, reply: Some((kind, MatchedBy::Question, 0.9)), leak: false, micros }
    }

    #[test]
    fn scores_are_over_the_lines_that_have_a_say() {
        let (one, two, none) = (case(&["a/1"]), case(&["a/2"]), case(&[]));
        let first = outcome(&["a/1"], ReplyKind::Answer, 10.0);
        let second = outcome(&["a/1", "a/2"], ReplyKind::Clarify, 20.0);
        let wrong = outcome(&["a/1"], ReplyKind::Answer, 30.0);
        let offered = outcome(&["a/2"], ReplyKind::Fallback, 40.0);
        let group = [(&one, &first), (&two, &second), (&none, &wrong), (&two, &offered)];
        let scores = Scores::of(&group, Mode::Chat);
        let expected = Scores {
            lines: 4,
            accuracy_at_1: Some(2.0 / 3.0),
            recall_at_3: Some(1.0),
            recall_at_10: Some(1.0),
            mrr_at_10: Some(2.5 / 3.0),
            rightly_answered: Some(1.0 / 3.0),
            wrongly_answered: Some(1.0),
            any_hit: None,
            p50_us: 20.0,
            p95_us: 40.0,
            p99_us: 40.0,
        };
        assert_eq!(scores, expected);
        assert_eq!(Scores::of(&[(&none, &wrong)], Mode::Chat).accuracy_at_1, None);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=200).map(f64::from).collect();
        assert!((percentile(&values, 50) - 100.0).abs() < f64::EPSILON);
        assert!((percentile(&values, 99) - 198.0).abs() < f64::EPSILON);
        assert!((percentile(&[7.0], 99) - 7.0).abs() < f64::EPSILON);
    }
}
