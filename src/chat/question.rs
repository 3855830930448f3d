//! The stage for customers' own words: the classifier that is trained on the articles' curated questions.

use std::rc::Rc;

use crate::chat::clauses::{self, deeds_apart, tells_trouble};
use crate::chat::lacks::without_lacks;
use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::searched::Searched;
use crate::chat::step_done::is_repair;
use crate::chat::wording;
use crate::kb::intent::{CHOICES, Ranking};
use crate::model::{MatchedBy, QuickReply, ReplyKind};
use crate::text::english::is_stop_word;
use crate::text::phrase::needle;
use crate::text::script::is_han;

/// Of a message with more sentences it is open which of them is only told.
const MOST_SENTENCES: usize = 3;
/// A question that is apart from what is told beside it must be as sure.
const SURE_APART: f32 = 0.6;
/// It has as many words or ideographs of substance.
const LEAST_APART: usize = 3;
/// So many has what is left beside what somebody lacks: “怎么充值”.
const LEAST_LEFT: usize = 2;
/// What is about something that was told before.
const REFERS: [&str; 21] = [
    "it", "its", "that", "this", "them", "they", "these", "those", "one", "ones", "there", "he", "she", "him", "her",
    "它", "这", "那", "他", "她", "其",
];
/// The whole message may be so much surer.
const NO_SURER_WHOLE: f32 = 0.1;

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let line = message.thresholds();
    let ranking = rank(message);
    // Classes are translation groups; an internal article's is passed over for a customer.
    let visible: Vec<(usize, f32)> = ranking
        .candidates
        .iter()
        .filter_map(|c| {
            let article = message.article_of_group(c.class as usize)?;
            Some((message.snapshot.ordinal(article), c.score))
        })
        .collect();
    let id = |ordinal: usize| message.snapshot.articles()[ordinal].id.to_string();
    let candidates: Vec<(String, f32)> = visible.iter().map(|(o, s)| (id(*o), *s)).collect();
    let Some(&(best, _)) = visible.first() else {
        return Verdict::pass("there are no curated questions");
    };
    let confidence = ranking.confidence;
    let near = several_near(message, &visible, confidence >= line.sure);
    if near.len() > 1 {
        let draft = ask_back(message, id(near[0]), confidence, vec![message.text.to_owned()], near.into_iter());
        let why = "it is one word, and several articles are asked for with it: asked which one".to_owned();
        return Verdict { draft: Some(draft), why, candidates };
    }
    let evidence: Vec<String> = ranking.evidence.iter().map(|e| e.term.clone()).collect();
    if confidence >= line.answer {
        let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Question, id(best), confidence);
        draft.evidence = evidence;
        draft.cited.push(Cited::answering(best, message.text));
        let mut why = format!("confidence {confidence:.2} ≥ {:.2}", line.answer);
        if confidence < line.sure {
            draft.alternatives = visible.iter().skip(1).take(CHOICES - 1).map(|(ordinal, _)| *ordinal).collect();
            why.push_str(&format!(", and < {:.2}: the next ones are offered with it", line.sure));
        }
        return Verdict { draft: Some(draft), why, candidates };
    }
    if confidence >= line.clarify && visible.len() > 1 {
        let draft = ask_back(message, id(best), confidence, evidence, visible.iter().map(|(ordinal, _)| *ordinal));
        let why = format!(
            "confidence {confidence:.2} is between {:.2} and {:.2}: asked which one",
            line.clarify, line.answer
        );
        return Verdict { draft: Some(draft), why, candidates };
    }
    Verdict { draft: None, why: format!("confidence {confidence:.2} < {:.2}", line.clarify), candidates }
}

/// From this cosine on, 0 to 1, a message is nearly the curated question that is nearest to it.
pub(crate) const NEARLY_CURATED: f32 = 0.85;

/// What says that something is as it was, whatever was done.
const STILL: [&str; 7] = ["still", "keeps", "还是", "仍", "依然", "照样", "一直"];

/// A word has so many ideographs at most.
const LONGEST_WORD: usize = 3;
/// An article is near when its curated questions have the word this often, compared with those that have it most often.
const NEAR: f32 = 0.55;
/// The classifier, asked for one word, does not tell two articles apart whose scores are no further from each other.
const CLOSE: f32 = 0.25;
/// A word that fewer questions have tells nothing.
const LEAST_ASKED: usize = 2;

/// Returns the articles that a message of one word may be about, best first: “密码” is asked with for a new one, and for a
/// strong one. The classifier is sure of either, because it never saw a word that means so little. Where it is sure and
/// they are of one category, its first is the one that tells of all.
fn several_near(message: &Message<'_>, visible: &[(usize, f32)], is_sure: bool) -> Vec<usize> {
    let look = message.look();
    let word = look.text.haystack().trim();
    let ideographs = word.chars().filter(|c| is_han(*c)).count();
    let is_word = !word.is_empty() && !word.contains(' ') && ideographs <= LONGEST_WORD;
    if !is_word || is_stop_word(word) || (ideographs > 0 && ideographs < word.chars().count()) {
        return Vec::new();
    }
    let word = needle(word);
    let articles = message.snapshot.articles();
    let asked = |ordinal: usize| {
        let of = |locale| message.snapshot.article(&articles[ordinal].id, locale, message.viewer);
        let questions = message
            .snapshot
            .locales()
            .iter()
            .filter_map(of)
            .map(|article| message.snapshot.questions_with(message.snapshot.ordinal(article), &word));
        questions.max().unwrap_or(0)
    };
    let asked: Vec<(usize, usize)> = visible.iter().map(|(ordinal, _)| (*ordinal, asked(*ordinal))).collect();
    let most = asked.iter().map(|(_, count)| *count).max().unwrap_or(0);
    if most < LEAST_ASKED {
        return Vec::new();
    }
    // What the classifier has first is near in any case, and what it holds to be as likely.
    let close = |place: usize| visible[0].1 - visible[place].1 <= CLOSE;
    let near = asked
        .into_iter()
        .enumerate()
        .filter(|(place, (_, count))| close(*place) || *count as f32 >= NEAR * most as f32);
    let near: Vec<usize> = near.map(|(_, (ordinal, _))| ordinal).collect();
    let category = |ordinal: &usize| articles[*ordinal].id.category();
    let of_one = near.iter().all(|ordinal| category(ordinal) == category(&near[0]));
    if is_sure && of_one { Vec::new() } else { near }
}

