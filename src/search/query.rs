//! One search, from the typed words to a page of hits.

use std::cell::RefCell;
use std::cmp::Ordering;

use rustc_hash::FxHashSet;
use serde::Serialize;

use crate::base::{Locale, Viewer};
use crate::kb::Snapshot;
use crate::kb::cards::Cards;
use crate::kb::intent::ClassScores;
use crate::kb::lexicon::Lexicon;
use crate::search::correct::{Considered, Correction, correct, correct_chinese};
use crate::search::rank::{QueryTerm, Scored, rank};
use crate::search::results::{FoundBy, Hit, Results};
use crate::search::snippet::{Highlighter, passage};
use crate::text::redact;
use crate::text::script::is_han;
use crate::text::terms::{Term, TermKind, is_stop_term, terms};

/// What somebody searches for.
#[derive(Debug, Clone, Copy)]
pub struct Query<'a> {
    /// The words as typed.
    pub text: &'a str,
    /// The reader's locale; hits in it rank first.
    pub locale: &'a Locale,
    /// Only this category.
    pub category: Option<&'a str>,
    /// How many hits at most.
    pub limit: usize,
    /// How many to leave out before them.
    pub offset: usize,
    /// Who is asking.
    pub viewer: Viewer,
    /// Whether to search for exactly what was typed, without putting it right.
    pub verbatim: bool,
}

/// One article that matches, before it is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranked {
    /// The article's place in [`Snapshot::articles`].
    pub ordinal: usize,
    /// The higher the better.
    pub score: f32,
    /// The share of the query's telling words (by rarity) that the article has, from 0 to 1.
    pub coverage: f32,
    /// The part of the score that the article's questions give.
    pub asked: f32,
}

/// Articles in order, and how the query was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranking {
    /// One entry an article, best first: as many as the query's page needs, and never fewer than [`LEAST_RANKED`] of
    /// those that match.
    pub ranked: Vec<Ranked>,
    /// How many articles match in all.
    pub total: usize,
    /// What was searched for instead of what was typed.
    pub corrected: Option<Correction>,
    /// Why that was or was not done.
    pub considered: Considered,
    pub(crate) terms: Vec<QueryTerm>,
}

/// The longest query that is read, in bytes; the rest is passed over.
pub const LONGEST_QUERY: usize = 2_000;
/// So many of the best are put in order at least; of the rest only their number is told.
pub const LEAST_RANKED: usize = 100;
/// A best hit with less of the query than this is no good one: the query is put right if it can be.
const GOOD_COVERAGE: f32 = 0.6;
/// How much more of the corrected query its best hit must have.
const CORRECTION_GAIN: f32 = 0.15;
/// A hit in another language than the reader's counts this much.
const OTHER_LOCALE: f32 = 0.5;
/// A hit in another region of the reader's language counts this much.
const OTHER_REGION: f32 = 0.9;
/// What a single ideograph of a longer run counts beside a pair; measured on the development questions.
const CHAR_WEIGHT: f32 = 0.25;
/// What a stop word counts beside another word.
const STOP_WEIGHT: f32 = 0.15;

/// Added to the score of an article that answers a code or an on-screen message of the query: they rank first.
const EXACT: f32 = 1_000.0;
/// How much the classifier's word counts beside the terms: by so much of the best hit's score an article rises that is
/// asked for in its own words, which the classifier gives 1 and any other -1. Of 0 to 10, values from 2 to 4 were best on
/// `banking77` (79.1 % first without, 91.8 % with), `clinc_bank` (84.0, 95.2), ten utterances an article (69.8, 78.0), their
/// typos, the shipped content, and questions in Traditional characters about articles without questions (91.3, 100).
const ASKED_WEIGHT: f32 = 3.0;
/// An article that has none of the words is a hit all the same when the classifier gives it this, finds it likely, or
/// has it above everything else.
const ASKED_ALONE: f32 = 0.0;
/// An on-screen message that is repeated less surely ranks nothing first.
const SURE_MESSAGE: f32 = 0.9;

impl Ranking {
    /// Returns the words of the query that tell its topic, as they were searched for.
    pub fn telling_terms(&self) -> impl Iterator<Item = &str> {
        self.terms.iter().filter(|t| t.telling).map(|t| t.text.as_str())
    }
}

/// Returns the anchor of the section of an article that says most of what a text asks; none where that is the summary.
#[must_use]
pub fn section_for(snapshot: &Snapshot, ordinal: usize, text: &str) -> Option<String> {
    let article = &snapshot.articles()[ordinal];
    if article.sections.iter().all(|section| section.anchor.is_none()) {
        return None;
    }
    let highlighter = Highlighter::new(&query_terms(&snapshot.lexicon, clip(text)));
    passage(article, snapshot.passages(ordinal), &highlighter).anchor
}

