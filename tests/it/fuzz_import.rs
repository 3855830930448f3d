//! Exports whose outer form is right and whose values are hostile: what is imported of them is content without an error.
//!
//! `fuzz_files.rs` mixes up the forms themselves; here every case gets past the form and into what is made of the values.

use std::fs;
use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

use zhida::content::{self, Severity};
use zhida::exchange::{self, Form, Wishes};

use crate::fuzz_files::{each, text};

/// Pieces of values: markup that is broken, leads out of the site, or means something to another program.
const PIECES: [&str; 60] = [
    "word ",
    "退款。",
    "\n",
    "\n\n",
    " ",
    "\t",
    "# ",
    "---\n",
    "- ",
    "1. ",
    "> ",
    "    ",
    "```\n",
    "`",
    "*",
    "[a](b.md)",
    "[a](../x/y.md#z \"t\")",
    "[a](/hc/en-us/articles/2-x)",
    "[a](index.php?action=faq&id=2&artlang=en)",
    "[a](javascript:alert(1))",
    "[a](//e.com)",
    "[a](\\\\host\\share)",
    "[a]()",
    "[a][t]",
    "\n\n[t]: gone.md 'x'\n",
    "![p](p.png)",
    "![p](data:image/png;base64,AAAA)",
    "![p](<a b.png>)",
    "<x:y>",
    "<made-up:thing>",
    "<https://e.com/>",
    "<p>",
    "</p>",
    "<b>",
    "<div>",
    "<ul><li>",
    "<table><tr><td>|",
    "<a href=\"/hc/articles/1\">x</a>",
    "<a href=gone.md>",
    "<img src='x.png'>",
    "<img src=\"data:,\">",
    "<iframe src=x></iframe>",
    "<!--",
    "-->",
    "<Tabs>",
    "<TabItem label=\"x\">",
    ":::note\n",
    ":::\n",
    "!!! tip \"x\"\n    y\n",
    "=== \"x\"\n    y\n",
    "{{ x }}",
    "{#x}",
    "&lt;&amp;&bogus;&#0;",
    "\\",
    "|",
    "\"",
    "'",
    "\u{7f}\u{85}\u{2028}\u{feff}\u{202e}",
    "\u{0}\u{1b}",
    "readme",
];

/// Ids, languages and days, some of them right.
const NAMES: [&str; 16] = [
    "1",
    "2",
    "a/b",
    "a/B_c.d",
    "readme",
    "a/readme",
    "../x",
    "en",
    "zh-cn",
    "zh_CN",
    "de",
    "x-y",
    "2024-01-02",
    "true",
    "agent",
    "",
];

fn value() -> impl Strategy<Value = Value> {
    let words = || prop_oneof![3 => text(&PIECES), 2 => select(&NAMES[..]).prop_map(str::to_owned)];
    prop_oneof![
        6 => words().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        2 => vec(words(), 0..4).prop_map(Value::from),
        1 => vec(prop_oneof![Just(Value::Null), words().prop_map(Value::from)], 0..3).prop_map(Value::from),
        1 => words().prop_map(|w| json!({ "x": w })),
    ]
}

/// Objects with some of these keys.
fn objects(keys: &'static [&'static str]) -> impl Strategy<Value = Vec<Value>> {
    let object = vec((select(keys), value()), 0..9).prop_map(|pairs| {
        Value::from(pairs.into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Map<_, _>>())
    });
    vec(object, 1..6)
}

/// Imports a source; what was written is content that is served as it is, with every article in it.
fn imports(source: &Path, form: Option<Form>) -> Result<(), TestCaseError> {
    let drafts = match exchange::read(source, form) {
        Err(why) => {
            prop_assert!(why.to_string().len() > 8, "{why}");
            return Ok(());
        }
        Ok((drafts, _)) if drafts.is_empty() => return Ok(()),
        Ok((drafts, _)) => drafts,
    };
    let to = tempfile::tempdir().unwrap();
    let written = exchange::write(&drafts, &Wishes::default(), to.path()).unwrap();
    prop_assert_eq!(written.articles, drafts.len());
    let loaded = content::load(to.path()).unwrap();
    let errors: Vec<_> = loaded.problems.iter().filter(|p| p.severity == Severity::Error).collect();
    prop_assert!(errors.is_empty(), "{errors:#?}\n{drafts:#?}");
    prop_assert_eq!(loaded.content.articles.len(), written.articles);
    Ok(())
}

/// Imports one file of that name.
fn file(name: &str, text: &str, form: Form) -> Result<(), TestCaseError> {
    let dir = tempfile::tempdir().unwrap();
    let source = dir.path().join(name);
    fs::write(&source, text).unwrap();
    imports(&source, Some(form))
}

