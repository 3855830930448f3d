//! The sentences of each article and which terms they hold, so that a snippet is found without reading the article.

use rustc_hash::FxHasher;
use std::hash::Hasher;

use crate::content::Article;
use crate::text::terms::{TermKind, terms};

/// One sentence of an article.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sentence {
    /// The section it stands in; none for the summary, which is taken whole.
    pub section: Option<u32>,
    /// Its first byte in the section's text or the summary.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

/// A term where it stands in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// The term's hash.
    pub hash: u32,
    /// Its first byte.
    pub start: u32,
    /// The byte after its last.
    pub end: u32,
}

/// An article's sentences and their terms.
#[derive(Debug, Clone, Default)]
pub struct Passages {
    /// The summary, then the body in reading order.
    pub sentences: Vec<Sentence>,
    /// The title's terms, in their order.
    pub title: Vec<Token>,
    /// Every sentence's terms in their order, counted in bytes from where the section or the summary begins.
    tokens: Vec<Token>,
    /// For each sentence its first token, and their number.
    starts: Vec<u32>,
    /// Hashes of terms, in order.
    hashes: Vec<u32>,
    /// The sentence that holds the term of the same place in `hashes`.
    places: Vec<u32>,
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

/// Calls back with each sentence of an article: the summary, then the body in reading order.
pub fn each_sentence<'a>(article: &'a Article, mut with: impl FnMut(Sentence, &'a str)) {
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    with(Sentence { section: None, start: 0, end: place(article.summary.len()) }, &article.summary);
    for (section, number) in article.sections.iter().zip(0..) {
        for (start, end) in sentences(&section.text) {
            let sentence = Sentence { section: Some(number), start: place(start), end: place(end) };
            with(sentence, &section.text[start..end]);
        }
    }
}

impl Passages {
    /// Cuts an article's summary and sections into sentences.
    #[must_use]
    pub fn of(article: &Article) -> Self {
        let mut passages = Passages { title: tokens(&article.title), starts: vec![0], ..Passages::default() };
        let mut postings: Vec<(u32, u32)> = Vec::new();
        each_sentence(article, |sentence, text| {
            let at = passages.sentences.len() as u32;
            for token in tokens(text) {
                postings.push((token.hash, at));
                let (start, end) = (token.start + sentence.start, token.end + sentence.start);
                passages.tokens.push(Token { start, end, ..token });
            }
            passages.starts.push(passages.tokens.len() as u32);
            passages.sentences.push(sentence);
        });
        postings.sort_unstable();
        postings.dedup();
        (passages.hashes, passages.places) = postings.into_iter().unzip();
        passages
    }

    /// Returns the sentences that hold a term.
    pub fn with_term(&self, hash: u32) -> impl Iterator<Item = usize> + '_ {
        let from = self.hashes.partition_point(|h| *h < hash);
        let same = self.hashes[from..].iter().take_while(move |h| **h == hash);
        same.zip(&self.places[from..]).map(|(_, place)| *place as usize)
    }

    /// Returns the terms of neighbouring sentences, `from` up to but not `to`, in their order.
    #[must_use]
    pub fn tokens(&self, from: usize, to: usize) -> &[Token] {
        &self.tokens[self.starts[from] as usize..self.starts[to] as usize]
    }
}

/// Returns the terms of a text but single ideographs, in their order. Of a word with a hyphen the whole comes last.
fn tokens(text: &str) -> Vec<Token> {
    let kept = terms(text).into_iter().filter(|t| t.kind != TermKind::Char);
    kept.map(|t| Token { hash: term_hash(&t.text), start: t.start, end: t.end }).collect()
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

    fn article(summary: &str, text: &str) -> Article {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("zh-CN/help")).unwrap();
        let source = format!("---\ntitle: 充值\nsummary: {summary}\n---\n\n{text}\n");
        std::fs::write(dir.path().join("zh-CN/help/a.md"), source).unwrap();
        crate::content::load(dir.path()).unwrap().content.articles.remove(0)
    }

    #[test]
    fn knows_where_each_term_stands() {
        let article = article("先看记录。", "GOpay 充值失败了，怎么办？Wi-Fi 0.5 錢包。");
        let passages = Passages::of(&article);
        assert_eq!(passages.sentences.len(), 3);
        let body = &article.sections[0].text;
        let second = passages.tokens(2, 3);
        let written: Vec<&str> = second.iter().map(|t| &body[t.start as usize..t.end as usize]).collect();
        assert_eq!(written, ["Wi", "Fi", "Wi-Fi", "0.5", "錢包"]);
        assert_eq!(second[4].hash, term_hash("钱包"));
        assert_eq!(passages.with_term(term_hash("充值")).collect::<Vec<_>>(), [1]);
        assert_eq!(passages.title.len(), 1);
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
