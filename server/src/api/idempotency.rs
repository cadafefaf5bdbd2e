//! Creating calls that carry an `Idempotency-Key`: repeated, they get the first answer again.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::{Error, Result};
use services::idempotency::Begun;

use super::caller::Caller;
use super::error::Refused;
use super::extract::wants_events;
use super::secret::is_secret;
use crate::compose::Lodestar;

const KEY: &str = "idempotency-key";
/// Says that an answer is that of an earlier call.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Largest answer that is kept, in bytes.
const LARGEST: usize = 4 * 1024 * 1024;

/// Answers a repeated call as the first one was. Calls without a key or without a person pass.
pub async fn check(State(lodestar): State<Arc<Lodestar>>, request: Request, next: Next) -> Response {
    // Other methods create nothing.
    let headers = (*request.method() == Method::POST).then(|| request.headers());
    let key = headers.and_then(|headers| headers.get(KEY)).map(|key| key.to_str().unwrap_or_default().to_owned());
    let (Some(key), Some(caller)) = (key, request.extensions().get::<Caller>().cloned()) else {
        return next.run(request).await;
    };
    answer(&lodestar, &caller, &key, request, next).await.unwrap_or_else(|error| Refused::from(error).into_response())
}

async fn answer(lodestar: &Lodestar, caller: &Caller, key: &str, request: Request, next: Next) -> Result<Response> {
    if wants_events(request.headers()) {
        let message = "An Idempotency-Key goes with answers in JSON. Leave “Accept: text/event-stream” out.";
        return Err(Error::invalid("Idempotency-Key", message));
    }
    let (calls, viewer) = (&lodestar.calls, &caller.0.viewer);
    let (parts, body) = request.into_parts();
    let Ok(body) = to_bytes(body, super::LARGEST_REQUEST).await else {
        return Ok(StatusCode::PAYLOAD_TOO_LARGE.into_response());
    };
    let asked = format!("{} {}\n{}", parts.method, parts.uri.path(), String::from_utf8_lossy(&body));
    if let Begun::Answered(status, answer) = calls.begin(viewer, key, &asked).await? {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
        let headers = [(header::CONTENT_TYPE, "application/json"), (REPLAYED, "true")];
        return Ok((status, headers, answer).into_response());
    }
    let response = next.run(Request::from_parts(parts, Body::from(body))).await;
    // What came to nothing may be tried again; what was refused for good stays refused. A secret is kept
    // nowhere: the call, repeated, makes another one.
    let came_to_nothing = response.status().is_server_error() || response.status() == StatusCode::TOO_MANY_REQUESTS;
    if came_to_nothing || is_secret(&response) {
        calls.forget(viewer, key).await?;
        return Ok(response);
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, LARGEST).await else {
        calls.forget(viewer, key).await?;
        return Ok(StatusCode::INTERNAL_SERVER_ERROR.into_response());
    };
    let answer = String::from_utf8_lossy(&body).into_owned();
    calls.finish(viewer, key, parts.status.as_u16(), answer).await?;
    parts.headers.insert(REPLAYED, HeaderValue::from_static("false"));
    Ok(Response::from_parts(parts, Body::from(body)))
}