/// Returns what a text was probably meant to say in Chinese: pinyin read as characters, one character for another; none where
/// that is what it says, or it is in another language.
#[must_use]
pub fn corrected_chinese(snapshot: &Snapshot, text: &str) -> Option<String> {
    correct_chinese(&snapshot.lexicon, clip(text)).map(|c| c.text)
}

/// Searches a snapshot.
#[must_use]
pub fn search(snapshot: &Snapshot, query: Query<'_>) -> Results {
    // What is typed here is shown again, and logged by proxies: it gets the same care as the chat.
    let redacted = redact(query.text);
    let words = redacted.words();
    let ranking = rank_articles(snapshot, Query { text: &words, ..query });
    let highlighter = Highlighter::new(&ranking.terms);
    let page = ranking.ranked.iter().skip(query.offset).take(query.limit);
    let hits = page.map(|ranked| {
        let article = &snapshot.articles()[ranked.ordinal];
        let known = snapshot.passages(ranked.ordinal);
        let passage = passage(article, known, &highlighter);
        let mut url = article.url();
        if let Some(anchor) = &passage.anchor {
            url.push('#');
            url.push_str(anchor);
        }
        Hit {
            id: article.id.clone(),
            locale: article.locale.clone(),
            title: article.title.clone(),
            title_html: highlighter.mark(&article.title, known.map(|k| k.title.as_slice()), 0),
            url,
            category: article.id.category().to_owned(),
            snippet: passage.html,
            score: ranked.score,
            codes: article.codes.clone(),
        }
    });
    Results {
        query: redacted.text().to_owned(),
        locale: query.locale.clone(),
        total: ranking.total,
        found_by: found_by(&ranking.ranked),
        hits: hits.collect(),
        corrected: ranking.corrected.map(|c| c.text),
    }
}

/// Ranks the articles that match, by their words and by the questions that they answer; to take the page from them is left
/// to the caller.
#[must_use]
pub fn rank_articles(snapshot: &Snapshot, query: Query<'_>) -> Ranking {
    let mut ranking = rank_words(snapshot, query);
    if !names_exactly(&ranking.ranked) {
        let corrected = ranking.corrected.as_ref().map(|c| c.text.as_str());
        // The classifier mends slips of Latin words itself; what it cannot do is read pinyin as characters.
        let text = corrected.filter(|t| t.contains(is_han)).unwrap_or_else(|| clip(query.text));
        if let Some(scores) = snapshot.intent_scores(text, query.viewer) {
            blend(snapshot, &query, &scores, &mut ranking);
        }
    }
    ranking
}

/// Adds to the scores what the classifier says of each translation group, and puts the articles in order anew.
fn blend(snapshot: &Snapshot, query: &Query<'_>, scores: &ClassScores<'_>, ranking: &mut Ranking) {
    let best = ranking.ranked.first().map_or(1.0, |r| r.score);
    let adds = |score: f32| ASKED_WEIGHT * best * (score + 1.0).max(0.0);
    let mut seen: FxHashSet<u32> = FxHashSet::default();
    for ranked in &mut ranking.ranked {
        let group = snapshot.translation_group(ranked.ordinal) as u32;
        if let Ok(at) = scores.by_class.binary_search_by_key(&group, |s| s.0) {
            ranked.asked = adds(scores.by_class[at].1);
            ranked.score += ranked.asked;
        }
        seen.insert(group);
    }
    // A ranking that was cut off may hold further on what would be added here.
    let whole = ranking.total == ranking.ranked.len();
    // Where something is shown, what would stand above it is shown too.
    let top = ranking.ranked.iter().map(|r| r.score).reduce(f32::max).unwrap_or(f32::INFINITY);
    // Whether the first is likely is worth knowing only where it is no hit by its words.
    let likely = scores.first().filter(|group| whole && !seen.contains(group) && scores.is_likely());
    let alone = |group: u32, score: f32| score > ASKED_ALONE || likely == Some(group) || adds(score) > top;
    for &(group, score) in scores.by_class.iter().filter(|(g, s)| whole && alone(*g, *s) && !seen.contains(g)) {
        let id = &snapshot.articles()[group as usize].id;
        let article = snapshot.article(id, query.locale, query.viewer);
        if let Some(article) = article.filter(|_| query.category.is_none_or(|c| id.category() == c)) {
            let (ordinal, asked) = (snapshot.ordinal(article), adds(score));
            ranking.ranked.push(Ranked { ordinal, score: asked, coverage: 0.0, asked });
            ranking.total += 1;
        }
    }
    ranking.ranked.sort_unstable_by(order(&snapshot.cards));
}

