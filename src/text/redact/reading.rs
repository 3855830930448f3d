//! How the privacy filter reads a text: in one width and case, without invisible characters, and knowing where each
//! character stood in the original.
//!
//! A card number may be typed in full-width digits, with zero-width spaces inside, in circled digits. The finders see
//! none of that: they look at the folded reading and name spans of it, and only the masking goes back to the original.

use std::ops::Range;

use super::{SecretKind, uttered};

/// Stands in a reading for one placeholder, so that no finder takes "[card]" for a cue or a value.
pub(super) const MASKED: char = '\u{E000}';

/// A text as the finders see it.
pub(super) struct Reading<'t> {
    /// The text as typed.
    typed: &'t str,
    text: String,
    /// For each byte of `text`: the bytes of the original character that it comes from.
    origin: Vec<Range<usize>>,
}

impl<'t> Reading<'t> {
    /// Folds `original`; existing placeholders become [`MASKED`].
    pub(super) fn of(original: &'t str) -> Self {
        let text = String::with_capacity(original.len());
        let mut reading = Self { typed: original, text, origin: Vec::with_capacity(original.len()) };
        let (mut at, mut spelled) = (0, Spelled::default());
        while let Some(c) = original[at..].chars().next() {
            if let Some(said) = uttered::at(original, at, c) {
                for (figure, span) in said.figures {
                    reading.push(figure, span);
                }
                at = said.end;
                continue;
            }
            let placeholder = if c == '[' { placeholder_at(&original[at..]) } else { None };
            let (folded, width) = match placeholder {
                Some(placeholder) => (Some(MASKED), placeholder.len()),
                None => (spelled.figure(original, at, c).or_else(|| fold(c)), c.len_utf8()),
            };
            if let Some(folded) = folded {
                reading.push(folded, at..at + width);
            } else if is_trailing(c) {
                // The frame of a keycap goes with its digit.
                reading.extend(at, at + width);
            }
            at += width;
        }
        reading
    }

    fn push(&mut self, folded: char, origin: Range<usize>) {
        self.text.push(folded);
        self.origin.resize(self.text.len(), origin);
    }

    /// Lets the last character end at `end` if it ended at `at`, where a mark on it begins.
    fn extend(&mut self, at: usize, end: usize) {
        let last = self.text.chars().next_back().map_or(0, char::len_utf8);
        for origin in self.origin.iter_mut().rev().take(last).filter(|origin| origin.end == at) {
            origin.end = end;
        }
    }

    /// The folded text.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where a span of the reading stood in the original. The span must not be empty.
    pub(super) fn original(&self, span: &Range<usize>) -> Range<usize> {
        self.origin[span.start].start..self.origin[span.end - 1].end
    }

    /// A span of the reading as it was typed, in its own case. The span must not be empty.
    pub(super) fn typed(&self, span: &Range<usize>) -> &'t str {
        &self.typed[self.original(span)]
    }

    /// At most `most` characters that stand before byte `at`.
    pub(super) fn before(&self, at: usize, most: usize) -> &str {
        let start = self.text[..at].char_indices().rev().take(most).last().map_or(at, |(i, _)| i);
        &self.text[start..at]
    }

    /// At most `most` characters that stand from byte `at` on.
    pub(super) fn after(&self, at: usize, most: usize) -> &str {
        let rest = &self.text[at..];
        let end = rest.char_indices().nth(most).map_or(rest.len(), |(i, _)| i);
        &rest[..end]
    }
}

/// Least digits in a row that are read as figures: those of a phone number. A passcode of fewer is `spelled`'s business,
/// and what has fewer is mostly words: "一五一十".
const LEAST_SPELLED: usize = 11;

/// What goes on as a word behind 一, so that the 一 is no digit: "…一一一 一直付不了".
const GOES_ON: &str = "直下个個共样樣起般定些点點次张張笔会會边邊旦切再路家种種句条條方半经律道同块塊番遍天年月日";

/// Where a long number in Chinese digits stands: “四一一一 一一一一 …”.
#[derive(Default)]
struct Spelled {
    /// Up to here Chinese digits are figures.
    end: usize,
    /// Up to here it is known whether they are.
    known: usize,
}

impl Spelled {
    /// The figure for a Chinese digit that is part of a long number.
    fn figure(&mut self, text: &str, at: usize, c: char) -> Option<char> {
        if at >= self.known && (c.is_ascii_digit() || chinese_figure(c).is_some()) {
            self.look(&text[at..], at);
        }
        chinese_figure(c).filter(|_| at < self.end)
    }

