//! How sure the first candidate is: the probability that it is right and that the message is in scope at all.
//!
//! A single score is weak: a message that no article answers can share its words with one. So a small logistic model
//! weighs several signals. It is fitted from the content alone: articles left out whole give messages out of scope,
//! questions left out give messages in scope, answered right or wrong. Few examples say little, so the fit is drawn
//! towards coefficients measured on public sets (maximum a posteriori with a Gaussian prior).

use serde::{Deserialize, Serialize};

use crate::kb::intent::stack::{Parts, Scores, Seen};

/// How many coefficients there are: one for each signal, the constant first.
pub const COEFFICIENTS: usize = 13;

/// What the confidence is made of. Of 17 signals tried all but two of these did as well as all of them on questions and
/// slips of `clinc_bank` and `clinc150`. `words` lets each script have its own level; with `supported` more of `clinc_bank`
/// is answered rightly, 90.0 % and not 89.8, and less of what is out of scope, 4.0 % and not 4.1.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Signals {
    /// The winner's linear score, -1 to 2.
    pub linear: f32,
    /// How far the winner's whole score is ahead of the best other class's, 0 to 2, both as they were before the
    /// meta-classifier: 0 where that class was first then.
    pub margin: f32,
    /// The winner's nearest question, 0 to 1.
    pub nearest: f32,
    /// The winner's BM25, 0 to 1.
    pub bm25: f32,
    /// How far that is ahead of the best other class, -1 to 1.
    pub bm25_margin: f32,
    /// The share, 0 to 1, of the message's idf in terms that no training text has; a mended slip counts half.
    pub unseen: f32,
    /// The share, 0 to 1, of the idf that tells a topic which the winner's training texts bear out: a word that one of them
    /// alone has may be there by chance.
    pub supported: f32,
    /// The linear score of what is said to be out of scope, 0 where it is -1 or nothing is, 2 at most.
    pub outside: f32,
    /// The cosine, 0 to 1, to the nearest question that is said to be out of scope.
    pub outside_nearest: f32,
    /// The share, 0 to 1, of the four scorers whose first is the winner.
    pub agreement: f32,
    /// ln(1 + the number of different terms).
    pub terms: f32,
    /// The share, 0 to 1, of the message that is words and not ideographs.
    pub words: f32,
}

impl Signals {
    /// What the coefficients stand for.
    pub const NAMES: [&'static str; COEFFICIENTS] = [
        "constant",
        "linear",
        "margin",
        "nearest",
        "bm25",
        "bm25 margin",
        "unseen",
        "supported",
        "outside",
        "outside nearest",
        "agreement",
        "terms",
        "words",
    ];

    /// Reads the signals of the winner.
    pub(crate) fn read(seen: &Seen, scores: &Scores, first: usize) -> Signals {
        let win = &scores.parts[first];
        let other = |part: fn(&Parts) -> f32| {
            let others = scores.parts.iter().enumerate().filter(|(class, _)| *class != first);
            others.map(|(_, parts)| part(parts)).fold(f32::NEG_INFINITY, f32::max)
        };
        let bm25 = other(|p| p.bm25);
        let others = scores.total.iter().enumerate().filter(|(class, _)| *class != first);
        let total = others.map(|(_, total)| *total).fold(f32::NEG_INFINITY, f32::max);
        let agree = [
            win.linear >= other(|p| p.linear),
            win.bm25 >= bm25,
            win.nearest >= other(|p| p.nearest),
            win.centroid >= other(|p| p.centroid),
        ];
        Signals {
            linear: win.linear.clamp(-1.0, 2.0),
            margin: if total.is_finite() { (scores.total[first] - total).clamp(0.0, 2.0) } else { 1.0 },
            nearest: win.nearest,
            bm25: win.bm25,
            bm25_margin: (win.bm25 - bm25).clamp(-1.0, 1.0),
            unseen: if seen.mass > 0.0 { (seen.unseen + seen.doubted) / seen.mass } else { 1.0 },
            supported: scores.supported,
            outside: scores.outside.map_or(0.0, |outside| (outside.linear + 1.0).clamp(0.0, 2.0)),
            outside_nearest: scores.outside.map_or(0.0, |outside| outside.nearest),
            agreement: agree.iter().filter(|a| **a).count() as f32 / agree.len() as f32,
            terms: (1.0 + seen.terms as f32).ln(),
            words: seen.cut.share_of_words(),
        }
    }

