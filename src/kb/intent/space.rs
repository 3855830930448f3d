//! The feature space of one training set: which features exist and how much each one tells.

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};

use crate::kb::intent::features::{
    BLOCK_OF, BLOCKS, Cut, Feature, GROUPS, Group, TERM_GROUPS, WORD_BLOCKS, group_of, stem_key,
};
use crate::text::word_vectors::{self, DIMENSIONS};

/// A sparse vector: feature numbers, rising, and their values.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Vector {
    /// Feature numbers.
    pub(crate) ids: Vec<u32>,
    /// Their values.
    pub(crate) values: Vec<f32>,
}

impl Vector {
    /// Returns the part with features numbered below `end`.
    pub(crate) fn below(&self, end: usize) -> Vector {
        let count = self.ids.partition_point(|f| (*f as usize) < end);
        Vector { ids: self.ids[..count].to_vec(), values: self.values[..count].to_vec() }
    }

    /// Yields the pairs of number and value.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, f32)> + '_ {
        self.ids.iter().map(|i| *i as usize).zip(self.values.iter().copied())
    }
}

/// Which features a training set has, and how much each tells.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Space {
    /// Open addressing, a power of two of slots with a key, its feature's number and weight; a key of 0 is an empty one. A
    /// message's features stand all over the table, and each look costs a wait for memory: all that a vector needs is here.
    slots: Vec<Slot>,
    /// How many features there are.
    features: usize,
    /// The inverse document frequency of a feature that no text has, by group.
    pub(crate) unseen: [f32; GROUPS],
    /// Features below this number are terms.
    pub(crate) terms: usize,
    /// What is known of each term besides.
    known: Vec<Term>,
    /// How much each block weighs.
    weights: [f32; BLOCKS],
    /// How much the meaning of the words weighs beside the blocks.
    meaning: f32,
}

/// What is known of a term besides its weight.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Term {
    /// How much it tells by itself, 0 to 1; weight and inverse document frequency are multiplied by it.
    cohesion: f32,
    /// Its inverse document frequency: what a message's unknown words are measured against.
    idf: f32,
}

/// A feature in the table.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Slot {
    key: u64,
    /// Its number.
    pub(crate) id: u32,
    /// How much it tells (see [`Totals::weight`]), times its cohesion; 0 for one that was dropped.
    pub(crate) weight: f32,
}

impl Space {
    /// Builds the space of all features in at least `least[group]` of the texts, each with its class. `cohesion` tells, by
    /// key, which terms tell less than others of their frequency.
    pub(crate) fn build(
        texts: &[(&[Feature], u32)],
        least: &[u32; GROUPS],
        weights: [f32; BLOCKS],
        meaning: f32,
        cohesion: &FxHashMap<u64, f32>,
    ) -> Space {
        let mut all: Vec<(u64, u32)> = texts.iter().flat_map(|(t, class)| t.iter().map(|f| (f.key, *class))).collect();
        let totals = totals(texts);
        all.par_sort_unstable();
        let mut kept: Vec<(u64, f32)> = Vec::new();
        let mut terms = Vec::new();
        for same in all.chunk_by(|a, b| a.0 == b.0) {
            let key = same[0].0;
            let group = usize::from(group_of(key));
            let mut spread = Spread::default();
            same.iter().for_each(|(_, class)| spread.add(*class));
            if spread.texts >= least[group] {
                let own = cohesion.get(&key).copied().unwrap_or(1.0);
                kept.push((key, own * totals[group].weight(&spread)));
                if (group as u8) < TERM_GROUPS {
                    terms.push(Term { cohesion: own, idf: own * totals[group].idf(spread.texts) });
                }
            }
        }
        let slots = (kept.len() * 2).next_power_of_two().max(2);
        let mut table = vec![Slot::default(); slots];
        for (id, &(key, weight)) in (0..).zip(&kept) {
            let mut at = key as usize & (slots - 1);
            while table[at].key != 0 {
                at = (at + 1) & (slots - 1);
            }
            table[at] = Slot { key, id, weight };
        }
        Space {
            slots: table,
            features: kept.len(),
            unseen: totals.map(|of| of.idf(0)),
            terms: terms.len(),
            known: terms,
            weights,
            meaning,
        }
    }