#[test]
fn any_values_of_a_zendesk_export_become_content() {
    const ARTICLE: [&str; 14] = [
        "id",
        "title",
        "name",
        "body",
        "body",
        "body",
        "locale",
        "source_locale",
        "section_id",
        "label_names",
        "draft",
        "user_segment_id",
        "html_url",
        "updated_at",
    ];
    let export = (objects(&ARTICLE), objects(&["id", "name", "locale", "category_id"]));
    each("Zendesk", export, |(articles, sections)| {
        file("a.json", &json!({ "articles": articles, "sections": sections }).to_string(), Form::Zendesk)?;
        file("a.json", &Value::from(articles.clone()).to_string(), Form::Zendesk)
    });
}

#[test]
fn any_values_of_a_phpmyfaq_export_become_content() {
    const ENTRY: [&str; 9] =
        ["id", "language", "category", "keywords", "question", "answer", "answer", "answer", "last_modified"];
    each("phpMyFAQ", objects(&ENTRY), |entries| {
        let wrapped: Vec<Value> = entries.iter().map(|entry| json!({ "faq": entry })).collect();
        file("a.json", &Value::from(wrapped).to_string(), Form::Phpmyfaq)?;
        let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        let of = |entry: &Value, key: &str| escape(entry[key].as_str().unwrap_or_default());
        let mut xml = "<?xml version=\"1.0\"?>\n<phpmyfaq>".to_owned();
        for (i, entry) in entries.iter().enumerate() {
            xml.push_str(&format!("<article id=\"{i}\">"));
            for key in ["language", "category", "keywords", "question"] {
                xml.push_str(&format!("<{key}>{}</{key}>", of(entry, key)));
            }
            xml.push_str(&format!("<answer>{}</answer></article>\n", escape(&of(entry, "answer"))));
        }
        file("a.xml", &format!("{xml}</phpmyfaq>\n"), Form::Phpmyfaq)
    });
}

#[test]
fn any_values_of_pairs_become_content() {
    const PAIR: [&str; 18] = [
        "question",
        "question",
        "answer",
        "answer",
        "markdown",
        "title",
        "id",
        "category",
        "locale",
        "summary",
        "questions",
        "keywords",
        "codes",
        "messages",
        "related",
        "aliases",
        "audience",
        "updated",
    ];
    each("pairs", objects(&PAIR), |pairs| {
        // Rows without an answer are refused, and what comes behind them is not looked at.
        let pairs: Vec<Value> = pairs
            .iter()
            .filter(|p| p["answer"].as_str().is_some_and(|a| !a.trim().is_empty()) && p["question"].is_string())
            .cloned()
            .collect();
        let lines: String = pairs.iter().map(|pair| format!("{pair}\n")).collect();
        file("a.jsonl", &lines, Form::Jsonl)?;
        file("a.json", &Value::from(pairs.clone()).to_string(), Form::Jsonl)?;
        let columns = ["question", "answer", "title", "category", "locale", "id", "keywords", "codes", "aliases"];
        let mut table = csv::Writer::from_writer(Vec::new());
        table.write_record(columns).unwrap();
        for pair in &pairs {
            table.write_record(columns.map(|key| pair[key].as_str().unwrap_or_default())).unwrap();
        }
        let table = String::from_utf8(table.into_inner().unwrap()).unwrap();
        file("a.csv", &table, Form::Csv)
    });
}

#[test]
fn any_pages_become_content() {
    const FRONT: [&str; 12] = [
        "title",
        "description",
        "id",
        "slug",
        "sidebar_label",
        "tags",
        "keywords",
        "last_update",
        "date",
        "draft",
        "lang",
        "summary",
    ];
    const PLACES: [&str; 8] = [
        "index.md",
        "README.md",
        "guide/page.md",
        "guide/page.zh.md",
        "en/guide/01-page.mdx",
        "de/guide/page.md",
        "guide/tests/index.md",
        "i18n/zh-CN/x/current/guide/page.md",
    ];
    let page = (select(&PLACES[..]), objects(&FRONT), text(&PIECES));
    each("pages", vec(page, 1..5), |pages| {
        let dir = tempfile::tempdir().unwrap();
        for (place, front, body) in pages {
            let path = dir.path().join(place);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let front: String =
                front[0].as_object().into_iter().flatten().map(|(key, value)| format!("{key}: {value}\n")).collect();
            fs::write(path, format!("---\n{front}---\n{body}")).unwrap();
        }
        imports(dir.path(), None)
    });
}
