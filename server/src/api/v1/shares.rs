//! Sharing one's practice with a mentor, and what mentors see.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use domain::interview::{InterviewId, Report};
use domain::progress::Progress;
use domain::share::{Mentees, Share, ShareId};
use domain::token::Scope;
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use super::feedback::Days;
use super::interviews::{Page, PageQuery, USUAL_PAGE};
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::{Asked, Named, Sent};

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, begin))
        .routes(routes!(end))
        .routes(routes!(mentees))
        .routes(routes!(interviews))
        .routes(routes!(report))
        .routes(routes!(progress))
}

/// With whom to share.
#[derive(Deserialize, ToSchema)]
struct ShareWish {
    /// The address of one's mentor.
    #[schema(example = "grace@example.org", format = Email, max_length = 254)]
    email: String,
}

/// With whom I share my practice, the latest first.
#[utoipa::path(get, path = "/shares", tag = "sharing",
    responses((status = 200, description = "All of them.", body = Vec<Share>), Refusals))]
async fn list(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Vec<Share>>, Refused> {
    Ok(Json(lodestar.shares.list(caller.may(Scope::Read)?).await?))
}

/// Let the mentor with an address see my interviews with their reports, and my progress. The answer is the same whether or
/// not the address is a mentor's.
#[utoipa::path(post, path = "/shares", tag = "sharing", request_body = ShareWish,
    responses((status = 201, description = "Shared.", body = Share), Refusals))]
async fn begin(
    State(lodestar): State<Shared>,
    caller: Caller,
    Sent(wish): Sent<ShareWish>,
) -> Result<(StatusCode, Json<Share>), Refused> {
    Ok((StatusCode::CREATED, Json(lodestar.shares.begin(caller.signed_in()?, &wish.email).await?)))
}

/// End a share at once.
#[utoipa::path(delete, path = "/shares/{id}", tag = "sharing", params(("id" = ShareId, Path, description = "Which.")),
    responses((status = 204, description = "Ended."), Refusals))]
async fn end(State(lodestar): State<Shared>, caller: Caller, Named(id): Named<ShareId>) -> Result<StatusCode, Refused> {
    lodestar.shares.end(caller.signed_in()?, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Those who share their practice with me. For mentors.
#[utoipa::path(get, path = "/mentees", tag = "sharing",
    responses((status = 200, description = "By name.", body = Mentees), Refusals))]
async fn mentees(State(lodestar): State<Shared>, caller: Caller) -> Result<Json<Mentees>, Refused> {
    Ok(Json(lodestar.shares.mentees(caller.signed_in()?).await?))
}

/// The interviews of somebody who shares with me, newest first. For mentors.
#[utoipa::path(get, path = "/mentees/{id}/interviews", tag = "sharing",
    params(("id" = ShareId, Path, description = "Their share."), PageQuery),
    responses((status = 200, description = "A page of them.", body = Page), Refusals))]
async fn interviews(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<ShareId>,
    Asked(PageQuery { limit, cursor }): Asked<PageQuery>,
) -> Result<Json<Page>, Refused> {
    let viewer = caller.signed_in()?;
    let page = lodestar.shares.interviews(viewer, id, cursor, limit.unwrap_or(USUAL_PAGE)).await?;
    Ok(Json(Page::new(page)))
}

/// The report of an interview of somebody who shares with me, without the posting that steered it. For mentors.
#[utoipa::path(get, path = "/mentees/{id}/interviews/{interview}/report", tag = "sharing",
    params(("id" = ShareId, Path, description = "Their share."),
        ("interview" = InterviewId, Path, description = "Which interview.")),
    responses((status = 200, description = "Scores with reasons.", body = Report), Refusals))]
async fn report(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named((id, interview)): Named<(ShareId, InterviewId)>,
) -> Result<Json<Report>, Refused> {
    let (_, report) = lodestar.shares.report(caller.signed_in()?, id, interview).await?;
    Ok(Json(report))
}

/// What somebody who shares with me practised, day by day. For mentors.
#[utoipa::path(get, path = "/mentees/{id}/progress", tag = "sharing",
    params(("id" = ShareId, Path, description = "Their share."), Days),
    responses((status = 200, description = "Days with an interview, the oldest first.", body = Progress), Refusals))]
async fn progress(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<ShareId>,
    Asked(Days { days }): Asked<Days>,
) -> Result<Json<Progress>, Refused> {
    let days = days.unwrap_or(Progress::USUAL_DAYS);
    Ok(Json(lodestar.shares.progress(caller.signed_in()?, id, days).await?))
}
