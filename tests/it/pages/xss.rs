//! A corpus of attacks, put wherever somebody else's text reaches a page: it is shown as text, or not at all.

use reqwest::Method;
use scraper::Html;
use zhida::app;
use zhida::base::Clock;

use super::{all, one};
use crate::harness::Server;

const CORPUS: [&str; 18] = [
    "<script>alert(1)</script>",
    "\"><script>alert(1)</script>",
    "'><img src=x onerror=alert(1)>",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</style><script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href=javascript:alert(1)>x</a>",
    "\" onmouseover=\"alert(1)",
    "' autofocus onfocus='alert(1)",
    "<!--><img src=x onerror=alert(1)>-->",
    "]]><script>alert(1)</script>",
    "{{7*7}}${7*7}<%= 7*7 %>",
    "\u{2028}\u{202e}<b onclick=alert(1)>\u{0}",
];

/// Holds that a page has no element, attribute or address that its own templates did not write.
fn is_harmless(html: &str, of: &str) {
    let page = Html::parse_document(html);
    let scripts = all(&page, "script:not([src]):not([type='application/ld+json'])");
    assert_eq!(scripts.len(), 1, "{of} brought a script into {html}");
    assert!(scripts[0].text().collect::<String>().starts_with("try{"), "{of}");
    assert!(all(&page, "iframe, object, embed, base, math").is_empty(), "{of}");
    for element in all(&page, "*") {
        for (name, value) in element.value().attrs() {
            assert!(!name.starts_with("on") && name != "srcdoc", "{of} brought {name}={value}");
            let leads = matches!(name, "href" | "src" | "action" | "formaction");
            assert!(!(leads && value.trim().to_ascii_lowercase().starts_with("javascript:")), "{of}: {value}");
        }
        let own = ["_q", "_main"];
        assert!(element.value().attr("autofocus").is_none() || own.contains(&element.value().id().unwrap_or_default()));
    }
    for block in all(&page, "script[type='application/ld+json']") {
        let text: String = block.text().collect();
        assert!(serde_json::from_str::<serde_json::Value>(&text).is_ok(), "{of} broke {text}");
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|b| format!("%{b:02X}")).collect()
}

#[tokio::test]
async fn what_a_reader_types_is_never_run() {
    let server = Server::start().await;
    for attack in CORPUS {
        let typed = encoded(attack);
        for path in [
            format!("/en/search?q={typed}"),
            format!("/en/search?q=renew&category={typed}&page={typed}"),
            format!("/en/chat?q={typed}"),
            format!("/en/codes?code={typed}"),
            format!("/en/codes/{typed}"),
            format!("/en/articles/{typed}/{typed}"),
            format!("/en/categories/{typed}"),
            format!("/{typed}/"),
        ] {
            let response = server.get(&path).await;
            if response.status().is_redirection() {
                let to = response.headers()["location"].to_str().unwrap();
                assert!(to.starts_with("/en/"), "{path} leads to {to}");
                continue;
            }
            is_harmless(&response.text().await.unwrap(), &path);
        }
        for (path, field) in [
            ("/en/chat", "message"),
            ("/en/chat", "transcript"),
            ("/en/contacts", "text"),
            ("/en/articles/loans/renew/feedback", "helpful=no&comment"),
            ("/en/articles/loans/renew/feedback", "helpful"),
        ] {
            let response = server
                .request(Method::POST, path)
                .header("content-type", "application/x-www-form-urlencoded")
                .body(format!("{field}={typed}"))
                .send()
                .await
                .unwrap();
            // A verdict that was kept leads back to its article.
            if response.status() != 303 {
                is_harmless(&response.text().await.unwrap(), attack);
            }
        }
    }
}

#[tokio::test]
async fn what_an_author_writes_is_never_run() {
    for attack in CORPUS.iter().filter(|a| !a.contains('\0')) {
        let folder = tempfile::tempdir().unwrap();
        let quoted = serde_json::to_string(attack).unwrap();
        let put = |file: &str, text: String| {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        put(
            "en/a/one.md",
            format!(
                "---\ntitle: {quoted}\nsummary: {quoted}\ncodes: [Q-1]\nmessages: [{quoted}]\nquestions: [{quoted}]\n\
                 updated: 2026-01-01\n---\n\n## {attack}?\n\n{attack}\n"
            ),
        );
        put(
            "site.toml",
            format!(
                "name = {quoted}\ntagline = {quoted}\nnotice = {quoted}\n[[categories]]\nid = \"a\"\nname = {quoted}\n\
                 summary = {quoted}\n[[contacts]]\nkind = \"place\"\nlabel = {quoted}\n"
            )
            .replace("\\u202e", "\\u202E"),
        );
        put("incident.toml", format!("text = {quoted}\n"));
        // Refusing to serve it is as safe as showing it.
        let Ok(opened) = app::open(folder.path(), Clock::System) else { continue };
        let server = Server::over(opened.desk.snapshot()).await;
        for path in ["/en/", "/en/articles/a/one", "/en/categories/a", "/en/codes", "/en/codes/Q-1", "/en/contacts"] {
            let html = server.get(path).await.text().await.unwrap();
            let page = Html::parse_document(&html);
            assert!(!one(&page, "title").html().is_empty());
            is_harmless(&html, &format!("{attack} in {path}"));
        }
        for path in ["/sitemap.xml", "/en/feed.xml", "/en/opensearch.xml"] {
            let xml = server.get(path).await.text().await.unwrap();
            assert!(!xml.contains("<script") && !xml.contains("<svg") && !xml.contains("<img"), "{attack} in {path}");
            resvg::usvg::roxmltree::Document::parse(&xml).unwrap_or_else(|e| panic!("{path}: {e} for {attack}"));
        }
    }
}
