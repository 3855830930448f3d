//! `GET /api/v1/widget`: what the widget needs when a customer opens it.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::base::Viewer;
use crate::desk::Notice;
use crate::model::QuickReply;
use crate::web::api::chat::IncidentNotice;
use crate::web::api::locale;
use crate::web::api::problem::Problem;
use crate::web::error::Failure;
use crate::web::frame::{popular, support};
use crate::web::reader::{Asked, Reader};
use crate::web::state::AppState;
use crate::web::widget::words::Words;

/// As many as one sees at a glance above the keyboard of a phone.
const MOST_SUGGESTIONS: usize = 4;

/// The longest address of a page that is looked at, in characters; longer ones match nothing.
const MAX_PAGE_CHARS: usize = 2_000;

/// Where the widget is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, IntoParams)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct Opening {
    /// The locale; by `Accept-Language` when absent.
    #[param(required = false, example = "zh-CN")]
    locale: String,
    /// The address of the page that embeds the widget, without its query.
    #[param(required = false, example = "https://shop.example/checkout")]
    page: String,
}

/// What the widget shows before the customer says anything.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Opened {
    /// The locale that the texts are in.
    #[schema(example = "zh-CN")]
    pub locale: String,
    /// The product's name.
    pub name: String,
    /// The site's safety advice; may be empty.
    pub notice: String,
    /// What is wrong right now, for everybody; to be shown before any answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub incident: Option<IncidentNotice>,
    /// Ways to reach a person.
    pub support: Vec<SupportWay>,
    /// What to ask first: what the content declares for the page, else the site's popular articles.
    pub suggestions: Vec<QuickReply>,
    /// The widget's own sentences, by name.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    pub words: serde_json::Value,
}

/// A way to reach a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct SupportWay {
    /// What the link says.
    pub label: String,
    /// Where it leads: an absolute address, or a path on this site.
    pub url: String,
}

/// Returns what the widget needs when it is opened.
#[utoipa::path(
    get,
    path = "/api/v1/widget",
    tag = "chat",
    params(Opening),
    responses(
        (status = 200, description = "Names, sentences and suggestions", body = Opened),
        (status = 400, description = "The locale is not one of the site's", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn widget(
    State(state): State<AppState>,
    headers: HeaderMap,
    Asked(opening): Asked<Opening>,
) -> Result<([(header::HeaderName, &'static str); 1], Json<Opened>), Failure> {
    let snapshot = state.desk.snapshot();
    let locale = locale::choose(Some(&opening.locale), &headers, snapshot.site())?;
    let reader = Reader::in_locale(&state, snapshot, locale, &headers);
    let site = reader.site();
    let text = |t: &crate::base::Localized| t.get(&reader.locale, &site.default_locale).unwrap_or_default().to_owned();
    let page = Some(opening.page).filter(|page| page.chars().count() <= MAX_PAGE_CHARS).unwrap_or_default();
    let mut questions = reader.snapshot.suggested_questions(&page, &reader.locale);
    if questions.is_empty() {
        questions = popular(&reader).into_iter().map(|article| article.title).collect();
    }
    let suggestion = |question: String| QuickReply { label: question.clone(), message: question };
    let opened = Opened {
        locale: reader.locale.to_string(),
        name: Some(text(&site.name))
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| reader.ui.help_centre.to_owned()),
        notice: text(&site.notice),
        incident: Notice::now(&reader.snapshot, &reader.locale, Viewer::Public).map(IncidentNotice::from),
        support: support(&reader).into_iter().map(|l| SupportWay { label: l.label, url: l.url }).collect(),
        suggestions: questions.into_iter().take(MOST_SUGGESTIONS).map(suggestion).collect(),
        words: serde_json::to_value(Words::of(&reader.locale)).unwrap_or_default(),
    };
    Ok(([(header::CACHE_CONTROL, "no-cache")], Json(opened)))
}
