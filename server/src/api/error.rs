//! The one shape of errors, whoever made them.

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{Error, ErrorKind};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::http::status_of;

/// Longest message of another part of the server that is taken over, in bytes.
const LONGEST: usize = 4_096;

/// What every failed request is answered with.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    error: ErrorDetail,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
struct ErrorDetail {
    /// What kind of failure.
    kind: ErrorKind,
    /// What is wrong and what to do, for people.
    #[schema(example = "Choose between 3 and 10 questions.")]
    message: String,
    /// The field of the request that it is about, if it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "questions")]
    field: Option<String>,
    /// What finds the cause in the log, if the server is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    reference: Option<String>,
}

/// The answers of every call that is refused.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "they describe answers and are never made")]
pub enum Refusals {
    /// The request cannot be read.
    #[response(status = 400)]
    Unreadable(ErrorBody),
    /// There is no token, or it does not work any more.
    #[response(status = 401)]
    Unauthenticated(ErrorBody),
    /// The token or its person may not do that.
    #[response(status = 403)]
    Forbidden(ErrorBody),
    /// It is not there, or it belongs to somebody else.
    #[response(status = 404)]
    NotFound(ErrorBody),
    /// Somebody, perhaps the same person elsewhere, was faster.
    #[response(status = 409)]
    Conflict(ErrorBody),
    /// The request is larger than is taken.
    #[response(status = 413)]
    TooLarge(ErrorBody),
    /// The body is of another type than JSON.
    #[response(status = 415)]
    Unsupported(ErrorBody),
    /// The request needs mending.
    #[response(status = 422)]
    Invalid(ErrorBody),
    /// Too many requests; `Retry-After` says when the next one counts.
    #[response(status = 429)]
    TooMany(ErrorBody),
    /// Our fault.
    #[response(status = 500)]
    Unexpected(ErrorBody),
    /// The server cannot do it now; later it can.
    #[response(status = 503)]
    Busy(ErrorBody),
}

/// A failed request.
#[derive(Debug)]
pub struct Refused {
    error: Error,
    status: StatusCode,
}

impl Refused {
    /// The same with another status than its kind's.
    pub fn with_status(error: Error, status: StatusCode) -> Self {
        Self { error, status }
    }
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let status = status_of(error.kind);
        Self { error, status }
    }
}

impl From<Error> for ErrorBody {
    fn from(error: Error) -> Self {
        let Error { kind, message, field, reference, .. } = error;
        Self { error: ErrorDetail { kind, message, field, reference } }
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let retry_after = self.error.retry_after;
        let mut response = (self.status, Json(ErrorBody::from(self.error))).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// Gives errors that were made by other parts of the server the one shape.
pub async fn shape(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let status = response.status();
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !(status.is_client_error() || status.is_server_error()) || kind.starts_with("application/json") {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let text = to_bytes(body, LONGEST).await.unwrap_or_default();
    let said = String::from_utf8_lossy(&text).into_owned();
    let (kind, message) = match status {
        StatusCode::METHOD_NOT_ALLOWED => {
            (ErrorKind::Invalid, "This address takes other methods; Allow names them.".to_owned())
        }
        StatusCode::NOT_FOUND => {
            (ErrorKind::NotFound, "There is nothing at this address. /docs lists what there is.".to_owned())
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            (ErrorKind::Invalid, "This request is too large: up to one megabyte is taken.".to_owned())
        }
        status if status.is_server_error() => (ErrorKind::Unexpected, said),
        _ => (ErrorKind::Invalid, said),
    };
    let body = serde_json::to_vec(&ErrorBody::from(Error::new(kind, message))).unwrap_or_default();
    parts.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    parts.headers.remove(header::CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(body))
}