    /// Looks how far the digits at `at` go, in either writing. Most must be Chinese: "13812345678一二三" is two things.
    fn look(&mut self, rest: &str, at: usize) {
        let (mut ours, mut theirs, mut end, mut gap) = (0, 0, 0, 0);
        let mut characters = rest.char_indices().peekable();
        while let Some((i, c)) = characters.next() {
            let next = characters.peek().map(|&(_, next)| next);
            let is_word = c == '一' && next.is_some_and(|next| GOES_ON.contains(next));
            if chinese_figure(c).is_some() && !is_word {
                theirs += 1;
            } else if fold(c).is_some_and(|c| c.is_ascii_digit()) {
                ours += 1;
            } else if gap < 3 && fold(c).is_none_or(|c| matches!(c, ' ' | '-' | '.')) {
                gap += 1;
                continue;
            } else {
                break;
            }
            (end, gap) = (i + c.len_utf8(), 0);
        }
        self.known = at + end.max(1);
        if theirs + ours >= LEAST_SPELLED && theirs >= ours {
            self.end = self.known;
        }
    }
}

/// The figure that a Chinese digit stands for, in either of its writings.
fn chinese_figure(c: char) -> Option<char> {
    Some(match c {
        '零' | '〇' | '○' => '0',
        '一' | '壹' | '幺' => '1',
        '二' | '贰' | '貳' => '2',
        '三' | '叁' | '參' => '3',
        '四' | '肆' => '4',
        '五' | '伍' => '5',
        '六' | '陆' | '陸' => '6',
        '七' | '柒' => '7',
        '八' | '捌' => '8',
        '九' | '玖' => '9',
        _ => return None,
    })
}

fn placeholder_at(text: &str) -> Option<&'static str> {
    SecretKind::ALL.iter().map(|kind| kind.placeholder()).find(|placeholder| text.starts_with(placeholder))
}

/// Whether a character that cannot be seen by itself changes the look of the one before it.
fn is_trailing(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{20E3}')
}

/// One character as the finders see it; `None` for what cannot be seen.
fn fold(c: char) -> Option<char> {
    let code = u32::from(c);
    let digit = |zero: u32| char::from_digit((code - zero) % 10, 10);
    match c {
        '\t' | '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}' | '\u{3000}' => Some(' '),
        ' '..='~' => Some(c.to_ascii_lowercase()),
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' => None,
        '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{20E3}' => None,
        '\u{E0000}'..='\u{E01EF}' => None,
        // Punctuation of Chinese sentences stays itself: it ends clauses, its ASCII twin may be part of a password.
        '！' | '，' | '；' | '？' => Some(c),
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(code - 0xFEE0).map(|ascii| ascii.to_ascii_lowercase()),
        '￥' => Some('¥'),
        '\u{2010}'..='\u{2015}' | '\u{2043}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | 'ー' => Some('-'),
        '·' | '•' | '‧' | '∙' | '・' | '⋅' | '･' => Some('.'),
        '\u{660}'..='\u{669}' => digit(0x660),
        '\u{6F0}'..='\u{6F9}' => digit(0x6F0),
        '\u{966}'..='\u{96F}' => digit(0x966),
        '\u{2070}' | '\u{2074}'..='\u{2079}' => digit(0x2070),
        '\u{2080}'..='\u{2089}' => digit(0x2080),
        '¹' => Some('1'),
        '²' => Some('2'),
        '³' => Some('3'),
        '⓪' => Some('0'),
        '①'..='⑨' => digit(0x245F),
        '⑴'..='⑼' => digit(0x2473),
        '⒈'..='⒐' => digit(0x2487),
        '⓵'..='⓽' => digit(0x24F4),
        '⓿' | '🄋' | '🄌' => Some('0'),
        '❶'..='❾' => digit(0x2775),
        '➀'..='➈' => digit(0x277F),
        '➊'..='➒' => digit(0x2789),
        '\u{E50}'..='\u{E59}' => digit(0xE50),
        '\u{1D7CE}'..='\u{1D7FF}' => digit(0x1D7CE),
        // A customer's own private-use character must not pass for a placeholder.
        '\u{E000}'..='\u{F8FF}' => Some('\u{FFFD}'),
        _ => Some(c),
    }
}
