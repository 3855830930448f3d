//! Which words and characters the content uses, and which follow which: what spelling is corrected against.
//!
//! For Chinese a bigram model over characters; for other scripts the words with their frequencies and an index of
//! words with letters left out. Both are built from the articles alone, so that a correction always leads somewhere.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::content::Article;
use crate::text::distance;
use crate::text::fold::fold;
use crate::text::pinyin;
use crate::text::terms::{Run, TermKind, runs};

/// Stands before the first and after the last character of a phrase.
pub const EDGE: char = '\u{0}';

/// The content's words.
#[derive(Debug, Default)]
pub struct Lexicon {
    words: FxHashMap<String, u32>,
    /// A word with one letter left out → the words it may have been.
    shortened: FxHashMap<String, Vec<u32>>,
    listed: Vec<String>,
    chars: FxHashMap<char, u32>,
    pairs: FxHashMap<(char, char), u32>,
    total: u64,
    by_reading: FxHashMap<&'static str, Vec<char>>,
    by_initial: FxHashMap<char, Vec<char>>,
}

/// How much a phrase counts: what customers say and what titles say is likelier to be typed than the body.
const HEAD_WEIGHT: u32 = 4;

/// Words of fewer letters are not corrected to: too many others are as near.
const SHORTEST_CORRECTED: usize = 3;

/// The prior weight of a character's own frequency in a pair's probability, in observations.
const PRIOR: f64 = 1.5;

impl Lexicon {
    /// Reads every public article. Internal ones are left out, so that no correction gives their words away.
    #[must_use]
    pub fn build(articles: &[Article]) -> Self {
        let mut lexicon = Lexicon::default();
        for article in articles.iter().filter(|a| a.visible_to(crate::base::Viewer::Public)) {
            let heads = [&article.title, &article.summary]
                .into_iter()
                .chain(&article.questions)
                .chain(&article.keywords)
                .chain(&article.messages);
            for text in heads.chain(article.headings.iter().map(|h| &h.text)) {
                lexicon.read(text, HEAD_WEIGHT);
            }
            for section in &article.sections {
                lexicon.read(&section.text, 1);
            }
        }
        lexicon.finish();
        lexicon
    }

    fn read(&mut self, text: &str, weight: u32) {
        let folded = fold(text);
        for run in runs(&folded) {
            match run {
                Run::Word(word) => {
                    if word.kind == TermKind::Word {
                        *self.words.entry(word.text).or_default() += weight;
                    }
                }
                Run::Ideographs(from, to) => {
                    let mut before = EDGE;
                    for &c in &folded.chars[from..to] {
                        *self.chars.entry(c).or_default() += weight;
                        *self.pairs.entry((before, c)).or_default() += weight;
                        self.total += u64::from(weight);
                        before = c;
                    }
                    *self.chars.entry(EDGE).or_default() += weight;
                    *self.pairs.entry((before, EDGE)).or_default() += weight;
                }
            }
        }
    }

    fn finish(&mut self) {
        self.listed = self.words.keys().cloned().collect();
        self.listed.sort_unstable();
        for (at, word) in self.listed.iter().enumerate() {
            let at = u32::try_from(at).unwrap_or(u32::MAX);
            if word.chars().count() >= SHORTEST_CORRECTED {
                for key in deletions(word) {
                    self.shortened.entry(key).or_default().push(at);
                }
            }
        }
        let mut chars: Vec<(char, u32)> =
            self.chars.iter().map(|(c, n)| (*c, *n)).filter(|(c, _)| *c != EDGE).collect();
        chars.sort_unstable_by_key(|&(c, n)| (std::cmp::Reverse(n), c));
        for (c, _) in chars {
            let mut initials = FxHashSet::default();
            for reading in pinyin::readings(c) {
                self.by_reading.entry(reading).or_default().push(c);
                if let Some(initial) = reading.chars().next()
                    && initials.insert(initial)
                {
                    self.by_initial.entry(initial).or_default().push(c);
                }
            }
        }
    }

