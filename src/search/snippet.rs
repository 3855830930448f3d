//! The passage that answers, with `<mark>` on what matched and no other tag.

use rustc_hash::FxHashSet;

use crate::base::SafeHtml;
use crate::base::html::push_escaped;
use crate::kb::Article;
use crate::kb::passages::{Passages, term_hashes};
use crate::search::rank::QueryTerm;
use crate::text::english::stem;
use crate::text::fold::fold;
use crate::text::script::is_han;
use crate::text::terms::{Run, TermKind, runs};

/// How long a snippet may grow, in columns; an ideograph takes two.
const COLUMNS: usize = 180;

/// What of a query is marked in a text.
#[derive(Debug, Default)]
pub(crate) struct Highlighter {
    pairs: FxHashSet<(char, char)>,
    chars: FxHashSet<char>,
    words: FxHashSet<String>,
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
            let mut chars = term.text.chars();
            match (chars.next(), chars.next(), chars.next()) {
                (Some(a), Some(b), None) if is_han(a) && is_han(b) => _ = highlighter.pairs.insert((a, b)),
                (Some(a), None, None) if is_han(a) => _ = highlighter.chars.insert(a),
                _ => _ = highlighter.words.insert(term.text.clone()),
            }
        }
        highlighter
    }

    /// Escapes a text and marks what matches.
    pub(crate) fn mark(&self, text: &str) -> SafeHtml {
        let mut out = String::with_capacity(text.len() + 32);
        let mut at = 0;
        for (start, end) in self.ranges(text) {
            push_escaped(&mut out, &text[at..start]);
            out.push_str("<mark>");
            push_escaped(&mut out, &text[start..end]);
            out.push_str("</mark>");
            at = end;
        }
        push_escaped(&mut out, &text[at..]);
        SafeHtml::trusted(out)
    }

    /// Returns the byte ranges that match, apart and in order.
    fn ranges(&self, text: &str) -> Vec<(usize, usize)> {
        let folded = fold(text);
        let mut marked = vec![false; folded.chars.len()];
        for run in runs(&folded) {
            match run {
                Run::Ideographs(from, to) => {
                    for i in from..to {
                        let pair = i + 1 < to && self.pairs.contains(&(folded.chars[i], folded.chars[i + 1]));
                        if pair {
                            marked[i] = true;
                            marked[i + 1] = true;
                        } else if self.chars.contains(&folded.chars[i]) {
                            marked[i] = true;
                        }
                    }
                }
                Run::Word(word) => {
                    let hit = match word.kind {
                        TermKind::Word => self.words.contains(stem(&word.text).as_ref()),
                        _ => self.words.contains(&word.text),
                    };
                    if hit {
                        marked[word.from..word.to].fill(true);
                    }
                }
            }
        }
        let mut ranges: Vec<(usize, usize)> = Vec::new();
        for (i, _) in marked.iter().enumerate().filter(|(_, m)| **m) {
            let (start, end) = (folded.spans[i].0 as usize, folded.spans[i].1 as usize);
            match ranges.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => ranges.push((start, end)),
            }
        }
        ranges
    }
}

/// Returns the passage of an article that holds most of the query; the summary where no sentence holds any of it.
pub(crate) fn passage(
    article: &Article,
    passages: &Passages,
    terms: &[(u32, f32)],
    highlighter: &Highlighter,
) -> Passage {
    let mut scores = vec![0.0f32; passages.sentences.len()];
    for &(hash, weight) in terms {
        for sentence in passages.with_term(hash) {
            scores[sentence] += weight;
        }
    }
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    let Some((best, score)) = best.filter(|(_, score)| **score > 0.0) else {
        return Passage { html: highlighter.mark(&clip(&article.summary)), anchor: None };
    };
    let first = passages.sentences[best];
    let section = &article.sections[first.section as usize];
    // The summary is written to be read alone; it wins unless a sentence says more of what was asked.
    let in_summary: f32 = summary_score(&article.summary, terms);
    if in_summary >= *score {
        return Passage { html: highlighter.mark(&clip(&article.summary)), anchor: None };
    }
    let mut end = first.end as usize;
    for next in passages.sentences[best + 1..].iter().take_while(|s| s.section == first.section) {
        if columns(&section.text[first.start as usize..next.end as usize]) > COLUMNS {
            break;
        }
        end = next.end as usize;
    }
    let text = section.text[first.start as usize..end].replace('\n', " ");
    Passage { html: highlighter.mark(&clip(&text)), anchor: section.anchor.clone() }
}

fn summary_score(summary: &str, terms: &[(u32, f32)]) -> f32 {
    let mut seen = FxHashSet::default();
    term_hashes(summary, |hash| _ = seen.insert(hash));
    terms.iter().filter(|(hash, _)| seen.contains(hash)).map(|(_, weight)| weight).sum()
}

/// Cuts a text that is too long at a word's bound.
fn clip(text: &str) -> String {
    if columns(text) <= COLUMNS {
        return text.to_owned();
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
    format!("{}…", text[..cut].trim_end())
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
        assert_eq!(highlighter(&["充值", "值方"]).mark("GOpay 充值方式").as_str(), "GOpay <mark>充值方</mark>式");
        assert_eq!(
            highlighter(&["payment"]).mark("Two payments, repayment").as_str(),
            "Two <mark>payments</mark>, repayment"
        );
        assert_eq!(highlighter(&["网络"]).mark("檢查網路").as_str(), "檢查<mark>網路</mark>");
    }

    #[test]
    fn escapes_what_it_does_not_mark() {
        assert_eq!(highlighter(&["b"]).mark("<b>&\"").as_str(), "&lt;<mark>b</mark>&gt;&amp;&quot;");
    }

    proptest! {
        #[test]
        fn gives_only_mark_tags_and_loses_nothing(text in "(\\PC|[<>&\"'充值a b]){0,60}") {
            let html = highlighter(&["充值", "a", "mark"]).mark(&text).into_string();
            let bare = html.replace("<mark>", "").replace("</mark>", "");
            prop_assert!(!bare.contains('<') && !bare.contains('>'));
            let back = bare.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }
    }
}
