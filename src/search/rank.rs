//! Scores articles for a set of weighted terms: BM25F over the index's postings, term by term.
//!
//! S. Robertson, H. Zaragoza, “The Probabilistic Relevance Framework: BM25 and Beyond”, 2009, §3.6: term frequencies of
//! the fields are weighted and normalised by length first and saturated once. We read the postings ourselves, so that
//! one pass gives the score, how much of the query a document covers, the count of matches, and the parts to explain.

use std::cell::RefCell;

use tantivy::postings::TermInfo;

use crate::kb::index::{FIELD_COUNT, SearchIndex};

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

/// A document that has a term of the query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Scored {
    /// The article's place in the snapshot's list.
    pub(crate) ordinal: u32,
    /// BM25F; the higher the better.
    pub(crate) score: f32,
    /// The share of the query's telling weight (by rarity) that the document has, from 0 to 1.
    pub(crate) coverage: f32,
    /// How many of the query's telling terms the document has.
    pub(crate) telling: u32,
}

/// How much an occurrence counts by field: title, questions, keywords, headings, body, codes, synonyms.
const FIELD_WEIGHTS: [f32; FIELD_COUNT] = [4.0, 2.5, 2.0, 1.5, 1.0, 6.0, 1.5];

/// The names of the fields, in that order.
pub(crate) const FIELD_NAMES: [&str; FIELD_COUNT] =
    ["title", "questions", "keywords", "headings", "body", "codes", "synonyms"];

/// Where the frequency of a term saturates; the usual value.
const K1: f32 = 1.2;

/// A term in more than this share of a large site's documents is passed over when the query has rarer ones: it would
/// be most of the work and change little.
const COMMON_SHARE: f32 = 0.1;
/// Sites with fewer documents are scored in full.
const LARGE_SITE: usize = 5_000;

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

#[derive(Default)]
struct Scratch {
    frequency: Vec<f32>,
    score: Vec<f32>,
    coverage: Vec<f32>,
    telling: Vec<u32>,
    touched: Vec<u32>,
    hit: Vec<u32>,
}

thread_local! {
    // One float per document and query would cost a large site more to clear than to use.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// Returns every document that has a telling term, in no order. `visible` decides which documents exist.
pub(crate) fn rank(index: &SearchIndex, terms: &[QueryTerm], visible: impl Fn(u32) -> bool) -> Vec<Scored> {
    let documents = index.documents;
    let mut out = Vec::new();
    SCRATCH.with_borrow_mut(|scratch| {
        scratch.grow(documents);
        let plan = plan(index, terms);
        let telling: f32 = plan.iter().filter(|p| p.term.telling && !p.is_foreign_number()).map(Step::weight).sum();
        for step in &plan {
            if step.document_frequency == 0 || step.skip {
                continue;
            }
            for found in &step.found {
                scratch.collect(index, found, &visible);
            }
            scratch.settle(step.weight(), step.term.telling);
        }
        for &ordinal in &scratch.hit {
            let at = ordinal as usize;
            if scratch.coverage[at] > 0.0 {
                let coverage = (scratch.coverage[at] / telling.max(f32::MIN_POSITIVE)).min(1.0);
                out.push(Scored { ordinal, score: scratch.score[at], coverage, telling: scratch.telling[at] });
            }
            scratch.score[at] = 0.0;
            scratch.coverage[at] = 0.0;
            scratch.telling[at] = 0;
        }
        scratch.hit.clear();
    });
    out
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
            found.each(index, |document, frequency, length_factor| {
                if document == ordinal {
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
    /// Calls back with (article, frequency, length factor) for each document that has the term.
    fn each(&self, index: &SearchIndex, mut with: impl FnMut(u32, u32, f32)) {
        let segment = &index.segments[self.segment];
        let postings = &segment.postings[self.field];
        let Some(mut block) = postings.open(&self.info) else { return };
        while block.block_len() > 0 {
            for (&doc, &frequency) in block.docs().iter().zip(block.freqs()) {
                with(segment.ordinals[doc as usize], frequency, postings.length_factor(doc));
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
    skip: bool,
}

impl Step<'_> {
    fn weight(&self) -> f32 {
        self.term.weight * self.rarity
    }

    /// Tells whether the term is an amount, a date or the like that no article has: it is the customer's own and says
    /// nothing of how well an article fits.
    fn is_foreign_number(&self) -> bool {
        self.found.is_empty() && self.term.text.starts_with(|c: char| c.is_ascii_digit())
    }
}

fn plan<'a>(index: &SearchIndex, terms: &'a [QueryTerm]) -> Vec<Step<'a>> {
    let documents = index.documents.max(1) as f32;
    let mut plan: Vec<Step<'a>> = terms
        .iter()
        .map(|term| {
            let mut found = Vec::new();
            let mut document_frequency = 0;
            for (at, segment) in index.segments.iter().enumerate() {
                let mut most = 0;
                for (field, postings) in segment.postings.iter().enumerate() {
                    if let Some(info) = postings.find(&term.text) {
                        most = most.max(info.doc_freq);
                        found.push(Found { segment: at, field, info });
                    }
                }
                // A document has the term in several fields; the largest field's count stands for the union.
                document_frequency += most;
            }
            let df = document_frequency as f32;
            let rarity = (1.0 + (documents - df + 0.5) / (df + 0.5)).ln();
            Step { term, found, document_frequency, rarity, skip: false }
        })
        .collect();
    if index.documents >= LARGE_SITE {
        let common = (documents * COMMON_SHARE) as u32;
        if plan.iter().any(|s| s.term.telling && s.document_frequency > 0 && s.document_frequency <= common) {
            plan.iter_mut().for_each(|s| s.skip = s.document_frequency > common);
        }
    }
    plan
}

fn saturate(frequency: f32) -> f32 {
    frequency * (K1 + 1.0) / (frequency + K1)
}

impl Scratch {
    fn grow(&mut self, documents: usize) {
        if self.score.len() < documents {
            self.frequency.resize(documents, 0.0);
            self.score.resize(documents, 0.0);
            self.coverage.resize(documents, 0.0);
            self.telling.resize(documents, 0);
        }
    }

    /// Adds up one term's weighted frequencies over the fields.
    fn collect(&mut self, index: &SearchIndex, found: &Found, visible: &impl Fn(u32) -> bool) {
        found.each(index, |ordinal, frequency, length_factor| {
            if visible(ordinal) {
                let slot = &mut self.frequency[ordinal as usize];
                if *slot == 0.0 {
                    self.touched.push(ordinal);
                }
                *slot += FIELD_WEIGHTS[found.field] * frequency as f32 * length_factor;
            }
        });
    }

    /// Turns the frequencies of one term into its part of the scores.
    fn settle(&mut self, weight: f32, telling: bool) {
        for &ordinal in &self.touched {
            let at = ordinal as usize;
            if self.score[at] == 0.0 {
                self.hit.push(ordinal);
            }
            self.score[at] += weight * saturate(self.frequency[at]);
            if telling {
                self.coverage[at] += weight;
                self.telling[at] += 1;
            }
            self.frequency[at] = 0.0;
        }
        self.touched.clear();
    }
}
