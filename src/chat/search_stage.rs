//! The stage that searches: for content without curated questions, and for words that only an article's body has.

use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::model::{MatchedBy, ReplyKind};
use crate::search::rank_words;

/// The best hit must have this share of the message's telling words.
const SURE_COVERAGE: f32 = 0.75;
/// And score this much more than the next.
const SURE_MARGIN: f32 = 1.3;
/// Where the classifier names the same article, two scorers that know nothing of each other agree, and this share is
/// enough.
const AGREED_COVERAGE: f32 = 0.25;
/// What the classifier names must be among so many of the best hits.
const MOST_NEAR: usize = 3;
/// An article with more curated questions than this was judged by them; its words alone do not overrule that.
const FEW_QUESTIONS: usize = 2;

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let ranking = rank_words(message.snapshot, message.query(false));
    let id = |ordinal: usize| message.snapshot.articles()[ordinal].id.to_string();
    let candidates = ranking.ranked.iter().take(5).map(|r| (id(r.ordinal), r.score)).collect();
    if ranking.ranked.is_empty() {
        return Verdict::pass("no article has these words");
    }
    let likely = message.ranking();
    let named = likely.candidates.first().and_then(|c| message.article_of_group(c.class as usize));
    let near = ranking.ranked.iter().take(MOST_NEAR).find(|r| {
        named.is_some_and(|n| n.id == message.snapshot.articles()[r.ordinal].id) && r.coverage >= AGREED_COVERAGE
    });
    let (best, agreed) = near.map_or((&ranking.ranked[0], false), |near| (near, true));
    let article = &message.snapshot.articles()[best.ordinal];
    if article.questions.len() > FEW_QUESTIONS {
        let why = format!("`{}` has curated questions, and by them it is not what is meant", article.id);
        return Verdict { draft: None, why, candidates };
    }
    let next = ranking.ranked.get(1).map_or(0.0, |r| r.score);
    let alone = best.coverage >= SURE_COVERAGE && best.score >= next * SURE_MARGIN;
    if !(alone || agreed) {
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
    draft.cited.push(Cited::answering(best.ordinal, text));
    Verdict {
        draft: Some(draft),
        why: if agreed {
            "search and the classifier name the same article".to_owned()
        } else {
            "one article has nearly all the words, and no other comes near".to_owned()
        },
        candidates,
    }
}
