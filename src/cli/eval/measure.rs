//! Asks every question and scores what came: ranking and reply in parallel, then the time of each, one at a time.

use std::time::Instant;

use rayon::prelude::*;

use super::Mode;
use super::cases::Case;
use crate::base::{ArticleId, Locale, Viewer};
use crate::desk::{HelpCentre, Question};
use crate::kb::Snapshot;
use crate::model::{Match, MatchedBy, ReplyKind, Turn};
use crate::search::{Query, search};

/// How far down a ranking counts.
pub(super) const DEPTH: usize = 10;

/// Questions that are asked before the clock runs, so that caches and allocators are as in a running server.
const WARM_UP: usize = 200;

/// What one question got.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Outcome {
    /// The articles, best first, each once.
    pub(super) ranking: Vec<ArticleId>,
    /// The chat's reply; none in a search.
    pub(super) reply: Option<(ReplyKind, MatchedBy, f32)>,
    /// Whether the reply repeats one of the secrets.
    pub(super) leak: bool,
    /// How long it took.
    pub(super) micros: f64,
}

impl Outcome {
    /// Returns the rank of the first article that is expected, from 1.
    pub(super) fn rank(&self, case: &Case) -> Option<usize> {
        self.ranking.iter().take(DEPTH).position(|id| case.expect.contains(id)).map(|i| i + 1)
    }

    /// Tells whether an expected article is first, and asserted: what a reply only offers or asks about is no answer.
    pub(super) fn answers(&self, case: &Case) -> bool {
        let offered = matches!(self.reply, Some((ReplyKind::Clarify | ReplyKind::Fallback, ..)));
        !offered && self.rank(case) == Some(1)
    }

    /// Tells whether an expected article is among the first `depth`. `expect` lists alternatives, each of them right.
    pub(super) fn recalls(&self, case: &Case, depth: usize) -> bool {
        self.rank(case).is_some_and(|rank| rank <= depth)
    }

    /// Tells whether an article was asserted: a search that found anything, a reply that claims to be the answer.
    pub(super) fn asserts(&self) -> bool {
        match self.reply {
            Some((kind, ..)) => matches!(kind, ReplyKind::Answer | ReplyKind::Step | ReplyKind::Safety),
            None => !self.ranking.is_empty(),
        }
    }

    /// Tells whether this is what the case wants.
    pub(super) fn is_right(&self, case: &Case) -> bool {
        if case.expect.is_empty() { !self.asserts() } else { self.answers(case) }
    }
}

/// Measures every case; the outcomes are in the order of the cases.
pub(super) fn measure(cases: &[Case], desk: &HelpCentre, mode: Mode) -> Vec<Outcome> {
    let snapshot = desk.snapshot();
    let mut outcomes: Vec<Outcome> = cases.par_iter().map(|case| ask(case, desk, &snapshot, mode)).collect();
    for case in cases.iter().take(WARM_UP) {
        run(case, desk, &snapshot, mode);
    }
    for (case, outcome) in cases.iter().zip(&mut outcomes) {
        let start = Instant::now();
        let answer = run(case, desk, &snapshot, mode);
        outcome.micros = start.elapsed().as_secs_f64() * 1e6;
        drop(answer);
    }
    outcomes
}

/// What came back: hits, or a turn.
enum Answer {
    Hits(Vec<ArticleId>),
    Turn(Box<Turn>),
}

fn run(case: &Case, desk: &HelpCentre, snapshot: &Snapshot, mode: Mode) -> Answer {
    let locale: &Locale = case.locale.as_ref().unwrap_or(&snapshot.site().default_locale);
    match mode {
        Mode::Search => {
            let query = Query {
                text: &case.q,
                locale,
                category: None,
                limit: DEPTH,
                offset: 0,
                viewer: Viewer::Public,
                verbatim: false,
            };
            Answer::Hits(search(snapshot, query).hits.into_iter().map(|hit| hit.id).collect())
        }
        Mode::Chat => {
            let question =
                Question { message: &case.q, conversation_id: None, locale, viewer: Viewer::Public, explain: false };
            Answer::Turn(Box::new(desk.ask(snapshot, &question).turn))
        }
    }
}

