//! The meta-classifier: what the scores of all classes together say of each of them.
//!
//! The stack's score of a class looks at that class alone. Which of two near classes is meant often shows in what a third one
//! scores. That is learnt from questions which the stack did not know: each part of them is left out of the training once and
//! scored, and a multinomial logistic regression learns from the scores (stacked generalization: D. H. Wolpert, “Stacked
//! generalization”, Neural Networks 5, 1992). It corrects the stack's scores and does not replace them: the correction of a
//! class that nothing was learnt of is nothing.
//!
//! By five-fold cross-validation of all 10,003 utterances of `banking77` 91.6 % are ranked right without it and 92.2 % with it,
//! as the mean over its classes 91.3 and 92.3 %; with ten utterances an article 77.0 and 78.8 %. How sure the first class is,
//! is still read off the stack's own scores, so that it neither is surer nor answers more of what is out of scope.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kb::intent::holdout::scatter;
use crate::kb::intent::linear::Descent;
use crate::kb::intent::space::Space;
use crate::kb::intent::stack::{Recipe, Source, Stack, Text, best_first};

/// How the meta-classifier is trained.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stacking {
    /// Into how many parts the questions are cut, each of which is left out once; below 2 nothing is learnt.
    pub folds: u32,
    /// Passes of the stack's descent in a fold.
    pub fold_passes: usize,
    /// How many times the stack's scores count as log odds.
    pub sharpness: f32,
    /// How much of the correction is believed, 0 to 1.
    pub share: f32,
    /// The price of the squared weights, above 0.
    pub ridge: f32,
    /// The learning rate of AdaGrad.
    pub rate: f32,
    /// Passes over the cases.
    pub passes: u32,
}

impl Default for Stacking {
    fn default() -> Self {
        Stacking { folds: 5, fold_passes: 3, sharpness: 3.0, share: 0.5, ridge: 0.5, rate: 0.1, passes: 30 }
    }
}

/// The regression, trained.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// For each class what the score of each class adds to its own; empty where nothing was learnt.
    weights: Vec<f32>,
    biases: Vec<f32>,
}

/// A question that the stack did not know when it scored it.
struct Case {
    /// The score of each class.
    scores: Vec<f32>,
    class: u32,
}

/// So many classes are corrected, the first by the stack's scores.
const MOST_CORRECTED: usize = 16;

/// With more classes nothing is learnt: the weights of all pairs would take more memory than the rest of the model.
const MOST_CLASSES: usize = 1_000;

/// So many scores are kept to learn from, 64 MiB; of more questions a part is asked.
const MOST_SCORES: usize = 16_000_000;

/// The squared gradients that AdaGrad begins with.
const FIRST_SQUARES: f32 = 1e-2;

/// A class whose probability is wrong by less than this learns nothing from a case.
const SMALLEST_ERROR: f32 = 2e-3;

/// What so many cases teach is believed half.
const HALF_BELIEVED: f32 = 100.0;

/// A case of a class that has few counts at most as much as so many of another.
const MOST_WEIGHT: f32 = 4.0;

impl Meta {
    /// Trains on texts whose classes are numbered 0 to `classes`. `outside` is the class of what is out of scope, whose
    /// number is the last; `whole` is the space of all texts.
    pub(crate) fn train(texts: &[Text], classes: usize, outside: Option<u32>, whole: &Space, recipe: &Recipe) -> Meta {
        let how = &recipe.stacking;
        let scored = classes - usize::from(outside.is_some());
        if how.folds < 2 || !(2..=MOST_CLASSES).contains(&scored) {
            return Meta::default();
        }
        let cases = cases(texts, classes, outside, whole, recipe);
        regress(&cases, scored, how)
    }

    /// Returns the corrected scores of all classes.
    pub(crate) fn correct(&self, scores: &[f32]) -> Vec<f32> {
        let mut corrected = scores.to_vec();
        if self.biases.len() == scores.len() {
            for class in best_first(scores, MOST_CORRECTED) {
                corrected[class as usize] += self.correction(class as usize, scores);
            }
        }
        corrected
    }

