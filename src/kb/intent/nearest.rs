//! The nearest known question: cosine of weighted vectors of terms.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::kb::intent::linear::Example;
use crate::kb::intent::postings::Postings;
use crate::kb::intent::space::Vector;

/// An index over questions.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Nearest {
    postings: Postings,
    terms: usize,
    /// Which example each row is: those of a class stand together, in their order.
    examples: Vec<u32>,
    /// Where the rows of each class start, and a last one for the end.
    starts: Vec<u32>,
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
    pub(crate) fn build(examples: &[Example<'_>], terms: usize, classes: usize) -> Nearest {
        let mut order: Vec<u32> = (0..examples.len() as u32).collect();
        order.sort_by_key(|i| examples[*i as usize].class);
        let mut starts = vec![0u32; classes + 1];
        examples.iter().for_each(|e| starts[e.class as usize + 1] += 1);
        for class in 0..classes {
            starts[class + 1] += starts[class];
        }
        let columns: Vec<_> = order.iter().map(|i| terms_only(examples[*i as usize].vector, terms)).collect();
        Nearest { postings: Postings::build(terms, &columns), terms, examples: order, starts }
    }

    /// Returns the rows of a class; none where there is no such class.
    fn rows(&self, class: usize) -> Range<usize> {
        self.starts.get(class..class + 2).map_or(0..0, |of| of[0] as usize..of[1] as usize)
    }

    /// Returns how much the examples of a class bear a term out, 0 to 1: nothing where one has it, half where two have.
    pub(crate) fn support(&self, term: usize, class: usize) -> f32 {
        let having = if term < self.terms { self.postings.count(term, self.rows(class)) } else { 0 };
        if having > 1 { 1.0 - 1.0 / having as f32 } else { 0.0 }
    }

    /// Returns the cosine, 0 to 1, to each example of some classes, given by rising number, and for each of them the highest.
    pub(crate) fn scores(&self, query: &Vector, classes: &[u32]) -> (Cosines, Vec<f32>) {
        let mut by_row = vec![0.0f32; self.examples.len()];
        let rows: Vec<Range<usize>> = classes.iter().map(|class| self.rows(*class as usize)).collect();
        let terms = terms_only(query, self.terms).into_iter().map(|(term, value)| (term as usize, value));
        self.postings.add_to(&rows, terms, &mut by_row);
        let of_class = rows.into_iter().map(|rows| highest(&by_row[rows])).collect();
        (Cosines(by_row), of_class)
    }

    /// Returns which example of a class is nearest, of equals the first; none where none has anything in common.
    pub(crate) fn which(&self, cosines: &Cosines, class: usize) -> Option<u32> {
        let of_class = self.rows(class);
        let rows = cosines.0.get(of_class.clone())?;
        let best = highest(rows);
        let row = rows.iter().position(|score| best > 0.0 && *score == best)?;
        self.examples.get(of_class.start + row).copied()
    }
}

/// The cosine of a message to each example of the classes that were asked for, by row.
#[derive(Debug, Clone, Default)]
pub(crate) struct Cosines(Vec<f32>);

/// Returns the highest of these, 0 if none is above; several are compared at a time.
fn highest(scores: &[f32]) -> f32 {
    let (lanes, rest) = scores.as_chunks::<8>();
    let mut best = [0.0f32; 8];
    for lane in lanes {
        best.iter_mut().zip(lane).for_each(|(best, score)| *best = if *score > *best { *score } else { *best });
    }
    best.iter().chain(rest).fold(0.0, |best, score| best.max(*score))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_class_has_its_nearest_example_whatever_their_order() {
        let vector = |ids: &[u32]| Vector { ids: ids.to_vec(), values: vec![1.0; ids.len()] };
        // Features 0 to 3 are terms, 4 is none. Class 1 has no example.
        let of = [(2, vector(&[0, 1])), (0, vector(&[2])), (2, vector(&[0])), (2, vector(&[0, 4])), (0, vector(&[3]))];
        let examples: Vec<Example<'_>> =
            of.iter().map(|(class, vector)| Example { vector, class: *class, weight: 1.0 }).collect();
        let nearest = Nearest::build(&examples, 4, 3);
        let which = |ids: &[u32]| {
            let (cosines, scores) = nearest.scores(&vector(ids), &[0, 1, 2]);
            (scores, [0, 1, 2, 3].map(|class| nearest.which(&cosines, class)))
        };
        assert_eq!(which(&[0, 4]), (vec![0.0, 0.0, 1.0], [None, None, Some(2), None]));
        assert_eq!(which(&[3]).1, [Some(4), None, None, None]);
        let supports =
            [(0, 2), (1, 2), (2, 0), (4, 2), (0, 1), (0, 9)].map(|(term, class)| nearest.support(term, class));
        assert_eq!(supports, [1.0 - 1.0 / 3.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
