//! Turns a message into features: what the classifier sees of it.
//!
//! Words give stems, runs of one to three stems, ordered pairs of stems that may have others between them, and runs of
//! two to five letters inside a word, its edges marked. Ideographs give runs of one to four characters, ordered pairs
//! of pairs, and runs of syllables without tones, because homophones are the slips of a Chinese keyboard. A mixed
//! message gives both. A feature is a 64-bit hash of what it is made of; its upper four bits name its group, so that
//! sorted features stand by group. With a million features two of them collide with a probability of 5e-7.

use serde::{Deserialize, Serialize};

use crate::text::english::{is_stop_word, spelled_out, stem};
use crate::text::fold::fold;
use crate::text::pinyin::reading;
use crate::text::terms::{Run, TermKind, is_stop_char, runs};

/// Words of a message beyond this number are not read: nobody needs them to name a topic, and pairs grow quadratically.
const MOST_WORDS: usize = 60;
/// Ideographs of a message beyond this number are not read.
const MOST_IDEOGRAPHS: usize = 120;
/// Letters of one word beyond this number give no letter runs.
const MOST_LETTERS: usize = 24;

/// Sorts of features. Each is weighed by itself; the order is that of feature numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(crate) enum Group {
    /// One stem or number.
    Stem = 0,
    /// One ideograph.
    Ideograph = 1,
    /// Two neighbouring ideographs.
    IdeographPair = 2,
    /// Two or three neighbouring stems.
    StemRun = 3,
    /// Three or four neighbouring ideographs.
    IdeographRun = 4,
    /// Two stems in their order, others may stand between.
    DistantStems = 5,
    /// Two ideograph pairs in their order, others may stand between.
    DistantPairs = 6,
    /// Two to five letters of a word.
    Letters = 7,
    /// One to three syllables without tones.
    Syllables = 8,
}

/// How many groups there are.
pub(crate) const GROUPS: usize = 9;

/// Groups below this one are terms: what BM25 and the nearest question look at.
pub(crate) const TERM_GROUPS: u8 = Group::StemRun as u8;

/// How many blocks of groups there are. The features of a block are brought to length 1 together.
pub(crate) const BLOCKS: usize = 6;

/// For each group its block. The first `WORD_BLOCKS` are of words, the others of ideographs.
pub(crate) const BLOCK_OF: [usize; GROUPS] = [0, 3, 3, 0, 3, 1, 4, 2, 5];

/// Blocks below this one are of words.
pub(crate) const WORD_BLOCKS: usize = 3;

/// A word of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    /// As written, folded; a short form spelled out.
    pub(crate) text: String,
    /// Its stem; of another word where this one was taken for a slip.
    pub(crate) stem: String,
    /// Whether it has a digit.
    pub(crate) number: bool,
    /// The word it was taken for.
    pub(crate) meant: Option<String>,
}

/// A message cut into words and runs of ideographs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Cut {
    /// Its words, in order.
    pub(crate) tokens: Vec<Token>,
    /// Its runs of ideographs, in order.
    pub(crate) runs: Vec<Vec<char>>,
}

impl Cut {
    /// Cuts a message.
    pub(crate) fn new(message: &str) -> Cut {
        Self::limited(message, MOST_WORDS, MOST_IDEOGRAPHS)
    }

    /// Cuts an article's text, of which only terms are wanted.
    pub(crate) fn article(text: &str) -> Cut {
        Self::limited(text, usize::MAX, usize::MAX)
    }

    fn limited(message: &str, most_words: usize, most_ideographs: usize) -> Cut {
        let folded = fold(message);
        let mut cut = Cut::default();
        let mut ideographs = 0;
        for run in runs(&folded) {
            match run {
                Run::Ideographs(from, to) => {
                    let to = to.min(from.saturating_add(most_ideographs - ideographs));
                    if from < to {
                        ideographs += to - from;
                        cut.runs.push(folded.chars[from..to].to_vec());
                    }
                }
                Run::Word(word) => {
                    if cut.tokens.len() < most_words {
                        let spelled = spelled_out(&word.text);
                        let number = word.kind == TermKind::Number && spelled.is_none();
                        let text = spelled.map_or(word.text, str::to_owned);
                        let stem = if number { text.clone() } else { stem(&text).into_owned() };
                        cut.tokens.push(Token { text, stem, number, meant: None });
                    }
                }
            }
        }
        cut
    }

    /// Returns how many ideographs there are.
    pub(crate) fn ideographs(&self) -> usize {
        self.runs.iter().map(Vec::len).sum()
    }

    /// Returns the share, 0 to 1, of the message that is words; a word counts as much as one and a half ideographs.
    pub(crate) fn share_of_words(&self) -> f32 {
        let (words, ideographs) = (1.5 * self.tokens.len() as f32, self.ideographs() as f32);
        if words + ideographs > 0.0 { words / (words + ideographs) } else { 0.0 }
    }
}

