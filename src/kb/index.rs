//! The search index: the schema, how articles become documents, and the opened segments that a query reads.
//!
//! One document for each article in each locale, every text field cut by the one tokenizer. A document knows its
//! article by a key made of locale and id, so that an index on disk outlives a change in the order of the articles.
//! Who may see an article and in which category it is stands with the articles and not here: the index stays valid when
//! they change.

use std::sync::Arc;

use rayon::prelude::*;
use rustc_hash::FxHashMap;
use tantivy::directory::RamDirectory;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::merge_policy::NoMergePolicy;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{
    Directory, Index, IndexReader, IndexWriter, InvertedIndexReader, ReloadPolicy, SegmentReader, TantivyDocument,
    TantivyError, Term,
};

use crate::content::Article;
use crate::kb::analyzer;
use crate::kb::impacts::Impacts;
use crate::kb::synonyms::SynonymMap;

/// A text field of the index, in the order of [`SearchIndex::FIELDS`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextField {
    /// The title.
    Title,
    /// The ways in which customers ask.
    Questions,
    /// Keywords and on-screen messages.
    Keywords,
    /// The body's headings.
    Headings,
    /// Summary and body.
    Body,
    /// Error codes.
    Codes,
    /// What customers call the things that the other fields name.
    Synonyms,
}

/// How many text fields there are.
pub(crate) const FIELD_COUNT: usize = 7;

/// Sites with fewer articles keep what every term adds in memory, computed in advance and scored in full: it takes
/// milliseconds. From here on building takes a second and more (docs/search.md), so that a change brings the old index up to
/// date, and what can be computed for the ten hits of a page is not kept for every article.
pub(crate) const LARGE_SITE: usize = 5_000;

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fields {
    /// The article's [`article_key`].
    key: Field,
    text: [Field; FIELD_COUNT],
}

/// The index of one snapshot.
pub struct SearchIndex {
    pub(crate) tantivy: Index,
    pub(crate) segments: Vec<Segment>,
    /// How many articles it has.
    pub(crate) documents: usize,
    /// How many documents its segments hold together, those of articles that are gone too.
    pub(crate) slots: usize,
    /// What every term adds to every article, where the site is small enough to keep that.
    pub(crate) impacts: Option<Impacts>,
}

/// One segment, with everything open that a query reads.
pub(crate) struct Segment {
    /// What its first document is counted as over all segments.
    pub(crate) base: u32,
    /// The article's place in the snapshot's list, by the segment's document id; [`GONE`] for one that was deleted.
    pub(crate) ordinals: Vec<u32>,
    /// One for each text field.
    pub(crate) postings: [FieldPostings; FIELD_COUNT],
    /// Which fields have a term, a bit for each, by the term's hash: most terms are in one field or two, and a look-up
    /// that finds nothing costs as much as one that does. Two terms may share a place; a look-up is then in vain.
    masks: Vec<u8>,
}

/// The ordinal of a document whose article is gone.
pub(crate) const GONE: u32 = u32::MAX;

/// One text field of one segment.
pub(crate) struct FieldPostings {
    field: Field,
    inverted: Arc<InvertedIndexReader>,
    norms: FieldNormReader,
    /// For each length class of tantivy's norms the factor `1 − b + b · length / average length`, inverted.
    by_norm: Box<[f32; 256]>,
}

impl FieldPostings {
    /// Opens the postings of a term that was found.
    pub(crate) fn open(&self, found: &TermInfo) -> Option<BlockSegmentPostings> {
        self.inverted.read_block_postings_from_terminfo(found, IndexRecordOption::WithFreqs).ok()
    }

    /// Returns what a document's term frequency is multiplied by for its length: 1 for the average, less for longer.
    pub(crate) fn length_factor(&self, doc: u32) -> f32 {
        self.by_norm[usize::from(self.norms.fieldnorm_id(doc))]
    }
}

impl Segment {
    /// Looks a term up in the dictionaries of the fields: calls back with each field that has it.
    pub(crate) fn find(&self, term: &str, mut with: impl FnMut(usize, TermInfo)) {
        let mut mask = self.masks[mask_slot(term.as_bytes(), self.masks.len())];
        while mask != 0 {
            let at = mask.trailing_zeros() as usize;
            mask &= mask - 1;
            let Some(postings) = self.postings.get(at) else { continue };
            let term = Term::from_field_text(postings.field, term);
            // An index in memory or in a mapped file whose checksums were right does not fail to be read; if it does,
            // the term is not found.
            if let Ok(Some(info)) = postings.inverted.get_term_info(&term) {
                with(at, info);
            }
        }
    }
}

