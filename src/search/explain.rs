//! How a query was read, and why each hit has its score: for those who write the content and wonder.
//!
//! Nothing here ranks. It runs the search itself once more and takes the result apart, so that what it tells cannot
//! differ from what readers get; a test holds the sum of the parts against the score.

use serde::{Serialize, Serializer};

use crate::base::{ArticleId, Locale};
use crate::kb::Snapshot;
use crate::kb::index::FIELD_COUNT;
use crate::search::correct::Considered;
use crate::search::query::{Exact, Named, Query, Ranking, clip, exact, locale_weight, rank_articles};
use crate::search::rank::{self, FIELD_NAMES, QueryTerm};
use crate::text::redact;

/// How a query was read.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Reading {
    /// The text that was searched for: as typed, or put right; secrets left out.
    pub searched: String,
    /// Its terms, in order.
    pub terms: Vec<ReadTerm>,
    /// Whether the query was put right, and why or why not.
    pub correction: Considered,
}

/// One term of a query and what the index says of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadTerm {
    /// The term, as in the index.
    pub text: String,
    /// What sort of term it is.
    pub role: Role,
    /// How much it counts; 1 for an ordinary word.
    pub weight: f32,
    /// How many articles of all locales have it.
    pub articles: u32,
    /// How telling it is for being rare; its part of a score is at most 2.2 × weight × rarity.
    pub rarity: f32,
    /// Whether it is passed over, for being in most articles of a large site.
    pub passed_over: bool,
}

/// What a term does in a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// A word or a pair of characters: tells the topic, and counts towards the coverage.
    Telling,
    /// A single character of a longer run, whose pairs tell more.
    SingleCharacter,
    /// Says nothing of the topic.
    StopWord,
    /// A number that no article has: the customer's own amount or date, passed over in the coverage.
    ForeignNumber,
}

/// One hit and the parts of its score.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explained {
    /// `category/slug`.
    pub id: ArticleId,
    /// The language of the text that is shown.
    pub locale: Locale,
    /// The score; the parts add up to it.
    pub score: f32,
    /// The share of the query's telling terms (by rarity) that the article has, from 0 to 1.
    pub coverage: f32,
    /// The code or on-screen message that gives the whole score, whatever the terms are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exact: Option<ExactPart>,
    /// What the questions add that the article answers.
    pub questions: f32,
    /// What the terms' scores were multiplied by for the article's language.
    pub locale_weight: f32,
    /// The terms that the article has, the weightiest first.
    pub terms: Vec<TermPart>,
}

/// The part of a score that a code or an on-screen message gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ExactPart {
    /// What the query names.
    #[serde(flatten)]
    pub named: Named,
    /// How sure that is, from 0 to 1.
    pub confidence: f32,
    /// What it adds.
    pub score: f32,
}

/// The part of a score that a term gives.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TermPart {
    /// The term, as in the index.
    pub text: String,
    /// What it adds, the locale's weight included; 0 where an exact match gives the score.
    pub score: f32,
    /// How often each field has it.
    pub frequencies: Frequencies,
}

/// How often each field of an article has a term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frequencies([u32; FIELD_COUNT]);

impl Frequencies {
    /// Returns each field's name and how often it has the term.
    pub fn by_field(&self) -> impl Iterator<Item = (&'static str, u32)> {
        FIELD_NAMES.into_iter().zip(self.0)
    }
}

impl Serialize for Frequencies {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.by_field())
    }
}

impl Explained {
    /// Returns the sum of the parts: the score, but for rounding.
    #[must_use]
    pub fn sum(&self) -> f32 {
        self.questions + self.exact.as_ref().map_or(0.0, |e| e.score) + self.terms.iter().map(|t| t.score).sum::<f32>()
    }
}

/// Explains the hits that [`search`](crate::search::search) gives for a query, in their order.
#[must_use]
pub fn explain(snapshot: &Snapshot, query: Query<'_>) -> Vec<Explained> {
    let redacted = redact(query.text);
    let words = redacted.words();
    let query = Query { text: &words, ..query };
    let ranking = rank_articles(snapshot, query);
    let exact = exact(snapshot, &query, searched(query, &ranking));
    let page = ranking.ranked.iter().skip(query.offset).take(query.limit);
    let explained = page.map(|hit| {
        let article = &snapshot.articles()[hit.ordinal];
        let locale_weight = locale_weight(query.locale, &article.locale);
        // The better of an exact match and the terms gives the score; the same sum was made there, bit by bit.
        let gives = |e: &&Exact| e.ordinal == hit.ordinal && e.score.total_cmp(&hit.score).is_eq();
        let exact = exact.iter().find(gives);
        // Too few of the words for a hit, and one all the same for its questions: the words give nothing.
        let by_words = hit.score > hit.asked;
        let counts = if exact.is_some() || !by_words { 0.0 } else { locale_weight };
        let ordinal = u32::try_from(hit.ordinal).unwrap_or(u32::MAX);
        let parts = rank::explain(&snapshot.index, &ranking.terms, ordinal).into_iter();
        Explained {
            id: article.id.clone(),
            locale: article.locale.clone(),
            score: hit.score,
            coverage: hit.coverage,
            exact: exact.map(|e| ExactPart { named: e.named.clone(), confidence: e.confidence, score: e.score }),
            questions: hit.asked,
            locale_weight,
            terms: parts
                .map(|p| TermPart { text: p.term, score: p.score * counts, frequencies: Frequencies(p.frequencies) })
                .collect(),
        }
    });
    explained.collect()
}

