//! Answers that hold a secret.

use axum::Json;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

/// An answer that nothing may keep, neither a cache (RFC 6749, section 5.1) nor this server for a repeated
/// call: it holds a token.
pub struct Secret<T>(pub T);

impl<T: Serialize> IntoResponse for Secret<T> {
    fn into_response(self) -> Response {
        let mut response = Json(self.0).into_response();
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// Whether an answer holds a secret.
pub fn is_secret(response: &Response) -> bool {
    response.headers().get(header::CACHE_CONTROL).is_some_and(|caching| caching == "no-store")
}
