//! What a conversation remembers between turns.

use serde::{Deserialize, Serialize};

use crate::base::{ArticleId, Locale};
use crate::model::{MatchedBy, ReplyKind};

/// The state that the next turn needs; small, and free of anything the customer typed but a rate and an amount. It is stored
/// with every turn, so that nothing is written which says nothing.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Dialogue {
    /// The language of the last reply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub locale: Option<Locale>,
    /// Whether the customer asked for that language, so that their own words change it no more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub locale_asked: bool,
    /// The last answer, to be given again in another language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered: Option<LastAnswer>,
    /// The article of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topic: Option<ArticleId>,
    /// The rate that the customer told of that article: “0.6%”, and nothing beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<String>,
    /// The amount, the same.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub amount: Option<String>,
    /// The articles that the last reply offered to choose from, in the order shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offered: Vec<ArticleId>,
    /// How many turns there were.
    pub turns: u32,
    /// The flow that is under way.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<FlowState>,
    /// How the step that it is at was said.
    pub step_said: StepSaid,
    /// The flow that something else interrupted last, to be gone on with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspended: Option<FlowState>,
    /// Those that were interrupted before it, the last first; a few.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub interrupted: Vec<FlowState>,
    /// The id of the flow that the last answer offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub offered_flow: Option<String>,
    /// Whether the last turn spoke of passwords, so that the next message may be one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub password_named: bool,
    /// Whether the last turn spoke of codes that are sent to customers, so that the next message may be one.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code_named: bool,
}

/// What an answer was, without its words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastAnswer {
    /// What sort of reply it was.
    pub kind: ReplyKind,
    /// The stage that gave it.
    pub by: MatchedBy,
    /// The id of what won; of codes all of them.
    pub rule: String,
    /// The articles that it cited, best first.
    pub articles: Vec<ArticleId>,
}

/// How the step that a flow is at was said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepSaid {
    /// By the last reply, in its own words.
    #[default]
    Whole,
    /// The last reply only asked what the step asks: it was an answer that offers the flow.
    Asked,
    /// Before the last reply, which was a pleasantry or the like.
    Before,
}

/// Where in a flow a conversation is. Ids, not places: the content may change between two turns.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FlowState {
    /// The flow's id.
    pub flow: String,
    /// The id of the step that was said last.
    pub step: String,
    /// The ids of the steps before it, in the order in which they were said.
    pub visited: Vec<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dialogue_survives_its_storing_and_an_older_one_is_read() {
        let state = FlowState { flow: "f".to_owned(), step: "b".to_owned(), visited: vec!["a".to_owned()] };
        let dialogue = Dialogue {
            suspended: Some(state.clone()),
            interrupted: vec![state],
            step_said: StepSaid::Asked,
            turns: 3,
            ..Dialogue::default()
        };
        let written = serde_json::to_string(&dialogue).unwrap();
        assert_eq!(serde_json::from_str::<Dialogue>(&written).unwrap(), dialogue);
        assert_eq!(serde_json::from_str::<Dialogue>("{\"turns\":1}").unwrap().turns, 1);
    }
}
