//! The catalogue of error codes as authors write it: `codes.toml`, beside what the articles' front matter names.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::base::{ArticleId, Locale};

/// What became of the customer's money or request when a code is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Outcome {
    /// It did not happen.
    Failed,
    /// Nobody can tell yet: look at the record before doing it again.
    Unknown,
    /// It happened.
    Succeeded,
    /// The code is not about a payment, or the author does not say.
    #[default]
    None,
}

/// One error code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRecord {
    /// The code as the product shows it: `E1101`.
    pub code: String,
    /// Other names of the same code.
    pub aliases: Vec<String>,
    /// What became of the payment.
    pub outcome: Outcome,
    /// What the screen says beside it, by locale.
    pub messages: BTreeMap<Locale, Vec<String>>,
    /// The article that answers it.
    pub article: ArticleId,
}
