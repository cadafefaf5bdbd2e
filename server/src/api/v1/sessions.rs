//! Where one is signed in.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::Error;
use domain::session::{AccountSession, SessionId};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::Named;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list, end_others)).routes(routes!(end))
}

/// Where I am signed in, the last used first.
#[utoipa::path(get, path = "/sessions", tag = "account",
    responses((status = 200, description = "Browsers and programs.", body = Vec<AccountSession>), Refusals))]
async fn list(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Vec<AccountSession>>, Refused> {
    let viewer = caller.signed_in()?;
    Ok(Json(lodestar.accounts.sessions(viewer, caller.0.session).await?))
}

/// Sign out everywhere else, at once.
#[utoipa::path(delete, path = "/sessions", tag = "account",
    responses((status = 204, description = "Signed out."), Refusals))]
async fn end_others(State(lodestar): State<Shared>, caller: Caller) -> Result<StatusCode, Refused> {
    let viewer = caller.signed_in()?;
    let kept = caller.0.session.ok_or_else(Error::unauthenticated)?;
    lodestar.accounts.end_other_sessions(viewer, kept).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Sign out in one place, at once.
#[utoipa::path(delete, path = "/sessions/{id}", tag = "account", params(("id" = SessionId, Path, description = "Which.")),
    responses((status = 204, description = "Signed out."), Refusals))]
async fn end(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<SessionId>,
) -> Result<StatusCode, Refused> {
    lodestar.accounts.end_session(caller.signed_in()?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
