//! What the console tells of the content's history, from a real repository and without one.

use std::path::Path;

use reqwest::Client;
use scraper::{Html, Selector};
use tempfile::TempDir;

use crate::harness::program::{Serving, zhida_in};
use crate::harness::{client, copy_folder, git, help};

/// An agent at the console of the real program, over a content folder of the test's own.
struct Console {
    serving: Serving,
    client: Client,
    cookie: String,
    _data: TempDir,
}

impl Console {
    async fn open(content: &Path) -> Self {
        let data = TempDir::new().unwrap();
        let made = zhida_in(data.path(), &[], &["agent", "add", "amy"]);
        let password = made.out.lines().find_map(|line| line.strip_prefix("password: ")).unwrap().to_owned();
        let content = content.display().to_string();
        let serving = Serving::start_in(data.path(), &["serve", "--content", &content, "--listen", "127.0.0.1:0"]);
        let client = client();
        let login = client
            .post(format!("{}agent/login", serving.url()))
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("name=amy&password={password}"));
        let entered = login.send().await.unwrap();
        let set = entered.headers()["set-cookie"].to_str().unwrap();
        let cookie = set.split(';').next().unwrap().to_owned();
        Console { serving, client, cookie, _data: data }
    }

    async fn get(&self, path: &str) -> (u16, String) {
        let asked = self.client.get(format!("{}{path}", self.serving.url()));
        let answer = asked.header("cookie", &self.cookie).header("accept-language", "en").send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }
}

fn texts(page: &str, selector: &str) -> Vec<String> {
    let page = Html::parse_document(page);
    let words =
        |e: scraper::ElementRef<'_>| e.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    page.select(&Selector::parse(selector).unwrap()).map(words).collect()
}

#[tokio::test]
async fn an_article_has_the_history_of_its_file_and_of_what_it_was_called_before() {
    let repository = TempDir::new().unwrap();
    let content = repository.path().join("help");
    copy_folder(&help(), &content);
    std::fs::write(
        content.join("en/loans/reserve-a-title.md"),
        "---\ntitle: Ask for a title\nsummary: Ask at the desk.\n---\n",
    )
    .unwrap();
    git(repository.path(), &["init", "-q"]);
    git(repository.path(), &["add", "."]);
    git(repository.path(), &["commit", "-q", "-m", "Write the help centre"]);
    let fees = content.join("en/loans/late-fees.md");
    let written = std::fs::read_to_string(&fees).unwrap();
    std::fs::write(&fees, format!("{written}\nFees are for late loans alone.\n")).unwrap();
    git(repository.path(), &["commit", "-q", "-a", "-m", "Say what <i>fees</i> are for\n\nNobody knew."]);
    git(repository.path(), &["mv", "help/en/loans/reserve-a-title.md", "help/en/loans/hold.md"]);
    git(repository.path(), &["commit", "-q", "-a", "-m", "Call it a hold"]);
    // Not committed: what is served may be newer than what Git knows.
    copy_folder(&content.join("en/card"), &content.join("en/draft"));

    let console = Console::open(&content).await;
    let (status, page) = console.get("agent/content/articles/en/loans/late-fees").await;
    assert_eq!(status, 200);
    let changes = texts(&page, ".history li");
    assert_eq!(changes.len(), 2, "{changes:?}");
    assert!(changes[0].ends_with("Say what <i>fees</i> are for 李雷"), "{changes:?}");
    assert!(changes[1].ends_with("Write the help centre 李雷"), "{changes:?}");
    let days = texts(&page, ".history time");
    assert!(days.iter().all(|day| day.len() == 10 && changes[0].starts_with(day.as_str())), "{days:?}");
    assert!(!page.contains("<i>fees"));

    let renamed = texts(&console.get("agent/content/articles/en/loans/hold").await.1, ".history li");
    assert_eq!(renamed.len(), 2, "{renamed:?}");
    let draft = console.get("agent/content/articles/en/draft/lost-card").await.1;
    assert_eq!(texts(&draft, ".empty-note"), ["This article has not been committed to Git yet."]);

    let listed = console.get("agent/content/articles?q=FEES").await.1;
    let links: Vec<String> = texts(&listed, "tbody th a");
    assert!(links.len() >= 2 && listed.contains("/agent/content/articles/en/loans/late-fees"), "{links:?}");
    assert!(listed.contains("/agent/content/articles/en/loans/waive-fees"), "internal ones are among them");
    for missing in ["en/loans/nothing", "fr/loans/late-fees", "en/..%2F..%2Fetc/passwd", "en/--output=x/y"] {
        assert_eq!(console.get(&format!("agent/content/articles/{missing}")).await.0, 404, "{missing}");
    }
    assert!(texts(&console.get("agent/content").await.1, ".history li").len() >= 3);
}

#[tokio::test]
async fn without_a_repository_a_sentence_says_so() {
    let folder = TempDir::new().unwrap();
    copy_folder(&help(), folder.path());
    let console = Console::open(folder.path()).await;
    let page = console.get("agent/content/articles/en/loans/renew").await.1;
    assert_eq!(texts(&page, ".empty-note"), ["The content folder has no Git history."]);
}
