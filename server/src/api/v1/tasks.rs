//! Background tasks and mails, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::mail::MailsView;
use domain::task::{TaskId, TasksView};
use domain::token::Scope;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::Named;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(retry)).routes(routes!(cancel)).routes(routes!(mails))
}

/// What is done in the background, and what was given up. For administrators.
#[utoipa::path(get, path = "/tasks", tag = "operations",
    responses((status = 200, description = "The same as the page.", body = TasksView), Refusals))]
async fn list(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<TasksView>, Refused> {
    Ok(Json(lodestar.tasks.view(caller.may(Scope::Admin)?).await?))
}

/// Try a task that was given up again. For administrators.
#[utoipa::path(post, path = "/tasks/{task}/retry", tag = "operations", params(("task" = TaskId, Path, description = "Which.")),
    responses((status = 204, description = "It is tried again."), Refusals))]
async fn retry(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(task): Named<TaskId>,
) -> Result<StatusCode, Refused> {
    lodestar.tasks.retry(caller.may(Scope::Admin)?, task).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a task up. For administrators.
#[utoipa::path(delete, path = "/tasks/{task}", tag = "operations", params(("task" = TaskId, Path, description = "Which.")),
    responses((status = 204, description = "It is gone."), Refusals))]
async fn cancel(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(task): Named<TaskId>,
) -> Result<StatusCode, Refused> {
    lodestar.tasks.cancel(caller.may(Scope::Admin)?, task).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What became of the latest mails. For administrators.
#[utoipa::path(get, path = "/mails", tag = "operations",
    responses((status = 200, description = "The same as the page.", body = MailsView), Refusals))]
async fn mails(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<MailsView>, Refused> {
    Ok(Json(lodestar.mails.view(caller.may(Scope::Admin)?).await?))
}
