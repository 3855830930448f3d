//! `GET /api/v1/articles/{category}/{slug}`.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::{ArticleId, Locale, Viewer};
use crate::desk::HelpCentre;
use crate::kb::{Article, Snapshot};
use crate::web::api::caller::Caller;
use crate::web::api::locale;
use crate::web::api::problem::Problem;
use crate::web::error::Failure;
use crate::web::reader::Asked;

/// In which locale.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LocaleParam {
    /// The reader's locale; by `Accept-Language` when absent.
    pub(crate) locale: Option<String>,
}

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ArticleAnswer {
    /// `category/slug`.
    #[schema(example = "errors/network-unstable")]
    pub id: String,
    /// The language of this text; another than asked for when there is no translation.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// One line.
    pub title: String,
    /// One or two sentences.
    pub summary: String,
    /// The body as safe HTML.
    pub html: String,
    /// The body as its author wrote it.
    pub markdown: String,
    /// The error codes that it answers.
    pub codes: Vec<String>,
    /// The day of its last change, `YYYY-MM-DD`; null when the author gave none.
    #[schema(example = "2026-11-22")]
    pub updated: Option<String>,
    /// Where to go on.
    pub related: Vec<RelatedArticle>,
    /// The page's path.
    pub url: String,
}

/// An article that another one leads to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RelatedArticle {
    /// `category/slug`.
    pub id: String,
    /// Its title in the reader's locale, where it is translated.
    pub title: String,
    /// The page's path.
    pub url: String,
}

impl ArticleAnswer {
    /// Shows an article to everybody.
    #[must_use]
    pub fn new(snapshot: &Snapshot, article: &Article, reader: &Locale) -> Self {
        let related = article.related.iter().filter_map(|id| snapshot.article(id, reader, Viewer::Public));
        ArticleAnswer {
            id: article.id.to_string(),
            locale: article.locale.to_string(),
            title: article.title.clone(),
            summary: article.summary.clone(),
            html: article.html.as_str().to_owned(),
            markdown: article.markdown.clone(),
            codes: article.codes.clone(),
            updated: article.updated.map(|day| day.to_string()),
            related: related
                .map(|a| RelatedArticle { id: a.id.to_string(), title: a.title.clone(), url: a.url() })
                .collect(),
            url: article.url(),
        }
    }
}

/// Returns an article, in the default locale where it is not translated.
#[utoipa::path(
    get,
    path = "/api/v1/articles/{category}/{slug}",
    tag = "articles",
    params(
        ("category" = String, Path, description = "The category's id"),
        ("slug" = String, Path, description = "The article's name in it"),
        LocaleParam,
    ),
    security((), ("api_key" = [])),
    responses(
        (status = 200, description = "The article", body = ArticleAnswer),
        (status = 400, description = "The locale is not one of the site's", body = Problem, content_type = "application/problem+json"),
        (status = 401, description = "The key is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such article", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn article(
    State(desk): State<Arc<HelpCentre>>,
    Path((category, slug)): Path<(String, String)>,
    caller: Caller,
    headers: HeaderMap,
    Asked(params): Asked<LocaleParam>,
) -> Result<([(HeaderName, HeaderValue); 1], Json<ArticleAnswer>), Failure> {
    let snapshot = desk.snapshot();
    let locale = locale::choose(params.locale.as_deref(), &headers, snapshot.site())?;
    let id = ArticleId::new(&category, &slug)
        .map_err(|cause| Failure::not_found("unknown_article", format!("no such article: {cause}")))?;
    let article = snapshot
        .article(&id, &locale, caller.0)
        // What was renamed is found under its former id too; `id` tells the present one.
        .or_else(|| snapshot.article(snapshot.renamed(&id)?, &locale, caller.0))
        .ok_or_else(|| Failure::not_found("unknown_article", format!("there is no article `{id}`")))?;
    Ok((caller.cache_control(), Json(ArticleAnswer::new(&snapshot, article, &locale))))
}
