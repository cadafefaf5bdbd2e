//! The person's own data as a file to take along.

use app::ssr::viewer_of;
use axum::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Redirect, Response};
use domain::{Error, ErrorKind};
use services::export::Export;
use tower_sessions::Session;

use super::refused;
use crate::compose::Lodestar;

/// `/export`: the file for whoever is signed in; all others sign in first.
pub async fn download(lodestar: Lodestar, session: Session) -> Response {
    let file = async {
        let viewer = viewer_of(&session, &lodestar.accounts).await?.ok_or_else(Error::unauthenticated)?;
        lodestar.exports.archive(&viewer).await
    };
    match file.await {
        Ok(file) => answer(file).into_response(),
        Err(error) if error.kind == ErrorKind::Unauthenticated => {
            Redirect::to("/login?next=%2Fsettings").into_response()
        }
        Err(error) => refused(&error),
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
