//! What was said in a conversation held without JavaScript, carried by the page and sealed.
//!
//! The seal is a keyed hash. Without it another site could send a reader to our chat with words of its own under the
//! bot's name; with it the page shows only what we answered. The key is kept in the database, so that every server
//! on it opens what another sealed. A seal that does not open was made while the database was away, or by somebody else;
//! the page then says that earlier messages are not shown.

use serde::{Deserialize, Serialize};
use tokio::sync::OnceCell;

use crate::desk::{Asked, HelpCentre, Notice};
use crate::model::ReplyKind;
use crate::web::frame::encode;

/// The most that is carried, in bytes as a form sends it: a Chinese character is nine. Beside the longest message
/// (2,000 characters, 18,000 bytes) it stays under the body limit of 64 KiB.
const MAX_SENT_BYTES: usize = 40 * 1024;

/// The key that seals transcripts.
pub(crate) struct TranscriptKey([u8; 32]);

/// The key that all servers share, and one of this process alone for as long as that one cannot be had.
#[derive(Debug)]
pub(crate) struct TranscriptKeys {
    shared: OnceCell<TranscriptKey>,
    own: TranscriptKey,
}

impl TranscriptKeys {
    /// Makes the process's own key; the shared one is fetched when it is needed.
    pub(crate) fn new() -> Self {
        TranscriptKeys { shared: OnceCell::new(), own: TranscriptKey::random() }
    }

    /// Returns the key to use now.
    pub(crate) async fn current(&self, desk: &HelpCentre) -> &TranscriptKey {
        let fetched = self.shared.get_or_try_init(async || desk.shared_key("transcripts").await.map(TranscriptKey));
        fetched.await.unwrap_or(&self.own)
    }
}

impl std::fmt::Debug for TranscriptKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TranscriptKey(secret)")
    }
}

/// A conversation so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Transcript {
    pub(crate) turns: Vec<Turn>,
    /// Whether earlier turns are missing.
    pub(crate) shortened: bool,
}

/// One message and what was answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Turn {
    /// The customer's words, secrets replaced.
    pub(crate) said: String,
    /// What was wrong for everybody, where the turns before had not told it yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) notice: Option<Notice>,
    pub(crate) kind: ReplyKind,
    pub(crate) locale: String,
    /// Safe HTML, as the engine made it.
    pub(crate) html: String,
    /// Titles and addresses.
    pub(crate) sources: Vec<(String, String)>,
    /// Labels and messages; kept for the last turn alone, because only that one can be answered.
    pub(crate) quick_replies: Vec<(String, String)>,
}

impl TranscriptKey {
    /// Makes a key that nobody can guess.
    pub(crate) fn random() -> Self {
        let mut key = [0; 32];
        key[..16].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        key[16..].copy_from_slice(uuid::Uuid::new_v4().as_bytes());
        TranscriptKey(key)
    }

    /// Writes a transcript with its seal.
    pub(crate) fn seal(&self, transcript: &Transcript) -> (String, String) {
        let written = serde_json::to_string(transcript).unwrap_or_default();
        let seal = blake3::keyed_hash(&self.0, written.as_bytes()).to_hex().to_string();
        (written, seal)
    }

    /// Reads a transcript that this key sealed. Any other is a conversation whose beginning is lost.
    pub(crate) fn open(&self, written: &str, seal: &str) -> Transcript {
        if written.is_empty() {
            return Transcript::default();
        }
        let expected = blake3::keyed_hash(&self.0, written.as_bytes());
        // `blake3::Hash` compares in constant time.
        let genuine = blake3::Hash::from_hex(seal).is_ok_and(|sent| sent == expected);
        let read = if genuine { serde_json::from_str(written).ok() } else { None };
        read.unwrap_or(Transcript { turns: Vec::new(), shortened: true })
    }
}

