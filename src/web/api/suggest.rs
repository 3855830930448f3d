//! `GET /api/v1/suggest`.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::Viewer;
use crate::desk::HelpCentre;
use crate::search::{self, Suggestion, SuggestionKind};
use crate::web::api::locale;
use crate::web::api::problem::Problem;
use crate::web::api::search::within;
use crate::web::error::Failure;
use crate::web::reader::Asked;
use crate::web::state::Settings;

/// More lines than this cover a phone's keyboard.
const LINES: usize = 6;

/// What has been typed so far.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct SuggestParams {
    /// The beginning of a query. Nothing typed suggests nothing.
    #[serde(default)]
    #[param(max_length = 500)]
    q: String,
    /// The reader's locale; by `Accept-Language` when absent.
    locale: Option<String>,
}

/// The lines under a search box, best first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestAnswer {
    /// At most six.
    pub suggestions: Vec<SuggestionLine>,
}

/// One line under a search box.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SuggestionLine {
    /// What the line says.
    pub text: String,
    /// Where it leads.
    pub url: String,
    /// What it leads to.
    pub kind: SuggestionKind,
}

impl From<Suggestion> for SuggestionLine {
    fn from(suggestion: Suggestion) -> Self {
        SuggestionLine { text: suggestion.text, url: suggestion.url, kind: suggestion.kind }
    }
}

/// Completes what is being typed.
#[utoipa::path(
    get,
    path = "/api/v1/suggest",
    tag = "search",
    params(SuggestParams),
    responses(
        (status = 200, description = "The suggestions", body = SuggestAnswer),
        (status = 400, description = "The query string is not valid", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn suggest(
    State(desk): State<Arc<HelpCentre>>,
    State(settings): State<Arc<Settings>>,
    headers: HeaderMap,
    Asked(params): Asked<SuggestParams>,
) -> Result<Json<SuggestAnswer>, Failure> {
    let snapshot = desk.snapshot();
    let locale = locale::choose(params.locale.as_deref(), &headers, snapshot.site())?;
    let typed = within(&params.q, settings.max_query_chars)?;
    let found =
        if typed.is_empty() { Vec::new() } else { search::suggest(&snapshot, typed, &locale, LINES, Viewer::Public) };
    Ok(Json(SuggestAnswer { suggestions: found.into_iter().map(SuggestionLine::from).collect() }))
}
