//! A category: its articles in order.

use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::base::Viewer;
use crate::web::discovery::structured;
use crate::web::error::Failure;
use crate::web::frame::{ArticleCard, CategoryCard, Frame, Place, card, categories};
use crate::web::reader::{Keep, Reader};

#[derive(Debug, Template)]
#[template(path = "pages/category.html")]
struct Category {
    frame: Frame,
    category: CategoryCard,
    articles: Vec<ArticleCard>,
    others: Vec<CategoryCard>,
}

/// `GET /{locale}/categories/{category}`.
pub(crate) async fn show(reader: Reader, Path((_, id)): Path<(String, String)>) -> Result<Response, Failure> {
    let (mine, others): (Vec<_>, Vec<_>) = categories(&reader).into_iter().partition(|c| c.id == id);
    let Some(category) = mine.into_iter().next() else {
        return Err(Failure::not_found("unknown_category", "no such category"));
    };
    let articles = reader.snapshot.articles_in(&id, &reader.locale, Viewer::Public);
    let mut frame = Frame::new(&reader, Place::Elsewhere, &category.name, &category.summary);
    let way = [(reader.ui.help_centre, reader.url("/")), (category.name.as_str(), category.url.clone())];
    frame.structured.push(structured::breadcrumbs(&reader, &way));
    let page = Category { frame, articles: articles.into_iter().map(|a| card(&reader, a)).collect(), category, others };
    Ok(reader.show(StatusCode::OK, Keep::UntilChanged, &page))
}
