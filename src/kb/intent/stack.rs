//! The stack: the four scorers trained on one set of texts, and the weights that make one score of theirs.

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::kb::intent::bm25::{Bm25, Document};
use crate::kb::intent::centroid::Centroids;
use crate::kb::intent::features::{
    BLOCKS, Cut, Feature, GROUPS, Group, Reach, TERM_GROUPS, features, pair_key, stem_key, topicless_terms,
};
use crate::kb::intent::holdout::Holdout;
use crate::kb::intent::linear::{Descent, Example, Linear};
use crate::kb::intent::meta::{Meta, Stacking};
use crate::kb::intent::nearest::{Cosines, Nearest};
use crate::kb::intent::space::{Space, Vector};
use crate::kb::intent::spelling::Spelling;
use crate::text::cohesion;

/// Where a text of the training set comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Source {
    /// A question, by its place in its document.
    Question(u32),
    /// The title.
    Title,
    /// A keyword.
    Keyword,
    /// An on-screen message.
    Message,
    /// The summary.
    Summary,
    /// Headings and body.
    Body,
}

/// One text of the training set.
#[derive(Debug, Clone)]
pub(crate) struct Text {
    /// The class, by number.
    pub(crate) class: u32,
    /// Its document, by place.
    pub(crate) document: u32,
    /// Where it comes from.
    pub(crate) source: Source,
    /// Its words and ideographs.
    pub(crate) cut: Cut,
    /// Its features.
    pub(crate) features: Vec<Feature>,
}

/// How the stack is made. The values were measured on the open sets' dev questions and by cross-validation.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recipe {
    /// Which features are made.
    pub reach: Reach,
    /// How the linear part is trained.
    pub descent: Descent,
    /// How much each block of features weighs: stems, distant stems, letters, ideographs, distant pairs, syllables.
    pub blocks: [f32; BLOCKS],
    /// How much the meaning of a message's words weighs beside the blocks.
    pub meaning: f32,
    /// In how many texts a feature must be, by group.
    pub least: [u32; GROUPS],
    /// How much an example counts: question, title, keyword, message, summary.
    pub examples: [f32; 5],
    /// How often a field's terms count in BM25: question, title, keyword, message.
    pub fields: [f32; 4],
    /// What the linear score counts in the stack.
    pub linear: f32,
    /// What BM25 counts.
    pub bm25: f32,
    /// What BM25 over summary and body counts.
    pub body: f32,
    /// What the nearest question counts.
    pub nearest: f32,
    /// What the centroid counts.
    pub centroid: f32,
    /// A class with this many examples trusts its linear score half.
    pub doubt: f32,
    /// How the content is left out to learn confidence.
    pub holdout: Holdout,
    /// How the stack's scores are corrected.
    pub stacking: Stacking,
    /// Whether unknown words are taken for slips of known ones.
    pub spelling: bool,
    /// Whether pairs of ideographs that stand together by chance count less.
    pub cohesion: bool,
}

impl Default for Recipe {
    fn default() -> Self {
        Recipe {
            reach: Reach::default(),
            descent: Descent::default(),
            blocks: [1.0, 0.9, 1.5, 1.0, 0.25, 0.8],
            meaning: 0.5,
            least: [1, 1, 1, 2, 2, 2, 2, 2, 2],
            examples: [1.0, 1.0, 1.0, 0.5, 0.5],
            fields: [1.0, 2.0, 1.0, 1.0],
            linear: 0.5,
            bm25: 0.8,
            body: 0.4,
            nearest: 0.4,
            centroid: 0.4,
            doubt: 0.5,
            holdout: Holdout::default(),
            stacking: Stacking::default(),
            spelling: true,
            cohesion: true,
        }
    }
}

/// What the four scorers say of one class.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts {
    /// The machine's score: about 1 for its own, about -1 for the rest.
    pub linear: f32,
    /// BM25 as a share, 0 to 1, of what the message could score at most.
    pub bm25: f32,
    /// The same over summary and body.
    pub body: f32,
    /// The cosine, 0 to 1, to the nearest question.
    pub nearest: f32,
    /// The cosine, 0 to 1, to the class's centroid.
    pub centroid: f32,
}

/// The scorers, trained.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Stack {
    pub(crate) space: Space,
    pub(crate) spelling: Spelling,
    pub(crate) linear: Linear,
    bm25: Bm25,
    body: Bm25,
    nearest: Nearest,
    centroids: Centroids,
    /// What corrects the totals; nothing until it is trained.
    pub(crate) meta: Meta,
    /// How far the linear score is trusted, 0 to 1, by class.
    trust: Vec<f32>,
    /// Which text each example of `nearest` is.
    questions: Vec<u32>,
    /// What each scorer counts: linear, BM25, body, nearest, centroid.
    weights: [f32; 5],
    reach: Reach,
    /// Whether the last class is that of what is out of scope, which is no candidate.
    has_outside: bool,
}

