//! What all pages share: the locale, the header's links, the style sheets, and addresses that lead elsewhere.

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
async fn style_sheets_and_scripts_are_kept_for_ever_under_names_of_their_own() {
    let server = Server::start().await;
    let page = page(server.get("/en/chat").await).await;
    let mut urls: Vec<&str> = all(&page, "link[rel=stylesheet]").into_iter().map(|e| attribute(e, "href")).collect();
    assert_eq!(urls.len(), 2, "the design's and the site's accent: {urls:?}");
    urls.extend(all(&page, "script[src]").into_iter().map(|e| attribute(e, "src")));
    for url in urls {
        let response = server.get(url).await;
        assert_eq!(response.status(), 200, "{url}");
        assert!(response.headers()["cache-control"].to_str().unwrap().contains("immutable"), "{url}");
    }
    assert_eq!(server.get("/static/site.css").await.status(), 404);
}

#[tokio::test]
async fn a_page_holds_nothing_that_its_own_policy_forbids() {
    let server = Server::start().await;
    for path in ["/en/", "/en/articles/loans/renew", "/en/codes/L-101", "/en/search?q=renew", "/en/chat", "/en/nothing"]
    {
        let response = server.get(path).await;
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self'") && !policy.contains("unsafe"), "{policy}");
        let page = page(response).await;
        assert!(all(&page, "[style], style, script:not([src])").is_empty(), "{path}");
    }
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
