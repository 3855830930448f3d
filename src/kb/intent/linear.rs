//! The linear part: one support vector machine for each class against the rest.
//!
//! L2-regularised squared hinge loss, solved in the dual by coordinate descent with shrinking: C.-J. Hsieh, K.-W.
//! Chang, C.-J. Lin, S. S. Keerthi, S. Sundararajan, “A dual coordinate descent method for large-scale linear SVM”,
//! ICML 2008, as in LIBLINEAR. The order of the visits comes from a fixed seed, so a training set has one model.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kb::intent::postings::Postings;
use crate::kb::intent::space::Vector;

/// How the machines are trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Descent {
    /// The price of a margin missed, above 0 (LIBLINEAR's C).
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
        Descent { cost: 2.0, own: 2.0, passes: 6, tolerance: 0.3, bias: 0.6 }
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

/// One machine for each class.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Linear {
    postings: Postings,
    biases: Vec<f32>,
}

/// So many machines are trained side by side: their weights of one feature fill a cache line.
const SIDE_BY_SIDE: usize = 16;

/// A number for each machine of a block.
type Lane = [f32; SIDE_BY_SIDE];

/// What the machine of one class weighs: features and their weights.
type Column = Vec<(u32, f32)>;

/// Weights nearer to zero are dropped.
const SMALLEST_WEIGHT: f32 = 2e-3;

/// Up to this many examples times classes, each machine sees every example; beyond, only the negatives that are hard.
const MOST_PAIRS: usize = 12_000_000;

/// For how many classes an example is a hard negative when there are too many pairs.
const RIVALS: usize = 16;

/// The same where there are so many machines that memory counts.
const SMALLEST_OF_MANY: f32 = 2e-2;

/// So many weights each of those machines keeps, the largest.
const MOST_WEIGHTS: usize = 2_000;

impl Linear {
    /// Trains the machines. `features` is the size of the space; `rivals` gives for an example the classes that it is
    /// most like, best first, and is asked only where there are too many classes to try all.
    pub(crate) fn train(
        examples: &[Example<'_>],
        classes: usize,
        features: usize,
        how: &Descent,
        rivals: impl Fn(&Example<'_>, usize) -> Vec<u32> + Sync,
    ) -> Linear {
        let problem = Problem::new(examples, features);
        let blocks = classes.div_ceil(SIDE_BY_SIDE);
        let all: Vec<u32> = (0..examples.len() as u32).collect();
        let seen_by: Option<Vec<Vec<u32>>> = (examples.len() * classes > MOST_PAIRS).then(|| {
            let near: Vec<Vec<u32>> = examples.par_iter().map(|e| rivals(e, RIVALS)).collect();
            let mut seen_by = vec![Vec::new(); blocks];
            for (i, (example, near)) in examples.iter().zip(&near).enumerate() {
                for class in near.iter().chain([&example.class]) {
                    let list: &mut Vec<u32> = &mut seen_by[*class as usize / SIDE_BY_SIDE];
                    if list.last() != Some(&(i as u32)) {
                        list.push(i as u32);
                    }
                }
            }
            seen_by
        });
        let smallest = if seen_by.is_some() { SMALLEST_OF_MANY } else { SMALLEST_WEIGHT };
        let trained: Vec<(Vec<Column>, Lane)> = (0..blocks)
            .into_par_iter()
            .map(|block| {
                let seen = seen_by.as_ref().map_or(&all, |s| &s[block]);
                problem.descend(seen, (block * SIDE_BY_SIDE) as u32, how, smallest)
            })
            .collect();
        let mut biases: Vec<f32> = trained.iter().flat_map(|(_, bias)| *bias).collect();
        biases.truncate(classes);
        let mut columns: Vec<Column> = trained.into_iter().flat_map(|(columns, _)| columns).collect();
        columns.truncate(classes);
        Linear { postings: Postings::build(features, &columns), biases }
    }

    /// Returns the score of each class: about 1 for its own, about -1 for the rest.
    pub(crate) fn scores(&self, vector: &Vector) -> Vec<f32> {
        let mut scores = self.biases.clone();
        self.postings.add_all(vector.iter(), &mut scores);
        scores
    }

    /// Returns what a feature says for a class.
    pub(crate) fn weight(&self, feature: usize, class: usize) -> f32 {
        self.postings.weight(feature, class)
    }
}

/// The examples, prepared for the descent.
///
/// A feature that only one example has meets no other example: in the dual it adds to that example's diagonal and to
/// nothing else. So the descent goes over the shared features only and its result stays exact.
struct Problem<'a> {
    examples: &'a [Example<'a>],
    /// For each example its shared features, renumbered, as ranges of `ids` and `values`.
    starts: Vec<usize>,
    ids: Vec<u32>,
    values: Vec<f32>,
    /// The squared length of each example's own features.
    alone: Vec<f32>,
    /// The squared length of each example.
    squares: Vec<f32>,
    /// For each shared feature its number in the space.
    shared: Vec<u32>,
    /// For each feature of the space its number among the shared ones, or `u32::MAX`.
    number: Vec<u32>,
}

