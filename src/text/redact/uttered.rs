//! Digits in English words: "four eight one nine oh two", "double four". A row of them is read as figures, and counts
//! like them.

use std::ops::Range;

/// Least digits in a row that are read as figures, as many as a card's security code has. Fewer are words of a sentence.
const LEAST_DIGITS: usize = 3;
/// At least so many of them are words.
const LEAST_WORDS: usize = 2;
/// Most digits in a row: more are no number that anybody has.
const MOST_DIGITS: usize = 24;

const WORDS: [(&str, char); 12] = [
    ("zero", '0'),
    ("nought", '0'),
    ("one", '1'),
    ("two", '2'),
    ("three", '3'),
    ("four", '4'),
    ("five", '5'),
    ("six", '6'),
    ("seven", '7'),
    ("eight", '8'),
    ("nine", '9'),
    ("niner", '9'),
];

/// Digits that are said in words, without what stands between them.
pub(super) struct Uttered {
    /// Each figure, and the word that it comes from.
    pub(super) figures: Vec<(char, Range<usize>)>,
    /// Where the last word ends.
    pub(super) end: usize,
}

/// Returns the digits that begin with the word at `start`, whose first character is `first`.
pub(super) fn at(text: &str, start: usize, first: char) -> Option<Uttered> {
    let may_begin = matches!(first.to_ascii_lowercase(), 'z' | 'n' | 'o' | 't' | 'f' | 's' | 'e' | 'd');
    // Ideographs need no space before a word.
    let in_word = text[..start].ends_with(|c: char| c.is_alphanumeric() && c < '\u{2E80}');
    if !may_begin || in_word {
        return None;
    }
    let mut said = Uttered { figures: Vec::new(), end: start };
    let (mut at, mut words) = (start, 0);
    while said.figures.len() < MOST_DIGITS {
        let Some((figure, times, end)) = token(text, at, !said.figures.is_empty()) else { break };
        words += usize::from(!text[at..end].starts_with(|c: char| c.is_ascii_digit()));
        said.figures.extend((0..times).map(|_| (figure, at..end)));
        said.end = end;
        at = end + gap(&text[end..]);
        if at == end {
            break;
        }
    }
    (said.figures.len() >= LEAST_DIGITS && words >= LEAST_WORDS).then_some(said)
}

/// The digit at `at`, how often it is said, and where that ends. Inside a row ("oh", a figure) more is a digit than at its
/// beginning.
fn token(text: &str, at: usize, inside: bool) -> Option<(char, usize, usize)> {
    let times = [("double", 2), ("triple", 3), ("treble", 3)].into_iter().find_map(|(word, times)| {
        let end = at + word_length(&text[at..]);
        let gap = text[end..].bytes().take_while(|byte| matches!(byte, b' ' | b'-')).count();
        (text[at..end].eq_ignore_ascii_case(word) && (1..=2).contains(&gap)).then_some((times, end + gap))
    });
    let (times, start) = times.unwrap_or((1, at));
    let end = start + word_length(&text[start..]);
    let word = &text[start..end];
    let said = WORDS.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(word)).map(|(_, figure)| figure);
    let oh = || (inside || times > 1) && (word.eq_ignore_ascii_case("oh") || word.eq_ignore_ascii_case("o"));
    let figure = || word.chars().next().filter(|c| inside && word.len() == 1 && c.is_ascii_digit());
    let digit = said.or_else(|| oh().then_some('0')).or_else(figure)?;
    Some((digit, times, end))
}

/// How long the word is that a text begins with.
fn word_length(text: &str) -> usize {
    let length = text.bytes().take_while(u8::is_ascii_alphanumeric).take(8).count();
    // What goes on in another script or after eight letters is no digit.
    if text[length..].starts_with(|c: char| c.is_ascii_alphanumeric()) { 0 } else { length }
}

/// How long what may stand between two digits is.
fn gap(text: &str) -> usize {
    let separates = |c: &char| matches!(c, ' ' | ',' | '-' | '.' | '–' | '\u{A0}');
    text.chars().take(3).take_while(separates).map(char::len_utf8).sum()
}
