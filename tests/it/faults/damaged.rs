//! Files in the data folder that are not what they were: a clear refusal or a recovery, never a silent loss.

use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{Connection as _, SqliteConnection};
use tempfile::TempDir;

use crate::faults::Customer;
use crate::harness::disk::Pinned;
use crate::harness::help;
use crate::harness::program::{Run, Serving, zhida_in};

fn run(dir: &Path, command: &str) -> Run {
    zhida_in(dir, &[], &[command, "--content", &help().display().to_string(), "--listen", "127.0.0.1:0"])
}

fn start(dir: &Path, log: &Path) -> Serving {
    let content = help().display().to_string();
    Serving::start_logging(dir, &["serve", "--content", &content, "--listen", "127.0.0.1:0"], log)
}

/// Has a conversation of three turns kept, and the program killed; returns the conversation.
async fn talk(dir: &Path) -> String {
    let serving = start(dir, &dir.join("log"));
    let customer = Customer::of(serving.url());
    let id = customer.say(None, "one").await["conversation_id"].as_str().unwrap().to_owned();
    for message in ["two", "three"] {
        customer.say(Some(&id), message).await;
    }
    assert_eq!(customer.said(&id).await, ["one", "two", "three"]);
    serving.kill();
    id
}

async fn database(dir: &Path) -> SqliteConnection {
    let options = SqliteConnectOptions::new().filename(dir.join("data/zhida.db"));
    SqliteConnection::connect_with(&options).await.unwrap()
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_refused_with_its_name_and_what_to_do() {
    let kept = TempDir::new().unwrap();
    talk(kept.path()).await;
    // What the killed process left beside the file goes into it.
    let mut open = database(kept.path()).await;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut open).await.unwrap();
    open.close().await.unwrap();
    let good = std::fs::read(kept.path().join("data/zhida.db")).unwrap();
    let newer = TempDir::new().unwrap();
    std::fs::create_dir(newer.path().join("data")).unwrap();
    std::fs::write(newer.path().join("data/zhida.db"), &good).unwrap();
    let mut newer_database = database(newer.path()).await;
    sqlx::query(
        "UPDATE _sqlx_migrations SET version = 9999 WHERE version = (SELECT MAX(version) FROM _sqlx_migrations)",
    )
    .execute(&mut newer_database)
    .await
    .unwrap();
    newer_database.close().await.unwrap();
    let newer = std::fs::read(newer.path().join("data/zhida.db")).unwrap();
    for (what, bytes, remedy) in [
        ("garbage", vec![b'x'; 100_000], "zhida db restore"),
        ("truncated", good[..good.len() / 2].to_vec(), "zhida db restore"),
        ("newer", newer, "start the newer program"),
    ] {
        let dir = TempDir::new().unwrap();
        std::fs::create_dir(dir.path().join("data")).unwrap();
        let file = dir.path().join("data/zhida.db");
        std::fs::write(&file, &bytes).unwrap();
        let refused = run(dir.path(), "serve");
        assert_eq!(refused.code, Some(1), "{what}: {refused:#?}");
        assert!(refused.err.contains("data/zhida.db") && refused.err.contains(remedy), "{what}: {}", refused.err);
        let examined = run(dir.path(), "doctor");
        let told = examined.out.lines().find(|line| line.starts_with("error    database: "));
        assert!(told.is_some_and(|line| line.contains("data/zhida.db")), "{what}: {}", examined.out);
        assert_eq!(std::fs::read(&file).unwrap(), bytes, "{what}: it is left as it is");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_damaged_inside_costs_no_turn() {
    let dir = TempDir::new().unwrap();
    talk(dir.path()).await;
    let mut open = database(dir.path()).await;
    let (size,): (u64,) = sqlx::query_as("PRAGMA page_size").fetch_one(&mut open).await.unwrap();
    let roots: Vec<(u64,)> = sqlx::query_as("SELECT rootpage FROM sqlite_master WHERE name IN ('turns', 'feedback')")
        .fetch_all(&mut open)
        .await
        .unwrap();
    open.close().await.unwrap();
    let mut file = std::fs::OpenOptions::new().write(true).open(dir.path().join("data/zhida.db")).unwrap();
    for (root,) in roots {
        file.seek(SeekFrom::Start((root - 1) * size)).unwrap();
        file.write_all(&vec![0xa5; usize::try_from(size).unwrap()]).unwrap();
    }
    drop(file);

    let serving = start(dir.path(), &dir.path().join("log"));
    let customer = Customer::of(serving.url());
    let id = customer.say(None, "after").await["conversation_id"].as_str().unwrap().to_owned();
    customer.reads_on().await;
    customer.is_told_to_come_back(&id).await;
    assert_eq!(customer.until_ready_is(503).await["code"], "not_writable");
    assert!(!dir.path().join("data/journal/rejected.jsonl").exists(), "no turn is to blame");
    let log = std::fs::read_to_string(dir.path().join("log")).unwrap();
    assert!(log.contains("malformed"), "{log}");
    serving.kill();
    assert!(run(dir.path(), "doctor").out.contains("is damaged"));

    // The remedy: a new database. What was said meanwhile waits in the journal.
    std::fs::rename(dir.path().join("data/zhida.db"), dir.path().join("damaged.db")).unwrap();
    let serving = start(dir.path(), &dir.path().join("log"));
    assert_eq!(Customer::of(serving.url()).said(&id).await, ["after"]);
}

/// Returns the journals in a data folder.
fn journals(dir: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(dir.join("data/journal")).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("turns-")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_turn_in_a_journal_is_put_aside_and_the_turns_are_taken_over() {
    let from = TempDir::new().unwrap();
    let id = talk(from.path()).await;
    let [journal] = journals(from.path()).try_into().unwrap();
    let written = std::fs::read(&journal).unwrap();
    let turns: Vec<&[u8]> = written.split_inclusive(|byte| *byte == b'\n').collect();
    assert_eq!(turns.len(), 3);

    let dir = TempDir::new().unwrap();
    std::fs::create_dir_all(dir.path().join("data/journal")).unwrap();
    let (garbage, long) = (b"\x00\xff{\"id\":\n".as_slice(), [vec![b'x'; 2_000_000], b"\n".to_vec()].concat());
    let torn = &turns[2][..turns[2].len() / 2];
    let damaged = [turns[0], garbage, turns[1], &long, turns[2], torn].concat();
    std::fs::write(dir.path().join("data/journal").join(journal.file_name().unwrap()), damaged).unwrap();
    let log = dir.path().join("log");
    let serving = start(dir.path(), &log);
    let customer = Customer::of(serving.url());
    assert_eq!(customer.said(&id).await, ["one", "two", "three"]);
    let rejected = dir.path().join("data/journal/rejected.jsonl");
    assert_eq!(std::fs::read(&rejected).unwrap(), [garbage, &long].concat(), "byte for byte");
    let told = std::fs::read_to_string(&log).unwrap();
    assert!(told.contains("turns were refused") && told.contains("rejected.jsonl"), "{told}");
    assert_eq!(customer.metric("zhida_turns_rejected_total").await, 2.0);
    assert_eq!(journals(dir.path()).len(), 1, "the old journal is done with");
    let examined = run(dir.path(), "doctor");
    assert!(examined.out.contains("rejected.jsonl"), "{}", examined.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turn_that_says_what_another_said_is_put_aside_whole() {
    let dir = TempDir::new().unwrap();
    let serving = start(dir.path(), &dir.path().join("log"));
    let customer = Customer::of(serving.url());
    let mut ids = Vec::new();
    for _ in 0..2 {
        ids.push(customer.say(None, "one").await["conversation_id"].as_str().unwrap().to_owned());
    }
    for id in &ids {
        assert_eq!(customer.said(id).await, ["one"]);
    }
    // From now on the database takes no turn.
    let mut open = database(dir.path()).await;
    let refusal = "CREATE TRIGGER refuse BEFORE INSERT ON turns BEGIN SELECT RAISE(ABORT, 'no more'); END";
    sqlx::query(refusal).execute(&mut open).await.unwrap();
    let refused = customer.say(None, "one").await["conversation_id"].as_str().unwrap().to_owned();
    while customer.metric("zhida_turns_rejected_total").await < 1.0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    let rejected = std::fs::read_to_string(dir.path().join("data/journal/rejected.jsonl")).unwrap();
    let [line] = rejected.lines().collect::<Vec<_>>().try_into().unwrap();
    let line: serde_json::Value = serde_json::from_str(line).unwrap();
    assert_eq!((line["conversation"].as_str(), line["said"].as_str()), (Some(refused.as_str()), Some("one")));
    assert!(line["reply"]["text"].is_string() && line["after"]["turns"] == 1, "{line}");
    // Put back as a journal, it is taken over by a database that takes turns.
    sqlx::query("DROP TRIGGER refuse").execute(&mut open).await.unwrap();
    open.close().await.unwrap();
    serving.kill();
    let journal = dir.path().join("data/journal");
    std::fs::rename(journal.join("rejected.jsonl"), journal.join("turns-0.jsonl")).unwrap();
    let serving = start(dir.path(), &dir.path().join("log"));
    assert_eq!(Customer::of(serving.url()).said(&refused).await, ["one"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_journal_that_cannot_be_removed_is_taken_over_once() {
    let from = TempDir::new().unwrap();
    let id = talk(from.path()).await;
    let [left] = journals(from.path()).try_into().unwrap();
    let dir = TempDir::new().unwrap();
    std::fs::create_dir_all(dir.path().join("data/journal")).unwrap();
    // No database knows of its turns.
    let journal = dir.path().join("data/journal").join(left.file_name().unwrap());
    std::fs::copy(&left, &journal).unwrap();
    let Some(pinned) = Pinned::at(&journal) else { return };
    let log = dir.path().join("log");
    let told = || std::fs::read_to_string(&log).unwrap().matches("cannot be removed").count();
    let known = async || -> Vec<(String,)> {
        let mut open = database(dir.path()).await;
        let query = "SELECT file FROM journals WHERE file = $1";
        let rows = sqlx::query_as(query).bind(left.file_name().unwrap().to_str().unwrap());
        let rows = rows.fetch_all(&mut open).await.unwrap();
        open.close().await.unwrap();
        rows
    };

    // Each start tries to remove it, says once that it cannot, and adds nothing a second time.
    for _ in 0..3 {
        let serving = start(dir.path(), &log);
        let customer = Customer::of(serving.url());
        assert_eq!(customer.said(&id).await, ["one", "two", "three"]);
        customer.until_ready_is(200).await;
        assert_eq!(told(), 1);
        assert!(journal.exists() && !known().await.is_empty(), "the database knows how far it was taken over");
        let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
        assert_eq!(status.code(), Some(0));
    }

    drop(pinned);
    let serving = start(dir.path(), &log);
    let customer = Customer::of(serving.url());
    assert_eq!((told(), journal.exists()), (0, false));
    assert!(known().await.is_empty(), "what is gone is forgotten");
    let turn = customer.say(Some(&id), "four").await;
    assert_eq!(turn["conversation_id"], id.as_str());
    assert_eq!(customer.said(&id).await, ["one", "two", "three", "four"]);
}
