//! Whatever stands in a file: content and exports of other systems, cut, doubled and mixed up, are read or refused with a
//! sentence. What was imported without an error is content that loads.
//!
//! `ZHIDA_FUZZ_CASES` says how many, as for the inputs of customers:
//!
//! ```sh
//! ZHIDA_FUZZ_CASES=20000 cargo test --release --test it fuzz -- --nocapture
//! ```

use std::fs;
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestRunner};

use scraper::Html;
use zhida::base::Viewer;
use zhida::chat::{Spoken, reply};
use zhida::content::{self, Article, Loaded};
use zhida::exchange::{self, Form, Wishes};
use zhida::kb::Snapshot;
use zhida::model::Dialogue;
use zhida::text::redact;

/// How many files each property tries unless the environment says otherwise.
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

/// Pieces of front matter.
const FRONT: [&str; 34] = [
    "title: T\n",
    "summary: S\n",
    "title: \"T: t\"\n",
    "codes: [E1, e-2]\n",
    "messages:\n",
    "questions:\n",
    "keywords: ",
    "related: [a/one]\n",
    "aliases: [a/old]\n",
    "audience: agent\n",
    "audience: public\n",
    "money_at_risk: true\n",
    "updated: 2026-01-02\n",
    "updated: 2026-99-99\n",
    "  - q\n",
    "- \n",
    "  ",
    ": ",
    "? ",
    "|\n  text\n",
    ">-\n  text\n",
    "&a ",
    "*a\n",
    "!!str ",
    "<<: *a\n",
    "{a: b, ",
    "}",
    "[",
    "]\n",
    "# comment\n",
    "'it''s'\n",
    "\"\\u0000\\x41\"\n",
    "\t",
    "---\n",
];

/// Pieces of Markdown.
const MARKDOWN: [&str; 44] = [
    "# Heading\n",
    "## Heading\n\n",
    "Setext\n===\n",
    "text",
    " ",
    "\n",
    "\n\n",
    "> ",
    "> [!WARNING]\n> ",
    "- ",
    "1. ",
    "    ",
    "```\n",
    "~~~sh\n",
    "`",
    "``",
    "*",
    "**",
    "_",
    "~~",
    "[",
    "](b.md)",
    "](../a/one.md#heading)",
    "](javascript:alert(1))",
    "](//evil.example)",
    "](data:text/html,x)",
    "![",
    "](https://e.com/p.png \"t\")",
    "<https://e.com>",
    "<a@e.com>",
    "[x]: https://e.com\n",
    "| a | b |\n|---|:-:|\n| 1 | 2 |\n",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<div class=\"alert\" onclick=x>",
    "</div>",
    "<font color=#1>",
    "<p>",
    "<!-- ",
    " -->",
    "&amp;&#x3c;&bogus;",
    "\\",
    "---\n",
    "中文，标点。",
];

