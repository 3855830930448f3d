//! The stage that searches: for content without curated questions, and for words that only an article's body has.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::model::{MatchedBy, ReplyKind};
use crate::search::{Query, rank_articles, section_for};

/// The best hit must have this share of the message's telling words.
const SURE_COVERAGE: f32 = 0.75;
/// And score this much more than the next.
const SURE_MARGIN: f32 = 1.3;

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let query = Query {
        text: message.text,
        locale: message.locale,
        category: None,
        limit: 0,
        offset: 0,
        viewer: message.viewer,
        verbatim: false,
    };
    let ranking = rank_articles(message.snapshot, query);
    let id = |ordinal: usize| message.snapshot.articles()[ordinal].id.to_string();
    let candidates = ranking.ranked.iter().take(5).map(|r| (id(r.ordinal), r.score)).collect();
    let Some(best) = ranking.ranked.first() else {
        return Verdict::pass("no article has these words");
    };
    let next = ranking.ranked.get(1).map_or(0.0, |r| r.score);
    if best.coverage < SURE_COVERAGE || best.score < next * SURE_MARGIN {
        let why = format!(
            "the best hit has {:.0} % of the words and {:.2} times the next one's score; {:.0} % and {SURE_MARGIN} are needed",
            best.coverage * 100.0,
            best.score / next.max(f32::MIN_POSITIVE),
            SURE_COVERAGE * 100.0
        );
        return Verdict { draft: None, why, candidates };
    }
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Search, id(best.ordinal), best.coverage * 0.7);
    draft.evidence = ranking.telling_terms().map(str::to_owned).take(5).collect();
    let text = ranking.corrected.as_ref().map_or(message.text, |c| c.text.as_str());
    draft.cited.push(Cited { ordinal: best.ordinal, anchor: section_for(message.snapshot, best.ordinal, text) });
    Verdict {
        draft: Some(draft),
        why: "one article has nearly all the words, and no other comes near".to_owned(),
        candidates,
    }
}
