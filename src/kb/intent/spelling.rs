//! Unknown words that are slips of known ones.
//!
//! A word that no training text has is taken for the nearest one that some text has, when few enough slips lie between
//! them. What is learnt of letters helps too, but pairs and runs of words only work on words.

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::text::distance::{tolerated, within};
use crate::text::english::stem;

use crate::kb::intent::features::Cut;
use crate::kb::intent::stack::Text;

/// The known words.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Spelling {
    words: Vec<Known>,
    known: FxHashMap<String, u32>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Known {
    letters: Vec<char>,
    /// One bit for each letter a–z that the word has.
    mask: u32,
    count: u32,
}

/// Words shorter than this are too near to each other.
const SHORTEST: usize = 4;

impl Spelling {
    /// Collects the words of the texts.
    pub(crate) fn build(texts: &[&Text]) -> Spelling {
        let mut counts: FxHashMap<&str, u32> = FxHashMap::default();
        for token in texts.iter().flat_map(|t| &t.cut.tokens).filter(|t| !t.number) {
            *counts.entry(&token.text).or_default() += 1;
        }
        let mut sorted: Vec<(&str, u32)> = counts.into_iter().collect();
        sorted.sort_unstable();
        let words: Vec<Known> = sorted
            .iter()
            .map(|(w, count)| Known { letters: w.chars().collect(), mask: mask(w), count: *count })
            .collect();
        let known = sorted.iter().enumerate().map(|(i, (w, _))| ((*w).to_owned(), i as u32)).collect();
        Spelling { words, known }
    }

    /// Replaces the stems of unknown words that are slips; tells whether there were any.
    pub(crate) fn correct(&self, cut: &mut Cut) -> bool {
        let mut any = false;
        for token in cut.tokens.iter_mut().filter(|t| !t.number) {
            if self.known.contains_key(&token.text) {
                continue;
            }
            if let Some(word) = self.meant(&token.text) {
                token.stem = stem(&word).into_owned();
                token.meant = Some(word);
                any = true;
            }
        }
        any
    }

    /// Returns the known word that an unknown one is most likely a slip of: the fewest slips, then the same first
    /// letter, then the commoner.
    fn meant(&self, word: &str) -> Option<String> {
        let letters: Vec<char> = word.chars().collect();
        if let Some(known) = self.without_vowels(&letters) {
            return Some(known.letters.iter().collect());
        }
        if let Some(known) = self.typed_twice(&letters) {
            return Some(known.letters.iter().collect());
        }
        if letters.len() < SHORTEST {
            return None;
        }
        let most = tolerated(letters.len());
        let mine = mask(word);
        self.words
            .iter()
            .filter(|k| k.letters.len() + most >= letters.len() && k.letters.len() <= letters.len() + most)
            .filter(|k| k.letters.len() >= SHORTEST - 1 && (k.mask ^ mine).count_ones() as usize <= 2 * most)
            .filter_map(|k| {
                let distance = within(&letters, &k.letters, most)?;
                Some((distance, k.letters[0] != letters[0], std::cmp::Reverse(k.count), k))
            })
            .min_by_key(|(distance, first, count, _)| (*distance, *first, *count))
            .map(|(.., k)| k.letters.iter().collect())
    }
}

impl Spelling {
    /// Returns the commonest known word that has an unknown one's letters and vowels between them: “crd”, “trnsfr”.
    fn without_vowels(&self, letters: &[char]) -> Option<&Known> {
        if letters.len() < SHORTEST_SKELETON || letters.iter().any(|c| VOWELS.contains(c) || !c.is_ascii_lowercase()) {
            return None;
        }
        let is_meant = |known: &&Known| {
            let skeleton = known.letters.iter().filter(|c| !VOWELS.contains(c));
            known.letters.len() > letters.len() && known.letters.first() == letters.first() && skeleton.eq(letters)
        };
        // Of equals the first in the alphabet.
        self.words.iter().filter(is_meant).min_by_key(|known| std::cmp::Reverse(known.count))
    }
}

impl Spelling {
    /// Returns the commonest known word that an unknown one is with a letter typed twice: “upp”, “feee”.
    fn typed_twice(&self, letters: &[char]) -> Option<&Known> {
        let doubled = (1..letters.len()).filter(|at| letters[*at] == letters[*at - 1] && letters.len() > 2);
        let without =
            doubled.map(|at| letters.iter().enumerate().filter(|(i, _)| *i != at).map(|(_, c)| *c).collect::<String>());
        let known = without.filter_map(|word| self.known.get(&word)).map(|at| &self.words[*at as usize]);
        known.min_by_key(|known| std::cmp::Reverse(known.count))
    }
}

/// What people leave out when they write in haste.
const VOWELS: [char; 5] = ['a', 'e', 'i', 'o', 'u'];
/// Fewer letters stand for too many words.
const SHORTEST_SKELETON: usize = 3;

fn mask(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |m, b| m | 1 << (b - b'a'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::intent::features::{Reach, features};
    use crate::kb::intent::stack::Source;

    fn stems(known: &str, message: &str) -> Vec<String> {
        let cut = Cut::new(known);
        let text = Text { class: 0, document: 0, source: Source::Title, features: features(&cut, Reach::TERMS), cut };
        let mut cut = Cut::new(message);
        Spelling::build(&[&text]).correct(&mut cut);
        cut.tokens.into_iter().map(|t| t.stem).collect()
    }

    #[test]
    fn takes_unknown_words_for_the_nearest_known_one() {
        assert_eq!(stems("reset my password", "rest my pasword"), ["reset", "my", "password"]);
    }

    #[test]
    fn reads_words_without_their_vowels() {
        assert_eq!(stems("card cord card transfer", "crd trnsfr"), ["card", "transfer"]);
        assert_eq!(stems("card", "cd crx"), ["cd", "crx"]);
    }

    #[test]
    fn takes_a_letter_that_was_typed_twice_once() {
        assert_eq!(stems("top up fee", "topp upp feee"), ["top", "up", "fee"]);
        assert_eq!(stems("up", "pp uup xx"), ["pp", "up", "xx"]);
    }

    #[test]
    fn leaves_known_short_and_far_words_alone() {
        assert_eq!(stems("card cart", "cart"), ["cart"]);
        assert_eq!(stems("fee", "fed weather e1101"), ["fed", "weather", "e1101"]);
    }
}
