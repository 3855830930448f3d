//! From which confidence on a message is answered, asked back about, or left to others.
//!
//! The content decides, by cross-validation: each message of known outcome is judged by a confidence fitted without it, and
//! the line is drawn where the gain over all of them is greatest. Few messages say little, so the line is drawn towards the
//! one that a perfectly calibrated confidence would have, and never below it: a content shows what is near it and not all that
//! customers write.

use serde::{Deserialize, Serialize};

use crate::kb::intent::confidence::{Case, Confidence};

/// How many articles a question back offers.
pub const CHOICES: usize = 3;

/// What a wrong answer costs, where a right one gains 1.
const WRONG: f32 = 1.0;
/// What it costs where the next candidates are offered with it: of the wrong answers on the open sets a quarter to a third
/// name the right one there, and whoever meant it taps it.
const WRONG_WITH_OTHERS: f32 = 2.0 / 3.0;
/// The same where money is at risk.
const WRONG_AT_RISK: f32 = 0.75;
/// What a question back costs that does not offer what was meant, where one that does gains 1.
const WRONG_CHOICE: f32 = 1.0 / 3.0;
/// So many cases move a line half of the way to where they would have it.
const HALF_WAY: f32 = 100.0;
/// Into so many parts the cases are cut; each is judged by a confidence fitted on the others.
const FOLDS: usize = 4;

/// Probabilities of being right, 0 to 1, at and above which something is done.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Thresholds {
    /// The first candidate is answered, and the next ones need not be offered; never below `answer`.
    pub sure: f32,
    /// The first candidate is answered; below `sure` the next ones are offered with it.
    pub answer: f32,
    /// It is answered though money is at risk; never below `answer`.
    pub answer_at_risk: f32,
    /// The customer is asked which of the first [`CHOICES`] is meant; never above `answer`.
    pub clarify: f32,
}

impl Default for Thresholds {
    fn default() -> Self {
        Thresholds {
            sure: calibrated(WRONG),
            answer: calibrated(WRONG_WITH_OTHERS),
            answer_at_risk: calibrated(WRONG_AT_RISK),
            clarify: calibrated(WRONG_CHOICE),
        }
    }
}

impl Thresholds {
    /// Draws the lines.
    pub(crate) fn fit(cases: &[Case]) -> Thresholds {
        let judged = judged(cases);
        let line = |cost, gains: fn(&Case) -> bool| {
            let best = best_line(&judged, cost, gains);
            let counted: f32 = cases.iter().map(|c| c.weight).sum();
            let own = counted / (counted + HALF_WAY);
            best.map_or(calibrated(cost), |best| own * best.max(calibrated(cost)) + (1.0 - own) * calibrated(cost))
        };
        let answer = line(WRONG_WITH_OTHERS, |c| c.right);
        Thresholds {
            sure: line(WRONG, |c| c.right).max(answer),
            answer,
            answer_at_risk: line(WRONG_AT_RISK, |c| c.right).max(answer),
            clarify: line(WRONG_CHOICE, |c| c.among_first).min(answer),
        }
    }
}

/// Returns the line of a confidence that is right as often as it says: there gain and cost are equal.
fn calibrated(cost: f32) -> f32 {
    cost / (1.0 + cost)
}

/// Returns each case with a confidence that was fitted without it, the surest first.
fn judged(cases: &[Case]) -> Vec<(f32, &Case)> {
    let mut out: Vec<(f32, &Case)> = Vec::with_capacity(cases.len());
    for fold in 0..FOLDS {
        // Neighbours ask for one article: blocks keep them together.
        let (from, to) = (cases.len() * fold / FOLDS, cases.len() * (fold + 1) / FOLDS);
        let others: Vec<Case> = cases[..from].iter().chain(&cases[to..]).copied().collect();
        let confidence = Confidence::fit(&others);
        out.extend(cases[from..to].iter().map(|case| (confidence.of(&case.signals), case)));
    }
    out.sort_by(|a, b| b.0.total_cmp(&a.0));
    out
}

/// Returns the line with the greatest gain; none where nothing gains.
fn best_line(judged: &[(f32, &Case)], cost: f32, gains: fn(&Case) -> bool) -> Option<f32> {
    let (mut gain, mut most, mut line) = (0.0f32, 0.0f32, None);
    for (i, (confidence, case)) in judged.iter().enumerate() {
        gain += case.weight * if gains(case) { 1.0 } else { -cost };
        let next = judged.get(i + 1).map_or(0.0, |next| next.0);
        if gain > most && next < *confidence {
            (most, line) = (gain, Some((confidence + next) / 2.0));
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kb::intent::confidence::Signals;

    /// Cases whose linear score says how often, of ten, the first is right.
    fn cases(each: usize) -> Vec<Case> {
        let case = |tenths: usize, i: usize| {
            let right = i % 10 < tenths;
            let signals = Signals { linear: tenths as f32 / 5.0 - 1.0, ..Signals::default() };
            Case { signals, right, among_first: right, weight: 1.0 }
        };
        (0..each * 11).map(|i| case(i % 11, i / 11)).collect()
    }

    #[test]
    fn nothing_known_gives_the_lines_of_a_calibrated_confidence() {
        assert_eq!(Thresholds::fit(&[]), Thresholds::default());
        assert!((Thresholds::default().sure - 0.5).abs() < 1e-6);
        assert!((Thresholds::default().answer - 0.4).abs() < 1e-6);
        assert!((Thresholds::default().clarify - 0.25).abs() < 1e-6);
    }

    #[test]
    fn a_calibrated_confidence_keeps_its_lines() {
        let fitted = Thresholds::fit(&cases(200));
        let usual = Thresholds::default();
        let lines = |t: Thresholds| [t.sure, t.answer, t.clarify];
        for (fitted, usual) in lines(fitted).into_iter().zip(lines(usual)) {
            assert!((fitted - usual).abs() < 0.1, "{fitted} {usual}");
        }
    }

    #[test]
    fn what_is_never_right_is_never_answered() {
        let wrong: Vec<Case> = cases(200).into_iter().map(|c| Case { right: c.signals.linear > 0.9, ..c }).collect();
        let fitted = Thresholds::fit(&wrong);
        assert!(fitted.answer_at_risk >= fitted.answer && fitted.clarify <= fitted.answer, "{fitted:?}");
        assert!(fitted.sure >= fitted.answer, "{fitted:?}");
        let sure = Confidence::fit(&wrong);
        assert!(sure.of(&Signals { linear: 0.4, ..Signals::default() }) < fitted.answer);
    }
}
