//! `zhida import` and `zhida export`: what other systems have becomes a content folder that `check` accepts.

use std::fs;
use std::path::Path;

use crate::harness::help;
use crate::harness::program::{Run, zhida, zhida_in};

fn import(dir: &Path, source: &str, more: &[&str]) -> Run {
    zhida_in(dir, &[], &[&["import", source, "--to", "help"], more].concat())
}

/// Checks what was imported; returns the findings.
fn check(dir: &Path) -> String {
    let run = zhida_in(dir, &[], &["check", "--content", "help"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    run.out
}

#[test]
fn pairs_become_articles_that_answer() {
    let dir = tempfile::tempdir().unwrap();
    let table = "question,answer,category\n\
        How do I reset the lamp?,Hold the button for ten seconds.,Lamp\n\
        the lamp does not react,Hold the button for ten seconds.,Lamp\n\
        灯不亮怎么办,\"先充电，再按一下开关。\",Lamp\n";
    fs::write(dir.path().join("faq.csv"), table).unwrap();
    let run = import(dir.path(), "faq.csv", &[]);
    assert!(run.code == Some(0) && run.out.contains("2 articles written to help"), "{run:#?}");
    assert!(run.out.contains("en/lamp/how-do-i-reset-the-lamp.md: its summary is its first sentences"), "{run:#?}");
    check(dir.path());
    let ask = |q: &str| zhida_in(dir.path(), &[], &["ask", q, "--content", "help"]).out;
    assert!(ask("lamp doesn't react").contains("Hold the button for ten seconds."));
    assert!(ask("灯不亮").contains("先充电"));
}

#[test]
fn a_zendesk_export_keeps_sections_labels_links_and_pictures() {
    let dir = tempfile::tempdir().unwrap();
    let export = r#"{"sections": [{"id": 1, "name": "Money"}], "articles": [
        {"id": 11, "title": "Fees", "locale": "en-us", "section_id": 1, "label_names": ["cost"], "updated_at": "2024-01-02T00:00:00Z",
         "body": "<p>They depend.</p><p>See <a href=\"https://x.zendesk.com/hc/en-us/articles/12-Refunds\">refunds</a>.</p><img src=\"https://e.com/a.png\" alt=\"A\">"},
        {"id": 12, "title": "Refunds", "locale": "en-us", "section_id": 1, "body": "<p>In three days.</p>", "draft": true}]}"#;
    fs::write(dir.path().join("zendesk.json"), export).unwrap();
    let run = import(dir.path(), "zendesk.json", &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let fees = fs::read_to_string(dir.path().join("help/en-US/money/fees.md")).unwrap();
    for part in ["\"cost\"", "updated: 2024-01-02", "[refunds](refunds.md)", "![A](https://e.com/a.png)"] {
        assert!(fees.contains(part), "{part} is not in {fees}");
    }
    let refunds = fs::read_to_string(dir.path().join("help/en-US/money/refunds.md")).unwrap();
    assert!(refunds.contains("audience: agent") && run.out.contains("it was a draft there"), "{run:#?}");
    check(dir.path());
}

#[test]
fn a_folder_of_markdown_keeps_its_shape() {
    let dir = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = dir.path().join("docs").join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    };
    write("index.md", "# Welcome\n\nRead [the setup](guide/setup.md) first.\n");
    write("guide/setup.md", "# Set up\n\nPlug it in.\n\n!!! danger\n    Not in the rain.\n\n![Plug](img/plug.png)\n");
    write("guide/setup.zh.md", "# 安装\n\n插上电源。回到[首页](../index.md)。\n");
    write("guide/old.rst", "Old\n===\n");
    let run = import(dir.path(), "docs", &["--locale", "en"]);
    assert!(run.code == Some(0) && run.out.contains("3 articles written"), "{run:#?}");
    let read = |file: &str| fs::read_to_string(dir.path().join("help").join(file)).unwrap();
    assert!(read("en/general/index.md").contains("[the setup](../guide/setup.md)"));
    assert!(read("en/guide/setup.md").contains("> [!CAUTION]\n> Not in the rain."));
    assert!(read("zh/guide/setup.md").contains("[首页](../general/index.md)"));
    assert!(
        run.out.contains("the picture `img/plug.png`") && run.out.contains("old.rst: it is not Markdown"),
        "{run:#?}"
    );
    check(dir.path());
}

#[test]
fn what_is_exported_is_imported_whole() {
    let dir = tempfile::tempdir().unwrap();
    let content = help().display().to_string();
    let first = zhida(&["export", "--content", &content]);
    assert_eq!(first.code, Some(0), "{first:#?}");
    fs::write(dir.path().join("all.jsonl"), &first.out).unwrap();
    let run = import(dir.path(), "all.jsonl", &[]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    let again = zhida_in(dir.path(), &[], &["export", "--content", "help"]);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    assert_eq!(sorted(&again.out), sorted(&first.out));
}

#[test]
fn nothing_is_written_over_and_nonsense_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(dir.path().join(name), text).unwrap();
    write("a.csv", b"question,answer\nq,a\n");
    assert_eq!(import(dir.path(), "a.csv", &[]).code, Some(0));
    let again = import(dir.path(), "a.csv", &[]);
    assert!(again.code == Some(1) && again.err.contains("exists; import into a new folder"), "{again:#?}");
    write("b.bin", &[0xFF, 0xFE]);
    write("c.txt", b"hello");
    write("d.csv", b"x,y\n1,2\n");
    write("e.csv", b"question,answer\n");
    for (source, part) in [
        ("b.bin", "b.bin is not UTF-8"),
        ("c.txt", "cannot tell what c.txt is"),
        ("d.csv", "line 1: the first line must name the columns"),
        ("e.csv", "e.csv holds no article"),
        ("nowhere.csv", "cannot read nowhere.csv"),
    ] {
        let run = zhida_in(dir.path(), &[], &["import", source, "--to", "other"]);
        assert!(run.code == Some(1) && run.err.contains(part), "{part} is not in {run:#?}");
    }
    assert!(!dir.path().join("other").exists());
}