impl Segment {
    /// Calls back with every term of a field.
    pub(crate) fn each_term(&self, field: usize, mut with: impl FnMut(&str, TermInfo)) -> tantivy::Result<()> {
        let mut stream = self.postings[field].inverted.terms().stream()?;
        while stream.advance() {
            // The analyzer writes nothing but UTF-8.
            if let Ok(term) = std::str::from_utf8(stream.key()) {
                with(term, stream.value().clone());
            }
        }
        Ok(())
    }

    /// Calls back with (document in the segment, weighted frequency) for each document that has a term in a field. The
    /// frequency is weighted by field and normalised by the field's length.
    pub(crate) fn each_posting(&self, field: usize, found: &TermInfo, mut with: impl FnMut(u32, f32)) {
        let (postings, weight) = (&self.postings[field], FIELD_WEIGHTS[field]);
        let Some(mut block) = postings.open(found) else { return };
        while block.block_len() > 0 {
            for (&doc, &frequency) in block.docs().iter().zip(block.freqs()) {
                with(doc, weight * frequency as f32 * postings.length_factor(doc));
            }
            block.advance();
        }
    }
}

/// Returns a term's place among a power of two of masks.
fn mask_slot(term: &[u8], masks: usize) -> usize {
    let mut hash = 0xCBF2_9CE4_8422_2325u64;
    for &byte in term {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3);
    }
    (hash ^ (hash >> 29)) as usize & (masks - 1)
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchIndex({} documents)", self.documents)
    }
}

/// How much an occurrence counts by field, in the order of the fields.
pub(crate) const FIELD_WEIGHTS: [f32; FIELD_COUNT] = [4.0, 2.5, 2.0, 1.5, 1.0, 6.0, 1.5];

/// Where the frequency of a term saturates; the usual value.
const K1: f32 = 1.2;

/// Saturates a term's weighted frequency in a document: from 0 to `K1 + 1`.
pub(crate) fn saturate(frequency: f32) -> f32 {
    frequency * (K1 + 1.0) / (frequency + K1)
}

/// How much a field's length counts against it: BM25's b, by field in the order of the fields. A long list of questions
/// is a merit and not a fault; codes have no length to speak of.
const LENGTH_NORMALISATION: [f32; FIELD_COUNT] = [0.5, 0.3, 0.3, 0.5, 0.75, 0.0, 0.3];

/// Memory for the writer of a small site in bytes; what does not fit is kept in further blocks, so this is no limit on
/// the content.
const SMALL_MEMORY: usize = 64 << 20;
/// Memory for each thread that writes a large site's index; when it is full, a segment is written.
const MEMORY_A_THREAD: usize = 192 << 20;
/// More threads than these wait for memory more than they work.
const MOST_THREADS: usize = 8;

/// Called while an index is written, with how many articles are done and how many there are.
pub type OnProgress = Arc<dyn Fn(usize, usize) + Send + Sync>;

impl SearchIndex {
    /// Indexes every article, in memory.
    ///
    /// # Errors
    /// When tantivy cannot allocate or write its segment.
    pub fn build(articles: &[Article], synonyms: &SynonymMap, progress: Option<&OnProgress>) -> tantivy::Result<Self> {
        let index = if articles.len() < LARGE_SITE {
            write_small(RamDirectory::create(), articles, synonyms)?
        } else {
            let builder = Index::builder().schema(schema().0).tokenizers(tokenizers());
            let index = builder.open_or_create(RamDirectory::create())?;
            let mut writer = writer(&index)?;
            add_all(&writer, articles.iter(), synonyms, progress)?;
            writer.commit()?;
            merge_all(writer)?;
            index
        };
        SearchIndex::open(index, articles)
    }

