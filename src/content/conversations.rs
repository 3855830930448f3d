//! Example conversations as authors write them: files `tests/*.toml`, each a list of `[[conversation]]`.
//!
//! They say what a customer gets, turn by turn. `zhida check` holds each of them with the real chat and reports the turns
//! that went another way; nothing else reads them.

use std::path::PathBuf;

use crate::base::{ArticleId, Locale, nearest};
use crate::content::fields::{Fields, Findings, Located, list};
use crate::content::node::Node;
use crate::content::walk::Inventory;
use crate::model::{MatchedBy, ReplyKind};

const KEYS: [&str; 3] = ["name", "locale", "turn"];
const TURN_KEYS: [&str; 8] = ["user", "kind", "source", "by", "offers", "must_say", "must_not_say", "locale"];

const KINDS: [(&str, ReplyKind); 7] = [
    ("answer", ReplyKind::Answer),
    ("clarify", ReplyKind::Clarify),
    ("step", ReplyKind::Step),
    ("safety", ReplyKind::Safety),
    ("smalltalk", ReplyKind::Smalltalk),
    ("handoff", ReplyKind::Handoff),
    ("fallback", ReplyKind::Fallback),
];

const STAGES: [(&str, MatchedBy); 7] = [
    ("code", MatchedBy::Code),
    ("message", MatchedBy::Message),
    ("rule", MatchedBy::Rule),
    ("flow", MatchedBy::Flow),
    ("question", MatchedBy::Question),
    ("search", MatchedBy::Search),
    ("none", MatchedBy::None),
];

/// One conversation and what is expected of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Conversation {
    /// What it is about; shown when it fails.
    pub name: String,
    /// The file, relative to the content folder.
    pub file: PathBuf,
    /// The line of its `[[conversation]]`, counted from 1.
    pub line: usize,
    /// The page's locale.
    pub locale: Locale,
    /// Its turns; at least one.
    pub turns: Vec<ExpectedTurn>,
}

/// One message and what its reply must be.
#[derive(Debug, Clone, PartialEq)]
pub struct ExpectedTurn {
    /// The line of the message, counted from 1.
    pub line: usize,
    /// What the customer says.
    pub user: String,
    /// The kinds that the reply may be of; empty: any.
    pub kinds: Vec<ReplyKind>,
    /// The articles of which one must come first; none: not checked; an empty list: there must be no source.
    pub sources: Option<Vec<ArticleId>>,
    /// The stages of which one must decide; empty: any.
    pub by: Vec<MatchedBy>,
    /// Labels that must be among the quick replies.
    pub offers: Vec<String>,
    /// What the reply's text must hold, in any case.
    pub must_say: Vec<String>,
    /// What must stand nowhere in the turn, in any case.
    pub must_not_say: Vec<String>,
    /// The language of the reply, where it is checked.
    pub locale: Option<Locale>,
}

