//! The one place that knows which snapshot is current.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::kb::Snapshot;

/// Gives out the current snapshot and takes a new one in its place. A request takes one `Arc` and ends on it.
#[derive(Debug)]
pub struct Handle {
    current: ArcSwap<Snapshot>,
}

impl Handle {
    /// Makes a handle on a first snapshot.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>) -> Self {
        Handle { current: ArcSwap::new(snapshot) }
    }

    /// Returns the current snapshot.
    #[must_use]
    pub fn current(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    /// Puts a new snapshot in place; requests under way end on the one they hold.
    pub fn swap(&self, snapshot: Arc<Snapshot>) {
        self.current.store(snapshot);
    }
}