impl Transcript {
    /// Adds a turn, and drops the oldest ones while there is more than a form can carry.
    pub(crate) fn add(&mut self, answered: &Asked) {
        for turn in &mut self.turns {
            turn.quick_replies.clear();
        }
        let reply = &answered.turn.reply;
        let is_news = |notice: &&Notice| !self.turns.iter().any(|turn| turn.notice.as_ref() == Some(notice));
        self.turns.push(Turn {
            notice: answered.notice.as_ref().filter(is_news).cloned(),
            said: answered.message.clone(),
            kind: reply.kind,
            locale: answered.turn.locale.to_string(),
            html: reply.html.clone(),
            sources: reply.sources.iter().map(|s| (s.title.clone(), s.url.clone())).collect(),
            quick_replies: reply.quick_replies.iter().map(|q| (q.label.clone(), q.message.clone())).collect(),
        });
        while self.turns.len() > 1 && self.sent_bytes() > MAX_SENT_BYTES {
            self.turns.remove(0);
            self.shortened = true;
        }
    }

    fn sent_bytes(&self) -> usize {
        encode(&serde_json::to_string(self).unwrap_or_default()).len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn turn(said: &str) -> Turn {
        Turn {
            said: said.to_owned(),
            notice: None,
            kind: ReplyKind::Answer,
            locale: "zh-CN".to_owned(),
            html: "<p>好</p>".to_owned(),
            sources: vec![],
            quick_replies: vec![],
        }
    }

    #[test]
    fn opens_what_it_sealed_and_nothing_else() {
        let key = TranscriptKey::random();
        let transcript = Transcript { turns: vec![turn("付不了款")], shortened: false };
        let (written, seal) = key.seal(&transcript);
        assert_eq!(key.open(&written, &seal), transcript);

        let lost = Transcript { turns: vec![], shortened: true };
        assert_eq!(key.open(&written.replace('好', "<script>"), &seal), lost);
        assert_eq!(key.open(&written, "00"), lost);
        assert_eq!(TranscriptKey::random().open(&written, &seal), lost);
        assert_eq!(key.open("", ""), Transcript::default());
    }

    fn answered(html: &str) -> Asked {
        use crate::model::{Match, MatchedBy, Reply, Turn as Answer};
        Asked {
            notice: None,
            restarted: false,
            unsaved: false,
            conversation_id: String::new(),
            message: String::new(),
            turn: Answer {
                locale: "zh-CN".parse().unwrap(),
                reply: Reply {
                    kind: ReplyKind::Answer,
                    text: String::new(),
                    html: html.to_owned(),
                    sources: vec![],
                    quick_replies: vec![],
                },
                matched: Match {
                    by: MatchedBy::None,
                    rule: String::new(),
                    confidence: 0.0,
                    evidence: vec![],
                    content: String::new(),
                    stages: vec![],
                },
            },
        }
    }

    #[test]
    fn drops_the_oldest_turns_before_the_form_grows_too_large() {
        let mut answered = answered(&"答".repeat(1_000));
        let mut transcript = Transcript::default();
        for i in 0..20 {
            answered.message = i.to_string();
            transcript.add(&answered);
        }
        assert!(transcript.sent_bytes() <= MAX_SENT_BYTES && transcript.shortened);
        assert_eq!(transcript.turns.last().map(|t| t.said.as_str()), Some("19"));
    }

    #[test]
    fn tells_an_incident_with_the_turn_in_which_it_came_up_and_again_when_it_changes() {
        let notice = |text: &str| {
            Some(Notice { severity: crate::kb::IncidentSeverity::Outage, text: text.to_owned(), url: None })
        };
        let mut transcript = Transcript::default();
        let told = [None, notice("充值停了"), notice("充值停了"), None, notice("充值慢"), notice("充值停了")];
        for notice in told {
            transcript.add(&Asked { notice, ..answered("<p>好</p>") });
        }
        let shown: Vec<_> =
            transcript.turns.iter().map(|t| t.notice.as_ref().map_or("", |n| n.text.as_str())).collect();
        assert_eq!(shown, ["", "充值停了", "", "", "充值慢", ""]);
    }
}
