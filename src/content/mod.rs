//! The content folder: what authors write, read and checked. It reports every problem, not just the first.
//!
//! May call: base, text, model. Must not know: the index, the chat engine, the web. It alone reads content files and knows
//! how Markdown becomes HTML.

pub mod problem;

pub(crate) mod fields;
pub(crate) mod node;

pub mod article;
pub mod front_matter;

mod anchor;
mod links;
pub mod markdown;
pub(crate) mod sanitize;

pub mod codes;
pub mod concepts;
pub mod contacts;
pub mod conversations;
mod flow_ways;
pub mod flows;
pub mod formula;
pub mod incident;
mod out_of_scope;
pub mod rules;
pub mod site;
pub mod suggestions;
pub mod synonyms;
pub mod term;

mod check;
pub mod embedded;
pub mod load;
pub mod locate;
mod walk;

pub use article::{Article, Audience, Heading, Section};
pub use codes::{CodeRecord, Outcome};
pub use concepts::{Concept, ConceptValue};
pub use contacts::{Contact, ContactKind};
pub use conversations::{Conversation, ExpectedTurn};
pub use flows::Flow;
pub use formula::Formula;
pub use incident::{Incident, IncidentSeverity};
pub use load::{Content, LoadError, Loaded, load};
pub use locate::line_of;
pub use problem::{Problem, Severity};
pub use rules::{Rule, RuleAction};
pub use site::Site;
pub use suggestions::Suggestions;
pub use synonyms::Synonyms;
pub use term::{SlotKind, Term, Words};
