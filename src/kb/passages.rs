//! The sentences of each article and which terms they hold, so that a snippet is found without reading the article.

use rustc_hash::FxHasher;
use std::hash::Hasher;

use crate::content::Article;
use crate::text::fold::fold;
use crate::text::terms::{Run, TermKind, runs, terms_of};

/// One sentence of an article's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// The section it stands in.
    pub section: u32,
    /// Its first byte in the section's text.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

/// An article's sentences and their terms.
#[derive(Debug, Clone, Default)]
pub struct Passages {
    /// In reading order.
    pub sentences: Vec<Sentence>,
    /// (hash of a term, sentence), in order.
    postings: Vec<(u32, u32)>,
}

/// Returns the 32-bit hash under which a term is kept. Two terms may share one; a snippet is then a little worse.
#[must_use]
pub fn term_hash(term: &str) -> u32 {
    bytes_hash(term.as_bytes())
}

fn bytes_hash(bytes: &[u8]) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(bytes);
    (hasher.finish() >> 32) as u32
}

impl Passages {
    /// Cuts an article's sections into sentences.
    #[must_use]
    pub fn of(article: &Article) -> Self {
        let mut passages = Passages::default();
        for (section, number) in article.sections.iter().zip(0..) {
            for (start, end) in sentences(&section.text) {
                let sentence = u32::try_from(passages.sentences.len()).unwrap_or(u32::MAX);
                term_hashes(&section.text[start..end], |hash| passages.postings.push((hash, sentence)));
                let (Ok(start), Ok(end)) = (u32::try_from(start), u32::try_from(end)) else { continue };
                passages.sentences.push(Sentence { section: number, start, end });
            }
        }
        passages.postings.sort_unstable();
        passages.postings.dedup();
        passages
    }

    /// Returns the sentences that hold a term.
    pub fn with_term(&self, hash: u32) -> impl Iterator<Item = usize> + '_ {
        let from = self.postings.partition_point(|p| p.0 < hash);
        self.postings[from..].iter().take_while(move |p| p.0 == hash).map(|p| p.1 as usize)
    }
}

/// Calls back with the hash of every term of a text but single ideographs. Pairs, which are most of a Chinese text, are
/// hashed without being made into strings: a large site does this for each hit that it shows.
pub fn term_hashes(text: &str, mut with: impl FnMut(u32)) {
    let folded = fold(text);
    let runs = runs(&folded);
    let mut buffer = [0; 8];
    for run in &runs {
        if let Run::Ideographs(from, to) = run {
            for pair in folded.chars[*from..*to].windows(2) {
                let first = pair[0].encode_utf8(&mut buffer).len();
                let second = pair[1].encode_utf8(&mut buffer[first..]).len();
                with(bytes_hash(&buffer[..first + second]));
            }
        }
    }
    if runs.iter().any(|r| matches!(r, Run::Word(_))) {
        for term in terms_of(&folded) {
            if matches!(term.kind, TermKind::Word | TermKind::Number) {
                with(term_hash(&term.text));
            }
        }
    }
}

/// Returns the byte ranges of a text's sentences, white space at their ends left out. A line's end is a sentence's end.
#[must_use]
pub fn sentences(text: &str) -> Vec<(usize, usize)> {
    let mut out = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let after = at + c.len_utf8();
        let ends = match c {
            '\n' | '。' | '！' | '？' | '；' => true,
            // A full stop inside a number or an abbreviation is followed by no space.
            '.' | '!' | '?' => chars.peek().is_none_or(|(_, next)| next.is_whitespace()),
            _ => false,
        };
        // Closing quotes and brackets belong to the sentence that they close.
        let closes = chars.peek().is_some_and(|(_, next)| matches!(next, '”' | '’' | '）' | ')' | '」' | '』' | '"'));
        let closed = matches!(c, '”' | '」' | '』') && text[..at].ends_with(['。', '！', '？']);
        if (ends && !closes) || closed {
            push_trimmed(text, start, after, &mut out);
            start = after;
        }
    }
    push_trimmed(text, start, text.len(), &mut out);
    out
}

fn push_trimmed(text: &str, start: usize, end: usize, out: &mut Vec<(usize, usize)>) {
    let part = &text[start..end];
    let trimmed = part.trim();
    if !trimmed.is_empty() {
        let from = start + (part.len() - part.trim_start().len());
        out.push((from, from + trimmed.len()));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn cut(text: &str) -> Vec<&str> {
        sentences(text).into_iter().map(|(s, e)| &text[s..e]).collect()
    }

    #[test]
    fn ends_a_sentence_where_a_reader_would() {
        assert_eq!(cut("先看记录。再付款！好吗"), ["先看记录。", "再付款！", "好吗"]);
        assert_eq!(cut("It is 0.5 % of it. Look first."), ["It is 0.5 % of it.", "Look first."]);
        assert_eq!(cut("他说：“好。”然后走了\n完"), ["他说：“好。”", "然后走了", "完"]);
    }

    #[test]
    fn hashes_every_term_but_single_ideographs() {
        let text = "GOpay 充值失败了，怎么办？Wi-Fi 0.5 錢包";
        let mut hashes = Vec::new();
        term_hashes(text, |h| hashes.push(h));
        hashes.sort_unstable();
        let kept = crate::text::terms(text).into_iter().filter(|t| t.kind != TermKind::Char);
        let mut expected: Vec<u32> = kept.map(|t| term_hash(&t.text)).collect();
        expected.sort_unstable();
        assert_eq!(hashes, expected);
    }

    proptest! {
        #[test]
        fn ranges_are_on_character_bounds_and_in_order(text in "(\\PC|[。！\n.”）]){0,60}") {
            let mut last = 0;
            for (start, end) in sentences(&text) {
                prop_assert!(start >= last && text.get(start..end).is_some_and(|s| !s.is_empty()));
                last = end;
            }
        }
    }
}
