//! How the privacy filter reads a text: in one width and case, without invisible characters, and knowing where each
//! character stood in the original.
//!
//! A card number may be typed in full-width digits, with zero-width spaces inside, in circled digits. The finders see
//! none of that: they look at the folded reading and name spans of it, and only the masking goes back to the original.

use std::ops::Range;

use super::SecretKind;

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
        let mut at = 0;
        while let Some(c) = original[at..].chars().next() {
            let placeholder = if c == '[' { placeholder_at(&original[at..]) } else { None };
            let (folded, width) = match placeholder {
                Some(placeholder) => (Some(MASKED), placeholder.len()),
                None => (fold(c), c.len_utf8()),
            };
            if let Some(folded) = folded {
                reading.text.push(folded);
                reading.origin.resize(reading.text.len(), at..at + width);
            }
            at += width;
        }
        reading
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

fn placeholder_at(text: &str) -> Option<&'static str> {
    SecretKind::ALL.iter().map(|kind| kind.placeholder()).find(|placeholder| text.starts_with(placeholder))
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
        '\u{1D7CE}'..='\u{1D7FF}' => digit(0x1D7CE),
        // A customer's own private-use character must not pass for a placeholder.
        '\u{E000}'..='\u{F8FF}' => Some('\u{FFFD}'),
        _ => Some(c),
    }
}
