//! What handlers take from a request, with this API's errors.

use axum::extract::rejection::{FormRejection, JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Form, FromRequest, FromRequestParts, Json, Path, Query, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use domain::{Error, ErrorKind};
use serde::de::DeserializeOwned;

use super::error::Refused;

/// A body in JSON.
pub struct Sent<T>(pub T);

/// A body in JSON or, as OAuth 2 has it, as a form.
pub struct SentOrForm<T>(pub T);

/// The parts of the path.
pub struct Named<T>(pub T);

/// The query.
pub struct Asked<T>(pub T);

/// Whether the answer is wanted as server-sent events.
pub struct WantsEvents(pub bool);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Sent<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        plain(request.headers())?;
        Json::from_request(request, state).await.map(|Json(body)| Self(body)).map_err(unreadable)
    }
}

impl<T: DeserializeOwned + 'static, S: Send + Sync> FromRequest<S> for SentOrForm<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refused> {
        plain(request.headers())?;
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/x-www-form-urlencoded") {
            return Json::from_request(request, state).await.map(|Json(body)| Self(body)).map_err(unreadable);
        }
        let form = Form::from_request(request, state).await;
        form.map(|Form(body)| Self(body))
            .map_err(|cause: FormRejection| refused(cause.status(), &cause.body_text(), "The form"))
    }
}

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Named<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let named = Path::from_request_parts(parts, state).await;
        // An identifier that is none names nothing.
        named.map(|Path(named)| Self(named)).map_err(|_: PathRejection| Error::not_found("thing").into())
    }
}

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refused> {
        let asked = Query::from_request_parts(parts, state).await;
        asked
            .map(|Query(asked)| Self(asked))
            .map_err(|cause: QueryRejection| refused(cause.status(), &cause.body_text(), "The query"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for WantsEvents {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        Ok(Self(wants_events(&parts.headers)))
    }
}

/// Whether server-sent events are asked for.
pub fn wants_events(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    accepted.flat_map(|accept| accept.split(',')).any(|kind| kind.trim_start().starts_with("text/event-stream"))
}

/// Bodies are never decompressed, so none can grow on its way.
fn plain(headers: &HeaderMap) -> Result<(), Refused> {
    match headers.get(header::CONTENT_ENCODING).map(|encoding| encoding.as_bytes()) {
        None | Some(b"identity") => Ok(()),
        Some(_) => {
            let message = "Send the body as it is: compressed ones are not taken.";
            let error = Error::new(ErrorKind::Invalid, message);
            Err(Refused::with_status(error, StatusCode::UNSUPPORTED_MEDIA_TYPE))
        }
    }
}

fn unreadable(cause: JsonRejection) -> Refused {
    refused(cause.status(), &cause.body_text(), "The body")
}

fn refused(status: StatusCode, cause: &str, what: &str) -> Refused {
    let message = match status {
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            "Send the body as JSON, with “Content-Type: application/json”.".to_owned()
        }
        StatusCode::PAYLOAD_TOO_LARGE => "This request is too large: up to one megabyte is taken.".to_owned(),
        _ => format!("{what} cannot be read: {}.", cause.trim_end_matches('.')),
    };
    Refused::with_status(Error::new(ErrorKind::Invalid, message), status)
}
