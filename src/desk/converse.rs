//! A chat turn that is kept: recall the conversation, ask, and have the turn written before it is acknowledged.

use std::sync::Arc;
use std::time::Duration;

use tracing::Instrument as _;
use uuid::Uuid;

use crate::base::TRACES;
use crate::chat::{Spoken, reply};
use crate::desk::ask::Answered;
use crate::desk::cache::{self, KeptTurn};
use crate::desk::{Asked, HelpCentre, Question};
use crate::kb::Snapshot;
use crate::model::{Dialogue, Turn};
use crate::store::{NewTurn, Recorded, Store};

/// How long an answer waits for a database server that may know the conversation. Customers notice more.
const RECALL: Duration = Duration::from_millis(500);
/// How long an answer waits for the database that it shares with other servers.
const COMMIT: Duration = Duration::from_millis(250);

impl HelpCentre {
    /// Answers one message like [`ask`](HelpCentre::ask), in a conversation that outlives the process. When this returns,
    /// the turn is kept, unless the answer says that it could not be. Neither a database that is away nor a full disk keeps
    /// it from answering.
    pub async fn converse(&self, snapshot: &Snapshot, question: &Question<'_>) -> Asked {
        if let (Some(store), Some(id)) = (self.store(), question.conversation_id.and_then(|id| id.parse().ok())) {
            Box::pin(self.recall(store, id)).instrument(tracing::info_span!(target: TRACES, "recall")).await;
        }
        let mut answered =
            self.answer(snapshot, question, |snapshot, dialogue, spoken| self.reply_again(snapshot, dialogue, spoken));
        if let Some(store) = self.store() {
            let recorded = record(store, &answered);
            let mut is_kept = recorded == Some(Recorded::Written);
            if store.is_shared() {
                // The next message may go to another server, and this one may be gone by then.
                let committed = Box::pin(commit(store)).instrument(tracing::info_span!(target: TRACES, "commit")).await;
                is_kept |= committed && recorded.is_some();
            }
            answered.asked.unsaved = !is_kept;
        }
        answered.asked
    }

    /// Replies, with the turn that the same first words got before where the content is the same.
    fn reply_again(&self, snapshot: &Snapshot, dialogue: &Dialogue, spoken: &Spoken<'_>) -> (Turn, Dialogue) {
        let key = cache::turn_key(snapshot, dialogue, spoken.text, spoken.locale, spoken.viewer);
        let Some(key) = key.filter(|_| !spoken.explain) else { return reply(snapshot, dialogue, spoken) };
        if let Some(kept) = self.answers.turn(&key) {
            return (kept.turn.clone(), kept.next.clone());
        }
        let (turn, next) = reply(snapshot, dialogue, spoken);
        self.answers.keep_turn(key, Arc::new(KeptTurn { turn: turn.clone(), next: next.clone() }));
        (turn, next)
    }

    /// Takes a conversation from the database into memory, where it is not there or another replica went on with it.
    async fn recall(&self, store: &Store, id: Uuid) {
        let known = self.conversations.turns(id);
        if (known.is_some() && !store.is_shared()) || !store.is_available() {
            return;
        }
        match tokio::time::timeout(RECALL, store.remembered(id)).await {
            Ok(Ok(Some(kept))) if known.is_none_or(|turns| kept.dialogue.turns > turns) => {
                self.conversations.keep(id, kept.dialogue, kept.last_at);
            }
            // Somebody had it deleted through another server.
            Ok(Ok(None)) if known.is_some() && !store.has_waiting_turns() => self.conversations.forget(id),
            Ok(Ok(_)) => {}
            Ok(Err(cause)) => {
                tracing::warn!(%cause, "a conversation could not be looked up");
                if cause.is_away() {
                    store.mark_away();
                }
            }
            Err(_) if store.is_shared() => {
                tracing::warn!("the database took too long to look a conversation up");
                store.mark_away();
            }
            Err(_) => tracing::warn!("the database is slow: a conversation could not be looked up in time"),
        }
    }
}

/// Waits until the turn is in the database, and tells whether it is; not for long, because the journal has it.
async fn commit(store: &Store) -> bool {
    if !store.is_available() {
        return false;
    }
    let Ok(done) = tokio::time::timeout(COMMIT, store.flush()).await else {
        tracing::debug!("the database is slow: a turn is in the journal alone for now");
        return false;
    };
    done.is_ok()
}

/// Has a turn written down; none when it is lost, which the store has counted and told of.
fn record(store: &Store, answered: &Answered) -> Option<Recorded> {
    let turn = &answered.asked.turn;
    let recorded = store.record_turn(&NewTurn {
        conversation: answered.id,
        at: answered.at,
        said: &answered.said,
        locale: turn.locale.as_str(),
        reply: &turn.reply,
        matched: &turn.matched,
        before: &answered.before,
        after: &answered.after,
    });
    // The customer needs the answer more than we need the record.
    recorded.ok()
}
