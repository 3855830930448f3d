//! Whatever stands in a file: content and exports of other systems, cut, doubled and mixed up, are read or refused with a
//! sentence. What was imported without an error is content that loads.

use std::fs;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

use zhida::content;
use zhida::exchange::{self, Form};

/// How many files each property tries.
const CASES: u32 = 150;

/// Pieces of every form that is read, right and wrong.
const PIECES: [&str; 38] = [
    "question,answer\n",
    "q\ta\n",
    "怎么付,打开付款\n",
    "\"",
    ",",
    "\n",
    "{",
    "}",
    "[",
    "]",
    "null",
    "\"articles\": [",
    "\"faq\"",
    "{\"question\": \"q\", \"answer\": \"a\"}\n",
    "{\"id\": 1, \"title\": \"T\", \"body\": \"<p>B</p>\"}",
    "<phpmyfaq>",
    "<article id=\"1\">",
    "</article>",
    "<question>Q</question>",
    "<answer>&lt;p&gt;A&lt;/p&gt;</answer>",
    "&bomb;",
    "<!DOCTYPE x [<!ENTITY a \"b\">]>",
    "<![CDATA[",
    "]]>",
    "---\n",
    "title: \"T\"\n",
    "summary: S\n",
    "questions:\n  - q\n",
    "tags: [a, b]\n",
    "# Heading {#x}\n",
    "!!! note \"N\"\n    text\n",
    ":::tip\n",
    ":::\n",
    "```\n",
    "[a](b.md#c)",
    "![p](p.png)",
    "<div><div><div>",
    "\u{feff}\u{0}\u{202e}😀",
];

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(&PIECES[..]).prop_map(str::to_owned), 1 => ".{0,12}", 1 => "\\PC{0,4}"];
    let whole = proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    (whole, any::<Index>(), any::<bool>()).prop_map(|(text, at, cut)| {
        let at = at.index(text.chars().count() + 1);
        if cut { text.chars().take(at).collect() } else { text }
    })
}

fn each(inputs: impl Strategy<Value = String>, holds: impl Fn(&str) -> Result<(), TestCaseError>) {
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&inputs, |text| holds(&text)).unwrap();
}

#[test]
fn any_file_is_imported_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let forms = [("a.csv", Form::Csv), ("a.jsonl", Form::Jsonl), ("a.json", Form::Zendesk), ("a.xml", Form::Phpmyfaq)];
    each(text(), |text| {
        for (name, form) in forms {
            let source = dir.path().join(name);
            fs::write(&source, text).unwrap();
            let to = tempfile::tempdir().unwrap();
            match exchange::read(&source, Some(form)) {
                Err(why) => prop_assert!(why.to_string().len() > 8),
                Ok((drafts, _)) if drafts.is_empty() => {}
                Ok((drafts, _)) => {
                    let written = exchange::write(&drafts, None, to.path()).unwrap();
                    prop_assert_eq!(written.articles, drafts.len());
                    content::load(to.path()).unwrap();
                }
            }
        }
        Ok(())
    });
}

#[test]
fn any_page_is_imported_into_content_that_loads() {
    each(text(), |text| {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(from.path().join("guide")).unwrap();
        fs::write(from.path().join("guide/page.md"), text).unwrap();
        let (drafts, _) = exchange::read(from.path(), None).unwrap();
        exchange::write(&drafts, None, to.path()).unwrap();
        content::load(to.path()).unwrap();
        Ok(())
    });
}

#[test]
fn any_content_is_loaded_or_refused_by_line() {
    each(text(), |text| {
        let dir = tempfile::tempdir().unwrap();
        for file in
            ["en/a/one.md", "site.toml", "codes.toml", "synonyms.toml", "rules/r.toml", "flows/f.toml", "tests/t.toml"]
        {
            let path = dir.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let loaded = content::load(dir.path());
        let problems = loaded.map(|l| l.problems).unwrap_or_default();
        prop_assert!(problems.iter().all(|p| !p.message.is_empty() && p.line != Some(0)), "{problems:?}");
        Ok(())
    });
}
