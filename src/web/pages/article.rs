//! An article: its text, what it answers, and where to go on.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use std::sync::Arc;
use url::Url;

use crate::base::{ArticleId, SafeHtml};
use crate::desk::HelpCentre;
use crate::kb::Heading;
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, CategoryCard, Frame, Place, card, categories};
use crate::web::reader::{Keep, Reader};

#[derive(Debug, Template)]
#[template(path = "pages/article.html")]
struct Article {
    frame: Frame,
    /// None when the folder is no category of the site.
    category: Option<CategoryCard>,
    title: String,
    summary: String,
    /// The text's language.
    lang: String,
    /// Whether the reader gets another language than they asked for.
    untranslated: bool,
    codes: Vec<String>,
    /// The day of the last change, for people and for programs.
    updated: Option<(String, String)>,
    /// Empty when there are too few for a table of contents.
    contents: Vec<Heading>,
    html: SafeHtml,
    related: Vec<ArticleCard>,
}

/// `GET /{locale}/articles/{category}/{slug}`.
pub(crate) async fn show(
    reader: Reader,
    State(desk): State<Arc<HelpCentre>>,
    headers: HeaderMap,
    Path((_, category, slug)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let missing = || Failure::not_found("unknown_article", "no such article");
    let id = ArticleId::new(&category, &slug).map_err(|_| missing())?;
    let article = reader.article(&id).ok_or_else(missing)?;
    if let Some(query) = searched_for(&headers) {
        desk.note_click(&query, &reader.locale, &id);
    }
    let contents: Vec<Heading> = article.headings.iter().filter(|h| h.level <= 3).cloned().collect();
    let mut frame = Frame::new(&reader, Place::Elsewhere, &article.title, &article.summary);
    let untranslated = article.locale.language() != reader.locale.language();
    if untranslated {
        // The same text stands at its own address; search engines should find it there.
        frame = frame.hidden();
    }
    let page = Article {
        category: categories(&reader).into_iter().find(|c| c.id == category),
        title: article.title.clone(),
        summary: article.summary.clone(),
        lang: article.locale.to_string(),
        untranslated,
        codes: article.codes.clone(),
        updated: article.updated.map(|day| ((reader.ui.date)(day), day.to_string())),
        contents: if contents.len() < 2 { Vec::new() } else { contents },
        html: article.html.clone(),
        related: article.related.iter().filter_map(|id| reader.article(id)).map(|a| card(&reader, a)).collect(),
        frame,
    };
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page))
}

/// Returns what was searched for when the reader comes from our own results: the browser says so, without any script.
fn searched_for(headers: &HeaderMap) -> Option<String> {
    let text = |name: header::HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let from = Url::parse(text(header::REFERER)?).ok()?;
    let host = text(header::HOST)?;
    let ours = from.host_str().is_some_and(|name| match from.port() {
        Some(port) => host == format!("{name}:{port}"),
        None => host == name,
    });
    if !ours || !from.path().ends_with("/search") {
        return None;
    }
    let query = from.query_pairs().find(|(name, _)| name == "q")?.1.trim().to_owned();
    (!query.is_empty()).then_some(query)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn a_reader_comes_from_our_results_or_from_elsewhere() {
        let from = |referer: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static("help.example:8080"));
            headers.insert(header::REFERER, HeaderValue::from_static(referer));
            searched_for(&headers)
        };
        assert_eq!(from("http://help.example:8080/en/search?q=late+fee").as_deref(), Some("late fee"));
        for other in [
            "http://evil.example/en/search?q=x",
            "http://help.example:8080/en/search?q=",
            "http://help.example:8080/en/",
            "nonsense",
        ] {
            assert_eq!(from(other), None, "{other}");
        }
    }
}