fn ask(case: &Case, desk: &HelpCentre, snapshot: &Snapshot, mode: Mode) -> Outcome {
    match run(case, desk, snapshot, mode) {
        Answer::Hits(ranking) => Outcome { ranking: once_each(ranking), reply: None, leak: false, micros: 0.0 },
        Answer::Turn(turn) => {
            let leak = leaks(&turn, &case.secrets);
            let Turn { reply, matched: Match { by, confidence, .. }, .. } = *turn;
            let ranking = once_each(reply.sources.into_iter().map(|s| s.id).collect());
            Outcome { ranking, reply: Some((reply.kind, by, confidence)), leak, micros: 0.0 }
        }
    }
}

fn once_each(mut ids: Vec<ArticleId>) -> Vec<ArticleId> {
    let mut seen = std::collections::HashSet::new();
    ids.retain(|id| seen.insert(id.clone()));
    ids
}

fn leaks(turn: &Turn, secrets: &[String]) -> bool {
    let said = [&turn.reply.text, &turn.reply.html, &turn.matched.rule];
    let buttons = turn.reply.quick_replies.iter().flat_map(|q| [&q.label, &q.message]);
    let texts: Vec<&String> = said.into_iter().chain(&turn.matched.evidence).chain(buttons).collect();
    secrets.iter().filter(|s| !s.is_empty()).any(|secret| texts.iter().any(|text| text.contains(secret.as_str())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Reply;

    fn ids(texts: &[&str]) -> Vec<ArticleId> {
        texts.iter().map(|t| t.parse().unwrap()).collect()
    }

    fn case(expect: &[&str]) -> Case {
        Case { q: String::new(), expect: ids(expect), locale: None, kind: None, id: None, secrets: vec![], line: 1 }
    }

    fn chat(kind: ReplyKind, ranking: &[&str]) -> Outcome {
        Outcome { ranking: ids(ranking), reply: Some((kind, MatchedBy::Rule, 1.0)), leak: false, micros: 0.0 }
    }

    #[test]
    fn ranks_and_recalls_what_is_expected() {
        let got = chat(ReplyKind::Answer, &["a/1", "a/2", "a/3", "a/4"]);
        assert_eq!(got.rank(&case(&["a/3", "a/2"])), Some(2));
        assert!(got.recalls(&case(&["a/4", "a/2"]), 3) && !got.recalls(&case(&["a/4"]), 3));
        assert!(!chat(ReplyKind::Fallback, &["a/1"]).answers(&case(&["a/1"])));
        assert_eq!(got.rank(&case(&["a/9"])), None);
    }

    #[test]
    fn where_nothing_is_right_a_reply_must_not_assert() {
        for (kind, right) in [
            (ReplyKind::Answer, false),
            (ReplyKind::Step, false),
            (ReplyKind::Safety, false),
            (ReplyKind::Clarify, true),
            (ReplyKind::Fallback, true),
            (ReplyKind::Smalltalk, true),
            (ReplyKind::Handoff, true),
        ] {
            assert_eq!(chat(kind, &["a/1"]).is_right(&case(&[])), right, "{kind:?}");
        }
    }

    #[test]
    fn a_secret_leaks_through_text_markup_and_evidence_alike() {
        let turn = |text: &str, html: &str, evidence: &str| Turn {
            locale: "en".parse().unwrap(),
            reply: Reply {
                kind: ReplyKind::Answer,
                text: text.to_owned(),
                html: html.to_owned(),
                sources: vec![],
                quick_replies: vec![],
            },
            matched: Match {
                by: MatchedBy::Rule,
                rule: String::new(),
                confidence: 1.0,
                evidence: vec![evidence.to_owned()],
                content: String::new(),
                stages: vec![],
            },
        };
        let secrets = ["4111".to_owned(), String::new()];
        assert!(leaks(&turn("x 4111", "", ""), &secrets));
        assert!(leaks(&turn("", "x 4111", ""), &secrets));
        assert!(leaks(&turn("", "", "x 4111"), &secrets));
        assert!(!leaks(&turn("4 1 1 1", "", ""), &secrets));
    }
}
