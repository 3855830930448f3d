//! Every route in one place, and the layers that each request passes.

use std::sync::Arc;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post};
use tower::ServiceBuilder;
use tower_http::compression::CompressionLayer;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::desk::HelpCentre;
use crate::web::assets::{self, Assets};
use crate::web::edition::Press;
use crate::web::front::Front;
use crate::web::limit::Limits;
use crate::web::state::{AppState, Settings, Shared};
use crate::web::transcript::TranscriptKeys;
use crate::web::widget::file::WidgetFile;
use crate::web::{api, console, cors, discovery, error, front, measure, pages, widget};

/// Builds what answers every request, over a running help centre.
pub fn service(desk: Arc<HelpCentre>, settings: Settings) -> Front {
    let limits = Limits::new(settings.rates, settings.max_requests, desk.clock());
    let state = AppState::new(Shared {
        limits,
        sharing: cors::rules(&settings.widget_origins),
        desk,
        assets: Arc::new(Assets::embed()),
        transcripts: Arc::new(TranscriptKeys::new()),
        press: Press::default(),
        widget: WidgetFile::default(),
        settings: Arc::new(settings),
    });
    let layers = ServiceBuilder::new()
        .layer(from_fn_with_state(state.clone(), front::receive))
        .layer(CompressionLayer::new())
        // Outside those below, whose bare answers it puts into words.
        .layer(from_fn_with_state(state.clone(), front::work))
        .layer(front::bounds(&state.settings));
    let (api, description) = api_routes().split_for_parts();
    let openapi = Arc::new(api::openapi::Description::new(&description, state.settings.identity.as_ref()));
    let described = move |desk| api::openapi::show(desk, openapi);

    let router = Router::new()
        .merge(api)
        .route("/metrics", get(measure::show))
        .route("/openapi.json", get(described))
        .merge(page_routes())
        .merge(discovery_routes())
        .merge(console_routes())
        .route("/static/{file}", get(assets::serve))
        .merge(widget_routes())
        .fallback(pages::not_found::fallback)
        .method_not_allowed_fallback(error::method_not_allowed)
        .layer(layers)
        .with_state(state.clone());
    Front::new(state, router)
}

fn api_routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::with_openapi(api::openapi::introduction())
        .routes(routes!(api::search::search))
        .routes(routes!(api::suggest::suggest))
        .routes(routes!(api::articles::article))
        .routes(routes!(api::codes::code))
        .routes(routes!(api::chat::chat))
        .routes(routes!(api::widget::widget))
        .routes(routes!(api::feedback::feedback))
        .routes(routes!(api::handoff::handoff))
        .routes(routes!(api::conversations::export, api::conversations::delete))
        .routes(routes!(api::health::healthz))
        .routes(routes!(api::health::readyz))
}

fn console_routes() -> Router<AppState> {
    Router::new()
        .route("/agent", get(console::lookup::open).post(console::lookup::look_up))
        .route("/agent/login", get(console::login::open).post(console::login::sign_in))
        .route("/agent/login/oidc", get(console::single_sign_on::begin))
        .route("/agent/login/callback", get(console::single_sign_on::end))
        .route("/agent/logout", post(console::login::sign_out))
        .route("/agent/account", get(console::account::open).post(console::account::change))
        .route("/agent/tickets", get(console::tickets::list).post(console::tickets::send_again))
        .route("/agent/tickets/{id}", get(console::ticket::open).post(console::ticket::change))
        .route("/agent/improve", get(console::improve::open))
        .route("/agent/improve/patch", get(console::improve::patch))
        .route("/agent/content", get(console::content::open))
        .route("/agent/content/articles", get(console::articles::list))
        .route("/agent/content/articles/{locale}/{category}/{slug}", get(console::article_history::open))
        .route("/agent/reload", post(console::content::reload))
        .route("/agent/audit", get(console::audit::list))
        .route("/agent/keys", get(console::keys::list).post(console::keys::change))
}

fn widget_routes() -> Router<AppState> {
    Router::new()
        .route("/widget.js", get(widget::file::serve))
        .route("/widget/demo.css", get(widget::demo::style))
        .route("/widget/demo.js", get(widget::demo::script))
        .route("/widget/demo", get(widget::demo::show))
        .route("/widget/demo/{page}", get(widget::demo::show_as))
}

fn page_routes() -> Router<AppState> {
    Router::new()
        .route("/", get(pages::home::choose_locale))
        .route("/{locale}", get(pages::home::add_slash))
        .route("/{locale}/", get(pages::home::show))
        .route("/{locale}/search", get(pages::search::show))
        .route("/{locale}/categories/{category}", get(pages::category::show))
        .route("/{locale}/articles/{category}/{slug}", get(pages::article::show))
        .route("/{locale}/articles/{category}/{slug}/feedback", post(pages::article::rate))
        .route("/{locale}/codes", get(pages::codes::show))
        .route("/{locale}/codes/{code}", get(pages::code::show))
        .route("/{locale}/contacts", get(pages::contacts::show).post(pages::contacts::check))
        .route("/{locale}/contact", get(pages::contact::open).post(pages::contact::send))
        .route("/{locale}/chat", get(pages::chat::open).post(pages::chat::say))
}

fn discovery_routes() -> Router<AppState> {
    Router::new()
        .route("/robots.txt", get(discovery::robots::show))
        .route("/.well-known/security.txt", get(discovery::security::show))
        .route("/sitemap.xml", get(discovery::sitemap::show))
        .route("/sitemaps/{file}", get(discovery::sitemap::part))
        .route("/llms.txt", get(discovery::plain::index))
        .route("/favicon.ico", get(discovery::manifest::icon))
        .route("/apple-touch-icon.png", get(discovery::manifest::icon))
        .route("/icon-192.png", get(discovery::manifest::icon))
        .route("/icon-512.png", get(discovery::manifest::icon))
        .route("/{locale}/manifest.webmanifest", get(discovery::manifest::show))
        .route("/{locale}/feed.xml", get(discovery::feed::show))
        .route("/{locale}/opensearch.xml", get(discovery::opensearch::show))
        .route("/{locale}/suggestions.json", get(discovery::opensearch::suggest))
        .route("/{locale}/card.png", get(discovery::card::site))
        .route("/{locale}/cards/{category}/{file}", get(discovery::card::article))
}
