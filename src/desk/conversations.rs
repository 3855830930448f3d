//! The conversations under way, in memory: bounded in number, length and age.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use crate::base::lock;
use crate::model::Dialogue;

/// At most this many conversations are kept; the oldest goes first. About 30 MB when full.
const MOST: usize = 100_000;
/// A conversation that was silent for longer is forgotten.
const LONGEST_SILENCE: SignedDuration = SignedDuration::from_hours(24);

/// A longer conversation begins anew: a person does not talk that long.
const MOST_TURNS: u32 = 1_000;

/// The dialogues by conversation.
#[derive(Debug, Default)]
pub(crate) struct Conversations {
    // The ids begin with the time of their making, so the first key is the oldest conversation.
    by_id: Mutex<BTreeMap<Uuid, Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    dialogue: Arc<Dialogue>,
    last: Timestamp,
}

impl Kept {
    fn goes_on(&self, now: Timestamp) -> bool {
        now.duration_since(self.last) <= LONGEST_SILENCE && self.dialogue.turns < MOST_TURNS
    }
}

impl Conversations {
    /// Returns the dialogue of a conversation and its id: a new one when the id is missing, unknown or too old. Tells
    /// whether an id was given in vain.
    pub(crate) fn open(&self, id: Option<&str>, now: Timestamp) -> (Uuid, Arc<Dialogue>, bool) {
        let known = id.and_then(|id| Uuid::try_parse(id).ok());
        let by_id = lock(&self.by_id);
        match known.and_then(|id| Some((id, by_id.get(&id)?))) {
            Some((id, kept)) if kept.goes_on(now) => (id, Arc::clone(&kept.dialogue), false),
            _ => (new_id(), Arc::default(), id.is_some()),
        }
    }

    /// Begins a conversation whose first turn was had; returns its id.
    pub(crate) fn begin(&self, dialogue: Arc<Dialogue>, now: Timestamp) -> Uuid {
        let id = new_id();
        self.keep(id, dialogue, now);
        id
    }

    /// Returns how many turns a conversation had that is in memory.
    pub(crate) fn turns(&self, id: Uuid) -> Option<u32> {
        let by_id = lock(&self.by_id);
        by_id.get(&id).map(|kept| kept.dialogue.turns)
    }

    /// Forgets a conversation.
    pub(crate) fn forget(&self, id: Uuid) {
        lock(&self.by_id).remove(&id);
    }

    /// Keeps a dialogue for the next turn.
    pub(crate) fn keep(&self, id: Uuid, dialogue: Arc<Dialogue>, now: Timestamp) {
        let mut by_id = lock(&self.by_id);
        by_id.insert(id, Kept { dialogue, last: now });
        while by_id.len() > MOST
            && let Some(oldest) = by_id.keys().find(|other| **other != id).copied()
        {
            by_id.remove(&oldest);
        }
    }
}

/// Returns the id of a new conversation. 74 of its bits are random: it cannot be guessed.
fn new_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn goes_on_with_a_conversation_and_forgets_a_silent_one() {
        let conversations = Conversations::default();
        let (id, fresh, restarted) = conversations.open(None, at(0));
        assert_eq!((&*fresh, restarted), (&Dialogue::default(), false));
        conversations.keep(id, Arc::new(Dialogue { turns: 1, ..Dialogue::default() }), at(0));
        let (same, dialogue, restarted) = conversations.open(Some(&id.to_string()), at(60));
        assert_eq!((same, dialogue.turns, restarted), (id, 1, false));
        let (other, dialogue, restarted) = conversations.open(Some(&id.to_string()), at(25 * 3600));
        assert!(other != id && dialogue.turns == 0 && restarted);
    }

    #[test]
    fn begins_anew_after_very_many_turns() {
        let conversations = Conversations::default();
        let (id, ..) = conversations.open(None, at(0));
        for (turns, restarted) in [(MOST_TURNS - 1, false), (MOST_TURNS, true)] {
            conversations.keep(id, Arc::new(Dialogue { turns, ..Dialogue::default() }), at(0));
            assert_eq!(conversations.open(Some(&id.to_string()), at(1)).2, restarted);
        }
    }

    #[test]
    fn starts_fresh_for_an_id_that_nobody_gave_out() {
        let conversations = Conversations::default();
        for id in ["", "x", "00000000-0000-7000-8000-000000000000"] {
            assert_ne!(conversations.open(Some(id), at(0)).0.to_string(), id);
        }
    }
}
