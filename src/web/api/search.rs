//! `GET /api/v1/search`.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::Viewer;
use crate::search::{Hit, Query, Results};
use crate::web::api::caller::Caller;
use crate::web::api::locale;
use crate::web::api::problem::Problem;
use crate::web::document::Document;
use crate::web::error::Failure;
use crate::web::kept_search::{self, KeptSearch};
use crate::web::reader::Asked;
use crate::web::state::AppState;

/// What is searched for.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchParams {
    /// Words, a sentence, an error code or an on-screen message. Nothing typed finds nothing.
    #[serde(default)]
    #[param(max_length = 500)]
    q: String,
    /// The reader's locale; by `Accept-Language` when absent. Hits in it come first.
    locale: Option<String>,
    /// Only this category. One that does not exist finds nothing.
    category: Option<String>,
    /// How many hits at most: 10 unless said; more than 50 is 50.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 4_294_967_295_u32, default = 10)]
    limit: Option<u32>,
    /// How many hits to leave out before the first.
    #[param(minimum = 0, maximum = 10_000, default = 0)]
    offset: Option<usize>,
}

/// One page of hits.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchAnswer {
    /// What was searched for, as typed.
    pub query: String,
    /// The reader's locale.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// How many articles match in all.
    pub total: usize,
    /// How long the search took, in microseconds: that which found the hits, where they were kept from an earlier one.
    pub took_us: u64,
    /// What was searched for instead, when the query itself found nothing good.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub corrected: Option<String>,
    /// This page of them, best first.
    pub hits: Vec<SearchHit>,
}

/// One article that matches.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct SearchHit {
    /// `category/slug`.
    #[schema(example = "errors/network-unstable")]
    pub id: String,
    /// The language of the text that is shown.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// Its title.
    pub title: String,
    /// The page's path, with the anchor of the section that matched where one did.
    pub url: String,
    /// The category's id.
    pub category: String,
    /// The passage that answers: safe HTML whose only tag is `<mark>`.
    pub snippet: String,
    /// The higher the better; comparable within one answer only.
    pub score: f32,
    /// The article's error codes.
    pub codes: Vec<String>,
}

impl SearchAnswer {
    /// Shows results with the time they took.
    #[must_use]
    pub fn new(results: &Results, took_us: u64) -> Self {
        SearchAnswer {
            query: results.query.clone(),
            locale: results.locale.to_string(),
            total: results.total,
            took_us,
            corrected: results.corrected.clone(),
            hits: results.hits.iter().map(SearchHit::from).collect(),
        }
    }
}

impl From<&Hit> for SearchHit {
    fn from(hit: &Hit) -> Self {
        SearchHit {
            id: hit.id.to_string(),
            locale: hit.locale.to_string(),
            title: hit.title.clone(),
            url: hit.url.clone(),
            category: hit.category.clone(),
            snippet: hit.snippet.as_str().to_owned(),
            score: hit.score,
            codes: hit.codes.clone(),
        }
    }
}

/// Searches the articles.
#[utoipa::path(
    get,
    path = "/api/v1/search",
    tag = "search",
    params(SearchParams),
    security((), ("api_key" = [])),
    responses(
        (status = 200, description = "The hits; none is an answer too", body = SearchAnswer),
        (status = 401, description = "The key is not valid", body = Problem, content_type = "application/problem+json"),
        (status = 400, description = "The query string is not valid", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn search(
    State(state): State<AppState>,
    caller: Caller,
    uri: Uri,
    headers: HeaderMap,
    Asked(params): Asked<SearchParams>,
) -> Result<Response, Failure> {
    let (desk, settings, edition) = (&state.desk, &state.settings, state.edition());
    let snapshot = &edition.snapshot;
    let locale = locale::choose(params.locale.as_deref(), &headers, snapshot.site())?;
    let text = within(&params.q, settings.max_query_chars)?;
    let offset = params.offset.unwrap_or(0);
    if offset > settings.max_offset {
        let detail = format!("offset is {offset}; the most is {}", settings.max_offset);
        return Err(Failure::bad_request("offset_too_large", detail));
    }
    let query = Query {
        text,
        locale: &locale,
        category: params.category.as_deref().filter(|c| !c.is_empty()),
        limit: params.limit.map_or(10, |n| usize::try_from(n).unwrap_or(usize::MAX)).min(settings.max_limit),
        offset,
        viewer: caller.0,
        verbatim: false,
    };
    let found = desk.search(snapshot, &query);
    // What agents look for says nothing of what customers miss.
    let is_noted = !text.is_empty() && offset == 0 && caller.0 == Viewer::Public;
    if is_noted {
        desk.note_search(&found);
    }
    let answer = SearchAnswer::new(found.results(), found.took_us);
    let place = kept_search::place(&uri, &headers).filter(|_| caller.0 == Viewer::Public && found.may_be_kept());
    let (Some(place), Ok(body)) = (place, serde_json::to_vec(&answer)) else {
        return Ok((caller.cache_control(), Json(answer)).into_response());
    };
    let document = Document::new("application/json", body)
        .with(header::VARY, HeaderValue::from_static("accept-encoding, accept-language"));
    let response = document.answer_once(&headers);
    edition.searches.keep(place, KeptSearch { document, found, is_noted });
    Ok(response)
}

/// Refuses a query that is too long, and trims any other.
pub(crate) fn within(q: &str, max_chars: usize) -> Result<&str, Failure> {
    let chars = q.chars().count();
    if chars > max_chars {
        let detail = format!("q has {chars} characters; the most is {max_chars}");
        return Err(Failure::bad_request("query_too_long", detail));
    }
    Ok(q.trim())
}
