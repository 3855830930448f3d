//! The question classifier: which article answers a customer's message, and how sure that is.

mod bm25;
mod centroid;
mod confidence;
mod features;
mod holdout;
mod linear;
mod model;
mod nearest;
mod space;
mod spelling;
mod stack;

pub use confidence::Signals;
pub use features::Reach;
pub use holdout::Holdout;
pub use linear::Descent;
pub use model::{Candidate, Evidence, IntentModel, Ranking, TrainingDoc};
pub use stack::{Parts, Recipe};