/// A message as the stack sees it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Seen {
    /// Its words and ideographs, slips replaced.
    pub(crate) cut: Cut,
    /// Its vector.
    pub(crate) vector: Vector,
    /// How often each term is there.
    pub(crate) counts: Vector,
    /// The idf of its terms.
    pub(crate) mass: f32,
    /// The idf of those that the training set lacks.
    pub(crate) unseen: f32,
    /// A part of the idf of those that were taken for slips.
    pub(crate) doubted: f32,
    /// The idf of its terms that tell a topic, unseen ones too.
    pub(crate) telling: f32,
    /// Those of them that the training set has, each with its idf.
    pub(crate) told: Vec<(u32, f32)>,
    /// How many terms it has.
    pub(crate) terms: u32,
}

/// What the stack says of one message, by class.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scores {
    pub(crate) parts: Vec<Parts>,
    /// The weighed parts.
    pub(crate) total: Vec<f32>,
    /// The same, corrected: by these the classes are ranked.
    pub(crate) corrected: Vec<f32>,
    /// How near each example is.
    cosines: Cosines,
    /// The share, 0 to 1, of the message's telling idf that the first class's examples bear out.
    pub(crate) supported: f32,
    /// What the scorers say of the class of what is out of scope, where there is one.
    pub(crate) outside: Option<Parts>,
}

