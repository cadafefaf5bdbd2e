//! What surrounds each request: one log line, with an id that the answer carries too, the figures of
//! its kind, and a reactive owner of its own.

use std::any::Any;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Response as HttpResponse, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::{Error, Random};
use http_body::{Frame, SizeHint};
use integrations::traces::continue_trace;
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::Owner;
use tracing::{Instrument, Span, field};

use super::metrics::{InFlight, Requests};
use crate::system::SystemRandom;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

tokio::task_local! {
    /// The id of the request that is being answered.
    static ID: String;
}

/// What follows each request.
#[derive(Clone)]
pub struct Watch {
    /// Where it is counted.
    pub requests: Requests,
    /// Whether its span becomes part of a trace.
    pub traced: bool,
}

/// Gives the request an id, runs it within a span of that id, counts it and logs how it went. Pages
/// find the id among the request's headers, in place of what the client sent as one. Paths hold
/// identifiers at most; queries may hold more and are not logged.
pub async fn log(State(watch): State<Watch>, mut request: Request, next: Next) -> Response {
    let id = id();
    let header = HeaderValue::from_str(&id).unwrap_or(HeaderValue::from_static(""));
    request.headers_mut().insert(REQUEST_ID, header.clone());
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let route = request.extensions().get::<MatchedPath>().map(|route| route.as_str().to_owned());
    // A span of the highest level is there whatever level is logged.
    let span = tracing::error_span!(
        "request",
        request_id = %id,
        user_id = field::Empty,
        otel.name = field::Empty,
        otel.kind = field::Empty,
        http.request.method = field::Empty,
        http.route = field::Empty,
        http.response.status_code = field::Empty,
    );
    // Pages note there who is signed in.
    request.extensions_mut().insert(span.clone());
    if watch.traced {
        continue_trace(&span, request.headers());
        // Lines say all this at the end, so it is there for traces alone.
        span.record("otel.name", format!("{method} {}", route.as_deref().unwrap_or_default()).trim_end());
        span.record("otel.kind", "server");
        span.record("http.request.method", method.as_str());
        span.record("http.route", route.as_deref());
    }
    let in_flight = watch.requests.begin();
    let started = Instant::now();
    let mut response = ID.scope(id, next.run(request)).instrument(span.clone()).await;
    let (status, duration) = (response.status(), started.elapsed());
    watch.requests.answered(&method, route.as_deref(), status, duration);
    if watch.traced {
        span.record("http.response.status_code", status.as_u16());
    }
    span.in_scope(|| {
        let (status, duration_ms) = (status.as_u16(), duration.as_millis());
        if status >= 500 {
            tracing::warn!(%method, path, status, duration_ms, "answered")
        } else {
            tracing::info!(%method, path, status, duration_ms, "answered")
        }
    });
    response.headers_mut().insert(REQUEST_ID, header);
    response.map(|body| Body::new(Answering { body, span, _in_flight: in_flight }))
}

/// The rest of an answer, which may be written long after its beginning: it belongs to the request.
struct Answering {
    body: Body,
    span: Span,
    _in_flight: InFlight,
}

impl HttpBody for Answering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let Self { body, span, .. } = &mut *self;
        span.in_scope(|| Pin::new(body).poll_frame(context))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// The same error with the id of the request that is being answered, if it is unexpected.
pub fn referenced(error: Error) -> Error {
    ID.try_with(|id| error.clone().in_request(id)).unwrap_or(error)
}

/// Runs the request under a reactive owner that is nobody's child. Leptos leaves the owner of the
/// page that it rendered last set on the thread, and what it starts there next takes that owner for
/// its parent: without this, a file's answer could take the headers of somebody else's page.
pub async fn isolate(request: Request, next: Next) -> Response {
    let owner = Owner::new_root(None);
    owner.with(|| ScopedFuture::new(next.run(request))).await
}

/// Twelve hexadecimal digits: a random start for the process, then counting.
fn id() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    static START: std::sync::OnceLock<u64> = std::sync::OnceLock::new();
    let start = START.get_or_init(|| {
        let mut bytes = [0; 8];
        SystemRandom.fill(&mut bytes);
        u64::from_le_bytes(bytes)
    });
    format!("{:012x}", start.wrapping_add(NEXT.fetch_add(1, Ordering::Relaxed)) & 0xffff_ffff_ffff)
}

/// The answer when a handler panicked: a reference that is in the log, and nothing else.
pub fn panicked(cause: Box<dyn Any + Send>) -> HttpResponse<Body> {
    let cause = cause
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned()))
        .unwrap_or_default();
    let reference = domain::error::reference(&cause);
    tracing::error!(%reference, cause, "a request panicked");
    let mut response = HttpResponse::new(Body::from(referenced(Error::unexpected(&reference)).message));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
