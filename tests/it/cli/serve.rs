//! `zhida serve`: ready line, answers, stop, and the reasons not to start.

use std::collections::BTreeMap;
use std::net::TcpListener;

use crate::harness::program::{Serving, zhida};
use crate::harness::{client, copy_folder, help};

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

/// Returns the next message to a supervisor: what it says by name.
#[cfg(unix)]
fn heard(socket: &std::os::unix::net::UnixDatagram) -> BTreeMap<String, String> {
    let mut bytes = [0; 1024];
    let length = socket.recv(&mut bytes).unwrap();
    let text = std::str::from_utf8(&bytes[..length]).unwrap();
    text.lines().map(|line| line.split_once('=').unwrap()).map(|(n, v)| (n.to_owned(), v.to_owned())).collect()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_is_told_when_it_is_ready_reads_the_content_again_and_stops() {
    let dir = tempfile::tempdir().unwrap();
    let content = dir.path().join("content");
    copy_folder(&help(), &content);
    let place = dir.path().join("notify");
    let socket = std::os::unix::net::UnixDatagram::bind(&place).unwrap();
    let arguments = ["serve", "--watch", "off", "--listen", "127.0.0.1:0"];
    let serving = Serving::start_with(dir.path(), &[("NOTIFY_SOCKET", place.as_os_str())], &arguments);

    let ready = heard(&socket);
    assert_eq!(ready["READY"], "1");
    assert_eq!(ready["STATUS"], serving.ready.trim_end().trim_start_matches("zhida: "));
    let asked = client().get(format!("{}readyz", serving.url())).send().await.unwrap();
    assert_eq!(asked.status(), 200, "it serves when it says so");

    let reload = || {
        serving.signal("HUP");
        assert_eq!(heard(&socket)["RELOADING"], "1");
        let ready = heard(&socket);
        assert_eq!(ready["READY"], "1");
        ready["STATUS"].clone()
    };
    assert_eq!(reload(), "the content has not changed");
    let article = content.join("en/loans/renew.md");
    let good = std::fs::read_to_string(&article).unwrap();
    std::fs::write(&article, good.replace("title:", "tilte:")).unwrap();
    assert!(reload().contains("refused"));
    std::fs::write(&article, format!("{good}\nOne more word.\n")).unwrap();
    assert_eq!(reload(), "new content is served");

    serving.signal("TERM");
    assert_eq!(heard(&socket)["STOPPING"], "1");
    let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
    assert_eq!(status.code(), Some(0));
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
