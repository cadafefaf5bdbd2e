//! One's own data: taking it along, and leaving for good.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use domain::Timestamp;
use domain::token::Scope;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::Sent;
use crate::http::export;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(archive)).routes(routes!(leaving, leave, stay))
}

/// A ZIP file.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[allow(dead_code, reason = "it describes an answer and is never made")]
struct Archive(Vec<u8>);

/// What confirms that one wants to leave.
#[derive(Deserialize, ToSchema)]
struct Farewell {
    /// One's own address.
    #[schema(example = "ada@example.org")]
    address: String,
}

/// Whether the account is to be removed.
#[derive(Serialize, ToSchema)]
struct Departure {
    /// When it is; null if it stays.
    due_at: Option<Timestamp>,
}

/// Everything that is kept about me, as a ZIP file with JSON and CSV.
#[utoipa::path(get, path = "/auth/me/export", tag = "account",
    responses((status = 200, description = "The file.", body = Archive, content_type = "application/zip"), Refusals))]
async fn archive(State(lodestar): State<Shared>, caller: Caller) -> Result<impl IntoResponse, Refused> {
    Ok(export::answer(lodestar.exports.archive(caller.may(Scope::Read)?).await?))
}

/// Whether my account is to be removed, and when.
#[utoipa::path(get, path = "/auth/me/departure", tag = "account",
    responses((status = 200, description = "When, if at all.", body = Departure), Refusals))]
async fn leaving(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Departure>, Refused> {
    let viewer = caller.may(Scope::Read)?;
    Ok(Json(Departure { due_at: lodestar.departures.due(viewer.id).await? }))
}

/// Remove my account in seven days. All sign-ins and tokens end at once; until then, signing in again and `DELETE` here
/// keeps it.
#[utoipa::path(put, path = "/auth/me/departure", tag = "account", request_body = Farewell,
    responses((status = 200, description = "When.", body = Departure), Refusals))]
async fn leave(
    State(lodestar): State<Shared>,
    caller: Caller,
    Sent(farewell): Sent<Farewell>,
) -> Result<Json<Departure>, Refused> {
    let due_at = lodestar.departures.ask(caller.signed_in()?, &farewell.address).await?;
    Ok(Json(Departure { due_at: Some(due_at) }))
}

/// Keep my account after all.
#[utoipa::path(delete, path = "/auth/me/departure", tag = "account",
    responses((status = 204, description = "It stays."), Refusals))]
async fn stay(State(lodestar): State<Shared>, caller: Caller) -> Result<StatusCode, Refused> {
    lodestar.departures.take_back(caller.signed_in()?).await?;
    Ok(StatusCode::NO_CONTENT)
}
