//! Scores articles for a set of weighted terms: BM25F over the index's postings, term by term.
//!
//! S. Robertson, H. Zaragoza, “The Probabilistic Relevance Framework: BM25 and Beyond”, 2009, §3.6: term frequencies of
//! the fields are weighted and normalised by length first and saturated once. We read the postings ourselves, so that
//! one pass gives the score, how much of the query a document covers, the count of matches, and the parts to explain.
//!
//! Rare terms come first. Those common terms that could not make a hit even all together only add to documents that
//! are hits already (the idea of H. Turtle, J. Flood, “Query evaluation: strategies and optimizations”, 1995), so that
//! their long postings are skipped through. Nothing is lost by it: the hits and their count are exact.

use std::cell::RefCell;

use tantivy::postings::{BlockSegmentPostings, TermInfo};

use crate::kb::impacts::{Impact, Impacts};
use crate::kb::index::{FIELD_COUNT, FIELD_WEIGHTS, GONE, LARGE_SITE, SearchIndex, saturate};

/// A term of a query.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct QueryTerm {
    /// As in the index.
    pub(crate) text: String,
    /// How much it counts; 1 for an ordinary word.
    pub(crate) weight: f32,
    /// Whether it counts towards how much of the query a document covers: words and pairs do, single characters that
    /// stand in a longer run and stop words do not.
    pub(crate) telling: bool,
    /// Whether it says nothing of a topic.
    pub(crate) stop: bool,
}

/// A document that has enough of the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    /// The article's place in the snapshot's list.
    pub(crate) ordinal: u32,
    /// BM25F; the higher the better.
    pub(crate) score: f32,
    /// The share of the query's telling weight (by rarity) that the document has, from 0 to 1.
    pub(crate) coverage: f32,
}

/// A document must have at least this share of the query's telling weight to be a hit; half of it is enough for one
/// that has two telling terms,
const LEAST_COVERAGE: f32 = 0.2;
/// and none of it for one that has so many: a story of a hundred characters has most of them beside the point.
const ENOUGH_TERMS: u32 = 4;

/// The names of the fields, in their order.
pub(crate) const FIELD_NAMES: [&str; FIELD_COUNT] =
    ["title", "questions", "keywords", "headings", "body", "codes", "synonyms"];

/// A term in more than this share of a very large site's documents is passed over when the query has rarer ones: it
/// would be most of the work. It does cost something: on 9,610 sections of manuals the right one was first for 40 % of the
/// queries instead of 44 %.
const COMMON_SHARE: f32 = 0.1;

/// A site of so many documents is very large.
const VERY_LARGE_SITE: usize = 50_000;

/// Postings this many times as long as the list of candidates are skipped through, not read. Finding a candidate in a
/// block of 128 costs about as much as reading a tenth of it.
const SKIP_FROM: usize = 12;

/// One term's place in the score of one document.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Part {
    /// The term.
    pub(crate) term: String,
    /// What it adds.
    pub(crate) score: f32,
    /// How often each field has it, in the order of [`FIELD_NAMES`].
    pub(crate) frequencies: [u32; FIELD_COUNT],
}

/// What the index says of a term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Standing {
    /// How many documents have it.
    pub(crate) documents: u32,
    /// What a full frequency of it adds, but for its weight: the rarer, the more.
    pub(crate) rarity: f32,
    /// Whether it is passed over, for being in most of a large site's documents.
    pub(crate) passed_over: bool,
    /// Whether it is a number that no document has, which coverage passes over.
    pub(crate) foreign_number: bool,
}

/// What is being added up for one document: 16 bytes, so that a posting touches one cache line.
#[derive(Debug, Clone, Copy, Default)]
struct Slot {
    frequency: f32,
    score: f32,
    coverage: f32,
    telling: u32,
}

#[derive(Default)]
struct Scratch {
    /// One for each document of each segment.
    slots: Vec<Slot>,
    /// Documents that have the term at hand.
    touched: Vec<u32>,
    /// Documents that have some term.
    candidates: Vec<u32>,
    /// How many of the candidates are in order.
    in_order: usize,
}

