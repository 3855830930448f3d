//! `zhida serve`: ready line, answers, stop, and the reasons not to start.

use std::net::TcpListener;

use crate::harness::program::{Serving, zhida};
use crate::harness::{client, help};

fn content() -> String {
    help().display().to_string()
}

#[tokio::test]
async fn says_when_it_is_ready_answers_and_stops_when_told() {
    let serving = Serving::start(&["serve", "--content", &content(), "--listen", "127.0.0.1:0"]);
    let url = serving.url().to_owned();
    assert_eq!(serving.ready, format!("zhida: serving Lantern (8 articles, 2 locales) at {url}\n"));
    let health = client().get(format!("{url}healthz")).send().await.unwrap();
    assert_eq!(health.status(), 200);
    let home = client().get(format!("{url}en/")).send().await.unwrap();
    assert!(home.text().await.unwrap().contains("Lantern"));
    let (status, rest) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
    assert_eq!((status.code(), rest.as_str()), (Some(0), ""), "exactly one line on standard output");
}

#[test]
fn serves_without_a_command_too() {
    let serving = Serving::start(&["--content", &content(), "--listen", "localhost:0"]);
    assert!(serving.ready.starts_with("zhida: serving Lantern"), "{}", serving.ready);
}

#[test]
fn a_taken_port_is_one_clear_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let run = zhida(&["--log", "off", "--content", &content(), "--listen", &address]);
    assert_eq!(run.code, Some(1));
    let sentence = format!("zhida: cannot listen on {address}: the address is in use; choose another with --listen\n");
    assert_eq!((run.err, run.out.as_str()), (sentence, ""));
}

#[test]
fn a_missing_folder_is_named_with_the_remedy() {
    let run = zhida(&["--content", "no/such/folder", "--listen", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(1));
    assert_eq!(
        run.err,
        "zhida: there is no content folder at no/such/folder; create it, or name another with --content\n"
    );
}

#[test]
fn broken_content_is_not_served_and_every_error_is_told() {
    let dir = tempfile::tempdir().unwrap();
    super::check::write_broken(dir.path());
    let run = zhida(&["--content", &dir.path().display().to_string(), "--listen", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(1));
    assert!(run.out.is_empty(), "{run:#?}");
    for part in ["en/a/one.md:", "en/a/two.md:", "zhida: the content in "] {
        assert!(run.err.contains(part), "{part} is not in {run:#?}");
    }
}
