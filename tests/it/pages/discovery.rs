//! What search engines, feed readers, browsers and language models are told.

use scraper::Html;
use serde_json::Value;
use zhida::base::Clock;
use zhida::web::Settings;

use super::{all, attribute, one, page};
use crate::harness::Server;

const OUTSIDE: &str = "https://help.lantern.example";

async fn public() -> Server {
    let settings = Settings { public_url: Some(OUTSIDE.to_owned()), ..Settings::default() };
    Server::with(settings, Clock::System).await
}

async fn text(server: &Server, path: &str) -> String {
    let response = server.get(path).await;
    assert_eq!(response.status(), 200, "{path}");
    response.text().await.unwrap()
}

fn structured(page: &Html) -> Vec<Value> {
    let blocks = all(page, "script[type='application/ld+json']");
    blocks.into_iter().map(|b| serde_json::from_str(&b.text().collect::<String>()).unwrap()).collect()
}

#[tokio::test]
async fn a_page_names_its_one_address_and_its_translations() {
    let server = public().await;
    let page = page(server.get("/zh-CN/articles/loans/renew").await).await;
    let canonical = "https://help.lantern.example/zh-CN/articles/loans/renew";
    assert_eq!(attribute(one(&page, "link[rel=canonical]"), "href"), canonical);
    let alternates: Vec<(&str, &str)> = all(&page, "link[hreflang]")
        .into_iter()
        .map(|l| (attribute(l, "hreflang"), attribute(l, "href").trim_start_matches(OUTSIDE)))
        .collect();
    let (en, zh) = ("/en/articles/loans/renew", "/zh-CN/articles/loans/renew");
    assert_eq!(alternates, [("en", en), ("zh-CN", zh), ("x-default", en)]);
    assert!(attribute(one(&page, "meta[name=description]"), "content").starts_with("在应用里"));
}

#[tokio::test]
async fn without_a_setting_addresses_are_those_that_the_reader_used() {
    let server = Server::start().await;
    let page = page(server.get("/en/").await).await;
    assert_eq!(attribute(one(&page, "link[rel=canonical]"), "href"), server.url("/en/"));
    let forged = server.get_with("/en/", &[("host", "a\"><script>")]).await;
    assert!(!forged.text().await.unwrap().contains("a\"><script>"));
    let other = server.get_with("/en/", &[("host", "other.example"), ("x-forwarded-proto", "https")]).await;
    assert!(other.text().await.unwrap().contains("https://other.example/en/"));
    assert!(!server.get("/en/").await.text().await.unwrap().contains("other.example"), "kept for others");
}

#[tokio::test]
async fn an_article_without_a_translation_stands_at_one_address() {
    let server = public().await;
    let original = page(server.get("/en/articles/loans/reserve").await).await;
    assert!(all(&original, "link[hreflang]").is_empty());
    let copy = page(server.get("/zh-CN/articles/loans/reserve").await).await;
    assert!(all(&copy, "link[rel=canonical]").is_empty() && structured(&copy).is_empty());
}

#[tokio::test]
async fn results_name_the_bare_search_page_as_their_address() {
    let server = public().await;
    let found = page(server.get("/en/search?q=renew&category=loans").await).await;
    let canonical = attribute(one(&found, "link[rel=canonical]"), "href");
    assert_eq!(canonical, "https://help.lantern.example/en/search");
    let nothing = page(server.get("/en/search?q=zzzz").await).await;
    assert_eq!(attribute(one(&nothing, "meta[name=robots]"), "content"), "noindex");
}

