//! One normalisation for index and query: what differs only in writing becomes equal.
//!
//! NFKC (full-width and compatibility forms), lower case, Latin letters without their diacritics, and Traditional
//! Chinese in its Taiwan and Hong Kong forms to Simplified with the mainland's words (`網路` → `网络`). Every folded
//! character remembers which bytes of the original it stands for, so that a match can be marked there.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use crate::text::script::is_han;

/// A folded text and where each of its characters came from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// For each of them the bytes of the original that it stands for. Never empty, never decreasing.
    pub spans: Vec<(u32, u32)>,
}

/// Folds a text. A text of more than 4 GiB is cut there.
#[must_use]
pub fn fold(text: &str) -> Folded {
    let mut folded = Folded { chars: Vec::with_capacity(text.len()), spans: Vec::with_capacity(text.len()) };
    let mut has_traditional = false;
    for (at, c) in text.char_indices() {
        let Ok(start) = u32::try_from(at) else { break };
        let Ok(end) = u32::try_from(at + c.len_utf8()) else { break };
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase(), start, end);
        } else if matches!(c, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}') {
            has_traditional |= to_simplified(c) != c;
            folded.push(c, start, end);
        } else {
            for n in std::iter::once(c).nfkc() {
                for l in n.to_lowercase() {
                    has_traditional |= push_without_diacritics(&mut folded, l, start, end);
                }
            }
        }
    }
    if has_traditional { simplify(&folded) } else { folded }
}

/// Folds a text to a string, when nobody needs to know where it came from.
#[must_use]
pub fn fold_str(text: &str) -> String {
    fold(text).chars.into_iter().collect()
}

impl Folded {
    fn push(&mut self, c: char, start: u32, end: u32) {
        self.chars.push(c);
        self.spans.push((start, end));
    }
}

/// Appends a compatibility-normalised lower-case character; tells whether it is a Traditional one.
fn push_without_diacritics(folded: &mut Folded, c: char, start: u32, end: u32) -> bool {
    if is_han(c) {
        folded.push(c, start, end);
        return to_simplified(c) != c;
    }
    if is_combining_mark(c) {
        // A mark that stood alone after its letter: part of that letter.
        if let Some(last) = folded.spans.last_mut() {
            last.1 = end;
        }
        return false;
    }
    let base = std::iter::once(c).nfd().next().unwrap_or(c);
    // Only Latin loses its marks: in other scripts (й, が) they make another letter.
    folded.push(if base.is_ascii() { base } else { c }, start, end);
    false
}

static CONVERTER: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::Tw2sp).ok());
static VARIANTS: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::Hk2s).ok());

const TABLE_START: u32 = 0x3400;
const TABLE_END: u32 = 0xA000;

/// For every character of the two main Han blocks its Simplified form, made once from the converter's own dictionary.
static SIMPLIFIED: LazyLock<Vec<char>> = LazyLock::new(|| {
    let all: Vec<char> = (TABLE_START..TABLE_END).filter_map(char::from_u32).collect();
    let Some(converter) = VARIANTS.as_ref() else { return all };
    // One call with separators: a call for each of 27,000 characters would cost the start 100 ms.
    let joined: String = all.iter().flat_map(|c| [*c, '\n']).collect();
    let converted = converter.convert(&joined);
    let mut table = all;
    for (slot, line) in table.iter_mut().zip(converted.split('\n')) {
        let mut chars = line.chars();
        if let (Some(c), None) = (chars.next(), chars.next()) {
            *slot = c;
        }
    }
    table
});

/// Returns a character's Simplified form, or the character itself.
#[must_use]
pub fn to_simplified(c: char) -> char {
    let code = u32::from(c);
    if (TABLE_START..TABLE_END).contains(&code) { SIMPLIFIED[(code - TABLE_START) as usize] } else { c }
}

/// Converts each run of Han characters that has a Traditional one.
fn simplify(from: &Folded) -> Folded {
    let mut to = Folded { chars: Vec::with_capacity(from.chars.len()), spans: Vec::with_capacity(from.chars.len()) };
    let mut i = 0;
    while i < from.chars.len() {
        let run = from.chars[i..].iter().take_while(|c| is_han(**c)).count();
        if run == 0 {
            to.push(from.chars[i], from.spans[i].0, from.spans[i].1);
            i += 1;
            continue;
        }
        let (chars, spans) = (&from.chars[i..i + run], &from.spans[i..i + run]);
        if chars.iter().any(|c| to_simplified(*c) != *c) {
            simplify_run(chars, spans, &mut to);
        } else {
            to.chars.extend_from_slice(chars);
            to.spans.extend_from_slice(spans);
        }
        i += run;
    }
    to
}