/// Pieces of rules and flows.
const RULES: [&str; 40] = [
    "[[rule]]\nid = \"r\"\nkind = \"answer\"\narticle = \"a/one\"\nany = [\"refund\", \"/(re|un)fund/\"]\n",
    "[[rule]]\nid = \"s\"\nkind = \"smalltalk\"\nwhole = true\nany = [\"yes\"]\ntext.en = \"Yes!\"\n",
    "[[rule]]\nid = \"c\"\nkind = \"answer\"\narticle = \"a/one\"\nall = [\"{amount}\"]\ncompute = { fee = \"amount * 2%\" }\ntext.en = \"{fee} of {amount}\"\n",
    "[[rule]]\n",
    "[rule]\n",
    "id = \"x\"\n",
    "priority = 5\n",
    "priority = 99999999999999999999\n",
    "any = [\"/(a+)+$/\", \"@nobody\", \"{rate}\", \"退款\"]\n",
    "any = [\"/[/\"]\n",
    "all = [\"a|b\", \"{amount}\"]\n",
    "none = [\"c\"]\n",
    "after = [\"a/one\"]\n",
    "compute = { a = \"b + 1\", b = \"a / 0\" }\n",
    "compute = { a = \"((((1\" }\n",
    "kind = \"safety\"\n",
    "kind = \"handoff\"\n",
    "article = \"a/none\"\n",
    "text.en = \"{amount} {nothing}\"\n",
    "text = { zh-CN = \"文\" }\n",
    "id = \"f\"\nsupport = \"a/one\"\ndone = { en = \"Good\" }\nhandoff = { en = \"Ask\" }\n[starts]\narticles = [\"a/one\"]\n",
    "[starts.any]\nen = [\"still not working\"]\n",
    "[[step]]\nid = \"one\"\narticle = \"a/one\"\ntext.en = \"Do it\"\nreplies = { worked = \"done\", not_yet = \"two\", next = \"one\" }\n",
    "[[step]]\nid = \"two\"\narticle = \"b/good\"\ntext.en = \"And that\"\nreplies = { worked = \"done\", not_yet = \"handoff\" }\n",
    "[[step.choice]]\nlabel = { en = \"Yes\" }\nterms = [\"yes\"]\nto = \"two\"\n",
    "to = \"nowhere\"\n",
    "section = { en = \"None\" }\n",
    "kind = \"step\"\n",
    "\"\"\"\n",
    "'",
    "a.b.c = 1\n",
    "= ",
    "[",
    "]",
    "{ ",
    " }",
    "1979-05-27\n",
    "# c\n",
    "\"\\u{0}\"\n",
    "true\n",
];

/// Several pieces in any order between characters of any kind, cut off anywhere.
pub(crate) fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    let piece = prop_oneof![8 => select(pieces).prop_map(str::to_owned), 1 => ".{0,12}", 1 => "\\PC{0,4}"];
    let whole = proptest::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat());
    (whole, any::<Index>(), any::<bool>()).prop_map(|(text, at, cut)| {
        let at = at.index(text.chars().count() + 1);
        if cut { text.chars().take(at).collect() } else { text }
    })
}

pub(crate) fn each<T: std::fmt::Debug>(
    what: &str,
    inputs: impl Strategy<Value = T>,
    holds: impl Fn(&T) -> Result<(), TestCaseError>,
) {
    #[expect(clippy::disallowed_methods, reason = "a test's own switch, which is no setting of the program")]
    let asked = std::env::var("ZHIDA_FUZZ_CASES").ok();
    let cases = asked.map_or(CASES, |n| n.parse().expect("ZHIDA_FUZZ_CASES is a number"));
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    TestRunner::new(config).run(&inputs, |input| holds(&input)).unwrap();
    println!("{what}: {cases} files");
}

/// Writes files below a folder of their own and loads it; every problem has words and, if any, a line that exists.
fn load(files: &[(&str, &str)]) -> Result<Loaded, TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    for (file, text) in files {
        let path = dir.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let loaded = content::load(dir.path()).map_err(|cause| TestCaseError::fail(cause.to_string()))?;
    for problem in &loaded.problems {
        let text = files.iter().find(|(file, _)| Path::new(file) == problem.file).map_or("", |(_, text)| text);
        let lines = text.split(['\n', '\r']).count();
        prop_assert!(!problem.message.is_empty(), "{problem:?}");
        prop_assert!(
            problem.line.is_none_or(|line| (1..=lines.max(1)).contains(&line)),
            "{problem:?} of {lines} lines"
        );
    }
    Ok(loaded)
}

const GOOD: (&str, &str) = ("en/b/good.md", "---\ntitle: Good\nsummary: It is.\n---\nText.\n");

/// Reads an article beside one that is in order, and returns it where it was published.
fn beside_good(article: &str) -> Result<(Loaded, Option<Article>), TestCaseError> {
    let loaded = load(&[("en/a/one.md", article), GOOD])?;
    let one = loaded.content.articles.iter().find(|a| a.id.slug() == "one").cloned();
    Ok((loaded, one))
}

