//! Whether a declared term occurs in a text: ideographs anywhere, words as whole words in a row.

use crate::text::fold::fold;
use crate::text::script::{CharClass, class};
use crate::text::terms::{Run, runs};

/// Returns a text in the form that terms are looked up in: folded letters and digits, words with a space on both
/// sides, nothing between ideographs, and a space at both ends.
#[must_use]
pub fn haystack(text: &str) -> String {
    let folded = fold(text);
    let mut out = String::with_capacity(text.len() + 8);
    out.push(' ');
    for run in runs(&folded) {
        match run {
            Run::Word(word) => {
                if !out.ends_with(' ') {
                    out.push(' ');
                }
                out.push_str(&word.text);
                out.push(' ');
            }
            Run::Ideographs(from, to) => out.extend(&folded.chars[from..to]),
        }
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

/// Returns a term as it stands in a [`haystack`]: a space where it begins or ends with a Latin word, so that it is
/// found as a whole word. Empty when the term has no letter or digit.
#[must_use]
pub fn needle(term: &str) -> String {
    let text = haystack(term);
    let trimmed = text.trim();
    let latin = |c: Option<char>| c.is_some_and(|c| class(c) != CharClass::Ideograph);
    if trimmed.is_empty() {
        return String::new();
    }
    let mut out = String::with_capacity(trimmed.len() + 2);
    if latin(trimmed.chars().next()) {
        out.push(' ');
    }
    out.push_str(trimmed);
    if latin(trimmed.chars().last()) {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_words_whole_and_ideographs_anywhere() {
        let has = |text: &str, term: &str| haystack(text).contains(&needle(term));
        assert!(has("我要找人工客服", "人工"));
        assert!(has("I want a HUMAN!", "human") && !has("humanity", "human"));
        assert!(has("GOpay充值", "gopay") && has("用wifi付款", "wifi"));
        assert!(has("talk to  a-person", "to a person"));
        assert!(needle("…").is_empty());
    }
}
