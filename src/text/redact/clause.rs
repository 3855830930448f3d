//! Clauses and sentences, and how far a cue reaches.
//!
//! "验证码收到了，是 482913": cue and number stand in neighbouring clauses. Reach is told in clauses, not in characters,
//! so that masking something in between never brings another number into reach.

use std::ops::Range;

use regex::Regex;

/// A reading's clauses, blank ones left out.
pub(super) struct Clauses {
    clauses: Vec<Range<usize>>,
    /// For each clause: the first and the last clause of its sentence.
    sentences: Vec<(usize, usize)>,
}

impl Clauses {
    /// Cuts a folded text into clauses.
    pub(super) fn of(text: &str) -> Self {
        let mut found = Self { clauses: Vec::new(), sentences: Vec::new() };
        let (mut start, mut first) = (0, 0);
        let mut characters = text.char_indices().peekable();
        while let Some((at, c)) = characters.next() {
            let next = characters.peek().map(|&(_, next)| next);
            let ends_sentence = match c {
                '。' | '！' | '？' | '!' | '?' | '；' | ';' | '\n' | '\r' | '…' => true,
                '.' => next.is_none_or(char::is_whitespace),
                _ => false,
            };
            if ends_sentence || matches!(c, '，' | ',' | '、') {
                found.clause(text, start..at);
                start = at + c.len_utf8();
            }
            if ends_sentence {
                found.sentence(&mut first);
            }
        }
        found.clause(text, start..text.len());
        found.sentence(&mut first);
        found
    }

    fn clause(&mut self, text: &str, span: Range<usize>) {
        if !text[span.clone()].trim().is_empty() {
            self.clauses.push(span);
        }
    }

    fn sentence(&mut self, first: &mut usize) {
        let end = self.clauses.len();
        self.sentences.extend((*first..end).map(|_| (*first, end - 1)));
        *first = end;
    }

    /// Where the cues reach: their sentences and the neighbouring clauses. Ordered, without overlap.
    pub(super) fn reach(&self, text: &str, cue: &Regex) -> Reach {
        let mut ranges: Vec<Range<usize>> = Vec::new();
        for found in cue.find_iter(text) {
            let clause = self.clauses.partition_point(|clause| clause.end <= found.start());
            let Some(&(first, last)) = self.sentences.get(clause) else { continue };
            let start = self.clauses[first.min(clause.saturating_sub(1))].start;
            let end = self.clauses[last.max(clause + 1).min(self.clauses.len() - 1)].end;
            match ranges.last_mut() {
                Some(range) if start <= range.end => range.end = range.end.max(end),
                _ => ranges.push(start..end),
            }
        }
        Reach(ranges)
    }
}

/// The parts of a text that some cue reaches.
pub(super) struct Reach(Vec<Range<usize>>);

impl Reach {
    /// Whether a cue reaches byte `at`.
    pub(super) fn holds(&self, at: usize) -> bool {
        self.part(at).is_some()
    }

    /// Which of the parts holds byte `at`.
    pub(super) fn part(&self, at: usize) -> Option<usize> {
        let next = self.0.partition_point(|range| range.end <= at);
        self.0.get(next).is_some_and(|range| range.start <= at).then_some(next)
    }
}
