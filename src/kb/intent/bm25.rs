//! BM25 with one document for each article and language: what an article says as a whole, also where it has few questions.
//!
//! S. Robertson, H. Zaragoza, “The probabilistic relevance framework: BM25 and beyond”, 2009, with the idf that stays positive.

use serde::{Deserialize, Serialize};

use crate::kb::intent::postings::Postings;
use crate::kb::intent::space::{Space, Vector};

/// Saturation of the term frequency.
const K1: f32 = 1.2;
/// How much the document's length counts.
const B: f32 = 0.75;

/// A document: its class and its terms with their frequencies, by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Document {
    /// The class, by number.
    pub(crate) class: u32,
    /// Terms and how often each is there, weighed by field.
    pub(crate) terms: Vec<(u32, f32)>,
}

/// An index over documents.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Bm25 {
    postings: Postings,
    /// The most that a term can add to a score.
    ceiling: Vec<f32>,
    classes: Vec<u32>,
}

impl Bm25 {
    /// Builds the index over a space's terms.
    pub(crate) fn build(documents: &[Document], space: &Space) -> Bm25 {
        let terms = space.terms;
        let count = documents.len() as f32;
        let mut having = vec![0u32; terms];
        let lengths: Vec<f32> = documents.iter().map(|d| d.terms.iter().map(|t| t.1).sum()).collect();
        let mean = (lengths.iter().sum::<f32>() / count.max(1.0)).max(1e-6);
        for document in documents {
            for (term, _) in &document.terms {
                having[*term as usize] += 1;
            }
        }
        let idf: Vec<f32> = having
            .iter()
            .enumerate()
            .map(|(term, df)| space.cohesion(term) * (1.0 + (count - *df as f32 + 0.5) / (*df as f32 + 0.5)).ln())
            .collect();
        let columns: Vec<Vec<(u32, f32)>> = documents
            .iter()
            .zip(&lengths)
            .map(|(document, length)| {
                let norm = K1 * (1.0 - B + B * length / mean);
                document
                    .terms
                    .iter()
                    .map(|(term, tf)| (*term, idf[*term as usize] * tf * (K1 + 1.0) / (tf + norm)))
                    .collect()
            })
            .collect();
        Bm25 {
            postings: Postings::build(terms, &columns),
            ceiling: idf.iter().map(|i| i * (K1 + 1.0)).collect(),
            classes: documents.iter().map(|d| d.class).collect(),
        }
    }

    /// Returns for each class the best score of its documents as a share, 0 to 1, of the most that these terms can
    /// score; `unseen` is the idf that terms no document has add to that most.
    pub(crate) fn scores(&self, query: &Vector, unseen: f32, classes: usize) -> Vec<f32> {
        let mut by_document = vec![0.0f32; self.classes.len()];
        let mut most = unseen * (K1 + 1.0);
        let terms = || query.iter().take_while(|(term, _)| *term < self.ceiling.len());
        most += terms().map(|(term, count)| self.ceiling[term] * count).sum::<f32>();
        self.postings.add_all(terms(), &mut by_document);
        let mut scores = vec![0.0f32; classes];
        if most > 0.0 {
            for (score, class) in by_document.iter().zip(&self.classes) {
                let slot = &mut scores[*class as usize];
                *slot = slot.max(score / most);
            }
        }
        scores
    }
}
