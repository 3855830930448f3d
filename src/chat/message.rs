//! One message on its way through the stages, and what a stage says of it.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;

use crate::base::{Locale, Viewer};
use crate::chat::searched::Searched;
use crate::chat::slots::Filled;
use crate::kb::intent::{Ranking, Thresholds};
use crate::kb::replies::HeardAct;
use crate::kb::rule_index::Occurring;
use crate::kb::{Article, Snapshot};
use crate::model::{Dialogue, FlowState, MatchedBy, QuickReply, ReplyKind};
use crate::search::{Query, section_for};
use crate::text::{Redacted, fold_str};

/// How many candidates the classifier names.
const MOST_CANDIDATES: usize = 6;

/// What was made of the texts of one turn, the message and its parts: several stages ask about the same.
#[derive(Debug, Default)]
pub(crate) struct Readings {
    rankings: ByText<Ranking>,
    looks: ByText<Look>,
    acts: ByText<Option<HeardAct>>,
}

/// What was made, by the text of which; a turn has a few.
type ByText<T> = RefCell<Vec<(String, Rc<T>)>>;

/// Returns what was made of a text, or makes it.
fn remembered<T>(of: &ByText<T>, text: &str, make: impl FnOnce() -> T) -> Rc<T> {
    let known = of.borrow().iter().find(|(known, _)| known == text).map(|(_, made)| Rc::clone(made));
    known.unwrap_or_else(|| {
        let made = Rc::new(make());
        of.borrow_mut().push((text.to_owned(), Rc::clone(&made)));
        made
    })
}

/// A text in the forms that declared terms are looked up in, and what was found in it.
#[derive(Debug)]
pub(crate) struct Look {
    pub(crate) text: Searched,
    pub(crate) folded: String,
    /// The terms of rules that it has.
    pub(crate) occurring: Occurring,
    /// The rules that it matches, by place, and what each matches by.
    pub(crate) matching: OnceCell<Vec<(usize, Vec<String>)>>,
    /// The slots that it fills.
    pub(crate) slots: OnceCell<Vec<Filled>>,
}

/// What every stage gets to see.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The content that answers.
    pub snapshot: &'a Snapshot,
    /// The customer's words, secrets replaced.
    pub text: &'a str,
    /// The same as the proof that they were replaced, and what was found.
    pub redacted: &'a Redacted,
    /// The language to reply in.
    pub locale: &'a Locale,
    /// Who is asking.
    pub viewer: Viewer,
    /// What the conversation remembers.
    pub dialogue: &'a Dialogue,
    /// What was read in this turn.
    pub(crate) readings: &'a Readings,
}

impl<'a> Message<'a> {
    /// Returns the article of a translation group that this reader gets, if they may see one.
    pub(crate) fn article_of_group(&self, group: usize) -> Option<&'a Article> {
        let article = self.snapshot.articles().get(group)?;
        self.snapshot.article(&article.id, self.locale, self.viewer)
    }

    /// Returns from which confidence on the classifier is believed.
    pub(crate) fn thresholds(&self) -> Thresholds {
        self.snapshot.thresholds(self.viewer)
    }
}

impl Message<'_> {
    /// Returns what the classifier says of the message.
    pub(crate) fn ranking(&self) -> Rc<Ranking> {
        self.ranking_of(self.text)
    }

    /// Returns what the classifier says of another text.
    pub(crate) fn ranking_of(&self, text: &str) -> Rc<Ranking> {
        remembered(&self.readings.rankings, text, || self.snapshot.rank_intents(text, MOST_CANDIDATES, self.viewer))
    }

    /// Returns what the message may do to what was said last.
    pub(crate) fn act(&self) -> Option<HeardAct> {
        *remembered(&self.readings.acts, self.text, || self.snapshot.hear_act(self.text))
    }

    /// Returns the message as declared terms are looked up in it.
    pub(crate) fn look(&self) -> Rc<Look> {
        remembered(&self.readings.looks, self.text, || {
            let (text, folded) = (Searched::new(self.text), fold_str(self.text));
            let occurring = self.snapshot.rule_index().look(text.haystack(), &folded);
            Look { text, folded, occurring, matching: OnceCell::new(), slots: OnceCell::new() }
        })
    }

    /// Returns the search for the customer's words; `verbatim` leaves slips as they are.
    pub(crate) fn query(&self, verbatim: bool) -> Query<'_> {
        Query {
            text: self.text,
            locale: self.locale,
            category: None,
            limit: 0,
            offset: 0,
            viewer: self.viewer,
            verbatim,
        }
    }
}

