//! Traces for OpenTelemetry: how long each part of a request took, sent to a collector by OTLP over HTTP.
//!
//! Only spans of the target [`TRACES`] are sent; the log keeps its own. The exporter works on a thread of its own, and a
//! collector that is away costs nobody an answer.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};
use tokio::runtime::Runtime;

use crate::base::TRACES;

/// How long a collector may take, and how long the program waits for it at the end.
const PATIENCE: Duration = Duration::from_secs(5);
/// Where a collector takes traces.
const PATH: &str = "/v1/traces";

/// The exporter; it sends what is left when it is dropped.
#[derive(Debug)]
pub struct Traces {
    provider: SdkTracerProvider,
}

impl Drop for Traces {
    fn drop(&mut self) {
        // A collector that is away has been told of already.
        let _ = self.provider.shutdown_with_timeout(PATIENCE);
    }
}

impl Traces {
    /// Prepares to send traces to the collector at `endpoint`, such as `http://127.0.0.1:4318`.
    ///
    /// # Errors
    /// When the machine lacks what a client needs.
    pub(super) fn to(endpoint: &str) -> anyhow::Result<Self> {
        // The libraries are built without a favourite; a second installation changes nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).build().context("cannot send traces")?;
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().build().context("cannot send traces")?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Collector { client, runtime, is_away: AtomicBool::new(false) })
            .with_endpoint(format!("{}{PATH}", endpoint.trim_end_matches('/')))
            .with_protocol(Protocol::HttpBinary)
            .build()
            .context("cannot send traces")?;
        let resource = Resource::builder()
            .with_service_name(env!("CARGO_PKG_NAME"))
            .with_attribute(opentelemetry::KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource).build();
        Ok(Traces { provider })
    }

    /// Returns what makes spans of this program.
    pub(super) fn tracer(&self) -> SdkTracer {
        self.provider.tracer(env!("CARGO_PKG_NAME"))
    }
}

/// Tells whether a span is for traces.
pub(super) fn is_traced(span: &tracing::Metadata<'_>) -> bool {
    span.is_span() && span.target() == TRACES
}

/// Sends requests for the exporter, whose thread knows no tokio.
#[derive(Debug)]
struct Collector {
    client: reqwest::Client,
    runtime: Runtime,
    is_away: AtomicBool,
}

impl HttpClient for Collector {
    fn send_bytes<'a, 'sent>(
        &'a self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'a: 'sent,
        Self: 'sent,
    {
        Box::pin(async move {
            let answered = self.runtime.block_on(async {
                let response = self.client.execute(reqwest::Request::try_from(request)?).await?;
                let status = response.status();
                Ok::<_, reqwest::Error>((status, response.bytes().await?))
            });
            let away = match &answered {
                Ok((status, _)) => (!status.is_success()).then(|| status.to_string()),
                Err(cause) => Some(cause.to_string()),
            };
            if self.is_away.swap(away.is_some(), Ordering::Relaxed) != away.is_some() {
                match away {
                    Some(cause) => tracing::warn!(cause, "the collector does not take traces; some are lost"),
                    None => tracing::info!("the collector takes traces again"),
                }
            }
            let (status, body) = answered?;
            let mut response = Response::new(body);
            *response.status_mut() = status;
            Ok(response)
        })
    }
}
