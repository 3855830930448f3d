//! The passage that answers, with `<mark>` on what matched and no other tag.

use std::borrow::Cow;

use rustc_hash::FxHashMap;

use crate::base::SafeHtml;
use crate::base::html::push_escaped;
use crate::kb::Article;
use crate::kb::passages::{Passages, Sentence, Token, each_sentence, term_hash};
use crate::search::rank::QueryTerm;
use crate::text::english::stem;
use crate::text::fold::fold;
use crate::text::script::{CharClass, class, is_han};
use crate::text::terms::{TermKind, scan_word};

/// How long a snippet may grow, in columns; an ideograph takes two.
const COLUMNS: usize = 180;

/// What of a query is looked for in a text.
#[derive(Debug, Default)]
pub(crate) struct Highlighter {
    pairs: FxHashMap<(char, char), usize>,
    chars: FxHashMap<char, usize>,
    words: FxHashMap<String, usize>,
    /// What each of them counts, and the hash under which passages know it.
    wanted: Vec<(f32, u32)>,
    /// The [`bit`]s of the ideographs that a pair or a single one begins with. Most characters of a text are none.
    ideographs: u64,
    /// The same for words. A word and its stem begin with the same letter.
    initials: u64,
    /// Bits of the wanted hashes: most of a text's terms have none of them.
    hashes: u64,
}

/// Adds a range to those before it, none of which begins later, except that a whole word with a hyphen follows its parts.
fn push_range(ranges: &mut Vec<(usize, usize)>, start: usize, end: usize) {
    match ranges.last_mut() {
        Some(last) if start <= last.1 => *last = (last.0.min(start), last.1.max(end)),
        _ => ranges.push((start, end)),
    }
}

/// Returns the place of a character among 64.
fn bit(c: char) -> u64 {
    1 << (u32::from(c) & 63)
}

/// A passage of an article.
#[derive(Debug, PartialEq)]
pub(crate) struct Passage {
    /// The marked text.
    pub(crate) html: SafeHtml,
    /// The anchor of the section it stands in, where it stands in one.
    pub(crate) anchor: Option<String>,
}

impl Highlighter {
    /// Takes the telling terms of a query.
    pub(crate) fn new(terms: &[QueryTerm]) -> Self {
        let mut highlighter = Highlighter::default();
        for term in terms.iter().filter(|t| t.telling) {
            let at = highlighter.wanted.len();
            let hash = term_hash(&term.text);
            highlighter.wanted.push((term.weight, hash));
            highlighter.hashes |= 1 << (hash & 63);
            let mut chars = term.text.chars();
            let Some(first) = chars.next() else { continue };
            match (chars.next(), chars.next()) {
                (Some(second), None) if is_han(first) && is_han(second) => {
                    highlighter.pairs.insert((first, second), at);
                    highlighter.ideographs |= bit(first);
                }
                (None, _) if is_han(first) => {
                    highlighter.chars.insert(first, at);
                    highlighter.ideographs |= bit(first);
                }
                _ => {
                    highlighter.words.insert(term.text.clone(), at);
                    highlighter.initials |= bit(first);
                }
            }
        }
        highlighter
    }

    /// Escapes a text and marks what matches. `tokens` are its terms where they are known, counted in bytes from `from`
    /// bytes before it.
    pub(crate) fn mark(&self, text: &str, tokens: Option<&[Token]>, from: u32) -> SafeHtml {
        let mut out = String::with_capacity(text.len() + 64);
        let mut at = 0;
        let ranges = match tokens {
            // Tokens are no single ideographs.
            Some(tokens) if self.chars.is_empty() => self.ranges_of(tokens, from),
            _ => self.ranges(text),
        };
        for (start, end) in ranges {
            // A text may be cut off before its last tokens.
            let (Some(before), Some(marked)) = (text.get(at..start), text.get(start..end)) else { break };
            push_escaped(&mut out, before);
            out.push_str("<mark>");
            push_escaped(&mut out, marked);
            out.push_str("</mark>");
            at = end;
        }
        push_escaped(&mut out, &text[at..]);
        SafeHtml::trusted(out)
    }