    /// Returns the space of some of the texts, with the same numbers.
    pub(crate) fn narrowed(&self, texts: &[(&[Feature], u32)], least: &[u32; GROUPS]) -> Space {
        let totals = totals(texts);
        let mut by_class: Vec<&(&[Feature], u32)> = texts.iter().collect();
        by_class.sort_by_key(|(_, class)| *class);
        let mut spreads = vec![Spread::default(); self.features];
        for (features, class) in by_class {
            for id in features.iter().filter_map(|feature| self.id(feature.key)) {
                spreads[id as usize].add(*class);
            }
        }
        let weight = |slot: &Slot| {
            if slot.key == 0 {
                return 0.0;
            }
            let (spread, group) = (&spreads[slot.id as usize], usize::from(group_of(slot.key)));
            let kept = spread.texts > 0 && spread.texts >= least[group];
            if kept { self.cohesion(slot.id as usize) * totals[group].weight(spread) } else { 0.0 }
        };
        let mut known = self.known.clone();
        for slot in self.slots.iter().filter(|slot| slot.key != 0 && (slot.id as usize) < self.terms) {
            let term = &mut known[slot.id as usize];
            let group = usize::from(group_of(slot.key));
            term.idf = term.cohesion * totals[group].idf(spreads[slot.id as usize].texts);
        }
        Space {
            slots: self.slots.iter().map(|slot| Slot { weight: weight(slot), ..*slot }).collect(),
            known,
            unseen: totals.map(|of| of.idf(0)),
            ..*self
        }
    }

    /// Returns a feature's number.
    pub(crate) fn id(&self, key: u64) -> Option<u32> {
        self.get(key).map(|slot| slot.id)
    }

    /// Returns a feature.
    fn get(&self, key: u64) -> Option<Slot> {
        self.find(key, *self.slots.get(self.home(key))?)
    }

    /// Returns where a key stands unless others stood there before.
    fn home(&self, key: u64) -> usize {
        key as usize & self.slots.len().saturating_sub(1)
    }

    /// Returns a feature's slot, from what stands at its home on.
    fn find(&self, key: u64, home: Slot) -> Option<Slot> {
        let (mut at, mut slot) = (self.home(key), home);
        while slot.key != key {
            if slot.key == 0 {
                return None;
            }
            at = (at + 1) & (self.slots.len() - 1);
            slot = self.slots[at];
        }
        Some(slot).filter(|slot| slot.weight > 0.0)
    }

    /// Returns how much a term tells by itself, 0 to 1.
    pub(crate) fn cohesion(&self, term: usize) -> f32 {
        self.known.get(term).map_or(1.0, |term| term.cohesion)
    }

    /// Returns the inverse document frequency of a term, times its cohesion.
    pub(crate) fn idf(&self, term: u32) -> f32 {
        self.known.get(term as usize).map_or(0.0, |term| term.idf)
    }

    /// Returns how many features there are, the dimensions of meaning last.
    pub(crate) fn len(&self) -> usize {
        self.features + DIMENSIONS
    }

    /// Returns what the words mean together: the mean of their vectors, each as heavy as its inverse document frequency,
    /// brought to length 1. None where no word has a vector.
    fn meaning(&self, cut: &Cut) -> Option<[f32; DIMENSIONS]> {
        let mut sum = [0.0; DIMENSIONS];
        for token in &cut.tokens {
            let Some(vector) = word_vectors::vector(token.meant.as_ref().unwrap_or(&token.text)) else { continue };
            let id = self.id(stem_key(&token.stem));
            let idf = id.map_or(self.unseen[Group::Stem as usize], |id| self.idf(id));
            sum.iter_mut().zip(vector).for_each(|(sum, v)| *sum += idf * v);
        }
        let length = sum.iter().map(|v| v * v).sum::<f32>().sqrt();
        (length > 0.0).then(|| sum.map(|v| v / length))
    }

