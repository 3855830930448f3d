//! What becomes of a reply when the message held something nobody may be told: the customer is warned first.

use crate::chat::message::{Cited, Draft, Message};
use crate::chat::wording;
use crate::model::{MatchedBy, ReplyKind};

/// With no more words or ideographs of substance beside it a secret was sent for its own sake: “密码：…”.
const LITTLE_BESIDE: usize = 2;

/// Makes the reply one of safety. What was asked is answered all the same; where nothing was understood, the page of the
/// last answer stays the source, else the page that the site names for such cases.
pub(crate) fn warn(message: &Message<'_>, draft: &mut Draft) {
    if !message.redacted.found().iter().any(|kind| kind.is_secret()) || draft.kind == ReplyKind::Handoff {
        return;
    }
    let nothing_asked = matches!(draft.kind, ReplyKind::Fallback | ReplyKind::Smalltalk)
        || draft.kind != ReplyKind::Safety && message.look().text.rest(std::iter::empty()) <= LITTLE_BESIDE;
    if nothing_asked && draft.progress.is_none() && draft.by != MatchedBy::Code {
        let topic = message.dialogue.topic.as_ref().or(message.snapshot.site().secret_article.as_ref());
        let article = topic.and_then(|id| message.snapshot.article(id, message.locale, message.viewer));
        draft.cited = article
            .map(|article| Cited { ordinal: message.snapshot.ordinal(article), anchor: None })
            .into_iter()
            .collect();
        draft.paragraphs = vec![wording::of(message.locale).secret_alone.to_owned()];
    }
    draft.kind = ReplyKind::Safety;
}