/// Asks which of the first candidates is meant.
pub(crate) fn ask_back(
    message: &Message<'_>,
    rule: String,
    confidence: f32,
    evidence: Vec<String>,
    candidates: impl Iterator<Item = usize>,
) -> Draft {
    let mut draft = Draft::new(ReplyKind::Clarify, MatchedBy::Question, rule, confidence);
    draft.evidence = evidence;
    draft.paragraphs.push(wording::of(message.locale).clarify.to_owned());
    for ordinal in candidates {
        if draft.cited.len() < CHOICES && draft.cited.iter().all(|c| c.ordinal != ordinal) {
            let title = message.snapshot.articles()[ordinal].title.clone();
            draft.quick_replies.push(QuickReply { label: title.clone(), message: title });
            draft.cited.push(Cited::article(ordinal));
        }
    }
    draft
}

/// Ranks the message as typed, and as it was probably meant where that is better understood.
fn rank(message: &Message<'_>) -> Rc<Ranking> {
    let typed = message.ranking();
    // The classifier reads a misspelt word as the nearest known one by itself; what it cannot do is read pinyin as
    // characters, or one character for another.
    if typed.confidence < message.thresholds().answer
        && let Some(corrected) = crate::search::corrected_chinese(message.snapshot, message.text)
    {
        let meant = message.ranking_of(&corrected);
        if meant.confidence > typed.confidence {
            return meant;
        }
    }
    let meant = not_done(message, &typed).or_else(|| asked_apart(message, &typed));
    meant.or_else(|| of_what_is_there(message, &typed)).unwrap_or(typed)
}

/// Ranks a message without what it says that nobody has or uses, where the rest is sure by itself.
fn of_what_is_there(message: &Message<'_>, typed: &Ranking) -> Option<Rc<Ranking>> {
    let left = without_lacks(message).filter(|left| stands_alone(left, LEAST_LEFT))?;
    let meant = message.ranking_of(&left);
    let sure = message.thresholds().sure.max(SURE_APART);
    (first_class(&meant) != first_class(typed) && meant.confidence >= sure).then_some(meant)
}

/// Tells whether a question can be understood without what is told beside it: “why?” and “how do I use it?” are about that.
fn stands_alone(question: &str, least: usize) -> bool {
    let said = Searched::new(question);
    said.rest(std::iter::empty()) >= least && !REFERS.iter().any(|word| said.has(word))
}

/// Ranks the one question of a message without what is told beside it, where that tells of no trouble and the question is sure
/// by itself: “I just installed the app. What must I do before my first payment?” asks nothing about installing.
fn asked_apart(message: &Message<'_>, typed: &Ranking) -> Option<Rc<Ranking>> {
    let told = |sentence: &&str| !clauses::asks(sentence);
    let sentences: Vec<&str> = clauses::sentences(message.text).collect();
    if !(2..=MOST_SENTENCES).contains(&sentences.len()) {
        return None;
    }
    let (told, asked): (Vec<&str>, Vec<&str>) = sentences.into_iter().partition(told);
    let ([question], false) = (asked.as_slice(), told.iter().any(|sentence| tells_trouble(&Searched::new(sentence))))
    else {
        return None;
    };
    if !stands_alone(question, LEAST_APART) {
        return None;
    }
    let meant = message.ranking_of(question);
    let is_another = first_class(&meant) != first_class(typed);
    let sure = message.thresholds().sure.max(SURE_APART);
    (is_another && meant.confidence >= sure && meant.confidence + NO_SURER_WHOLE >= typed.confidence).then_some(meant)
}

fn first_class(ranking: &Ranking) -> Option<u32> {
    ranking.candidates.first().map(|first| first.class)
}

/// Ranks a message without what it tells to be done, where that is what it would be answered with: whoever says that the router
/// was restarted, and that it still fails, is not told to restart it.
fn not_done(message: &Message<'_>, typed: &Ranking) -> Option<Rc<Ranking>> {
    let article = message.article_of_group(first_class(typed)? as usize)?;
    // What its authors say that an article answers, it answers.
    if !is_repair(message.snapshot, &article.id) || typed.signals.nearest >= NEARLY_CURATED {
        return None;
    }
    let (deeds, rest) = deeds_apart(message.text)?;
    let left = Searched::new(&rest);
    if !tells_trouble(&left) && !STILL.iter().any(|word| left.has(word)) {
        return None;
    }
    let (done, meant) = (message.ranking_of(&deeds), message.ranking_of(&rest));
    let line = message.thresholds();
    let is_done = first_class(&done) == first_class(typed) && done.confidence >= line.clarify;
    let is_another = first_class(&meant) != first_class(typed) && meant.confidence >= line.answer;
    (is_done && is_another).then_some(meant)
}
