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

/// Writes a help centre of one article with a flow, and a conversation of two turns.
fn write_conversation(dir: &Path, second_kind: &str) {
    let write = |file: &str, text: &str| {
        let path = dir.join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "en/a/bicycle.md",
        "---\ntitle: Repair a bicycle\nsummary: Fine.\nmessages: [front wheel is bent]\nquestions:\n  - my front wheel is bent\n---\n\n## Straighten\n\nBody.\n",
    );
    write(
        "flows/wheel.toml",
        "id = \"wheel\"\nsupport = \"a/bicycle\"\n[starts]\narticles = [\"a/bicycle\"]\n[[step]]\nid = \"one\"\narticle = \"a/bicycle\"\n\
         section = \"Straighten\"\ntext = \"Loosen the spokes.\"\nreplies = { not_yet = \"handoff\" }\n",
    );
    let turn = |user: &str, rest: &str| format!("[[conversation.turn]]\nuser = \"{user}\"\n{rest}\n");
    write(
        "tests/wheel.toml",
        &format!(
            "[[conversation]]\nname = \"a bent wheel\"\nlocale = \"en\"\n{}{}{}",
            turn("front wheel is bent", "kind = \"answer\"\nsource = \"a/bicycle\"\noffers = \"Still not working\""),
            turn(
                "still not working",
                &format!("kind = \"{second_kind}\"\nmust_say = \"loosen\"\nmust_not_say = \"bicycle shop\"")
            ),
            turn("no luck", "kind = \"handoff\"\nby = \"flow\""),
        ),
    );
}

#[test]
fn holds_the_example_conversations_in_one_dialogue_each() {
    let dir = tempfile::tempdir().unwrap();
    write_conversation(dir.path(), "step");
    let content = dir.path().display().to_string();
    let run = zhida(&["check", "--content", &content]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.out.lines().last().unwrap().ends_with("and held 1 conversation"), "{run:#?}");
}

#[test]
fn a_turn_that_goes_another_way_is_an_error_with_its_line() {
    let dir = tempfile::tempdir().unwrap();
    write_conversation(dir.path(), "answer");
    let content = dir.path().display().to_string();
    let run = zhida(&["check", "--content", &content]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    let expected = "tests/wheel.toml:10: error: the conversation “a bent wheel” goes another way in turn 2, “still not working”: \
                    the kind answer was expected; it was answered step by flow wheel/one from a/bicycle in en: “Loosen the \
                    spokes.”";
    assert!(run.out.contains(expected), "{run:#?}");
    let report = zhida(&["check", "--content", &content, "--format", "json"]).json();
    assert_eq!((report["conversations"].as_u64(), report["errors"].as_u64()), (Some(1), Some(1)), "{report:#}");
}

#[test]
fn says_where_the_content_gets_in_its_own_way() {
    let dir = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = dir.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let article = |title: &str, rest: &str| format!("---\ntitle: {title}\nsummary: Fine.\n{rest}\n---\n\nBody.\n");
    write(
        "en/a/bicycle.md",
        &article("Repair a bicycle", "messages: [front wheel is bent]\nquestions:\n  - Rent, a boat?"),
    );
    write("en/a/boat.md", &article("Front wheel is bent", "questions:\n  - my front wheel is bent\n  - rent a boat"));
    let rule = |id: &str, any: &str, priority: i32| {
        format!(
            "[[rule]]\nid = \"{id}\"\nkind = \"smalltalk\"\npriority = {priority}\nany = [\"{any}\"]\ntext = \"x\"\n"
        )
    };
    write("rules/r.toml", &(rule("wide", "hello", 5) + &rule("narrow", "hello there", 1)));
    let content = dir.path().display().to_string();
    let run = zhida(&["check", "--content", &content]);
    assert_eq!(run.code, Some(0), "these are warnings: {run:#?}");
    for part in [
        "en/a/boat.md:6: warning: the question “rent a boat” is claimed by en/a/bicycle.md too",
        "rules/r.toml:7: warning: the rule `narrow` never wins: `wide` (rules/r.toml:1) comes first",
        "for example “hello there”",
        "of a/boat answered by a/bicycle, such as “my front wheel is bent”",
    ] {
        assert!(run.out.contains(part), "{part} is not in {run:#?}");
    }
    let report = zhida(&["check", "--content", &content, "--format", "json"]).json();
    let confusion = &report["confusions"][0];
    assert_eq!((confusion["article"].as_str(), confusion["answered_by"].as_str()), (Some("a/boat"), Some("a/bicycle")));
}

#[test]
fn tells_of_a_suggested_question_that_gets_no_answer() {
    let dir = tempfile::tempdir().unwrap();
    let content = dir.path().join("help");
    let copy = std::process::Command::new("cp").arg("-r").arg(help()).arg(&content).status().unwrap();
    assert!(copy.success());
    let suggestions =
        "[[suggestions]]\npages = [\"/*\"]\nquestions.en = [\n\"How do I renew a loan?\",\n\"qqqq zzzz\",\n]\n";
    std::fs::write(content.join("suggestions.toml"), suggestions).unwrap();
    let run = zhida(&["check", "--content", &content.display().to_string()]);
    let told = "suggestions.toml:5: warning: the suggested question “qqqq zzzz” is not answered";
    assert!(run.out.contains(told) && run.out.matches("suggested question").count() == 1, "{run:#?}");
}
