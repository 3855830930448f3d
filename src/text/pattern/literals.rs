//! What a text must hold for a pattern to match: looked for before the pattern is, because that of all patterns takes one
//! pass.
//!
//! Read from the pattern's syntax tree. Where nothing can be told of a pattern nothing is demanded, so that looking
//! first never hides a match.

use regex_syntax::hir::{Class, ClassUnicodeRange, Hir, HirKind};

use crate::text::fold_str;
use crate::text::script::is_han;

/// A part of a pattern is spelt out up to so many texts.
const MOST_SPELT: usize = 32;
/// So many alternatives are looked for at most.
const MOST_ALTERNATIVES: usize = 256;

/// What is known of a part of a pattern.
#[derive(Debug, Default)]
struct Part {
    /// All texts that it can be, where they are few.
    spelt: Option<Vec<String>>,
    /// Texts of which one is in whatever it matches.
    needed: Option<Vec<String>>,
}

/// Returns texts of which one is in every folded text that a pattern matches, whatever its case; none where that cannot be
/// told.
pub(super) fn needed(pattern: &Hir) -> Option<Vec<String>> {
    Part::of(pattern).best().filter(|texts| texts.len() <= MOST_ALTERNATIVES)
}

impl Part {
    fn spelt(texts: Vec<String>) -> Self {
        Part { spelt: Some(texts), needed: None }
    }

    fn of(hir: &Hir) -> Self {
        match hir.kind() {
            HirKind::Empty | HirKind::Look(_) => Part::spelt(vec![String::new()]),
            HirKind::Literal(literal) => match std::str::from_utf8(&literal.0) {
                Ok(text) => Part::spelt(vec![text.to_owned()]),
                Err(_) => Part::default(),
            },
            HirKind::Class(class) => members(class).map_or_else(Part::default, Part::spelt),
            HirKind::Capture(capture) => Part::of(&capture.sub),
            HirKind::Repetition(repeated) => {
                let part = Part::of(&repeated.sub);
                match (repeated.min, repeated.max) {
                    (0, Some(1)) => {
                        let spelt = part.spelt.map(|texts| [vec![String::new()], texts].concat());
                        Part { spelt: spelt.filter(|texts| texts.len() <= MOST_SPELT), needed: None }
                    }
                    (0, _) => Part::default(),
                    _ => Part { spelt: None, needed: part.best() },
                }
            }
            HirKind::Concat(parts) => Part::in_a_row(parts),
            HirKind::Alternation(parts) => Part::either(parts),
        }
    }

    /// Spells out as long a stretch as it can, and keeps the most telling of what must be there.
    fn in_a_row(parts: &[Hir]) -> Self {
        let mut needed: Option<Vec<String>> = None;
        let mut stretch = vec![String::new()];
        let mut whole = true;
        for part in parts.iter().map(Part::of) {
            match &part.spelt {
                Some(texts) if stretch.len() * texts.len() <= MOST_SPELT => {
                    stretch = stretch
                        .iter()
                        .flat_map(|before| texts.iter().map(move |text| format!("{before}{text}")))
                        .collect();
                }
                _ => {
                    whole = false;
                    let before =
                        std::mem::replace(&mut stretch, part.spelt.clone().unwrap_or_else(|| vec![String::new()]));
                    needed = better(needed, telling(before));
                    needed = better(needed, part.needed);
                }
            }
        }
        if whole { Part::spelt(stretch) } else { Part { spelt: None, needed: better(needed, telling(stretch)) } }
    }

    fn either(parts: &[Hir]) -> Self {
        let parts: Vec<Part> = parts.iter().map(Part::of).collect();
        let spelt: Option<Vec<Vec<String>>> = parts.iter().map(|part| part.spelt.clone()).collect();
        let needed: Option<Vec<Vec<String>>> = parts.into_iter().map(Part::best).collect();
        Part {
            spelt: spelt.map(|texts| texts.concat()).filter(|texts| texts.len() <= MOST_SPELT),
            needed: needed.map(|texts| texts.concat()),
        }
    }

