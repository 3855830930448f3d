//! Content that changes while it is served: swapped whole, refused with errors, noticed without being told.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use regex::Regex;
use serde_json::{Value, json};
use zhida::desk::publish::Reload;

use crate::harness::program::Serving;
use crate::harness::{Server, client, git};

/// How many articles a version of the test's content has.
const ARTICLES: usize = 40;

/// Writes a version of a help centre: every text in it names the version, file by file.
fn write(folder: &Path, version: usize) {
    let category = folder.join("en/lamps");
    std::fs::create_dir_all(&category).unwrap();
    for n in 0..ARTICLES {
        let text = format!(
            "---\ntitle: Lamp {n} of edition-{version}\nsummary: How to light lamp {n} of edition-{version}\n\
             codes: [L-{n:03}]\n---\nTurn the knob of edition-{version}.\n\n[Another lamp](lamp-{}.md)\n",
            (n + 1) % ARTICLES
        );
        // As Git does it: no reader sees half a file.
        let unfinished = folder.join(".unfinished");
        std::fs::write(&unfinished, text).unwrap();
        std::fs::rename(unfinished, category.join(format!("lamp-{n}.md"))).unwrap();
    }
    let site = format!("name = {{ en = \"Lamps edition-{version}\" }}\ncode_pattern = 'L-?\\d{{3}}'\n");
    std::fs::write(folder.join("site.toml"), site).unwrap();
}

/// How many versions are published under load, beside the first.
const VERSIONS: usize = 6;

/// Writes what the chat goes by into a version: each version's codes, rules and flow lead to other articles and name it.
fn write_talk(folder: &Path, version: usize) {
    let article = |n: usize| format!("lamps/lamp-{}", (version * 3 + n) % ARTICLES);
    let write = |file: &str, text: String| {
        let file = folder.join(file);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write(
        "codes.toml",
        format!(
            "[[code]]\ncode = \"L-900\"\naliases = [\"L-901\"]\narticle = \"{}\"\n\
             messages = {{ en = [\"The filament glows no more\"] }}\n",
            article(0)
        ),
    );
    write(
        "rules/talk.toml",
        format!(
            "[[rule]]\nid = \"welcome\"\nkind = \"smalltalk\"\nany = [\"hello\"]\n\
             text.en = \"Welcome to edition-{version}.\"\n\n\
             [[rule]]\nid = \"fire\"\nkind = \"safety\"\nany = [\"on fire\"]\narticle = \"{}\"\n\
             text.en = \"Pull the plug of edition-{version} now.\"\n",
            article(1)
        ),
    );
    let step = |id: &str, n: usize, next: &str| {
        format!(
            "[[step]]\nid = \"{id}\"\narticle = \"{}\"\nreplies = {{ not_yet = \"{next}\" }}\n\
             text.en = \"Look at the {id} of edition-{version}. Does it work now?\"\n\n",
            article(n)
        )
    };
    write(
        "flows/dark.toml",
        format!(
            "id = \"dark\"\nsupport = \"{}\"\nhandoff.en = \"A person of edition-{version} takes over.\"\n\n\
             [starts.any]\nen = [\"troubleshoot my lamp\"]\n\n{}{}",
            article(2),
            step("plug", 3, "fuse"),
            step("fuse", 4, "handoff")
        ),
    );
}

/// What is said in one conversation, each part of the chat's ways at least once.
const TALK: [&str; 9] = [
    "hello",
    "L-900",
    "l901?",
    "The filament glows no more",
    "my lamp is on fire",
    "How to light lamp 7",
    "troubleshoot my lamp",
    "still not working",
    "still not working",
];

/// Says something, and returns the conversation and the whole of the turn's answer but for it.
async fn say(server: &Server, conversation: &Value, message: &str) -> (Value, Value) {
    let said = json!({"message": message, "conversation_id": conversation, "locale": "en"});
    let response = server.post_json("/api/v1/chat", &said).await;
    assert_eq!(response.status(), 200, "{message}");
    let mut turn: Value = response.json().await.unwrap();
    let conversation = turn.as_object_mut().unwrap().remove("conversation_id").unwrap();
    (conversation, turn)
}

/// Returns what a version alone answers to each first message of a conversation, by a hash of the whole answer.
async fn answers_of(version: usize) -> Vec<blake3::Hash> {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), version);
    write_talk(dir.path(), version);
    let server = Server::publishing(dir.path()).await;
    let mut answers = Vec::new();
    for message in TALK {
        answers.push(blake3::hash(say(&server, &Value::Null, message).await.1.to_string().as_bytes()));
    }
    answers
}

