//! `GET /metrics`: what is measured, as Prometheus reads it.
//!
//! Every room counts where things happen, with the macros of the `metrics` library; here it is written down what there
//! is, and answered. Labels are few and known beforehand. None holds a customer's words, an address or an article's id.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, OnceLock, PoisonError, RwLock};
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use metrics::{Counter, Histogram, SharedString, Unit, describe_counter, describe_gauge, describe_histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::web::state::AppState;

/// Limits of the buckets, in seconds: from a kept page to the longest that a request may take.
const REQUEST: [f64; 14] =
    [0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
/// The same for the work itself, which takes microseconds.
const WORK: [f64; 12] = [0.000_025, 0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.1, 0.5];

/// How often what was recorded is put into the buckets, where nobody asks.
const UPKEEP: Duration = Duration::from_secs(5);

/// Returns the process's one recorder, installed when it is first asked for. None where somebody else has installed
/// another.
fn recorder() -> Option<&'static PrometheusHandle> {
    static RECORDER: OnceLock<Option<PrometheusHandle>> = OnceLock::new();
    let installed = RECORDER.get_or_init(|| {
        let bucketed = PrometheusBuilder::new()
            .set_buckets_for_metric(Matcher::Full("zhida_http_request_duration_seconds".to_owned()), &REQUEST)
            .and_then(|builder| builder.set_buckets_for_metric(Matcher::Suffix("_duration_seconds".to_owned()), &WORK));
        let recorder = bucketed.ok()?.build_recorder();
        let handle = recorder.handle();
        metrics::set_global_recorder(recorder).ok()?;
        describe();
        Some(handle)
    });
    installed.as_ref()
}

/// Begins to record.
pub(crate) fn begin() {
    recorder();
}

/// Keeps the records small for as long as the server runs.
pub(crate) async fn keep_up() {
    let Some(recorder) = recorder() else { return };
    loop {
        tokio::time::sleep(UPKEEP).await;
        recorder.run_upkeep();
    }
}

/// Says what each thing is that is measured. Counters begin at nought, so that their first step is seen.
fn describe() {
    describe_histogram!(
        "zhida_http_request_duration_seconds",
        Unit::Seconds,
        "Time to answer, by route, method and status"
    );
    describe_histogram!(
        "zhida_search_duration_seconds",
        Unit::Seconds,
        "Time to search, by outcome (found, corrected, nothing) and by what the best hit matched: code, message, question, text, none"
    );
    describe_histogram!(
        "zhida_chat_duration_seconds",
        Unit::Seconds,
        "Time to find a reply, by what matched and its kind"
    );
    describe_counter!(
        "zhida_cache_total",
        "What was kept (hit) and what had to be made or found (miss), by cache: page, search, turn"
    );
    describe_counter!("zhida_redactions_total", "Private data that was masked in what customers typed, by kind");
    describe_counter!("zhida_rate_limited_total", "Requests that were refused because a client had spent its budget");
    describe_counter!("zhida_requests_shed_total", "Requests that were refused because too many were being worked on");
    describe_counter!(
        "zhida_connections_refused_total",
        "Connections that were refused because too many were open, by limit: all, client"
    );
    describe_gauge!("zhida_connections", "Open connections");
    describe_counter!(
        "zhida_content_reloads_total",
        "Readings of the content, by result: published, unchanged, refused"
    );
    describe_gauge!("zhida_content_refused", "1 while newer content is refused for its errors");
    describe_gauge!("zhida_content_converged", "1 while all servers on the database serve this content");
    describe_gauge!("zhida_content_age_seconds", Unit::Seconds, "Since when the content is served");
    describe_gauge!("zhida_content_articles", "Articles in every locale, by audience");
    describe_gauge!("zhida_database_available", "1 while the database answers");
    describe_gauge!("zhida_storage_writable", "1 while the data folder and the database can be written");
    describe_gauge!("zhida_data_free_bytes", Unit::Bytes, "Room on the disk of the data folder");
    describe_counter!("zhida_turns_lost_total", "Turns that were answered and are kept nowhere");
    describe_counter!("zhida_turns_rejected_total", "Turns of a journal that are in journal/rejected.jsonl");
    describe_gauge!("zhida_journal_waiting_bytes", Unit::Bytes, "Turns that are not in the database yet");
    describe_gauge!("zhida_events_waiting", "Searches and clicks that are not in the database yet");
    describe_counter!("zhida_events_dropped_total", "Searches and clicks that were given up");
    describe_gauge!("zhida_webhooks_waiting", "Messages to webhooks that are to be delivered");
    describe_gauge!("zhida_webhooks_dead", "Messages to webhooks that were given up");
    describe_counter!("zhida_webhook_attempts_total", "Attempts to deliver, by result: delivered, failed, dead");
    describe_gauge!("zhida_clock_doubted", "1 while nothing is deleted because the clock may be wrong");
    describe_gauge!("zhida_tickets_open", "Tickets that nobody has closed");
    describe_gauge!("process_resident_memory_bytes", Unit::Bytes, "Memory in use");
    describe_gauge!("process_open_fds", "Open files and connections");
    for result in ["published", "unchanged", "refused"] {
        metrics::counter!("zhida_content_reloads_total", "result" => result).absolute(0);
    }
    for cache in ["page", "search", "turn"] {
        for result in ["hit", "miss"] {
            metrics::counter!("zhida_cache_total", "cache" => cache, "result" => result).absolute(0);
        }
    }
    for result in ["delivered", "failed", "dead"] {
        metrics::counter!("zhida_webhook_attempts_total", "result" => result).absolute(0);
    }
    for budget in crate::web::limit::BUDGETS {
        metrics::counter!("zhida_rate_limited_total", "budget" => budget.as_str()).absolute(0);
    }
    for kind in crate::desk::MASKED {
        metrics::counter!("zhida_redactions_total", "kind" => kind).absolute(0);
    }
    metrics::counter!("zhida_requests_shed_total").absolute(0);
    for limit in crate::web::connection::REFUSALS {
        metrics::counter!("zhida_connections_refused_total", "limit" => limit).absolute(0);
    }
    metrics::gauge!("zhida_content_refused").set(0.0);
}

/// The methods that are told apart; clients can make up others.
const METHODS: [&str; 6] = ["GET", "HEAD", "POST", "DELETE", "OPTIONS", "other"];
/// The statuses, by their first digit.
const STATUSES: [&str; 5] = ["1xx", "2xx", "3xx", "4xx", "5xx"];
/// The route of what no route fits.
pub(crate) const NO_ROUTE: &str = "none";

/// Returns a method by its name.
pub(crate) fn method(method: &Method) -> &'static str {
    METHODS.into_iter().find(|name| *name == method.as_str()).unwrap_or("other")
}