/// Converts one run and finds, for each new character, the old ones that it stands for. Where the converter changed
/// a word's length (`行動電話` → `手机`), the whole word stands for the whole word.
fn simplify_run(chars: &[char], spans: &[(u32, u32)], to: &mut Folded) {
    let source: String = chars.iter().collect();
    let converted: Vec<char> = match CONVERTER.as_ref() {
        Some(converter) => converter.convert(&source).chars().map(to_simplified).collect(),
        None => chars.iter().copied().map(to_simplified).collect(),
    };
    if converted.len() == chars.len() {
        to.chars.extend(converted);
        to.spans.extend_from_slice(spans);
        return;
    }
    let (mut i, mut j) = (0, 0);
    while j < converted.len() {
        if i < chars.len() && to_simplified(chars[i]) == converted[j] {
            to.push(converted[j], spans[i].0, spans[i].1);
            i += 1;
            j += 1;
            continue;
        }
        let (skip_old, skip_new) = resynchronise(&chars[i..], &converted[j..]);
        let old = &spans[i..i + skip_old];
        let span = match (old.first(), old.last()) {
            (Some(first), Some(last)) => (first.0, last.1),
            // A word that grew from nothing that is left: it hangs on the character before it.
            _ => spans[i.saturating_sub(1).min(spans.len() - 1)],
        };
        for &c in &converted[j..j + skip_new] {
            to.push(c, span.0, span.1);
        }
        i += skip_old;
        j += skip_new;
    }
}

/// Returns how many old and new characters to pass over until both agree again: the nearest such pair.
fn resynchronise(old: &[char], new: &[char]) -> (usize, usize) {
    for distance in 1..=old.len() + new.len() {
        for skip_old in 0..=distance.min(old.len()) {
            let skip_new = distance - skip_old;
            if skip_new > new.len() || skip_new == 0 {
                continue;
            }
            let agree = match (old.get(skip_old), new.get(skip_new)) {
                (Some(o), Some(n)) => to_simplified(*o) == *n,
                (None, None) => true,
                _ => false,
            };
            if agree {
                return (skip_old, skip_new);
            }
        }
    }
    (old.len(), new.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn folds_what_differs_only_in_writing() {
        for (typed, folded) in [
            ("Ｅ１１０１", "e1101"),
            ("GOPAY", "gopay"),
            ("café", "cafe"),
            ("cafe\u{301}", "cafe"),
            ("①", "1"),
            ("儲值", "储值"),
            ("忘記密碼", "忘记密码"),
            ("網路不穩定", "网络不稳定"),
            ("軟體", "软件"),
            ("綫上支付", "线上支付"),
            ("裏面", "里面"),
            ("衞生", "卫生"),
            ("й が", "й が"),
        ] {
            assert_eq!(fold_str(typed), folded, "{typed}");
        }
    }

    #[test]
    fn remembers_where_a_character_came_from() {
        let typed = "用網路A";
        let folded = fold(typed);
        let at = folded.chars.iter().position(|c| *c == '络').unwrap();
        let (start, end) = folded.spans[at];
        assert_eq!(&typed[start as usize..end as usize], "路");
    }

    proptest! {
        #[test]
        fn folding_twice_changes_nothing(text in "\\PC{0,40}") {
            let once = fold_str(&text);
            // Case and compatibility folding settle; a phrase dictionary may see a new phrase in its own output.
            prop_assume!(!text.chars().any(is_han));
            prop_assert_eq!(fold_str(&once), once);
        }

        #[test]
        fn spans_are_on_character_bounds_and_in_order(text in "(\\PC|[網路軟體錢麵後發]){0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(folded.chars.len(), folded.spans.len());
            let mut last = 0;
            for (start, end) in folded.spans {
                prop_assert!(text.get(start as usize..end as usize).is_some_and(|s| !s.is_empty()));
                prop_assert!(start >= last);
                last = start;
            }
        }
    }
}
