//! `GET /api/v1/codes/{code}`.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use serde::Serialize;
use utoipa::ToSchema;

use crate::base::Viewer;
use crate::desk::HelpCentre;
use crate::kb::Outcome;
use crate::web::api::articles::LocaleParam;
use crate::web::api::locale;
use crate::web::api::problem::Problem;
use crate::web::error::Failure;
use crate::web::reader::Asked;

/// An error code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeAnswer {
    /// The code as the product shows it.
    #[schema(example = "E1101")]
    pub code: String,
    /// What became of the payment.
    pub outcome: Outcome,
    /// What the screen says beside it, by locale.
    pub messages: BTreeMap<String, Vec<String>>,
    /// The articles that answer it, best first.
    pub articles: Vec<CodeArticle>,
    /// The reader's locale.
    #[schema(example = "zh-CN")]
    pub locale: String,
}

/// An article that answers a code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CodeArticle {
    /// `category/slug`.
    pub id: String,
    /// One line.
    pub title: String,
    /// One or two sentences: the short answer.
    pub summary: String,
    /// The page's path.
    pub url: String,
}

/// Explains an error code, whatever its case, spaces and hyphens; digits are never matched loosely.
#[utoipa::path(
    get,
    path = "/api/v1/codes/{code}",
    tag = "articles",
    params(("code" = String, Path, description = "The code in any spelling"), LocaleParam),
    responses(
        (status = 200, description = "The code and its articles", body = CodeAnswer),
        (status = 400, description = "The locale is not one of the site's", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Nobody defined this code", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn code(
    State(desk): State<Arc<HelpCentre>>,
    Path(written): Path<String>,
    headers: HeaderMap,
    Asked(params): Asked<LocaleParam>,
) -> Result<Json<CodeAnswer>, Failure> {
    let snapshot = desk.snapshot();
    let locale = locale::choose(params.locale.as_deref(), &headers, snapshot.site())?;
    let unknown = || Failure::not_found("unknown_code", "nobody defined this error code");
    let record = snapshot.code(&written).ok_or_else(unknown)?;
    // A code whose article is internal is, to everybody else, a code that nobody defined.
    let article = snapshot.article(&record.article, &locale, Viewer::Public).ok_or_else(unknown)?;
    Ok(Json(CodeAnswer {
        code: record.code.clone(),
        outcome: record.outcome,
        messages: record.messages.iter().map(|(l, m)| (l.to_string(), m.clone())).collect(),
        articles: vec![CodeArticle {
            id: article.id.to_string(),
            title: article.title.clone(),
            summary: article.summary.clone(),
            url: article.url(),
        }],
        locale: locale.to_string(),
    }))
}
