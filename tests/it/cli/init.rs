//! `zhida init`, and the sample that stands in for a folder that nobody wrote.

use std::path::Path;

use crate::harness::client;
use crate::harness::program::{Serving, zhida, zhida_in};

#[test]
fn a_starter_site_has_no_finding_and_answers() {
    let dir = tempfile::tempdir().unwrap();
    let run = zhida_in(dir.path(), &[], &["init", "my-help"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.out.contains("cd my-help"), "{run:#?}");
    let site = dir.path().join("my-help");
    let check = zhida_in(&site, &[], &["check"]);
    assert!(check.code == Some(0) && check.out.contains("0 errors, 0 warnings"), "{check:#?}");
    let ask = zhida_in(&site, &[], &["ask", "一直没有连接", "--locale", "zh-CN"]);
    assert!(ask.out.contains("/zh-CN/articles/errors/no-connection"), "{ask:#?}");
    let unknown = zhida_in(&site, &[], &["ask", "who won the world cup", "--json"]);
    assert!(unknown.out.contains("\"fallback\""), "{unknown:#?}");
    let again = zhida_in(dir.path(), &[], &["init", "my-help"]);
    assert_eq!(again.code, Some(1));
    assert_eq!(again.err, "zhida: my-help is not empty; name a new folder\n");
}

#[test]
fn without_a_folder_the_sample_answers_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let run = zhida_in(dir.path(), &[], &["ask", "E1101", "--locale", "en"]);
    assert!(run.out.contains("/en/articles/errors/network-unstable"), "{run:#?}");
    assert!(run.err.contains("sample") && run.err.contains("zhida init"), "{run:#?}");
    let check = zhida_in(dir.path(), &[], &["check"]);
    assert!(check.code == Some(1) && check.err.contains("there is no content folder at content"), "{check:#?}");
}

#[tokio::test]
async fn an_empty_folder_is_enough_to_serve_from() {
    let dir = tempfile::tempdir().unwrap();
    let serving = Serving::start_in(dir.path(), &["serve", "--listen", "127.0.0.1:0"]);
    assert!(serving.ready.starts_with("zhida: serving GOpay 钱包 ("), "{}", serving.ready);
    let url = format!("{}zh-CN/articles/errors/customer-retrying", serving.url());
    assert_eq!(client().get(url).send().await.unwrap().status(), 200);
    assert!(only(dir.path(), "data"));
}

fn only(dir: &Path, name: &str) -> bool {
    std::fs::read_dir(dir).unwrap().all(|entry| entry.unwrap().file_name() == name)
}

#[test]
fn shells_and_man_learn_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let run = zhida(&["completions", shell]);
        assert!(run.code == Some(0) && run.out.contains("eval"), "{run:#?}");
    }
    let man = zhida(&["man"]);
    assert!(man.code == Some(0) && man.out.starts_with(".ie") && man.out.contains("zhida\\-eval"), "{man:#?}");
    let man = zhida(&["man", "db"]);
    assert!(man.out.contains("backup"), "{man:#?}");
    let unknown = zhida(&["man", "nothing"]);
    assert_eq!(unknown.err, "zhida: there is no command `nothing`; `zhida help` lists them\n");
}
