//! The address under which the server is reached, as a request says it: what one reader sends is never another's.

use zhida::base::Clock;
use zhida::web::Settings;

use super::{attribute, one, page};
use crate::harness::Server;

/// Everything that is kept between requests and may name the server.
const KEPT: [&str; 9] = [
    "/en/",
    "/en/articles/loans/renew",
    "/en/articles/loans/renew.md",
    "/en/feed.xml",
    "/en/opensearch.xml",
    "/en/manifest.webmanifest",
    "/sitemap.xml",
    "/robots.txt",
    "/llms.txt",
];

const EVIL: [(&str, &str); 1] = [("host", "evil.example")];

#[tokio::test]
async fn a_false_host_is_told_back_to_its_sender_alone() {
    let server = Server::start().await;
    for path in KEPT {
        // Both orders: whoever comes first must not decide for the others.
        let first = server.get_with(path, &EVIL).await;
        let tag = first.headers().get("etag").map(|tag| tag.to_str().unwrap().to_owned());
        let theirs = first.text().await.unwrap();
        let ours = server.get(path).await.text().await.unwrap();
        assert!(!ours.contains("evil.example"), "{path}");
        assert_eq!(server.get_with(path, &EVIL).await.text().await.unwrap(), theirs, "{path}");
        assert_eq!(server.get(path).await.text().await.unwrap(), ours, "{path}");
        if let (Some(tag), true) = (tag, theirs != ours) {
            let revalidated = server.get_with(path, &[("if-none-match", &tag)]).await;
            assert_eq!(revalidated.status(), 200, "{path}: a tag of theirs stands for nothing of ours");
        }
    }
    let home = page(server.get("/en/").await).await;
    assert_eq!(attribute(one(&home, "link[rel=canonical]"), "href"), server.url("/en/"));
}

#[tokio::test]
async fn a_host_that_is_none_is_not_told_back_at_all() {
    let server = Server::start().await;
    for host in ["evil.example/x", "a\"onload=b", "<b>", "a b", "evil.example#", "user@evil.example"] {
        let text = server.get_with("/en/", &[("host", host)]).await.text().await.unwrap();
        assert!(!text.contains("evil.example") && !text.contains("onload=b"), "{host}");
    }
}

#[tokio::test]
async fn with_an_address_of_its_own_the_server_takes_no_notice_of_what_requests_say() {
    let settings = Settings { public_url: Some("https://help.lantern.example".to_owned()), ..Settings::default() };
    let server = Server::with(settings, Clock::System).await;
    for path in KEPT {
        let theirs = server.get_with(path, &[("host", "evil.example"), ("x-forwarded-host", "evil.example")]).await;
        let theirs = theirs.text().await.unwrap();
        assert!(!theirs.contains("evil.example"), "{path}");
        assert_eq!(server.get(path).await.text().await.unwrap(), theirs, "{path}");
    }
    let home = page(server.get_with("/en/", &EVIL).await).await;
    assert_eq!(attribute(one(&home, "link[rel=canonical]"), "href"), "https://help.lantern.example/en/");
}
