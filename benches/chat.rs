//! What a chat turn costs on the shipped content and on a large site, and how long the classifier learns.
//!
//! `cargo bench --bench chat` prints the table of docs/search.md. ZHIDA_BENCH_SMALL=1 takes a tenth of the large site.

mod corpus;

use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use corpus::{Times, Typed};
use criterion::Criterion;
use zhida::base::{Clock, Viewer};
use zhida::content::Content;
use zhida::desk::{HelpCentre, Question};
use zhida::kb::{BuildOptions, Snapshot};

/// How many messages of each kind.
const EACH: usize = 40;

fn bench_size(criterion: &mut Criterion, content: Content, rounds: usize) -> String {
    let articles = content.articles.len();
    let messages = corpus::queries(&content, EACH);
    let start = Instant::now();
    let without = BuildOptions { classifier: false, ..BuildOptions::default() };
    drop(Snapshot::build_with(content.clone(), &without).expect("the index can be written"));
    let plain = start.elapsed().as_secs_f64();
    let before = corpus::resident_mib().unwrap_or(f64::NAN);
    let start = Instant::now();
    let snapshot = Arc::new(Snapshot::build(content).expect("the index can be written"));
    let training = start.elapsed().as_secs_f64() - plain;
    let memory = corpus::resident_mib().unwrap_or(f64::NAN) - before;
    let desk = HelpCentre::new(Arc::clone(&snapshot), Clock::System);
    let ask = |typed: &Typed| {
        let question = Question {
            message: &typed.text,
            conversation_id: None,
            locale: &typed.locale,
            viewer: Viewer::Public,
            explain: false,
        };
        black_box(desk.ask(&snapshot, &question));
    };
    messages.iter().for_each(ask);
    let mut micros = Vec::new();
    for _ in 0..rounds {
        for message in &messages {
            let start = Instant::now();
            ask(message);
            micros.push(start.elapsed().as_secs_f64() * 1e6);
        }
    }
    let times = Times::of(micros);
    let mut at = 0;
    criterion.bench_function(&format!("chat/{articles}"), |b| {
        b.iter(|| {
            at = (at + 1) % messages.len();
            ask(&messages[at]);
        });
    });
    format!("| {articles} | {:.0} | {:.0} | {training:.1} | {memory:.0} |", times.at(0.5), times.at(0.99))
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let large = if corpus::switch("ZHIDA_BENCH_SMALL") { 1_000 } else { 10_000 };
    let rows =
        [bench_size(&mut criterion, corpus::shipped(), 7), bench_size(&mut criterion, corpus::generated(large, 10), 2)];
    criterion.final_summary();
    println!("\n| articles | turn p50 µs | turn p99 µs | training s | MiB |");
    println!("|---:|---:|---:|---:|---:|");
    rows.iter().for_each(|row| println!("{row}"));
}
