//! What every term adds to every article's score, computed in advance.
//!
//! BM25F saturates a term's weighted frequency in a document without looking at the query (`kb::index`), so a site that
//! fits in memory keeps that number beside each posting. A query then looks each term up once, in one table, and adds:
//! no dictionary for each field, no block to unpack. Impacts in advance are the idea of V. Anh, O. de Kretser,
//! A. Moffat, “Vector-space ranking with effective early termination”, SIGIR 2001.

use rustc_hash::FxHashMap;
use tantivy::postings::TermInfo;

use crate::kb::index::{FIELD_COUNT, GONE, Segment, saturate};

/// One article that has a term.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Impact {
    /// The article's place in the snapshot's list.
    pub(crate) ordinal: u32,
    /// The term's weighted frequency in it, saturated: from 0 to `K1 + 1`.
    pub(crate) saturated: f32,
}

/// The postings of one term.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TermImpacts<'a> {
    /// In how many documents the field has it that has it in the most.
    pub(crate) document_frequency: u32,
    /// The articles that have it, by ordinal.
    pub(crate) postings: &'a [Impact],
}

/// The postings of every term.
#[derive(Debug, Default)]
pub(crate) struct Impacts {
    terms: FxHashMap<Box<str>, Place>,
    postings: Vec<Impact>,
}

/// Where the postings of one term are.
#[derive(Debug, Clone, Copy)]
struct Place {
    from: u32,
    to: u32,
    document_frequency: u32,
}

/// Where an index has a term.
#[derive(Default)]
struct Found {
    document_frequencies: [u32; FIELD_COUNT],
    /// Segment, field, and where the postings are.
    places: Vec<(usize, usize, TermInfo)>,
}

impl Impacts {
    /// Reads every posting of an index.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub(crate) fn build(segments: &[Segment], documents: usize) -> tantivy::Result<Self> {
        let mut found: FxHashMap<Box<str>, Found> = FxHashMap::default();
        for (number, segment) in segments.iter().enumerate() {
            for field in 0..FIELD_COUNT {
                segment.each_term(field, |term, info| {
                    let entry = found.entry(term.into()).or_default();
                    entry.document_frequencies[field] += info.doc_freq;
                    entry.places.push((number, field, info));
                })?;
            }
        }
        let mut terms: Vec<_> = found.into_iter().collect();
        terms.sort_unstable_by(|a, b| a.0.cmp(&b.0));
        let mut frequencies = vec![0.0f32; documents];
        let mut touched: Vec<u32> = Vec::new();
        let mut impacts = Impacts::default();
        impacts.terms.reserve(terms.len());
        for (term, found) in terms {
            for (number, field, info) in found.places {
                let segment = &segments[number];
                segment.each_posting(field, &info, |doc, frequency| {
                    let ordinal = segment.ordinals[doc as usize];
                    if ordinal != GONE {
                        let slot = &mut frequencies[ordinal as usize];
                        if *slot == 0.0 {
                            touched.push(ordinal);
                        }
                        *slot += frequency;
                    }
                });
            }
            touched.sort_unstable();
            let from = impacts.postings.len() as u32;
            impacts.postings.extend(touched.drain(..).map(|ordinal| Impact {
                ordinal,
                saturated: saturate(std::mem::take(&mut frequencies[ordinal as usize])),
            }));
            let place = Place {
                from,
                to: impacts.postings.len() as u32,
                document_frequency: found.document_frequencies.into_iter().max().unwrap_or_default(),
            };
            impacts.terms.insert(term, place);
        }
        impacts.postings.shrink_to_fit();
        Ok(impacts)
    }

    /// Returns a term's postings; none where no article has it.
    pub(crate) fn get(&self, term: &str) -> Option<TermImpacts<'_>> {
        let place = self.terms.get(term)?;
        let postings = &self.postings[place.from as usize..place.to as usize];
        Some(TermImpacts { document_frequency: place.document_frequency, postings })
    }
}
