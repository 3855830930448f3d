//! Whole dialogues of an evaluation: each is held turn by turn with the real chat, and every reply is judged.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::super::terminal::{Style, Terminal, count, grouped};
use super::report::aligned;
use crate::base::{ArticleId, Locale, Viewer};
use crate::desk::{Asked, HelpCentre, Question};
use crate::kb::Snapshot;
use crate::model::{MatchedBy, ReplyKind};

/// A dialogue and what is known about its replies.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Dialogue {
    /// What is said, in order.
    pub(super) turns: Vec<Turn>,
    /// The page's language; the content's default where absent.
    #[serde(default)]
    pub(super) locale: Option<Locale>,
    /// The line's name.
    #[serde(default)]
    pub(super) id: Option<serde_json::Value>,
    /// The line of the file, counted from 1.
    #[serde(skip)]
    pub(super) line: usize,
}

/// One message and what its reply may be.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub(super) struct Turn {
    /// What the customer types.
    user: String,
    /// The articles of which the reply's first must be one; none when the reply must assert no article.
    #[serde(default)]
    expect: Vec<ArticleId>,
    /// The kind of reply.
    #[serde(default)]
    reply_kind: Expected,
    /// Texts that the reply must not repeat.
    #[serde(default)]
    must_not_echo: Vec<String>,
}

/// The kind of reply that is expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Expected {
    #[default]
    Any,
    Answer,
    Clarify,
    Step,
    Safety,
    Smalltalk,
    Handoff,
    Fallback,
}

impl Expected {
    fn fits(self, kind: ReplyKind) -> bool {
        match self {
            Expected::Any => true,
            Expected::Answer => kind == ReplyKind::Answer,
            Expected::Clarify => kind == ReplyKind::Clarify,
            Expected::Step => kind == ReplyKind::Step,
            Expected::Safety => kind == ReplyKind::Safety,
            Expected::Smalltalk => kind == ReplyKind::Smalltalk,
            Expected::Handoff => kind == ReplyKind::Handoff,
            Expected::Fallback => kind == ReplyKind::Fallback,
        }
    }
}

/// How one turn went.
#[derive(Debug, Clone, Serialize)]
struct Judged<'a> {
    line: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a serde_json::Value>,
    /// The turn's place, counted from 1.
    turn: usize,
    user: &'a str,
    reply_kind: Expected,
    expect: &'a [ArticleId],
    got: Vec<ArticleId>,
    reply: ReplyKind,
    by: MatchedBy,
    right: bool,
    leak: bool,
}

/// Right turns of those of a kind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
struct Tally {
    turns: usize,
    right: usize,
}

/// What the dialogues tell.
#[derive(Debug, Serialize)]
pub(super) struct Report<'a> {
    dialogues: usize,
    /// Dialogues in which every turn is right.
    right: usize,
    overall: Tally,
    /// By the kind of reply that is expected.
    kinds: BTreeMap<Expected, Tally>,
    leaks: usize,
    failures: Vec<Judged<'a>>,
}

impl<'a> Report<'a> {
    /// Holds every dialogue.
    pub(super) fn hold(dialogues: &'a [Dialogue], desk: &HelpCentre) -> Self {
        let snapshot = desk.snapshot();
        let held: Vec<Vec<Judged<'a>>> = dialogues.par_iter().map(|d| d.hold(desk, &snapshot)).collect();
        let mut report = Report {
            dialogues: dialogues.len(),
            right: held.iter().filter(|turns| turns.iter().all(|t| t.right)).count(),
            overall: Tally::default(),
            kinds: BTreeMap::new(),
            leaks: 0,
            failures: Vec::new(),
        };
        for judged in held.into_iter().flatten() {
            for tally in [&mut report.overall, report.kinds.entry(judged.reply_kind).or_default()] {
                tally.turns += 1;
                tally.right += usize::from(judged.right);
            }
            report.leaks += usize::from(judged.leak);
            if !judged.right {
                report.failures.push(judged);
            }
        }
        report
    }

    /// Returns how many replies repeat what they must not.
    pub(super) fn leaks(&self) -> usize {
        self.leaks
    }

    /// Returns the report as JSON; the failures as their number unless they are asked for.
    pub(super) fn json(&self, failures: bool) -> anyhow::Result<serde_json::Value> {
        let mut value = serde_json::to_value(self)?;
        if let (false, Some(object)) = (failures, value.as_object_mut()) {
            object.insert("failures".to_owned(), self.failures.len().into());
        }
        Ok(value)
    }

