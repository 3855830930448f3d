//! The running help centre: the current snapshot, the conversations and the clock.

use std::sync::Arc;

use crate::base::Clock;
use crate::desk::conversations::Conversations;
use crate::kb::{Handle, Snapshot};

/// What the use cases act on; shared by every request.
#[derive(Debug)]
pub struct HelpCentre {
    kb: Handle,
    pub(crate) conversations: Conversations,
    pub(crate) clock: Clock,
}

impl HelpCentre {
    /// Opens a help centre on a snapshot.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>, clock: Clock) -> Self {
        HelpCentre { kb: Handle::new(snapshot), conversations: Conversations::default(), clock }
    }

    /// Returns the current snapshot; a request takes one and ends on it.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.kb.current()
    }

    /// Returns the clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }
}
