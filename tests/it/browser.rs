//! The pages in a real browser, as wide as a phone: they load, their scripts run, and the content policy blocks nothing.
//!
//! Without Chromium the test says loudly that it was skipped, and fails where `ZHIDA_TEST_REQUIRE=all` is set. The
//! screenshots stay in `target/tmp/pages`, for people to look at.

use std::path::Path;
use std::process::{Command, Output};

use scraper::{Html, Selector};

use crate::harness::{Server, skip};

const CHROMIUM: &str = "/usr/bin/chromium";

/// The page, and an element without which it is of no use.
const PAGES: [(&str, &str, &str); 4] = [
    ("home", "/en/", "main form[action] input[name=q]"),
    ("article", "/zh-CN/articles/machines/card-not-read", "main h1"),
    ("search", "/en/search?q=renew", "main input[name=q]"),
    ("chat", "/zh-CN/chat", "main [name=message]"),
];

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_work_in_a_browser() {
    if !Path::new(CHROMIUM).exists() {
        return skip(CHROMIUM, "get it with `apt-get install chromium fonts-noto-cjk`");
    }
    let server = Server::start().await;
    let pictures = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pages");
    std::fs::create_dir_all(&pictures).unwrap();
    for (name, path, needed) in PAGES {
        let url = server.url(path);
        let picture = pictures.join(format!("{name}.png"));
        let (dom, shot) = {
            let picture = picture.clone();
            let look = move || (browse(&url, &["--dump-dom".to_owned()]), browse(&url, &[screenshot(&picture)]));
            tokio::task::spawn_blocking(look).await.unwrap()
        };
        let page = Html::parse_document(&String::from_utf8_lossy(&dom.stdout));
        let needed = Selector::parse(needed).unwrap();
        assert!(page.select(&needed).next().is_some(), "{path} lacks {needed:?}: {dom:#?}");
        let log = String::from_utf8_lossy(&dom.stderr);
        let complaints: Vec<&str> = log.lines().filter(|line| line.contains(":CONSOLE")).collect();
        assert!(complaints.is_empty(), "{path} makes the browser complain: {complaints:#?}");
        let bytes = std::fs::read(&picture).unwrap_or_else(|e| panic!("no picture of {path}: {e}; {shot:#?}"));
        assert!(bytes.starts_with(b"\x89PNG"), "{path}");
    }
}

fn screenshot(picture: &Path) -> String {
    format!("--screenshot={}", picture.display())
}

/// Runs a fresh browser, which knows nothing of earlier pages, on one address.
fn browse(url: &str, what: &[String]) -> Output {
    let profile = tempfile::tempdir().unwrap();
    let quiet = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--hide-scrollbars",
        "--enable-logging=stderr",
        "--window-size=390,844",
        "--virtual-time-budget=3000",
    ];
    // A browser that hangs must fail the test, and not hold it up.
    Command::new("timeout")
        .args(["120", CHROMIUM])
        .args(quiet)
        .arg(format!("--user-data-dir={}", profile.path().display()))
        .args(what)
        .arg(url)
        .output()
        .expect("coreutils' timeout is there")
}
