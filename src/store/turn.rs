//! Turns as the journal has them, one a line.
//!
//! Many conversations begin with the same words, and get the same reply. A line that says what a line before it in the same
//! journal says has the place of that line instead, `as`: a tenth of the bytes to write, to read and to understand.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use crate::base::ArticleId;
use crate::model::{Dialogue, Match, MatchedBy, Reply, ReplyKind};
use crate::store::journal::{Common, Journal, Line};
use crate::store::{StoreError, plain, word};
use crate::text::Redacted;

/// So many bodies that others refer to are kept while a journal is read. What is not kept is read again.
const MOST_KNOWN: usize = 1_000;

/// What was said and answered in a turn.
#[derive(Debug, Clone, Copy)]
pub struct NewTurn<'a> {
    /// The customer's words.
    pub said: &'a Redacted,
    /// The language of the reply.
    pub locale: &'a str,
    /// The reply.
    pub reply: &'a Reply,
    /// Why.
    pub matched: &'a Match,
    /// What the conversation remembered before.
    pub before: &'a Dialogue,
    /// What it remembers now.
    pub after: &'a Dialogue,
}

/// What a turn has that others may have word for word: all but its id, its conversation and its time.
#[derive(Debug)]
pub struct TurnBody {
    common: Common,
}

/// What a turn has for itself.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Own {
    pub(crate) id: Uuid,
    pub(crate) conversation: Uuid,
    pub(crate) at: i64,
}

/// A body as it is written.
#[derive(Debug, Serialize)]
struct Written<'a> {
    said: &'a str,
    locale: &'a str,
    reply: &'a Reply,
    matched: &'a Match,
    before: &'a Dialogue,
    after: &'a Dialogue,
}

impl TurnBody {
    /// Takes the body of a turn.
    ///
    /// # Errors
    /// When it cannot be written as JSON.
    pub fn of(turn: &NewTurn<'_>) -> Result<Self, StoreError> {
        let NewTurn { said, locale, reply, matched, before, after } = *turn;
        let written = Written { said: said.text(), locale, reply, matched, before, after };
        Ok(TurnBody { common: Common::new(&serde_json::to_string(&written)?) })
    }

    pub(crate) fn common(&self) -> &Common {
        &self.common
    }
}

impl Own {
    /// Returns the line of the turn up to where its body begins.
    pub(crate) fn begun(&self) -> String {
        let Own { id, conversation, at } = self;
        format!("{{\"id\":\"{id}\",\"conversation\":\"{conversation}\",\"at\":{at}")
    }
}

/// A turn that was read from a journal.
#[derive(Debug)]
pub(crate) struct JournalTurn {
    pub(crate) own: Own,
    pub(crate) body: Arc<ReadBody>,
    /// Whether its line refers to another.
    pub(crate) refers: bool,
}

/// A body as the database gets it. What it gets as JSON is handed on as it was written: reading and writing it again took
/// as long as all else of taking a turn over.
#[derive(Debug)]
pub(crate) struct ReadBody {
    pub(crate) said: String,
    pub(crate) locale: String,
    pub(crate) kind: String,
    pub(crate) by: String,
    pub(crate) rule: String,
    /// The article that the reply cites first; empty where it cites none.
    pub(crate) article: String,
    pub(crate) reply: Arc<str>,
    pub(crate) matched: Arc<str>,
    pub(crate) before: Arc<str>,
    pub(crate) after: Arc<str>,
    /// How many turns the conversation had with this one.
    pub(crate) turns: u32,
}

/// A line as it is read.
#[derive(Debug, Deserialize)]
struct ReadLine {
    id: Uuid,
    conversation: Uuid,
    at: i64,
    #[serde(rename = "as")]
    alike: Option<u64>,
    said: Option<String>,
    locale: Option<String>,
    reply: Option<Handed<ReplyHead>>,
    matched: Option<Handed<MatchHead>>,
    before: Option<Box<RawValue>>,
    after: Option<Handed<DialogueHead>>,
}

/// A record as it was written, and what has columns of its own.
#[derive(Debug)]
struct Handed<T> {
    head: T,
    json: Box<RawValue>,
}

