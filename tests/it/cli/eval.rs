//! `zhida eval`: numbers that can be checked by hand, and bad lines named.

use std::path::PathBuf;

use tempfile::TempDir;

use crate::harness::help;
use crate::harness::program::{Run, zhida};

fn eval(lines: &str, arguments: &[&str]) -> (Run, PathBuf, TempDir) {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("cases.jsonl");
    std::fs::write(&file, lines).unwrap();
    let (path, content) = (file.display().to_string(), help().display().to_string());
    let run = zhida(&[&["eval", &path, "--content", &content], arguments].concat());
    (run, file, dir)
}

/// Two that are right by their code, one that expects the wrong article, one that nobody can answer.
const LINES: &str = r#"{"q": "L-101", "expect": ["machines/card-not-read"], "kind": "code"}
{"q": "Return not confirmed", "expect": ["machines/return-slot-stuck"], "kind": "message"}
{"q": "L-101", "expect": ["loans/renew"], "kind": "code", "id": "wrong-on-purpose"}
{"q": "hello", "locale": "en", "expect": [], "kind": "out of scope"}
"#;

#[test]
fn measures_the_chat() {
    let (run, _, _dir) = eval(LINES, &["--json", "--failures"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let report = run.json();
    let overall = &report["overall"];
    assert_eq!((report["mode"].as_str(), overall["lines"].as_u64()), (Some("chat"), Some(4)));
    let two_thirds = overall["accuracy@1"].as_f64().unwrap();
    assert!((two_thirds - 2.0 / 3.0).abs() < 1e-9, "{report:#}");
    assert_eq!(overall["rightly_answered"].as_f64(), Some(two_thirds), "{report:#}");
    assert_eq!(overall["wrongly_answered"].as_f64(), Some(0.0), "{report:#}");
    assert_eq!(report["kinds"]["code"]["accuracy@1"].as_f64(), Some(0.5));
    let [p50, p95, p99] = ["p50_us", "p95_us", "p99_us"].map(|name| overall[name].as_f64().unwrap());
    assert!(0.0 < p50 && p50 <= p95 && p95 <= p99);
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.len(), 1, "{report:#}");
    assert_eq!((failures[0]["line"].as_u64(), failures[0]["id"].as_str()), (Some(3), Some("wrong-on-purpose")));
    assert_eq!(failures[0]["got"][0], "machines/card-not-read");
}

#[test]
fn holds_dialogues() {
    let lines = r#"{"locale": "en", "id": "d1", "turns": [{"user": "L-102", "expect": ["machines/card-not-read", "machines/return-slot-stuck"], "reply_kind": "fallback"}, {"user": "the first one", "expect": ["loans/renew"], "reply_kind": "answer"}]}
{"locale": "en", "turns": [{"user": "hello", "expect": [], "reply_kind": "smalltalk"}]}
{"locale": "en", "turns": [{"user": "my password is Lantern#42sea", "expect": [], "reply_kind": "any", "must_not_echo": ["Lantern#42sea"]}]}
"#;
    let (run, file, _dir) = eval(lines, &["--failures"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.out.contains("3 dialogues held, 2 right in every turn"), "{run:#?}");
    let failure = format!("{}:1: turn 2, “the first one” wants Answer of loans/renew, got Answer", file.display());
    assert!(run.out.contains(&failure), "{run:#?}");
    let (run, ..) = eval(lines, &["--json"]);
    let dialogues = &run.json()["dialogues"];
    assert_eq!((dialogues["overall"]["turns"].as_u64(), dialogues["failures"].as_u64()), (Some(4), Some(1)));
    assert_eq!(dialogues["kinds"]["smalltalk"]["right"].as_u64(), Some(1), "{dialogues:#}");
    let (run, ..) = eval(lines, &["--mode", "search"]);
    assert!(run.code == Some(1) && run.err.contains("only the chat holds"), "{run:#?}");
}

#[test]
fn measures_search() {
    let line = "{\"q\": \"renew a loan\", \"expect\": [\"loans/renew\"]}\n{\"q\": \"zzqx\", \"expect\": []}\n";
    let (run, _, _dir) = eval(line, &["--mode", "search", "--json"]);
    let report = run.json();
    let overall = &report["overall"];
    assert_eq!(overall["accuracy@1"].as_f64(), Some(1.0), "{report:#}");
    assert_eq!(overall["recall@10"].as_f64(), Some(1.0), "{report:#}");
    let replies = (overall.get("rightly_answered"), overall.get("wrongly_answered"));
    assert_eq!((overall["any_hit"].as_f64(), replies), (Some(0.0), (None, None)), "{report:#}");
}

#[test]
fn prints_an_aligned_table() {
    let (run, file, _dir) = eval(LINES, &["--failures"]);
    let table: Vec<&str> = run.out.lines().take(5).collect();
    assert!(table[0].starts_with("kind"), "{run:#?}");
    assert!(table[4].starts_with("all"), "{run:#?}");
    let columns: Vec<usize> = table.iter().map(|row| row.chars().count()).collect();
    assert!(columns.iter().all(|n| *n == columns[0]), "{run:#?}");
    assert!(run.out.contains(&format!("{}:3: [code] “L-101” wants loans/renew, got machines/", file.display())));
}

#[test]
fn a_repeated_secret_is_a_finding() {
    let (run, _, _dir) = eval("{\"q\": \"L-101\", \"expect\": [], \"secrets\": [\"L-101\"]}\n", &["--json"]);
    assert_eq!((run.code, run.json()["leaks"].as_u64()), (Some(1), Some(1)), "{run:#?}");
}

#[test]
fn compares_with_an_earlier_run_line_by_line() {
    let (run, _, dir) = eval(LINES, &["--json"]);
    let baseline = dir.path().join("baseline.json");
    let mut report = run.json();
    assert_eq!(report["lines"].as_array().unwrap().len(), 4, "{report:#}");
    assert_eq!(
        report["lines"][2],
        serde_json::json!({"line": 3, "id": "wrong-on-purpose", "right": false, "rank": null})
    );
    // As if the first line had been wrong in the earlier run, and the third right.
    report["lines"][0]["right"] = false.into();
    report["lines"][2]["right"] = true.into();
    report["overall"]["accuracy@1"] = (1.0 / 3.0).into();
    report["kinds"]["code"]["accuracy@1"] = 1.0.into();
    std::fs::write(&baseline, report.to_string()).unwrap();
    let baseline = baseline.display().to_string();

    let (run, _, _dir) = eval(LINES, &["--json", "--compare", &baseline]);
    let comparison = &run.json()["comparison"];
    let lines = |what: &str| comparison[what].as_array().unwrap().iter().map(|l| l["line"].as_u64().unwrap()).collect();
    let (right, wrong): (Vec<u64>, Vec<u64>) = (lines("became_right"), lines("became_wrong"));
    assert_eq!((run.code, right, wrong), (Some(0), vec![1], vec![3]), "{run:#?}");
    assert_eq!((comparison["same_questions"].as_bool(), comparison["compared"].as_u64()), (Some(true), Some(4)));
    let change = comparison["overall"]["accuracy@1"]["change"].as_f64().unwrap();
    assert!((change - 1.0 / 3.0).abs() < 1e-9, "{comparison:#}");
    assert_eq!(
        comparison["kinds"]["code"]["accuracy@1"],
        serde_json::json!({"before": 1.0, "now": 0.5, "change": -0.5})
    );

    let (run, file, _dir) = eval(LINES, &["--compare", &baseline]);
    for said in ["-50.0", "+33.3", "1 line became right", "1 line became wrong"] {
        assert!(run.out.contains(said), "{said} is not in {run:#?}");
    }
    assert!(run.out.contains(&format!("{}:3: [code] “L-101” rank – → –", file.display())), "{run:#?}");

    // Of a file that has changed only the lines with an id can be found again.
    let (run, _, _dir) = eval(&format!("\n{LINES}"), &["--json", "--compare", &baseline]);
    let comparison = &run.json()["comparison"];
    assert_eq!((comparison["same_questions"].as_bool(), comparison["compared"].as_u64()), (Some(false), Some(1)));
    assert_eq!(comparison["became_wrong"][0]["line"].as_u64(), Some(4), "{comparison:#}");
}

#[test]
fn a_baseline_that_cannot_be_compared_is_an_error() {
    let (run, _, dir) = eval(LINES, &["--json", "--mode", "search"]);
    let baseline = dir.path().join("baseline.json");
    std::fs::write(&baseline, run.out).unwrap();
    let (run, ..) = eval(LINES, &["--compare", &baseline.display().to_string()]);
    assert_eq!(run.code, Some(1));
    assert!(run.err.contains("measured the search and this run the chat; add `--mode search`"), "{run:#?}");
    std::fs::write(&baseline, "{}").unwrap();
    let (run, ..) = eval(LINES, &["--compare", &baseline.display().to_string()]);
    assert!(run.code == Some(1) && run.err.contains("make it with `zhida eval FILE --json >"), "{run:#?}");
}

#[test]
fn every_bad_line_is_named() {
    let (run, file, _dir) =
        eval("{\"q\": \"x\", \"expect\": []}\nnonsense\n{\"q\": \"x\", \"expect\": \"a/b\"}\n", &[]);
    assert_eq!(run.code, Some(1));
    for line in [2, 3] {
        assert!(run.err.contains(&format!("{}:{line}: error: ", file.display())), "{run:#?}");
    }
}