    /// Returns the byte ranges of known tokens that match, apart and in order.
    fn ranges_of(&self, tokens: &[Token], from: u32) -> Vec<(usize, usize)> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for token in tokens.iter().filter(|t| self.hashes & (1 << (t.hash & 63)) != 0) {
            if self.wanted.iter().any(|(_, hash)| *hash == token.hash) {
                push_range(&mut ranges, (token.start - from) as usize, (token.end - from) as usize);
            }
        }
        ranges
    }

    /// Returns the byte ranges that match, apart and in order.
    fn ranges(&self, text: &str) -> Vec<(usize, usize)> {
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        self.find(text, |_, start, end| push_range(&mut ranges, start, end));
        ranges
    }

    /// Calls back for each term that a text holds, in the order of the text: with its place among the wanted ones, and
    /// the bytes from which and to which it stands.
    fn find(&self, text: &str, mut with: impl FnMut(usize, usize, usize)) {
        let folded = fold(text);
        let chars = &folded.chars;
        let span = |from: usize, to: usize| {
            let ends = folded.spans[from..to].iter().map(|s| s.1).max();
            (folded.spans[from].0 as usize, ends.unwrap_or_default() as usize)
        };
        let mut i = 0;
        while i < chars.len() {
            let c = chars[i];
            match class(c) {
                CharClass::Other => i += 1,
                CharClass::Ideograph => {
                    if self.ideographs & bit(c) != 0 {
                        let pair = chars.get(i + 1).and_then(|next| self.pairs.get(&(c, *next)));
                        if let Some(&at) = pair {
                            let (start, end) = span(i, i + 2);
                            with(at, start, end);
                        } else if let Some(&at) = self.chars.get(&c) {
                            let (start, end) = span(i, i + 1);
                            with(at, start, end);
                        }
                    }
                    i += 1;
                }
                CharClass::Letter | CharClass::Digit => {
                    if self.initials & bit(c) == 0 {
                        i = scan_word(chars, i, |_| {}).1;
                        continue;
                    }
                    let mut word = String::new();
                    let (kind, to) = scan_word(chars, i, |c| word.push(c));
                    let at = match kind {
                        TermKind::Word => self.words.get(stem(&word).as_ref()),
                        _ => self.words.get(&word),
                    };
                    if let Some(&at) = at {
                        let (start, end) = span(i, to);
                        with(at, start, end);
                    }
                    i = to;
                }
            }
        }
    }

    /// Returns what each sentence of an article that is not kept cut holds of what is looked for.
    fn read(&self, article: &Article) -> (Vec<f32>, Vec<Sentence>) {
        let (mut scores, mut sentences) = (Vec::new(), Vec::new());
        // Which sentence had each term last: one that has it twice has it once.
        let mut last = vec![usize::MAX; self.wanted.len()];
        each_sentence(article, |sentence, text| {
            let (number, mut score) = (sentences.len(), 0.0);
            self.find(text, |at, _, _| {
                if std::mem::replace(&mut last[at], number) != number {
                    score += self.wanted[at].0;
                }
            });
            sentences.push(sentence);
            scores.push(score);
        });
        (scores, sentences)
    }
}

/// Returns the passage of an article that holds most of the query; the summary where no sentence holds any of it. The
/// summary is written to be read alone: it wins unless a sentence says more of what was asked. `known` are the article's
/// passages where they are kept.
pub(crate) fn passage(article: &Article, known: Option<&Passages>, highlighter: &Highlighter) -> Passage {
    let read;
    let mut scores: Vec<f32>;
    let sentences = if let Some(passages) = known {
        scores = vec![0.0; passages.sentences.len()];
        for &(weight, hash) in &highlighter.wanted {
            passages.with_term(hash).for_each(|sentence| scores[sentence] += weight);
        }
        &passages.sentences
    } else {
        (scores, read) = highlighter.read(article);
        &read
    };
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    let best = best.filter(|(_, score)| **score > 0.0).map_or(0, |(at, _)| at);
    let first = sentences[best];
    let (text, anchor) = match first.section.and_then(|s| article.sections.get(s as usize)) {
        Some(section) => (&section.text, section.anchor.as_ref()),
        None => (&article.summary, None),
    };
    let (start, mut end, mut to) = (first.start as usize, first.end as usize, best + 1);
    let mut width = columns(&text[start..end]);
    for next in sentences[to..].iter().take_while(|s| s.section == first.section) {
        width += columns(&text[end..next.end as usize]);
        if width > COLUMNS {
            break;
        }
        (end, to) = (next.end as usize, to + 1);
    }
    let tokens = known.map(|passages| passages.tokens(best, to));
    let text = clip(&text[start..end]).replace('\n', " ");
    Passage { html: highlighter.mark(&text, tokens, first.start), anchor: anchor.cloned() }
}

/// Cuts a text that is too long at a word's bound.
fn clip(text: &str) -> Cow<'_, str> {
    if columns(text) <= COLUMNS {
        return Cow::Borrowed(text);
    }
    let mut width = 0;
    let mut cut = 0;
    let mut space = None;
    for (at, c) in text.char_indices() {
        width += if c.is_ascii() { 1 } else { 2 };
        if width > COLUMNS {
            break;
        }
        cut = at + c.len_utf8();
        if c == ' ' {
            space = Some(at);
        }
    }
    let inside_word = text[cut..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let cut = if inside_word { space.unwrap_or(cut) } else { cut };
    Cow::Owned(format!("{}…", text[..cut].trim_end()))
}

fn columns(text: &str) -> usize {
    text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn highlighter(terms: &[&str]) -> Highlighter {
        let terms: Vec<QueryTerm> = terms
            .iter()
            .map(|t| QueryTerm { text: (*t).to_owned(), weight: 1.0, telling: true, stop: false })
            .collect();
        Highlighter::new(&terms)
    }

    #[test]
    fn marks_whole_words_in_both_scripts() {
        assert_eq!(
            highlighter(&["充值", "值方"]).mark("GOpay 充值方式", None, 0).as_str(),
            "GOpay <mark>充值方</mark>式"
        );
        assert_eq!(
            highlighter(&["payment"]).mark("Two payments, repayment", None, 0).as_str(),
            "Two <mark>payments</mark>, repayment"
        );
        assert_eq!(highlighter(&["网络"]).mark("檢查網路", None, 0).as_str(), "檢查<mark>網路</mark>");
    }

    #[test]
    fn escapes_what_it_does_not_mark() {
        assert_eq!(highlighter(&["b"]).mark("<b>&\"", None, 0).as_str(), "&lt;<mark>b</mark>&gt;&amp;&quot;");
    }

    proptest! {
        #[test]
        fn gives_only_mark_tags_and_loses_nothing(text in "(\\PC|[<>&\"'充值a b]){0,60}") {
            let html = highlighter(&["充值", "a", "mark"]).mark(&text, None, 0).into_string();
            let bare = html.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains('<') && !bare.contains('>'));
            let back = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