    /// Opens an index that holds these articles.
    ///
    /// # Errors
    /// When it cannot be read, or holds others.
    pub(crate) fn open(index: Index, articles: &[Article]) -> tantivy::Result<Self> {
        let (_, fields) = schema();
        let places: FxHashMap<u64, u32> = articles.iter().map(article_key).zip(0..).collect();
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher = reader.searcher();
        let readers = searcher.segment_readers();
        let averages = average_lengths(readers, &fields)?;
        let mut bases = Vec::with_capacity(readers.len());
        let mut slots = 0;
        for segment in readers {
            bases.push(slots);
            slots += segment.max_doc();
        }
        let segments = readers
            .par_iter()
            .zip(bases)
            .map(|(segment, base)| Segment::open(segment, base, &fields, &averages, &places))
            .collect::<tantivy::Result<Vec<Segment>>>()?;
        let held: usize = segments.iter().map(|s| s.ordinals.iter().filter(|o| **o != GONE).count()).sum();
        if held != articles.len() {
            let message = format!("it holds {held} of {} articles", articles.len());
            return Err(TantivyError::InternalError(message));
        }
        let impacts = match articles.len() {
            ..LARGE_SITE => Some(Impacts::build(&segments, articles.len())?),
            _ => None,
        };
        Ok(SearchIndex { tantivy: index, segments, documents: articles.len(), slots: slots as usize, impacts })
    }
}

/// Writes the index of a small site, one segment: the same articles give the same index.
pub(crate) fn write_small(
    to: impl Into<Box<dyn Directory>>,
    articles: &[Article],
    synonyms: &SynonymMap,
) -> tantivy::Result<Index> {
    let (schema, fields) = schema();
    let builder = Index::builder().schema(schema).tokenizers(tokenizers());
    let mut writer = builder.single_segment_index_writer(to, SMALL_MEMORY)?;
    for article in articles {
        writer.add_document(document(&fields, article, synonyms))?;
    }
    writer.finalize()
}

/// Returns what every index of ours is opened with.
pub(crate) fn tokenizers() -> TokenizerManager {
    let tokenizers = TokenizerManager::default();
    tokenizers.register(analyzer::NAME, TextAnalyzer::from(analyzer::Analyzer));
    tokenizers
}

/// Opens a writer that uses the threads of the current pool and merges nothing by itself.
pub(crate) fn writer(index: &Index) -> tantivy::Result<IndexWriter> {
    let threads = rayon::current_num_threads().clamp(1, MOST_THREADS);
    let writer = index.writer_with_num_threads(threads, threads * MEMORY_A_THREAD)?;
    writer.set_merge_policy(Box::new(NoMergePolicy));
    Ok(writer)
}

/// Hands articles to a writer. Which segment each comes to is left to chance: nothing that is computed from the index
/// depends on it.
pub(crate) fn add_all<'a>(
    writer: &IndexWriter,
    articles: impl Iterator<Item = &'a Article>,
    synonyms: &SynonymMap,
    progress: Option<&OnProgress>,
) -> tantivy::Result<()> {
    /// How many documents are made in parallel before they are handed over.
    const CHUNK: usize = 1_024;
    let (_, fields) = schema();
    let articles: Vec<&Article> = articles.collect();
    for (chunk, number) in articles.chunks(CHUNK).zip(0..) {
        if let Some(report) = progress {
            report(number * CHUNK, articles.len());
        }
        // The writer's own threads cut the text, which is nearly all of the work.
        chunk.par_iter().try_for_each(|a| writer.add_document(document(&fields, a, synonyms)).map(|_| ()))?;
    }
    if let Some(report) = progress {
        report(articles.len(), articles.len());
    }
    Ok(())
}

/// Merges what a writer has committed into one segment: a query pays for each dictionary that it looks into.
pub(crate) fn merge_all(mut writer: IndexWriter) -> tantivy::Result<()> {
    let segments = writer.index().searchable_segment_ids()?;
    if segments.len() > 1 {
        writer.merge(&segments).wait()?;
    }
    writer.wait_merging_threads()
}

/// Returns the name under which an index knows an article.
pub(crate) fn article_key(article: &Article) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(article.locale.as_str().as_bytes()).update(b"\0").update(article.id.as_str().as_bytes());
    let mut first = [0; 8];
    hasher.finalize_xof().fill(&mut first);
    u64::from_le_bytes(first)
}

/// Returns the term that only an article's document has.
pub(crate) fn key_term(key: u64) -> Term {
    Term::from_field_u64(schema().1.key, key)
}

