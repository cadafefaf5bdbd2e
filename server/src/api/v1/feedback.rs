//! What came of practice: where one stands, two interviews side by side, and progress.

use axum::Json;
use axum::extract::State;
use domain::dashboard::Dashboard;
use domain::interview::InterviewId;
use domain::progress::{Comparison, FeedbackSummary, Progress};
use domain::token::Scope;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::Asked;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(dashboard))
        .routes(routes!(summary))
        .routes(routes!(compare))
        .routes(routes!(progress))
}

/// Which two.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Both {
    /// The first interview.
    a: InterviewId,
    /// The one beside it.
    b: InterviewId,
}

/// How far back.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct Days {
    /// How many days, today included: 1 to 366; 30 if nobody says.
    #[param(example = 30, minimum = 1, maximum = 366)]
    pub(super) days: Option<u32>,
}

/// What to do next, and how practice went so far.
#[utoipa::path(get, path = "/dashboard", tag = "feedback",
    responses((status = 200, description = "The same as the page.", body = Dashboard), Refusals))]
async fn dashboard(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Dashboard>, Refused> {
    Ok(Json(lodestar.interviews.dashboard(caller.may(Scope::Read)?).await?))
}

/// Where I stand, over my latest five graded interviews.
#[utoipa::path(get, path = "/feedback/summary", tag = "feedback",
    responses((status = 200, description = "Means, a strength and what to practise.", body = FeedbackSummary), Refusals))]
async fn summary(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<FeedbackSummary>, Refused> {
    Ok(Json(lodestar.interviews.feedback_summary(caller.may(Scope::Read)?).await?))
}

/// Two of my interviews side by side.
#[utoipa::path(get, path = "/feedback/compare", tag = "feedback", params(Both),
    responses((status = 200, description = "Both, and what changed.", body = Comparison), Refusals))]
async fn compare(
    State(lodestar): State<Shared>,
    caller: Caller,
    Asked(Both { a, b }): Asked<Both>,
) -> Result<Json<Comparison>, Refused> {
    Ok(Json(lodestar.interviews.compare(caller.may(Scope::Read)?, a, b).await?))
}

/// What I practised, day by day.
#[utoipa::path(get, path = "/analytics/progress", tag = "feedback", params(Days),
    responses((status = 200, description = "Days with an interview, the oldest first.", body = Progress), Refusals))]
async fn progress(
    State(lodestar): State<Shared>,
    caller: Caller,
    Asked(Days { days }): Asked<Days>,
) -> Result<Json<Progress>, Refused> {
    let days = days.unwrap_or(Progress::USUAL_DAYS);
    Ok(Json(lodestar.interviews.progress(caller.may(Scope::Read)?, days).await?))
}
