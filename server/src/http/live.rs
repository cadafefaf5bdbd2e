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
use tower_sessions::Session;

use super::pass::Pass;
use super::{origin, refused};
use crate::compose::Lodestar;
use connection::Connection;
use places::Places;

/// Longest message of a client, in bytes.
const LONGEST: usize = 4_096;

/// The route; below it stand the sessions.
pub fn router<S: Clone + Send + Sync + 'static>(lodestar: &Lodestar) -> Router<S> {
    let state = (Arc::new(lodestar.clone()), Places::default());
    Router::new().route("/ws", get(connect).head(admitted)).with_state(state)
}

type Shared = (Arc<Lodestar>, Places);

/// Whether a WebSocket would be let in: scripts in browsers are not told why one is refused.
async fn admitted(
    State((lodestar, places)): State<Shared>,
    session: Session,
    headers: HeaderMap,
    _request: Request,
) -> Response {
    match admit(&lodestar, &places, &session, &headers).await {
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refused(&error),
    }
}

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
    let pass = Pass::of(headers, session.id()).ok_or_else(Error::unauthenticated)?;
    // Browsers send the cookie whichever site asks, and say which one that is.
    if matches!(pass, Pass::Session(_)) && !origin::is_own(headers) {
        return Err(Error::new(ErrorKind::Forbidden, "This connection was asked for by another site."));
    }
    let viewer = pass.viewer(lodestar).await?.ok_or_else(Error::unauthenticated)?;
    let place = places.take(viewer.id)?;
    Ok((pass, viewer, place))
}
