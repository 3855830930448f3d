//! Files and bodies that are far larger or deeper than any help centre: refused with a sentence that names the file and
//! the limit, within bounded time and memory.

use std::fs::{self, File};
use std::os::unix::fs::symlink;
use std::path::Path;

use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;

use crate::harness::Server;
use crate::harness::program::{Run, zhida_within};

/// What the program may take of addresses, in kilobytes. Its threads reserve most of that, and use little of it.
const ROOM: u64 = 4 * 1024 * 1024;
/// A file of that size does not fit in there.
const HUGE: u64 = 8 * 1024 * 1024 * 1024;
/// No page nests as deep.
const DEEP: usize = 10_000;

const FRONT: &str = "---\ntitle: T\nsummary: S\n---\n";

/// Makes a file that is large and takes no room.
fn huge(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    File::create(path).unwrap().set_len(HUGE).unwrap();
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn check(folder: &Path) -> Run {
    zhida_within(ROOM, folder, &["check", "--content", "."])
}

/// Returns the finding about a file.
fn finding<'a>(run: &'a Run, file: &str) -> &'a str {
    let found = run.out.lines().find(|line| line.contains(file) && line.contains("error"));
    found.unwrap_or_else(|| panic!("no error in {file}: {run:#?}"))
}

#[test]
fn content_of_gigabytes_is_refused_by_file() {
    let dir = TempDir::new().unwrap();
    write(&dir.path().join("en/a/good.md"), FRONT);
    let files = [
        "en/a/big.md",
        "rules/big.toml",
        "flows/big.toml",
        "tests/big.toml",
        "site.toml",
        "codes.toml",
        "synonyms.toml",
    ];
    for file in files {
        huge(&dir.path().join(file));
    }
    let run = check(dir.path());
    assert_eq!(run.code, Some(1), "{run:#?}");
    for file in files {
        assert!(finding(&run, file).contains("larger than 2 MiB"), "{file}: {}", run.out);
    }
}