    /// Returns how often the content uses a word as written, folded; heads count more than bodies.
    #[must_use]
    pub fn word_count(&self, word: &str) -> u32 {
        self.words.get(word).copied().unwrap_or(0)
    }

    /// Returns how often the content uses a character.
    #[must_use]
    pub fn char_count(&self, c: char) -> u32 {
        self.chars.get(&c).copied().unwrap_or(0)
    }

    /// Returns how often two characters stand together.
    #[must_use]
    pub fn pair_count(&self, a: char, b: char) -> u32 {
        self.pairs.get(&(a, b)).copied().unwrap_or(0)
    }

    /// Returns the natural logarithm of the probability that `b` follows `a`; [`EDGE`] stands for a phrase's bounds.
    /// A pair that was never seen gets a share of `b`'s own frequency (Dirichlet smoothing).
    #[must_use]
    pub fn log_probability(&self, a: char, b: char) -> f64 {
        let vocabulary = self.chars.len() as f64 + 1.0;
        let own = (f64::from(self.char_count(b)) + 0.1) / (self.total as f64 + 0.1 * vocabulary);
        let seen = f64::from(self.pair_count(a, b));
        let context = if a == EDGE { f64::from(self.char_count(EDGE)) } else { f64::from(self.char_count(a)) };
        ((seen + PRIOR * own) / (context + PRIOR)).ln()
    }

    /// Returns the content's characters with a reading (`chong`), the most frequent first.
    #[must_use]
    pub fn with_reading(&self, syllable: &str) -> &[char] {
        self.by_reading.get(syllable).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the content's characters with a reading that begins with a letter, the most frequent first.
    #[must_use]
    pub fn with_initial(&self, letter: char) -> &[char] {
        self.by_initial.get(&letter).map(Vec::as_slice).unwrap_or_default()
    }

    /// Returns the content's word that a misspelt one most likely is: the nearest, then the most frequent.
    #[must_use]
    pub fn nearest_word(&self, misspelt: &str) -> Option<(&str, usize)> {
        let letters: Vec<char> = misspelt.chars().collect();
        let most = distance::tolerated(letters.len());
        if most == 0 {
            return None;
        }
        let mut keys: FxHashSet<String> = deletions(misspelt).collect();
        keys.insert(misspelt.to_owned());
        if most > 1 {
            let once: Vec<String> = keys.iter().cloned().collect();
            keys.extend(once.iter().flat_map(|k| deletions(k)));
        }
        let mut seen = FxHashSet::default();
        let mut best: Option<(usize, std::cmp::Reverse<u32>, &str)> = None;
        for key in &keys {
            let direct = self.words.get_key_value(key).map(|(w, _)| w.as_str());
            let listed = self.shortened.get(key).into_iter().flatten();
            for word in
                direct.into_iter().chain(listed.filter_map(|i| self.listed.get(*i as usize)).map(String::as_str))
            {
                if !seen.insert(word) {
                    continue;
                }
                let other: Vec<char> = word.chars().collect();
                // The first letter is rarely mistyped; a word that differs there must be nearer.
                let most = if other.first() == letters.first() { most } else { 1 };
                if let Some(distance) = distance::within(&letters, &other, most) {
                    let candidate = (distance, std::cmp::Reverse(self.word_count(word)), word);
                    if best.is_none_or(|b| candidate < b) {
                        best = Some(candidate);
                    }
                }
            }
        }
        best.map(|(distance, _, word)| (word, distance))
    }

    /// Returns the words of the content in order, for completion.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.listed
    }
}

/// Returns a word with each of its letters left out in turn.
fn deletions(word: &str) -> impl Iterator<Item = String> + '_ {
    word.char_indices().map(|(at, c)| {
        let mut key = String::with_capacity(word.len());
        key.push_str(&word[..at]);
        key.push_str(&word[at + c.len_utf8()..]);
        key
    })
}
