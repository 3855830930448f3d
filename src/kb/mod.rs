//! The knowledge base: one immutable snapshot of everything the content says, ready to be searched and asked.
//!
//! May call: base, text, model, content. Must not know: the network, the clock, conversations. With search it alone
//! knows tantivy.

pub mod codes;
pub mod messages;
pub mod synonyms;

pub mod completions;
pub mod intent;
pub mod lexicon;
pub mod passages;
pub mod replies;

mod analyzer;
mod asked;
pub mod cards;
mod classifiers;
pub(crate) mod impacts;
pub mod index;
mod stored_index;

pub mod rule_index;

pub mod snapshot;

pub mod handle;

pub use crate::content::article::{code_url, url as article_url};
pub use crate::content::contacts;
pub use crate::content::flows;
pub use crate::content::flows::{Flow, FlowStep, StepOutcome, Target};
pub use crate::content::site::{Category, Logo, SupportLink};
pub use crate::content::{
    Article, Audience, CodeRecord, Concept, Contact, ContactKind, Formula, Heading, Incident, IncidentSeverity,
    Outcome, Rule, RuleAction, Section, Site, SlotKind, Term, Words,
};
pub use handle::Handle;
pub use snapshot::{BuildError, BuildOptions, CategoryView, Snapshot};