    fn correction(&self, class: usize, scores: &[f32]) -> f32 {
        self.biases[class] + dot(self.row(class), scores)
    }

    fn row(&self, class: usize) -> &[f32] {
        &self.weights[class * self.biases.len()..][..self.biases.len()]
    }
}

/// Returns the product of two lists; several are added side by side, always in the same order.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((lanes_a, rest_a), (lanes_b, rest_b)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0f32; 8];
    for (a, b) in lanes_a.iter().zip(lanes_b) {
        for k in 0..8 {
            sums[k] += a[k] * b[k];
        }
    }
    sums.iter().chain(&[rest_a.iter().zip(rest_b).map(|(a, b)| a * b).sum()]).sum()
}

/// Scores each question by a stack that was trained without it.
fn cases(texts: &[Text], classes: usize, outside: Option<u32>, whole: &Space, recipe: &Recipe) -> Vec<Case> {
    let how = &recipe.stacking;
    let quick = Recipe { descent: Descent { passes: how.fold_passes, ..recipe.descent }, ..*recipe };
    let number: Vec<u32> = (0..classes as u32).collect();
    let fold = |t: &Text| match t.source {
        Source::Question(q) if Some(t.class) != outside => Some(scatter(q.wrapping_mul(31) ^ t.class) % how.folds),
        _ => None,
    };
    let questions = texts.iter().filter(|t| fold(t).is_some()).count();
    let stride = questions * classes / MOST_SCORES + 1;
    (0..how.folds)
        .into_par_iter()
        .flat_map_iter(|left_out| {
            let kept: Vec<&Text> = texts.iter().filter(|t| fold(t) != Some(left_out)).collect();
            let stack = Stack::train(&kept, &number, classes, outside.is_some(), Some(whole), &quick);
            let asked: Vec<&Text> = texts.iter().filter(|t| fold(t) == Some(left_out)).step_by(stride).collect();
            asked
                .par_iter()
                .map(|t| Case { scores: stack.score(&stack.see_text(t)).total, class: t.class })
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Learns the corrections by AdaGrad (J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011), the cases in an order of their own in each
/// pass.
fn regress(cases: &[Case], classes: usize, how: &Stacking) -> Meta {
    let mut meta = Meta { weights: vec![0.0; classes * classes], biases: vec![0.0; classes] };
    let mut squares = vec![FIRST_SQUARES; classes * classes];
    let mut bias_squares = vec![FIRST_SQUARES; classes];
    let shrink = 2.0 * how.ridge / cases.len().max(1) as f32;
    // Each class counts as much as another: how many questions an article has says nothing of how often it is asked for.
    // One that no case asks for would only be learnt to be wrong.
    let mut asked = vec![0u32; classes];
    cases.iter().for_each(|case| asked[case.class as usize] += 1);
    let mean = cases.len() as f32 / asked.iter().filter(|n| **n > 0).count().max(1) as f32;
    let weight: Vec<f32> = asked.iter().map(|n| (mean / (*n).max(1) as f32).min(MOST_WEIGHT)).collect();
    let near: Vec<Vec<u32>> = cases
        .iter()
        .map(|case| {
            let mut near = best_first(&case.scores, MOST_CORRECTED);
            near.retain(|class| asked[*class as usize] > 0);
            if !near.contains(&case.class) {
                near.push(case.class);
            }
            near
        })
        .collect();
    let mut order: Vec<u32> = (0..cases.len() as u32).collect();
    for pass in 0..how.passes {
        order.sort_by_key(|i| scatter(i ^ scatter(pass)));
        for at in &order {
            let (case, near) = (&cases[*at as usize], &near[*at as usize]);
            let odds: Vec<f32> = near
                .iter()
                .map(|c| how.sharpness * case.scores[*c as usize] + meta.correction(*c as usize, &case.scores))
                .collect();
            let highest = odds.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            let chances: Vec<f32> = odds.iter().map(|o| (o - highest).exp()).collect();
            let all: f32 = chances.iter().sum();
            for (class, chance) in near.iter().zip(chances) {
                let error = chance / all - if *class == case.class { 1.0 } else { 0.0 };
                if error.abs() < SMALLEST_ERROR {
                    continue;
                }
                let error = error * weight[case.class as usize];
                let class = *class as usize;
                let step = |weight: &mut f32, squares: &mut f32, gradient: f32| {
                    let gradient = gradient + shrink * *weight;
                    *squares += gradient * gradient;
                    *weight -= how.rate * gradient / squares.sqrt();
                };
                step(&mut meta.biases[class], &mut bias_squares[class], error);
                let row = class * classes..(class + 1) * classes;
                let weights = meta.weights[row.clone()].iter_mut().zip(&mut squares[row]);
                for ((weight, squares), score) in weights.zip(&case.scores) {
                    step(weight, squares, error * score);
                }
            }
        }
    }
    // Log odds become the stack's scores again; few cases say little.
    let scale = how.share / how.sharpness * cases.len() as f32 / (cases.len() as f32 + HALF_BELIEVED);
    meta.weights.iter_mut().chain(&mut meta.biases).for_each(|weight| *weight *= scale);
    meta
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two classes score alike; the third, which is never meant, tells them apart.
    fn told_by_a_third() -> Vec<Case> {
        let case = |i: u32| {
            let class = i % 2;
            let tell = if class == 0 { 0.2 } else { -0.6 };
            let noise = (scatter(i) % 100) as f32 / 500.0;
            Case { scores: vec![0.5 + noise, 0.6 - noise, tell - noise], class }
        };
        (0..200).map(case).collect()
    }

    fn first(scores: &[f32]) -> u32 {
        best_first(scores, 1)[0]
    }

    #[test]
    fn what_a_third_class_scores_tells_two_apart() {
        let cases = told_by_a_third();
        let right = |meta: &Meta| cases.iter().filter(|c| first(&meta.correct(&c.scores)) == c.class).count();
        assert!(right(&Meta::default()) < 130, "{}", right(&Meta::default()));
        let meta = regress(&cases, 3, &Stacking::default());
        assert!(right(&meta) > 190, "{}", right(&meta));
    }

    #[test]
    fn a_class_that_nothing_was_learnt_of_keeps_its_score() {
        let meta = regress(&told_by_a_third(), 3, &Stacking::default());
        let scores = [0.5, 0.6, 0.2];
        assert_eq!(meta.correct(&scores)[2], 0.2);
        assert_ne!(meta.correct(&scores)[0], 0.5);
        let nothing = regress(&[], 3, &Stacking::default());
        assert_eq!(nothing.correct(&scores), scores);
    }

    #[test]
    fn scores_of_another_number_of_classes_are_left_alone() {
        let meta = regress(&told_by_a_third(), 3, &Stacking::default());
        for scores in [vec![], vec![0.1], vec![0.1; 4]] {
            assert_eq!(meta.correct(&scores), scores);
        }
    }

    #[test]
    fn a_class_with_few_questions_is_not_learnt_to_be_rare() {
        // Nothing tells them apart but how often each is asked for.
        let cases: Vec<Case> =
            (0..300).map(|i| Case { scores: vec![0.5, 0.5], class: u32::from(i % 4 == 0) }).collect();
        let corrected = regress(&cases, 2, &Stacking::default()).correct(&[0.5, 0.5]);
        assert!((corrected[0] - corrected[1]).abs() < 0.05, "{corrected:?}");
    }

    #[test]
    fn the_same_cases_teach_the_same() {
        let learn = || regress(&told_by_a_third(), 3, &Stacking::default()).correct(&[0.5, 0.6, 0.2]);
        assert_eq!(learn(), learn());
    }
}
