//! The question classifier: which article a customer's message asks for, and how sure that is.
//!
//! Articles' curated questions, titles, keywords and summaries are its training set; it is trained anew with each
//! content and knows nothing else, but for what English words mean. May call: base, text. Must not know: files, the
//! index, dialogues. Every step has a fixed order, so the same content gives the same model and the same scores on any
//! number of threads.
//!
//! In reading order: [`features`] cuts a message, [`spelling`] mends it, [`space`] makes it a vector; [`linear`],
//! [`bm25`], [`nearest`] and [`centroid`] score it; [`stack`] weighs their scores and [`meta`] corrects them; [`holdout`],
//! [`confidence`] and [`thresholds`] learn when to believe them; [`model`] is what others use, and [`stored`] keeps it for the
//! next start.

mod bm25;
mod centroid;
mod confidence;
mod features;
mod holdout;
mod linear;
mod meta;
mod model;
mod nearest;
mod postings;
mod space;
mod spelling;
mod stack;
mod stored;
mod thresholds;

pub use confidence::{COEFFICIENTS, Signals};
pub use features::Reach;
pub use holdout::Holdout;
pub use linear::Descent;
pub use meta::Stacking;
pub use model::{Candidate, ClassScores, Evidence, IntentModel, OUT_OF_SCOPE, Ranking, TrainingDoc};
pub use stack::{Parts, Recipe};
pub use thresholds::{CHOICES, Thresholds};
