//! Sparse matrices by feature: for each feature the rows (classes, documents or questions) that it speaks for or against.
//!
//! A feature of many rows is kept as a plain line of numbers: adding one is several times faster than following its
//! entries, and takes no more room. A message's lines stand all over a memory that no cache holds, so that what counts is how
//! long they are: their numbers have 16 bits.

use std::ops::Range;

use serde::{Deserialize, Serialize};

/// So many features are looked up before the first weights are added: as many as the nearest cache holds the lines of.
const BATCH: usize = 32;
/// How many numbers of a plain line a cache line of 64 bytes has.
const A_CACHE_LINE: usize = 32;
/// So much of a long line is touched; the rest is fetched ahead while it is read.
const MOST_TOUCHED: usize = 256;
/// A matrix with so many rows is one of questions. Few of its features are in many rows, and those few are most of the work.
const MANY_ROWS: usize = 1_000;

/// To find where a range of rows begins takes as long as to add so many entries.
const WORTH_SKIPPING: usize = 16;

/// A matrix of features by rows.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Postings {
    /// For each feature where its entries start, or, of a full one, which line is its own; and a last one for the end.
    heads: Vec<Head>,
    entries: Vec<(u32, f32)>,
    full: Vec<Short>,
    rows: usize,
}

/// The upper half of a 32-bit number, bfloat16: its range, and a precision of 0.4 %. Made into a whole one by a shift.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[serde(into = "[u8; 2]", from = "[u8; 2]")]
struct Short(u16);

// As they are in memory: as numbers of any length they would take more room on disk, and longer to read.
impl From<Short> for [u8; 2] {
    fn from(short: Short) -> Self {
        short.0.to_le_bytes()
    }
}

impl From<[u8; 2]> for Short {
    fn from(bytes: [u8; 2]) -> Self {
        Short(u16::from_le_bytes(bytes))
    }
}

impl Short {
    const ZERO: Short = Short(0);

    /// Rounds to the nearest, of two as near to the even one.
    fn new(number: f32) -> Short {
        let bits = number.to_bits();
        Short((bits.wrapping_add(0x7FFF + ((bits >> 16) & 1)) >> 16) as u16)
    }

