//! The stages for what makes sense only after the turn before: a choice among what was offered, and a question that
//! leaves its subject out (“那商户呢？”, “and for merchants?”).

use std::cell::LazyCell;
use std::rc::Rc;

use crate::base::ArticleId;
use crate::chat::aspect::{aspect_of, how, telling_sentence};
use crate::chat::message::{Cited, Draft, Message, Verdict};
use crate::chat::ordinal;
use crate::chat::policy;
use crate::chat::searched::Searched;
use crate::kb::Article;
use crate::kb::intent::Ranking;
use crate::model::{MatchedBy, ReplyKind};
use crate::search::rank_words;
use crate::text::fold_str;
use crate::text::script::is_han;

/// With more words or ideographs of substance than this a question has a subject of its own.
const MOST_ELLIPTIC: usize = 5;
/// With more than this it leaves nothing out.
const MOST_CONTINUED: usize = 10;
/// From this confidence on a message that goes on from the last answer stays with its article.
const CONTINUES: f32 = 0.25;
/// The same where it says that it goes on, and behind that article's title means it.
const SAYS_THAT_IT_CONTINUES: f32 = 0.1;
/// A message whose first article is so far, in score, ahead of all that are near the last answer has its subject elsewhere.
const ELSEWHERE: f32 = 0.3;
/// What says that a message goes on from what was said before.
const ANAPHORA: [&str; 22] = [
    "那",
    "那么",
    "它",
    "这个",
    "这样",
    "这种",
    "然后",
    "接着",
    "具体",
    "刚才",
    "上面",
    "it",
    "that",
    "this",
    "they",
    "them",
    "then",
    "so",
    "and",
    "but",
    "what about",
    "how about",
];
/// A short question that is this sure of its own article needs no context.
const SURE_ALONE: f32 = 0.8;
/// The article must have this share of a short question's telling words: “天气呢” is about no article.
const LEAST_COVERAGE: f32 = 0.5;

/// With less than this a message is not sure of the article that it means alone.
const TORN: f32 = 0.6;
/// From here on there is no doubt about an article.
const WITHOUT_A_DOUBT: f32 = 0.95;
/// The last answer's article has so much of a short message that goes on with it, although others have some of it too.
const NEARLY_ALL: f32 = 0.75;

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
    draft.cited.push(Cited::article(message.snapshot.ordinal(article)));
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
    offered.get(ordinal::chosen(&message.look().text, offered.len())?)
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
    if let Some(verdict) = aspect_of(message, about).or_else(|| how(message, about)) {
        return verdict;
    }
    let look = message.look();
    let text = &look.text;
    let substance = text.rest(std::iter::empty());
    let alone = message.ranking();
    if alone.confidence >= SURE_ALONE {
        let why = format!("the message has a subject of its own ({:.2} ≥ {SURE_ALONE})", alone.confidence);
        return Verdict::pass(why);
    }
    if substance == 0 || substance > MOST_CONTINUED {
        return Verdict::pass("the message leaves no subject out");
    }
    let whole = Combined::new(message, about, alone);
    let goes_on = ANAPHORA.iter().any(|word| text.has(word));
    if goes_on && let Some(verdict) = continued(message, about, &whole, goes_on) {
        return verdict;
    }
    let elliptic =
        if substance <= MOST_ELLIPTIC { near(message, about, &whole, goes_on) } else { Verdict::pass("it is long") };
    if goes_on || elliptic.draft.is_some() {
        return elliptic;
    }
    continued(message, about, &whole, goes_on).unwrap_or(elliptic)
}

/// What the classifier makes of a message, alone and behind the title of the last answer's article.
struct Combined<'a> {
    alone: Rc<Ranking>,
    first_alone: Vec<&'a Article>,
    behind: Rc<Ranking>,
    first_behind: Vec<&'a Article>,
}

impl<'a> Combined<'a> {
    fn new(message: &Message<'a>, about: &Article, alone: Rc<Ranking>) -> Self {
        let behind = message.ranking_of(&format!("{} {}", about.title, message.text));
        let visible = |ranking: &Ranking| -> Vec<&'a Article> {
            ranking.candidates.iter().filter_map(|c| message.article_of_group(c.class as usize)).collect()
        };
        Combined { first_alone: visible(&alone), first_behind: visible(&behind), alone, behind }
    }

    fn candidates(&self) -> Vec<(String, f32)> {
        self.first_behind.iter().zip(&self.behind.candidates).map(|(a, c)| (a.id.to_string(), c.score)).collect()
    }
}

