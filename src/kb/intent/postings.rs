//! Sparse matrices by feature: for each feature the rows (classes, documents or questions) that it speaks for or against.
//!
//! A feature of most rows is kept as a plain line of numbers: adding one is several times faster than following its
//! entries, and takes less room.

use serde::{Deserialize, Serialize};

/// So many features are looked up before the first weights are added: as many as the nearest cache holds the lines of.
const BATCH: usize = 32;
/// How many numbers a cache line of 64 bytes has.
const A_CACHE_LINE: usize = 16;
/// So much of a long line is touched; the rest is fetched ahead while it is read.
const MOST_TOUCHED: usize = 128;

/// A matrix of features by rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Postings {
    /// For each feature where its entries start, or, of a full one, which line is its own; and a last one for the end.
    heads: Vec<Head>,
    entries: Vec<(u32, f32)>,
    full: Vec<f32>,
    rows: usize,
}

/// Where a feature's weights are.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize)]
struct Head {
    start: u32,
    /// `u32::MAX` where the feature is not full.
    line: u32,
}

impl Postings {
    /// Builds the matrix from the features and weights of each row.
    pub(crate) fn build(features: usize, rows: &[Vec<(u32, f32)>]) -> Postings {
        let mut counts = vec![0u32; features];
        for row in rows {
            row.iter().for_each(|(feature, _)| counts[*feature as usize] += 1);
        }
        let is_full = |count: u32| rows.len() >= 8 && count as usize * 5 >= rows.len() * 2;
        let mut heads = Vec::with_capacity(features + 1);
        let (mut entries, mut full) = (0u32, 0u32);
        for count in counts {
            if is_full(count) {
                heads.push(Head { start: entries, line: full });
                full += 1;
            } else {
                heads.push(Head { start: entries, line: u32::MAX });
                entries += count;
            }
        }
        heads.push(Head { start: entries, line: u32::MAX });
        let mut postings = Postings {
            entries: vec![(0, 0.0); entries as usize],
            full: vec![0.0; full as usize * rows.len()],
            rows: rows.len(),
            heads,
        };
        let mut next: Vec<u32> = postings.heads.iter().map(|head| head.start).collect();
        for (number, row) in rows.iter().enumerate() {
            for (feature, weight) in row {
                let head = postings.heads[*feature as usize];
                if head.line == u32::MAX {
                    let at = &mut next[*feature as usize];
                    postings.entries[*at as usize] = (number as u32, *weight);
                    *at += 1;
                } else {
                    postings.full[head.line as usize * rows.len() + number] = *weight;
                }
            }
        }
        postings
    }

    /// Adds the products with a vector to `scores`, one for each row.
    pub(crate) fn add_all(&self, mut vector: impl Iterator<Item = (usize, f32)>, scores: &mut [f32]) {
        // The weights of a message's features stand all over a model that no cache holds. Looked up one after the other,
        // each wait for memory follows the last; looked up together, and touched before they are added, they overlap.
        let mut batch = [(Head::default(), 0, 0.0); BATCH];
        loop {
            let mut count = 0;
            for (slot, (feature, value)) in batch.iter_mut().zip(&mut vector) {
                *slot = (self.heads[feature], self.heads[feature + 1].start, value);
                count += 1;
            }
            std::hint::black_box(batch[..count].iter().map(|(head, end, _)| self.touch(*head, *end)).sum::<f32>());
            for &(head, end, value) in &batch[..count] {
                self.add(head, end, value, scores);
            }
            if count < BATCH {
                return;
            }
        }
    }

    /// Reads one number of each of the first cache lines that hold a feature's weights.
    fn touch(&self, head: Head, end: u32) -> f32 {
        if head.line == u32::MAX {
            self.entries[head.start as usize..end as usize].first().map_or(0.0, |entry| entry.1)
        } else {
            let from = head.line as usize * self.rows;
            self.full[from..from + self.rows.min(MOST_TOUCHED)].iter().step_by(A_CACHE_LINE).sum()
        }
    }

    fn add(&self, head: Head, end: u32, value: f32, scores: &mut [f32]) {
        if head.line == u32::MAX {
            for (row, weight) in &self.entries[head.start as usize..end as usize] {
                scores[*row as usize] += value * weight;
            }
        } else {
            let from = head.line as usize * self.rows;
            for (score, weight) in scores.iter_mut().zip(&self.full[from..from + self.rows]) {
                *score += value * weight;
            }
        }
    }

    /// Returns how many of some rows in a row have a feature.
    pub(crate) fn count(&self, feature: usize, rows: std::ops::Range<usize>) -> usize {
        let head = self.heads[feature];
        if head.line == u32::MAX {
            // They stand in the order of the rows.
            let of = &self.entries[head.start as usize..self.heads[feature + 1].start as usize];
            let before = |row: usize| of.partition_point(|entry| (entry.0 as usize) < row);
            before(rows.end) - before(rows.start)
        } else {
            let from = head.line as usize * self.rows;
            self.full[from + rows.start..from + rows.end].iter().filter(|weight| **weight != 0.0).count()
        }
    }

    /// Returns one weight.
    pub(crate) fn weight(&self, feature: usize, row: usize) -> f32 {
        let head = self.heads[feature];
        if head.line == u32::MAX {
            let of = &self.entries[head.start as usize..self.heads[feature + 1].start as usize];
            of.iter().find(|e| e.0 as usize == row).map_or(0.0, |e| e.1)
        } else {
            self.full[head.line as usize * self.rows + row]
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
        postings.add_all([(0, 1.0), (1, 10.0)].into_iter(), &mut scores);
        assert_eq!(scores[3..6], [4.0, 25.0, 6.0]);
        assert_eq!(
            (postings.count(0, 0..10), postings.count(0, 2..4), postings.count(1, 0..4), postings.count(1, 4..5)),
            (9, 2, 0, 1)
        );
        assert_eq!((postings.weight(0, 9), postings.weight(1, 4), postings.weight(1, 9)), (9.0, 2.0, 0.0));
    }
}
