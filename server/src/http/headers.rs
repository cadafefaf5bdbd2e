//! The headers that every answer carries.

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY,
};
use axum::middleware::Next;
use axum::response::Response;

/// What depends on the configuration.
#[derive(Clone, Copy)]
pub struct Policy {
    /// People reach it over HTTPS.
    pub https: bool,
}

/// What is the same on every answer, unless that says otherwise.
const FIXED: &[(&str, &str)] = &[
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
    ("permissions-policy", "camera=(), geolocation=(), microphone=(self), payment=(), usb=()"),
];

/// The policy of answers that are no page of the app: files of this server, the service worker (which
/// fetches them) and the offline page.
const OWN_FILES: &str =
    "default-src 'self'; object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/// Adds them.
pub async fn set(State(policy): State<Policy>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let failed = !response.status().is_success();
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(HeaderName::from_static(name)).or_insert(HeaderValue::from_static(value));
    }
    if policy.https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=63072000; includeSubDomains"));
    }
    headers.entry(CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(OWN_FILES));
    let caching = if failed
        || is_page
        || path.starts_with("/api/")
        || path.starts_with("/v1/")
        || path.starts_with("/health/")
        || matches!(&*path, "/health" | "/metrics" | "/sw.js")
    {
        "no-store"
    } else if path.starts_with("/pkg/") || path.starts_with("/fonts/") {
        // Their names change with their content.
        "public, max-age=31536000, immutable"
    } else {
        "public, max-age=3600"
    };
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static(caching));
    response
}
