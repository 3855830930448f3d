//! What the server tells of itself: `/metrics` by Prometheus's rules, and the files under `deploy/` that rest on it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use regex::Regex;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::harness::program::Serving;
use crate::harness::{client, copy_folder, help, repository};

/// Asks a server for everything once that is measured, and returns what it measured.
async fn measured() -> String {
    let content = help().display().to_string();
    let serving = Serving::start(&["serve", "--content", &content, "--listen", "127.0.0.1:0"]);
    let (url, client) = (serving.url().to_owned(), client());
    let get = async |path: &str| client.get(format!("{url}{path}")).send().await.unwrap().text().await.unwrap();
    for path in ["en/", "en/", "en/articles/loans/renew", "en/nothing/here", "readyz"] {
        get(path).await;
    }
    for words in ["renew", "renew", "L-101", "Card%20not%20read", "xyzzyplughplover"] {
        get(&format!("api/v1/search?q={words}&locale=en")).await;
    }
    for words in ["my card 4111 1111 1111 1111 is not read, xyzzy-word", "L-101", "L-101"] {
        let said = json!({"message": words, "locale": "en"});
        client.post(format!("{url}api/v1/chat")).json(&said).send().await.unwrap();
    }
    get("metrics").await
}

#[tokio::test]
async fn the_metrics_are_what_prometheus_reads() {
    let text = measured().await;
    let sample = Regex::new(r#"^[a-z_]+(\{([a-z]+="[^"\\\n]*",?)*\})? [0-9.eE+-]+$"#).unwrap();
    let comment = Regex::new(r"^# (HELP|TYPE) [a-z_]+ .+$").unwrap();
    for line in text.lines().filter(|line| !line.is_empty()) {
        assert!(sample.is_match(line) || comment.is_match(line), "{line}");
    }
    for line in [
        "zhida_cache_total{cache=\"page\",result=\"hit\"} 1",
        "zhida_cache_total{cache=\"search\",result=\"hit\"} 1",
        "zhida_cache_total{cache=\"search\",result=\"miss\"} 4",
        // The words with a card's number are in no cache.
        "zhida_cache_total{cache=\"turn\",result=\"hit\"} 1",
        "zhida_cache_total{cache=\"turn\",result=\"miss\"} 1",
        "zhida_connections_refused_total{limit=\"client\"} 0",
        "zhida_redactions_total{kind=\"card\"} 1",
        "zhida_database_available 1",
        "zhida_content_refused 0",
        "# TYPE zhida_http_request_duration_seconds histogram",
    ] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
    for start in [
        "zhida_http_request_duration_seconds_count{route=\"/{locale}/articles/{category}/{slug}\",method=\"GET\",status=\"2xx\"} 1",
        // The second of them was kept.
        "zhida_http_request_duration_seconds_count{route=\"/{locale}/\",method=\"GET\",status=\"2xx\"} 2",
        "zhida_http_request_duration_seconds_bucket{route=\"/api/v1/search\",",
        "zhida_search_duration_seconds_count{outcome=\"found\",by=\"code\"} 1",
        "zhida_search_duration_seconds_count{outcome=\"found\",by=\"message\"} 1",
        "zhida_search_duration_seconds_count{outcome=\"nothing\",by=\"none\"} 1",
        "zhida_chat_duration_seconds_count{by=\"code\",kind=\"answer\"} 2",
        "zhida_http_request_duration_seconds_count{route=\"/api/v1/chat\",method=\"POST\",status=\"2xx\"} 3",
        "zhida_chat_duration_seconds_bucket{by=\"code\",kind=\"answer\",le=\"0.001\"} ",
        "zhida_journal_waiting_bytes ",
        "zhida_events_waiting ",
        "zhida_webhooks_waiting 0",
        "zhida_content_articles{audience=\"public\"} ",
    ] {
        assert!(text.lines().any(|l| l.starts_with(start)), "{start} is not in\n{text}");
    }
    // Nothing that a customer typed or asked for, and nothing that is for agents alone.
    for private in ["1111 1111", "11111111", "xyzzy", "renew", "nothing/here", "waive-fees", "127.0.0.1"] {
        assert!(!text.contains(private), "{private} is in\n{text}");
    }
}

/// Returns the labels of each metric in what a server measured, histograms by the names of their parts too.
fn labels(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let sample = Regex::new(r"(?m)^([a-z_]+)(?:\{([^}]*)\})?").unwrap();
    let label = Regex::new(r#"([a-z_]+)=""#).unwrap();
    let mut labels: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for found in sample.captures_iter(text) {
        let all = found.get(2).map_or("", |l| l.as_str());
        labels.entry(found[1].to_owned()).or_default().extend(label.captures_iter(all).map(|l| l[1].to_owned()));
    }
    labels
}

/// Checks that each label which a query names is one that its metrics have.
fn names_labels_that_exist(query: &str, labels: &BTreeMap<String, BTreeSet<String>>) {
    // What Prometheus itself adds to each.
    let has = |metric: &str, label: &str| {
        ["instance", "job"].contains(&label) || labels.get(metric).is_some_and(|all| all.contains(label))
    };
    let selector = Regex::new(r"\b((?:zhida|process)_[a-z_]+)(?:\{([^}]*)\})?").unwrap();
    let matcher = Regex::new(r"([a-z_]+)\s*(?:=~|!~|!=|=)").unwrap();
    let grouping = Regex::new(r"\b(?:by|without)\s*\(([^)]*)\)").unwrap();
    let metrics: Vec<String> = selector.captures_iter(query).map(|found| found[1].to_owned()).collect();
    for found in selector.captures_iter(query) {
        for label in matcher.captures_iter(found.get(2).map_or("", |m| m.as_str())) {
            assert!(has(&found[1], &label[1]), "{} has no label {} in {query}", &found[1], &label[1]);
        }
    }
    for found in grouping.captures_iter(query) {
        for label in found[1].split(',').map(str::trim) {
            assert!(metrics.iter().all(|metric| has(metric, label)), "{metrics:?} have no label {label} in {query}");
        }
    }
}

/// Returns the metrics that a text names, without what histograms add.
fn names(text: &str) -> BTreeSet<String> {
    let name = Regex::new(r"\b(?:zhida|process)_[a-z_]+").unwrap();
    let plain = |name: &str| {
        let base = ["_bucket", "_sum", "_count"].iter().find_map(|suffix| name.strip_suffix(suffix));
        base.unwrap_or(name).to_owned()
    };
    name.find_iter(text).map(|found| plain(found.as_str())).collect()
}

#[tokio::test]
async fn the_dashboard_and_the_alerts_name_what_there_is() {
    let read = |path: &str| std::fs::read_to_string(repository(path)).unwrap();
    let dashboard: Value = serde_json::from_str(&read("deploy/grafana/zhida.json")).unwrap();
    let alerts: Value = serde_saphyr::from_str(&read("deploy/prometheus/alerts.yml")).unwrap();
    let mut expressions: Vec<String> = Vec::new();
    let shown = Regex::new(r"\{\{([a-z_]+)\}\}").unwrap();
    for target in dashboard["panels"].as_array().unwrap().iter().flat_map(|panel| panel["targets"].as_array().unwrap())
    {
        let query = target["expr"].as_str().unwrap();
        for label in shown.captures_iter(target["legendFormat"].as_str().unwrap()) {
            // What a legend shows, the query keeps: by grouping, or because it adds nothing up.
            let kept = query.contains(&label[1]) || !query.contains("sum");
            assert!(kept, "{query} has no {} for its legend", &label[1]);
        }
        expressions.push(query.to_owned());
    }
    let rules = alerts["groups"][0]["rules"].as_array().unwrap();
    expressions.extend(rules.iter().map(|rule| rule["expr"].as_str().unwrap().to_owned()));
    assert!(rules.iter().all(|rule| rule["annotations"]["remedy"].is_string()), "an alert says what to do");
    let named = names(&expressions.join("\n"));
    assert!(named.len() > 15, "{named:?}");
    let text = measured().await;
    let labels = labels(&text);
    for query in &expressions {
        names_labels_that_exist(query, &labels);
    }
    let there = names(&text.lines().filter(|l| !l.starts_with('#')).collect::<Vec<_>>().join("\n"));
    let missing: Vec<_> = named.difference(&there).collect();
    assert!(missing.is_empty(), "{missing:?} are named and not exported");
    let page = read("docs/operations.md");
    let rows: Vec<&str> = page.lines().filter(|l| l.starts_with("| `zhida_") || l.starts_with("| `process_")).collect();
    let told = |name: &str| rows.iter().find(|row| row.split(" | ").next().unwrap().contains(&format!("`{name}`")));
    for name in &there {
        let row = told(name).unwrap_or_else(|| panic!("docs/operations.md does not tell of {name}"));
        let own = labels.iter().filter(|(sample, _)| names(sample).contains(name)).flat_map(|(_, labels)| labels);
        let untold: Vec<_> = own.filter(|l| *l != "le" && !row.contains(&format!("`{l}`"))).collect();
        assert!(untold.is_empty(), "docs/operations.md does not tell of {untold:?} of {name}");
    }
    assert_eq!(names(&rows.join("\n")).difference(&there).collect::<Vec<_>>(), Vec::<&String>::new());
    let unseen: Vec<_> = there.difference(&names(&dashboard.to_string())).cloned().collect();
    assert!(unseen.is_empty(), "{unseen:?} are exported and not on the dashboard");
}

#[test]
#[should_panic(expected = "zhida_cache_total has no label store")]
fn a_label_that_nothing_has_is_noticed() {
    let labels = labels("zhida_cache_total{cache=\"page\",result=\"hit\"} 1\n");
    names_labels_that_exist("sum by (cache) (rate(zhida_cache_total{job=\"zhida\",store=\"page\"}[5m]))", &labels);
}

#[tokio::test(flavor = "multi_thread")]
async fn content_that_is_refused_is_counted_and_its_findings_are_in_the_log() {
    let dir = tempfile::tempdir().unwrap();
    let content = dir.path().join("content");
    copy_folder(&help(), &content);
    let log = dir.path().join("log");
    let folder = content.display().to_string();
    let arguments = ["serve", "--content", &folder, "--listen", "127.0.0.1:0", "--watch", "off"];
    let serving = Serving::start_logging(dir.path(), &arguments, &log);
    let (url, client) = (serving.url().to_owned(), client());
    let until = async |line: &str| loop {
        let text = client.get(format!("{url}metrics")).send().await.unwrap().text().await.unwrap();
        if text.lines().any(|l| l == line) {
            break text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let article = content.join("en/loans/renew.md");
    let good = std::fs::read_to_string(&article).unwrap();
    std::fs::write(&article, good.replacen("summary:", "sumary:", 1)).unwrap();
    serving.signal("HUP");
    let text = until("zhida_content_reloads_total{result=\"refused\"} 1").await;
    assert!(text.contains("\nzhida_content_refused 1\n"), "{text}");
    let told = std::fs::read_to_string(&log).unwrap();
    assert!(told.contains("en/loans/renew.md:") && told.contains("sumary"), "{told}");
    assert!(told.contains("new content is refused"), "{told}");

    std::fs::write(&article, format!("{good}\nMore.\n")).unwrap();
    serving.signal("HUP");
    let text = until("zhida_content_reloads_total{result=\"published\"} 1").await;
    assert!(text.contains("\nzhida_content_refused 0\n"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_waits_to_be_told_on_is_counted() {
    let content = help().display().to_string();
    // Nobody listens there.
    let arguments =
        ["serve", "--content", &content, "--listen", "127.0.0.1:0", "--webhook-url", "http://127.0.0.1:1/x"];
    let serving = Serving::start(&arguments);
    let (url, client) = (serving.url().to_owned(), client());
    let post = async |path: &str, body: Value| -> Value {
        let sent = client.post(format!("{url}api/v1/{path}")).json(&body).send().await.unwrap();
        sent.json().await.unwrap()
    };
    let begun = post("chat", json!({"message": "L-101", "locale": "en"})).await;
    post("handoff", json!({"conversation_id": begun["conversation_id"]})).await;
    let text = client.get(format!("{url}metrics")).send().await.unwrap().text().await.unwrap();
    for line in ["zhida_webhooks_waiting 1", "zhida_tickets_open 1", "zhida_webhooks_dead 0"] {
        assert!(text.lines().any(|l| l == line), "{line} is not in\n{text}");
    }
}

/// What a collector was sent.
type Collected = Arc<Mutex<Vec<u8>>>;

async fn collect(State(collected): State<Collected>, headers: HeaderMap, body: Bytes) -> StatusCode {
    assert_eq!(headers["content-type"], "application/x-protobuf");
    collected.lock().unwrap().extend_from_slice(&body);
    StatusCode::OK
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_to_the_collector_and_hold_nothing_that_was_typed() {
    let collected = Collected::default();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", post(collect)).with_state(Arc::clone(&collected));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let content = help().display().to_string();
    let arguments = ["serve", "--content", &content, "--listen", "127.0.0.1:0", "--otlp-endpoint", &endpoint];
    let serving = Serving::start(&arguments);
    let said = json!({"message": "xyzzy-word 4111 1111 1111 1111", "locale": "en"});
    let request = client().post(format!("{}api/v1/chat", serving.url())).json(&said);
    let trace = "0af7651916cd43dd8448eb211c80319c";
    let answered = request.header("traceparent", format!("00-{trace}-b7ad6b7169203331-01")).send().await.unwrap();
    let id = answered.headers()["x-request-id"].to_str().unwrap().to_owned();
    client().get(format!("{}en/search?q=plugh-word", serving.url())).send().await.unwrap();
    client().get(format!("{}en/nothing/plover-word", serving.url())).send().await.unwrap();
    // What is left is sent at the end.
    let (status, _) = tokio::task::spawn_blocking(|| serving.terminate()).await.unwrap();
    assert_eq!(status.code(), Some(0));
    let sent = collected.lock().unwrap().clone();
    let holds = |part: &[u8]| sent.windows(part.len()).any(|window| window == part);
    for part in ["service.name", "zhida", "POST /api/v1/chat", "GET /{locale}/search", "GET none", "chat", id.as_str()]
    {
        assert!(holds(part.as_bytes()), "{part} was not sent");
    }
    let trace: Vec<u8> = (0..16).map(|at| u8::from_str_radix(&trace[at * 2..at * 2 + 2], 16).unwrap()).collect();
    assert!(holds(&trace), "the caller's trace goes on");
    for private in ["xyzzy", "1111 1111", "11111111", "plugh", "plover", "card"] {
        assert!(!holds(private.as_bytes()), "{private} was sent");
    }
}
