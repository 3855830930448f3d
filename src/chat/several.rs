//! The stage for a message that asks several things: each that is surely understood is answered, in order.
//!
//! It also keeps pleasantries from swallowing questions: “are you a bot? and what do merchants pay?” is answered, with a
//! word about the bot before it.

use std::collections::HashSet;

use crate::base::ArticleId;
use crate::chat::clauses::{COMMAS, LEAST_STORY, asks, denies_trouble, parts, tells_trouble, told_apart};
use crate::chat::message::{Draft, Message, Verdict};
use crate::chat::searched::Searched;
use crate::chat::{code, on_screen, policy, question, rule, wording};
use crate::model::{MatchedBy, ReplyKind};

/// At most this many questions of one message are answered.
const MOST_PARTS: usize = 3;
/// More parts are read as a whole.
const MOST_PIECES: usize = 8;
/// A part beside a code, a message or a rule must be as sure of its article as this: the message would be answered
/// without it.
const SURE_BESIDE: f32 = 0.6;
/// Each of them must be as sure of its article as this alone.
const SURE_OF_TROUBLE: f32 = 0.45;
/// A message that is surer than its parts by less is as sure of either.
const NO_SURER: f32 = 0.1;
/// The same where the message has two questions, and their articles are its own first two.
const NO_SURER_OF_BOTH: f32 = 0.25;
/// A message whose first article is so far ahead of the second asks for that one: of 375 messages that were made of two
/// questions each, from three sets, 8 are surer of one of them. Of 174 long messages with one subject 60 are, and none of
/// their parts has to be looked at.
const OF_ONE: f32 = 1.1;
/// What is said beside a pleasantry is a question from so many words or ideographs of substance on.
const LEAST_BESIDE: usize = 3;

/// One thing that a message says.
struct Part {
    draft: Draft,
    /// The article that it is about; none for a pleasantry.
    article: Option<ArticleId>,
}

impl Part {
    fn is_exact(&self) -> bool {
        self.draft.by != MatchedBy::Question
    }
}

pub(crate) fn decide(message: &Message<'_>) -> Verdict {
    let parts = understood(message);
    let answers: Vec<&Part> = distinct(&parts.iter().collect::<Vec<_>>());
    let candidates = answers.iter().map(|p| (shown(p), p.draft.confidence)).collect();
    if let Some(urgent) = parts.iter().find(|p| p.draft.kind == ReplyKind::Safety) {
        let why = format!("one of its sentences is urgent: the rule `{}`", urgent.draft.rule);
        return Verdict { draft: Some(urgent.draft.clone()), why, candidates };
    }
    let beside = parts.iter().find(|p| p.article.is_none() || p.draft.kind == ReplyKind::Handoff);
    if beside.is_none()
        && let Some(verdict) = tells_troubles(message)
    {
        return verdict;
    }
    if answers.len() < 2 && (answers.is_empty() || beside.is_none()) {
        return Verdict { candidates, ..Verdict::pass("it asks one thing") };
    }
    if answers.iter().all(|p| !p.is_exact()) && beside.is_none() {
        let whole = message.ranking().confidence;
        let mean = answers.iter().map(|p| p.draft.confidence).sum::<f32>() / answers.len() as f32;
        let enough = if asks_for_both(message, &answers) { NO_SURER_OF_BOTH } else { NO_SURER };
        if mean + enough < whole {
            let why = format!("the whole is surer of one article ({whole:.2}) than the parts of theirs ({mean:.2})");
            return Verdict { draft: None, why, candidates };
        }
    }
    let names: Vec<String> = answers.iter().map(|p| shown(p)).collect();
    let why = match beside {
        Some(beside) => format!("beside `{}` it asks for {}", beside.draft.rule, names.join(", ")),
        None => format!("its parts ask for {}", names.join(", ")),
    };
    Verdict { draft: Some(joined(message, &answers, beside)), why, candidates }
}

/// Tells whether a message has two questions whose articles it has first as a whole too: it is about both.
fn asks_for_both(message: &Message<'_>, answers: &[&Part]) -> bool {
    let ranking = message.ranking();
    let first = ranking.candidates.iter().filter_map(|c| message.article_of_group(c.class as usize)).take(2);
    let first: Vec<&ArticleId> = first.map(|article| &article.id).collect();
    let has = |part: &&Part| part.article.as_ref().is_some_and(|id| first.contains(&id));
    answers.len() == 2 && answers.iter().all(has) && parts(message.text).iter().all(|part| asks(part))
}