    fn whole(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
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
        // A quarter takes as much room as its entries would.
        let share = if rows.len() >= MANY_ROWS { 8 } else { 4 };
        let is_full = |count: u32| rows.len() >= 8 && count as usize * share >= rows.len();
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
            full: vec![Short::ZERO; full as usize * rows.len()],
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
                    postings.full[head.line as usize * rows.len() + number] = Short::new(*weight);
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
            std::hint::black_box(batch[..count].iter().map(|(head, end, _)| self.touch(*head, *end)).sum::<u32>());
            for &(head, end, value) in &batch[..count] {
                self.add(head, end, value, scores);
            }
            if count < BATCH {
                return;
            }
        }
    }

    /// Reads one number of each of the first cache lines that hold a feature's weights.
    fn touch(&self, head: Head, end: u32) -> u32 {
        if head.line == u32::MAX {
            self.entries[head.start as usize..end as usize].first().map_or(0, |entry| entry.0 & 1)
        } else {
            let from = head.line as usize * self.rows;
            let line = &self.full[from..from + self.rows.min(MOST_TOUCHED)];
            line.iter().step_by(A_CACHE_LINE).map(|number| u32::from(number.0 & 1)).sum()
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
                *score += value * weight.whole();
            }
        }
    }

    /// The same for some of the rows, given as ranges that rise and do not meet. What the scores of other rows become is not
    /// said.
    pub(crate) fn add_to(&self, rows: &[Range<usize>], vector: impl Iterator<Item = (usize, f32)>, scores: &mut [f32]) {
        for (feature, value) in vector {
            let (head, end) = (self.heads[feature], self.heads[feature + 1].start);
            if head.line == u32::MAX {
                let mut left = &self.entries[head.start as usize..end as usize];
                if left.len() <= rows.len() * WORTH_SKIPPING {
                    self.add(head, end, value, scores);
                    continue;
                }
                for range in rows {
                    left = &left[left.partition_point(|entry| (entry.0 as usize) < range.start)..];
                    for (row, weight) in left.iter().take_while(|entry| (entry.0 as usize) < range.end) {
                        scores[*row as usize] += value * weight;
                    }
                }
            } else {
                let line = &self.full[head.line as usize * self.rows..][..self.rows];
                for range in rows {
                    for (score, weight) in scores[range.clone()].iter_mut().zip(&line[range.clone()]) {
                        *score += value * weight.whole();
                    }
                }
            }
        }
    }

    /// Returns how many of some rows in a row have a feature.
    pub(crate) fn count(&self, feature: usize, rows: Range<usize>) -> usize {
        let head = self.heads[feature];
        if head.line == u32::MAX {
            // They stand in the order of the rows.
            let of = &self.entries[head.start as usize..self.heads[feature + 1].start as usize];
            let before = |row: usize| of.partition_point(|entry| (entry.0 as usize) < row);
            before(rows.end) - before(rows.start)
        } else {
            let from = head.line as usize * self.rows;
            self.full[from + rows.start..from + rows.end].iter().filter(|weight| **weight != Short::ZERO).count()
        }
    }

    /// Returns one weight.
    pub(crate) fn weight(&self, feature: usize, row: usize) -> f32 {
        let head = self.heads[feature];
        if head.line == u32::MAX {
            let of = &self.entries[head.start as usize..self.heads[feature + 1].start as usize];
            of.iter().find(|e| e.0 as usize == row).map_or(0.0, |e| e.1)
        } else {
            self.full[head.line as usize * self.rows + row].whole()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_number_is_the_nearest_there_is_and_never_none() {
        for number in [0.0, 1.0, -2.0, 0.15625, 4.0] {
            assert_eq!(Short::new(number).whole(), number);
        }
        for number in [0.3f32, -1.7, 2e-3, 123.4, 1e-30] {
            assert!((Short::new(number).whole() / number - 1.0).abs() <= 1.0 / 256.0, "{number}");
        }
    }

    #[test]
    fn some_rows_get_what_all_rows_get() {
        // Feature 0 is in one row of nine, feature 1 in every other.
        let of = |row: usize| [(0, 9), (1, 2)].into_iter().filter(move |(_, each)| row.is_multiple_of(*each));
        let rows: Vec<Vec<(u32, f32)>> =
            (0..2_000).map(|row| of(row).map(|(feature, _)| (feature, 0.5 + (row % 7) as f32)).collect()).collect();
        let postings = Postings::build(2, &rows);
        let (mut all, mut some) = (vec![0.0; 2_000], vec![0.0; 2_000]);
        let vector = || [(0, 1.5), (1, -2.0)].into_iter();
        postings.add_all(vector(), &mut all);
        let ranges = [0..30, 30..31, 500..900, 1_998..2_000];
        postings.add_to(&ranges, vector(), &mut some);
        for range in ranges {
            assert_eq!(some[range.clone()], all[range]);
        }
    }

    #[test]
    fn full_and_sparse_features_add_alike() {
        // Feature 0 is in all rows, feature 1 in one of them.
        let rows: Vec<Vec<(u32, f32)>> =
            (0..10).map(|i| if i == 4 { vec![(0, 4.0), (1, 2.0)] } else { vec![(0, i as f32)] }).collect();
        let postings = Postings::build(2, &rows);
        let mut scores = vec![1.0; 10];
        postings.add_all([(0, 1.0), (1, 10.0)].into_iter(), &mut scores);
        assert_eq!(scores[3..6], [4.0, 25.0, 6.0]);
        let mut some = vec![1.0; 10];
        postings.add_to(&[3..4, 4..6], [(0, 1.0), (1, 10.0)].into_iter(), &mut some);
        assert_eq!(some[3..6], scores[3..6]);
        assert_eq!(
            (postings.count(0, 0..10), postings.count(0, 2..4), postings.count(1, 0..4), postings.count(1, 4..5)),
            (9, 2, 0, 1)
        );
        assert_eq!((postings.weight(0, 9), postings.weight(1, 4), postings.weight(1, 9)), (9.0, 2.0, 0.0));
    }
}
