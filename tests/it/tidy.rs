//! The house rules that no compiler keeps: who imports whom, one owner for each library, no file that nobody reads.
//!
//! The tables that are checked stand in ARCHITECTURE.md, so that the document cannot grow old.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

use crate::harness::program::zhida;
use crate::harness::repository;

/// The longest a file may be without its tests: what one can still read in one sitting.
const MOST_LINES: usize = 500;

/// A Rust file of the repository.
struct Source {
    /// From the repository's root.
    path: String,
    text: String,
}

impl Source {
    /// Returns the code without comments and without the tests, which may reach further than the room.
    fn code(&self) -> String {
        let tests = Regex::new(r"(?m)^#\[cfg\(test\)\]\nmod \w+ \{").unwrap();
        let end = tests.find(&self.text).map_or(self.text.len(), |m| m.start());
        self.text[..end].lines().filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
    }

    /// Returns the room of a file in src/: its folder, or its own name.
    fn room(&self) -> &str {
        let path = self.path.trim_start_matches("src/");
        path.split(['/', '.']).next().unwrap_or(path)
    }
}

fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    fn walk(dir: &Path, extension: &str, found: &mut Vec<PathBuf>) {
        let entries = std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display()));
        for path in entries.map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                walk(&path, extension, found);
            } else if path.extension().is_some_and(|e| e == extension) {
                found.push(path);
            }
        }
    }
    let mut found = Vec::new();
    walk(&repository(folder), extension, &mut found);
    found.sort();
    found
}

fn relative(path: &Path) -> String {
    path.strip_prefix(repository("")).unwrap().display().to_string()
}

fn sources(folder: &str) -> Vec<Source> {
    let read = |path: PathBuf| Source { text: std::fs::read_to_string(&path).unwrap(), path: relative(&path) };
    let sources: Vec<Source> = files(folder, "rs").into_iter().map(read).collect();
    assert!(!sources.is_empty(), "{folder} holds no Rust");
    sources
}

/// Returns the first two columns of the table under a heading of ARCHITECTURE.md: a name, and the names beside it.
fn table(heading: &str) -> BTreeMap<String, BTreeSet<String>> {
    let text = std::fs::read_to_string(repository("ARCHITECTURE.md")).unwrap();
    let start = text.find(&format!("\n## {heading}\n")).unwrap_or_else(|| panic!("there is no heading {heading}"));
    let section = &text[start + 1..];
    let section = &section[..section[3..].find("\n## ").map_or(section.len(), |end| end + 3)];
    let words = |cell: &str| -> BTreeSet<String> {
        let word = Regex::new(r"`([^`]+)`").unwrap();
        word.captures_iter(cell).map(|c| c[1].to_owned()).collect()
    };
    let mut rows = BTreeMap::new();
    for row in section.lines().filter(|l| l.starts_with('|')).skip(2) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        for name in words(cells[0]) {
            rows.insert(name, words(cells[1]));
        }
    }
    assert!(!rows.is_empty(), "the table under {heading} has no row");
    rows
}