/// Tells whether the best hit answers a code or an on-screen message of the query.
fn names_exactly(ranked: &[Ranked]) -> bool {
    ranked.first().is_some_and(|r| r.score >= EXACT * SURE_MESSAGE)
}

/// Tells what makes the best hit the best. Codes stand above every message, and both above what is only worded alike.
fn found_by(ranked: &[Ranked]) -> FoundBy {
    match ranked.first() {
        None => FoundBy::Nothing,
        Some(best) if best.score > EXACT => FoundBy::Code,
        Some(best) if best.score >= EXACT * SURE_MESSAGE => FoundBy::Message,
        Some(best) if best.asked > best.score / 2.0 => FoundBy::Question,
        Some(_) => FoundBy::Text,
    }
}

/// Returns the order of hits: by score, of equals the one that was changed last, then as the articles stand.
fn order(cards: &Cards) -> impl Fn(&Ranked, &Ranked) -> Ordering {
    |a, b| {
        let updated = |r: &Ranked| cards.cards[r.ordinal].updated;
        b.score.total_cmp(&a.score).then_with(|| updated(b).cmp(&updated(a))).then(a.ordinal.cmp(&b.ordinal))
    }
}

/// Ranks the articles by their words alone.
#[must_use]
pub fn rank_words(snapshot: &Snapshot, query: Query<'_>) -> Ranking {
    let text = clip(query.text);
    let terms = query_terms(&snapshot.lexicon, text);
    let found = matching(snapshot, &query, text, &terms);
    let coverage = found.best_coverage;
    let exact = names_exactly(&found.ranked);
    let as_typed =
        |considered| Ranking { ranked: found.ranked, total: found.total, corrected: None, considered, terms };
    if query.verbatim {
        return as_typed(Considered::Verbatim);
    }
    if exact {
        return as_typed(Considered::Exact);
    }
    if coverage >= GOOD_COVERAGE {
        return as_typed(Considered::NotNeeded { coverage, enough: GOOD_COVERAGE });
    }
    let Some(correction) = correct(&snapshot.lexicon, text) else {
        return as_typed(Considered::NothingBetter { coverage });
    };
    let other_terms = query_terms(&snapshot.lexicon, &correction.text);
    let corrected = matching(snapshot, &query, &correction.text, &other_terms);
    let (instead, needed) = (corrected.best_coverage, coverage + CORRECTION_GAIN);
    let text = correction.text.clone();
    if instead < needed {
        return as_typed(Considered::Rejected { text, coverage, instead, needed });
    }
    let considered = Considered::Taken { text, coverage, instead, needed };
    let (ranked, total) = (corrected.ranked, corrected.total);
    Ranking { ranked, total, corrected: Some(correction), considered, terms: other_terms }
}

pub(crate) fn clip(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_QUERY);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text[..end].trim()
}

/// Cuts a query into weighted terms, each once.
fn query_terms(lexicon: &Lexicon, text: &str) -> Vec<QueryTerm> {
    let cut = terms(text);
    let any_topic = cut.iter().any(|t| !is_stop_term(t) && t.kind != TermKind::Char);
    let mut seen = FxHashSet::default();
    let mut out = Vec::with_capacity(cut.len());
    for (i, term) in cut.iter().enumerate() {
        if !seen.insert(term.text.as_str()) {
            continue;
        }
        let in_longer_run = term.kind == TermKind::Char
            && (cut.get(i + 1).is_some_and(|n| n.kind == TermKind::Pair && n.start == term.start)
                || i.checked_sub(1)
                    .and_then(|b| cut.get(b))
                    .is_some_and(|b| b.kind == TermKind::Pair && b.end == term.end));
        let stop = any_topic && is_stop_term(term);
        let weight = if in_longer_run { CHAR_WEIGHT } else { 1.0 } * if stop { STOP_WEIGHT } else { 1.0 };
        let weight = weight * cohesion(lexicon, term);
        out.push(QueryTerm { text: term.text.clone(), weight, telling: !in_longer_run && !stop, stop });
    }
    out
}

/// Returns how much a pair of ideographs is a word, 0 to 1; any other term is one.
fn cohesion(lexicon: &Lexicon, term: &Term) -> f32 {
    let mut chars = term.text.chars();
    match (term.kind, chars.next(), chars.next()) {
        (TermKind::Pair, Some(a), Some(b)) => lexicon.cohesion(a, b),
        _ => 1.0,
    }
}

/// What a text matches.
struct Found {
    /// The best, in order.
    ranked: Vec<Ranked>,
    /// How many there are in all.
    total: usize,
    /// The highest coverage of all.
    best_coverage: f32,
}