/// Returns the parts that answer with articles, one for each article, in order.
fn distinct<'p>(parts: &[&'p Part]) -> Vec<&'p Part> {
    let mut seen: HashSet<&ArticleId> = HashSet::new();
    let answers = parts.iter().copied().filter(|p| matches!(p.draft.kind, ReplyKind::Answer));
    answers.filter(|p| p.article.as_ref().is_some_and(|id| seen.insert(id))).take(MOST_PARTS).collect()
}

fn shown(part: &Part) -> String {
    part.article.as_ref().map_or_else(|| part.draft.rule.clone(), ToString::to_string)
}

/// Makes one reply of several.
fn joined(message: &Message<'_>, answers: &[&Part], beside: Option<&Part>) -> Draft {
    let mean = answers.iter().map(|p| p.draft.confidence).sum::<f32>() / answers.len().max(1) as f32;
    let first = answers.first().map(|p| &p.draft);
    let by = first.map_or(MatchedBy::None, |d| d.by);
    let mut draft = Draft::new(ReplyKind::Answer, by, first.map_or("", |d| d.rule.as_str()), mean);
    let pleasantry = beside.filter(|p| p.draft.kind == ReplyKind::Smalltalk);
    draft.paragraphs.extend(pleasantry.and_then(|p| first_sentence(p.draft.paragraphs.first()?)));
    for Part { draft: part, .. } in answers {
        draft.evidence.extend(part.evidence.iter().cloned());
        draft.outcome_unknown |= part.outcome_unknown;
        draft.cited.extend(part.cited.iter().take(1).cloned());
        if part.paragraphs.is_empty() {
            let article = part.cited.first().map(|c| &message.snapshot.articles()[c.ordinal]);
            draft.paragraphs.extend(article.map(|a| a.summary.clone()));
        } else {
            draft.paragraphs.extend(part.paragraphs.iter().cloned());
        }
    }
    if let Some(person) = beside.filter(|p| p.draft.kind == ReplyKind::Handoff) {
        draft.paragraphs.push(wording::of(message.locale).person_too.to_owned());
        draft
            .cited
            .extend(person.draft.cited.iter().filter(|c| !answers.iter().any(|p| p.draft.cited.contains(c))).cloned());
    }
    draft
}

/// Returns the first sentence of a text.
pub(crate) fn first_sentence(text: &str) -> Option<String> {
    let (from, to) = crate::kb::passages::sentences(text).first().copied()?;
    Some(text[from..to].to_owned())
}

/// Returns what each part of the message surely says.
fn understood(message: &Message<'_>) -> Vec<Part> {
    let pieces = parts(message.text);
    if pieces.len() > MOST_PIECES {
        return Vec::new();
    }
    let parts: Vec<Message<'_>> = pieces.iter().map(|piece| Message { text: piece, ..*message }).collect();
    // What is exact and what a rule says need no classifier. In a story what refuses a statement refuses nothing.
    let is_story = parts.len() >= LEAST_STORY;
    let declared: Vec<Vec<Part>> = parts.iter().map(|part| told_of(part, is_story)).collect();
    if parts.len() < 2 {
        return declared.into_iter().flatten().collect();
    }
    if declared.iter().all(Vec::is_empty) {
        return asked(message, &parts);
    }
    // Beside a question that is refused a statement is what it is asked for: “Are you hiring? I would like to work for you.”
    // Beside a message of the screen it is how that came about: “Nothing works. The screen says system under maintenance.”
    let settles = |part: &Part| part.draft.kind == ReplyKind::Fallback || part.draft.by == MatchedBy::Message;
    let settled = declared.iter().flatten().any(settles);
    let or_asked = |(part, found): (&Message<'_>, Vec<Part>)| {
        let asked = || surely_asked(part, 0.0).filter(|_| !settled || asks(part.text)).into_iter().collect();
        if found.is_empty() { asked() } else { found }
    };
    parts.iter().zip(declared).flat_map(or_asked).collect()
}

/// Answers each of the troubles that a message tells; none where it tells one, or asks.
pub(crate) fn tells_troubles(message: &Message<'_>) -> Option<Verdict> {
    let told = troubles(message);
    let told: Vec<&Part> = told.iter().collect();
    if told.is_empty() {
        return None;
    }
    let names: Vec<String> = told.iter().map(|p| shown(p)).collect();
    let why = format!("it tells of troubles that have nothing to do with each other: {}", names.join(", "));
    let candidates = told.iter().map(|p| (shown(p), p.draft.confidence)).collect();
    Some(Verdict { draft: Some(joined(message, &told, None)), why, candidates })
}