#[tokio::test]
async fn structured_data_says_what_the_page_shows_and_no_more() {
    let server = public().await;
    let kinds = |page: &Html| -> Vec<String> {
        structured(page).iter().map(|v| v["@type"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let asked = page(server.get("/en/articles/loans/late-fees").await).await;
    assert_eq!(kinds(&asked), ["Article", "BreadcrumbList", "FAQPage"]);
    let faq = &structured(&asked)[2]["mainEntity"];
    assert_eq!(faq.as_array().unwrap().len(), 1);
    assert_eq!(faq[0]["name"], "Who pays nothing?");
    assert_eq!(faq[0]["acceptedAnswer"]["text"], "Children under 14.");
    let told = page(server.get("/en/articles/loans/renew").await).await;
    assert_eq!(kinds(&told), ["Article", "BreadcrumbList"]);
    assert_eq!(structured(&told)[0]["dateModified"], "2026-04-02");
    let way: Vec<String> = structured(&told)[1]["itemListElement"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| i["item"].as_str().unwrap().replace(OUTSIDE, ""))
        .collect();
    assert_eq!(way, ["/en/", "/en/categories/loans", "/en/articles/loans/renew"]);
}

#[tokio::test]
async fn a_shared_link_has_a_picture_of_its_own() {
    let server = public().await;
    let page = page(server.get("/en/articles/loans/renew").await).await;
    let image = attribute(one(&page, "meta[property='og:image']"), "content").trim_start_matches(OUTSIDE);
    assert_eq!(image, "/en/cards/loans/renew.png");
    for path in [image, "/en/card.png", "/icon-192.png", "/apple-touch-icon.png", "/favicon.ico"] {
        let response = server.get(path).await;
        assert_eq!(response.headers()["content-type"], "image/png", "{path}");
        assert!(response.bytes().await.unwrap().starts_with(b"\x89PNG"), "{path}");
    }
    for missing in ["/en/cards/loans/renew", "/en/cards/loans/nothing.png", "/en/cards/loans/waive-fees.png"] {
        assert_eq!(server.get(missing).await.status(), 404, "{missing}");
    }
}

#[tokio::test]
async fn the_sitemap_lists_every_public_page_in_every_locale() {
    let server = public().await;
    let sitemap = text(&server, "/sitemap.xml").await;
    let listed: Vec<&str> = sitemap.split("<loc>").skip(1).filter_map(|rest| rest.split("</loc>").next()).collect();
    assert!(listed.iter().all(|url| url.starts_with(OUTSIDE)), "{listed:?}");
    for url in &listed {
        let path = url.trim_start_matches(OUTSIDE);
        assert_eq!(server.get(path).await.status(), 200, "{path}");
    }
    let has = |path: &str| listed.contains(&format!("{OUTSIDE}{path}").as_str());
    assert!(has("/en/") && has("/zh-CN/codes/L%2D101") && has("/zh-CN/articles/loans/renew") && has("/en/contacts"));
    assert!(has("/en/articles/loans/reserve") && !has("/zh-CN/articles/loans/reserve"), "it has no translation");
    assert!(sitemap.contains("<lastmod>2026-04-02</lastmod>"));
    let robots = text(&server, "/robots.txt").await;
    assert!(robots.contains("Sitemap: https://help.lantern.example/sitemap.xml"));
}

#[tokio::test]
async fn the_feed_tells_the_latest_changes_first() {
    let server = public().await;
    let feed = text(&server, "/en/feed.xml").await;
    let days: Vec<&str> = feed.split("<updated>").skip(2).filter_map(|rest| rest.get(..10)).collect();
    assert!(days.len() > 2 && days.windows(2).all(|pair| pair[0] >= pair[1]), "{days:?}");
    assert_eq!(server.get("/en/feed.xml").await.headers()["content-type"], "application/atom+xml; charset=utf-8");
}

#[tokio::test]
async fn an_article_is_there_as_markdown() {
    let server = public().await;
    let response = server.get("/en/articles/loans/renew.md").await;
    assert_eq!(response.headers()["content-type"], "text/markdown; charset=utf-8");
    let markdown = response.text().await.unwrap();
    assert!(markdown.starts_with("# Renew a loan\n\nRenew in the app") && markdown.contains("1. Open *My loans*."));
    let index = text(&server, "/llms.txt").await;
    assert!(index.starts_with("# Lantern Help centre\n"));
    let links: Vec<&str> = index.split("](").skip(1).filter_map(|rest| rest.split(')').next()).collect();
    assert!(links.len() > 8);
    for link in links {
        assert_eq!(server.get(link.trim_start_matches(OUTSIDE)).await.status(), 200, "{link}");
    }
}

#[tokio::test]
async fn browsers_can_install_the_site_and_search_it() {
    let server = public().await;
    let page = page(server.get("/en/").await).await;
    let description = attribute(one(&page, "link[rel=search]"), "href");
    assert!(text(&server, description).await.contains("https://help.lantern.example/en/search?q={searchTerms}"));
    let suggestions: Value = serde_json::from_str(&text(&server, "/en/suggestions.json?q=ren").await).unwrap();
    assert_eq!(suggestions[0], "ren");
    assert!(suggestions[1].as_array().is_some_and(|lines| !lines.is_empty()), "{suggestions}");
    let manifest: Value =
        serde_json::from_str(&text(&server, attribute(one(&page, "link[rel=manifest]"), "href")).await).unwrap();
    assert_eq!((&manifest["short_name"], &manifest["start_url"]), (&"Lantern".into(), &"/en/".into()));
    for icon in manifest["icons"].as_array().unwrap() {
        assert_eq!(server.get(icon["src"].as_str().unwrap()).await.status(), 200, "{icon}");
    }
}

#[tokio::test]
async fn a_renamed_article_is_found_at_its_new_address() {
    let server = Server::start().await;
    for (path, to) in [
        ("/en/articles/loans/extend?x=1", "/en/articles/loans/renew?x=1"),
        ("/zh-CN/articles/loans/extend", "/zh-CN/articles/loans/renew"),
        ("/en/articles/loans/extend.md", "/en/articles/loans/renew.md"),
    ] {
        let response = server.get(path).await;
        assert_eq!((response.status().as_u16(), response.headers()["location"].to_str().unwrap()), (308, to), "{path}");
    }
    let article: Value = server.get("/api/v1/articles/loans/extend?locale=en").await.json().await.unwrap();
    assert_eq!(article["id"], "loans/renew");
    // What is for agents is not told by its former name either.
    for path in ["/en/articles/loans/goodwill", "/en/articles/loans/goodwill.md", "/api/v1/articles/loans/goodwill"] {
        assert_eq!(server.get(path).await.status(), 404, "{path}");
    }
}

#[tokio::test]
async fn what_is_for_agents_is_told_to_nobody() {
    let server = public().await;
    for path in ["/sitemap.xml", "/llms.txt", "/en/feed.xml", "/zh-CN/feed.xml", "/en/suggestions.json?q=waive"] {
        let text = text(&server, path).await;
        assert!(!text.contains("waive-fees") && !text.contains("Waive") && !text.contains("xylophone"), "{path}");
    }
    assert_eq!(server.get("/en/articles/loans/waive-fees.md").await.status(), 404);
}

#[tokio::test]
async fn whom_to_tell_of_a_hole_is_told_where_the_settings_name_somebody() {
    let path = "/.well-known/security.txt";
    assert_eq!(Server::start().await.get(path).await.status(), 404, "nobody is made up");
    let contacts = ["mailto:safe@lantern.example", "https://lantern.example/report"].map(str::to_owned);
    let settings = Settings { security_contact: contacts.to_vec(), ..Settings::default() };
    let server = Server::with(settings.clone(), Clock::fixed(1_800_000_000)).await;
    let response = server.get(path).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    let told = "Contact: mailto:safe@lantern.example\nContact: https://lantern.example/report\n\
                Expires: 2027-02-14T08:00:00Z\nPreferred-Languages: en, zh-CN\n";
    assert_eq!(response.text().await.unwrap(), told);
    // Only an address that the settings name is one to be believed.
    let settings = Settings { public_url: Some(OUTSIDE.to_owned()), ..settings };
    let server = Server::with(settings, Clock::fixed(1_800_000_000)).await;
    let text = server.get_with(path, &[("host", "evil.example")]).await.text().await.unwrap();
    assert_eq!(text, format!("{told}Canonical: {OUTSIDE}{path}\n"));
}
