//! The feature space of one training set: which features exist and how much each one tells.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::kb::intent::features::{BLOCK_OF, BLOCKS, Feature, GROUPS, TERM_GROUPS, WORD_BLOCKS, group_of};

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

/// Which features a training set has, and their inverse document frequencies.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Space {
    /// Open addressing, a power of two of slots with a key, its feature's number and inverse document frequency; a key of 0
    /// is an empty one. A message's features stand all over the table, and each look costs a wait for memory: all that a
    /// vector needs is here.
    slots: Vec<Slot>,
    /// How many features there are.
    features: usize,
    /// The inverse document frequency of a feature that no text has, by group.
    pub(crate) unseen: [f32; GROUPS],
    /// Features below this number are terms.
    pub(crate) terms: usize,
    /// How much each term tells by itself, 0 to 1; its inverse document frequency is multiplied by it.
    cohesion: Vec<f32>,
    /// How much each block weighs.
    weights: [f32; BLOCKS],
}

/// A feature in the table.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
pub(crate) struct Slot {
    key: u64,
    /// Its number.
    pub(crate) id: u32,
    /// ln((1 + n) / (1 + df)) + 1, n counting the texts that have the feature's group, times its cohesion; 0 for one that was
    /// dropped.
    pub(crate) idf: f32,
}

impl Space {
    /// Builds the space of all features in at least `least[group]` of the texts. `cohesion` tells, by key, which terms
    /// tell less than others of their frequency.
    pub(crate) fn build(
        texts: &[&[Feature]],
        least: &[u32; GROUPS],
        weights: [f32; BLOCKS],
        cohesion: &FxHashMap<u64, f32>,
    ) -> Space {
        let mut all: Vec<u64> = texts.iter().flat_map(|t| t.iter().map(|f| f.key)).collect();
        let having = having(texts);
        all.par_sort_unstable();
        let mut kept: Vec<(u64, f32)> = Vec::new();
        let mut cohesions = Vec::new();
        for same in all.chunk_by(|a, b| a == b) {
            let group = usize::from(group_of(same[0]));
            if same.len() as u32 >= least[group] {
                let own = cohesion.get(&same[0]).copied().unwrap_or(1.0);
                kept.push((same[0], own * inverse(having[group], same.len() as u32)));
                if (group as u8) < TERM_GROUPS {
                    cohesions.push(own);
                }
            }
        }
        let slots = (kept.len() * 2).next_power_of_two().max(2);
        let mut table = vec![Slot::default(); slots];
        for (id, &(key, idf)) in (0..).zip(&kept) {
            let mut at = key as usize & (slots - 1);
            while table[at].key != 0 {
                at = (at + 1) & (slots - 1);
            }
            table[at] = Slot { key, id, idf };
        }
        Space {
            slots: table,
            features: kept.len(),
            unseen: having.map(|n| inverse(n, 0)),
            terms: cohesions.len(),
            cohesion: cohesions,
            weights,
        }
    }

    /// Returns the space of some of the texts, with the same numbers.
    pub(crate) fn narrowed(&self, texts: &[&[Feature]], least: &[u32; GROUPS]) -> Space {
        let having = having(texts);
        let mut counts = vec![0u32; self.len()];
        for feature in texts.iter().flat_map(|t| t.iter()) {
            if let Some(id) = self.id(feature.key) {
                counts[id as usize] += 1;
            }
        }
        let idf = |slot: &Slot| {
            if slot.key == 0 {
                return 0.0;
            }
            let (id, group) = (slot.id as usize, usize::from(group_of(slot.key)));
            let count = counts[id];
            if count > 0 && count >= least[group] { self.cohesion(id) * inverse(having[group], count) } else { 0.0 }
        };
        Space {
            slots: self.slots.iter().map(|slot| Slot { idf: idf(slot), ..*slot }).collect(),
            cohesion: self.cohesion.clone(),
            unseen: having.map(|n| inverse(n, 0)),
            ..*self
        }
    }

    /// Returns a feature's number.
    pub(crate) fn id(&self, key: u64) -> Option<u32> {
        self.get(key).map(|slot| slot.id)
    }

    /// Returns a feature.
    pub(crate) fn get(&self, key: u64) -> Option<Slot> {
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
        Some(slot).filter(|slot| slot.idf > 0.0)
    }

    /// Returns how much a term tells by itself, 0 to 1.
    pub(crate) fn cohesion(&self, term: usize) -> f32 {
        self.cohesion.get(term).copied().unwrap_or(1.0)
    }

    /// Returns how many features there are.
    pub(crate) fn len(&self) -> usize {
        self.features
    }

    /// Returns the TF-IDF vector: (1 + ln tf) · idf, each block brought to length 1, then weighed, the words and the
    /// ideographs of a mixed message by their shares, the whole brought to length 1.
    pub(crate) fn vector(&self, features: &[Feature], share_of_words: f32) -> Vector {
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
                let value = often * slot.idf;
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
        let whole = if length > 0.0 { 1.0 / length.sqrt() } else { 0.0 };
        for (value, block) in out.values.iter_mut().zip(&blocks) {
            *value *= scale[usize::from(*block)] * whole;
        }
        out
    }
}

/// So many features are looked up at a time.
const BATCH: usize = 64;

/// The smoothed inverse document frequency (scikit-learn's `TfidfTransformer`).
fn inverse(texts: u32, having: u32) -> f32 {
    ((1 + texts) as f32 / (1 + having) as f32).ln() + 1.0
}

/// Counts for each group the texts that have it.
fn having(texts: &[&[Feature]]) -> [u32; GROUPS] {
    let mut having = [0u32; GROUPS];
    for text in texts {
        for same in text.chunk_by(|a, b| a.group() == b.group()) {
            having[usize::from(same[0].group())] += 1;
        }
    }
    having
}