#[derive(Debug, Deserialize)]
struct ReplyHead {
    kind: ReplyKind,
    sources: Vec<SourceHead>,
}

#[derive(Debug, Deserialize)]
struct SourceHead {
    id: ArticleId,
}

#[derive(Debug, Deserialize)]
struct MatchHead {
    by: MatchedBy,
    rule: String,
}

#[derive(Debug, Deserialize)]
struct DialogueHead {
    turns: u32,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Handed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Box::<RawValue>::deserialize(deserializer)?;
        let head = serde_json::from_str(json.get()).map_err(D::Error::custom)?;
        Ok(Handed { head, json })
    }
}

impl ReadBody {
    fn of(line: ReadLine) -> Option<Self> {
        let (reply, matched, after) = (line.reply?, line.matched?, line.after?);
        Some(ReadBody {
            said: plain(&line.said?).into_owned(),
            locale: line.locale?,
            kind: word(&reply.head.kind),
            by: word(&matched.head.by),
            rule: plain(&matched.head.rule).into_owned(),
            article: reply.head.sources.first().map(|source| source.id.to_string()).unwrap_or_default(),
            reply: reply.json.get().into(),
            matched: matched.json.get().into(),
            before: line.before?.get().into(),
            after: after.json.get().into(),
            turns: after.head.turns,
        })
    }

    /// Tells whether a conversation that had this turn could be read.
    fn is_readable(&self) -> bool {
        fn is_a<T: DeserializeOwned>(json: &str) -> bool {
            serde_json::from_str::<T>(json).is_ok()
        }
        is_a::<Reply>(&self.reply)
            && is_a::<Match>(&self.matched)
            && is_a::<Dialogue>(&self.before)
            && is_a::<Dialogue>(&self.after)
    }
}

impl JournalTurn {
    /// Reads a line that says all by itself.
    pub(crate) fn read(line: &[u8]) -> Option<Self> {
        let line: ReadLine = serde_json::from_slice(line).ok()?;
        JournalTurn::whole(line)
    }

    fn whole(line: ReadLine) -> Option<Self> {
        let own = Own { id: line.id, conversation: line.conversation, at: line.at };
        Some(JournalTurn { own, body: Arc::new(ReadBody::of(line)?), refers: false })
    }

    /// Returns a line that says all by itself, without its end.
    pub(crate) fn line(&self) -> String {
        let ReadBody { said, locale, reply, matched, before, after, .. } = &*self.body;
        let (said, locale) = (serde_json::json!(said), serde_json::json!(locale));
        format!(
            "{},\"said\":{said},\"locale\":{locale},\"reply\":{reply},\"matched\":{matched},\"before\":{before},\
             \"after\":{after}}}",
            self.own.begun()
        )
    }
}

/// Reads the lines of one journal after another.
#[derive(Debug, Default)]
pub(crate) struct Reader {
    /// The journal that is read.
    name: String,
    /// The bodies in it that lines refer to, by their places; none for a place where there is no body.
    known: HashMap<u64, Option<Arc<ReadBody>>>,
}

