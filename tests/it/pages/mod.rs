//! The pages, as a reader without JavaScript gets them.

mod browse;
mod chat;
mod contacts;
mod discovery;
mod failures;
mod frame;
mod origin;
mod search;
mod xss;

use reqwest::Response;
use scraper::{ElementRef, Html, Selector};

/// Reads a page.
async fn page(response: Response) -> Html {
    Html::parse_document(&response.text().await.expect("a page is text"))
}

/// Returns the elements that a selector names.
fn all<'a>(page: &'a Html, selector: &str) -> Vec<ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a test writes valid selectors");
    page.select(&selector).collect()
}

/// Returns the one element that a selector names.
fn one<'a>(page: &'a Html, selector: &str) -> ElementRef<'a> {
    let found = all(page, selector);
    assert_eq!(found.len(), 1, "`{selector}` in {}", page.html());
    found[0]
}

/// Returns an element's text, white space brought down to single spaces.
fn text(element: ElementRef<'_>) -> String {
    element.text().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns the text of the page's main part.
fn main_text(page: &Html) -> String {
    text(one(page, "main"))
}

/// Returns the value of an attribute.
fn attribute<'a>(element: ElementRef<'a>, name: &str) -> &'a str {
    element.value().attr(name).unwrap_or_default()
}