thread_local! {
    // One slot per document and query would cost a large site more to clear than to use.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Returns every article that has enough of the query, in no order.
pub(crate) fn rank(index: &SearchIndex, terms: &[QueryTerm]) -> Vec<Scored> {
    if let Some(impacts) = &index.impacts {
        return add_up(impacts, index.documents, terms);
    }
    let mut plan = plan(index, terms);
    let telling = telling_weight(&plan);
    if index.documents >= LARGE_SITE {
        put_in_order(&mut plan, telling);
    }
    score(index, &plan, telling)
}

/// Scores in one pass over what was computed in advance.
fn add_up(impacts: &Impacts, documents: usize, terms: &[QueryTerm]) -> Vec<Scored> {
    let mut telling = 0.0;
    let found: Vec<(f32, bool, &[Impact])> = terms
        .iter()
        .filter_map(|term| {
            let found = impacts.get(&term.text);
            let weight = term.weight * rarity(documents, found.map_or(0, |f| f.document_frequency));
            if term.telling && !(found.is_none() && is_number(&term.text)) {
                telling += weight;
            }
            Some((weight, term.telling, found?.postings))
        })
        .collect();
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.slots.len() < documents {
            scratch.slots.resize(documents, Slot::default());
        }
        for (weight, telling, postings) in found {
            for &Impact { ordinal, saturated } in postings {
                let slot = &mut scratch.slots[ordinal as usize];
                if slot.score == 0.0 {
                    scratch.candidates.push(ordinal);
                }
                slot.score += weight * saturated;
                if telling {
                    slot.coverage += weight;
                    slot.telling += 1;
                }
            }
        }
        let telling = telling.max(f32::MIN_POSITIVE);
        let mut out = Vec::with_capacity(scratch.candidates.len());
        for ordinal in scratch.candidates.drain(..) {
            let slot = std::mem::take(&mut scratch.slots[ordinal as usize]);
            let coverage = (slot.coverage / telling).min(1.0);
            if is_hit(coverage, slot.telling) {
                out.push(Scored { ordinal, score: slot.score, coverage });
            }
        }
        out
    })
}

/// Returns what a full frequency of a term adds that so many documents have: BM25's inverse document frequency, in the
/// form that stays positive.
fn rarity(documents: usize, having: u32) -> f32 {
    let documents = documents.max(1) as f32;
    let df = (having as f32).min(documents);
    (1.0 + (documents - df + 0.5) / (df + 0.5)).ln()
}

/// Tells whether a term that no article has is an amount, a date or the like: it is the customer's own and says nothing
/// of how well an article fits.
fn is_number(term: &str) -> bool {
    term.starts_with(|c: char| c.is_ascii_digit())
}

fn telling_weight(plan: &[Step<'_>]) -> f32 {
    plan.iter().filter(|p| p.term.telling && !p.is_foreign_number()).map(Step::weight).sum()
}

fn score(index: &SearchIndex, plan: &[Step<'_>], telling: f32) -> Vec<Scored> {
    SCRATCH.with_borrow_mut(|scratch| {
        if scratch.slots.len() < index.slots {
            scratch.slots.resize(index.slots, Slot::default());
        }
        for step in plan.iter().filter(|s| s.document_frequency > 0 && !s.skip) {
            for found in &step.found {
                if step.makes_hits {
                    scratch.collect(index, found);
                } else {
                    scratch.collect_candidates(index, found);
                }
            }
            scratch.settle(step.weight(), step.term.telling);
        }
        scratch.finish(index, telling.max(f32::MIN_POSITIVE))
    })
}

/// Returns what the index says of each term, in their order.
pub(crate) fn standings(index: &SearchIndex, terms: &[QueryTerm]) -> Vec<Standing> {
    let standing = |step: Step<'_>| Standing {
        documents: step.document_frequency,
        rarity: step.rarity,
        passed_over: step.skip,
        foreign_number: step.is_foreign_number(),
    };
    plan(index, terms).into_iter().map(standing).collect()
}

/// Returns what each term adds to the score of one document, the most first.
pub(crate) fn explain(index: &SearchIndex, terms: &[QueryTerm], ordinal: u32) -> Vec<Part> {
    let mut parts = Vec::new();
    for step in plan(index, terms) {
        let mut frequencies = [0; FIELD_COUNT];
        let mut weighted = 0.0;
        for found in &step.found {
            let ordinals = &index.segments[found.segment].ordinals;
            found.each(index, |doc, frequency, length_factor| {
                if ordinals[doc as usize] == ordinal {
                    frequencies[found.field] += frequency;
                    weighted += FIELD_WEIGHTS[found.field] * frequency as f32 * length_factor;
                }
            });
        }
        if weighted > 0.0 && !step.skip {
            parts.push(Part { term: step.term.text.clone(), score: step.weight() * saturate(weighted), frequencies });
        }
    }
    parts.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.term.cmp(&b.term)));
    parts
}

/// A term in one field of one segment.
struct Found {
    segment: usize,
    field: usize,
    info: TermInfo,
}

impl Found {
    fn open(&self, index: &SearchIndex) -> Option<BlockSegmentPostings> {
        index.segments[self.segment].postings[self.field].open(&self.info)
    }

    /// Calls back with (document in the segment, frequency, length factor) for each document that has the term.
    fn each(&self, index: &SearchIndex, mut with: impl FnMut(u32, u32, f32)) {
        let postings = &index.segments[self.segment].postings[self.field];
        let Some(mut block) = self.open(index) else { return };
        while block.block_len() > 0 {
            for (&doc, &frequency) in block.docs().iter().zip(block.freqs()) {
                with(doc, frequency, postings.length_factor(doc));
            }
            block.advance();
        }
    }
}

