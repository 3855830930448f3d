//! Sparse matrices by feature: for each feature the rows (classes, documents or questions) that it speaks for or against.
//!
//! A feature of most rows is kept as a plain line of numbers: adding one is several times faster than following its
//! entries, and takes less room.

use serde::{Deserialize, Serialize};

use crate::kb::intent::space::Vector;

/// A matrix of features by rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Postings {
    /// Where the entries of each feature start.
    starts: Vec<u32>,
    /// Row and weight, by feature.
    entries: Vec<(u32, f32)>,
    /// Where the line of each full feature starts, or `u32::MAX`.
    lines: Vec<u32>,
    full: Vec<f32>,
    rows: usize,
}

impl Postings {
    /// Builds the matrix from the features and weights of each row.
    pub(crate) fn build(features: usize, rows: &[Vec<(u32, f32)>]) -> Postings {
        let mut counts = vec![0u32; features];
        for row in rows {
            row.iter().for_each(|(feature, _)| counts[*feature as usize] += 1);
        }
        let is_full = |feature: usize| rows.len() >= 8 && counts[feature] as usize * 5 >= rows.len() * 2;
        let mut starts = Vec::with_capacity(features + 1);
        let mut lines = vec![u32::MAX; features];
        let (mut entries, mut full) = (0u32, 0usize);
        for feature in 0..features {
            starts.push(entries);
            if is_full(feature) {
                lines[feature] = full as u32;
                full += 1;
            } else {
                entries += counts[feature];
            }
        }
        starts.push(entries);
        let mut postings = Postings {
            entries: vec![(0, 0.0); entries as usize],
            full: vec![0.0; full * rows.len()],
            rows: rows.len(),
            starts,
            lines,
        };
        let mut next = postings.starts.clone();
        for (number, row) in rows.iter().enumerate() {
            for (feature, weight) in row {
                let feature = *feature as usize;
                if postings.lines[feature] == u32::MAX {
                    let at = &mut next[feature];
                    postings.entries[*at as usize] = (number as u32, *weight);
                    *at += 1;
                } else {
                    postings.full[postings.lines[feature] as usize * rows.len() + number] = *weight;
                }
            }
        }
        postings
    }

    /// Adds `value` times a feature's weights to `scores`, one for each row.
    pub(crate) fn add(&self, feature: usize, value: f32, scores: &mut [f32]) {
        let line = self.lines[feature];
        if line == u32::MAX {
            for (row, weight) in &self.entries[self.starts[feature] as usize..self.starts[feature + 1] as usize] {
                scores[*row as usize] += value * weight;
            }
        } else {
            let from = line as usize * self.rows;
            for (score, weight) in scores.iter_mut().zip(&self.full[from..from + self.rows]) {
                *score += value * weight;
            }
        }
    }

    /// Adds the products with a vector to `scores`, one for each row.
    pub(crate) fn add_all(&self, vector: &Vector, scores: &mut [f32]) {
        for (feature, value) in vector.iter() {
            self.add(feature, value, scores);
        }
    }

    /// Returns one weight.
    pub(crate) fn weight(&self, feature: usize, row: usize) -> f32 {
        let line = self.lines[feature];
        if line == u32::MAX {
            let of = &self.entries[self.starts[feature] as usize..self.starts[feature + 1] as usize];
            of.iter().find(|e| e.0 as usize == row).map_or(0.0, |e| e.1)
        } else {
            self.full[line as usize * self.rows + row]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_and_sparse_features_add_alike() {
        // Feature 0 is in all rows, feature 1 in one of them.
        let rows: Vec<Vec<(u32, f32)>> =
            (0..10).map(|i| if i == 4 { vec![(0, 4.0), (1, 2.0)] } else { vec![(0, i as f32)] }).collect();
        let postings = Postings::build(2, &rows);
        let mut scores = vec![1.0; 10];
        postings.add_all(&Vector { ids: vec![0, 1], values: vec![1.0, 10.0] }, &mut scores);
        assert_eq!(scores[3..6], [4.0, 25.0, 6.0]);
        assert_eq!((postings.weight(0, 9), postings.weight(1, 4), postings.weight(1, 9)), (9.0, 2.0, 0.0));
    }
}