    /// Returns them in the order of [`Signals::NAMES`].
    fn vector(&self) -> [f64; COEFFICIENTS] {
        [
            1.0,
            self.linear,
            self.margin,
            self.nearest,
            self.bm25,
            self.bm25_margin,
            self.unseen,
            self.supported,
            self.outside,
            self.outside_nearest,
            self.agreement,
            self.terms,
            self.words,
        ]
        .map(f64::from)
    }
}

/// A message whose outcome is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) signals: Signals,
    /// Whether the first candidate was right.
    pub(crate) right: bool,
    /// Whether one of the first [`CHOICES`] was.
    pub(crate) among_first: bool,
    /// How much the case counts.
    pub(crate) weight: f32,
}

/// The logistic model.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub(crate) struct Confidence {
    /// What each signal adds to the log odds, in the order of [`Signals::NAMES`].
    pub(crate) coefficients: [f32; COEFFICIENTS],
}

impl Default for Confidence {
    fn default() -> Self {
        Confidence { coefficients: PRIOR }
    }
}

/// Coefficients fitted on the dev questions of `clinc_bank` and `clinc150`, in and out of scope (3 : 10), and averaged; but
/// for that of `supported`, the constant with it, and those of `outside` and `outside nearest`, which were set by hand.
const PRIOR: [f32; COEFFICIENTS] = [-1.3, 2.2, 1.35, 0.3, 0.75, 0.5, -0.9, 0.4, -1.0, -0.5, 0.2, 0.1, 0.0];

/// The prior's precision. Of 1 to 100, small ones did best wherever there are a hundred questions; 2 keeps contents of a
/// few dozen from claiming what their examples cannot show.
const PRECISION: f64 = 2.0;

impl Confidence {
    /// Fits the coefficients by Newton's method.
    pub(crate) fn fit(cases: &[Case]) -> Confidence {
        let prior = PRIOR.map(f64::from);
        let mut at = prior;
        for _ in 0..25 {
            let mut gradient = [0.0f64; COEFFICIENTS];
            let mut curvature = [[0.0f64; COEFFICIENTS]; COEFFICIENTS];
            for i in 0..COEFFICIENTS {
                gradient[i] = PRECISION * (at[i] - prior[i]);
                curvature[i][i] = PRECISION;
            }
            for case in cases {
                let x = case.signals.vector();
                let p = sigmoid(x.iter().zip(&at).map(|(x, w)| x * w).sum());
                let weight = f64::from(case.weight);
                let miss = weight * (p - f64::from(u8::from(case.right)));
                let bend = weight * p * (1.0 - p);
                for i in 0..COEFFICIENTS {
                    gradient[i] += miss * x[i];
                    for j in 0..=i {
                        curvature[i][j] += bend * x[i] * x[j];
                    }
                }
            }
            let step = solve(curvature, gradient);
            let size = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
            // A long step may overshoot; a shorter one in the same direction does not.
            let before = loss(&at, cases);
            let shorter = std::iter::successors(Some(1.0), |length| Some(length / 2.0)).take(MOST_HALVINGS);
            let better = shorter
                .map(|length: f64| std::array::from_fn(|i| at[i] - length * step[i]))
                .find(|next| loss(next, cases) < before);
            let Some(next) = better else { break };
            at = next;
            if size < 1e-6 {
                break;
            }
        }
        Confidence { coefficients: at.map(|w| w as f32) }
    }

    /// Returns the probability, 0 to 1.
    pub(crate) fn of(&self, signals: &Signals) -> f32 {
        sigmoid(signals.vector().iter().zip(self.coefficients).map(|(x, w)| x * f64::from(w)).sum()) as f32
    }
}

