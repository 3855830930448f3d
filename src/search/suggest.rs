//! Suggestions while somebody types.

use rustc_hash::FxHashSet;

use crate::base::{Locale, Viewer};
use crate::kb::Snapshot;
use crate::kb::completions::{Completed, Target};
use crate::search::correct::correct;
use crate::search::results::{Suggestion, SuggestionKind};
use crate::text::redact;

/// Returns at most `limit` suggestions for what has been typed so far, best first: codes, then titles, then questions;
/// what begins with the typed text before what has a word that does; the reader's locale before others. Where nothing
/// does, what was probably meant is offered first, and then what begins with that.
#[must_use]
pub fn suggest(snapshot: &Snapshot, typed: &str, locale: &Locale, limit: usize, viewer: Viewer) -> Vec<Suggestion> {
    // Words are remembered with their stems: what is secret must not be among them.
    let redacted = redact(typed);
    let typed = redacted.words();
    let mut found = snapshot.completions.complete(&typed);
    let mut out = ranked(snapshot, &mut found, locale, limit, viewer);
    if out.is_empty()
        && let Some(correction) = correct(&snapshot.lexicon, &typed)
    {
        let mut found = snapshot.completions.complete(&correction.text);
        out = ranked(snapshot, &mut found, locale, limit, viewer);
        if !out.is_empty() {
            let query = percent_encoding::utf8_percent_encode(&correction.text, percent_encoding::NON_ALPHANUMERIC);
            let url = format!("/{locale}/search?q={query}");
            out.insert(0, Suggestion { text: correction.text, url, kind: SuggestionKind::Query });
            out.truncate(limit);
        }
    }
    out
}

fn ranked(
    snapshot: &Snapshot,
    found: &mut [Completed],
    locale: &Locale,
    limit: usize,
    viewer: Viewer,
) -> Vec<Suggestion> {
    let foreign = |target: Target| match target {
        Target::Code(_) => false,
        Target::Title(at) | Target::Question(at, _) => {
            snapshot.articles()[at as usize].locale.language() != locale.language()
        }
    };
    let group = |target: Target| match target {
        Target::Code(_) => 0,
        Target::Title(_) => 1,
        Target::Question(..) => 2,
    };
    found.sort_by_cached_key(|c| (foreign(c.target), !c.at_start, group(c.target), c.length, c.target));
    let mut seen = FxHashSet::default();
    let mut out = Vec::new();
    for completed in found {
        if out.len() == limit {
            break;
        }
        if let Some(suggestion) = shown(snapshot, completed.target, locale, viewer)
            && seen.insert(suggestion.text.clone())
        {
            out.push(suggestion);
        }
    }
    out
}

fn shown(snapshot: &Snapshot, target: Target, locale: &Locale, viewer: Viewer) -> Option<Suggestion> {
    match target {
        Target::Code(at) => {
            let record = snapshot.codes().get(at as usize)?;
            snapshot.article(&record.article, locale, viewer)?;
            let message = record.messages.iter().find(|(l, _)| l.language() == locale.language());
            let text = match message.and_then(|(_, m)| m.first()) {
                Some(message) => format!("{} {message}", record.code),
                None => record.code.clone(),
            };
            Some(Suggestion { text, url: crate::kb::code_url(locale, &record.code), kind: SuggestionKind::Code })
        }
        Target::Title(at) => {
            let article = snapshot.articles().get(at as usize).filter(|a| a.visible_to(viewer))?;
            Some(Suggestion { text: article.title.clone(), url: article.url(), kind: SuggestionKind::Article })
        }
        Target::Question(at, number) => {
            let article = snapshot.articles().get(at as usize).filter(|a| a.visible_to(viewer))?;
            let text = article.questions.get(number as usize)?.clone();
            Some(Suggestion { text, url: article.url(), kind: SuggestionKind::Question })
        }
    }
}
