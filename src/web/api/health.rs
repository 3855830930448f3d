//! `GET /healthz` and `/readyz`: for whoever runs the server.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::{HelpCentre, Trouble};
use crate::web::api::problem::Problem;
use crate::web::error::Failure;

/// That the server is well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Health {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: &'static str,
}

/// What the server is ready to answer from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Readiness {
    /// `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
    /// How many articles there are, translations counted.
    pub articles: usize,
    /// The content's version.
    pub content: String,
    /// Whether all servers on the same database serve it. One that differs is ready all the same: an answer from before is
    /// better than none.
    pub converged: bool,
}

/// Tells that the process answers at all.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200, description = "It does", body = Health)))]
pub(crate) async fn healthz() -> Json<Health> {
    Json(Health { status: "ok" })
}

/// Tells whether there is content to answer from, and a database that keeps what customers send.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "health",
    responses(
        (status = 200, description = "There is", body = Readiness),
        (status = 503, description = "Not yet", body = Problem, content_type = "application/problem+json"),
    )
)]
pub(crate) async fn readyz(State(desk): State<Arc<HelpCentre>>) -> Result<Json<Readiness>, Failure> {
    let snapshot = desk.snapshot();
    let articles = snapshot.articles().len();
    if articles == 0 {
        return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, "no_content", "no article is loaded"));
    }
    if let Some(trouble) = desk.cannot_keep().await {
        let (code, detail) = match trouble {
            Trouble::Away => ("no_database", "the database does not answer"),
            Trouble::Unwritable => {
                ("not_writable", "the data folder or the database cannot be written; the log has the cause")
            }
        };
        return Err(Failure::new(StatusCode::SERVICE_UNAVAILABLE, code, detail));
    }
    Ok(Json(Readiness {
        status: "ready",
        articles,
        content: snapshot.version().to_owned(),
        converged: desk.is_converged(),
    }))
}
