//! The stages for what makes sense only after the turn before: a choice among what was offered, and a question that
//! leaves its subject out (“那商户呢？”, “and for merchants?”).

use std::collections::HashSet;

use crate::base::ArticleId;
use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::question::{ANSWER, MOST_CANDIDATES};
use crate::chat::searched::Searched;
use crate::model::{MatchedBy, ReplyKind};
use crate::search::{rank_words, section_for};
use crate::text::fold_str;

/// What a customer says for the first, second and third of what was offered; the last list is for the last.
const ORDINALS: [&[&str]; 4] = [
    &[
        "第一个",
        "第1个",
        "第一条",
        "第一项",
        "前者",
        "1",
        "the first",
        "first one",
        "first",
        "number one",
        "option one",
        "number 1",
        "option 1",
    ],
    &[
        "第二个",
        "第2个",
        "第二条",
        "第二项",
        "2",
        "the second",
        "second one",
        "second",
        "number two",
        "option two",
        "number 2",
        "option 2",
    ],
    &[
        "第三个",
        "第3个",
        "第三条",
        "第三项",
        "3",
        "the third",
        "third one",
        "third",
        "number three",
        "option three",
        "number 3",
        "option 3",
    ],
    &["最后一个", "最后那个", "后者", "the last", "last one", "the latter"],
];

/// A choice by number may stand beside this many words or ideographs of substance (“选第二个”).
const BESIDE_ORDINAL: usize = 1;
/// With more words or ideographs of substance than this a question has a subject of its own.
const MOST_ELLIPTIC: usize = 5;
/// A short question that is this sure of its own article needs no context.
const SURE_ALONE: f32 = 0.8;
/// The article must have this share of a short question's telling words: “天气呢” is about no article.
const LEAST_COVERAGE: f32 = 0.5;

/// The stage for a choice among the articles that the last reply offered.
pub(crate) fn choose(message: &Message<'_>) -> Verdict {
    let offered = &message.dialogue.offered;
    if offered.is_empty() {
        return Verdict::pass("the last reply offered nothing to choose from");
    }
    let Some(id) = by_title(message, offered).or_else(|| by_number(message, offered)) else {
        return Verdict::pass("the message chooses none of what was offered");
    };
    let Some(article) = message.snapshot.article(id, message.locale, message.viewer) else {
        return Verdict::pass("the chosen article is not for this reader");
    };
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Question, id.to_string(), 1.0);
    draft.cited.push(Cited { ordinal: message.snapshot.ordinal(article), anchor: None });
    Verdict { draft: Some(draft), why: format!("{id} was offered and is chosen"), candidates: Vec::new() }
}

fn by_title<'a>(message: &Message<'_>, offered: &'a [ArticleId]) -> Option<&'a ArticleId> {
    let typed = fold_str(message.text.trim());
    let titled = |id: &ArticleId| {
        let all = message.snapshot.articles().iter();
        all.filter(|a| a.id == *id && a.visible_to(message.viewer)).any(|a| fold_str(&a.title) == typed)
    };
    offered.iter().find(|id| titled(id))
}

fn by_number<'a>(message: &Message<'_>, offered: &'a [ArticleId]) -> Option<&'a ArticleId> {
    let text = Searched::new(message.text);
    let named = |terms: &[&str]| {
        terms.iter().any(|t| text.has(t)) && text.rest(terms.iter().copied().chain(["one"])) <= BESIDE_ORDINAL
    };
    let place = ORDINALS.iter().position(|terms| named(terms))?;
    if place + 1 == ORDINALS.len() { offered.last() } else { offered.get(place) }
}

/// The stage for a question that leaves out what the last answer was about. It answers only when the message together
/// with that article's title is sure of an article near it.
pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let Some(topic) = message.dialogue.topic.as_ref() else {
        return Verdict::pass("there is no subject to go on from");
    };
    let Some(about) = message.snapshot.article(topic, message.locale, message.viewer) else {
        return Verdict::pass("the last answer's article is gone");
    };
    let substance = Searched::new(message.text).rest(std::iter::empty());
    if substance == 0 || substance > MOST_ELLIPTIC {
        return Verdict::pass("the message leaves no subject out");
    }
    let alone = message.snapshot.rank_intents(message.text, 1, message.viewer).confidence;
    if alone >= SURE_ALONE {
        return Verdict::pass(format!("the message has a subject of its own ({alone:.2} ≥ {SURE_ALONE})"));
    }
    let text = format!("{} {}", about.title, message.text);
    let ranking = message.snapshot.rank_intents(&text, MOST_CANDIDATES, message.viewer);
    let visible =
        ranking.candidates.iter().filter_map(|c| Some((message.article_of_group(c.class as usize)?, c.score)));
    let visible: Vec<_> = visible.collect();
    let candidates = visible.iter().map(|(a, score)| (a.id.to_string(), *score)).collect();
    let Some((best, _)) = visible.first() else { return Verdict::pass("there are no curated questions") };
    let confidence = ranking.confidence;
    let near = best.id.category() == topic.category() || about.related.contains(&best.id);
    if confidence < ANSWER || confidence < alone || !near {
        let why =
            format!("after {topic} the message is {} with {confidence:.2}, which is not near or not sure", best.id);
        return Verdict { draft: None, why, candidates };
    }
    if !has_the_words(message, &best.id) {
        let why = format!("{} does not have the words of the message", best.id);
        return Verdict { draft: None, why, candidates };
    }
    let ordinal = message.snapshot.ordinal(best);
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Question, best.id.to_string(), confidence);
    draft.evidence = ranking.evidence.iter().map(|e| e.term.clone()).collect();
    draft.cited.push(Cited { ordinal, anchor: section_for(message.snapshot, ordinal, message.text) });
    Verdict {
        draft: Some(draft),
        why: format!("after {topic} the message means {} ({confidence:.2})", best.id),
        candidates,
    }
}

