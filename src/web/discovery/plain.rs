//! The help centre as Markdown: `llms.txt`, and every article under its own address with `.md` behind it.

use std::fmt::Write as _;

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderValue, header};
use axum::response::Response;

use crate::base::Viewer;
use crate::kb::Article;
use crate::web::document::Document;
use crate::web::frame::{brand, categories};
use crate::web::locale::own_name;
use crate::web::reader::Reader;
use crate::web::state::AppState;

/// The most articles that `llms.txt` lists for one locale: it is read as a whole, and the sitemap has the rest.
const MOST: usize = 1_000;

/// `GET /llms.txt`, in the form that llmstxt.org describes: every locale's articles, by category.
pub(crate) async fn index(State(state): State<AppState>, asked: Parts) -> Response {
    let reader = Reader::of_the_site(&state, &asked);
    let site = reader.site();
    let mut text = format!("# {} {}\n", brand(&reader), reader.ui.help_centre);
    for said in [&site.tagline, &site.notice] {
        if let Some(said) = said.get(&reader.locale, &site.default_locale) {
            // Writing to a String cannot fail.
            let _ = write!(text, "\n> {}\n", one_line(said));
        }
    }
    for locale in &site.locales {
        let reader = reader.speaking(locale);
        let mut left = MOST;
        for category in categories(&reader) {
            let _ = write!(text, "\n## {} · {}\n\n", own_name(locale), one_line(&category.name));
            let articles = reader.snapshot.articles_in(&category.id, locale, Viewer::Public);
            for article in articles.into_iter().filter(|a| a.locale == *locale).take(left) {
                let url = reader.absolute(&article.url());
                let _ = writeln!(text, "- [{}]({url}.md): {}", label(&article.title), one_line(&article.summary));
                left -= 1;
            }
        }
        if left == 0 {
            let _ = write!(text, "\n- [sitemap]({})\n", reader.absolute("/sitemap.xml"));
        }
    }
    reader.publish(Document::new("text/plain; charset=utf-8", text.into_bytes()))
}

/// Answers with an article as its author wrote it; links between articles lead from Markdown to Markdown.
pub(crate) fn article(reader: &Reader, article: &Article) -> Response {
    let mut text = format!("# {}\n\n{}\n", one_line(&article.title), article.summary);
    let _ = write!(text, "\n<{}>\n", reader.absolute(&article.url()));
    if let Some(day) = article.updated {
        let _ = writeln!(text, "{} {day}", reader.ui.updated);
    }
    if !article.codes.is_empty() {
        let _ = writeln!(text, "{} {}", reader.ui.codes, article.codes.join(", "));
    }
    let _ = write!(text, "\n{}", article.markdown);
    let language = HeaderValue::from_str(article.locale.as_str()).unwrap_or(HeaderValue::from_static("und"));
    let canonical = format!("<{}>; rel=\"canonical\"", reader.absolute(&article.url()));
    let mut document = Document::new("text/markdown; charset=utf-8", text.into_bytes())
        .with(header::CONTENT_LANGUAGE, language)
        .with(axum::http::HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
    if let Ok(canonical) = HeaderValue::from_str(&canonical) {
        document = document.with(header::LINK, canonical);
    }
    reader.publish(document)
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Escapes what would end a link's words.
fn label(title: &str) -> String {
    one_line(title).replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
}
