//! The questions that are said to be out of scope: one that is answered all the same contradicts an article.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::base::Locale;
use crate::cli::check::ask;
use crate::content::{Problem, line_of};
use crate::desk::HelpCentre;
use crate::kb::Snapshot;
use crate::model::ReplyKind;

/// Asks the chat everything that is out of scope, and reports what it answers with an article.
pub(super) fn answered(
    questions: &BTreeMap<Locale, Vec<String>>,
    desk: &HelpCentre,
    snapshot: &Snapshot,
    dir: &Path,
) -> Vec<Problem> {
    let file = Path::new("out-of-scope.toml");
    let all: Vec<(&Locale, &String)> = questions.iter().flat_map(|(l, q)| q.iter().map(move |q| (l, q))).collect();
    let problem = |&(locale, message): &(&Locale, &String)| {
        let reply = ask(desk, snapshot, message, locale);
        let source = reply.sources.first().filter(|_| reply.kind == ReplyKind::Answer)?;
        let told = format!(
            "“{message}” is said to be out of scope and answered by {}; take it out here, or tell the two apart",
            source.id
        );
        Some(Problem::warning(file, line_of(&dir.join(file), message), told))
    };
    all.par_iter().filter_map(problem).collect()
}