/// A term with what the index says of it.
struct Step<'a> {
    term: &'a QueryTerm,
    found: Vec<Found>,
    document_frequency: u32,
    rarity: f32,
    /// Whether it is passed over.
    skip: bool,
    /// Whether documents that have this term, and else only terms that come after it, may be hits.
    makes_hits: bool,
}

impl Step<'_> {
    fn weight(&self) -> f32 {
        self.term.weight * self.rarity
    }

    fn is_foreign_number(&self) -> bool {
        self.found.is_empty() && is_number(&self.term.text)
    }
}

/// Looks the terms up, in their order.
fn plan<'a>(index: &SearchIndex, terms: &'a [QueryTerm]) -> Vec<Step<'a>> {
    let mut plan: Vec<Step<'a>> = terms
        .iter()
        .map(|term| {
            let mut found = Vec::new();
            let mut frequencies = [0; FIELD_COUNT];
            for (segment, opened) in index.segments.iter().enumerate() {
                opened.find(&term.text, |field, info| {
                    frequencies[field] += info.doc_freq;
                    found.push(Found { segment, field, info });
                });
            }
            // A document has the term in several fields; the largest field's count stands for the union. An index that
            // was brought up to date counts articles that are gone until it is written anew.
            let document_frequency = frequencies.into_iter().max().unwrap_or_default();
            let rarity = rarity(index.documents, document_frequency);
            Step { term, found, document_frequency, rarity, skip: false, makes_hits: true }
        })
        .collect();
    if index.documents >= VERY_LARGE_SITE {
        let common = (index.documents as f32 * COMMON_SHARE) as u32;
        if plan.iter().any(|s| s.term.telling && s.document_frequency > 0 && s.document_frequency <= common) {
            plan.iter_mut().for_each(|s| s.skip = s.document_frequency > common);
        }
    }
    plan
}

