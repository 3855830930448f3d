//! `zhida search`: the API's shape for machines, and no panic when the reader leaves early.

use std::process::{Command, Stdio};

use crate::harness::help;
use crate::harness::program::zhida;

#[test]
fn json_is_what_the_api_answers() {
    let content = help().display().to_string();
    let run = zhida(&["search", "renew", "--content", &content, "--limit", "2", "--json"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let answer = run.json();
    assert_eq!((answer["query"].as_str(), answer["locale"].as_str()), (Some("renew"), Some("en")));
    assert!(answer["total"].as_u64().unwrap() >= 1 && answer["took_us"].is_u64(), "{answer:#}");
    let hits = answer["hits"].as_array().unwrap();
    assert!((1..=2).contains(&hits.len()), "{answer:#}");
    assert_eq!(hits[0]["id"], "loans/renew");
    let mut keys: Vec<&String> = hits[0].as_object().unwrap().keys().collect();
    keys.sort();
    assert_eq!(keys, ["category", "codes", "id", "locale", "score", "snippet", "title", "url"]);
}

#[test]
fn explains_how_it_read_the_query_and_what_each_score_is_made_of() {
    let content = help().display().to_string();
    let run = zhida(&["search", "renwe a loan", "--content", &content, "--json", "--explain"]);
    let answer = run.json();
    let explanation = &answer["explanation"];
    assert_eq!(explanation["reading"]["searched"], "renew a loan", "{answer:#}");
    assert_eq!(explanation["reading"]["correction"]["outcome"], "taken", "{answer:#}");
    let hits = answer["hits"].as_array().unwrap().iter().zip(explanation["hits"].as_array().unwrap());
    for (hit, explained) in hits {
        assert_eq!((&hit["id"], &hit["score"]), (&explained["id"], &explained["score"]));
        let parts = explained["terms"].as_array().unwrap();
        let words: f64 = parts.iter().map(|part| part["score"].as_f64().unwrap()).sum();
        let sum = words + explained["questions"].as_f64().unwrap();
        assert!((sum - hit["score"].as_f64().unwrap()).abs() < 1e-4, "{explained:#}");
        assert!(parts.iter().all(|part| part["frequencies"]["title"].is_u64()), "{explained:#}");
    }
    let run = zhida(&["search", "renwe a loan", "--content", &content, "--explain"]);
    for said in ["read as", "stop word", "correction: “renew a loan” was taken", "coverage 100 %", "title 1"] {
        assert!(run.out.contains(said), "{said} is not in {run:#?}");
    }
}

#[test]
fn speaks_the_locale_that_was_asked_for() {
    let content = help().display().to_string();
    let run = zhida(&["search", "续借", "--content", &content, "--locale", "zh-TW"]);
    assert!(run.out.contains("续借图书") && run.code == Some(0), "{run:#?}");
    let run = zhida(&["search", "renew", "--content", &content, "--locale", "fr"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(run.err, "zhida: there is no content in `fr`; --locale can be en or zh-CN\n");
    let run = zhida(&["search", "renew", "--content", &content, "--locale", "!"]);
    assert_eq!(run.code, Some(2), "what is no tag at all is a mistake on the command line: {run:#?}");
}

#[test]
fn internal_articles_are_not_found() {
    let content = help().display().to_string();
    for secret in ["quagmire-9", "xylophone-7", "Waive a reader's fee"] {
        let run = zhida(&["search", secret, "--content", &content, "--json", "--limit", "1000"]);
        assert!(!run.out.contains("waive-fees"), "{run:#?}");
    }
}

#[test]
fn a_reader_who_leaves_early_is_no_error() {
    let content = help().display().to_string();
    let mut child = Command::new(env!("CARGO_BIN_EXE_zhida"))
        .args(["search", "book", "--content", &content])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Closed before the first byte: the write is certain to fail.
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!((output.status.code(), err.as_str()), (Some(0), ""));
}
