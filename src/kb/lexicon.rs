//! Which words and characters the content uses, and which follow which: what spelling is corrected against.
//!
//! For Chinese a bigram model over characters; for other scripts the words with their frequencies and an index of
//! words with letters left out. Both are built from the articles alone, so that a correction always leads somewhere.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::content::Article;
use crate::text::cohesion;
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
    /// (hash of a word with one letter left out, a word it may have been), in order. Two may share a hash; the distance
    /// to the word decides.
    shortened: Vec<(u32, u32)>,
    /// The words that others are corrected to, in order.
    listed: Vec<String>,
    chars: FxHashMap<char, Uses>,
    pairs: FxHashMap<(char, char), u32>,
    total: u64,
    never_seen: Uses,
    by_reading: FxHashMap<&'static str, Vec<char>>,
    by_initial: FxHashMap<char, Vec<char>>,
}

/// How a character is used.
#[derive(Debug, Clone, Copy, Default)]
struct Uses {
    count: u32,
    /// Its share of a pair's prior, in observations.
    prior: f64,
    /// ln of that.
    log_prior: f64,
    /// ln of what its pairs are divided by.
    log_context: f64,
}

/// A character with what its pairs' probabilities are made of, so that a search over many pairs looks it up once.
#[derive(Debug, Clone, Copy)]
pub struct Weighed {
    /// The character.
    pub char: char,
    uses: Uses,
}

/// Words are corrected to the most frequent of so many; misspelt and invented words are most of the rest.
const MOST_WORDS: usize = 200_000;