impl<'a> Problem<'a> {
    fn new(examples: &'a [Example<'a>], features: usize) -> Problem<'a> {
        let mut having = vec![0u32; features];
        for example in examples {
            example.vector.ids.iter().for_each(|f| having[*f as usize] += 1);
        }
        let mut shared = Vec::new();
        let mut number = vec![u32::MAX; features];
        for (feature, count) in having.iter().enumerate() {
            if *count > 1 {
                number[feature] = shared.len() as u32;
                shared.push(feature as u32);
            }
        }
        let mut problem = Problem {
            examples,
            starts: vec![0],
            ids: Vec::new(),
            values: Vec::new(),
            alone: Vec::with_capacity(examples.len()),
            squares: Vec::with_capacity(examples.len()),
            shared,
            number,
        };
        for example in examples {
            let (mut alone, mut together) = (0.0, 0.0);
            for (feature, value) in example.vector.iter() {
                if problem.number[feature] == u32::MAX {
                    alone += value * value;
                } else {
                    together += value * value;
                    problem.ids.push(problem.number[feature]);
                    problem.values.push(value);
                }
            }
            problem.alone.push(alone);
            problem.squares.push(alone + together);
            problem.starts.push(problem.ids.len());
        }
        problem
    }

    fn row(&self, example: usize) -> impl Iterator<Item = (usize, f32)> + '_ {
        let range = self.starts[example]..self.starts[example + 1];
        self.ids[range.clone()].iter().map(|i| *i as usize).zip(self.values[range].iter().copied())
    }

    /// Trains the machines of the classes from `first` on, on the examples `seen`; returns their weights and biases.
    fn descend(&self, seen: &[u32], first: u32, how: &Descent, smallest: f32) -> (Vec<Column>, Lane) {
        // Of a large space a block sees little: its features get numbers of their own.
        let mut local = vec![u32::MAX; self.shared.len()];
        let mut touched: Vec<u32> = Vec::new();
        for i in seen {
            for (f, _) in self.row(*i as usize) {
                if local[f] == u32::MAX {
                    local[f] = touched.len() as u32;
                    touched.push(f as u32);
                }
            }
        }
        let mut weights: Vec<Lane> = vec![[0.0; SIDE_BY_SIDE]; touched.len()];
        let mut alphas: Vec<Lane> = vec![[0.0; SIDE_BY_SIDE]; seen.len()];
        let mut bias: Lane = [0.0; SIDE_BY_SIDE];
        let mut order: Vec<u32> = (0..seen.len() as u32).collect();
        let mut random = Random::new(u64::from(first));
        for _ in 0..how.passes {
            let mut worst = 0.0f32;
            for s in 0..order.len() {
                let other = s + random.below(order.len() - s);
                order.swap(s, other);
                let at = order[s] as usize;
                let i = seen[at] as usize;
                let example = &self.examples[i];
                let (signs, costs) = self.sides(example, first, how);
                let mut products: Lane = [0.0; SIDE_BY_SIDE];
                for (f, v) in self.row(i) {
                    let w = &weights[local[f] as usize];
                    for k in 0..SIDE_BY_SIDE {
                        products[k] += v * w[k];
                    }
                }
                let alpha = &mut alphas[at];
                let mut steps: Lane = [0.0; SIDE_BY_SIDE];
                let mut largest = 0.0f32;
                for k in 0..SIDE_BY_SIDE {
                    let diagonal = 0.5 / costs[k];
                    let product = products[k] + alpha[k] * signs[k] * self.alone[i] + bias[k] * how.bias;
                    let gradient = signs[k] * product - 1.0 + diagonal * alpha[k];
                    let new = (alpha[k] - gradient / (self.squares[i] + how.bias * how.bias + diagonal)).max(0.0);
                    let projected = if alpha[k] == 0.0 { gradient.min(0.0) } else { gradient };
                    worst = worst.max(projected.abs());
                    steps[k] = (new - alpha[k]) * signs[k];
                    largest = largest.max(steps[k].abs());
                    alpha[k] = new;
                }
                if largest > 0.0 {
                    for (f, v) in self.row(i) {
                        let w = &mut weights[local[f] as usize];
                        for k in 0..SIDE_BY_SIDE {
                            w[k] += v * steps[k];
                        }
                    }
                    for k in 0..SIDE_BY_SIDE {
                        bias[k] += steps[k] * how.bias;
                    }
                }
            }
            if worst <= how.tolerance {
                break;
            }
        }
        let mut columns = vec![Vec::new(); SIDE_BY_SIDE];
        for (weights, feature) in weights.iter().zip(&touched) {
            for (column, weight) in columns.iter_mut().zip(weights) {
                if weight.abs() > smallest {
                    column.push((self.shared[*feature as usize], *weight));
                }
            }
        }
        for (alpha, i) in alphas.iter().zip(seen) {
            let example = &self.examples[*i as usize];
            let (signs, _) = self.sides(example, first, how);
            for (feature, value) in example.vector.iter().filter(|(f, _)| self.number[*f] == u32::MAX) {
                for k in 0..SIDE_BY_SIDE {
                    let weight = alpha[k] * signs[k] * value;
                    if weight.abs() > smallest {
                        columns[k].push((feature as u32, weight));
                    }
                }
            }
        }
        if smallest > SMALLEST_WEIGHT {
            for column in &mut columns {
                if column.len() > MOST_WEIGHTS {
                    column.select_nth_unstable_by(MOST_WEIGHTS, |a, b| {
                        b.1.abs().total_cmp(&a.1.abs()).then(a.0.cmp(&b.0))
                    });
                    column.truncate(MOST_WEIGHTS);
                    column.shrink_to_fit();
                }
            }
        }
        (columns, bias.map(|b| b * how.bias))
    }

    /// Returns on which side of each machine an example is, and the price of its margin there.
    fn sides(&self, example: &Example<'_>, first: u32, how: &Descent) -> (Lane, Lane) {
        let mut signs: Lane = [-1.0; SIDE_BY_SIDE];
        let mut costs: Lane = [how.cost * example.weight; SIDE_BY_SIDE];
        let own = example.class.wrapping_sub(first) as usize;
        if own < SIDE_BY_SIDE {
            signs[own] = 1.0;
            costs[own] *= how.own;
        }
        (signs, costs)
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(ids: &[u32]) -> Vector {
        let value = 1.0 / (ids.len() as f32).sqrt();
        Vector { ids: ids.to_vec(), values: vec![value; ids.len()] }
    }

    /// Feature 0 means class 0, feature 1 class 1, feature 2 nothing; every example has a feature of its own.
    fn trained(how: &Descent) -> Linear {
        let vectors: Vec<Vector> = (0..20).map(|i| vector(&[i % 2, 2, 3 + i])).collect();
        let examples: Vec<Example<'_>> = vectors
            .iter()
            .enumerate()
            .map(|(i, vector)| Example { vector, class: i as u32 % 2, weight: 1.0 })
            .collect();
        Linear::train(&examples, 2, 23, how, |_, _| Vec::new())
    }

    #[test]
    fn learns_what_tells_the_classes_apart() {
        let linear = trained(&Descent::default());
        assert!(linear.weight(0, 0) > 0.5 && linear.weight(1, 0) < -0.5);
        let scores = linear.scores(&vector(&[1, 2]));
        assert!(scores[1] > 0.0 && scores[0] < 0.0, "{scores:?}");
    }

    #[test]
    fn meets_the_conditions_of_the_optimum() {
        // With squared hinge loss each weight is the sum over examples of 2 · cost · loss · sign · value.
        let how = Descent { passes: 1000, tolerance: 1e-6, own: 1.0, ..Descent::default() };
        let linear = trained(&how);
        for i in 0..20u32 {
            let x = vector(&[i % 2, 2, 3 + i]);
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            let loss = (1.0 - sign * linear.scores(&x)[0]).max(0.0);
            let expected = 2.0 * how.cost * loss * sign * x.values[2];
            assert!((linear.weight(3 + i as usize, 0) - expected).abs() < 1e-3, "{i}");
        }
    }
}
