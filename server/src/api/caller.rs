//! Who calls: by a token alone. Cookies open nothing here, so no other site can call in a person's name.

use std::sync::Arc;

use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use domain::account::Viewer;
use domain::token::Scope;
use domain::{Error, ErrorKind, Result};
use services::tokens::Bearer;

use super::error::Refused;
use crate::compose::Lodestar;

/// The person that a request's token stands for.
#[derive(Clone, Debug)]
pub struct Caller(pub Bearer);

impl Caller {
    /// The person, if the token may do that.
    pub fn may(&self, scope: Scope) -> Result<&Viewer> {
        self.0.may(scope).map(|()| &self.0.viewer)
    }

    /// The person, if the token comes of a sign-in: a personal one may not change how one signs in.
    pub fn signed_in(&self) -> Result<&Viewer> {
        match self.0.session {
            Some(_) => Ok(&self.0.viewer),
            None => Err(Error::new(
                ErrorKind::Forbidden,
                "A personal token may not do that. Sign in with e-mail address and password.",
            )),
        }
    }
}

/// Finds out whose token a request has. One that does not work is refused, also where none is needed.
pub async fn identify(State(lodestar): State<Arc<Lodestar>>, mut request: Request, next: Next) -> Response {
    if let Some(token) = bearer(request.headers()) {
        match lodestar.tokens.bearer(token).await {
            Ok(bearer) => {
                tracing::Span::current().record("user_id", tracing::field::display(bearer.viewer.id));
                request.extensions_mut().insert(Caller(bearer));
            }
            Err(error) => return Refused::from(error).into_response(),
        }
    }
    next.run(request).await
}

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refused> {
        let missing = || {
            let message = "Sign in first: send “Authorization: Bearer TOKEN”.";
            Error::new(ErrorKind::Unauthenticated, message)
        };
        parts.extensions.get().cloned().ok_or_else(|| missing().into())
    }
}

/// The token of a request.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
