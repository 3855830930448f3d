//! Lets the widget on other sites ask the API: only those sites that `widget_origins` names, and only the API.
//!
//! Cookies are never among what may be sent, so that a page elsewhere acts for nobody.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::web::limit;
use crate::web::security::REQUEST_ID;

/// How long a browser may keep the answer to "may I?". Chromium keeps it for two hours at most.
const KEPT: Duration = Duration::from_secs(2 * 3600);

/// Makes the rules for a list of origins; `*` among them stands for every one.
pub(crate) fn rules(origins: &[String]) -> CorsLayer {
    let allowed = if origins.iter().any(|origin| origin == "*") {
        AllowOrigin::any()
    } else {
        AllowOrigin::list(origins.iter().filter_map(|origin| HeaderValue::from_str(origin).ok()))
    };
    CorsLayer::new()
        .allow_origin(allowed)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::CONTENT_TYPE, header::AUTHORIZATION])
        .expose_headers([&[header::RETRY_AFTER, REQUEST_ID][..], &limit::HEADERS].concat())
        .max_age(KEPT)
}

/// Answers preflights, and marks every answer of the API, a refusal too: a widget that cannot read one can only say that
/// nothing came.
pub(crate) async fn share<A>(rules: &CorsLayer, request: Request, answer: impl FnOnce(Request) -> A) -> Response
where
    A: Future<Output = Response>,
{
    if !request.uri().path().starts_with("/api/") {
        return answer(request).await;
    }
    // The layer asks once at most.
    let mut answer = Some(answer);
    let inner = service_fn(move |request: Request| {
        let answer = answer.take().map(|answer| answer(request));
        async move {
            Ok::<_, Infallible>(match answer {
                Some(answer) => answer.await,
                None => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            })
        }
    });
    match rules.layer(inner).oneshot(request).await {
        Ok(mut response) => {
            // A shared answer may be read; where it is not shared, this keeps other sites from embedding it.
            let shared = response.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN);
            let policy = if shared { "cross-origin" } else { "same-origin" };
            response
                .headers_mut()
                .insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static(policy));
            response
        }
        Err(never) => match never {},
    }
}