/// Checks the `[[conversation]]` tables of one file.
pub(crate) fn read(
    tables: Vec<Node>,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Vec<Conversation> {
    tables.into_iter().filter_map(|table| read_one(table, locales, inventory, findings)).collect()
}

fn read_one(
    table: Node,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Option<Conversation> {
    let file = findings.file.to_owned();
    let mut fields = Fields::of(table, &KEYS, findings)?;
    let line = fields.line;
    let name = fields.required("name");
    let locale = fields.required("locale").and_then(|l| locale(&l, locales, fields.findings));
    let tables = fields.tables("turn");
    if tables.is_empty() {
        fields.findings.error(line, "this conversation has no turn; add `[[conversation.turn]]`");
    }
    let turns: Vec<ExpectedTurn> =
        tables.into_iter().filter_map(|t| read_turn(t, locales, inventory, fields.findings)).collect();
    let (name, locale) = (name?.value, locale?);
    (!turns.is_empty()).then_some(Conversation { name, file, line, locale, turns })
}

fn read_turn(
    table: Node,
    locales: &[Locale],
    inventory: &Inventory,
    findings: &mut Findings<'_>,
) -> Option<ExpectedTurn> {
    let mut fields = Fields::of(table, &TURN_KEYS, findings)?;
    let user = fields.required("user");
    if !fields.has("kind") {
        fields.required("kind");
    }
    let kinds = fields.one_or_more("kind").unwrap_or_default();
    let any = kinds.iter().any(|k| k.value == "any");
    let kinds = if any { Vec::new() } else { words(kinds, &KINDS, "kind of reply", fields.findings) };
    let by = fields.one_or_more("by").unwrap_or_default();
    let by = words(by, &STAGES, "stage", fields.findings);
    let sources = fields.one_or_more("source").map(|ids| {
        ids.iter().filter_map(|id| inventory.existing(id, "source", fields.findings)).collect::<Vec<ArticleId>>()
    });
    let values = |texts: Vec<Located<String>>| texts.into_iter().map(|t| t.value).collect::<Vec<_>>();
    let offers = values(fields.one_or_more("offers").unwrap_or_default());
    let must_say = values(fields.one_or_more("must_say").unwrap_or_default());
    let must_not_say = values(fields.one_or_more("must_not_say").unwrap_or_default());
    let locale = fields.text("locale").and_then(|l| locale(&l, locales, fields.findings));
    let user = user?;
    let (line, user) = (user.line, user.value);
    Some(ExpectedTurn { line, user, kinds, sources, by, offers, must_say, must_not_say, locale })
}

/// Reads words that each stand for a value.
fn words<T: Copy>(
    written: Vec<Located<String>>,
    known: &[(&str, T)],
    what: &str,
    findings: &mut Findings<'_>,
) -> Vec<T> {
    let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
    let mut values = Vec::new();
    for word in written {
        match known.iter().find(|(name, _)| *name == word.value) {
            Some((_, value)) => values.push(*value),
            None => {
                let hint = nearest(&word.value, &names).map(|n| format!("; did you mean `{n}`?")).unwrap_or_default();
                let message = format!("`{}` is no {what}: there are {}{hint}", word.value, list(&names));
                findings.error(word.line, message);
            }
        }
    }
    values
}

fn locale(written: &Located<String>, locales: &[Locale], findings: &mut Findings<'_>) -> Option<Locale> {
    match written.value.parse::<Locale>() {
        Ok(locale) if locales.contains(&locale) => Some(locale),
        Ok(locale) => {
            let known: Vec<&str> = locales.iter().map(Locale::as_str).collect();
            findings.error(written.line, format!("there is no locale `{locale}`; there are {}", list(&known)));
            None
        }
        Err(invalid) => {
            findings.error(written.line, format!("{invalid}, which `locale` must be"));
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::content::load;

    #[test]
    fn reads_turns_and_reports_each_mistake_on_its_line() {
        let dir = tempfile::tempdir().unwrap();
        let write = |file: &str, text: &str| {
            let path = dir.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("en/a/one.md", "---\ntitle: One\nsummary: S.\n---\nText.\n");
        let good = "[[conversation]]\nname = \"n\"\nlocale = \"en\"\n[[conversation.turn]]\nuser = \"one\"\n";
        write("tests/good.toml", &format!("{good}kind = [\"answer\", \"clarify\"]\nsource = []\nby = \"code\"\n"));
        write("en/a/tests/beside.toml", &format!("{good}kind = \"any\"\nsource = \"a/one\"\n"));
        let loaded = load(dir.path()).unwrap();
        assert_eq!(loaded.problems, []);
        let [beside, first] = &loaded.content.conversations[..] else { panic!("{:?}", loaded.content.conversations) };
        assert_eq!((first.line, first.turns[0].line), (1, 5));
        assert_eq!(first.turns[0].kinds, [ReplyKind::Answer, ReplyKind::Clarify]);
        assert_eq!(
            (first.turns[0].sources.as_deref(), &first.turns[0].by[..]),
            (Some(&[][..]), &[MatchedBy::Code][..])
        );
        assert!(beside.turns[0].kinds.is_empty() && beside.turns[0].sources.as_ref().is_some_and(|s| s.len() == 1));

        write(
            "tests/good.toml",
            &format!("{good}kind = \"anser\"\nsource = \"a/two\"\nlocale = \"fr\"\nsays = \"x\"\n"),
        );
        let found: Vec<String> = load(dir.path()).unwrap().problems.iter().map(ToString::to_string).collect();
        let expected = [
            "tests/good.toml:6: error: `anser` is no kind of reply: there are `answer`, `clarify`, `step`, `safety`, \
             `smalltalk`, `handoff` and `fallback`; did you mean `answer`?",
            "tests/good.toml:7: error: there is no article `a/two`, which `source` names; write it or name another",
            "tests/good.toml:8: error: there is no locale `fr`; there are `en`",
            "tests/good.toml:9: error: unknown key `says`; did you mean `user`?",
        ];
        assert_eq!(found.len(), 4, "{found:#?}");
        assert_eq!(found[..3], expected[..3]);
        assert!(found[3].starts_with("tests/good.toml:9: error: unknown key `says`"), "{found:#?}");
    }
}
