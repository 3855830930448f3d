//! An article: its text, what it answers, and where to go on.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::base::{ArticleId, SafeHtml};
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
    Path((_, category, slug)): Path<(String, String, String)>,
) -> Result<Response, Failure> {
    let missing = || Failure::not_found("unknown_article", "no such article");
    let id = ArticleId::new(&category, &slug).map_err(|_| missing())?;
    let article = reader.article(&id).ok_or_else(missing)?;
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
