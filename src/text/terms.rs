//! Cuts a text into the terms that are indexed and searched: one tokenizer for both.
//!
//! Chinese, kana and Hangul give every character and every pair of neighbours: a word inside a longer word is found, a
//! typo spoils two pairs and not the whole, and no dictionary has to know the word. Other scripts give word stems.
//! A run with a digit in it (`e1101`, `2fa`, `0.5`) stays whole. Emoji and punctuation give nothing.

use crate::text::english::stem;
use crate::text::fold::{Folded, fold};
use crate::text::script::{CharClass, class};

/// What sort of thing a term is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TermKind {
    /// One ideograph.
    Char,
    /// Two neighbouring ideographs.
    Pair,
    /// A word's stem.
    Word,
    /// A run with a digit in it; never matched fuzzily.
    Number,
}

/// One term and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    /// What is indexed.
    pub text: String,
    /// What sort of thing it is.
    pub kind: TermKind,
    /// Counted in characters for ideographs and in words for the rest; a pair stands where its first character does.
    pub position: u32,
    /// The first byte in the original text.
    pub start: u32,
    /// The byte after the last.
    pub end: u32,
}

/// One word as written, folded but not stemmed, for those who correct spelling.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The folded letters and digits; apostrophes are gone (`can't` → `cant`).
    pub text: String,
    /// `Word` or `Number`.
    pub kind: TermKind,
    /// The half-open range of folded characters.
    pub from: usize,
    /// Its end.
    pub to: usize,
}

/// A stretch of a text: what the tokenizer sees before it makes terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Run {
    /// Ideographs, as a half-open range of folded characters.
    Ideographs(usize, usize),
    /// A word or number.
    Word(Word),
}

/// Longer runs of letters and digits are no words; they are cut here, in characters.
pub const LONGEST_WORD: usize = 64;

/// Cuts a text into terms.
#[must_use]
pub fn terms(text: &str) -> Vec<Term> {
    terms_of(&fold(text))
}

/// Cuts a folded text into terms.
#[must_use]
pub fn terms_of(folded: &Folded) -> Vec<Term> {
    let mut out = Vec::with_capacity(folded.chars.len() * 2);
    let mut position = 0;
    let mut joined: Option<(String, usize, u32)> = None;
    for run in runs(folded) {
        match run {
            Run::Ideographs(from, to) => {
                joined = None;
                for i in from..to {
                    let c = folded.chars[i];
                    out.push(term(folded, c.to_string(), TermKind::Char, position, i, i + 1));
                    if i + 1 < to {
                        let pair: String = [c, folded.chars[i + 1]].into_iter().collect();
                        out.push(term(folded, pair, TermKind::Pair, position, i, i + 2));
                    }
                    position += 1;
                }
            }
            Run::Word(word) => {
                let text = if word.kind == TermKind::Word { stem(&word.text).into_owned() } else { word.text.clone() };
                out.push(term(folded, text, word.kind, position, word.from, word.to));
                // `wi-fi` and `top-up` are also written without the hyphen.
                joined = match joined.take() {
                    Some((before, from, at)) if hyphen_between(folded, word.from) => {
                        let whole = before + &word.text;
                        let kind = if whole.chars().all(|c| class(c) == CharClass::Letter) {
                            TermKind::Word
                        } else {
                            TermKind::Number
                        };
                        let text = if kind == TermKind::Word { stem(&whole).into_owned() } else { whole.clone() };
                        out.push(term(folded, text, kind, at, from, word.to));
                        None
                    }
                    _ => Some((word.text.clone(), word.from, position)),
                };
                position += 1;
            }
        }
    }
    out
}

/// Cuts a folded text into runs of ideographs and words.
#[must_use]
pub fn runs(folded: &Folded) -> Vec<Run> {
    let chars = &folded.chars;
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        match class(chars[i]) {
            CharClass::Other => i += 1,
            CharClass::Ideograph => {
                let from = i;
                while i < chars.len() && class(chars[i]) == CharClass::Ideograph {
                    i += 1;
                }
                out.push(Run::Ideographs(from, i));
            }
            CharClass::Letter | CharClass::Digit => {
                let word = word_at(chars, i);
                i = word.to;
                out.push(Run::Word(word));
            }
        }
    }
    out
}

fn word_at(chars: &[char], from: usize) -> Word {
    let mut text = String::new();
    let (kind, to) = scan_word(chars, from, |c| text.push(c));
    Word { text, kind, from, to }
}