/// Returns the troubles that a message tells one after the other; none where any of its pieces is unsure alone, or two of them
/// may be one trouble: a payment that fails, and what the screen says of it, are near each other.
fn troubles(message: &Message<'_>) -> Vec<Part> {
    let pieces = told_apart(message.text);
    let is_trouble = |piece: &String| {
        let text = Searched::new(piece);
        (tells_trouble(&text) || asks(piece)) && !denies_trouble(&text)
    };
    if !(2..=MOST_PARTS).contains(&pieces.len()) || !pieces.iter().all(is_trouble) {
        return Vec::new();
    }
    let pieces: Vec<String> = pieces.iter().map(|piece| without_also(piece)).collect();
    let parts: Vec<Message<'_>> = pieces.iter().map(|piece| Message { text: piece, ..*message }).collect();
    let of_rule = |part: &Message<'_>| Some(with_article(part, rule::decide(part).draft?));
    let mut told: Vec<Option<Part>> = parts.iter().map(of_rule).collect();
    if told.iter().flatten().any(|part| part.draft.kind != ReplyKind::Answer) {
        return Vec::new();
    }
    if told.iter().any(Option::is_none) && is_of_one(message) {
        return Vec::new();
    }
    for at in shortest_first(&parts) {
        if told[at].is_none() {
            let Some(draft) = likely_asked(&parts[at], SURE_OF_TROUBLE) else { return Vec::new() };
            told[at] = Some(with_article(&parts[at], draft));
        }
    }
    let told: Vec<Part> = told.into_iter().flatten().collect();
    // “What currencies and cards do you take?” is one question, and surely so.
    let mean = told.iter().map(|part| part.draft.confidence).sum::<f32>() / told.len() as f32;
    if mean + NO_SURER_OF_BOTH < message.ranking().confidence {
        return Vec::new();
    }
    let mut pairs = told.iter().enumerate().flat_map(|(at, one)| told[..at].iter().map(move |other| (one, other)));
    if pairs.any(|(one, other)| are_near(message, one, other)) {
        return Vec::new();
    }
    told
}

/// Takes away what ties a trouble to the one before it: “密码也忘了” is sure of nothing, “密码忘了” is.
fn without_also(piece: &str) -> String {
    let piece = piece.replace('也', "");
    let words = piece.split(' ').filter(|word| !["also", "too"].iter().any(|also| word.eq_ignore_ascii_case(also)));
    words.collect::<Vec<&str>>().join(" ")
}

/// Tells whether two parts are about articles that have to do with each other.
fn are_near(message: &Message<'_>, one: &Part, other: &Part) -> bool {
    let article = |part: &Part| Some(&message.snapshot.articles()[part.draft.cited.first()?.ordinal]);
    let (Some(one), Some(other)) = (article(one), article(other)) else { return true };
    one.id == other.id || one.related.contains(&other.id) || other.related.contains(&one.id)
}

/// Reads one part as [`declared`] does; of a story's statements without what refuses them.
fn told_of(part: &Message<'_>, is_story: bool) -> Vec<Part> {
    let mut found = declared(part);
    if is_story && !asks(part.text) {
        found.retain(|found| found.draft.kind != ReplyKind::Fallback);
    }
    found
}

/// Reads one part: what is exact, a rule, and what is said beside their words.
fn declared(part: &Message<'_>) -> Vec<Part> {
    let exact = code::decide(part).draft.filter(|d| d.kind == ReplyKind::Answer);
    let exact = exact.or_else(|| on_screen::decide(part).draft);
    if let Some(draft) = exact {
        let mut found = vec![with_article(part, draft)];
        found.extend(beside_commas(part, &found[0]));
        return found;
    }
    let Some(draft) = rule::decide(part).draft else { return Vec::new() };
    let also = beside_rule(part, &draft);
    let mut found = vec![with_article(part, draft)];
    found.extend(also);
    found
}