/// A route's histograms by method and status, each made when it is first needed.
type OfRoute = [[OnceLock<Histogram>; STATUSES.len()]; METHODS.len()];

/// Measures a request. Its histogram is looked up by the library once, because that takes as long as a kept page.
pub(crate) fn request(route: Option<&str>, method: &'static str, status: StatusCode, took: Duration) {
    static ROUTES: LazyLock<RwLock<HashMap<String, Arc<OfRoute>>>> = LazyLock::new(RwLock::default);
    let route = route.unwrap_or(NO_ROUTE);
    let known = ROUTES.read().unwrap_or_else(PoisonError::into_inner).get(route).cloned();
    let of_route = known.unwrap_or_else(|| {
        let mut routes = ROUTES.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(routes.entry(route.to_owned()).or_default())
    });
    let by_method = METHODS.iter().position(|name| *name == method).unwrap_or(METHODS.len() - 1);
    let by_status = usize::from(status.as_u16() / 100).clamp(1, STATUSES.len()) - 1;
    let histogram = of_route[by_method][by_status].get_or_init(|| {
        let labels = [
            ("route", SharedString::from(route.to_owned())),
            ("method", SharedString::from(method)),
            ("status", SharedString::from(STATUSES[by_status])),
        ];
        metrics::histogram!("zhida_http_request_duration_seconds", &labels)
    });
    histogram.record(took);
}

/// Counts a page that was kept.
pub(crate) fn kept_page() {
    static HITS: LazyLock<Counter> = LazyLock::new(|| hits("page"));
    HITS.increment(1);
}

/// Counts a search whose answer was kept.
pub(crate) fn kept_search() {
    static HITS: LazyLock<Counter> = LazyLock::new(|| hits("search"));
    HITS.increment(1);
}

/// Counts a conversation that began with a turn whose answer was kept.
pub(crate) fn kept_turn() {
    static HITS: LazyLock<Counter> = LazyLock::new(|| hits("turn"));
    HITS.increment(1);
}

/// Returns what counts the answers that a cache had.
fn hits(cache: &'static str) -> Counter {
    metrics::counter!("zhida_cache_total", "cache" => cache, "result" => "hit")
}

/// `GET /metrics`.
pub(crate) async fn show(State(state): State<AppState>) -> Response {
    let Some(recorder) = recorder() else { return StatusCode::NOT_FOUND.into_response() };
    let gauges = state.desk.gauges().await;
    let truth = |is: bool| if is { 1.0 } else { 0.0 };
    metrics::gauge!("zhida_content_age_seconds").set(gauges.content_age);
    metrics::gauge!("zhida_content_converged").set(truth(gauges.converged));
    metrics::gauge!("zhida_content_articles", "audience" => "public").set(number(gauges.articles.0 as u64));
    metrics::gauge!("zhida_content_articles", "audience" => "agent").set(number(gauges.articles.1 as u64));
    if let Some(load) = gauges.load {
        metrics::gauge!("zhida_database_available").set(truth(load.available));
        metrics::gauge!("zhida_storage_writable").set(truth(load.writable));
        metrics::counter!("zhida_turns_lost_total").absolute(load.turns_lost);
        metrics::counter!("zhida_turns_rejected_total").absolute(load.turns_rejected);
        metrics::gauge!("zhida_clock_doubted").set(truth(load.clock_doubted));
        if let Some(room) = load.room {
            metrics::gauge!("zhida_data_free_bytes").set(number(room));
        }
        metrics::gauge!("zhida_journal_waiting_bytes").set(number(load.journal_waiting));
        metrics::gauge!("zhida_events_waiting").set(number(load.events_waiting as u64));
        metrics::counter!("zhida_events_dropped_total").absolute(load.events_dropped);
        if let Some(waiting) = load.waiting {
            metrics::gauge!("zhida_webhooks_waiting").set(number(waiting.deliveries));
            metrics::gauge!("zhida_webhooks_dead").set(number(waiting.dead_deliveries));
            metrics::gauge!("zhida_tickets_open").set(number(waiting.open_tickets));
        }
    }
    of_the_process();
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    (headers, recorder.render()).into_response()
}

#[expect(clippy::cast_precision_loss, reason = "a gauge is a double; counts of things are far below 2^53")]
fn number(n: u64) -> f64 {
    n as f64
}

/// Measures the process where the system tells of it in files, as Linux does.
fn of_the_process() {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident =
        status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB")?.parse().ok());
    if let Some(kilobytes) = resident {
        metrics::gauge!("process_resident_memory_bytes").set(number(kilobytes) * 1024.0);
    }
    if let Ok(open) = std::fs::read_dir("/proc/self/fd") {
        metrics::gauge!("process_open_fds").set(number(open.count() as u64));
    }
}