/// How often a step of the fit is halved before it is given up: the fit is as good as it gets.
const MOST_HALVINGS: usize = 30;

/// Returns what the fit makes small: the cases' weighed log loss, and the distance from the prior.
fn loss(at: &[f64; COEFFICIENTS], cases: &[Case]) -> f64 {
    let far: f64 = at.iter().zip(PRIOR).map(|(w, prior)| (w - f64::from(prior)).powi(2)).sum();
    let of = |case: &Case| {
        let odds: f64 = case.signals.vector().iter().zip(at).map(|(x, w)| x * w).sum();
        let odds = if case.right { odds } else { -odds };
        // ln(1 + e^-odds), without an overflow.
        f64::from(case.weight) * ((-odds.abs()).exp().ln_1p() + (-odds).max(0.0))
    };
    PRECISION / 2.0 * far + cases.iter().map(of).sum::<f64>()
}

fn sigmoid(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// Solves a symmetric positive definite system, of which the lower half is given, by Cholesky's decomposition.
fn solve(mut a: [[f64; COEFFICIENTS]; COEFFICIENTS], mut b: [f64; COEFFICIENTS]) -> [f64; COEFFICIENTS] {
    for i in 0..COEFFICIENTS {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let value = a[i][j] - dot;
            a[i][j] = if i == j { value.max(1e-12).sqrt() } else { value / a[j][j] };
        }
    }
    for i in 0..COEFFICIENTS {
        let dot: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    for i in (0..COEFFICIENTS).rev() {
        let dot: f64 = (i + 1..COEFFICIENTS).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    b
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(linear: f32, right: bool) -> Case {
        Case { signals: Signals { linear, ..Signals::default() }, right, among_first: right, weight: 1.0 }
    }

    #[test]
    fn learns_from_many_cases_and_keeps_to_the_prior_without_any() {
        assert_eq!(Confidence::fit(&[]), Confidence::default());
        let cases: Vec<Case> = (0..400).map(|i| case(if i % 2 == 0 { 0.5 } else { -0.5 }, i % 2 == 0)).collect();
        let fitted = Confidence::fit(&cases);
        assert!(fitted.of(&cases[0].signals) > 0.95);
        assert!(fitted.of(&cases[1].signals) < 0.05);
    }

    #[test]
    fn is_calibrated_on_what_it_was_fitted_on() {
        let cases: Vec<Case> = (0..1000).map(|i| case(0.3, i % 10 < 7)).collect();
        assert!((Confidence::fit(&cases).of(&cases[0].signals) - 0.7).abs() < 0.02);
    }

    #[test]
    fn cases_that_nothing_is_wrong_with_keep_the_fit_from_nowhere() {
        let signals = |linear, unseen| Signals { linear, unseen, words: 1.0, agreement: 1.0, ..Signals::default() };
        let case = |signals, right, weight| Case { signals, right, among_first: right, weight };
        let right = (0..40).map(|i| case(signals(0.9 + i as f32 / 100.0, 0.0), true, 1.0));
        let wrong = (0..40).map(|i| case(signals(-0.9, 0.9 + i as f32 / 400.0), false, 0.3));
        let cases: Vec<Case> = right.chain(wrong).collect();
        let fitted = Confidence::fit(&cases);
        assert!(fitted.of(&cases[0].signals) > 0.9 && fitted.of(&cases[79].signals) < 0.1, "{fitted:?}");
    }

    #[test]
    fn solves_a_system() {
        let mut a = [[0.0; COEFFICIENTS]; COEFFICIENTS];
        let mut b = [0.0; COEFFICIENTS];
        for i in 0..COEFFICIENTS {
            a[i][i] = 4.0;
            b[i] = 4.0;
        }
        (a[1][0], b[0], b[1]) = (2.0, 6.0, 6.0);
        let x = solve(a, b);
        assert!(x.iter().all(|x| (x - 1.0).abs() < 1e-9), "{x:?}");
    }
}
