//! Synonyms at work: which declared words a text holds, and which others belong with them.

use aho_corasick::{AhoCorasick, MatchKind};

use crate::base::Locale;
use crate::content::Synonyms;
use crate::text::phrase::{haystack, needle};

/// The synonyms of a content, ready to be looked up.
#[derive(Debug, Default)]
pub struct SynonymMap {
    /// From what customers type to what the content says; of equals, to the first of the group.
    meaning: Lookup,
    /// From what the content says to what customers type.
    spoken: Lookup,
}

#[derive(Debug, Default)]
struct Lookup {
    automaton: Option<AhoCorasick>,
    targets: Vec<Target>,
}

#[derive(Debug)]
struct Target {
    locale: Option<Locale>,
    term: String,
    adds: Vec<String>,
}

impl SynonymMap {
    /// Builds the look-ups.
    #[must_use]
    pub fn build(groups: &[Synonyms]) -> Self {
        let mut meaning = Vec::new();
        let mut spoken = Vec::new();
        for group in groups {
            let target =
                |term: &String, adds: Vec<String>| Target { locale: group.locale.clone(), term: needle(term), adds };
            for from in &group.from {
                let to = if group.two_way { group.to.iter().take(1) } else { group.to.iter().take(usize::MAX) };
                meaning.push(target(from, to.filter(|t| *t != from).cloned().collect()));
            }
            for to in &group.to {
                spoken.push(target(to, group.from.iter().filter(|f| *f != to).cloned().collect()));
            }
        }
        SynonymMap { meaning: Lookup::build(meaning), spoken: Lookup::build(spoken) }
    }

    /// Returns a text with the content's words for what it says appended, so that two texts that say the same in other
    /// words share some. A text without a synonym is returned as it is.
    #[must_use]
    pub fn with_meaning(&self, text: &str) -> Option<String> {
        let added = self.meaning.adds(text, None);
        (!added.is_empty()).then(|| format!("{text} {}", added.join(" ")))
    }

    /// Returns the words by which customers call what a text of some locale says.
    #[must_use]
    pub fn spoken_for(&self, text: &str, locale: &Locale) -> Vec<&str> {
        self.spoken.adds(text, Some(locale))
    }
}

impl Lookup {
    fn build(mut targets: Vec<Target>) -> Self {
        targets.retain(|t| !t.term.is_empty() && !t.adds.is_empty());
        let automaton = AhoCorasick::builder().match_kind(MatchKind::Standard).build(targets.iter().map(|t| &t.term));
        Lookup { automaton: automaton.ok().filter(|_| !targets.is_empty()), targets }
    }

    /// Returns what belongs with the terms that a text holds and is not in the text itself, in the order of the groups.
    fn adds(&self, text: &str, locale: Option<&Locale>) -> Vec<&str> {
        let Some(automaton) = &self.automaton else { return Vec::new() };
        let hay = haystack(text);
        let mut found: Vec<usize> = automaton.find_overlapping_iter(&hay).map(|m| m.pattern().as_usize()).collect();
        found.sort_unstable();
        found.dedup();
        let mut out: Vec<&str> = Vec::new();
        for at in found {
            let target = &self.targets[at];
            let applies = match (&target.locale, locale) {
                (Some(a), Some(b)) => a.language() == b.language(),
                _ => true,
            };
            for add in target.adds.iter().filter(|_| applies) {
                if !out.contains(&add.as_str()) && !hay.contains(&needle(add)) {
                    out.push(add);
                }
            }
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map() -> SynonymMap {
        let strings = |list: &[&str]| list.iter().map(ToString::to_string).collect::<Vec<_>>();
        let group = |from: &[&str], to: &[&str], two_way| Synonyms {
            locale: None,
            from: strings(from),
            to: strings(to),
            two_way,
            line: 1,
        };
        let phone = ["话费", "手机费"];
        SynonymMap::build(&[group(&phone, &phone, true), group(&["海淘", "taking a cut"], &["跨境"], false)])
    }

    #[test]
    fn adds_the_words_of_the_content() {
        assert_eq!(map().with_meaning("手機費能转吗").as_deref(), Some("手機費能转吗 话费"));
        assert_eq!(map().with_meaning("you're taking a cut?").as_deref(), Some("you're taking a cut? 跨境"));
        assert_eq!(map().with_meaning("话费和手机费"), None);
        assert_eq!(map().with_meaning("跨境"), None);
    }

    #[test]
    fn knows_what_customers_call_it() {
        let zh = "zh-CN".parse().unwrap();
        assert_eq!(map().spoken_for("跨境交易", &zh), ["海淘", "taking a cut"]);
        assert_eq!(map().spoken_for("话费充值", &zh), ["手机费"]);
        assert!(map().spoken_for("海淘", &zh).is_empty());
    }
}
