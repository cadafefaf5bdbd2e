//! The audit log, for administrators.

use axum::Json;
use axum::extract::State;
use domain::audit::{Action, AuditEntry, AuditFilter, EntryId};
use domain::token::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::Asked;

/// Entries of a page if nobody says.
const USUAL_PAGE: u32 = 50;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list))
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Query {
    /// Only this action.
    action: Option<Action>,
    /// Only of the account with this address.
    email: Option<String>,
    /// How many at most: 1 to 200.
    #[param(example = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<EntryId>,
}

/// A part of the log.
#[derive(Serialize, ToSchema)]
struct Entries {
    /// Newest first.
    items: Vec<AuditEntry>,
    /// The `cursor` of the next page, if there is one.
    next: Option<EntryId>,
}

/// What matters for security and what administrators did, newest first. For administrators.
#[utoipa::path(get, path = "/audit", tag = "audit", params(Query),
    responses((status = 200, description = "A page of it.", body = Entries), Refusals))]
async fn list(
    State(lodestar): State<Shared>,
    caller: Caller,
    Asked(Query { action, email, limit, cursor }): Asked<Query>,
) -> Result<Json<Entries>, Refused> {
    let filter = AuditFilter { action, email, before: cursor };
    let viewer = caller.may(Scope::Admin)?;
    let (items, more) = lodestar.audit.list(viewer, &filter, limit.unwrap_or(USUAL_PAGE)).await?;
    let next = items.last().filter(|_| more).map(|entry| entry.id);
    Ok(Json(Entries { items, next }))
}