/// Returns the versions that an answer names.
fn versions(text: &str) -> BTreeSet<String> {
    let version = Regex::new(r"edition-\d+").unwrap();
    version.find_iter(text).map(|found| found.as_str().to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn no_request_sees_half_of_two_versions() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0);
    let server = Arc::new(Server::publishing(dir.path()).await);
    let stop = Arc::new(AtomicBool::new(false));
    let answers = Arc::new(AtomicUsize::new(0));
    let paths =
        ["/en/", "/en/categories/lamps", "/en/articles/lamps/lamp-7", "/api/v1/search?q=lamp&locale=en", "chat"];
    let readers: Vec<_> = paths
        .into_iter()
        .map(|path| {
            let (server, stop, answers) = (Arc::clone(&server), Arc::clone(&stop), Arc::clone(&answers));
            tokio::spawn(async move {
                let mut seen = BTreeSet::new();
                while !stop.load(Ordering::Relaxed) {
                    let response = match path {
                        "chat" => server.post_json("/api/v1/chat", &json!({"message": "L-007", "locale": "en"})).await,
                        _ => server.get(path).await,
                    };
                    assert_eq!(response.status(), 200, "{path}");
                    let text = response.text().await.unwrap();
                    let named = versions(&text);
                    assert_eq!(named.len(), 1, "{path} is made of {named:?}");
                    seen.extend(named);
                    answers.fetch_add(1, Ordering::Relaxed);
                }
                seen
            })
        })
        .collect();
    for version in 1..=6 {
        let before = answers.load(Ordering::Relaxed);
        // Each version is asked for a while before the next comes.
        while answers.load(Ordering::Relaxed) < before + 50 {
            tokio::task::yield_now().await;
        }
        write(dir.path(), version);
        assert_eq!(server.desk.reload().await, Reload::Published);
        assert_eq!(server.desk.reload().await, Reload::Unchanged);
        // What is kept of the version before is not answered with any more.
        for path in &paths[..4] {
            let text = server.get(path).await.text().await.unwrap();
            assert_eq!(versions(&text), BTreeSet::from([format!("edition-{version}")]), "{path}");
        }
    }
    stop.store(true, Ordering::Relaxed);
    for reader in readers {
        assert!(reader.await.unwrap().len() > 1, "the versions change under the load");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_turn_of_the_chat_is_made_of_two_versions() {
    let mut expected = Vec::new();
    for version in 0..=VERSIONS {
        expected.push(answers_of(version).await);
    }
    for (n, message) in TALK.into_iter().enumerate().take(TALK.len() - 2) {
        let different: BTreeSet<&[u8; 32]> = expected.iter().map(|answers| answers[n].as_bytes()).collect();
        assert_eq!(different.len(), VERSIONS + 1, "each version answers {message} in its own way");
    }
    let expected = Arc::new(expected);
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 0);
    write_talk(dir.path(), 0);
    let server = Arc::new(Server::publishing(dir.path()).await);
    let (stop, turns) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let customers: Vec<_> = (0..4)
        .map(|n| {
            let (server, expected) = (Arc::clone(&server), Arc::clone(&expected));
            let (stop, turns) = (Arc::clone(&stop), Arc::clone(&turns));
            let holds_on = n % 2 == 0;
            tokio::spawn(async move {
                // What one customer gets never goes back to a version before.
                let mut latest = 0;
                let mut seen = BTreeSet::new();
                while !stop.load(Ordering::Relaxed) {
                    let mut conversation = Value::Null;
                    for (n, message) in TALK.into_iter().enumerate() {
                        let (id, turn) = say(&server, &conversation, message).await;
                        let version = if holds_on {
                            conversation = id;
                            let named = versions(&turn["reply"].to_string());
                            assert_eq!(named.len(), 1, "{message} is answered by {named:?}: {turn:#}");
                            named.first().unwrap().trim_start_matches("edition-").parse().unwrap()
                        } else if n < TALK.len() - 2 {
                            let hash = blake3::hash(turn.to_string().as_bytes());
                            let whole = expected.iter().position(|answers| answers[n] == hash);
                            whole.unwrap_or_else(|| panic!("no version answers {message} so: {turn:#}"))
                        } else {
                            continue;
                        };
                        assert!(version >= latest, "{message}: {version} after {latest}");
                        latest = version;
                        seen.insert(version);
                        turns.fetch_add(1, Ordering::Relaxed);
                    }
                }
                seen
            })
        })
        .collect();
    for version in 1..=VERSIONS {
        let before = turns.load(Ordering::Relaxed);
        while turns.load(Ordering::Relaxed) < before + 50 {
            assert!(!customers.iter().any(tokio::task::JoinHandle::is_finished), "a customer got no whole answer");
            tokio::task::yield_now().await;
        }
        write(dir.path(), version);
        write_talk(dir.path(), version);
        assert_eq!(server.desk.reload().await, Reload::Published);
        for (n, message) in TALK.into_iter().enumerate() {
            let answered = say(&server, &Value::Null, message).await.1;
            assert_eq!(blake3::hash(answered.to_string().as_bytes()), expected[version][n], "{version}: {answered:#}");
        }
    }
    stop.store(true, Ordering::Relaxed);
    for customer in customers {
        assert!(customer.await.unwrap().len() > 1, "the versions change under the load");
    }
    println!("{} turns over {} versions", turns.load(Ordering::Relaxed), VERSIONS + 1);
}

#[tokio::test]
async fn content_with_errors_is_refused_and_the_old_is_served_on() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), 1);
    let server = Server::publishing(dir.path()).await;
    let served = async || -> (String, Value) {
        let page = server.get("/en/articles/lamps/lamp-3").await.text().await.unwrap();
        (page, server.get("/readyz").await.json::<Value>().await.unwrap()["content"].clone())
    };
    let (_, first) = served().await;

    write(dir.path(), 2);
    let article = dir.path().join("en/lamps/lamp-3.md");
    let good = std::fs::read_to_string(&article).unwrap();
    std::fs::write(&article, good.replace("title:", "tilte:")).unwrap();
    assert_eq!(server.desk.reload().await, Reload::Refused);
    let (page, version) = served().await;
    assert_eq!((versions(&page), &version), (BTreeSet::from(["edition-1".to_owned()]), &first));
    let refused = server.desk.content_state().await.refused.expect("the console tells of it");
    assert!(refused.why.contains("cannot be served until its errors are mended"), "{}", refused.why);
    assert!(refused.findings.iter().any(|(file, _)| file == "en/lamps/lamp-3.md:2"), "{:?}", refused.findings);

    std::fs::write(&article, good).unwrap();
    assert_eq!(server.desk.reload().await, Reload::Published);
    assert_eq!(server.desk.content_state().await.refused, None);
    assert_eq!(versions(&served().await.0), BTreeSet::from(["edition-2".to_owned()]));

    std::fs::remove_dir_all(dir.path().join("en")).unwrap();
    assert_eq!(server.desk.reload().await, Reload::Refused, "an empty folder is a mistake too");
    assert_eq!(server.get("/en/articles/lamps/lamp-3").await.status(), 200);
}