    /// Returns the vector: (1 + ln tf) · weight, each block brought to length 1, then weighed, the words and the
    /// ideographs of a mixed message by their shares, the meaning of the words as one more block, the whole brought to length 1.
    /// `features` are those of the cut.
    pub(crate) fn vector(&self, cut: &Cut, features: &[Feature]) -> Vector {
        let share_of_words = cut.share_of_words();
        let mut out = Vector { ids: Vec::with_capacity(features.len()), values: Vec::with_capacity(features.len()) };
        let mut blocks: Vec<u8> = Vec::with_capacity(features.len());
        let mut squares = [0.0f32; BLOCKS];
        let mut homes = [Slot::default(); BATCH];
        for features in features.chunks(BATCH) {
            if self.slots.is_empty() {
                break;
            }
            // All the homes first: the waits for them then overlap.
            homes.iter_mut().zip(features).for_each(|(home, feature)| *home = self.slots[self.home(feature.key)]);
            for (feature, home) in features.iter().zip(&homes) {
                let Some(slot) = self.find(feature.key, *home) else { continue };
                let often = if feature.count > 1.0 { 1.0 + feature.count.ln() } else { 1.0 };
                let value = often * slot.weight;
                let block = BLOCK_OF[usize::from(feature.group())];
                squares[block] += value * value;
                blocks.push(block as u8);
                out.ids.push(slot.id);
                out.values.push(value);
            }
        }
        let mut scale = [0.0f32; BLOCKS];
        let mut length = 0.0;
        for block in 0..BLOCKS {
            if squares[block] > 0.0 {
                let share = if block < WORD_BLOCKS { share_of_words } else { 1.0 - share_of_words };
                let weight = self.weights[block] * share.sqrt();
                scale[block] = weight / squares[block].sqrt();
                length += weight * weight;
            }
        }
        let meaning = self.meaning(cut).map(|vector| (vector, self.meaning * share_of_words.sqrt()));
        length += meaning.map_or(0.0, |(_, weight)| weight * weight);
        let whole = if length > 0.0 { 1.0 / length.sqrt() } else { 0.0 };
        for (value, block) in out.values.iter_mut().zip(&blocks) {
            *value *= scale[usize::from(*block)] * whole;
        }
        if let Some((vector, weight)) = meaning {
            out.ids.extend((self.features as u32..).take(DIMENSIONS));
            out.values.extend(vector.map(|v| v * weight * whole));
        }
        out
    }
}

/// So many features are looked up at a time.
const BATCH: usize = 64;

/// In which texts and classes a feature is.
#[derive(Debug, Clone, Copy, Default)]
struct Spread {
    /// In how many texts.
    texts: u32,
    /// The class of the last text, and in how many of its texts.
    class: u32,
    of_class: u32,
    /// The sum of n · ln n over the classes before that, n counting a class's texts with the feature.
    sum: f32,
}

impl Spread {
    /// Counts a text. Those of a class come one after the other.
    fn add(&mut self, class: u32) {
        if self.class != class {
            self.sum += n_ln_n(self.of_class);
            (self.class, self.of_class) = (class, 0);
        }
        self.of_class += 1;
        self.texts += 1;
    }

    /// Returns over how many classes it is spread: the perplexity, e to the entropy, of the classes of its texts. A class
    /// that has the feature once, beside many that have it often, hardly counts.
    fn classes(&self) -> f32 {
        if self.texts == 0 {
            return 0.0;
        }
        let texts = self.texts as f32;
        (texts.ln() - (self.sum + n_ln_n(self.of_class)) / texts).exp()
    }
}

fn n_ln_n(n: u32) -> f32 {
    if n > 0 { n as f32 * (n as f32).ln() } else { 0.0 }
}

/// How many texts and classes have features of a group.
#[derive(Debug, Clone, Copy, Default)]
struct Totals {
    texts: u32,
    classes: u32,
}

