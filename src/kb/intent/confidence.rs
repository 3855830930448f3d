//! How sure the first candidate is: the probability that it is right and that the message is in scope at all.
//!
//! A single score is weak: a message that no article answers can share its words with one. So a small logistic model
//! weighs several signals. It is fitted from the content alone: articles left out whole give messages out of scope,
//! questions left out give messages in scope, answered right or wrong. Few examples say little, so the fit is drawn
//! towards coefficients measured on public sets (maximum a posteriori with a Gaussian prior).

use crate::kb::intent::features::Group;
use crate::kb::intent::stack::{Scores, Seen, Stack};

/// How many signals there are, the constant included.
pub const SIGNALS: usize = 14;

/// What the confidence is made of. The order is that of [`Signals::NAMES`].
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Signals {
    /// The values.
    pub values: [f32; SIGNALS],
}

impl Signals {
    /// What each value is.
    pub const NAMES: [&'static str; SIGNALS] = [
        "constant",
        "linear score",
        "linear margin",
        "margin",
        "nearest question",
        "centroid",
        "bm25",
        "bm25 margin",
        "unseen share",
        "unknown terms",
        "agreement",
        "terms",
        "letters seen",
        "runs seen",
    ];

    /// Reads the signals of the winner and the runner-up from the scores.
    pub(crate) fn read(stack: &Stack, seen: &Seen, scores: &Scores, first: usize, second: Option<usize>) -> Signals {
        let _ = (stack, Group::Stem);
        let win = &scores.parts[first];
        let others = |f: fn(&super::stack::Parts) -> f32| {
            scores
                .parts
                .iter()
                .enumerate()
                .filter(|(i, _)| *i != first)
                .map(|(_, p)| f(p))
                .fold(f32::NEG_INFINITY, f32::max)
        };
        let (linear, bm25, nearest, centroid) =
            (others(|p| p.linear), others(|p| p.bm25), others(|p| p.nearest), others(|p| p.centroid));
        let agree = [win.linear >= linear, win.bm25 >= bm25, win.nearest >= nearest, win.centroid >= centroid];
        let margin = second.map_or(1.0, |s| scores.total[first] - scores.total[s]);
        let bounded = |x: f32| if x.is_finite() { x.clamp(-1.0, 2.0) } else { 0.0 };
        Signals {
            values: [
                1.0,
                bounded(win.linear),
                bounded(win.linear - linear),
                bounded(margin),
                win.nearest,
                win.centroid,
                win.bm25,
                bounded(win.bm25 - bm25),
                if seen.mass > 0.0 { seen.unseen / seen.mass } else { 1.0 },
                (1.0 + seen.unknown as f32).ln(),
                agree.iter().filter(|a| **a).count() as f32 / 4.0,
                (1.0 + seen.terms as f32).ln(),
                seen.letters_seen,
                seen.runs_seen,
            ],
        }
    }
}

/// A message whose outcome is known.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) signals: Signals,
    /// Whether the first candidate was right.
    pub(crate) right: bool,
    /// How much the case counts.
    pub(crate) weight: f32,
}

/// The logistic model.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Confidence {
    /// What each signal adds to the log odds.
    pub coefficients: [f32; SIGNALS],
}

impl Default for Confidence {
    fn default() -> Self {
        Confidence { coefficients: PRIOR }
    }
}

/// Coefficients measured on public sets.
const PRIOR: [f32; SIGNALS] = [0.0; SIGNALS];

/// How many examples the prior is worth, in units of squared distance of one coefficient.
const PRIOR_STRENGTH: f64 = 1.0;

impl Confidence {
    /// Fits the coefficients.
    pub(crate) fn fit(cases: &[Case]) -> Confidence {
        let mut at = PRIOR.map(f64::from);
        for _ in 0..25 {
            let mut gradient = [0.0f64; SIGNALS];
            let mut curvature = [[0.0f64; SIGNALS]; SIGNALS];
            for i in 0..SIGNALS {
                gradient[i] = PRIOR_STRENGTH * (at[i] - f64::from(PRIOR[i]));
                curvature[i][i] = PRIOR_STRENGTH;
            }
            for case in cases {
                let x = case.signals.values.map(f64::from);
                let p = sigmoid(x.iter().zip(&at).map(|(x, w)| x * w).sum());
                let weight = f64::from(case.weight);
                let miss = weight * (p - f64::from(u8::from(case.right)));
                let bend = weight * p * (1.0 - p);
                for i in 0..SIGNALS {
                    gradient[i] += miss * x[i];
                    for j in 0..=i {
                        curvature[i][j] += bend * x[i] * x[j];
                    }
                }
            }
            let step = solve(&mut curvature, gradient);
            let size = step.iter().map(|s| s.abs()).fold(0.0, f64::max);
            // Far steps of Newton's method can overshoot; halves are safe.
            let damping = if size > 4.0 { 4.0 / size } else { 1.0 };
            for i in 0..SIGNALS {
                at[i] -= damping * step[i];
            }
            if size < 1e-6 {
                break;
            }
        }
        Confidence { coefficients: at.map(|w| w as f32) }
    }

    /// Returns the probability, 0 to 1.
    pub(crate) fn of(&self, signals: &Signals) -> f32 {
        let odds: f32 = signals.values.iter().zip(&self.coefficients).map(|(x, w)| x * w).sum();
        sigmoid(f64::from(odds)) as f32
    }
}

fn sigmoid(odds: f64) -> f64 {
    1.0 / (1.0 + (-odds).exp())
}

/// Solves a symmetric positive definite system, of which the lower half is given, by Cholesky's decomposition.
fn solve(a: &mut [[f64; SIGNALS]; SIGNALS], mut b: [f64; SIGNALS]) -> [f64; SIGNALS] {
    for i in 0..SIGNALS {
        for j in 0..=i {
            let dot: f64 = (0..j).map(|k| a[i][k] * a[j][k]).sum();
            let value = a[i][j] - dot;
            a[i][j] = if i == j { value.max(1e-12).sqrt() } else { value / a[j][j] };
        }
    }
    for i in 0..SIGNALS {
        let dot: f64 = (0..i).map(|k| a[i][k] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    for i in (0..SIGNALS).rev() {
        let dot: f64 = (i + 1..SIGNALS).map(|k| a[k][i] * b[k]).sum();
        b[i] = (b[i] - dot) / a[i][i];
    }
    b
}
