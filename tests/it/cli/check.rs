//! `zhida check`: every finding with its file and line, and the exit code that stops a pipeline.

use std::path::Path;

use crate::harness::help;
use crate::harness::program::zhida;

/// Writes a help centre with two mistakes in different files.
pub(super) fn write_broken(dir: &Path) {
    let folder = dir.join("en/a");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("one.md"), "---\ntitle: One\nsummry: typo\n---\n\nBody.\n").unwrap();
    std::fs::write(folder.join("two.md"), "---\ntitle: Two\nsummary: Fine.\nrelated: [a/nowhere]\n---\n\nBody.\n")
        .unwrap();
    std::fs::write(folder.join("three.md"), "---\ntitle: Three\nsummary: Fine.\n---\n\nBody.\n").unwrap();
}

#[test]
fn prints_every_problem_of_broken_content() {
    let dir = tempfile::tempdir().unwrap();
    write_broken(dir.path());
    let content = dir.path().display().to_string();
    let run = zhida(&["check", "--content", &content]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    for part in ["en/a/one.md:3: error: ", "`summary`", "en/a/two.md:4: error: ", "a/nowhere"] {
        assert!(run.out.contains(part), "{part} is not in {run:#?}");
    }
    assert!(run.out.contains(&format!("{content}/en/a/one.md:3:")), "an editor must find the file: {run:#?}");
    assert!(run.out.lines().last().unwrap().starts_with("3 article files: "), "{run:#?}");

    let json = zhida(&["check", "--content", &content, "--format", "json"]);
    assert_eq!(json.code, Some(1));
    let report = json.json();
    let problems = report["problems"].as_array().unwrap();
    let errors = problems.iter().filter(|p| p["severity"] == "error").count();
    assert_eq!(report["errors"], errors);
    assert_eq!(report["warnings"], problems.len() - errors);
    let one = problems.iter().find(|p| p["file"].as_str().unwrap().ends_with("en/a/one.md") && p["line"] == 3);
    assert!(one.is_some_and(|p| p["message"].as_str().unwrap().contains("summry")), "{report:#}");
}

#[test]
fn passes_content_in_order_and_asks_its_questions() {
    let run = zhida(&["check", "--content", &help().display().to_string(), "--format", "json"]);
    let report = run.json();
    assert_eq!((run.code, report["errors"].as_u64()), (Some(0), Some(0)), "{report:#}");
    // 3 questions in each of 13 public files; 2 codes, an alias and 2 messages in 2 locales.
    assert!(report["asked"].as_u64().unwrap() >= 45, "{report:#}");
    let secret = "waive a fee for a reader";
    assert!(!run.out.contains(secret), "customers cannot reach an article for agents, so it is not asked: {report:#}");
}

#[test]
fn names_the_article_that_takes_anothers_question() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("en/a");
    std::fs::create_dir_all(&folder).unwrap();
    let article = |name: &str, front: &str| {
        std::fs::write(folder.join(name), format!("---\n{front}\n---\n\nBody.\n")).unwrap();
    };
    article("bicycle.md", "title: Repair a bicycle\nsummary: Fine.\nmessages: [front wheel is bent]");
    // What the screen says is surer than what customers ask, so that this question is lost to the other article.
    article("boat.md", "title: Rent a boat\nsummary: Fine.\nquestions:\n  - my front wheel is bent");
    let run = zhida(&["check", "--content", &dir.path().display().to_string()]);
    assert_eq!(run.code, Some(0), "a question that goes astray is a warning: {run:#?}");
    let named = "en/a/boat.md:5: warning: the question “my front wheel is bent” is answered by a/bicycle;";
    assert!(run.out.contains(named), "{run:#?}");
}