#[test]
fn exports_of_gigabytes_are_refused_by_file() {
    let dir = TempDir::new().unwrap();
    for file in ["big.csv", "big.jsonl", "big.json", "big.xml"] {
        huge(&dir.path().join(file));
        let run = zhida_within(ROOM, dir.path(), &["import", file, "--to", "new"]);
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!(run.err.contains(file) && run.err.contains("larger than 256 MiB"), "{file}: {}", run.err);
    }
    // Something that tells no size and has no end.
    let run = zhida_within(ROOM, dir.path(), &["import", "/dev/zero", "--from", "csv", "--to", "new"]);
    assert!(run.code == Some(1) && run.err.contains("larger than 256 MiB"), "{run:#?}");
    // Of a folder the rest is read.
    huge(&dir.path().join("docs/guide/big.md"));
    write(&dir.path().join("docs/guide/good.md"), "# Good\n\nText.\n");
    let run = zhida_within(ROOM, dir.path(), &["import", "docs", "--to", "new"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.out.contains("guide/big.md: it is larger than 2 MiB and was left out"), "{}", run.out);
    assert!(run.out.contains("1 article written"), "{}", run.out);
}

#[test]
fn content_that_nests_without_end_is_refused_by_line() {
    let dir = TempDir::new().unwrap();
    let quotes = format!("{FRONT}{}x\n", ">".repeat(DEEP));
    let lists = format!("{FRONT}{}x\n", "- ".repeat(DEEP));
    let links = format!("{FRONT}{}x{}\n", "[".repeat(DEEP), "](https://e.com)".repeat(DEEP));
    let emphasis = format!("{FRONT}{}x{}\n", "*a **b ".repeat(DEEP), " b** a*".repeat(DEEP));
    let html = format!("{FRONT}{}x\n", "<div>".repeat(DEEP));
    let fonts: String = (0..2_000).map(|n| format!("<font color=#{n}>")).collect();
    let open = format!("{FRONT}x {fonts}\n\n{}", "x\n\n".repeat(100_000));
    let yaml = format!("---\ntitle: T\nsummary: S\nkeywords: {}\n---\n", "[".repeat(DEEP));
    let blocks = format!("---\ntitle: T\nsummary: S\nkeywords:\n{}x\n---\n", "- ".repeat(DEEP));
    for (name, text) in [
        ("quotes", &quotes),
        ("lists", &lists),
        ("links", &links),
        ("emphasis", &emphasis),
        ("html", &html),
        ("open", &open),
        ("yaml", &yaml),
        ("blocks", &blocks),
    ] {
        write(&dir.path().join(format!("en/a/{name}.md")), text);
    }
    let array = format!("[[rule]]\nid = {}1{}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    let inline = format!("[[rule]]\nid = {}1{}\n", "{ a = ".repeat(DEEP), " }".repeat(DEEP));
    let key = format!("{}a = 1\n", "a.".repeat(DEEP));
    let table = format!("[{}a]\nb = 1\n", "a.".repeat(DEEP));
    let formula = format!("[[rule]]\nid = \"x\"\nall = [\"{}a{}\"]\n", "(".repeat(DEEP), ")".repeat(DEEP));
    for (name, text) in
        [("array", &array), ("inline", &inline), ("key", &key), ("table", &table), ("formula", &formula)]
    {
        write(&dir.path().join(format!("rules/{name}.toml")), text);
        write(&dir.path().join(format!("flows/{name}.toml")), text);
    }
    let run = check(dir.path());
    assert_eq!(run.code, Some(1), "{:?} {}", run.code, run.err);
    for file in ["quotes", "lists", "html", "yaml", "blocks"] {
        let told = finding(&run, &format!("en/a/{file}.md"));
        let limits = ["deep", "4000 raw HTML tags", "recursion limit"];
        assert!(limits.iter().any(|limit| told.contains(limit)), "{told}");
    }
    assert!(finding(&run, "en/a/open.md").contains("close every tag"));
    for file in ["array", "inline", "key", "table", "formula"] {
        finding(&run, &format!("rules/{file}.toml"));
        finding(&run, &format!("flows/{file}.toml"));
    }
}

#[test]
fn exports_that_unfold_to_gigabytes_are_refused_by_line() {
    let dir = TempDir::new().unwrap();
    let laughs: String =
        (1..30).map(|n| format!("<!ENTITY l{n} \"{}\">\n", format!("&l{};", n - 1).repeat(10))).collect();
    let article = |answer: &str| {
        format!(
            "<phpmyfaq>\n<article id=\"1\"><question>Q</question><answer>{answer}</answer></article>\n</phpmyfaq>\n"
        )
    };
    let bomb = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE x [\n<!ENTITY l0 \"ha\">\n{laughs}]>\n{}", article("&l29;"));
    let external = format!(
        "<?xml version=\"1.0\"?>\n<!DOCTYPE x [<!ENTITY file SYSTEM \"file:///etc/passwd\">]>\n{}",
        article("&file;")
    );
    let parameter = format!("<!DOCTYPE x [<!ENTITY % p SYSTEM \"http://127.0.0.1:1/p.dtd\"> %p;]>\n{}", article("&p;"));
    let json = format!("{{\"articles\": {}{}}}", "[".repeat(DEEP), "]".repeat(DEEP));
    let lines = format!("{{\"question\": \"q\", \"answer\": {}1{}}}\n", "[".repeat(DEEP), "]".repeat(DEEP));
    for (file, text, why) in [
        ("bomb.xml", &bomb, "l29"),
        ("external.xml", &external, "file"),
        ("parameter.xml", &parameter, "p"),
        ("deep.json", &json, "line 1"),
        ("deep.jsonl", &lines, "line 1"),
    ] {
        write(&dir.path().join(file), text);
        let run = zhida_within(ROOM, dir.path(), &["import", file, "--to", "new"]);
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!(run.err.contains(&format!("{file}: line ")) && run.err.contains(why), "{file}: {}", run.err);
    }
    assert!(!dir.path().join("new").exists(), "nothing is written of what is refused");
}

#[test]
fn an_export_of_more_entries_than_any_help_centre_has_is_refused() {
    let dir = TempDir::new().unwrap();
    let many = 250_001;
    let csv = format!("question,answer\n{}", "q,a\n".repeat(many));
    let jsonl = "{\"answer\":\"a\",\"question\":\"q\"}\n".repeat(many);
    let zendesk = format!("{{\"articles\":[{}{{}}]}}", "{},".repeat(many));
    let phpmyfaq = format!("[{}{{\"faq\":{{}}}}]", "{\"faq\":{}},".repeat(many));
    let xml = format!("<phpmyfaq>{}</phpmyfaq>", "<article id='1'></article>".repeat(many));
    for (file, text) in
        [("a.csv", &csv), ("a.jsonl", &jsonl), ("a.json", &zendesk), ("b.json", &phpmyfaq), ("a.xml", &xml)]
    {
        write(&dir.path().join(file), text);
        let run = zhida_within(ROOM, dir.path(), &["import", file, "--to", "new"]);
        assert_eq!(run.code, Some(1), "{run:#?}");
        assert!(run.err.contains(file) && run.err.contains("more than 250,000"), "{file}: {}", run.err);
    }
}

#[test]
fn links_that_lead_round_in_a_folder_are_followed_once() {
    let dir = TempDir::new().unwrap();
    let content = dir.path().join("content");
    write(&content.join("en/a/good.md"), FRONT);
    fs::create_dir_all(content.join("en/a/inner")).unwrap();
    // Twenty ways round: whoever went all of them eight deep would be at it for years.
    for n in 0..20 {
        symlink("..", content.join(format!("en/a/inner/up-{n}"))).unwrap();
        symlink(".", content.join(format!("en/a/inner/here-{n}"))).unwrap();
        symlink("../..", content.join(format!("en/round-{n}"))).unwrap();
    }
    let run = zhida_within(ROOM, dir.path(), &["check"]);
    assert!(run.code.is_some(), "{run:#?}");
    assert!(run.out.lines().count() < 500, "{} findings", run.out.lines().count());
    let run = zhida_within(ROOM, dir.path(), &["import", "content", "--from", "markdown", "--to", "new"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(run.out.contains("1 article written"), "{}", run.out);
}

#[tokio::test]
async fn a_body_that_nests_without_end_is_no_message() {
    let server = Server::start().await;
    for body in [
        "[".repeat(60_000),
        format!("{{\"message\": \"hi\", \"locale\": {}", "[".repeat(60_000)),
        format!("{{\"message\": {}{}}}", "[".repeat(30_000), "]".repeat(30_000)),
        "{\"a\":".repeat(10_000),
    ] {
        for path in ["/api/v1/chat", "/api/v1/feedback", "/api/v1/handoff"] {
            let sent = server.request(Method::POST, path).header("content-type", "application/json").body(body.clone());
            let refused = sent.send().await.unwrap();
            assert_eq!(refused.status(), 400, "{path}");
            assert_eq!(refused.json::<Value>().await.unwrap()["code"], "invalid_json", "{path}");
        }
    }
    assert_eq!(server.get("/healthz").await.status(), 200);
}