/// The powers of the two inverse frequencies in a feature's weight. What a message asks for is told by the words that few
/// articles have, not by those that few questions have: of two words of one article the frequent one is worth more. The values
/// were measured by cross-validation on the open sets' dev questions and on the shipped content; TF·IDF alone, 0 and 1, puts
/// up to 2 of 100 questions more in the wrong place where articles have few questions, and no fewer where they have many.
const POWER_OF_CLASSES: f32 = 0.6;
const POWER_OF_TEXTS: f32 = -0.3;

impl Totals {
    /// Returns how much a feature tells: icf^0.6 · idf^-0.3. The inverse class frequency is that of F. Ren, M. G. Sohrab,
    /// “Class-indexing-based term weighting for automatic text classification”, Information Sciences 236, 2013, with the
    /// perplexity for the number of classes.
    fn weight(self, spread: &Spread) -> f32 {
        let icf = inverse(self.classes, spread.classes());
        icf.powf(POWER_OF_CLASSES) * self.idf(spread.texts).powf(POWER_OF_TEXTS)
    }

    /// Returns the inverse document frequency of a feature of so many texts.
    fn idf(self, texts: u32) -> f32 {
        inverse(self.texts, texts as f32)
    }
}

/// The smoothed inverse frequency: ln((1 + all) / (1 + having)) + 1 (scikit-learn's `TfidfTransformer`).
fn inverse(all: u32, having: f32) -> f32 {
    ((1 + all) as f32 / (1.0 + having)).ln() + 1.0
}

/// Counts for each group the texts and the classes that have it.
fn totals(texts: &[(&[Feature], u32)]) -> [Totals; GROUPS] {
    let mut totals = [Totals::default(); GROUPS];
    let mut known: FxHashSet<(u8, u32)> = FxHashSet::default();
    for (features, class) in texts {
        for same in features.chunk_by(|a, b| a.group() == b.group()) {
            let of = &mut totals[usize::from(same[0].group())];
            of.texts += 1;
            of.classes += u32::from(known.insert((same[0].group(), *class)));
        }
    }
    totals
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spread(classes: &[u32]) -> Spread {
        let mut spread = Spread::default();
        classes.iter().for_each(|class| spread.add(*class));
        spread
    }

    #[test]
    fn a_feature_is_spread_over_as_many_classes_as_share_it_evenly() {
        for (classes, expected) in
            [(&[][..], 0.0), (&[0][..], 1.0), (&[7, 7, 7][..], 1.0), (&[0, 0, 3, 3, 4, 4][..], 3.0)]
        {
            assert!((spread(classes).classes() - expected).abs() < 1e-4, "{classes:?}");
        }
        let uneven = spread(&[0, 0, 0, 0, 0, 0, 0, 0, 0, 1]).classes();
        assert!(uneven > 1.0 && uneven < 1.5, "{uneven}");
    }

    #[test]
    fn features_of_few_classes_tell_more_and_often_told_the_most() {
        let totals = Totals { texts: 100, classes: 10 };
        let weight = |classes: &[u32]| totals.weight(&spread(classes));
        assert!(weight(&[0, 0, 0, 0]) > weight(&[0]));
        assert!(weight(&[0]) > weight(&[0, 1]));
        assert!(weight(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]) > 0.0);
    }

    #[test]
    fn a_part_of_the_texts_has_the_weights_of_a_space_of_its_own() {
        let feature = |key: u64| Feature { key, count: 1.0 };
        let texts =
            [[feature(1), feature(2)], [feature(1), feature(3)], [feature(2), feature(4)], [feature(3), feature(4)]];
        let with: Vec<(&[Feature], u32)> = texts.iter().zip([0, 1, 0, 2]).map(|(t, class)| (&t[..], class)).collect();
        let build =
            |texts: &[(&[Feature], u32)]| Space::build(texts, &[1; GROUPS], [1.0; BLOCKS], 0.0, &FxHashMap::default());
        let (narrowed, own) = (build(&with).narrowed(&with[..3], &[1; GROUPS]), build(&with[..3]));
        for key in 1..=4 {
            assert_eq!(narrowed.get(key).map(|s| s.weight), own.get(key).map(|s| s.weight), "{key}");
        }
        assert_eq!(narrowed.unseen, own.unseen);
    }
}
