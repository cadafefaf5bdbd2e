//! The person's own data as a file to take along.

use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use domain::account::Viewer;
use domain::{Error, Result};
use services::account::SignedIn;
use services::export::Export;
use tower_sessions::Session;

use crate::compose::Lodestar;

/// `/export`: the file for whoever is signed in; all others sign in first.
pub async fn download(lodestar: Lodestar, session: Session) -> Response {
    let file = async {
        let viewer = viewer(&lodestar, &session).await?.ok_or_else(Error::unauthenticated)?;
        lodestar.exports.archive(&viewer).await
    };
    match file.await {
        Ok(file) => answer(file).into_response(),
        Err(error) if error.kind == domain::ErrorKind::Unauthenticated => {
            Redirect::to("/login?next=%2Fsettings").into_response()
        }
        Err(error) => {
            let status = axum::http::StatusCode::from_u16(error.kind.status()).unwrap_or_default();
            (status, [(CONTENT_TYPE, "text/plain; charset=utf-8")], error.message).into_response()
        }
    }
}

/// The file with the headers that have it saved under its name.
pub fn answer(file: Export) -> impl IntoResponse {
    let headers = [
        (CONTENT_TYPE, "application/zip".to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        (CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, file.bytes)
}

async fn viewer(lodestar: &Lodestar, session: &Session) -> Result<Option<Viewer>> {
    let broken =
        |error: tower_sessions::session::Error| Error::unexpected(&domain::error::reference(&error.to_string()));
    match session.get::<SignedIn>(SignedIn::KEY).await.map_err(broken)? {
        Some(signed_in) => lodestar.accounts.viewer(signed_in).await,
        None => Ok(None),
    }
}
