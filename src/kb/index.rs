//! The search index: the schema, and how articles become documents.
//!
//! One document for each article in each locale, every text field cut by the one tokenizer. Who may see a document and
//! in which locale and category it is are terms of the index, so that counts and pages are right without a filter
//! afterwards.

use std::sync::Arc;
use tantivy::directory::RamDirectory;

use tantivy::fieldnorm::FieldNormReader;
use tantivy::postings::{BlockSegmentPostings, TermInfo};
use tantivy::schema::{FAST, Field, IndexRecordOption, STRING, Schema, SchemaBuilder, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{TextAnalyzer, TokenizerManager};
use tantivy::{Index, IndexReader, InvertedIndexReader, ReloadPolicy, SegmentReader, TantivyDocument, Term};

use crate::content::{Article, Audience};
use crate::kb::analyzer;
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

/// The fields of the schema.
#[derive(Debug, Clone, Copy)]
struct Fields {
    /// The place of the article in the snapshot's list.
    ordinal: Field,
    locale: Field,
    category: Field,
    audience: Field,
    text: [Field; FIELD_COUNT],
}

/// The term of the `audience` field that marks what everybody may see.
const PUBLIC: &str = "public";

/// The index of one snapshot.
pub struct SearchIndex {
    pub(crate) tantivy: Index,
    pub(crate) segments: Vec<Segment>,
    pub(crate) documents: usize,
}

/// One segment, with everything open that a query reads.
pub(crate) struct Segment {
    /// The article's place in the snapshot's list, by the segment's document id.
    pub(crate) ordinals: Vec<u32>,
    /// One for each text field.
    pub(crate) postings: [FieldPostings; FIELD_COUNT],
}

/// One text field of one segment.
pub(crate) struct FieldPostings {
    field: Field,
    inverted: Arc<InvertedIndexReader>,
    norms: FieldNormReader,
    /// For each length class of tantivy's norms the factor `1 − b + b · length / average length`, inverted.
    by_norm: Box<[f32; 256]>,
}

impl FieldPostings {
    /// Looks a term up in this field's dictionary.
    pub(crate) fn find(&self, term: &str) -> Option<TermInfo> {
        // An index in memory or in a mapped file that was written whole does not fail to be read; if it does, the
        // term is not found.
        self.inverted.get_term_info(&Term::from_field_text(self.field, term)).ok().flatten()
    }

    /// Opens the postings of a term that was found.
    pub(crate) fn open(&self, found: &TermInfo) -> Option<BlockSegmentPostings> {
        self.inverted.read_block_postings_from_terminfo(found, IndexRecordOption::WithFreqs).ok()
    }

    /// Returns what a document's term frequency is multiplied by for its length: 1 for the average, less for longer.
    pub(crate) fn length_factor(&self, doc: u32) -> f32 {
        self.by_norm[usize::from(self.norms.fieldnorm_id(doc))]
    }
}

impl std::fmt::Debug for SearchIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SearchIndex({} documents)", self.documents)
    }
}

/// How much a field's length counts against it: BM25's b, by field in the order of the fields. A long list of questions
/// is a merit and not a fault; codes have no length to speak of.
const LENGTH_NORMALISATION: [f32; FIELD_COUNT] = [0.5, 0.3, 0.3, 0.5, 0.75, 0.0, 0.3];

/// Memory for one writer in bytes; what does not fit is kept in further blocks, so this is no limit on the content.
const WRITER_MEMORY: usize = 64 << 20;

impl SearchIndex {
    /// Indexes every article, in memory.
    ///
    /// # Errors
    /// When tantivy cannot allocate or write its segment.
    pub fn build(articles: &[Article], synonyms: &SynonymMap) -> tantivy::Result<Self> {
        let (schema, fields) = schema();
        let tokenizers = TokenizerManager::default();
        tokenizers.register(analyzer::NAME, TextAnalyzer::from(analyzer::Analyzer));
        let builder = Index::builder().schema(schema).tokenizers(tokenizers);
        // One segment: scores then do not depend on how the work was shared out.
        let mut writer = builder.single_segment_index_writer(RamDirectory::create(), WRITER_MEMORY)?;
        for (ordinal, article) in articles.iter().enumerate() {
            writer.add_document(document(&fields, ordinal as u64, article, synonyms))?;
        }
        let index = writer.finalize()?;
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let segments =
            reader.searcher().segment_readers().iter().map(|s| Segment::open(s, &fields)).collect::<Result<_, _>>()?;
        Ok(SearchIndex { tantivy: index, segments, documents: articles.len() })
    }
}

impl Segment {
    fn open(segment: &SegmentReader, fields: &Fields) -> tantivy::Result<Self> {
        let column = segment.fast_fields().u64("ordinal")?;
        let ordinals = (0..segment.max_doc())
            .map(|doc| column.first(doc).and_then(|o| u32::try_from(o).ok()).unwrap_or(u32::MAX))
            .collect();
        let mut postings = Vec::with_capacity(FIELD_COUNT);
        for (field, b) in fields.text.into_iter().zip(LENGTH_NORMALISATION) {
            let inverted = segment.inverted_index(field)?;
            let average = inverted.total_num_tokens() as f32 / segment.max_doc().max(1) as f32;
            let mut by_norm = Box::new([1.0; 256]);
            for (id, factor) in (0..=u8::MAX).zip(by_norm.iter_mut()) {
                let length = FieldNormReader::id_to_fieldnorm(id) as f32;
                *factor = 1.0 / (1.0 - b + b * length / average.max(1.0));
            }
            postings.push(FieldPostings { field, inverted, norms: segment.get_fieldnorms_reader(field)?, by_norm });
        }
        let Ok(postings) = <[FieldPostings; FIELD_COUNT]>::try_from(postings) else {
            return Err(tantivy::TantivyError::InternalError("a text field is missing from the index".to_owned()));
        };
        Ok(Segment { ordinals, postings })
    }
}

fn schema() -> (Schema, Fields) {
    let mut schema = SchemaBuilder::new();
    let text = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(analyzer::NAME).set_index_option(IndexRecordOption::WithFreqs),
    );
    let fields = Fields {
        ordinal: schema.add_u64_field("ordinal", FAST),
        locale: schema.add_text_field("locale", STRING),
        category: schema.add_text_field("category", STRING),
        audience: schema.add_text_field("audience", STRING),
        text: ["title", "questions", "keywords", "headings", "body", "codes", "synonyms"]
            .map(|name| schema.add_text_field(name, text.clone())),
    };
    (schema.build(), fields)
}

fn document(fields: &Fields, ordinal: u64, article: &Article, synonyms: &SynonymMap) -> TantivyDocument {
    let mut doc = TantivyDocument::new();
    doc.add_u64(fields.ordinal, ordinal);
    doc.add_text(fields.locale, article.locale.as_str());
    doc.add_text(fields.category, article.id.category());
    if article.audience == Audience::Public {
        doc.add_text(fields.audience, PUBLIC);
    }
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