thread_local! {
    /// For each translation group where its best article stands in the list that is being made, counted from 1.
    static PLACES: RefCell<Vec<u32>> = RefCell::default();
}

fn matching(snapshot: &Snapshot, query: &Query<'_>, text: &str, terms: &[QueryTerm]) -> Found {
    let articles = snapshot.articles();
    let cards = &snapshot.cards;
    let locales: Vec<f32> = cards.locales.iter().map(|l| locale_weight(query.locale, l)).collect();
    let category = query.category.map(|c| cards.categories.iter().position(|known| known == c));
    let scored = rank(&snapshot.index, terms);
    let mut out: Vec<Ranked> = Vec::with_capacity(scored.len());
    PLACES.with_borrow_mut(|places| {
        if places.len() < articles.len() {
            places.resize(articles.len(), 0);
        }
        let mut offer = |ordinal: usize, score: f32, coverage: f32| {
            let place = &mut places[snapshot.translation_group(ordinal)];
            if *place == 0 {
                out.push(Ranked { ordinal, score, coverage, asked: 0.0 });
                *place = out.len() as u32;
            } else {
                let held = &mut out[*place as usize - 1];
                if score > held.score || (score == held.score && ordinal < held.ordinal) {
                    *held = Ranked { ordinal, score, coverage, asked: 0.0 };
                }
            }
        };
        for Scored { ordinal, score, coverage } in scored {
            let card = cards.cards[ordinal as usize];
            let wanted = category.is_none_or(|c| c.is_some_and(|c| c == card.category as usize));
            if wanted && (card.public || query.viewer == Viewer::Agent) {
                offer(ordinal as usize, score * locales[card.locale as usize], coverage);
            }
        }
        for exact in exact(snapshot, query, text) {
            offer(exact.ordinal, exact.score, 1.0);
        }
        for ranked in &out {
            places[snapshot.translation_group(ranked.ordinal)] = 0;
        }
    });
    let total = out.len();
    let best_coverage = out.iter().map(|r| r.coverage).fold(0.0, f32::max);
    let kept = query.offset.saturating_add(query.limit).max(LEAST_RANKED);
    if kept < total {
        out.select_nth_unstable_by(kept, order(cards));
        out.truncate(kept);
    }
    out.sort_unstable_by(order(cards));
    Found { ranked: out, total, best_coverage }
}

/// Returns what a score is multiplied by for the language of an article.
pub(crate) fn locale_weight(reader: &Locale, article: &Locale) -> f32 {
    if reader == article {
        1.0
    } else if reader.language() == article.language() {
        OTHER_REGION
    } else {
        OTHER_LOCALE
    }
}

/// An article that answers a code or an on-screen message of the query; it stands on that alone.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Exact {
    /// The place of the translation that the reader gets.
    pub(crate) ordinal: usize,
    /// How sure it is that the query names it.
    pub(crate) confidence: f32,
    /// The article's whole score.
    pub(crate) score: f32,
    /// What the query names.
    pub(crate) named: Named,
}

/// What makes a match exact.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "by", content = "name", rename_all = "lowercase")]
pub enum Named {
    /// An error code, as the catalogue writes it.
    Code(String),
    /// An on-screen message, verbatim.
    Message(String),
}

/// Returns the articles that answer a code or an on-screen message in the query, as the reader gets them.
pub(crate) fn exact(snapshot: &Snapshot, query: &Query<'_>, text: &str) -> Vec<Exact> {
    let codes = snapshot.find_codes(text).into_iter().enumerate().filter_map(|(i, found)| {
        let record = found.record?;
        let code = snapshot.codes().get(record)?.code.clone();
        // Several codes rank in the order of the query, and above any message.
        Some((snapshot.code_ordinal(record)?, 1.0, EXACT * (3.0 - 0.01 * i as f32), Named::Code(code)))
    });
    let messages = snapshot.find_messages(text).into_iter().filter(|m| m.confidence >= SURE_MESSAGE);
    let messages = messages.flat_map(|m| {
        let named = Named::Message(m.shown);
        m.articles.into_iter().map(move |ordinal| (ordinal, m.confidence, EXACT * m.confidence, named.clone()))
    });
    let for_reader = |(ordinal, confidence, score, named): (usize, f32, f32, Named)| {
        let id = &snapshot.articles()[ordinal].id;
        let article = snapshot.article(id, query.locale, query.viewer)?;
        let wanted = query.category.is_none_or(|c| article.id.category() == c);
        let ordinal = snapshot.ordinal(article);
        wanted.then_some(Exact { ordinal, confidence, score, named })
    };
    codes.chain(messages).filter_map(for_reader).collect()
}