/// Tells how a query is read.
#[must_use]
pub fn reading(snapshot: &Snapshot, query: Query<'_>) -> Reading {
    let redacted = redact(query.text);
    let words = redacted.words();
    let query = Query { text: &words, ..query };
    let ranking = rank_articles(snapshot, query);
    let standings = rank::standings(&snapshot.index, &ranking.terms);
    let term = |(term, standing): (&QueryTerm, rank::Standing)| ReadTerm {
        text: term.text.clone(),
        role: match term {
            QueryTerm { telling: true, .. } if standing.foreign_number => Role::ForeignNumber,
            QueryTerm { telling: true, .. } => Role::Telling,
            QueryTerm { stop: true, .. } => Role::StopWord,
            _ => Role::SingleCharacter,
        },
        weight: term.weight,
        articles: standing.documents,
        rarity: standing.rarity,
        passed_over: standing.passed_over,
    };
    Reading {
        searched: searched(query, &ranking).to_owned(),
        terms: ranking.terms.iter().zip(standings).map(term).collect(),
        correction: ranking.considered,
    }
}

fn searched<'a>(query: Query<'a>, ranking: &'a Ranking) -> &'a str {
    ranking.corrected.as_ref().map_or_else(|| clip(query.text), |c| c.text.as_str())
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::LazyLock;

    use super::*;
    use crate::base::Viewer;
    use crate::search::search;

    static SNAPSHOT: LazyLock<Snapshot> = LazyLock::new(|| {
        let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/help");
        Snapshot::build(crate::content::load(&dir).unwrap().content).unwrap()
    });

    fn query<'a>(text: &'a str, locale: &'a Locale) -> Query<'a> {
        Query { text, locale, category: None, limit: 10, offset: 0, viewer: Viewer::Public, verbatim: false }
    }

    #[test]
    fn the_parts_add_up_to_the_score_of_each_hit() {
        let locale: Locale = "en".parse().unwrap();
        for text in
            ["renew a loan", "L-101", "Return not confirmed", "怎么续借图书", "xujie", "renwe my book", "the card"]
        {
            let hits = search(&SNAPSHOT, query(text, &locale)).hits;
            let explained = explain(&SNAPSHOT, query(text, &locale));
            assert!(!hits.is_empty(), "{text}");
            assert_eq!(
                hits.iter().map(|h| &h.id).collect::<Vec<_>>(),
                explained.iter().map(|e| &e.id).collect::<Vec<_>>()
            );
            for (hit, why) in hits.iter().zip(&explained) {
                assert!((why.score - hit.score).abs() <= f32::EPSILON, "{text}: {why:?}");
                assert!((why.sum() - hit.score).abs() <= hit.score * 1e-5, "{text}: {} is not {why:?}", why.sum());
                assert!(!why.terms.is_empty() || why.exact.is_some(), "{text}: {why:?}");
            }
        }
    }

    #[test]
    fn a_code_gives_the_whole_score() {
        let locale: Locale = "en".parse().unwrap();
        let why = explain(&SNAPSHOT, query("what is L101", &locale)).swap_remove(0);
        let exact = why.exact.unwrap();
        assert_eq!(exact.named, Named::Code("L-101".to_owned()));
        assert!(why.terms.iter().all(|t| t.score == 0.0) && (exact.score - why.score).abs() < f32::EPSILON);
    }

    #[test]
    fn tells_where_a_term_stands_and_in_which_language() {
        let locale: Locale = "en".parse().unwrap();
        let hits = explain(&SNAPSHOT, query("续借", &locale));
        assert_eq!((hits[0].locale.as_str(), hits[0].locale_weight), ("zh-CN", 0.5));
        let pair = hits[0].terms.iter().find(|t| t.text == "续借").unwrap();
        assert!(pair.frequencies.by_field().any(|(field, n)| field == "title" && n > 0), "{pair:?}");
    }

    #[test]
    fn reads_a_query_by_the_roles_of_its_terms() {
        let locale: Locale = "zh-CN".parse().unwrap();
        let roles = |text: &str| -> Vec<(String, Role)> {
            reading(&SNAPSHOT, query(text, &locale)).terms.into_iter().map(|t| (t.text, t.role)).collect()
        };
        let expected = [("续", Role::SingleCharacter), ("续借", Role::Telling), ("借", Role::SingleCharacter)];
        assert_eq!(roles("续借"), expected.map(|(t, r)| (t.to_owned(), r)));
        assert_eq!(
            roles("the loan"),
            [("the", Role::StopWord), ("loan", Role::Telling)].map(|(t, r)| (t.to_owned(), r))
        );
    }

    #[test]
    fn tells_what_became_of_a_correction() {
        let locale: Locale = "en".parse().unwrap();
        let of = |text: &str| reading(&SNAPSHOT, query(text, &locale));
        let taken = of("renwe");
        assert_eq!(taken.searched, "renew");
        assert!(
            matches!(&taken.correction, Considered::Taken { text, coverage, instead, .. } if text == "renew" && instead > coverage)
        );
        assert!(matches!(of("renew").correction, Considered::NotNeeded { .. }));
        assert!(matches!(of("zzqxzzqx").correction, Considered::NothingBetter { .. }));
        assert_eq!(of("L-101").correction, Considered::Exact);
        let verbatim = Query { verbatim: true, ..query("renwe", &locale) };
        assert_eq!(reading(&SNAPSHOT, verbatim).correction, Considered::Verbatim);
    }
}
