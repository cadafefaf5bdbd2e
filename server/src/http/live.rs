//! `/ws`: one connection on which somebody hears what happens for them. What is said stands in [`domain::event`].

mod connection;
mod places;

use std::sync::Arc;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use domain::account::Viewer;
use domain::{Error, ErrorKind, Result};
use services::account::SignedIn;
use tower_sessions::{Session, SessionStore, session};

use super::{origin, refused};
use crate::api::bearer;
use crate::compose::Lodestar;
use connection::Connection;
use places::Places;

/// Longest message of a client, in bytes.
const LONGEST: usize = 4_096;

/// Who is connected: by a token, as programs are, or by a session, as pages are.
pub enum Pass {
    /// The token as it was sent.
    Token(String),
    /// The session of the cookie.
    Session(session::Id),
}

impl Pass {
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

/// The route; below it stand the sessions.
pub fn router<S: Clone + Send + Sync + 'static>(lodestar: &Lodestar) -> Router<S> {
    let state = (Arc::new(lodestar.clone()), Places::default());
    Router::new().route("/ws", get(connect)).with_state(state)
}

type Shared = (Arc<Lodestar>, Places);

async fn connect(
    State((lodestar, places)): State<Shared>,
    session: Session,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
    _request: Request,
) -> Response {
    let Ok(upgrade) = upgrade else {
        return (StatusCode::UPGRADE_REQUIRED, [(header::UPGRADE, "websocket")], "Connect with a WebSocket.")
            .into_response();
    };
    match admit(&lodestar, &places, &session, &headers).await {
        Ok((pass, viewer, place)) => {
            let upgrade = upgrade.max_message_size(LONGEST).max_frame_size(LONGEST);
            upgrade.on_upgrade(move |socket| async move {
                Connection::new(lodestar, socket, pass, viewer).serve().await;
                drop(place);
            })
        }
        Err(error) => refused(&error),
    }
}

/// Lets those in who are signed in and have a connection left.
async fn admit(
    lodestar: &Lodestar,
    places: &Places,
    session: &Session,
    headers: &HeaderMap,
) -> Result<(Pass, Viewer, places::Place)> {
    let pass = match (bearer(headers), session.id()) {
        (Some(token), _) => Pass::Token(token.to_owned()),
        // Browsers send the cookie whichever site asks, and say which one that is.
        (None, Some(id)) if origin::is_own(headers) => Pass::Session(id),
        (None, Some(_)) => {
            return Err(Error::new(ErrorKind::Forbidden, "This connection was asked for by another site."));
        }
        (None, None) => return Err(Error::unauthenticated()),
    };
    let viewer = pass.viewer(lodestar).await?.ok_or_else(Error::unauthenticated)?;
    let place = places.take(viewer.id)?;
    Ok((pass, viewer, place))
}
