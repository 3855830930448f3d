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

/// Rows of docs/configuration.md's limits: what a row says, and where the source says the same.
const LIMITS: &[(&str, &str, &str, &str)] = &[
    ("pages and records, one client", "6,000 a minute", "src/web/limit.rs", "page: a_minute(6_000)"),
    ("searches and suggestions, one client", "3,000 a minute", "src/web/limit.rs", "search: a_minute(3_000)"),
    ("chat messages, one client", "1,200 a minute", "src/web/limit.rs", "chat: a_minute(1_200)"),
    ("hand-offs and feedback, one client", "120 a minute", "src/web/limit.rs", "submission: a_minute(120)"),
    ("sign-ins, one client", "60 a minute", "src/web/limit.rs", "sign_in: a_minute(60)"),
    (
        "failed sign-ins in 15 minutes",
        "15 minutes",
        "src/desk/agents.rs",
        "FAILURES_COUNT = SignedDuration::from_mins(15)",
    ),
    ("failed sign-ins in 15 minutes", "5 of one name from one address", "src/desk/agents.rs", "MOST_BY_PAIR = 5"),
    ("failed sign-ins in 15 minutes", "50 from one address", "src/desk/agents.rs", "MOST_BY_ADDRESS = 50"),
    ("failed sign-ins in 15 minutes", "100 of one name", "src/desk/agents.rs", "MOST_BY_NAME = 100"),
    ("clients that are told apart", "100,000 a kind", "src/web/limit.rs", "MOST_CLIENTS = 100_000"),
    ("addresses in `X-Forwarded-For`", "32 nearest", "src/web/client.rs", "MOST_NAMED = 32"),
    ("requests at a time", "1,024", "src/web/state.rs", "max_requests: 1_024"),
    ("connections", "16,000", "src/web/state.rs", "max_connections: 16_000"),
    ("connections of one client", "an eighth", "src/web/connection.rs", "SHARE = 8"),
    (
        "connections to the database",
        "16 to PostgreSQL",
        "src/store/pool.rs",
        "PgPoolOptions::new().max_connections(16)",
    ),
    ("connections to the database", "4 that read", "src/store/pool.rs", "read = pool(4)"),
    ("connections to the database", "1 that writes", "src/store/pool.rs", "write = pool(1)"),
    ("webhooks under way", "8", "src/webhook/courier.rs", "AT_ONCE = 8"),
    ("request line and headers", "32,768 bytes", "src/web/state.rs", "header_limit: 32 * 1024"),
    (
        "request line and headers",
        "48 KiB",
        "src/web/connection.rs",
        "settings.header_limit + settings.header_limit / 2",
    ),
    // The HTTP library's own; tests/it/limits.rs has one more refused.
    ("headers of a request", "100", "tests/it/limits.rs", "(101, \"HTTP/1.1 431 \")"),
    ("body", "64 KiB", "src/web/state.rs", "body_limit: 64 * 1024"),
    ("transcript of a page without JavaScript", "40 KiB", "src/web/transcript.rs", "MAX_SENT_BYTES = 40 * 1024"),
    ("chat message, comment, note", "2,000 characters", "src/web/state.rs", "max_message_chars: 2_000"),
    ("contact in a hand-off", "200 characters", "src/web/api/handoff.rs", "MAX_CONTACT_CHARS = 200"),
    ("contacts to be compared with the official ones", "2,000", "src/web/pages/contacts.rs", "LONGEST = 2_000"),
    ("search query", "500 characters", "src/web/state.rs", "max_query_chars: 500"),
    ("error code that is looked up", "40 characters", "src/web/pages/codes.rs", "LONGEST = 40"),
    ("page that embeds the widget, its address", "2,000", "src/web/api/widget.rs", "MAX_PAGE_CHARS = 2_000"),
    ("signed identity", "4,096 bytes", "src/web/identity.rs", "MAX_BYTES = 4_096"),
    ("hits in one answer, and the deepest", "50,", "src/web/state.rs", "max_limit: 50"),
    ("hits in one answer, and the deepest", "10,000", "src/web/state.rs", "max_offset: 10_000"),
    ("suggestions", "6", "src/web/api/suggest.rs", "LINES = 6"),
    ("articles in a feed, in `llms.txt`, in one file of the sitemap", "50,", "src/web/discovery/feed.rs", "MOST = 50"),
    (
        "articles in a feed, in `llms.txt`, in one file of the sitemap",
        "1,000,",
        "src/web/discovery/plain.rs",
        "MOST = 1_000",
    ),
    (
        "articles in a feed, in `llms.txt`, in one file of the sitemap",
        "50,000",
        "src/web/discovery/sitemap.rs",
        "MOST = 50_000",
    ),
    ("address that leads nowhere, in the log", "200 characters", "src/web/security.rs", "LONGEST_PATH = 200"),
    ("agent's note or draft", "10,000 characters", "src/web/console/ticket.rs", "MAX_CHARS = 10_000"),
    ("agent's name, and password", "64,", "src/desk/agents.rs", "LONGEST_NAME = 64"),
    ("agent's name, and password", "10 to", "src/desk/agents.rs", "SHORTEST_PASSWORD = 10"),
    ("agent's name, and password", "200 characters", "src/desk/agents.rs", "LONGEST_PASSWORD = 200"),
    ("answer of the identity provider, and its token", "512 KiB", "src/oidc/provider.rs", "MAX_BYTES = 512 * 1024"),
    ("answer of the identity provider, and its token", "64 KiB", "src/oidc/id_token.rs", "MAX_BYTES = 64 * 1024"),
    (
        "time to send the headers, and to be idle",
        "30 seconds",
        "src/web/state.rs",
        "header_timeout: Duration::from_secs(30)",
    ),
    ("time to answer", "10 seconds", "src/web/state.rs", "timeout: Duration::from_secs(10)"),
    ("time to leave an answer unread", "30 seconds", "src/web/state.rs", "write_timeout: Duration::from_secs(30)"),
    ("time to finish at a stop", "10 seconds", "src/app.rs", "DRAIN = Duration::from_secs(10)"),
    (
        "wait of a chat turn for a shared database",
        "500 ms",
        "src/desk/converse.rs",
        "RECALL = Duration::from_millis(500)",
    ),
    (
        "wait of a chat turn for a shared database",
        "250 ms",
        "src/desk/converse.rs",
        "COMMIT = Duration::from_millis(250)",
    ),
    (
        "wait of a budget that servers count together",
        "250 ms",
        "src/desk/budgets.rs",
        "PATIENCE = Duration::from_millis(250)",
    ),
    ("wait for a connection to PostgreSQL", "2 seconds", "src/store/pool.rs", "ACQUIRE = Duration::from_secs(2)"),
    ("one statement in PostgreSQL", "10 seconds", "src/store/pool.rs", "(\"statement_timeout\", \"10s\")"),
    ("wait of `/readyz` for the database", "1 second", "src/store/mod.rs", "PING = Duration::from_secs(1)"),
    (
        "wait for another process that writes into SQLite",
        "5 seconds",
        "src/store/pool.rs",
        "BUSY = Duration::from_secs(5)",
    ),
    ("one batch of turns", "10 seconds", "src/store/writer.rs", "PATIENCE = Duration::from_secs(10)"),
    ("one attempt at a webhook", "15 seconds", "src/app.rs", "WEBHOOK_TIMEOUT = Duration::from_secs(15)"),
    ("attempts at a webhook", "60,", "src/webhook/courier.rs", "MOST_ATTEMPTS = 60"),
    ("attempts at a webhook", "5 seconds", "src/webhook/courier.rs", "FIRST_WAIT = Duration::from_secs(5)"),
    ("attempts at a webhook", "an hour", "src/webhook/courier.rs", "LONGEST_WAIT = Duration::from_secs(3600)"),
    ("one answer of the identity provider", "3 seconds", "src/oidc/provider.rs", "PATIENCE = Duration::from_secs(3)"),
    ("session of an agent", "8 hours", "src/desk/agents.rs", "IDLE = SignedDuration::from_hours(8)"),
    ("session of an agent", "16 in all", "src/desk/agents.rs", "LONGEST_SESSION = SignedDuration::from_hours(16)"),
    ("history of an article from Git", "5 seconds", "src/desk/history.rs", "PATIENCE = Duration::from_secs(5)"),
    ("history of an article from Git", "1 MiB", "src/desk/history.rs", "MAX_BYTES = 1024 * 1024"),
    ("conversations", "100,000", "src/desk/conversations.rs", "MOST = 100_000"),
    ("conversations", "24 hours", "src/desk/conversations.rs", "LONGEST_SILENCE = SignedDuration::from_hours(24)"),
    ("conversations", "1,000 turns", "src/desk/conversations.rs", "MOST_TURNS = 1_000"),
    ("kept pages", "64 MiB", "src/web/edition.rs", "MOST_BYTES = 64 * 1024 * 1024"),
    ("kept searches, and first turns", "16 MiB each", "src/desk/cache.rs", "MOST_BYTES = 16 * 1024 * 1024"),
    ("answers to searches as they are sent", "16 MiB", "src/web/kept_search.rs", "MOST_BYTES = 16 * 1024 * 1024"),
    ("answers to first messages as they are sent", "16 MiB", "src/web/kept_turn.rs", "MOST_BYTES = 16 * 1024 * 1024"),
    ("turns that a full disk does not take", "16 MiB", "src/store/journal.rs", "MOST_HELD = 16 * 1024 * 1024"),
    ("turns that others refer to, while a journal is read", "1,000", "src/store/turn.rs", "MOST_KNOWN = 1_000"),
    ("line of the journal", "1 MiB", "src/store/journal.rs", "LONGEST_LINE = 1024 * 1024"),
    ("searches and clicks that wait for the database", "10,000", "src/store/writer.rs", "QUEUE = 10_000"),
    ("file of the content", "2 MiB", "src/content/load.rs", "MAX_BYTES = 2 * 1024 * 1024"),
    ("nesting of Markdown", "32", "src/content/markdown.rs", "MAX_DEPTH = 32"),
    ("raw HTML tags of an article", "4,000", "src/content/markdown.rs", "MAX_RAW_TAGS = 4000"),
    ("elements of an article", "1,000,000", "src/content/sanitize.rs", "MOST_ELEMENTS = 1_000_000"),
    ("nesting of front matter and other data", "16", "src/content/node.rs", "MAX_DEPTH = 16"),
    ("findings of one article, and of refused content in the log", "100,", "src/content/load.rs", "MAX_PROBLEMS = 100"),
    ("findings of one article, and of refused content in the log", "20", "src/desk/publish.rs", "MOST_LOGGED = 20"),
    ("logo", "64 KiB", "src/content/site.rs", "MAX_LOGO = 64 * 1024"),
    ("file to import", "256 MiB", "src/exchange/source.rs", "LARGEST = 256 << 20"),
    ("file to import", "250,000 entries", "src/exchange/source.rs", "MOST_ENTRIES = 250_000"),
    ("page to import", "2 MiB", "src/exchange/folder.rs", "LARGEST = 2 << 20"),
    ("page to import", "32 folders", "src/exchange/folder.rs", "DEEPEST = 32"),
    ("page to import", "200 elements", "src/exchange/html.rs", "DEEPEST = 200"),
];