/// One feature of a message and how often it is there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Feature {
    /// The group in the upper four bits, a hash in the others.
    pub(crate) key: u64,
    /// How often.
    pub(crate) count: f32,
}

impl Feature {
    /// Returns the number of its group.
    pub(crate) fn group(self) -> u8 {
        group_of(self.key)
    }
}

/// Returns the number of a key's group.
pub(crate) fn group_of(key: u64) -> u8 {
    (key >> 60) as u8
}

/// Which features are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reach {
    /// The longest run of stems.
    pub stems: usize,
    /// The longest run of letters.
    pub letters: usize,
    /// The longest run of ideographs.
    pub ideographs: usize,
    /// How far apart two stems may stand.
    pub distant_stems: usize,
    /// How far apart two ideograph pairs may stand.
    pub distant_pairs: usize,
    /// The longest run of syllables, 0 for none.
    pub syllables: usize,
}

impl Reach {
    /// Terms alone.
    pub(crate) const TERMS: Reach =
        Reach { stems: 1, letters: 1, ideographs: 2, distant_stems: 0, distant_pairs: 0, syllables: 0 };
}

impl Default for Reach {
    fn default() -> Self {
        Reach { stems: 3, letters: 5, ideographs: 4, distant_stems: 6, distant_pairs: 12, syllables: 2 }
    }
}

/// Returns the features of a message, by key, each once.
pub(crate) fn features(cut: &Cut, reach: Reach) -> Vec<Feature> {
    let mut keys = Vec::with_capacity(cut.tokens.len() * 24 + cut.ideographs() * 16);
    stem_features(cut, reach, &mut keys);
    for run in &cut.runs {
        ideograph_features(run, reach, &mut keys);
    }
    distant_pair_features(cut, reach, &mut keys);
    keys.sort_unstable();
    let mut out: Vec<Feature> = Vec::with_capacity(keys.len());
    for key in keys {
        match out.last_mut() {
            Some(last) if last.key == key => last.count += 1.0,
            _ => out.push(Feature { key, count: 1.0 }),
        }
    }
    out
}

/// A term that a reader can make something of.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Readable<'c> {
    Word(&'c Token),
    Ideographs(&'c [char]),
}

impl Readable<'_> {
    /// Returns it as the word that was meant, or the ideographs.
    pub(crate) fn text(self) -> String {
        match self {
            Readable::Word(token) => token.meant.as_ref().unwrap_or(&token.text).clone(),
            Readable::Ideographs(chars) => chars.iter().collect(),
        }
    }
}

/// Returns the words, pairs of ideographs, and ideographs that stand alone, with their keys.
pub(crate) fn readable_terms(cut: &Cut) -> impl Iterator<Item = (u64, Readable<'_>)> {
    let words = cut.tokens.iter().map(|token| (stem_key(&token.stem), Readable::Word(token)));
    let ideographs = cut.runs.iter().flat_map(|run| {
        let alone = Some(&run[..]).filter(|run| run.len() == 1);
        let alone = alone.map(|chars| (chars_key(Group::Ideograph, chars), Readable::Ideographs(chars)));
        let pair = |pair| (chars_key(Group::IdeographPair, pair), Readable::Ideographs(pair));
        alone.into_iter().chain(run.windows(2).map(pair))
    });
    words.chain(ideographs)
}

/// Returns the keys of a message's terms that tell no topic: stop words, and ideographs and pairs of nothing else.
pub(crate) fn topicless_terms(cut: &Cut) -> Vec<u64> {
    let words = cut.tokens.iter().filter(|t| is_stop_word(&t.text)).map(|t| stem_key(&t.stem));
    let runs = cut.runs.iter().flat_map(|run| [1, 2].map(|n| run.windows(n)).into_iter().flatten());
    let ideographs = runs.filter(|chars| chars.iter().all(|c| is_stop_char(*c))).map(|chars| match chars {
        [a, b] => pair_key(*a, *b),
        alone => chars_key(Group::Ideograph, alone),
    });
    words.chain(ideographs).collect()
}

fn stem_features(cut: &Cut, reach: Reach, keys: &mut Vec<u64>) {
    let stems: Vec<u64> = cut.tokens.iter().map(|t| stem_key(&t.stem)).collect();
    keys.extend(&stems);
    for n in 2..=reach.stems {
        keys.extend(stems.windows(n).map(|w| key(Group::StemRun, w.iter().copied())));
    }
    for (i, a) in stems.iter().enumerate() {
        for b in stems.iter().skip(i + 1).take(reach.distant_stems) {
            keys.push(key(Group::DistantStems, [*a, *b].into_iter()));
        }
    }
    let mut letters = Vec::with_capacity(MOST_LETTERS + 2);
    for token in &cut.tokens {
        for word in std::iter::once(&token.text).chain(&token.meant) {
            letters.clear();
            letters.push('<');
            letters.extend(word.chars().take(MOST_LETTERS));
            letters.push('>');
            for n in 2..=reach.letters {
                keys.extend(letters.windows(n).map(|w| chars_key(Group::Letters, w)));
            }
        }
    }
}

