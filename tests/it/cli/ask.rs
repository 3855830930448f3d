//! `zhida ask`: one turn, as the API answers it, and its explanation.

use crate::harness::help;
use crate::harness::program::{zhida, zhida_typed};

#[test]
fn json_is_what_the_api_answers() {
    let content = help().display().to_string();
    let run = zhida(&["ask", "the machine says L-101", "--content", &content, "--json"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let answer = run.json();
    assert_eq!(answer["locale"], "en");
    assert!(answer["conversation_id"].is_string(), "{answer:#}");
    let (reply, matched) = (&answer["reply"], &answer["match"]);
    assert_eq!((reply["kind"].as_str(), matched["by"].as_str()), (Some("answer"), Some("code")), "{answer:#}");
    assert_eq!(reply["sources"][0]["id"], "machines/card-not-read");
    assert!(reply["text"].is_string() && reply["html"].is_string() && reply["quick_replies"].is_array());
    assert!(matched["confidence"].is_number() && matched["evidence"].is_array() && matched["rule"].is_string());
    assert!(matched.get("stages").is_none(), "stages are for --explain: {answer:#}");
}

#[test]
fn explains_every_stage_that_was_tried() {
    let content = help().display().to_string();
    let run = zhida(&["ask", "--explain", "--content", &content, "can", "I", "keep", "the", "book", "longer"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.out.contains("Renew a loan"), "{run:#?}");
    assert!(run.out.contains("  lost  ") && run.out.contains("  won   "), "{run:#?}");
    assert!(
        run.out.contains("content ") && run.out.lines().any(|l| l.len() > 64 && l.starts_with("content ")),
        "{run:#?}"
    );
    assert!(!run.out.contains('\x1b'), "no colours where nobody looks: {run:#?}");
}

#[test]
fn without_a_message_it_is_a_conversation() {
    let content = help().display().to_string();
    let typed = "L-102\n\nthe first one\nmy PIN is 7731\n/quit\nhello\n";
    let run = zhida_typed(&["ask", "--content", &content], typed);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert_eq!(run.out.matches(", confidence ").count(), 3, "three turns and an empty line: {run:#?}");
    assert!(run.out.contains("answer by question"), "the choice goes with what was offered before: {run:#?}");
    assert!(!run.out.contains("7731") && !run.err.contains("7731"), "{run:#?}");
}

#[test]
fn a_conversation_ends_with_its_input() {
    let content = help().display().to_string();
    let run = zhida_typed(&["ask", "--json", "--content", &content], "hello\nhello\n");
    assert_eq!(run.code, Some(0), "{run:#?}");
    let turns: Vec<serde_json::Value> =
        serde_json::Deserializer::from_str(&run.out).into_iter().map(Result::unwrap).collect();
    assert_eq!(turns.len(), 2, "{run:#?}");
    assert_eq!(turns[0]["conversation_id"], turns[1]["conversation_id"]);
}