    pub(super) fn print(&self, file: &Path, failures: bool, terminal: &mut Terminal) -> anyhow::Result<()> {
        let row = |name: &str, tally: &Tally| {
            let share = tally.right as f64 / tally.turns.max(1) as f64 * 100.0;
            [name.to_owned(), grouped(tally.turns), grouped(tally.right), format!("{share:.1} %")]
        };
        let mut rows = vec![["reply", "turns", "right", "share"].map(str::to_owned)];
        rows.extend(self.kinds.iter().map(|(kind, tally)| row(&format!("{kind:?}").to_lowercase(), tally)));
        rows.push(row("all", &self.overall));
        for (i, line) in aligned(&rows).into_iter().enumerate() {
            let line = if i == 0 { terminal.paint(Style::Faint, line) } else { line };
            terminal.line(line)?;
        }
        let held = count(self.dialogues, "dialogue");
        terminal.line(format_args!("\n{held} held, {} right in every turn", grouped(self.right)))?;
        if self.leaks > 0 {
            let leaks = terminal.paint(Style::Bad, count(self.leaks, "reply repeats a secret"));
            terminal.line(leaks)?;
        }
        if failures {
            for f in &self.failures {
                let ids = |ids: &[ArticleId]| match ids {
                    [] => "nothing".to_owned(),
                    ids => ids.iter().map(ArticleId::as_str).collect::<Vec<_>>().join(", "),
                };
                let leak = if f.leak { "; it repeats a secret" } else { "" };
                terminal.line(format_args!(
                    "{}:{}: turn {}, “{}” wants {:?} of {}, got {:?} by {:?} of {}{leak}",
                    file.display(),
                    f.line,
                    f.turn,
                    f.user,
                    f.reply_kind,
                    ids(f.expect),
                    f.reply,
                    f.by,
                    ids(&f.got)
                ))?;
            }
        }
        Ok(())
    }
}

impl Dialogue {
    fn hold<'a>(&'a self, desk: &HelpCentre, snapshot: &Snapshot) -> Vec<Judged<'a>> {
        let locale = self.locale.as_ref().unwrap_or(&snapshot.site().default_locale);
        let mut conversation: Option<String> = None;
        let mut judged = Vec::with_capacity(self.turns.len());
        for (place, turn) in self.turns.iter().enumerate() {
            let asked = desk.ask(
                snapshot,
                &Question {
                    message: &turn.user,
                    conversation_id: conversation.as_deref(),
                    locale,
                    viewer: Viewer::Public,
                    explain: false,
                },
            );
            let reply = &asked.turn.reply;
            let got: Vec<ArticleId> = reply.sources.iter().map(|s| s.id.clone()).collect();
            let leak = turn.leaks(&asked);
            judged.push(Judged {
                line: self.line,
                id: self.id.as_ref(),
                turn: place + 1,
                user: &turn.user,
                reply_kind: turn.reply_kind,
                expect: &turn.expect,
                right: !leak && turn.is_met(reply.kind, &got),
                got,
                reply: reply.kind,
                by: asked.turn.matched.by,
                leak,
            });
            conversation = Some(asked.conversation_id);
        }
        judged
    }
}

impl Turn {
    /// Tells whether a reply is what the turn wants. An answer names one of the articles first. Other kinds need name none,
    /// but must not assert another; what is only offered may stand beside.
    fn is_met(&self, kind: ReplyKind, got: &[ArticleId]) -> bool {
        if !self.reply_kind.fits(kind) {
            return false;
        }
        let first = got.first().is_some_and(|id| self.expect.contains(id));
        let offered = matches!(kind, ReplyKind::Clarify | ReplyKind::Fallback);
        match (self.reply_kind, self.expect.is_empty()) {
            (Expected::Answer, false) => first,
            (_, true) => !matches!(kind, ReplyKind::Answer | ReplyKind::Step | ReplyKind::Safety) || got.is_empty(),
            (_, false) if offered => got.is_empty() || got.iter().any(|id| self.expect.contains(id)),
            (_, false) => got.is_empty() || first,
        }
    }

    fn leaks(&self, asked: &Asked) -> bool {
        let (reply, matched) = (&asked.turn.reply, &asked.turn.matched);
        let buttons = reply.quick_replies.iter().flat_map(|q| [&q.label, &q.message]);
        let said = [&reply.text, &reply.html, &matched.rule, &asked.message];
        let texts: Vec<&String> = said.into_iter().chain(&matched.evidence).chain(buttons).collect();
        let secrets = self.must_not_echo.iter().filter(|s| !s.is_empty());
        secrets.into_iter().any(|secret| texts.iter().any(|text| text.contains(secret.as_str())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn met(reply_kind: &str, expect: &[&str], kind: ReplyKind, got: &[&str]) -> bool {
        let turn = serde_json::json!({"user": "x", "expect": expect, "reply_kind": reply_kind});
        let got: Vec<ArticleId> = got.iter().map(|id| id.parse().unwrap()).collect();
        serde_json::from_value::<Turn>(turn).unwrap().is_met(kind, &got)
    }

    #[test]
    fn an_answer_must_be_right_and_others_must_not_be_wrong() {
        assert!(met("answer", &["a/1"], ReplyKind::Answer, &["a/1", "a/2"]));
        assert!(!met("answer", &["a/1"], ReplyKind::Answer, &["a/2", "a/1"]));
        assert!(!met("answer", &["a/1"], ReplyKind::Clarify, &["a/1"]));
        assert!(met("handoff", &["a/1"], ReplyKind::Handoff, &[]));
        assert!(!met("handoff", &["a/1"], ReplyKind::Handoff, &["a/2"]));
        assert!(met("clarify", &["a/1"], ReplyKind::Clarify, &["a/2", "a/1"]));
        assert!(met("any", &[], ReplyKind::Fallback, &["a/1"]));
        assert!(!met("any", &[], ReplyKind::Answer, &["a/1"]));
        assert!(met("any", &["a/1"], ReplyKind::Step, &["a/1"]));
    }
}