/// Puts rare terms first, and finds those at the end that can make no hit without others.
fn put_in_order(plan: &mut [Step<'_>], telling: f32) {
    plan.sort_by(|a, b| b.term.telling.cmp(&a.term.telling).then(a.document_frequency.cmp(&b.document_frequency)));
    let (mut weight, mut count) = (0.0, 0);
    for step in plan.iter_mut().rev() {
        if step.term.telling && !step.skip && step.document_frequency > 0 {
            weight += step.weight();
            count += 1;
        }
        // Sums of the same numbers in another order differ in the last digits.
        step.makes_hits = is_hit(weight / (telling * 0.999).max(f32::MIN_POSITIVE), count);
    }
}

/// Tells whether a document with this share of the query's telling weight, in so many terms, is a hit.
fn is_hit(coverage: f32, telling: u32) -> bool {
    let least = if telling > 1 { LEAST_COVERAGE / 2.0 } else { LEAST_COVERAGE };
    telling > 0 && (coverage >= least || telling >= ENOUGH_TERMS)
}

impl Scratch {
    /// Adds up one term's weighted frequencies over the fields.
    fn collect(&mut self, index: &SearchIndex, found: &Found) {
        let segment = &index.segments[found.segment];
        let slots = &mut self.slots[segment.base as usize..][..segment.ordinals.len()];
        let touched = &mut self.touched;
        let weight = FIELD_WEIGHTS[found.field];
        found.each(index, |doc, frequency, length_factor| {
            let slot = &mut slots[doc as usize];
            if slot.frequency == 0.0 {
                touched.push(segment.base + doc);
            }
            slot.frequency += weight * frequency as f32 * length_factor;
        });
    }

    /// The same, but only for documents that have some term already.
    fn collect_candidates(&mut self, index: &SearchIndex, found: &Found) {
        let segment = &index.segments[found.segment];
        let end = segment.base + segment.ordinals.len() as u32;
        if self.candidates.len() * SKIP_FROM > found.info.doc_freq as usize {
            let slots = &mut self.slots[segment.base as usize..end as usize];
            let touched = &mut self.touched;
            let weight = FIELD_WEIGHTS[found.field];
            found.each(index, |doc, frequency, length_factor| {
                let slot = &mut slots[doc as usize];
                if slot.score > 0.0 {
                    if slot.frequency == 0.0 {
                        touched.push(segment.base + doc);
                    }
                    slot.frequency += weight * frequency as f32 * length_factor;
                }
            });
            return;
        }
        if self.in_order != self.candidates.len() {
            self.candidates.sort_unstable();
            self.in_order = self.candidates.len();
        }
        let postings = &segment.postings[found.field];
        let Some(mut block) = found.open(index) else { return };
        let from = self.candidates.partition_point(|c| *c < segment.base);
        for &candidate in self.candidates[from..].iter().take_while(|c| **c < end) {
            let doc = candidate - segment.base;
            let at = block.seek(doc);
            if at >= block.block_len() {
                break;
            }
            if block.doc(at) == doc {
                let slot = &mut self.slots[candidate as usize];
                if slot.frequency == 0.0 {
                    self.touched.push(candidate);
                }
                slot.frequency += FIELD_WEIGHTS[found.field] * block.freq(at) as f32 * postings.length_factor(doc);
            }
        }
    }

    /// Turns the frequencies of one term into its part of the scores.
    fn settle(&mut self, weight: f32, telling: bool) {
        for &at in &self.touched {
            let slot = &mut self.slots[at as usize];
            if slot.score == 0.0 {
                self.candidates.push(at);
            }
            slot.score += weight * saturate(slot.frequency);
            if telling {
                slot.coverage += weight;
                slot.telling += 1;
            }
            slot.frequency = 0.0;
        }
        self.touched.clear();
    }

    /// Returns the hits and leaves everything as it was before the query.
    fn finish(&mut self, index: &SearchIndex, telling: f32) -> Vec<Scored> {
        let mut out = Vec::new();
        for &at in &self.candidates {
            let slot = std::mem::take(&mut self.slots[at as usize]);
            let coverage = (slot.coverage / telling).min(1.0);
            if is_hit(coverage, slot.telling) {
                let after = index.segments.partition_point(|s| s.base <= at);
                let Some(segment) = after.checked_sub(1).and_then(|s| index.segments.get(s)) else { continue };
                let ordinal = segment.ordinals[(at - segment.base) as usize];
                if ordinal != GONE {
                    out.push(Scored { ordinal, score: slot.score, coverage });
                }
            }
        }
        self.candidates.clear();
        self.in_order = 0;
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::SafeHtml;
    use crate::content::{Article, Audience};
    use crate::kb::synonyms::SynonymMap;

    /// Article n has the word of each number that divides n, so that words are rare and common.
    fn articles() -> Vec<Article> {
        let words = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
        let article = |n: usize| Article {
            id: format!("help/a{n}").parse().unwrap(),
            locale: "en".parse().unwrap(),
            file: "x.md".into(),
            title: words
                .iter()
                .enumerate()
                .filter(|(i, _)| n.is_multiple_of(3 * i + 1))
                .map(|(_, w)| *w)
                .collect::<Vec<_>>()
                .join(" "),
            summary: words
                .iter()
                .enumerate()
                .filter(|(i, _)| n.is_multiple_of(7 * i + 9))
                .map(|(_, w)| *w)
                .collect::<Vec<_>>()
                .join(" "),
            codes: vec![],
            messages: vec![],
            questions: if n.is_multiple_of(997) { vec!["rarity".to_owned()] } else { vec![] },
            keywords: vec![],
            related: vec![],
            aliases: vec![],
            audience: Audience::Public,
            money_at_risk: false,
            updated: None,
            markdown: String::new(),
            html: SafeHtml::default(),
            headings: vec![],
            sections: vec![],
        };
        (0..LARGE_SITE + 500).map(article).collect()
    }

    #[test]
    fn skipping_common_terms_loses_no_hit_and_no_score() {
        let index = SearchIndex::build(&articles(), &SynonymMap::default(), None).unwrap();
        let sorted = |mut hits: Vec<Scored>| {
            hits.sort_by_key(|h| h.ordinal);
            hits
        };
        let mut skipped = 0;
        for query in
            ["rarity seven", "rarity ten twelve five", "twelve eleven ten nine", "seven", "rarity the six", "two one"]
        {
            let terms: Vec<QueryTerm> = crate::text::terms(query)
                .into_iter()
                .map(|t| QueryTerm { telling: t.text != "the", stop: t.text == "the", text: t.text, weight: 1.0 })
                .collect();
            let in_full = plan(&index, &terms);
            let telling = telling_weight(&in_full);
            let mut in_order = plan(&index, &terms);
            put_in_order(&mut in_order, telling);
            skipped += in_order.iter().filter(|s| !s.makes_hits && s.document_frequency > 0).count();
            let (full, quick) = (sorted(score(&index, &in_full, telling)), sorted(score(&index, &in_order, telling)));
            assert!(!full.is_empty(), "{query}");
            assert_eq!(full.len(), quick.len(), "{query}");
            for (a, b) in full.iter().zip(&quick) {
                let near = |a: f32, b: f32| (a - b).abs() <= a.abs() * 1e-5;
                assert!(a.ordinal == b.ordinal && near(a.score, b.score) && near(a.coverage, b.coverage), "{query}");
            }
        }
        assert!(skipped > 0, "no query skips anything, so that nothing was tested");
    }
}