/// The bodies of about so many articles are read; with more, one in several of them. The heads are read of all. What
/// customers type is in the heads; of a body's words those that stand in a few bodies only are not corrected to.
const MOST_BODIES: usize = 20_000;

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
        let step = articles.len().div_ceil(MOST_BODIES).max(1);
        let chunk = articles.len().div_ceil(rayon::current_num_threads().max(1)).max(256);
        let parts: Vec<Lexicon> = articles
            .par_chunks(chunk)
            .zip((0..articles.len()).into_par_iter().step_by(chunk))
            .map(|(articles, from)| {
                let mut lexicon = Lexicon::default();
                for (article, at) in articles.iter().zip(from..) {
                    lexicon.read_article(article, at % step == 0);
                }
                lexicon
            })
            .collect();
        let mut lexicon = parts.into_iter().reduce(Lexicon::with).unwrap_or_default();
        lexicon.finish();
        lexicon
    }

    fn read_article(&mut self, article: &Article, body: bool) {
        if !article.visible_to(crate::base::Viewer::Public) {
            return;
        }
        let heads = [&article.title, &article.summary]
            .into_iter()
            .chain(&article.questions)
            .chain(&article.keywords)
            .chain(&article.messages);
        for text in heads.chain(article.headings.iter().map(|h| &h.text)) {
            self.read(text, HEAD_WEIGHT);
        }
        for section in article.sections.iter().filter(|_| body) {
            self.read(&section.text, 1);
        }
    }

    /// Adds the counts of another part of the articles.
    fn with(mut self, other: Lexicon) -> Self {
        for (word, n) in other.words {
            *self.words.entry(word).or_default() += n;
        }
        for (c, uses) in other.chars {
            self.chars.entry(c).or_default().count += uses.count;
        }
        for (pair, n) in other.pairs {
            *self.pairs.entry(pair).or_default() += n;
        }
        self.total += other.total;
        self
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
                        self.chars.entry(c).or_default().count += weight;
                        *self.pairs.entry((before, c)).or_default() += weight;
                        self.total += u64::from(weight);
                        before = c;
                    }
                    self.chars.entry(EDGE).or_default().count += weight;
                    *self.pairs.entry((before, EDGE)).or_default() += weight;
                }
            }
        }
    }

    fn finish(&mut self) {
        let mut listed: Vec<(&String, u32)> = self.words.iter().map(|(w, n)| (w, *n)).collect();
        if listed.len() > MOST_WORDS {
            listed.select_nth_unstable_by_key(MOST_WORDS, |&(word, n)| (std::cmp::Reverse(n), word));
            listed.truncate(MOST_WORDS);
        }
        self.listed = listed.into_iter().map(|(w, _)| w.clone()).collect();
        self.listed.sort_unstable();
        for (word, at) in self.listed.iter().zip(0..) {
            if word.chars().count() >= SHORTEST_CORRECTED {
                self.shortened.extend(deletions(word).map(|key| (hash(&key), at)));
            }
        }
        self.shortened.sort_unstable();
        let vocabulary = self.chars.len() as f64 + 1.0;
        let total = self.total as f64 + 0.1 * vocabulary;
        for uses in self.chars.values_mut() {
            uses.weigh(total);
        }
        self.never_seen.weigh(total);
        let mut chars: Vec<(char, u32)> =
            self.chars.iter().map(|(c, uses)| (*c, uses.count)).filter(|(c, _)| *c != EDGE).collect();
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
        self.chars.get(&c).map_or(0, |uses| uses.count)
    }

    /// Returns how often two characters stand together.
    #[must_use]
    pub fn pair_count(&self, a: char, b: char) -> u32 {
        self.pairs.get(&(a, b)).copied().unwrap_or(0)
    }

    /// Returns how much a pair of ideographs is a word of the content: [`cohesion::of`].
    #[must_use]
    pub fn cohesion(&self, a: char, b: char) -> f32 {
        cohesion::of(self.pair_count(a, b), self.char_count(a), self.char_count(b), self.total)
    }

    /// Returns the natural logarithm of the probability that `b` follows `a`; [`EDGE`] stands for a phrase's bounds.
    /// A pair that was never seen gets a share of `b`'s own frequency (Dirichlet smoothing).
    #[must_use]
    pub fn log_probability(&self, a: char, b: char) -> f64 {
        self.follows(self.weighed(a), self.weighed(b)).unwrap_or_else(|| unseen(self.weighed(a), self.weighed(b)))
    }

    /// Looks up what the probabilities of a character's pairs are made of.
    #[must_use]
    pub fn weighed(&self, c: char) -> Weighed {
        Weighed { char: c, uses: self.chars.get(&c).copied().unwrap_or(self.never_seen) }
    }

    /// Returns the log probability of a pair that the content has; no other pair of `b` is less likely for the same `a`
    /// than [`unseen`] says.
    #[must_use]
    pub fn follows(&self, a: Weighed, b: Weighed) -> Option<f64> {
        let seen = f64::from(*self.pairs.get(&(a.char, b.char))?);
        Some((seen + b.uses.prior).ln() - a.uses.log_context)
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
            let hash = hash(key);
            let from = self.shortened.partition_point(|s| s.0 < hash);
            let listed = self.shortened[from..].iter().take_while(|s| s.0 == hash);
            for word in
                direct.into_iter().chain(listed.filter_map(|s| self.listed.get(s.1 as usize)).map(String::as_str))
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

impl Uses {
    fn weigh(&mut self, total: f64) {
        self.prior = PRIOR * ((f64::from(self.count) + 0.1) / total);
        self.log_prior = self.prior.ln();
        self.log_context = (f64::from(self.count) + PRIOR).ln();
    }
}

/// Returns the log probability of a pair that the content lacks.
#[must_use]
pub fn unseen(a: Weighed, b: Weighed) -> f64 {
    b.uses.log_prior - a.uses.log_context
}

impl Weighed {
    /// Returns [`unseen`] less the part that only the second character decides.
    #[must_use]
    pub fn as_first(self) -> f64 {
        -self.uses.log_context
    }

    /// Returns that part.
    #[must_use]
    pub fn as_second(self) -> f64 {
        self.uses.log_prior
    }
}

fn hash(word: &str) -> u32 {
    crate::kb::passages::term_hash(word)
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