#[test]
fn rooms_import_only_what_the_table_allows() {
    let table = table("Who may import whom");
    let single = Regex::new(r"\bcrate::([a-z_]+)").unwrap();
    let group = Regex::new(r"\bcrate::\{([^;]*)\}").unwrap();
    let word = Regex::new(r"(?:^|[,{]\s*)([a-z_]+)(?:::|\s*[,}]|$)").unwrap();
    let mut wrong = Vec::new();
    for source in sources("src").iter().filter(|s| !["lib", "main"].contains(&s.room())) {
        let room = source.room();
        let Some(allowed) = table.get(room) else {
            wrong.push(format!("{}: the room `{room}` is not in the table", source.path));
            continue;
        };
        let code = source.code();
        let mut imported: BTreeSet<String> = single.captures_iter(&code).map(|c| c[1].to_owned()).collect();
        for names in group.captures_iter(&code) {
            imported.extend(word.captures_iter(&names[1]).map(|c| c[1].to_owned()));
        }
        let forbidden =
            imported.iter().filter(|name| table.contains_key(*name) && *name != room && !allowed.contains(*name));
        wrong.extend(forbidden.map(|name| format!("{}: `{room}` may not import `{name}`", source.path)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let rooms: BTreeSet<String> = sources("src").iter().map(|s| s.room().to_owned()).collect();
    let gone: Vec<&String> = table.keys().filter(|room| !rooms.contains(*room)).collect();
    assert!(gone.is_empty(), "ARCHITECTURE.md's table has rooms that do not exist: {gone:?}");
}

#[test]
fn the_table_of_imports_has_no_circle() {
    let mut left = table("Who may import whom");
    while !left.is_empty() {
        let free: Vec<String> = left
            .iter()
            .filter(|(_, may)| may.iter().all(|room| !left.contains_key(room)))
            .map(|(r, _)| r.clone())
            .collect();
        assert!(!free.is_empty(), "these rooms import each other in a circle: {:?}", left.keys());
        left.retain(|room, _| !free.contains(room));
    }
}

#[test]
fn libraries_have_their_owners() {
    let owners = table("Who may know which library");
    let mut wrong = Vec::new();
    for source in sources("src").iter().filter(|s| s.room() != "main") {
        let code = source.code();
        for (library, rooms) in &owners {
            let used = Regex::new(&format!(r"(^|[^\w:]){library}::")).unwrap().is_match(&code);
            if used && !rooms.contains(source.room()) {
                wrong.push(format!("{}: only {rooms:?} may know `{library}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_file_opens_by_telling_why_it_exists() {
    let silent: Vec<String> = sources("src")
        .into_iter()
        .chain(sources("tests/it"))
        .filter(|s| !s.text.lines().next().is_some_and(|l| l.starts_with("//! ") && l.len() > 20))
        .map(|s| s.path)
        .collect();
    assert!(silent.is_empty(), "these files do not open with `//!` and a sentence: {silent:#?}");
}

#[test]
fn no_file_is_longer_than_one_sitting() {
    let long: Vec<String> = sources("src")
        .iter()
        .map(|s| (s, s.text.find("\n#[cfg(test)]\nmod ").map_or(s.text.as_str(), |end| &s.text[..end]).lines().count()))
        .filter(|(_, lines)| *lines > MOST_LINES)
        .map(|(s, lines)| format!("{}: {lines} lines without its tests", s.path))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn templates_mirror_the_pages() {
    let names = |folder: &str, extension: &str| -> BTreeSet<String> {
        let root = repository(folder);
        let within = |p: PathBuf| p.strip_prefix(&root).unwrap().with_extension("").display().to_string();
        files(folder, extension).into_iter().map(within).filter(|name| !name.ends_with("mod")).collect()
    };
    let (handlers, templates) = (names("src/web/pages", "rs"), names("templates/pages", "html"));
    let stray: Vec<&String> = templates.difference(&handlers).collect();
    assert!(stray.is_empty(), "these templates have no page in src/web/pages: {stray:?}");
    let (console, shown) = (names("src/web/console", "rs"), names("templates/console", "html"));
    let stray: Vec<&String> = shown.difference(&console).collect();
    assert!(stray.is_empty(), "these templates have no page in src/web/console: {stray:?}");
    let path = Regex::new(r#"template\(path = "([^"]+)""#).unwrap();
    for name in handlers.difference(&templates) {
        let text = std::fs::read_to_string(repository(&format!("src/web/pages/{name}.rs"))).unwrap();
        let shared: Vec<String> = path.captures_iter(&text).map(|c| c[1].to_owned()).collect();
        assert!(shared.is_empty(), "src/web/pages/{name}.rs shows {shared:?}, not pages/{name}.html");
    }
}

#[test]
fn no_test_file_is_forgotten() {
    let declared = Regex::new(r"(?m)^\s*(?:pub(?:\([a-z]+\))? )?mod (\w+);").unwrap();
    let all: BTreeMap<String, String> = sources("tests/it").into_iter().map(|s| (s.path, s.text)).collect();
    let mut reached = BTreeSet::new();
    let mut next = vec!["tests/it/main.rs".to_owned()];
    while let Some(path) = next.pop() {
        let text = all.get(&path).unwrap_or_else(|| panic!("{path} is declared and does not exist"));
        let folder = match path.strip_suffix("/mod.rs").or_else(|| path.strip_suffix("/main.rs")) {
            Some(folder) => folder.to_owned(),
            None => path.trim_end_matches(".rs").to_owned(),
        };
        for name in declared.captures_iter(text) {
            let (file, module) = (format!("{folder}/{}.rs", &name[1]), format!("{folder}/{}/mod.rs", &name[1]));
            next.push(if all.contains_key(&file) { file } else { module });
        }
        reached.insert(path);
    }
    let forgotten: Vec<&String> = all.keys().filter(|path| !reached.contains(*path)).collect();
    assert!(forgotten.is_empty(), "no `mod` line leads to {forgotten:#?}");
}

#[test]
fn the_readme_lists_the_commands_that_exist() {
    let readme = std::fs::read_to_string(repository("README.md")).unwrap();
    let row = Regex::new(r"(?m)^\| `zhida ([a-z]+)").unwrap();
    let listed: BTreeSet<String> = row.captures_iter(&readme).map(|c| c[1].to_owned()).collect();
    let help = zhida(&["--help"]).out;
    let commands = help.split("Commands:\n").nth(1).and_then(|rest| rest.split("\n\n").next()).unwrap();
    let command = Regex::new(r"(?m)^  ([a-z]+)  ").unwrap();
    let mut exist: BTreeSet<String> = command.captures_iter(commands).map(|c| c[1].to_owned()).collect();
    exist.remove("help");
    assert_eq!(listed, exist);
    let flag = Regex::new(r"--[a-z][a-z-]+").unwrap();
    for name in &listed {
        let flags = zhida(&[name, "--help"]).out;
        let claims = readme.lines().find(|l| l.starts_with(&format!("| `zhida {name}"))).unwrap();
        for claim in flag.find_iter(claims) {
            assert!(flags.contains(claim.as_str()), "`zhida {name}` has no {}", claim.as_str());
        }
    }
}

#[test]
fn the_settings_are_documented() {
    let page = std::fs::read_to_string(repository("docs/configuration.md")).unwrap();
    let help = zhida(&["--help"]).out;
    let (_, settings) = help.split_once("Settings:\n").unwrap();
    let flag = Regex::new(r"(?m)^ +--([a-z-]+)").unwrap();
    for flag in flag.captures_iter(settings).map(|c| c[1].to_owned()) {
        let variable = format!("ZHIDA_{}", flag.to_uppercase().replace('-', "_"));
        for name in [format!("`--{flag}`"), format!("`{variable}`")] {
            assert!(page.contains(&name), "docs/configuration.md does not tell of {name}");
        }
    }
}

#[test]
fn links_between_the_documents_lead_somewhere() {
    let link = Regex::new(r"\]\(([^)#\s]+)[^)]*\)").unwrap();
    let mut documents = files("docs", "md");
    documents.extend(["README.md", "ARCHITECTURE.md", "CHANGELOG.md"].map(repository));
    // Examples of content link within a help centre, and not within the repository.
    let code = Regex::new(r"(?s)```.*?```|`[^`\n]*`").unwrap();
    let mut dead = Vec::new();
    for document in documents {
        let text = std::fs::read_to_string(&document).unwrap();
        let text = code.replace_all(&text, "");
        let targets = link.captures_iter(&text).map(|c| c[1].to_owned()).filter(|t| !t.contains("://"));
        let missing = targets.filter(|t| !document.parent().unwrap().join(t).exists());
        dead.extend(missing.map(|t| format!("{}: {t}", relative(&document))));
    }
    assert!(dead.is_empty(), "{dead:#?}");
}
