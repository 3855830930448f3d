//! What a search costs by the size of the site, beside tantivy's own search over the same index.
//!
//! `cargo bench --bench search` prints the table of docs/search.md; ZHIDA_BENCH_MILLION=1 adds a million articles,
//! ZHIDA_BENCH_SMALL=1 leaves out everything above 10,000.

mod corpus;

use std::hint::black_box;
use std::time::Instant;

use corpus::{KINDS, Times, Typed};
use criterion::Criterion;
use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, Occur, TermQuery};
use tantivy::schema::{FieldType, IndexRecordOption};
use tantivy::{Searcher, Term};
use zhida::base::Viewer;
use zhida::content::Content;
use zhida::kb::{BuildOptions, Snapshot};
use zhida::search::{Query, search};
use zhida::text::terms;

/// How many queries of each kind.
const EACH: usize = 40;
/// How often each is asked while the clock runs.
const ROUNDS: usize = 7;

fn ours(snapshot: &Snapshot, typed: &Typed) -> usize {
    let query = Query {
        text: &typed.text,
        locale: &typed.locale,
        category: None,
        limit: 10,
        offset: 0,
        viewer: Viewer::Public,
        verbatim: false,
    };
    search(snapshot, query).hits.len()
}

/// Asks tantivy for the ten best of the same terms in the same fields; nothing is put right, marked or counted.
fn raw(searcher: &Searcher, text: &str) -> usize {
    let schema = searcher.schema();
    let mut cut: Vec<String> = terms(text).into_iter().map(|t| t.text).collect();
    cut.sort_unstable();
    cut.dedup();
    let clauses = schema
        .fields()
        .filter(|(_, entry)| matches!(entry.field_type(), FieldType::Str(_)))
        .flat_map(|(field, _)| cut.iter().map(move |t| Term::from_field_text(field, t)))
        .map(|term| {
            let query: Box<dyn tantivy::query::Query> = Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs));
            (Occur::Should, query)
        })
        .collect();
    let query = BooleanQuery::new(clauses);
    searcher.search(&query, &TopDocs::with_limit(10).order_by_score()).map_or(0, |top| top.len())
}

fn measure(queries: &[&Typed], mut ask: impl FnMut(&Typed) -> usize) -> Times {
    queries.iter().for_each(|q| _ = black_box(ask(q)));
    let mut micros = Vec::with_capacity(queries.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for query in queries {
            let start = Instant::now();
            black_box(ask(query));
            micros.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    Times::of(micros)
}

fn bench_size(criterion: &mut Criterion, content: Content) -> String {
    let articles = content.articles.len();
    let queries = corpus::queries(&content, EACH);
    let before = corpus::resident_mib().unwrap_or(f64::NAN);
    let start = Instant::now();
    // Larger sites search without the classifier; benches/chat.rs measures its training.
    let options = BuildOptions { classifier: articles < 2_000, ..BuildOptions::default() };
    let snapshot = Snapshot::build_with(content, &options).expect("the index can be written");
    let seconds = start.elapsed().as_secs_f64();
    let memory = corpus::resident_mib().unwrap_or(f64::NAN) - before;
    let reader = snapshot.tantivy().reader().expect("the index can be read");
    let searcher = reader.searcher();
    let all: Vec<&Typed> = queries.iter().collect();
    println!("\n{articles} articles, {} segments", searcher.segment_readers().len());
    println!("{:<14} {:>9} {:>9} {:>9} {:>9}  µs", "", "p50", "p99", "raw p50", "raw p99");
    for kind in KINDS {
        let some: Vec<&Typed> = queries.iter().filter(|q| q.kind == kind).collect();
        let times = measure(&some, |q| ours(&snapshot, q));
        let theirs = measure(&some, |q| raw(&searcher, &q.text));
        let [a, b, c, d] = [times.at(0.5), times.at(0.99), theirs.at(0.5), theirs.at(0.99)];
        println!("{kind:<14} {a:>9.1} {b:>9.1} {c:>9.1} {d:>9.1}");
    }
    let times = measure(&all, |q| ours(&snapshot, q));
    let theirs = measure(&all, |q| raw(&searcher, &q.text));
    let mut at = 0;
    criterion.bench_function(&format!("search/{articles}"), |b| {
        b.iter(|| {
            at = (at + 1) % all.len();
            ours(&snapshot, all[at])
        });
    });
    format!(
        "| {articles} | {:.0} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.0} | {memory:.0} |",
        times.at(0.5),
        times.at(0.99),
        theirs.at(0.5),
        theirs.at(0.99),
        times.at(0.5) / theirs.at(0.5),
        times.at(0.99) / theirs.at(0.99),
        articles as f64 / seconds,
    )
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut rows = vec![bench_size(&mut criterion, corpus::shipped())];
    let mut sizes = vec![10_000];
    if !corpus::switch("ZHIDA_BENCH_SMALL") {
        sizes.push(100_000);
    }
    if corpus::switch("ZHIDA_BENCH_MILLION") {
        sizes.push(1_000_000);
    }
    for size in sizes {
        rows.push(bench_size(&mut criterion, corpus::generated(size, 2)));
    }
    criterion.final_summary();
    println!("\n| articles | p50 µs | p99 µs | tantivy p50 | tantivy p99 | ratio p50 | ratio p99 | articles/s | MiB |");
    println!("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
    rows.iter().for_each(|row| println!("{row}"));
}