/// What a stage says of a message.
#[derive(Debug, Clone)]
pub(crate) struct Verdict {
    /// The reply, when the stage is sure enough.
    pub(crate) draft: Option<Draft>,
    /// Why it is or is not: one sentence.
    pub(crate) why: String,
    /// What it considered, best first.
    pub(crate) candidates: Vec<(String, f32)>,
}

impl Verdict {
    /// Passes the message on.
    pub(crate) fn pass(why: impl Into<String>) -> Self {
        Verdict { draft: None, why: why.into(), candidates: Vec::new() }
    }
}

/// A reply before it is put into words.
#[derive(Debug, Clone)]
pub(crate) struct Draft {
    pub(crate) kind: ReplyKind,
    pub(crate) by: MatchedBy,
    /// The id of what won.
    pub(crate) rule: String,
    /// From 0 to 1.
    pub(crate) confidence: f32,
    pub(crate) evidence: Vec<String>,
    /// The articles cited, best first.
    pub(crate) cited: Vec<Cited>,
    /// What else the message may mean, best first: offered with an answer that is likely and not sure.
    pub(crate) alternatives: Vec<usize>,
    /// What is said, by paragraph; where empty the cited articles' summaries are.
    pub(crate) paragraphs: Vec<String>,
    /// Whether a payment's outcome is unknown, so that the customer must look before paying again.
    pub(crate) outcome_unknown: bool,
    /// What to offer as answers.
    pub(crate) quick_replies: Vec<QuickReply>,
    /// What becomes of the flow that is under way; none where the reply is not the flow's.
    pub(crate) progress: Option<Progress>,
}

/// What a reply does to the flow that is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Progress {
    /// It is at a step now.
    At(FlowState),
    /// The customer stopped it, and may go on later.
    Suspended,
    /// The flow of this id has ended; none where it is empty.
    Ended(String),
}

/// An article that a reply cites.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cited {
    /// Its place in the snapshot's list.
    pub(crate) ordinal: usize,
    /// The section that answers.
    pub(crate) section: CitedSection,
}

/// Where in an article the answer stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum CitedSection {
    /// The article as a whole.
    None,
    /// The section with this anchor.
    Anchor(String),
    /// The section that says most of what these words ask: looked for when the reply is composed, since most drafts never are.
    Answering(String),
}

impl Cited {
    /// Cites an article as a whole.
    pub(crate) fn article(ordinal: usize) -> Cited {
        Cited { ordinal, section: CitedSection::None }
    }

    /// Cites the section of an anchor, or where there is none the article.
    pub(crate) fn section(ordinal: usize, anchor: Option<String>) -> Cited {
        Cited { ordinal, section: anchor.map_or(CitedSection::None, CitedSection::Anchor) }
    }

    /// Cites the section that says most of what a text asks.
    pub(crate) fn answering(ordinal: usize, text: &str) -> Cited {
        Cited { ordinal, section: CitedSection::Answering(text.to_owned()) }
    }

    /// Returns the anchor of the section that is cited.
    pub(crate) fn anchor(&self, snapshot: &Snapshot) -> Option<String> {
        match &self.section {
            CitedSection::None => None,
            CitedSection::Anchor(anchor) => Some(anchor.clone()),
            CitedSection::Answering(text) => section_for(snapshot, self.ordinal, text),
        }
    }
}

impl Draft {
    /// Starts a draft that cites articles.
    pub(crate) fn new(kind: ReplyKind, by: MatchedBy, rule: impl Into<String>, confidence: f32) -> Self {
        Draft {
            kind,
            by,
            rule: rule.into(),
            confidence,
            evidence: Vec::new(),
            cited: Vec::new(),
            alternatives: Vec::new(),
            paragraphs: Vec::new(),
            outcome_unknown: false,
            quick_replies: Vec::new(),
            progress: None,
        }
    }

    /// Says the summary of the first article, where nothing is said yet.
    pub(crate) fn say_something(&mut self, message: &Message<'_>) {
        if self.paragraphs.is_empty() {
            let article = self.cited.first().map(|c| &message.snapshot.articles()[c.ordinal]);
            self.paragraphs.extend(article.map(|a| a.summary.clone()));
        }
    }
}
