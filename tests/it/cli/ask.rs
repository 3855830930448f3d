//! `zhida ask`: one turn, as the API answers it, and its explanation.

use crate::harness::help;
use crate::harness::program::zhida;

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
    assert!(!run.out.contains('\x1b'), "no colours where nobody looks: {run:#?}");
}

#[test]
fn a_message_is_required() {
    let run = zhida(&["ask"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("<MESSAGE>"), "{run:#?}");
}
