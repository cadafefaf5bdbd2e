//! Traces for an OpenTelemetry collector, over OTLP as HTTP and protobuf.
//!
//! What is a span of `tracing` in this program becomes one of a trace. The SDK's own environment
//! variables (`OTEL_SERVICE_NAME`, `OTEL_RESOURCE_ATTRIBUTES`) add to what is said of the service.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result};
use opentelemetry::KeyValue;
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::TracerProvider;
use opentelemetry_http::{Bytes, HeaderExtractor, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::Layer;
use tracing_subscriber::registry::LookupSpan;

/// How long a collector may take for one batch.
const PATIENCE: Duration = Duration::from_secs(10);
/// How long the end of the program waits for the last batch.
const LAST: Duration = Duration::from_secs(5);

/// Traces on their way to a collector.
#[derive(Clone, Debug)]
pub struct Traces(SdkTracerProvider);

impl Traces {
    /// Sends to the collector at `address`, like `http://collector:4318`, from tasks of the present
    /// runtime, batch by batch. One that does not answer is logged; nobody waits for it.
    ///
    /// # Errors
    /// `Invalid` if `address` is no address of HTTP or HTTPS.
    pub fn to(address: &str, version: &'static str) -> Result<Self> {
        let wrong = || {
            let message = format!("log.otlp must be an address like \"http://collector:4318\", not \"{address}\".");
            Error::invalid("log.otlp", message)
        };
        let url = reqwest::Url::parse(address).map_err(|_| wrong())?;
        if !matches!(url.scheme(), "http" | "https") || !url.has_host() {
            return Err(wrong());
        }
        let cannot = |error: &dyn std::fmt::Display| {
            Error::new(ErrorKind::Busy, format!("Traces cannot be sent to {address}: {error}."))
        };
        // An earlier client may have installed it.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| cannot(&error))?;
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender { client, tasks: Handle::current(), fails: AtomicBool::new(false) })
            .with_endpoint(format!("{}/v1/traces", address.trim_end_matches('/')))
            .with_timeout(PATIENCE)
            .build()
            .map_err(|error| cannot(&error))?;
        let service = Resource::builder()
            .with_service_name("lodestar")
            .with_attribute(KeyValue::new("service.version", version))
            .build();
        Ok(Self(SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(service).build()))
    }

    /// What makes traces of the spans of `tracing`.
    pub fn layer<S: Subscriber + for<'span> LookupSpan<'span>>(&self) -> impl Layer<S> {
        // Threads and lines of source would be many bytes for what nobody asks a trace.
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("lodestar")).with_threads(false).with_location(false)
    }

    /// Sends what is left. Waits some seconds at most.
    pub async fn end(self) {
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(LAST)).await;
        if !matches!(ended, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// Has `span` continue the trace that a proxy began, if the request's `headers` name one
/// (`traceparent`, as <https://www.w3.org/TR/trace-context> has it).
pub fn continue_trace(span: &Span, headers: &http::HeaderMap) {
    if headers.contains_key("traceparent") {
        let parent = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
        // It fails where the span is not part of a trace.
        let _ = span.set_parent(parent);
    }
}

/// Sends batches. They come from a thread that knows no tasks, so that they are sent from one that does.
#[derive(Debug)]
struct Sender {
    client: reqwest::Client,
    tasks: Handle,
    /// Whether the last one could not be sent.
    fails: AtomicBool,
}

impl Sender {
    /// Logs where sending begins or ceases to fail.
    fn note(&self, failure: Option<String>) {
        let failed = self.fails.swap(failure.is_some(), Ordering::Relaxed);
        match failure {
            Some(error) if !failed => tracing::warn!(error, "the collector takes no traces; they are lost meanwhile"),
            None if failed => tracing::info!("the collector takes traces again"),
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> std::result::Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let client = self.client.clone();
        let sending = self.tasks.spawn(async move {
            let answer = client.execute(request).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            Ok::<_, reqwest::Error>((status, headers, answer.bytes().await?))
        });
        let sent = sending.await.map_err(HttpError::from).and_then(|sent| sent.map_err(HttpError::from));
        self.note(match &sent {
            Ok((status, ..)) => (!status.is_success()).then(|| status.to_string()),
            Err(error) => Some(error.to_string()),
        });
        let (status, headers, body) = sent?;
        let mut response = Response::new(body);
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok(response)
    }
}

#[cfg(test)]
mod tests {
    use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
    use opentelemetry_proto::tonic::common::v1::{AnyValue, KeyValue, any_value::Value};
    use prost::Message;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;
    use tokio::sync::mpsc;
    use tracing::field;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;

    /// A collector that reads what is sent, one connection a batch.
    async fn collector() -> (String, mpsc::Receiver<(String, ExportTraceServiceRequest)>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/", listener.local_addr().unwrap());
        let (sender, received) = mpsc::channel(8);
        tokio::spawn(async move {
            loop {
                let (mut stream, _) = listener.accept().await.unwrap();
                let mut read = Vec::new();
                let (head, body) = loop {
                    assert!(stream.read_buf(&mut read).await.unwrap() > 0, "it ended early");
                    let Some(end) = read.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
                    let head = String::from_utf8(read[..end].to_vec()).unwrap().to_lowercase();
                    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap();
                    let length: usize = length.parse().unwrap();
                    if read.len() >= end + 4 + length {
                        break (head, read[end + 4..].to_vec());
                    }
                };
                stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").await.unwrap();
                let request = ExportTraceServiceRequest::decode(body.as_slice()).unwrap();
                sender.send((head, request)).await.unwrap();
            }
        });
        (address, received)
    }

    fn find<'a>(attributes: &'a [KeyValue], key: &str) -> Option<&'a Value> {
        let found = attributes.iter().find(|attribute| attribute.key == key)?;
        found.value.as_ref().and_then(|AnyValue { value, .. }| value.as_ref())
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_collector_receives_spans_with_their_fields_and_parents() {
        let (address, mut received) = collector().await;
        let traces = Traces::to(&address, "1.2.3").unwrap();
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        let mut headers = http::HeaderMap::new();
        let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        headers.insert("traceparent", parent.parse().unwrap());
        tracing::subscriber::with_default(subscriber, || {
            let span = tracing::error_span!(
                "request",
                request_id = "abc",
                otel.name = field::Empty,
                http.route = field::Empty
            );
            continue_trace(&span, &headers);
            // A span has its name from when it is entered first.
            span.record("otel.name", "GET /login");
            span.in_scope(|| tracing::debug_span!("transaction").in_scope(|| tracing::info!("saved")));
            span.record("http.route", "/login");
        });
        traces.end().await;
        let (head, request) = received.recv().await.unwrap();
        assert!(head.starts_with("post /v1/traces http/1.1\r\n"), "{head}");
        assert!(head.contains("content-type: application/x-protobuf"), "{head}");
        let resource = &request.resource_spans[0];
        let service = &resource.resource.as_ref().unwrap().attributes;
        assert_eq!(find(service, "service.name"), Some(&Value::StringValue("lodestar".to_owned())));
        assert_eq!(find(service, "service.version"), Some(&Value::StringValue("1.2.3".to_owned())));
        let spans = &resource.scope_spans[0].spans;
        let named = |name: &str| spans.iter().find(|span| span.name == name).unwrap_or_else(|| panic!("{spans:?}"));
        let (request, transaction) = (named("GET /login"), named("transaction"));
        assert_eq!(find(&request.attributes, "http.route"), Some(&Value::StringValue("/login".to_owned())));
        assert_eq!(find(&request.attributes, "request_id"), Some(&Value::StringValue("abc".to_owned())));
        assert_eq!((&transaction.parent_span_id, &transaction.trace_id), (&request.span_id, &request.trace_id));
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        assert_eq!(format!("00-{}-{}-01", hex(&request.trace_id), hex(&request.parent_span_id)), parent);
        assert_eq!(transaction.events[0].name, "saved");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn only_addresses_are_taken_and_an_absent_collector_stops_nothing() {
        for address in ["collector:4318", "grpc://collector:4317", "http://", ""] {
            let error = Traces::to(address, "1").unwrap_err();
            assert!(error.message.contains("http://collector:4318"), "{address}: {error}");
        }
        let absent = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
        let traces = Traces::to(&format!("http://{absent}"), "1").unwrap();
        let subscriber = tracing_subscriber::registry().with(traces.layer());
        tracing::subscriber::with_default(subscriber, || tracing::error_span!("request").in_scope(|| {}));
        let began = std::time::Instant::now();
        traces.end().await;
        assert!(began.elapsed() < LAST + Duration::from_secs(2));
    }
}
