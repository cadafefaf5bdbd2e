//! How a mail looks as HTML, for the frames of the page `/admin/mail`. Mails need inline styles, which
//! no page of the app may have, so these are pages of their own, with a policy of their own.

use app::ssr::viewer_of;
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, HeaderValue, X_FRAME_OPTIONS};
use axum::response::{Html, IntoResponse, Response};
use domain::{Error, Result};
use services::account::Accounts;
use services::mail::Mails;
use tower_sessions::Session;

use super::refused;

/// Nothing is fetched, nothing runs, and only this site's pages may show it in a frame.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; sandbox; frame-ancestors 'self'");

/// The template named in the path, filled with an example; for administrators.
pub async fn preview(
    State((accounts, mails)): State<(Accounts, Mails)>,
    session: Session,
    Path(template): Path<String>,
) -> Response {
    match page(&accounts, &mails, &session, &template).await {
        Ok(html) => {
            let headers =
                [(CONTENT_SECURITY_POLICY, POLICY), (X_FRAME_OPTIONS, HeaderValue::from_static("SAMEORIGIN"))];
            (headers, Html(html)).into_response()
        }
        Err(error) => refused(&error),
    }
}

async fn page(accounts: &Accounts, mails: &Mails, session: &Session, template: &str) -> Result<String> {
    let viewer = viewer_of(session, accounts).await?.ok_or_else(Error::unauthenticated)?;
    mails.preview(&viewer, template)
}
