//! What a page is, in schema.org's words (JSON-LD), for search engines.
//!
//! Only what the page shows is said: `FAQPage` where headings are questions that their sections answer, and nowhere else.

use std::fmt;

use serde_json::{Value, json};

use crate::kb::Article;
use crate::web::discovery::card;
use crate::web::frame::{CategoryCard, brand};
use crate::web::reader::Reader;

/// A block of JSON-LD; nothing in it can end its element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct JsonLd(String);

impl JsonLd {
    fn new(value: &Value) -> Self {
        // Inside strings alone can these occur, and there an escape means the same.
        JsonLd(value.to_string().replace('<', "\\u003c").replace('>', "\\u003e").replace('&', "\\u0026"))
    }
}

impl fmt::Display for JsonLd {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl askama::filters::HtmlSafe for JsonLd {}

/// Describes the home page: the site, and where it is searched.
pub(crate) fn home(reader: &Reader) -> JsonLd {
    let search = format!("{}?q={{search_term_string}}", reader.absolute(&reader.url("/search")));
    JsonLd::new(&json!({
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": format!("{} {}", brand(reader), reader.ui.help_centre),
        "url": reader.absolute(&reader.url("/")),
        "inLanguage": reader.locale.as_str(),
        "potentialAction": {
            "@type": "SearchAction",
            "target": { "@type": "EntryPoint", "urlTemplate": search },
            "query-input": "required name=search_term_string",
        },
    }))
}

/// Describes the way from the home page to a page: names and addresses, the page itself last.
pub(crate) fn breadcrumbs(reader: &Reader, steps: &[(&str, String)]) -> JsonLd {
    let item = |(i, (name, url)): (usize, &(&str, String))| json!({ "@type": "ListItem", "position": i + 1, "name": name, "item": reader.absolute(url) });
    JsonLd::new(&json!({
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": steps.iter().enumerate().map(item).collect::<Vec<_>>(),
    }))
}

/// Describes an article: itself, its place, and the questions that it answers under headings of their own.
pub(crate) fn article(reader: &Reader, article: &Article, category: Option<&CategoryCard>) -> Vec<JsonLd> {
    let url = reader.absolute(&article.url());
    let mut itself = json!({
        "@context": "https://schema.org",
        "@type": "Article",
        "headline": article.title,
        "description": article.summary,
        "inLanguage": article.locale.as_str(),
        "mainEntityOfPage": url,
        "image": {
            "@type": "ImageObject",
            "url": reader.absolute(&card_url(reader, article)),
            "width": card::WIDTH,
            "height": card::HEIGHT,
        },
        "author": { "@type": "Organization", "name": brand(reader) },
        "publisher": { "@type": "Organization", "name": brand(reader) },
    });
    if let Some(day) = article.updated {
        itself["dateModified"] = json!(day.to_string());
    }
    let mut way = vec![(reader.ui.help_centre, reader.url("/"))];
    way.extend(category.map(|c| (c.name.as_str(), c.url.clone())));
    way.push((article.title.as_str(), article.url()));
    let mut blocks = vec![JsonLd::new(&itself), breadcrumbs(reader, &way)];
    blocks.extend(questions(article));
    blocks
}

/// Returns the address of an article's picture.
pub(crate) fn card_url(reader: &Reader, article: &Article) -> String {
    reader.article_url(&article.id).replacen("/articles/", "/cards/", 1) + ".png"
}

fn questions(article: &Article) -> Option<JsonLd> {
    let is_question = |text: &str| text.trim_end().ends_with(['?', '？']);
    let asked: Vec<Value> = article
        .sections
        .iter()
        .filter(|s| is_question(&s.heading) && !s.text.trim().is_empty())
        .map(|s| {
            let answer = json!({ "@type": "Answer", "text": s.text });
            json!({ "@type": "Question", "name": s.heading, "acceptedAnswer": answer })
        })
        .collect();
    let page = json!({ "@context": "https://schema.org", "@type": "FAQPage", "mainEntity": asked });
    (!asked.is_empty()).then(|| JsonLd::new(&page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_text_can_end_the_element() {
        let text = JsonLd::new(&json!({ "name": "</script><script>alert(1)</script>&<!--" })).to_string();
        assert!(!text.contains(['<', '>', '&']));
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["name"], "</script><script>alert(1)</script>&<!--");
    }
}