impl Stack {
    /// Trains on texts. `number` gives the classes their numbers here, 0 to `classes`; `whole` is the space of a larger
    /// training set that these texts are part of. With `has_outside` the last class is that of what is out of scope.
    pub(crate) fn train(
        texts: &[&Text],
        number: &[u32],
        classes: usize,
        has_outside: bool,
        whole: Option<&Space>,
        recipe: &Recipe,
    ) -> Stack {
        let class_of = |t: &Text| number[t.class as usize];
        let example_weight = |t: &Text| match t.source {
            Source::Question(_) => recipe.examples[0],
            Source::Title => recipe.examples[1],
            Source::Keyword => recipe.examples[2],
            Source::Message => recipe.examples[3],
            Source::Summary => recipe.examples[4],
            Source::Body => 0.0,
        };
        let all: Vec<(&[Feature], u32)> =
            texts.iter().filter(|t| example_weight(t) > 0.0).map(|t| (t.features.as_slice(), class_of(t))).collect();
        let space = match whole {
            Some(whole) => whole.narrowed(&all, &recipe.least),
            None => {
                let cohesion = if recipe.cohesion { cohesion(texts) } else { FxHashMap::default() };
                Space::build(&all, &recipe.least, recipe.blocks, recipe.meaning, &cohesion)
            }
        };
        let chosen: Vec<usize> = (0..texts.len()).filter(|i| example_weight(texts[*i]) > 0.0).collect();
        let vectors: Vec<Vector> =
            chosen.par_iter().map(|i| space.vector(&texts[*i].cut, &texts[*i].features)).collect();
        let examples: Vec<Example<'_>> = chosen
            .iter()
            .zip(&vectors)
            .map(|(i, vector)| Example { vector, class: class_of(texts[*i]), weight: example_weight(texts[*i]) })
            .collect();
        let mut questions = vec![0u32; classes];
        for text in texts {
            if matches!(text.source, Source::Question(_)) {
                questions[class_of(text) as usize] += 1;
            }
        }
        let centroids = Centroids::build(&examples, classes, space.len());
        let rivals = |example: &Example<'_>, most: usize| {
            best_first(&centroids.scores(&example.vector.below(space.terms), classes), most)
        };
        let (linear, (nearest, (bm25, body))) = rayon::join(
            || Linear::train(&examples, classes, space.len(), &recipe.descent, rivals),
            || {
                (
                    Nearest::build(&examples, space.terms, classes),
                    (
                        Bm25::build(&documents(texts, number, &space, |s| field(s, &recipe.fields)), &space),
                        Bm25::build(
                            &documents(texts, number, &space, |s| {
                                if matches!(s, Source::Summary | Source::Body) { 1.0 } else { 0.0 }
                            }),
                            &space,
                        ),
                    ),
                )
            },
        );
        Stack {
            spelling: if recipe.spelling { Spelling::build(texts) } else { Spelling::default() },
            linear,
            centroids,
            meta: Meta::default(),
            nearest,
            bm25,
            body,
            trust: questions.iter().map(|n| *n as f32 / (*n as f32 + recipe.doubt)).collect(),
            questions: chosen.iter().map(|i| *i as u32).collect(),
            weights: [recipe.linear, recipe.bm25, recipe.body, recipe.nearest, recipe.centroid],
            reach: recipe.reach,
            has_outside,
            space,
        }
    }

    /// Reads a message.
    pub(crate) fn see(&self, message: &str) -> Seen {
        self.see_cut(Cut::new(message))
    }

    /// Reads a message that was cut before.
    pub(crate) fn see_cut(&self, mut cut: Cut) -> Seen {
        self.spelling.correct(&mut cut);
        let features = features(&cut, self.reach);
        self.see_features(cut, &features)
    }

    /// Reads a text that was read before.
    pub(crate) fn see_text(&self, text: &Text) -> Seen {
        let mut cut = text.cut.clone();
        if self.spelling.correct(&mut cut) {
            let features = features(&cut, self.reach);
            self.see_features(cut, &features)
        } else {
            self.see_features(cut, &text.features)
        }
    }

    fn see_features(&self, cut: Cut, all: &[Feature]) -> Seen {
        let vector = self.space.vector(&cut, all);
        let mended: Vec<u64> = cut.tokens.iter().filter(|t| t.meant.is_some()).map(|t| stem_key(&t.stem)).collect();
        let topicless = topicless_terms(&cut);
        let mut seen = Seen { vector, ..Seen::default() };
        for feature in all.iter().take_while(|f| f.group() < TERM_GROUPS) {
            seen.terms += 1;
            let tells = !topicless.contains(&feature.key);
            match self.space.id(feature.key) {
                Some(id) => {
                    let idf = self.space.idf(id);
                    // What a slip was mended to is a guess; half of it counts as never heard of.
                    if mended.contains(&feature.key) {
                        seen.doubted += 0.5 * idf;
                    }
                    seen.counts.ids.push(id);
                    seen.counts.values.push(feature.count);
                    seen.mass += idf;
                    if tells {
                        seen.telling += idf;
                        seen.told.push((id, idf));
                    }
                }
                None => {
                    // “Lah” and “innit” are not missed; what is made of particles may still be a word.
                    let is_filler = !tells && feature.group() == Group::Stem as u8;
                    let idf = if is_filler { 0.0 } else { self.space.unseen[usize::from(feature.group())] };
                    seen.unseen += idf;
                    seen.telling += if tells { idf } else { 0.0 };
                }
            }
        }
        seen.mass += seen.unseen;
        seen.cut = cut;
        seen
    }

    /// Scores every class that a message in scope may ask for.
    pub(crate) fn score(&self, seen: &Seen) -> Scores {
        let classes = self.trust.len();
        let linear = self.linear.scores(&seen.vector);
        let centroid = self.centroids.scores(&seen.vector, classes);
        let bm25 = self.bm25.scores(&seen.counts, seen.unseen, classes);
        let body = self.body.scores(&seen.counts, seen.unseen, classes);
        let of = |class: usize| Parts {
            linear: linear[class],
            bm25: bm25[class],
            body: body[class],
            nearest: 0.0,
            centroid: centroid[class],
        };
        let mut parts: Vec<Parts> = (0..classes).map(of).collect();
        let totals = |parts: &[Parts]| -> Vec<f32> {
            parts.iter().zip(&self.trust).map(|(parts, trust)| self.total(parts, *trust)).collect()
        };
        let mut near = best_first(&totals(&parts), MOST_NEAR);
        near.extend(self.has_outside.then(|| classes as u32 - 1));
        near.sort_unstable();
        near.dedup();
        let (cosines, nearest) = self.nearest.scores(&seen.vector, &near);
        for (class, nearest) in near.iter().zip(nearest) {
            parts[*class as usize].nearest = nearest;
        }
        let mut total = totals(&parts);
        let outside = if self.has_outside { total.pop().and(parts.pop()) } else { None };
        // What the first class has word for word needs no second opinion.
        let known = highest(&total).is_some_and(|first| parts[first].nearest >= WORD_FOR_WORD);
        let corrected = if known { total.clone() } else { self.meta.correct(&total) };
        let first = highest(&corrected).unwrap_or_default();
        let supported =
            seen.told.iter().map(|(term, idf)| idf * self.nearest.support(*term as usize, first)).sum::<f32>();
        Scores {
            supported: if seen.telling > 0.0 { supported / seen.telling } else { 0.0 },
            total,
            corrected,
            outside,
            cosines,
            parts,
        }
    }

    /// Returns the nearest example of a class, as a text's place.
    pub(crate) fn nearest_text(&self, scores: &Scores, class: usize) -> Option<u32> {
        let example = self.nearest.which(&scores.cosines, class)?;
        self.questions.get(example as usize).copied()
    }

    /// Brings the scores of classes without questions, which have half the range of the others', to the same, and that of a
    /// wholly foreign class to -1.
    pub(crate) fn on_one_scale<'a>(&'a self, total: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
        let lowest = self.weights[0];
        total.iter().zip(&self.trust).map(move |(score, trust)| (score + lowest) * (2.0 - trust) - 1.0)
    }

    /// Weighs the parts. A class without questions has the weights measured for such articles: BM25 1.25, nearest 0.5,
    /// answer text 0.35; in between the two are mixed by trust.
    fn total(&self, parts: &Parts, trust: f32) -> f32 {
        let [linear, bm25, body, nearest, centroid] = self.weights;
        let full = linear * parts.linear
            + bm25 * parts.bm25
            + body * parts.body
            + nearest * parts.nearest
            + centroid * parts.centroid;
        // What is wholly foreign to both scores the same.
        let none = 0.25 * (parts.linear + 1.0) - linear + 1.25 * parts.bm25 + 0.5 * parts.nearest + 0.35 * parts.body;
        trust * full + (1.0 - trust) * none
    }
}

