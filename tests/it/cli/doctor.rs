//! `zhida doctor`: what it finds in order, and what not.

use std::net::TcpListener;

use tempfile::TempDir;

use crate::harness::disk::Disk;
use crate::harness::help;
use crate::harness::program::{Serving, zhida, zhida_in};

fn line<'a>(out: &'a str, about: &str) -> &'a str {
    out.lines()
        .find(|line| line.split_once(' ').is_some_and(|(_, rest)| rest.trim_start().starts_with(about)))
        .unwrap_or_else(|| panic!("nothing of {about} in\n{out}"))
}

#[test]
fn a_machine_in_order_is_told_so() {
    let dir = TempDir::new().unwrap();
    let run =
        zhida_in(dir.path(), &[], &["doctor", "--content", &help().display().to_string(), "--listen", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    for (about, sentence) in [
        ("configuration", "ok       configuration: every setting can be used"),
        ("data folder", "ok       data folder: data can be written"),
        ("port", "ok       port: 127.0.0.1:0 is free"),
    ] {
        assert_eq!(line(&run.out, about), sentence);
    }
    assert!(line(&run.out, "database").contains("has no tables yet"));
    assert!(line(&run.out, "content").contains("14 articles"), "{}", run.out);
    assert!(!dir.path().join("data").exists(), "it changes nothing");
}

#[test]
fn each_trouble_is_named_with_its_remedy() {
    let dir = TempDir::new().unwrap();
    super::check::write_broken(&dir.path().join("content"));
    std::fs::write(dir.path().join("file"), "in the way").unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let variables = [
        ("ZHIDA_LISTEN", taken.local_addr().unwrap().to_string()),
        ("ZHIDA_DATABASE_URL", "postgres://zhida:hunter2@127.0.0.1:1/help".to_owned()),
        ("ZHIDA_RATE_LIMIT", "off".to_owned()),
        ("ZHIDA_WEBHOOK_URL", "https://desk.example/hook".to_owned()),
        ("ZHIDA_WEBHOOK_SECRET", "whsec_short".to_owned()),
    ];
    let variables: Vec<(&str, &str)> = variables.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let run = zhida_in(dir.path(), &variables, &["doctor"]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    for part in [
        "error    configuration: webhook_secret is not whsec_",
        "warning  configuration: rate_limit is off",
        "error    content: the content in content cannot be served",
        "error    content: en/a/one.md:",
        "error    database: cannot open the database",
        "see that the server runs",
        "is in use by another program; stop it",
    ] {
        assert!(run.out.contains(part), "{part} is not in\n{}", run.out);
    }
    assert!(!run.out.contains("hunter2"), "{}", run.out);
}

#[test]
fn a_server_that_runs_already_is_no_error() {
    let serving = Serving::start(&["serve", "--content", &help().display().to_string(), "--listen", "127.0.0.1:0"]);
    let listen = serving.url().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let run = zhida(&["doctor", "--content", &help().display().to_string(), "--listen", &listen]);
    assert_eq!(run.code, Some(0), "{run:#?}");
    assert!(line(&run.out, "port").contains("is in use by a zhida that answers"), "{}", run.out);
}

#[test]
fn a_disk_that_is_nearly_full_is_an_error() {
    let Some(disk) = Disk::of_megabytes(50) else { return };
    let data = disk.path().join("data").display().to_string();
    let content = help().display().to_string();
    let run = zhida(&["doctor", "--content", &content, "--listen", "127.0.0.1:0", "--data", &data]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(line(&run.out, "disk").starts_with("error "), "{}", run.out);
    assert!(line(&run.out, "disk").ends_with("make room, or keep less with retention_days"), "{}", run.out);
}

#[test]
fn a_damaged_database_is_noticed() {
    let dir = TempDir::new().unwrap();
    std::fs::create_dir(dir.path().join("data")).unwrap();
    std::fs::write(dir.path().join("data/zhida.db"), vec![b'x'; 8192]).unwrap();
    let run =
        zhida_in(dir.path(), &[], &["doctor", "--content", &help().display().to_string(), "--listen", "127.0.0.1:0"]);
    assert_eq!(run.code, Some(1), "{run:#?}");
    assert!(line(&run.out, "database").starts_with("error "), "{}", run.out);
    assert!(zhida(&["doctor", "--help"]).out.contains("Check whether"), "it is in the help");
}
