//! The home page, categories, articles and codes.

use super::{all, attribute, main_text, one, page, text};
use crate::harness::Server;

#[tokio::test]
async fn home_offers_a_search_what_is_popular_and_every_category() {
    let server = Server::start().await;
    let page = page(server.get("/en/").await).await;
    assert_eq!(attribute(one(&page, "main form[role=search]"), "action"), "/en/search");
    let popular: Vec<&str> = all(&page, ".popular a").into_iter().map(|a| attribute(a, "href")).collect();
    assert_eq!(popular, ["/en/articles/loans/renew", "/en/articles/card/lost-card"]);
    let topics: Vec<&str> = all(&page, ".topic").into_iter().map(|a| attribute(a, "href")).collect();
    assert_eq!(topics, ["/en/categories/loans", "/en/categories/card", "/en/categories/machines"]);
    assert!(main_text(&page).contains("Library staff never ask for your PIN."));
}

#[tokio::test]
async fn a_category_lists_its_articles_without_the_internal_ones() {
    let server = Server::start().await;
    let page = page(server.get("/en/categories/loans").await).await;
    let links: Vec<&str> = all(&page, ".entry-title a").into_iter().map(|a| attribute(a, "href")).collect();
    assert_eq!(links, ["/en/articles/loans/late-fees", "/en/articles/loans/renew", "/en/articles/loans/reserve"]);
}

#[tokio::test]
async fn an_article_shows_its_codes_and_where_to_go_on() {
    let server = Server::start().await;
    let page = page(server.get("/zh-CN/articles/machines/card-not-read").await).await;
    assert_eq!(text(one(&page, "h1")), "机器读不出借书卡");
    assert_eq!(attribute(one(&page, ".meta a.code"), "href"), "/zh-CN/codes/L%2D101");
    assert_eq!(text(one(&page, "time[datetime='2026-06-30']")), "2026 年 6 月 30 日");
    assert_eq!(attribute(all(&page, ".related a")[0], "href"), "/zh-CN/articles/card/lost-card");
    let support: Vec<&str> = all(&page, ".stuck a").into_iter().map(|a| attribute(a, "href")).collect();
    assert_eq!(support, ["/zh-CN/chat", "/zh-CN/articles/card/lost-card", "mailto:desk@lantern.example"]);
}

#[tokio::test]
async fn the_contents_lead_to_headings_that_exist() {
    let server = Server::start().await;
    for path in ["/en/articles/loans/renew", "/en/articles/machines/card-not-read", "/zh-CN/articles/loans/late-fees"] {
        let page = page(server.get(path).await).await;
        for link in all(&page, ".contents a") {
            let anchor = attribute(link, "href").trim_start_matches('#');
            let heading = all(&page, ".prose [id]").into_iter().find(|h| attribute(*h, "id") == anchor);
            assert!(heading.is_some(), "{path} lacks #{anchor}");
        }
    }
}

#[tokio::test]
async fn an_article_without_a_translation_says_so_and_names_its_language() {
    let server = Server::start().await;
    let page = page(server.get("/zh-CN/articles/loans/reserve").await).await;
    assert_eq!(attribute(one(&page, "html"), "lang"), "zh-CN");
    assert_eq!(attribute(one(&page, ".prose"), "lang"), "en");
    assert!(text(one(&page, ".untranslated")).contains("没有中文版"));
    assert_eq!(all(&page, "meta[name=robots][content=noindex]").len(), 1);
}

#[tokio::test]
async fn a_code_tells_its_message_what_became_of_it_and_the_answer() {
    let server = Server::start().await;
    let page = page(server.get("/en/codes/L-202").await).await;
    assert!(text(one(&page, "h1")).contains("L-202"));
    assert_eq!(text(one(&page, ".slip-message")), "Return not confirmed");
    assert_eq!(text(one(&page, ".outcome.unknown .outcome-title")), "The result is not certain yet");
    assert_eq!(attribute(one(&page, ".answer-title a"), "href"), "/en/articles/machines/return-slot-stuck");
}

#[tokio::test]
async fn a_code_that_nobody_defined_is_never_answered_with_a_neighbour() {
    let server = Server::start().await;
    let response = server.get("/en/codes/L-102").await;
    assert_eq!(response.status(), 404);
    let page = page(response).await;
    assert_eq!(text(one(&page, "h1")), "The error code “L-102” is not listed here");
    assert!(!main_text(&page).contains("L-101"));
}

#[tokio::test]
async fn a_verdict_is_kept_and_thanked_for_without_javascript() {
    let server = Server::start().await;
    let article = "/en/articles/loans/renew";
    let form = page(server.get(article).await).await;
    let action = attribute(one(&form, ".feedback form"), "action").to_owned();
    let send = async |path: &str, body: &str| {
        let form = "application/x-www-form-urlencoded";
        let request = server.request(reqwest::Method::POST, path).header("content-type", form);
        request.body(body.to_owned()).send().await.unwrap()
    };
    let sent = send(&action, "helpful=no&comment=my+card+4111+1111+1111+1111").await;
    assert_eq!(sent.status(), 303);
    let back = sent.headers()["location"].to_str().unwrap().to_owned();
    assert!(back.starts_with(article), "{back}");
    let thanks = page(server.get(back.split('#').next().unwrap()).await).await;
    assert_eq!(text(one(&thanks, ".feedback h2")), "Thank you. We have it.");
    for (path, body, status) in [
        (action.as_str(), "helpful=perhaps", 400),
        (action.as_str(), "comment=x", 400),
        ("/en/articles/loans/waive-fees/feedback", "helpful=yes", 404),
        ("/en/articles/loans/nothing/feedback", "helpful=yes", 404),
    ] {
        assert_eq!(send(path, body).await.status().as_u16(), status, "{path} {body}");
    }
}