/// Goes on to an article near the last answer's: the one that the message means alone, though unsure, or the one that it
/// means surely behind the last answer's title.
fn near(message: &Message<'_>, about: &Article, whole: &Combined<'_>, goes_on: bool) -> Verdict {
    let candidates = whole.candidates();
    let (alone, confidence) = (whole.alone.confidence, whole.behind.confidence);
    let is_near = |a: &&Article| a.id.category() == about.id.category() || about.related.contains(&a.id);
    // “I did that already” means nothing alone.
    let says_what = !policy::tells_nothing(message);
    // “And for merchants?” is of the same chapter; what lies elsewhere must be surer.
    let same_chapter = |a: &Article| goes_on && a.id.category() == about.id.category();
    let enough = |a: &Article| alone >= if same_chapter(a) { SAYS_THAT_IT_CONTINUES } else { CONTINUES };
    let meant = whole.first_alone.first().copied().filter(|a| says_what && enough(a) && a.id != about.id && is_near(a));
    // What has a subject elsewhere leaves none out; where it says that it goes on, it must be surer of that subject.
    let named = || whole.first_alone.first().is_some_and(|a| !is_near(a));
    let far_ahead = || {
        let scored = || whole.first_alone.iter().zip(&whole.alone.candidates);
        let near = scored().find(|(a, _)| is_near(a)).map_or(0.0, |(_, candidate)| candidate.score);
        scored().next().is_some_and(|(_, first)| first.score - near >= ELSEWHERE)
    };
    let least = if goes_on { message.thresholds().sure } else { message.thresholds().clarify };
    let articles = message.snapshot.articles();
    let ranked = LazyCell::new(|| rank_words(message.snapshot, message.query(true)).ranked);
    // How much an article's text has of the message's telling words.
    let coverage = |id: &ArticleId| {
        let same = ranked.iter().filter(|r| articles[r.ordinal].id == *id);
        same.map(|r| r.coverage).fold(0.0, f32::max)
    };
    // “没收到短信” is of the code by which a password is reset, where that was talked about.
    let has_more_of_it = || {
        let here = coverage(&about.id);
        here >= NEARLY_ALL && whole.first_alone.first().is_none_or(|other| here > coverage(&other.id))
    };
    let stays = || is_torn(about, whole) || has_more_of_it();
    let elsewhere = named() && !stays() && (alone >= least || (!goes_on && far_ahead()));
    let behind = || {
        let sure = confidence >= message.thresholds().answer && confidence >= alone && !elsewhere;
        whole.first_behind.first().copied().filter(|a| sure && is_near(a))
    };
    let Some(best) = meant.or_else(behind) else {
        let why = format!("after {} the message is of no article that is near and sure ({confidence:.2})", about.id);
        return Verdict { draft: None, why, candidates };
    };
    // What the message means alone has its words; behind a title it may have none but the title's.
    let torn = || best.id == about.id && is_torn(about, whole);
    if meant.is_none() && !torn() && coverage(&best.id) < LEAST_COVERAGE {
        let why = format!("{} does not have the words of the message", best.id);
        return Verdict { draft: None, why, candidates };
    }
    let ordinal = message.snapshot.ordinal(best);
    let sure_of = confidence.max(alone).max(message.thresholds().answer);
    let mut draft = Draft::new(ReplyKind::Answer, MatchedBy::Question, best.id.to_string(), sure_of);
    draft.evidence = whole.behind.evidence.iter().map(|e| e.term.clone()).collect();
    draft.cited.push(Cited::answering(ordinal, message.text));
    if best.id == about.id {
        draft.paragraphs.extend(sentence_with(message, best));
    }
    let why = format!("after {} the message means {} ({confidence:.2})", about.id, best.id);
    Verdict { draft: Some(draft), why, candidates }
}

/// Stays with the last answer's article where the message alone, unsure of itself, has it first, or has it among the first
/// and says that it goes on.
fn continued(message: &Message<'_>, about: &Article, whole: &Combined<'_>, goes_on: bool) -> Option<Verdict> {
    let alone = whole.alone.confidence;
    let stays = || whole.first_behind.first().is_some_and(|a| a.id == about.id);
    if alone < if goes_on && stays() { SAYS_THAT_IT_CONTINUES } else { CONTINUES } {
        return None;
    }
    let place = whole.first_alone.iter().position(|a| a.id == about.id)?;
    if place > 0 && !(place < 3 && alone < message.thresholds().sure && goes_on && stays()) {
        return None;
    }
    let ordinal = message.snapshot.ordinal(about);
    let mut draft = Draft::new(
        ReplyKind::Answer,
        MatchedBy::Question,
        about.id.to_string(),
        alone.max(message.thresholds().answer),
    );
    draft.evidence = whole.alone.evidence.iter().map(|e| e.term.clone()).collect();
    draft.cited.push(Cited::answering(ordinal, message.text));
    let why = format!("alone the message is unsure ({alone:.2}), and {} is what was talked about", about.id);
    Some(Verdict { draft: Some(draft), why, candidates: whole.candidates() })
}

/// Tells whether a message that is not sure of another article has the last answer's next, and behind its title means that one
/// without a doubt: “I didn't get the code”.
fn is_torn(about: &Article, whole: &Combined<'_>) -> bool {
    let next = whole.first_alone.get(1).is_some_and(|article| article.id == about.id);
    let behind = whole.first_behind.first().is_some_and(|article| article.id == about.id);
    next && behind && whole.alone.confidence < TORN && whole.behind.confidence >= WITHOUT_A_DOUBT
}

/// Returns the sentence of an article that has the message's words together.
fn sentence_with(message: &Message<'_>, article: &Article) -> Option<String> {
    let said: Vec<char> = fold_str(message.text).chars().filter(|c| is_han(*c)).collect();
    let pairs: Vec<String> = said.windows(2).map(|pair| pair.iter().collect()).collect();
    let words: Vec<&str> = pairs.iter().map(String::as_str).collect();
    if words.len() < 2 {
        return None;
    }
    let (_, sentence) = telling_sentence(article, &words)?;
    let text = Searched::new(sentence);
    words.iter().all(|word| text.has(word)).then(|| sentence.to_owned())
}
