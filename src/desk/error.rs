//! Why the desk did not do what it was asked to keep, change or find.

use crate::store::StoreError;

/// Says why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// What was named does not exist, or not for this viewer: `article`, `conversation`, `ticket`.
    #[error("there is no such {0}")]
    Unknown(&'static str),
    /// The database is away or takes nothing; the same may work later.
    #[error("what was sent cannot be kept just now: {0}")]
    Away(#[source] StoreError),
    /// The database refused, or holds what cannot be read.
    #[error(transparent)]
    Failed(StoreError),
    /// This help centre keeps nothing: it runs without a store.
    #[error("this help centre keeps nothing")]
    NoStore,
}

impl From<StoreError> for DeskError {
    fn from(cause: StoreError) -> Self {
        if cause.is_passing() { DeskError::Away(cause) } else { DeskError::Failed(cause) }
    }
}
