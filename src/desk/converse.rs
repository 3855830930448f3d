//! A chat turn that is kept: recall the conversation, ask, and have the turn written before it is acknowledged.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tracing::Instrument as _;
use uuid::Uuid;

use crate::base::TRACES;
use crate::chat::{Spoken, reply};
use crate::desk::ask::Answered;
use crate::desk::cache::{self, FirstTurn};
use crate::desk::{Asked, HelpCentre, Question, measure};
use crate::kb::Snapshot;
use crate::model::{Dialogue, Turn};
use crate::store::{NewTurn, Recorded, Store, StoreError, TurnBody};
use crate::text::Redacted;

/// How long an answer waits for a database server that may know the conversation. Customers notice more.
const RECALL: Duration = Duration::from_millis(500);
/// How long an answer waits for the database that it shares with other servers.
const COMMIT: Duration = Duration::from_millis(250);

impl HelpCentre {
    /// Answers one message like [`ask`](HelpCentre::ask), in a conversation that outlives the process. When this returns,
    /// the turn is kept, unless the answer says that it could not be. Neither a database that is away nor a full disk keeps
    /// it from answering.
    pub async fn converse(&self, snapshot: &Snapshot, question: &Question<'_>) -> Asked {
        self.converse_for_others(snapshot, question).await.0
    }

    /// Answers one message like [`converse`](HelpCentre::converse). With it comes the turn that anybody gets who
    /// [begins](HelpCentre::begin_again) with the same words on the same snapshot, where it is one.
    pub async fn converse_for_others(
        &self,
        snapshot: &Snapshot,
        question: &Question<'_>,
    ) -> (Asked, Option<Arc<FirstTurn>>) {
        if let (Some(store), Some(id)) = (self.store(), question.conversation_id.and_then(|id| id.parse().ok())) {
            Box::pin(self.recall(store, id)).instrument(tracing::info_span!(target: TRACES, "recall")).await;
        }
        let mut first = None;
        let mut answered = self.answer(snapshot, question, |snapshot, dialogue, spoken| {
            let (turn, next, kept) = self.reply_again(snapshot, dialogue, spoken);
            first = kept;
            (turn, next)
        });
        // Who was told that a conversation was forgotten got another turn than all others.
        let first = first.filter(|_| !answered.asked.restarted);
        if let Some(store) = self.store() {
            let recorded = match &first {
                Some(first) => store.record_turn(answered.id, answered.at, &first.body).ok(),
                None => record(store, &answered),
            };
            answered.asked.unsaved = !is_kept(store, recorded).await;
        }
        (answered.asked, first)
    }

    /// Begins a conversation with a turn that others began theirs with, on the snapshot that it is from. When this
    /// returns, the turn is kept, unless it says that it could not be.
    pub async fn begin_again(&self, first: &FirstTurn) -> Begun {
        let (begun, now) = (Instant::now(), self.clock.now());
        let id = self.conversations.begin(Arc::clone(&first.next), now);
        first.measured.record(begun.elapsed());
        let Some(store) = self.store() else { return Begun { conversation: id, unsaved: false } };
        let recorded = store.record_turn(id, now, &first.body);
        // The customer needs the answer more than we need the record.
        Begun { conversation: id, unsaved: !is_kept(store, recorded.ok()).await }
    }

    /// Replies, with the turn that the same first words got before where the content is the same. Returns also what is
    /// kept for others.
    fn reply_again(
        &self,
        snapshot: &Snapshot,
        dialogue: &Dialogue,
        spoken: &Spoken<'_>,
    ) -> (Turn, Arc<Dialogue>, Option<Arc<FirstTurn>>) {
        let key = cache::turn_key(snapshot, dialogue, spoken.text, spoken.locale, spoken.viewer);
        let key = key.filter(|_| !spoken.explain);
        if let Some(kept) = key.as_ref().and_then(|key| self.answers.turn(key)) {
            return (kept.turn.clone(), Arc::clone(&kept.next), Some(kept));
        }
        let (turn, next) = reply(snapshot, dialogue, spoken);
        let next = Arc::new(next);
        let kept = key.and_then(|key| {
            let body = body(spoken.text, &turn, dialogue, &next).ok()?;
            let (turn, next) = (turn.clone(), Arc::clone(&next));
            let kept = Arc::new(FirstTurn { measured: measure::turn(&turn), turn, next, body });
            self.answers.keep_turn(key, Arc::clone(&kept));
            Some(kept)
        });
        (turn, next, kept)
    }

    /// Takes a conversation from the database into memory, where it is not there or another replica went on with it.
    async fn recall(&self, store: &Store, id: Uuid) {
        let known = self.conversations.turns(id);
        if (known.is_some() && !store.is_shared()) || !store.is_available() {
            return;
        }
        match tokio::time::timeout(RECALL, store.remembered(id)).await {
            Ok(Ok(Some(kept))) if known.is_none_or(|turns| kept.dialogue.turns > turns) => {
                self.conversations.keep(id, Arc::new(kept.dialogue), kept.last_at);
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

/// A conversation that was begun again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// Its id, to be sent with the next message.
    pub conversation: Uuid,
    /// Whether the turn had to be written down and could not be, so that it may be forgotten.
    pub unsaved: bool,
}

/// Tells whether a turn is kept that was recorded so.
async fn is_kept(store: &Store, recorded: Option<Recorded>) -> bool {
    let mut is_kept = recorded == Some(Recorded::Written);
    if store.is_shared() {
        // The next message may go to another server, and this one may be gone by then.
        let committed = Box::pin(commit(store)).instrument(tracing::info_span!(target: TRACES, "commit")).await;
        is_kept |= committed && recorded.is_some();
    }
    is_kept
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
    let body = body(&answered.said, &answered.asked.turn, &answered.before, &answered.after);
    // The customer needs the answer more than we need the record.
    body.and_then(|body| store.record_turn(answered.id, answered.at, &body)).ok()
}

/// Returns a turn as it is recorded.
fn body(said: &Redacted, turn: &Turn, before: &Dialogue, after: &Dialogue) -> Result<TurnBody, StoreError> {
    let Turn { locale, reply, matched } = turn;
    TurnBody::of(&NewTurn { said, locale: locale.as_str(), reply, matched, before, after })
}
