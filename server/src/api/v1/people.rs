//! The accounts that there are, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::account::{AccountId, Standing};
use domain::people::{PeopleFilter, Person};
use domain::token::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::{Asked, Named, Sent};

/// Accounts of a page if nobody says.
const USUAL_PAGE: u32 = 50;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(change_standing))
        .routes(routes!(disable))
        .routes(routes!(enable))
}

/// Which accounts.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Query {
    /// Only those whose name or address holds this.
    search: Option<String>,
    /// Only those with this standing.
    standing: Option<Standing>,
    /// How many at most: 1 to 200.
    #[param(example = 50, minimum = 1, maximum = 200)]
    limit: Option<u32>,
    /// `next` of the page before.
    cursor: Option<AccountId>,
}

/// A part of the accounts.
#[derive(Serialize, ToSchema)]
struct People {
    /// Those opened last first.
    items: Vec<Person>,
    /// The `cursor` of the next page, if there is one.
    next: Option<AccountId>,
}

/// What somebody may do from now on.
#[derive(Deserialize, ToSchema)]
struct StandingChange {
    /// The new standing.
    standing: Standing,
}

/// The accounts that there are, those opened last first. For administrators.
#[utoipa::path(get, path = "/people", tag = "people", params(Query),
    responses((status = 200, description = "A page of them.", body = People), Refusals))]
async fn list(
    State(lodestar): State<Shared>,
    caller: Caller,
    Asked(Query { search, standing, limit, cursor }): Asked<Query>,
) -> Result<Json<People>, Refused> {
    let filter = PeopleFilter { search: search.unwrap_or_default(), standing, before: cursor };
    let viewer = caller.may(Scope::Admin)?;
    let (items, more) = lodestar.people.list(viewer, &filter, limit.unwrap_or(USUAL_PAGE)).await?;
    let next = items.last().filter(|_| more).map(|person| person.id);
    Ok(Json(People { items, next }))
}

/// Give an account another standing; its sessions and tokens end. The last administrator stays one. For administrators.
#[utoipa::path(put, path = "/people/{person}/standing", tag = "people", request_body = StandingChange,
    params(("person" = AccountId, Path, description = "Whose account.")),
    responses((status = 204, description = "Changed."), Refusals))]
async fn change_standing(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(person): Named<AccountId>,
    Sent(change): Sent<StandingChange>,
) -> Result<StatusCode, Refused> {
    lodestar.people.change_standing(caller.may(Scope::Admin)?, person, change.standing).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Keep the person of an account out; its sessions and tokens end. Not oneself, nor the last administrator. For administrators.
#[utoipa::path(post, path = "/people/{person}/disable", tag = "people",
    params(("person" = AccountId, Path, description = "Whose account.")),
    responses((status = 204, description = "Disabled."), Refusals))]
async fn disable(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(person): Named<AccountId>,
) -> Result<StatusCode, Refused> {
    lodestar.people.disable(caller.may(Scope::Admin)?, person).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Let the person of an account in again. For administrators.
#[utoipa::path(post, path = "/people/{person}/enable", tag = "people",
    params(("person" = AccountId, Path, description = "Whose account.")),
    responses((status = 204, description = "Enabled."), Refusals))]
async fn enable(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(person): Named<AccountId>,
) -> Result<StatusCode, Refused> {
    lodestar.people.enable(caller.may(Scope::Admin)?, person).await?;
    Ok(StatusCode::NO_CONTENT)
}
