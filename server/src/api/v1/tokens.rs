//! Personal tokens.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::token::{NewPersonalToken, PersonalToken, TokenId, TokenWish};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::{Named, Sent};
use crate::api::secret::Secret;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(remove))
}

/// My personal tokens, newest first, without their secrets.
#[utoipa::path(get, path = "/tokens", tag = "tokens",
    responses((status = 200, description = "Those that work.", body = Vec<PersonalToken>), Refusals))]
async fn list(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Vec<PersonalToken>>, Refused> {
    Ok(Json(lodestar.tokens.list(caller.signed_in()?).await?))
}

/// Make a personal token. Its secret is in this answer and never to be seen again.
#[utoipa::path(post, path = "/tokens", tag = "tokens", request_body = TokenWish,
    responses((status = 201, description = "Made.", body = NewPersonalToken), Refusals))]
async fn create(
    State(lodestar): State<Shared>,
    caller: Caller,
    Sent(wish): Sent<TokenWish>,
) -> Result<(StatusCode, Secret<NewPersonalToken>), Refused> {
    Ok((StatusCode::CREATED, Secret(lodestar.tokens.create(caller.signed_in()?, wish).await?)))
}

/// End a personal token at once.
#[utoipa::path(delete, path = "/tokens/{id}", tag = "tokens", params(("id" = TokenId, Path, description = "Which.")),
    responses((status = 204, description = "Ended."), Refusals))]
async fn remove(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<TokenId>,
) -> Result<StatusCode, Refused> {
    lodestar.tokens.remove(caller.signed_in()?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
