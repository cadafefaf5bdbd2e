//! What surrounds each request: one log line, with an id that the answer carries too, and a
//! reactive owner of its own.

use std::any::Any;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Response as HttpResponse, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use domain::Random;
use leptos::reactive::computed::ScopedFuture;
use leptos::reactive::owner::Owner;
use tracing::Instrument;

use crate::system::SystemRandom;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Gives the request an id, runs it within a span of that id and logs how it went. Paths hold
/// identifiers at most; queries may hold more and are not logged.
pub async fn log(request: Request, next: Next) -> Response {
    let id = id();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let span = tracing::info_span!("request", id = %id, user = tracing::field::Empty);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span.clone()).await;
    let (status, millis) = (response.status().as_u16(), started.elapsed().as_millis());
    span.in_scope(|| {
        if status >= 500 {
            tracing::warn!(%method, path, status, millis, "answered")
        } else {
            tracing::info!(%method, path, status, millis, "answered")
        }
    });
    if let Ok(id) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, id);
    }
    response
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
    let mut response = HttpResponse::new(Body::from(domain::Error::unexpected(&reference).message));
    *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
