//! The nearest known question: cosine of TF-IDF vectors of terms.

use serde::{Deserialize, Serialize};

use crate::kb::intent::linear::Example;
use crate::kb::intent::postings::Postings;
use crate::kb::intent::space::Vector;

/// An index over questions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Nearest {
    postings: Postings,
    terms: usize,
    classes: Vec<u32>,
}

/// The terms of a vector, brought to length 1.
fn terms_only(vector: &Vector, terms: usize) -> Vec<(u32, f32)> {
    let mut out: Vec<(u32, f32)> = vector.iter().take_while(|(f, _)| *f < terms).map(|(f, v)| (f as u32, v)).collect();
    let length = out.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
    if length > 0.0 {
        out.iter_mut().for_each(|(_, v)| *v /= length);
    }
    out
}

impl Nearest {
    /// Builds the index over features numbered below `terms`.
    pub(crate) fn build(examples: &[Example<'_>], terms: usize) -> Nearest {
        let columns: Vec<_> = examples.iter().map(|e| terms_only(e.vector, terms)).collect();
        Nearest {
            postings: Postings::build(terms, &columns),
            terms,
            classes: examples.iter().map(|e| e.class).collect(),
        }
    }

    /// Returns for each class the highest cosine, 0 to 1, and which example has it.
    pub(crate) fn scores(&self, query: &Vector, classes: usize) -> (Vec<f32>, Vec<u32>) {
        let mut by_example = vec![0.0f32; self.classes.len()];
        for (term, value) in terms_only(query, self.terms) {
            self.postings.add(term as usize, value, &mut by_example);
        }
        let mut scores = vec![0.0f32; classes];
        let mut which = vec![u32::MAX; classes];
        for (example, (score, class)) in by_example.iter().zip(&self.classes).enumerate() {
            if *score > scores[*class as usize] {
                scores[*class as usize] = *score;
                which[*class as usize] = example as u32;
            }
        }
        (scores, which)
    }
}
