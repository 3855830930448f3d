//! What all pages share: the locale, the header's links, the style sheets, and addresses that lead elsewhere.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::{all, attribute, one, page};
use crate::harness::Server;

async fn leads_to(server: &Server, path: &str, headers: &[(&str, &str)]) -> (u16, String) {
    let response = server.get_with(path, headers).await;
    let location = response.headers().get("location").map(|v| v.to_str().expect("an address is ASCII").to_owned());
    (response.status().as_u16(), location.unwrap_or_default())
}

#[tokio::test]
async fn the_root_goes_to_the_readers_locale() {
    let server = Server::start().await;
    for (wanted, to) in [("zh-TW,zh;q=0.9", "/zh-CN/"), ("fr, en;q=0.5", "/en/"), ("fr", "/en/"), ("???", "/en/")] {
        let got = leads_to(&server, "/", &[("accept-language", wanted)]).await;
        assert_eq!(got, (302, to.to_owned()), "{wanted}");
    }
    assert_eq!(server.get("/").await.headers()["vary"], "Accept-Language");
}

#[tokio::test]
async fn other_spellings_of_an_address_lead_to_the_page() {
    let server = Server::start().await;
    for (path, to) in [
        ("/zh-CN", "/zh-CN/"),
        ("/zh-cn/", "/zh-CN/"),
        ("/zh-TW/articles/loans/renew?x=1", "/zh-CN/articles/loans/renew?x=1"),
        ("/en/chat/", "/en/chat"),
        ("/en/codes/l101", "/en/codes/L%2D101"),
    ] {
        assert_eq!(leads_to(&server, path, &[]).await, (307, to.to_owned()), "{path}");
    }
    for nowhere in ["/fr/", "/rules/", "//example.org/", "/en//example.org/"] {
        let (status, to) = leads_to(&server, nowhere, &[]).await;
        assert!(status == 404 || to.starts_with("/en/"), "{nowhere} leads to {to} with {status}");
    }
}

#[tokio::test]
async fn a_page_names_its_language_and_the_same_page_in_the_other() {
    let server = Server::start().await;
    let page = page(server.get("/zh-CN/search?q=%E7%BB%AD%E5%80%9F").await).await;
    assert_eq!(attribute(one(&page, "html"), "lang"), "zh-CN");
    let other = one(&page, "header a[hreflang=en]");
    assert_eq!(attribute(other, "href"), "/en/search?q=%E7%BB%AD%E5%80%9F");
}

#[tokio::test]
async fn scripts_and_the_mark_are_kept_for_ever_under_names_of_their_own() {
    let server = Server::start().await;
    let page = page(server.get("/en/chat").await).await;
    let mut urls: Vec<&str> = all(&page, "script[src]").into_iter().map(|e| attribute(e, "src")).collect();
    urls.push(attribute(one(&page, "link[rel=icon]"), "href"));
    assert_eq!(urls.len(), 3, "{urls:?}");
    for url in urls {
        let response = server.get(url).await;
        assert_eq!(response.status(), 200, "{url}");
        assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{url}");
    }
    assert_eq!(server.get("/static/site.js").await.status(), 404);
}

const PAGES: [&str; 9] = [
    "/en/",
    "/en/articles/loans/renew",
    "/en/categories/loans",
    "/en/codes",
    "/en/codes/L-101",
    "/en/contacts",
    "/en/search?q=renew",
    "/en/chat",
    "/en/nothing",
];

#[tokio::test]
async fn what_a_page_holds_inline_is_named_by_its_policy_and_nothing_else_is() {
    let server = Server::start().await;
    for path in PAGES {
        let response = server.get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        let page = page(response).await;
        assert!(all(&page, "[style], [onclick], [onerror], [onload]").is_empty(), "{path}");
        let inline = all(&page, "style, script:not([src]):not([type='application/ld+json'])");
        assert_eq!(inline.len(), 2, "{path}: the sheet and the reader's choice of light or dark");
        for element in inline {
            let hash = STANDARD.encode(Sha256::digest(element.text().collect::<String>()));
            assert!(policy.contains(&format!("'sha256-{hash}'")), "{path} holds what {policy} forbids");
        }
    }
}

#[tokio::test]
async fn an_article_is_light_and_painted_after_one_round_trip() {
    let server = Server::start().await;
    let response = server.get_with("/en/articles/machines/card-not-read", &[("accept-encoding", "br")]).await;
    assert_eq!(response.headers()["content-encoding"], "br");
    let html = response.bytes().await.unwrap().len();
    // Ten packets of 1,460 bytes are what a server sends before it waits for the first answer (RFC 6928).
    assert!(html <= 14_600, "{html} bytes of HTML");
    let page = page(server.get("/en/articles/machines/card-not-read").await).await;
    assert!(all(&page, "link[rel=stylesheet], script[src]:not([defer])").is_empty(), "these hold up the first paint");
    let mut whole = html;
    for url in all(&page, "script[src]").into_iter().map(|e| attribute(e, "src")) {
        whole += server.get_with(url, &[("accept-encoding", "br")]).await.bytes().await.unwrap().len();
    }
    assert!(whole <= 30_000, "{whole} bytes in all");
}

#[tokio::test]
async fn a_kept_page_is_the_same_page_in_every_encoding() {
    let server = Server::start().await;
    let path = "/zh-CN/categories/loans";
    let first = server.get(path).await;
    let (headers, body) = (first.headers().clone(), first.bytes().await.unwrap());
    let second = server.get(path).await;
    for name in ["content-type", "content-language", "content-security-policy", "etag", "cache-control", "vary"] {
        assert_eq!(headers[name], second.headers()[name], "{name}");
    }
    assert_ne!(headers["x-request-id"], second.headers()["x-request-id"]);
    assert_eq!(body, second.bytes().await.unwrap());
    let packed = server.get_with(path, &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    let mut plain = Vec::new();
    let bytes = packed.bytes().await.unwrap();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, body);
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let server = Server::start().await;
    let tag = server.get("/en/").await.headers()["etag"].to_str().unwrap().to_owned();
    let again = server.get_with("/en/", &[("if-none-match", &tag)]).await;
    assert_eq!((again.status().as_u16(), again.text().await.unwrap()), (304, String::new()));
    let other = server.get_with("/zh-CN/", &[("if-none-match", &tag)]).await;
    assert_eq!(other.status(), 200);
}
