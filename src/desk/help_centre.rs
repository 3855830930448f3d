//! The running help centre: the current snapshot, the conversations and the clock.

use std::sync::{Arc, Mutex, MutexGuard};

use crate::base::{Clock, lock};
use crate::desk::cache::Answers;
use crate::desk::conversations::Conversations;
use crate::desk::publish::{Origin, Published};
use crate::desk::replicas::Others;
use crate::kb::{Handle, Snapshot};
use crate::store::Store;

/// What the use cases act on; shared by every request.
#[derive(Debug)]
pub struct HelpCentre {
    pub(crate) kb: Handle,
    pub(crate) conversations: Conversations,
    pub(crate) answers: Answers,
    pub(crate) clock: Clock,
    store: Option<Store>,
    /// Whether a webhook is told of tickets.
    pub(crate) announces: bool,
    pub(crate) origin: Origin,
    published: Mutex<Published>,
    /// The other servers on the same database.
    pub(crate) others: Others,
    /// What hashes those who share budgets with other servers; fetched when it is needed.
    pub(crate) budget_key: tokio::sync::OnceCell<[u8; 32]>,
    /// Held by who reads the content again.
    pub(crate) reloading: tokio::sync::Mutex<()>,
}

/// What keeps a help centre from keeping what customers send.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// The database does not answer.
    Away,
    /// The data folder or the database takes nothing: there is no room, or it may only be read.
    Unwritable,
}

impl HelpCentre {
    /// Opens a help centre on a snapshot.
    #[must_use]
    pub fn new(snapshot: Arc<Snapshot>, clock: Clock) -> Self {
        let published = Published { since: clock.now(), findings: Vec::new(), refused: None };
        HelpCentre {
            kb: Handle::new(snapshot),
            conversations: Conversations::default(),
            answers: Answers::default(),
            clock,
            store: None,
            announces: false,
            origin: Origin::default(),
            published: Mutex::new(published),
            others: Others::default(),
            budget_key: tokio::sync::OnceCell::new(),
            reloading: tokio::sync::Mutex::default(),
        }
    }

    /// Has everything kept that customers and agents do.
    #[must_use]
    pub fn keeping(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Tells where the content was read from, so that it can be read again.
    #[must_use]
    pub fn read_from(mut self, mut origin: Origin) -> Self {
        self.published().findings = std::mem::take(&mut origin.findings);
        self.origin = origin;
        self
    }

    /// Returns what is known of the content that is served.
    pub(crate) fn published(&self) -> MutexGuard<'_, Published> {
        lock(&self.published)
    }

    /// Has a webhook told of tickets.
    #[must_use]
    pub fn announcing(mut self) -> Self {
        self.announces = true;
        self
    }

    /// Returns where things are kept, if they are.
    pub(crate) fn store(&self) -> Option<&Store> {
        self.store.as_ref()
    }

    /// Tells what keeps this help centre from keeping what has to be kept; none when it can, or when nothing is to be kept.
    pub async fn cannot_keep(&self) -> Option<Trouble> {
        let store = self.store.as_ref()?;
        if !store.is_ready().await {
            Some(Trouble::Away)
        } else if store.is_writable() {
            None
        } else {
            Some(Trouble::Unwritable)
        }
    }

    /// Returns how many search events were given up because the database could not keep pace.
    #[must_use]
    pub fn dropped_events(&self) -> u64 {
        self.store.as_ref().map_or(0, Store::dropped)
    }

    /// Writes down what is still to be written, and closes the database.
    pub async fn close(&self) {
        self.take_leave().await;
        if let Some(store) = &self.store {
            store.close().await;
        }
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
