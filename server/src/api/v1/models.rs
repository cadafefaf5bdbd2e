//! Models, for administrators; and what generated text took.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::generation::{DailyUse, Today};
use domain::model::{InferenceView, ModelRole, ModelsView};
use domain::token::Scope;
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::{Asked, Named, Sent};

/// Days of use that are shown if nobody says.
const USUAL_DAYS: u32 = 7;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(pull, cancel))
        .routes(routes!(remove))
        .routes(routes!(assign))
        .routes(routes!(inference))
        .routes(routes!(today))
        .routes(routes!(used))
}

/// Which model gets a role.
#[derive(Deserialize, ToSchema)]
struct Assignment {
    /// The model's name; null for the built-in coach.
    model: Option<String>,
}

/// How far back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Days {
    /// How many days before today: up to 366; 7 if nobody says.
    #[param(example = 7, minimum = 0, maximum = 366)]
    days: Option<u32>,
}

/// Which models there are, and which has which role. For administrators.
#[utoipa::path(get, path = "/models", tag = "models",
    responses((status = 200, description = "The same as the page.", body = ModelsView), Refusals))]
async fn list(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<ModelsView>, Refused> {
    Ok(Json(lodestar.models.view(caller.may(Scope::Admin)?).await?))
}

/// Begin to fetch a model; `GET /models` tells how far it is. For administrators.
#[utoipa::path(post, path = "/models/{model}/pull", tag = "models", params(("model" = String, Path, description = "Its name.")),
    responses((status = 202, description = "It is being fetched."), Refusals))]
async fn pull(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(model): Named<String>,
) -> Result<StatusCode, Refused> {
    lodestar.models.pull(caller.may(Scope::Admin)?, &model).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Stop fetching a model. For administrators.
#[utoipa::path(delete, path = "/models/{model}/pull", tag = "models", params(("model" = String, Path, description = "Its name.")),
    responses((status = 204, description = "It is not fetched any more."), Refusals))]
async fn cancel(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(model): Named<String>,
) -> Result<StatusCode, Refused> {
    lodestar.models.cancel(caller.may(Scope::Admin)?, &model)?;
    Ok(StatusCode::NO_CONTENT)
}

/// Remove a model from the machine. For administrators.
#[utoipa::path(delete, path = "/models/{model}", tag = "models", params(("model" = String, Path, description = "Its name.")),
    responses((status = 204, description = "It is gone."), Refusals))]
async fn remove(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(model): Named<String>,
) -> Result<StatusCode, Refused> {
    lodestar.models.remove(caller.may(Scope::Admin)?, &model).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a role to a model, or back to the built-in coach. For administrators.
#[utoipa::path(put, path = "/models/roles/{role}", tag = "models", request_body = Assignment,
    params(("role" = ModelRole, Path, description = "Which role.")),
    responses((status = 200, description = "As it is now.", body = ModelsView), Refusals))]
async fn assign(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(role): Named<ModelRole>,
    Sent(Assignment { model }): Sent<Assignment>,
) -> Result<Json<ModelsView>, Refused> {
    let viewer = caller.may(Scope::Admin)?;
    lodestar.models.assign(viewer, role, model.as_deref()).await?;
    Ok(Json(lodestar.models.view(viewer).await?))
}

/// What the models do now, and what was asked of them lately. For administrators.
#[utoipa::path(get, path = "/inference", tag = "models",
    responses((status = 200, description = "The same as the page.", body = InferenceView), Refusals))]
async fn inference(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<InferenceView>, Refused> {
    Ok(Json(lodestar.models.inference(caller.may(Scope::Admin)?).await?))
}

/// What generated text took of my quota today.
#[utoipa::path(get, path = "/generation/today", tag = "models",
    responses((status = 200, description = "Since 00:00 UTC.", body = Today), Refusals))]
async fn today(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Today>, Refused> {
    Ok(Json(lodestar.generation.today(caller.may(Scope::Read)?).await?))
}

/// What everybody's generated text took, by day, feature and model. For administrators.
#[utoipa::path(get, path = "/generation/use", tag = "models", params(Days),
    responses((status = 200, description = "The latest day first.", body = Vec<DailyUse>), Refusals))]
async fn used(
    State(lodestar): State<Shared>,
    caller: Caller,
    Asked(Days { days }): Asked<Days>,
) -> Result<Json<Vec<DailyUse>>, Refused> {
    let days = days.unwrap_or(USUAL_DAYS).min(366);
    Ok(Json(lodestar.generation.daily_use(caller.may(Scope::Admin)?, days).await?))
}