    fn best(self) -> Option<Vec<String>> {
        better(self.spelt.and_then(telling), self.needed)
    }
}

/// Returns the texts, where each of them says something.
fn telling(texts: Vec<String>) -> Option<Vec<String>> {
    texts.iter().all(|text| !text.is_empty()).then_some(texts)
}

/// Returns the more telling of two: its shortest text is longer, an ideograph counting as three letters.
fn better(a: Option<Vec<String>>, b: Option<Vec<String>>) -> Option<Vec<String>> {
    let shortest = |texts: &Vec<String>| texts.iter().map(String::len).min();
    match (a, b) {
        (Some(a), Some(b)) if shortest(&b) > shortest(&a) => Some(b),
        (Some(a), _) => Some(a),
        (None, b) => b,
    }
}

/// Returns the characters of a small class that a folded text can hold: of `[Aa]` that is `a`.
fn members(class: &Class) -> Option<Vec<String>> {
    let Class::Unicode(class) = class else { return None };
    let size: usize = class.ranges().iter().map(ClassUnicodeRange::len).sum();
    if size > MOST_SPELT {
        return None;
    }
    let all = class.ranges().iter().flat_map(|range| range.start()..=range.end());
    // A Traditional character costs nothing to look for; which of them folding leaves depends on its neighbours.
    let held: Vec<String> = all
        .filter(|c| is_han(*c) || fold_str(c.encode_utf8(&mut [0; 4])) == String::from(*c))
        .map(String::from)
        .collect();
    (!held.is_empty()).then_some(held)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use regex::RegexBuilder;
    use regex_syntax::ParserBuilder;

    use super::*;

    fn needed_by(source: &str) -> Option<Vec<String>> {
        needed(&ParserBuilder::new().case_insensitive(true).build().parse(source).unwrap())
    }

    fn of(source: &str) -> Vec<String> {
        let mut texts = needed_by(source).unwrap_or_default();
        texts.sort();
        texts
    }

    #[test]
    fn the_most_telling_part_is_demanded() {
        assert_eq!(of("(charged|billed).{0,9}(twice|2x)"), ["billed", "charged"]);
        assert_eq!(of("余额(是多少|查询)?"), ["余额", "余额是多少", "余额查询"]);
        assert_eq!(of("(扣|付)了.{0,4}两次"), ["付了", "扣了"]);
        assert_eq!(of("ATM|Wi-?Fi"), ["atm", "wi-fi", "wifi"]);
        assert_eq!(of("(查|看)?.{0,4}(话费|流量)$"), ["流量", "话费"]);
    }

    #[test]
    fn where_nothing_is_sure_nothing_is_demanded() {
        for pattern in ["a?", "(付款)?.*", "[a-z]+", ".", "\\d{4}", "付款|.{3}"] {
            assert_eq!(needed_by(pattern), None, "{pattern}");
        }
    }

    proptest! {
        #[test]
        fn whatever_matches_holds_one_of_them(
            pattern in proptest::collection::vec(proptest::sample::select(vec![
                "a", "b付", "[ck]", "(款|S)", "K?", "款+", "(x|Y?)", ".{0,2}", "^", "$", "|", "(a|b付)", "s{2}", "[^a]", "\\b",
            ]), 1..7).prop_map(|parts| parts.concat()),
            text in "[abcksxy付款ſKS ]{0,12}",
        ) {
            let Ok(regex) = RegexBuilder::new(&pattern).case_insensitive(true).build() else { return Ok(()) };
            let folded = fold_str(&text);
            if let (true, Some(texts)) = (regex.is_match(&folded), needed_by(&pattern)) {
                prop_assert!(texts.iter().any(|t| folded.contains(t.as_str())), "{pattern:?} {folded:?} {texts:?}");
            }
        }
    }
}