fn ideograph_features(run: &[char], reach: Reach, keys: &mut Vec<u64>) {
    keys.extend(run.iter().map(|c| chars_key(Group::Ideograph, std::slice::from_ref(c))));
    keys.extend(run.windows(2).map(|w| chars_key(Group::IdeographPair, w)));
    for n in 3..=reach.ideographs {
        keys.extend(run.windows(n).map(|w| chars_key(Group::IdeographRun, w)));
    }
    if reach.syllables > 0 {
        let sounds: Vec<u64> = run
            .iter()
            .map(|c| reading(*c).map_or(u64::from(u32::from(*c)), |r| key(Group::Syllables, r.bytes().map(u64::from))))
            .collect();
        for n in 1..=reach.syllables {
            keys.extend(sounds.windows(n).map(|w| key(Group::Syllables, w.iter().copied())));
        }
    }
}

/// Pairs are ordered, do not overlap, and may stand in different runs.
fn distant_pair_features(cut: &Cut, reach: Reach, keys: &mut Vec<u64>) {
    let mut pairs: Vec<(usize, u64)> = Vec::new();
    let mut at = 0;
    for run in &cut.runs {
        pairs.extend(run.windows(2).enumerate().map(|(i, w)| (at + i, chars_key(Group::IdeographPair, w))));
        at += run.len();
    }
    for (i, a) in pairs.iter().enumerate() {
        for b in pairs[i + 1..].iter().take_while(|b| b.0 <= a.0 + reach.distant_pairs).filter(|b| b.0 >= a.0 + 2) {
            keys.push(key(Group::DistantPairs, [a.1, b.1].into_iter()));
        }
    }
}

pub(crate) fn stem_key(stem: &str) -> u64 {
    key(Group::Stem, stem.bytes().map(u64::from))
}

/// Returns the key of a pair of ideographs.
pub(crate) fn pair_key(a: char, b: char) -> u64 {
    chars_key(Group::IdeographPair, &[a, b])
}

fn chars_key(group: Group, chars: &[char]) -> u64 {
    key(group, chars.iter().map(|c| u64::from(u32::from(*c))))
}

/// Mixes the parts into 60 bits below the group. Multiply and fold as in FNV-1a (Fowler, Noll, Vo 1991), finished by
/// the mixer of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014).
fn key(group: Group, parts: impl Iterator<Item = u64>) -> u64 {
    let mut h: u64 = 0xCBF2_9CE4_8422_2325 ^ (group as u64);
    for part in parts {
        h = (h ^ part).wrapping_mul(0x0000_0100_0000_01B3);
        h ^= h >> 29;
    }
    h = (h ^ (h >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    h = (h ^ (h >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    h ^= h >> 31;
    ((group as u64) << 60) | (h >> 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(message: &str) -> [usize; GROUPS] {
        let mut counts = [0; GROUPS];
        for feature in features(&Cut::new(message), Reach::default()) {
            counts[usize::from(feature.group())] += feature.count as usize;
        }
        counts
    }

    #[test]
    fn each_script_gives_its_groups() {
        // reset, my, pin: 2 pairs and a run of three, 3 distant pairs.
        let english = groups("reset my pin");
        assert_eq!((english[0], english[3], english[5]), (3, 3, 3));
        assert_eq!((english[1], english[8]), (0, 0));
        // Four characters: 3 pairs, 2 threes and a four, one pair of pairs that do not overlap, 4 + 3 syllable runs.
        let chinese = groups("忘记密码");
        assert_eq!(chinese, [0, 4, 3, 0, 3, 0, 1, 0, 7]);
        assert!(groups("wifi 断了").iter().filter(|n| **n > 0).count() >= 4);
    }

    #[test]
    fn homophones_share_their_syllables() {
        let of = |m| features(&Cut::new(m), Reach::default());
        let sounds = |m| of(m).into_iter().filter(|f| f.group() == Group::Syllables as u8).collect::<Vec<_>>();
        assert_eq!(sounds("密码"), sounds("秘马"));
    }

    #[test]
    fn features_stand_in_order_each_once_whatever_the_length() {
        let long = "pay 付款 ".repeat(1000);
        let all = features(&Cut::new(&long), Reach::default());
        assert!(all.windows(2).all(|w| w[0].key < w[1].key));
        assert!(Cut::new(&long).tokens.len() <= MOST_WORDS && Cut::new(&long).ideographs() <= MOST_IDEOGRAPHS);
    }
}
