//! Unknown words that are slips of known ones.
//!
//! A word that no training text has is taken for the nearest one that some text has, when few enough slips lie between
//! them. What is learnt of letters helps too, but pairs and runs of words only work on words.

use rustc_hash::FxHashMap;

use crate::text::distance::{tolerated, within};
use crate::text::english::stem;

use crate::kb::intent::features::Cut;
use crate::kb::intent::stack::Text;

/// The known words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spelling {
    words: Vec<Known>,
    known: FxHashMap<String, u32>,
}

#[derive(Debug, Clone)]
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

    /// Replaces the stems of unknown words that are slips; returns how many.
    pub(crate) fn correct(&self, cut: &mut Cut) -> u32 {
        let mut slips = 0;
        for token in cut.tokens.iter_mut().filter(|t| !t.number) {
            if self.known.contains_key(&token.text) {
                continue;
            }
            if let Some(word) = self.meant(&token.text) {
                token.stem = stem(&word).into_owned();
                token.meant = Some(word);
                slips += 1;
            }
        }
        slips
    }

    /// Returns the known word that an unknown one is most likely a slip of: the fewest slips, then the same first
    /// letter, then the commoner.
    fn meant(&self, word: &str) -> Option<String> {
        let letters: Vec<char> = word.chars().collect();
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

fn mask(word: &str) -> u32 {
    word.bytes().filter(u8::is_ascii_lowercase).fold(0, |m, b| m | 1 << (b - b'a'))
}