impl Reader {
    /// Reads a line; none when it is no turn of this program's. Strictly: nor when a conversation that had this turn could
    /// not be read, because another version of this program has written it.
    pub(crate) fn read(
        &mut self,
        journal: &Journal,
        name: &str,
        line: &Line,
        strictly: bool,
    ) -> io::Result<Option<JournalTurn>> {
        let understood = |body: &Arc<ReadBody>| !strictly || body.is_readable();
        let Some(read) = line.text.as_deref().and_then(|text| serde_json::from_slice::<ReadLine>(text).ok()) else {
            return Ok(None);
        };
        let Some(place) = read.alike else {
            return Ok(JournalTurn::whole(read).filter(|turn| understood(&turn.body)));
        };
        if self.name != name || self.known.len() >= MOST_KNOWN {
            self.known.clear();
            name.clone_into(&mut self.name);
        }
        let own = Own { id: read.id, conversation: read.conversation, at: read.at };
        let body = match self.known.get(&place) {
            Some(known) => known.clone(),
            None => {
                let first = journal.read(name, place, 1)?.lines.pop().and_then(|line| line.text);
                let body = first.and_then(|text| JournalTurn::read(&text)).map(|turn| turn.body);
                let body = body.filter(understood);
                self.known.insert(place, body.clone());
                body
            }
        };
        Ok(body.map(|body| JournalTurn { own, body, refers: true }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::journal::Appended;

    fn body(said: &str) -> TurnBody {
        let reply = r#"{"kind":"answer","text":"t","html":"<p>t</p>","sources":[],"quick_replies":[]}"#;
        let matched = r#"{"by":"code","rule":"E1","confidence":0.75,"evidence":["“E1”"],"content":"v1"}"#;
        let (before, after) = (Dialogue::default(), Dialogue { turns: 1, ..Dialogue::default() });
        let new = NewTurn {
            said: &crate::text::redact(said),
            locale: "en",
            reply: &serde_json::from_str(reply).unwrap(),
            matched: &serde_json::from_str(matched).unwrap(),
            before: &before,
            after: &after,
        };
        TurnBody::of(&new).unwrap()
    }

    fn own(n: u128) -> Own {
        Own { id: Uuid::from_u128(n), conversation: Uuid::from_u128(n), at: 7 }
    }

    #[test]
    fn a_turn_that_refers_to_another_says_what_that_says_and_is_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        let (alike, other) = (body("say “hello”\n"), body("other"));
        for (n, body) in [(1, &alike), (2, &other), (3, &alike), (4, &alike)] {
            assert!(matches!(journal.append(&own(n).begun(), body.common()), Appended::Written));
        }
        let (name, _) = journal.state();
        let lines = journal.read(&name, 0, 10).unwrap().lines;
        let lengths: Vec<usize> = lines.iter().map(|line| line.text.as_ref().unwrap().len()).collect();
        assert!(lengths[2] < lengths[0] / 2 && lengths[2] == lengths[3], "{lengths:?}");
        for strictly in [false, true] {
            let mut reader = Reader::default();
            // Whoever begins behind the line that is referred to looks it up.
            for (n, line) in (1..).zip(&lines).skip(2) {
                let turn = reader.read(&journal, &name, line, strictly).unwrap().unwrap();
                assert_eq!((turn.own.id, turn.refers), (Uuid::from_u128(n), true));
                let body = &turn.body;
                assert_eq!((body.said.as_str(), body.kind.as_str(), body.turns), ("say “hello”\n", "answer", 1));
                let whole = JournalTurn::read(turn.line().as_bytes()).unwrap();
                assert_eq!(whole.line(), turn.line());
                assert_eq!((whole.own.conversation, whole.own.at), (turn.own.conversation, 7));
                let first = JournalTurn::read(lines[0].text.as_ref().unwrap()).unwrap();
                assert_eq!(first.line().as_bytes(), lines[0].text.as_deref().unwrap(), "as it was written");
            }
            assert_eq!(reader.known.len(), 1, "it is read once");
        }
    }

    #[test]
    fn what_refers_to_no_turn_is_none() {
        let dir = tempfile::tempdir().unwrap();
        let journal = Journal::begin(dir.path()).unwrap();
        journal.append(&own(1).begun(), body("one").common());
        let (name, end) = journal.state();
        let mut reader = Reader::default();
        for place in [1, end, 1_000_000] {
            let text = format!("{},\"as\":{place}}}", own(2).begun());
            let line = Line { start: end, end, text: Some(text.into_bytes()), whole: None };
            assert!(reader.read(&journal, &name, &line, false).unwrap().is_none(), "{place}");
        }
        // Of another version of this program: what it is sure of, nobody can read here.
        let strange = String::from_utf8(lines(&journal)).unwrap().replace("0.75", "\"much\"");
        let line = Line { start: 0, end, text: Some(strange.into_bytes()), whole: None };
        assert!(reader.read(&journal, &name, &line, false).unwrap().is_some());
        assert!(reader.read(&journal, &name, &line, true).unwrap().is_none());
    }

    fn lines(journal: &Journal) -> Vec<u8> {
        journal.read(&journal.state().0, 0, 1).unwrap().lines.remove(0).text.unwrap()
    }
}