/// Returns the average length of each field over all segments.
fn average_lengths(segments: &[SegmentReader], fields: &Fields) -> tantivy::Result<[f32; FIELD_COUNT]> {
    let documents: u32 = segments.iter().map(SegmentReader::max_doc).sum();
    let mut averages = [1.0; FIELD_COUNT];
    for (average, field) in averages.iter_mut().zip(fields.text) {
        let mut tokens = 0;
        for segment in segments {
            tokens += segment.inverted_index(field)?.total_num_tokens();
        }
        *average = (tokens as f32 / documents.max(1) as f32).max(1.0);
    }
    Ok(averages)
}

impl Segment {
    fn open(
        segment: &SegmentReader,
        base: u32,
        fields: &Fields,
        averages: &[f32; FIELD_COUNT],
        places: &FxHashMap<u64, u32>,
    ) -> tantivy::Result<Self> {
        let column = segment.fast_fields().u64("key")?;
        let ordinals = (0..segment.max_doc())
            .map(|doc| match column.first(doc) {
                Some(key) if !segment.is_deleted(doc) => places.get(&key).copied().unwrap_or(GONE),
                _ => GONE,
            })
            .collect();
        let mut postings = Vec::with_capacity(FIELD_COUNT);
        for ((field, b), average) in fields.text.into_iter().zip(LENGTH_NORMALISATION).zip(averages) {
            let inverted = segment.inverted_index(field)?;
            let mut by_norm = Box::new([1.0; 256]);
            for (id, factor) in (0..=u8::MAX).zip(by_norm.iter_mut()) {
                let length = FieldNormReader::id_to_fieldnorm(id) as f32;
                *factor = 1.0 / (1.0 - b + b * length / average);
            }
            postings.push(FieldPostings { field, inverted, norms: segment.get_fieldnorms_reader(field)?, by_norm });
        }
        let Ok(postings) = <[FieldPostings; FIELD_COUNT]>::try_from(postings) else {
            return Err(TantivyError::InternalError("a text field is missing from the index".to_owned()));
        };
        let masks = masks(&postings)?;
        Ok(Segment { base, ordinals, postings, masks })
    }
}

/// Reads which fields have which terms.
fn masks(postings: &[FieldPostings; FIELD_COUNT]) -> tantivy::Result<Vec<u8>> {
    let terms: usize = postings.iter().map(|p| p.inverted.terms().num_terms()).sum();
    let mut masks = vec![0u8; (terms * 4).next_power_of_two().max(64)];
    let size = masks.len();
    for (at, field) in postings.iter().enumerate() {
        let mut stream = field.inverted.terms().stream()?;
        while stream.advance() {
            masks[mask_slot(stream.key(), size)] |= 1 << at;
        }
    }
    Ok(masks)
}

pub(crate) fn schema() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(analyzer::NAME).set_index_option(IndexRecordOption::WithFreqs),
    );
    let fields = Fields {
        key: schema.add_u64_field("key", FAST | INDEXED),
        text: ["title", "questions", "keywords", "headings", "body", "codes", "synonyms"]
            .map(|name| schema.add_text_field(name, text.clone())),
    };
    (schema.build(), fields)
}

fn document(fields: &Fields, article: &Article, synonyms: &SynonymMap) -> TantivyDocument {
    let mut doc = TantivyDocument::new();
    doc.add_u64(fields.key, article_key(article));
    let mut add = |field: TextField, text: &str| doc.add_text(fields.text[field as usize], text);
    add(TextField::Title, &article.title);
    article.questions.iter().for_each(|q| add(TextField::Questions, q));
    article.keywords.iter().chain(&article.messages).for_each(|k| add(TextField::Keywords, k));
    article.headings.iter().for_each(|h| add(TextField::Headings, &h.text));
    add(TextField::Body, &article.summary);
    article.sections.iter().for_each(|s| add(TextField::Body, &s.text));
    article.codes.iter().for_each(|c| add(TextField::Codes, c));
    let heads: Vec<&str> = [&article.title, &article.summary]
        .into_iter()
        .chain(&article.questions)
        .chain(&article.keywords)
        .chain(article.headings.iter().map(|h| &h.text))
        .map(String::as_str)
        .collect();
    synonyms.spoken_for(&heads.join("\n"), &article.locale).into_iter().for_each(|s| add(TextField::Synonyms, s));
    doc
}
