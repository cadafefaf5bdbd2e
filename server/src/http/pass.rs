//! By what somebody is let in, looked at again while they stay.

use axum::http::HeaderMap;
use domain::account::Viewer;
use domain::{Error, ErrorKind, Result};
use services::account::SignedIn;
use tower_sessions::{SessionStore, session};

use crate::api::bearer;
use crate::compose::Lodestar;

/// What somebody is let in by: a token, as programs are, or a session, as pages are.
pub enum Pass {
    /// A token.
    Token(String),
    /// A browser's session.
    Session(session::Id),
}

impl Pass {
    /// That of a request with these headers and this session.
    pub fn of(headers: &HeaderMap, session: Option<session::Id>) -> Option<Self> {
        bearer(headers).map(|token| Self::Token(token.to_owned())).or(session.map(Self::Session))
    }

    /// Whose it is; none when it has ended.
    pub async fn viewer(&self, lodestar: &Lodestar) -> Result<Option<Viewer>> {
        match self {
            Self::Token(token) => match lodestar.tokens.bearer(token).await {
                Ok(bearer) => Ok(Some(bearer.viewer)),
                Err(error) if error.kind == ErrorKind::Unauthenticated => Ok(None),
                Err(error) => Err(error),
            },
            Self::Session(id) => {
                // Read anew each time: it may have ended meanwhile.
                let record = store::Sessions::new(lodestar.store.clone()).load(id).await;
                let record =
                    record.map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))?;
                let kept = record.and_then(|mut record| record.data.remove(SignedIn::KEY));
                match kept.and_then(|kept| serde_json::from_value::<SignedIn>(kept).ok()) {
                    Some(signed_in) => lodestar.accounts.viewer(signed_in).await,
                    None => Ok(None),
                }
            }
        }
    }
}
