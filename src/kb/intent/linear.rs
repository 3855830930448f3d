//! The linear part: one support vector machine for each class against the rest.
//!
//! L2-regularised squared hinge loss, solved in the dual by coordinate descent with shrinking: C.-J. Hsieh, K.-W.
//! Chang, C.-J. Lin, S. S. Keerthi, S. Sundararajan, “A dual coordinate descent method for large-scale linear SVM”,
//! ICML 2008, as in LIBLINEAR. The order of the visits comes from a fixed seed, so a training set has one model.

use rayon::prelude::*;

use crate::kb::intent::space::Vector;

/// How the machines are trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// The price of a margin missed.
    pub cost: f32,
    /// How much dearer a missed example of the class itself is.
    pub own: f32,
    /// Passes over the examples at most.
    pub passes: usize,
    /// The spread of the projected gradients at which the descent stops.
    pub tolerance: f32,
    /// The value of the constant feature; 0 for none.
    pub bias: f32,
}

impl Default for Descent {
    fn default() -> Self {
        Descent { cost: 2.0, own: 1.0, passes: 30, tolerance: 0.1, bias: 0.6 }
    }
}

/// A training example.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Example<'a> {
    /// Its features.
    pub(crate) vector: &'a Vector,
    /// Its class, by number.
    pub(crate) class: u32,
    /// How much it counts, 1 for a question.
    pub(crate) weight: f32,
}

/// For each feature the classes that it speaks for or against.
#[derive(Debug, Clone, Default)]
pub(crate) struct Postings {
    starts: Vec<u32>,
    /// Class and weight.
    entries: Vec<(u32, f32)>,
}

impl Postings {
    /// Turns entries of (feature, class, weight) around.
    pub(crate) fn build(features: usize, per_class: &[Vec<(u32, f32)>]) -> Postings {
        let mut starts = vec![0u32; features + 1];
        for column in per_class {
            for (feature, _) in column {
                starts[*feature as usize + 1] += 1;
            }
        }
        for i in 0..features {
            starts[i + 1] += starts[i];
        }
        let mut entries = vec![(0, 0.0); starts[features] as usize];
        let mut next = starts.clone();
        for (class, column) in per_class.iter().enumerate() {
            for (feature, weight) in column {
                let at = &mut next[*feature as usize];
                entries[*at as usize] = (class as u32, *weight);
                *at += 1;
            }
        }
        Postings { starts, entries }
    }

    /// Returns the entries of one feature.
    pub(crate) fn of(&self, feature: usize) -> &[(u32, f32)] {
        &self.entries[self.starts[feature] as usize..self.starts[feature + 1] as usize]
    }

    /// Adds the products with a vector to `scores`, one for each class.
    pub(crate) fn add(&self, vector: &Vector, scores: &mut [f32]) {
        for (feature, value) in vector.iter() {
            for (class, weight) in self.of(feature) {
                scores[*class as usize] += value * weight;
            }
        }
    }
}

/// One machine for each class.
#[derive(Debug, Clone, Default)]
pub(crate) struct Linear {
    postings: Postings,
    biases: Vec<f32>,
}

impl Linear {
    /// Trains the machines. `features` is the size of the space.
    pub(crate) fn train(examples: &[Example<'_>], classes: usize, features: usize, how: &Descent) -> Linear {
        let norms: Vec<f32> = examples.iter().map(|e| e.vector.values.iter().map(|v| v * v).sum()).collect();
        let trained: Vec<(Vec<(u32, f32)>, f32)> = (0..classes as u32)
            .into_par_iter()
            .map_init(
                || vec![0.0f32; features],
                |weights, class| {
                    let bias = descend(examples, &norms, class, how, weights);
                    let mut column = Vec::new();
                    for (i, w) in weights.iter_mut().enumerate() {
                        if w.abs() > SMALLEST_WEIGHT {
                            column.push((i as u32, *w));
                        }
                        *w = 0.0;
                    }
                    (column, bias)
                },
            )
            .collect();
        let (columns, biases): (Vec<_>, Vec<_>) = trained.into_iter().unzip();
        Linear { postings: Postings::build(features, &columns), biases }
    }

    /// Returns the score of each class: about 1 for its own, about -1 for the rest.
    pub(crate) fn scores(&self, vector: &Vector) -> Vec<f32> {
        let mut scores = self.biases.clone();
        self.postings.add(vector, &mut scores);
        scores
    }

    /// Returns what a feature says for a class.
    pub(crate) fn weight(&self, feature: usize, class: u32) -> f32 {
        self.postings.of(feature).iter().find(|e| e.0 == class).map_or(0.0, |e| e.1)
    }
}

/// Weights nearer to zero are dropped.
const SMALLEST_WEIGHT: f32 = 1e-4;

/// Trains the machine of one class into `weights`, which must be zeros; returns its bias.
fn descend(examples: &[Example<'_>], norms: &[f32], class: u32, how: &Descent, weights: &mut [f32]) -> f32 {
    let count = examples.len();
    let own = |i: usize| examples[i].class == class;
    let diagonal: Vec<f32> =
        (0..count).map(|i| 0.5 / (how.cost * examples[i].weight * if own(i) { how.own } else { 1.0 })).collect();
    let mut alpha = vec![0.0f32; count];
    let mut order: Vec<u32> = (0..count as u32).collect();
    let mut active = count;
    let mut bias = 0.0f32;
    let mut random = Random::new(u64::from(class));
    let (mut highest_before, mut lowest_before) = (f32::INFINITY, f32::NEG_INFINITY);
    for _ in 0..how.passes {
        let (mut highest, mut lowest) = (f32::NEG_INFINITY, f32::INFINITY);
        for s in 0..active {
            order.swap(s, s + random.below(active - s));
        }
        let mut s = 0;
        while s < active {
            let i = order[s] as usize;
            let sign = if own(i) { 1.0 } else { -1.0 };
            let x = examples[i].vector;
            let product: f32 = x.iter().map(|(f, v)| weights[f] * v).sum();
            let gradient = sign * (product + bias * how.bias) - 1.0 + diagonal[i] * alpha[i];
            let projected = if alpha[i] == 0.0 {
                if gradient > highest_before {
                    active -= 1;
                    order.swap(s, active);
                    continue;
                }
                gradient.min(0.0)
            } else {
                gradient
            };
            highest = highest.max(projected);
            lowest = lowest.min(projected);
            if projected.abs() > 1e-9 {
                let old = alpha[i];
                alpha[i] = (old - gradient / (norms[i] + how.bias * how.bias + diagonal[i])).max(0.0);
                let step = (alpha[i] - old) * sign;
                if step != 0.0 {
                    for (f, v) in x.iter() {
                        weights[f] += step * v;
                    }
                    bias += step * how.bias;
                }
            }
            s += 1;
        }
        if highest - lowest <= how.tolerance {
            if active == count {
                break;
            }
            active = count;
            (highest_before, lowest_before) = (f32::INFINITY, f32::NEG_INFINITY);
            continue;
        }
        highest_before = if highest <= 0.0 { f32::INFINITY } else { highest };
        lowest_before = if lowest >= 0.0 { f32::NEG_INFINITY } else { lowest };
    }
    let _ = lowest_before;
    bias * how.bias
}

/// A small generator for the order of visits: xorshift* (Marsaglia 2003, Vigna 2016).
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `bound`, which must not be 0.
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 32;
        ((high * bound as u64) >> 32) as usize
    }
}