#[test]
fn every_limit_in_the_table_is_the_one_in_the_source() {
    let page = std::fs::read_to_string(repository("docs/configuration.md")).unwrap();
    let (_, section) = page.split_once("\n## Limits\n").unwrap();
    let section = section.split("\n## ").next().unwrap();
    let cells = |line: &str| line.trim_matches('|').split('|').map(|c| c.trim().to_owned()).collect::<Vec<_>>();
    let rows: BTreeMap<String, Vec<String>> = section
        .lines()
        .filter(|line| line.starts_with("| ") && !line.starts_with("| ---") && !line.starts_with("| limit "))
        .map(|line| (cells(line)[0].clone(), cells(line)))
        .collect();
    // `const NAME: usize = 1` is `NAME = 1`.
    let kind = Regex::new(r"\b([A-Z][A-Z_]+): \w+ =").unwrap();
    for (row, figure, file, declared) in LIMITS {
        let cells = rows.get(*row).unwrap_or_else(|| panic!("there is no row `{row}`"));
        // A figure may stand beside the limit that is the row's.
        assert!(cells.iter().any(|cell| cell.contains(figure)), "`{row}` does not say {figure}: {cells:?}");
        let source = std::fs::read_to_string(repository(file)).unwrap();
        let source = kind.replace_all(&source, "$1 =");
        let whole = Regex::new(&format!(r"{}(?:\W|$)", regex::escape(declared).trim_end_matches(r"\)"))).unwrap();
        assert!(whole.is_match(&source), "{file} does not say `{declared}`, as the row `{row}` does");
    }
    for (row, cells) in &rows {
        assert!(LIMITS.iter().any(|limit| limit.0 == row), "`{row}` is held against nothing");
        assert!(cells.len() == 4 && cells[3].len() > 8, "`{row}` has no reason");
    }
}
