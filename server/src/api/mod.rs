//! The REST API, for programs: what the pages can do, over JSON, with tokens instead of cookies.

mod caller;
mod docs;
mod error;
mod etag;
mod extract;
mod idempotency;
mod secret;
mod v1;

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use domain::{Error, ErrorKind};
use tower_http::cors::CorsLayer;
use tower_http::limit::RequestBodyLimitLayer;

use crate::compose::Lodestar;
use crate::http::streams;
use error::Refused;

pub use caller::bearer;
pub use docs::document;

/// Largest request, in bytes.
const LARGEST_REQUEST: usize = 1024 * 1024;
/// How long an answer may take to begin: the longest wait for a model, and what follows.
const PATIENCE: Duration = Duration::from_secs(90);

/// Everything below `/api/v1`, and the pages that explain it. `origins` are the sites whose scripts may call it.
pub fn router(lodestar: &Arc<Lodestar>, origins: &[HeaderValue]) -> Router {
    let (calls, document) = docs::parts();
    let identify = middleware::from_fn_with_state(Arc::clone(lodestar), caller::identify);
    let repeat = middleware::from_fn_with_state(Arc::clone(lodestar), idempotency::check);
    let end = middleware::from_fn_with_state(Arc::clone(lodestar), streams::end);
    let calls = calls
        .fallback(|| async { Refused::from(Error::new(ErrorKind::NotFound, NOTHING)) })
        .method_not_allowed_fallback(|| async { StatusCode::METHOD_NOT_ALLOWED })
        .layer(repeat)
        .layer(end)
        .layer(identify)
        .layer(middleware::from_fn(patience))
        .layer(DefaultBodyLimit::disable())
        .layer(RequestBodyLimitLayer::new(LARGEST_REQUEST))
        .layer(middleware::from_fn(etag::check))
        .layer(middleware::from_fn(error::shape));
    let calls = if origins.is_empty() { calls } else { calls.layer(cors(origins)) };
    Router::new().nest("/api/v1", calls).merge(docs::router(&document)).with_state(Arc::clone(lodestar))
}

const NOTHING: &str = "There is nothing at this address. /docs lists what there is.";

/// What takes too long to begin ends with an error that says so.
async fn patience(request: Request, next: Next) -> Response {
    let late = || Error::new(ErrorKind::Busy, "This took too long. Please try again in a moment.");
    match tokio::time::timeout(PATIENCE, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refused::from(late()).into_response(),
    }
}

/// Lets scripts of these sites call, with tokens; cookies are never sent along.
fn cors(origins: &[HeaderValue]) -> CorsLayer {
    let key = HeaderName::from_static("idempotency-key");
    CorsLayer::new()
        .allow_origin(origins.to_vec())
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::IF_NONE_MATCH, key])
        .expose_headers([header::ETAG, header::LOCATION, header::RETRY_AFTER])
        .max_age(Duration::from_secs(3_600))
}
