//! Whether anybody can get lost in a flow: a step that nobody reaches, or a way round without an end.

use std::collections::HashSet;

use crate::content::fields::Findings;
use crate::content::flows::{FlowStep, OUTCOMES, StepOutcome, Target};

/// Reports steps that nobody reaches, and steps from which no written reply leads to an end.
pub(crate) fn ways(steps: &[FlowStep], findings: &mut Findings<'_>) {
    let mut reached: HashSet<usize> = HashSet::from([0]);
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        for target in steps[at].written_targets().chain(OUTCOMES.map(|o| steps[at].target(o))) {
            if let Target::Step(next) = target
                && reached.insert(next)
            {
                open.push(next);
            }
        }
    }
    // From the ends backwards, until nothing changes.
    let mut ending: HashSet<usize> = HashSet::new();
    loop {
        let before = ending.len();
        for (at, step) in steps.iter().enumerate() {
            let ends = step.written_targets().any(|t| match t {
                Target::Done | Target::Handoff => true,
                Target::Step(next) => ending.contains(&next),
            });
            // A choice may be refused; where replies alone are written, “not yet” without one ends with a person.
            let falls_through = step.choices.is_empty()
                && !step.replies.is_empty()
                && matches!(step.target(StepOutcome::NotYet), Target::Handoff);
            if ends || falls_through {
                ending.insert(at);
            }
        }
        if ending.len() == before {
            break;
        }
    }
    for (at, step) in steps.iter().enumerate() {
        if !reached.contains(&at) {
            let message = format!("no reply leads to the step `{}`; name it in one, or take it out", step.id);
            findings.error(step.line, message);
        } else if !ending.contains(&at) && step.written_targets().next().is_some() {
            let message = format!(
                "from the step `{}` on the replies only lead round; let one lead to `done` or `handoff`",
                step.id
            );
            findings.error(step.line, message);
        }
    }
}