/// Asks until the answer names a version; the test's own time limit ends a wait in vain.
async fn until_it_serves(url: &str, version: usize) {
    loop {
        let page = client().get(format!("{url}en/categories/lamps")).send().await.unwrap().text().await.unwrap();
        if versions(&page) == BTreeSet::from([format!("edition-{version}")]) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_changed_folder_is_noticed_and_so_is_one_that_takes_its_place() {
    let dir = tempfile::tempdir().unwrap();
    let (current, next) = (dir.path().join("current"), dir.path().join("next"));
    write(&current, 1);
    let arguments = ["serve", "--content", &current.display().to_string(), "--listen", "127.0.0.1:0"];
    let serving = Serving::start_in(dir.path(), &arguments);
    until_it_serves(serving.url(), 1).await;
    write(&current, 2);
    until_it_serves(serving.url(), 2).await;

    write(&next, 3);
    std::fs::rename(&current, dir.path().join("old")).unwrap();
    std::fs::rename(&next, &current).unwrap();
    until_it_serves(serving.url(), 3).await;
    write(&current, 4);
    until_it_serves(serving.url(), 4).await;
    // Each version was published once, though every file of it is a change.
    let published = async || -> usize {
        let all = client().get(format!("{}metrics", serving.url())).send().await.unwrap().text().await.unwrap();
        let line = all.lines().find_map(|l| l.strip_prefix("zhida_content_reloads_total{result=\"published\"} "));
        line.unwrap().parse().unwrap()
    };
    while published().await < 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(published().await, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_in_the_folder_is_a_deploy() {
    let dir = tempfile::tempdir().unwrap();
    let (author, content) = (dir.path().join("author"), dir.path().join("content"));
    write(&author, 1);
    git(&author, &["init", "--quiet"]);
    git(&author, &["add", "--all"]);
    git(&author, &["commit", "--quiet", "-m", "one"]);
    git(dir.path(), &["clone", "--quiet", "author", "content"]);
    let arguments = ["serve", "--content", &content.display().to_string(), "--listen", "127.0.0.1:0"];
    let serving = Serving::start_in(dir.path(), &[&arguments[..], &["--rate-limit", "off"]].concat());
    until_it_serves(serving.url(), 1).await;
    let page = format!("{}en/categories/lamps", serving.url());
    let reader = tokio::spawn(async move {
        loop {
            let text = client().get(&page).send().await.unwrap().text().await.unwrap();
            let seen = versions(&text);
            assert_eq!(seen.len(), 1, "one page tells of {seen:?}");
            if seen.contains("edition-2") {
                return;
            }
        }
    });
    write(&author, 2);
    git(&author, &["commit", "--quiet", "--all", "-m", "two"]);
    git(&content, &["pull", "--quiet"]);
    reader.await.unwrap();
}

#[tokio::test]
async fn a_program_that_does_not_watch_reads_again_when_it_is_told() {
    let dir = tempfile::tempdir().unwrap();
    let content = dir.path().join("content");
    write(&content, 1);
    let serving = Serving::start_in(dir.path(), &["serve", "--watch", "off", "--listen", "127.0.0.1:0"]);
    until_it_serves(serving.url(), 1).await;
    write(&content, 2);
    serving.signal("HUP");
    until_it_serves(serving.url(), 2).await;
    let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
    assert_eq!(status.code(), Some(0));
}

#[tokio::test]
async fn a_folder_that_nobody_tells_of_is_gone_through() {
    let dir = tempfile::tempdir().unwrap();
    let content = dir.path().join("content");
    write(&content, 1);
    let serving = Serving::start_in(dir.path(), &["serve", "--watch", "poll", "--listen", "127.0.0.1:0"]);
    until_it_serves(serving.url(), 1).await;
    write(&content, 2);
    until_it_serves(serving.url(), 2).await;
}