#[test]
fn any_front_matter_is_read_or_refused_by_line() {
    each("front matter", text(&FRONT), |text: &String| {
        let (loaded, one) = beside_good(&format!("---\ntitle: T\nsummary: S\n{text}\n---\nBody.\n"))?;
        // What is not understood is never published: an article for agents could be meant.
        prop_assert!(one.is_some() || loaded.has_errors(), "it is gone and nobody is told");
        Ok(())
    });
}

#[test]
fn any_markdown_becomes_safe_html() {
    each("Markdown", text(&MARKDOWN), |text| {
        let (_, one) = beside_good(&format!("---\ntitle: T\nsummary: S\n---\n{text}"))?;
        let html = one.map(|a| a.html.as_str().to_owned()).unwrap_or_default();
        let page = Html::parse_fragment(&html);
        for element in page.tree.values().filter_map(|node| node.as_element()) {
            prop_assert!(!["script", "style", "iframe", "h1"].contains(&element.name()), "{html}");
            for (name, value) in element.attrs() {
                prop_assert!(!name.starts_with("on"), "{html}");
                let value = value.trim_start().to_ascii_lowercase();
                prop_assert!(
                    !["javascript:", "data:", "vbscript:", "//"].iter().any(|bad| value.starts_with(bad)),
                    "{html}"
                );
            }
        }
        Ok(())
    });
}

#[test]
fn any_rules_and_flows_are_read_or_refused_by_line_and_the_chat_goes_on() {
    each("rules and flows", text(&RULES), |text| {
        let one = ("en/a/one.md", "---\ntitle: Refund\nsummary: You get it back.\n---\nText.\n");
        let loaded = load(&[one, GOOD, ("rules/r.toml", text), ("flows/f.toml", text)])?;
        // Also what `check` would not let pass must not bring the chat down.
        let snapshot = Snapshot::build(loaded.content).unwrap();
        let locale = "en".parse().unwrap();
        let mut dialogue = Dialogue::default();
        for message in ["refund 200 please", "yes", "退款", "still not working"] {
            let said = redact(message);
            let spoken = Spoken { text: &said, locale: &locale, viewer: Viewer::Public, explain: true };
            let (turn, next) = reply(&snapshot, &dialogue, &spoken);
            prop_assert!(!turn.reply.text.trim().is_empty(), "{turn:?}");
            dialogue = next;
        }
        Ok(())
    });
}

#[test]
fn any_file_is_imported_or_refused() {
    let dir = tempfile::tempdir().unwrap();
    let forms = [("a.csv", Form::Csv), ("a.jsonl", Form::Jsonl), ("a.json", Form::Zendesk), ("a.xml", Form::Phpmyfaq)];
    each("import", text(&PIECES), |text| {
        for (name, form) in forms {
            let source = dir.path().join(name);
            fs::write(&source, text).unwrap();
            let to = tempfile::tempdir().unwrap();
            match exchange::read(&source, Some(form)) {
                Err(why) => prop_assert!(why.to_string().len() > 8),
                Ok((drafts, _)) if drafts.is_empty() => {}
                Ok((drafts, _)) => {
                    let written = exchange::write(&drafts, &Wishes::default(), to.path()).unwrap();
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
    each("pages to import", text(&PIECES), |text| {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(from.path().join("guide")).unwrap();
        fs::write(from.path().join("guide/page.md"), text).unwrap();
        let (drafts, _) = exchange::read(from.path(), None).unwrap();
        exchange::write(&drafts, &Wishes::default(), to.path()).unwrap();
        content::load(to.path()).unwrap();
        Ok(())
    });
}

#[test]
fn any_content_is_loaded_or_refused_by_line() {
    each("content of any form", text(&PIECES), |text| {
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
