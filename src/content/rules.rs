//! Chat rules as authors write them: files `rules/*.toml`, each a list of `[[rule]]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::base::{ArticleId, Locale};
use crate::model::ReplyKind;

/// What a rule does when it wins.
#[derive(Debug, Clone, PartialEq)]
pub enum RuleAction {
    /// Answers with an article, in the article's words or in the rule's.
    Article {
        /// `answer`, `safety` or `handoff`.
        kind: ReplyKind,
        /// The article that is cited.
        article: ArticleId,
    },
    /// Replies without an article: `smalltalk` or `handoff`.
    Say {
        /// `smalltalk`, `handoff` or `fallback`.
        kind: ReplyKind,
    },
}

/// One declared rule. It matches a message that has all of `all`, one of `any` (when there are some) and none of `none`.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Its name, unique in the content.
    pub id: String,
    /// The file and line that declare it.
    pub file: PathBuf,
    /// The line of its `[[rule]]`, counted from 1.
    pub line: usize,
    /// The higher wins; 0 unless written.
    pub priority: i32,
    /// Terms of which one must occur.
    pub any: Vec<String>,
    /// Terms that must all occur; a term written `a|b` is met by either.
    pub all: Vec<String>,
    /// Terms that must not occur.
    pub none: Vec<String>,
    /// Whether the terms must be the whole message, but for politeness and punctuation.
    pub whole: bool,
    /// What it does.
    pub action: RuleAction,
    /// What it says, by locale; an article's summary where empty.
    pub text: BTreeMap<Locale, String>,
}