/// Tells whether an article's text has enough of the message's telling words.
fn has_the_words(message: &Message<'_>, id: &ArticleId) -> bool {
    let articles = message.snapshot.articles();
    let ranked = rank_words(message.snapshot, message.query(true)).ranked;
    ranked.iter().any(|r| articles[r.ordinal].id == *id && r.coverage >= LEAST_COVERAGE)
}

/// Where one question ends and another begins.
const BREAKS: [char; 6] = ['？', '?', '；', ';', '\n', '。'];
// The longer first: “ and also ” leaves no “and” behind.
const JOINTS: [&str; 9] =
    ["另外", "还有就是", "还有，", "还有,", "顺便问", " and another thing", " one more thing", " and also ", " also "];
/// At most this many questions of one message are answered.
const MOST_PARTS: usize = 3;

/// The stage for several questions in one message: each that its own article answers surely is answered, in order.
pub(crate) fn several(message: &Message<'_>) -> Verdict {
    let parts = parts(message.text);
    if parts.len() < 2 {
        return Verdict::pass("the message asks one thing");
    }
    let whole = message.snapshot.rank_intents(message.text, 1, message.viewer).confidence;
    let mut answers: Vec<(Draft, ArticleId)> = Vec::new();
    for part in &parts {
        let Some(draft) = crate::chat::question::decide(&Message { text: part, ..*message }).draft else { continue };
        let Some(cited) = draft.cited.first().filter(|_| draft.kind == ReplyKind::Answer) else { continue };
        let id = message.snapshot.articles()[cited.ordinal].id.clone();
        if answers.len() < MOST_PARTS && answers.iter().all(|(_, other)| *other != id) {
            answers.push((draft, id));
        }
    }
    let distinct: HashSet<&ArticleId> = answers.iter().map(|(_, id)| id).collect();
    if distinct.len() < 2 {
        return Verdict::pass("its parts are not about two articles");
    }
    let mean = answers.iter().map(|(d, _)| d.confidence).sum::<f32>() / answers.len() as f32;
    let candidates = answers.iter().map(|(d, id)| (id.to_string(), d.confidence)).collect();
    if mean < whole {
        let why = format!("the whole is surer of one article ({whole:.2}) than the parts of theirs ({mean:.2})");
        return Verdict { draft: None, why, candidates };
    }
    let names: Vec<&str> = answers.iter().map(|(_, id)| id.as_str()).collect();
    let why = format!("the parts ask for {}", names.join(", "));
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Question, names[0], mean);
    for (part, _) in &answers {
        draft.evidence.extend(part.evidence.iter().cloned());
        draft.cited.extend(part.cited.iter().take(1).cloned());
        let article = part.cited.first().map(|c| &message.snapshot.articles()[c.ordinal]);
        draft.paragraphs.extend(article.map(|a| a.summary.clone()));
    }
    Verdict { draft: Some(draft), why, candidates }
}

/// Cuts a message where one question ends and the next begins.
fn parts(text: &str) -> Vec<String> {
    let mut joined = text.to_owned();
    for joint in JOINTS {
        // A joint is no part of either question.
        let mut cut = String::with_capacity(joined.len());
        let mut rest = joined.as_str();
        while let Some(at) = rest
            .char_indices()
            .map(|(i, _)| i)
            .find(|&i| rest.get(i..i + joint.len()).is_some_and(|s| s.eq_ignore_ascii_case(joint)))
        {
            cut.push_str(&rest[..at]);
            cut.push('\n');
            rest = &rest[at + joint.len()..];
        }
        cut.push_str(rest);
        joined = cut;
    }
    joined.split(BREAKS).map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_between_questions() {
        assert_eq!(parts("怎么充值？手续费多少？"), ["怎么充值", "手续费多少"]);
        assert_eq!(parts("怎么充值，另外密码忘了怎么办"), ["怎么充值，", "密码忘了怎么办"]);
        assert_eq!(parts("how do I top up? Also what are the fees"), ["how do I top up", "what are the fees"]);
        assert_eq!(parts("I forgot my password and also what is the fee"), ["I forgot my password", "what is the fee"]);
        assert_eq!(parts("one question"), ["one question"]);
        assert!(parts("？？").is_empty());
    }
}