/// The nearest question is looked for among those of so many classes, the first by what the other scorers say: a message is
/// near a question of a class that none of them has found only by chance. Of the open sets' dev questions as many are right
/// as with all classes.
const MOST_NEAR: usize = 16;

/// The cosine from which on a message has the features of an example and no others, but for rounding.
const WORD_FOR_WORD: f32 = 0.999;

/// Returns the class with the highest score, of equals the first.
pub(crate) fn highest(scores: &[f32]) -> Option<usize> {
    (0..scores.len()).max_by(|a, b| scores[*a].total_cmp(&scores[*b]).then(b.cmp(a)))
}

/// Returns the classes with the highest scores, `most` of them, the best first and of equals the first.
pub(crate) fn best_first(scores: &[f32], most: usize) -> Vec<u32> {
    let mut order: Vec<u32> = (0..scores.len() as u32).collect();
    let by_score = |a: &u32, b: &u32| scores[*b as usize].total_cmp(&scores[*a as usize]).then(a.cmp(b));
    if most < order.len() {
        order.select_nth_unstable_by(most, by_score);
        // A list of its own: training keeps one for each example, and cut short each would hold room for all classes.
        order = order[..most].to_vec();
    }
    order.sort_unstable_by(by_score);
    order
}

/// Returns by key how much each pair of ideographs is a word, as far as these texts show.
fn cohesion(texts: &[&Text]) -> FxHashMap<u64, f32> {
    let mut chars: FxHashMap<char, u32> = FxHashMap::default();
    let mut pairs: FxHashMap<[char; 2], u32> = FxHashMap::default();
    for run in texts.iter().flat_map(|t| &t.cut.runs) {
        run.iter().for_each(|c| *chars.entry(*c).or_default() += 1);
        run.array_windows().for_each(|pair| *pairs.entry(*pair).or_default() += 1);
    }
    let total: u32 = chars.values().sum();
    let of = |([a, b], together): (&[char; 2], &u32)| {
        (pair_key(*a, *b), cohesion::of(*together, chars[a], chars[b], u64::from(total)))
    };
    pairs.iter().map(of).collect()
}

fn field(source: Source, fields: &[f32; 4]) -> f32 {
    match source {
        Source::Question(_) => fields[0],
        Source::Title => fields[1],
        Source::Keyword => fields[2],
        Source::Message => fields[3],
        Source::Summary | Source::Body => 0.0,
    }
}

/// Gathers the texts of each document, each source weighed.
fn documents(texts: &[&Text], number: &[u32], space: &Space, weight: impl Fn(Source) -> f32) -> Vec<Document> {
    let mut out: Vec<Document> = Vec::new();
    let mut at = 0;
    while at < texts.len() {
        let same = texts[at..].iter().take_while(|t| t.document == texts[at].document).count();
        let mut terms: Vec<(u32, f32)> = Vec::new();
        for text in &texts[at..at + same] {
            let weight = weight(text.source);
            if weight > 0.0 {
                let own = text.features.iter().take_while(|f| f.group() < TERM_GROUPS);
                terms.extend(own.filter_map(|f| Some((space.id(f.key)?, f.count * weight))));
            }
        }
        terms.sort_by_key(|t| t.0);
        let mut document = Document { class: number[texts[at].class as usize], terms: Vec::new() };
        for (term, count) in terms {
            match document.terms.last_mut() {
                Some(last) if last.0 == term => last.1 += count,
                _ => document.terms.push((term, count)),
            }
        }
        if !document.terms.is_empty() {
            out.push(document);
        }
        at += same;
    }
    out
}