/// Returns the articles that the parts of a message surely ask for, up to where they cannot win any more: together they
/// must be as sure as the whole message is of its one article, and each costs as much to ask as the whole.
fn asked(message: &Message<'_>, parts: &[Message<'_>]) -> Vec<Part> {
    // “Why?” and “is it possible?” ask nothing by themselves.
    let telling = |part: &&Message<'_>| part.look().text.rest(std::iter::empty()) > 0;
    let parts: Vec<Message<'_>> = parts.iter().filter(telling).copied().collect();
    // In a story, and where it tells of no trouble, what is told beside the one question is why it is asked.
    let told = || parts.iter().filter(|part| !asks(part.text));
    let in_passing = || parts.len() >= LEAST_STORY || !told().any(|part| tells_trouble(&part.look().text));
    let asks_once = told().count() + 1 == parts.len() && in_passing();
    if parts.len() < 2 || asks_once || is_of_one(message) {
        return Vec::new();
    }
    let whole = message.ranking().confidence;
    // Where all are asked anyway, their order is free.
    let order = if parts.len() <= MOST_PARTS { shortest_first(&parts) } else { (0..parts.len()).collect() };
    let mut found: Vec<(usize, Part)> = Vec::new();
    for (asked, part) in order.into_iter().enumerate() {
        let of: Vec<&Part> = found.iter().map(|(_, part)| part).collect();
        let answers = distinct(&of);
        let more = (parts.len() - asked).min(MOST_PARTS - answers.len());
        let sure: f32 = answers.iter().map(|p| p.draft.confidence).sum();
        let most = answers.len() + more;
        if more == 0 || most < 2 || (sure + more as f32) / (most as f32) + NO_SURER_OF_BOTH < whole {
            break;
        }
        found.extend(surely_asked(&parts[part], 0.0).map(|answer| (part, answer)));
    }
    found.sort_by_key(|(part, _)| *part);
    found.into_iter().map(|(_, part)| part).collect()
}

/// Tells whether the whole message leaves no room for a second article.
fn is_of_one(message: &Message<'_>) -> bool {
    message.ranking().signals.margin > OF_ONE
}

/// Returns the places of parts, the shortest first: it costs least to ask, and is seldom sure of anything.
fn shortest_first(parts: &[Message<'_>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|part| parts[*part].text.len());
    order
}

fn with_article(message: &Message<'_>, draft: Draft) -> Part {
    let cited = draft.cited.first().filter(|_| draft.kind != ReplyKind::Smalltalk);
    let article = cited.map(|c| message.snapshot.articles()[c.ordinal].id.clone());
    Part { draft, article }
}

/// Returns the article that a part asks for, when it is at least so sure.
fn surely_asked(part: &Message<'_>, least: f32) -> Option<Part> {
    let draft = likely_asked(part, least).filter(|draft| draft.alternatives.is_empty())?;
    Some(with_article(part, draft))
}

/// The same, though it may be about something else as well.
fn likely_asked(part: &Message<'_>, least: f32) -> Option<Draft> {
    let draft = question::decide(part).draft.filter(|d| d.kind == ReplyKind::Answer && d.confidence >= least)?;
    policy::allows(part, &draft).then_some(draft)
}

/// Returns a question that a comma parts from a code or an on-screen message: “E1101, and what does it cost?”.
fn beside_commas(message: &Message<'_>, exact: &Part) -> Vec<Part> {
    let pieces: Vec<&str> = message.text.split(COMMAS).map(str::trim).filter(|p| !p.is_empty()).collect();
    if pieces.len() < 2 || pieces.len() > MOST_PIECES {
        return Vec::new();
    }
    let known = |id: &ArticleId| {
        let own = exact.article.as_ref()?;
        let article = message.snapshot.article(own, message.locale, message.viewer)?;
        Some(own == id || article.related.contains(id))
    };
    let asked = pieces.into_iter().filter(|piece| asks(piece)).filter_map(|piece| {
        let part = Message { text: piece, ..*message };
        let exact = code::decide(&part).draft.is_some() || on_screen::decide(&part).draft.is_some();
        (!exact).then(|| surely_asked(&part, SURE_BESIDE)).flatten()
    });
    // A question about the code itself is answered by the code's article.
    asked.filter(|part| !part.article.as_ref().and_then(known).unwrap_or(true)).collect()
}

/// Returns the question that stands beside a pleasantry or the wish for a person.
fn beside_rule(part: &Message<'_>, draft: &Draft) -> Option<Part> {
    let wish = match draft.kind {
        ReplyKind::Smalltalk => false,
        ReplyKind::Handoff => true,
        _ => return None,
    };
    let rest = rule::beside(part, &draft.rule)?;
    if Searched::new(&rest).rest(std::iter::empty()) < LEAST_BESIDE || (wish && !asks(&rest)) {
        return None;
    }
    let asked = surely_asked(&Message { text: &rest, ..*part }, SURE_BESIDE)?;
    let same = draft.cited.iter().any(|c| asked.draft.cited.iter().any(|other| other.ordinal == c.ordinal));
    (!same).then_some(asked)
}
