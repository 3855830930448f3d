//! The questions that the widget offers: a customer who takes one must get an answer, not a question back.

use std::path::Path;

use crate::cli::check::ask;
use crate::content::{Problem, Suggestions, line_of};
use crate::desk::HelpCentre;
use crate::kb::Snapshot;
use crate::model::ReplyKind;

/// Asks the chat everything that is suggested, and reports what it does not answer.
pub(super) fn unanswered(
    suggested: &[Suggestions],
    desk: &HelpCentre,
    snapshot: &Snapshot,
    dir: &Path,
) -> Vec<Problem> {
    let file = Path::new("suggestions.toml");
    let mut problems = Vec::new();
    for (locale, questions) in suggested.iter().flat_map(|s| &s.questions) {
        for message in questions {
            let instead = match ask(desk, snapshot, message, locale).kind {
                ReplyKind::Clarify => "is asked back about",
                ReplyKind::Fallback => "is not answered",
                ReplyKind::Smalltalk => "is taken for small talk",
                ReplyKind::Answer | ReplyKind::Step | ReplyKind::Safety | ReplyKind::Handoff => continue,
            };
            let told = format!("the suggested question “{message}” {instead}; word it as an article's `questions` do");
            problems.push(Problem::warning(file, line_of(&dir.join(file), message), told));
        }
    }
    problems
}
