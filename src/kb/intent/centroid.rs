//! The centroid of each class: cosine of a message to the mean of the class's examples.

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::kb::intent::linear::Example;
use crate::kb::intent::postings::Postings;
use crate::kb::intent::space::Vector;

/// The centroids.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Centroids {
    postings: Postings,
}

impl Centroids {
    /// Averages the examples of each class and brings the means to length 1.
    pub(crate) fn build(examples: &[Example<'_>], classes: usize, features: usize) -> Centroids {
        let mut of_class: Vec<Vec<usize>> = vec![Vec::new(); classes];
        for (i, example) in examples.iter().enumerate() {
            of_class[example.class as usize].push(i);
        }
        let columns: Vec<Vec<(u32, f32)>> = of_class
            .par_iter()
            .map(|mine| {
                let mut all: Vec<(u32, f32)> = mine
                    .iter()
                    .flat_map(|i| {
                        let weight = examples[*i].weight;
                        examples[*i].vector.iter().map(move |(f, v)| (f as u32, v * weight))
                    })
                    .collect();
                all.sort_by_key(|e| e.0);
                let mut mean: Vec<(u32, f32)> = Vec::new();
                for (feature, value) in all {
                    match mean.last_mut() {
                        Some(last) if last.0 == feature => last.1 += value,
                        _ => mean.push((feature, value)),
                    }
                }
                let length = mean.iter().map(|(_, v)| v * v).sum::<f32>().sqrt();
                if length > 0.0 {
                    mean.iter_mut().for_each(|(_, v)| *v /= length);
                }
                mean
            })
            .collect();
        Centroids { postings: Postings::build(features, &columns) }
    }

    /// Returns the cosine, 0 to 1, to each centroid.
    pub(crate) fn scores(&self, query: &Vector, classes: usize) -> Vec<f32> {
        let mut scores = vec![0.0; classes];
        self.postings.add_all(query.iter(), &mut scores);
        scores
    }
}