/// Walks over the word that begins at `from`: calls back with its characters as they are indexed, and returns what sort
/// of word it is and where it ends.
pub(crate) fn scan_word(chars: &[char], from: usize, mut with: impl FnMut(char)) -> (TermKind, usize) {
    let mut kind = TermKind::Word;
    let mut i = from;
    while i < chars.len() && i - from < LONGEST_WORD {
        match class(chars[i]) {
            CharClass::Letter => with(chars[i]),
            CharClass::Digit => {
                kind = TermKind::Number;
                with(chars[i]);
            }
            // Keeps `0.5` one number and reads `2,000` as 2000.
            CharClass::Other if matches!(chars[i], '.' | ',') && digits_around(chars, from, i) => {
                if chars[i] == '.' {
                    with('.');
                }
            }
            // Drops the apostrophe of `can't`, and a possessive altogether.
            CharClass::Other if matches!(chars[i], '\'' | '’' | '＇') && is_letter(chars.get(i + 1)) => {
                if chars[i + 1] == 's' && !is_letter(chars.get(i + 2)) {
                    i += 2;
                    break;
                }
            }
            _ => break,
        }
        i += 1;
    }
    (kind, i)
}

fn is_letter(c: Option<&char>) -> bool {
    c.is_some_and(|c| class(*c) == CharClass::Letter)
}

/// Tells whether the mark at `i` is inside a number: digits before it, and after it as many as the mark asks for.
fn digits_around(chars: &[char], from: usize, i: usize) -> bool {
    let digit = |j: usize| chars.get(j).is_some_and(char::is_ascii_digit);
    if i == from || !digit(i - 1) {
        return false;
    }
    if chars[i] == '.' { digit(i + 1) } else { digit(i + 1) && digit(i + 2) && digit(i + 3) && !digit(i + 4) }
}

fn hyphen_between(folded: &Folded, from: usize) -> bool {
    from >= 2
        && matches!(folded.chars[from - 1], '-' | '\u{2010}' | '\u{2011}')
        && matches!(class(folded.chars[from - 2]), CharClass::Letter | CharClass::Digit)
}

fn term(folded: &Folded, text: String, kind: TermKind, position: u32, from: usize, to: usize) -> Term {
    let start = folded.spans[from].0;
    let end = folded.spans[from..to].iter().map(|s| s.1).max().unwrap_or(start);
    Term { text, kind, position, start, end }
}

/// Tells whether a character says nothing of a query's topic: particles, pronouns, the verb “to be”.
#[must_use]
pub fn is_stop_char(c: char) -> bool {
    "的了吗呢啊吧呀么嘛哦哈啦是我你您他她它们这那个请和与及就都也还很在有会能要可以得着过吧怎什为何如哪多少几谁想说让给否样些"
        .contains(c)
}

/// Tells whether a term says nothing of a query's topic.
#[must_use]
pub fn is_stop_term(term: &Term) -> bool {
    match term.kind {
        TermKind::Char | TermKind::Pair => term.text.chars().all(is_stop_char),
        TermKind::Word => crate::text::english::is_stop_word(&term.text),
        TermKind::Number => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn texts(text: &str) -> Vec<String> {
        terms(text).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn cuts_both_scripts() {
        assert_eq!(texts("充值失败"), ["充", "充值", "值", "值失", "失", "失败", "败"]);
        assert_eq!(texts("GOpay充值fail"), ["gopay", "充", "充值", "值", "fail"]);
        assert_eq!(texts("Payments can't wait"), ["payment", "cant", "wait"]);
        assert_eq!(texts("the shop's fee"), ["the", "shop", "fee"]);
    }

    #[test]
    fn keeps_codes_and_numbers_whole() {
        assert_eq!(texts("E1101"), ["e1101"]);
        assert_eq!(texts("Ｅ１１０１！"), ["e1101"]);
        assert_eq!(texts("0.5% of 2,000"), ["0.5", "of", "2000"]);
        assert_eq!(texts("1,2"), ["1", "2"]);
    }

    #[test]
    fn joins_what_a_hyphen_parts() {
        assert_eq!(texts("Wi-Fi"), ["wi", "fi", "wifi"]);
        assert_eq!(texts("top-ups"), ["top", "up", "topup"]);
    }

    #[test]
    fn drops_what_is_not_a_word() {
        assert!(texts("😀！？ …—").is_empty());
    }

    #[test]
    fn one_cut_serves_all_spellings() {
        assert_eq!(texts("網路不穩定"), texts("网络不稳定"));
        assert_eq!(texts("ＷＩＦＩ"), texts("wifi"));
    }

    proptest! {
        #[test]
        fn every_term_stands_where_it_says(text in "(\\PC|[網路充值失败a-z0-9 .,'-]){0,60}") {
            for t in terms(&text) {
                prop_assert!(!t.text.is_empty());
                prop_assert!(text.get(t.start as usize..t.end as usize).is_some_and(|s| !s.is_empty()), "{:?}", t);
            }
        }

        #[test]
        fn a_text_in_a_longer_text_keeps_its_terms(word in "[一-龥]{1,4}", before in "[一-龥]{0,3}", after in "[一-龥]{0,3}") {
            prop_assume!(!(before.clone() + &word + &after).chars().any(|c| crate::text::fold::to_simplified(c) != c));
            let longer = texts(&format!("{before}{word}{after}"));
            for t in texts(&word) {
                prop_assert!(longer.contains(&t));
            }
        }
    }
}
