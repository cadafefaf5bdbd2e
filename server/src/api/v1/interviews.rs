//! Interviews: starting, answering, ending, reading.

mod events;

use axum::Json;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::account::Viewer;
use domain::interview::{
    AnswerReport, Author, InterviewId, InterviewView, JobRole, Kind, Level, Message, Mode, Report, Setup, Status,
    Summary,
};
use domain::token::Scope;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::Shared;
use crate::api::caller::Caller;
use crate::api::error::{Refusals, Refused};
use crate::api::extract::{Asked, Named, Sent, WantsEvents};

/// Interviews of a page if nobody says.
pub(super) const USUAL_PAGE: u32 = 20;

pub fn router() -> OpenApiRouter<Shared> {
    OpenApiRouter::new()
        .routes(routes!(list, start))
        .routes(routes!(read))
        .routes(routes!(answer))
        .routes(routes!(skip))
        .routes(routes!(finish))
        .routes(routes!(resume))
        .routes(routes!(reword))
        .routes(routes!(stop))
        .routes(routes!(report))
}

/// What to rehearse.
#[derive(Deserialize, ToSchema)]
struct Wish {
    /// The job.
    role: JobRole,
    /// The experience.
    level: Level,
    /// The kind of questions.
    kind: Kind,
    /// How many questions: 3 to 10.
    #[schema(example = 5, minimum = 3, maximum = 10)]
    questions: u8,
    /// When feedback comes.
    mode: Mode,
    /// The text of a posting that steers the choice of questions: up to 20,000 characters.
    #[schema(max_length = 20_000)]
    job_description: Option<String>,
}

impl Wish {
    fn checked(self) -> domain::Result<Setup> {
        let Self { role, level, kind, questions, mode, job_description } = self;
        Setup { role, level, kind, mode, questions, job_description }.checked()
    }
}

/// An answer in one's own words.
#[derive(Deserialize, ToSchema)]
struct Answer {
    /// Up to 20,000 characters.
    #[schema(
        example = "Our orders page took eight seconds. I traced it to one query without an index.",
        max_length = 20_000
    )]
    text: String,
    /// The `turn` of the interview that it answers. With it, sending the same answer twice is the same as once;
    /// without it, the open question is answered.
    turn: Option<u32>,
}

/// Which turn is meant.
#[derive(Default, Deserialize, ToSchema)]
struct Turn {
    /// The `turn` of the interview as it was read.
    turn: u32,
}

/// What comes of an answer.
#[derive(Serialize, ToSchema)]
pub(super) struct Answered {
    /// What the interviewer says next.
    message: Option<Message>,
    /// In study mode: feedback on the question that was answered, with all answers to it so far.
    feedback: Option<AnswerReport>,
    /// Where the interview stands.
    status: Status,
    /// The turn that the next answer gets.
    turn: u32,
    /// Questions asked so far.
    asked: u32,
}

impl Answered {
    /// What came of the answer to the question at `position`.
    fn new(mut view: InterviewView, position: Option<u32>) -> Self {
        let feedback = view.feedback.into_iter().find(|report| Some(report.position) == position);
        let message = view.messages.pop().filter(|message| message.kind.author() == Author::Coach);
        Self { message, feedback, status: view.status, turn: view.turn, asked: view.asked }
    }
}

/// Which part of a list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageQuery {
    /// How many at most: 1 to 100.
    #[param(example = 20, minimum = 1, maximum = 100)]
    pub(super) limit: Option<u32>,
    /// `next` of the page before.
    pub(super) cursor: Option<InterviewId>,
}

/// A part of a list.
#[derive(Serialize, ToSchema)]
pub(super) struct Page {
    /// Newest first.
    items: Vec<Summary>,
    /// The `cursor` of the next page, if there is one.
    next: Option<InterviewId>,
}

impl Page {
    /// The page with these interviews; whether more follow.
    pub(super) fn new((items, more): (Vec<Summary>, bool)) -> Self {
        let next = items.last().filter(|_| more).map(|summary| summary.id);
        Self { items, next }
    }
}

/// Past interviews, newest first.
#[utoipa::path(get, path = "/interviews", tag = "interviews", params(PageQuery),
    responses((status = 200, description = "A page of them.", body = Page), Refusals))]
async fn list(
    State(lodestar): State<Shared>,
    caller: Caller,
    Asked(PageQuery { limit, cursor }): Asked<PageQuery>,
) -> Result<Json<Page>, Refused> {
    let viewer = caller.may(Scope::Read)?;
    Ok(Json(Page::new(lodestar.interviews.list(viewer, cursor, limit.unwrap_or(USUAL_PAGE)).await?)))
}

/// Start an interview. The answer comes once the greeting is worded; with `Accept: text/event-stream`, word by word:
/// events `words` and `waiting`, then `done` with the interview.
#[utoipa::path(post, path = "/interviews", tag = "interviews", request_body = Wish,
    params(("Idempotency-Key" = Option<String>, Header, description = "A key of your own: repeating the call with it starts no second interview.")),
    responses((status = 201, description = "Started.",
        content((InterviewView = "application/json"), (String = "text/event-stream"))), Refusals))]
async fn start(
    State(lodestar): State<Shared>,
    caller: Caller,
    WantsEvents(events): WantsEvents,
    Sent(wish): Sent<Wish>,
) -> Result<Response, Refused> {
    let viewer = caller.may(Scope::Write)?;
    let id = lodestar.interviews.start(viewer, wish.checked()?).await?;
    let place = [(header::LOCATION, format!("/api/v1/interviews/{id}"))];
    if events {
        let events = events::spoken(&lodestar, viewer, id, |view| view).await?;
        return Ok((StatusCode::CREATED, place, events).into_response());
    }
    Ok((StatusCode::CREATED, place, Json(lodestar.interviews.spoken(viewer, id).await?)).into_response())
}

/// An interview with its conversation.
#[utoipa::path(get, path = "/interviews/{id}", tag = "interviews", params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "As it stands.", body = InterviewView), Refusals))]
async fn read(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
) -> Result<Json<InterviewView>, Refused> {
    Ok(Json(lodestar.interviews.view(caller.may(Scope::Read)?, id).await?))
}

/// Answer the open question. The answer of the interviewer comes once it is worded; with `Accept: text/event-stream`,
/// word by word: events `words` and `waiting`, then `done`.
#[utoipa::path(post, path = "/interviews/{id}/answers", tag = "interviews", request_body = Answer,
    params(("id" = InterviewId, Path, description = "Which."),
        ("Idempotency-Key" = Option<String>, Header, description = "A key of your own: repeating the call with it answers once.")),
    responses((status = 200, description = "What the interviewer says next.",
        content((Answered = "application/json"), (String = "text/event-stream"))), Refusals))]
async fn answer(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
    WantsEvents(events): WantsEvents,
    Sent(answer): Sent<Answer>,
) -> Result<Response, Refused> {
    let viewer = caller.may(Scope::Write)?;
    let before = lodestar.interviews.view(viewer, id).await?;
    let turn = answer.turn.unwrap_or(before.turn);
    let position = before.question.map(|question| question.position);
    lodestar.interviews.answer(viewer, id, turn, &answer.text).await?;
    proceed(&lodestar, viewer, id, position, events).await
}

/// Leave the open question; the next one follows.
#[utoipa::path(post, path = "/interviews/{id}/skip", tag = "interviews", request_body = Turn,
    params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "What the interviewer says next.",
        content((Answered = "application/json"), (String = "text/event-stream"))), Refusals))]
async fn skip(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
    WantsEvents(events): WantsEvents,
    Sent(Turn { turn }): Sent<Turn>,
) -> Result<Response, Refused> {
    let viewer = caller.may(Scope::Write)?;
    lodestar.interviews.skip(viewer, id, turn).await?;
    proceed(&lodestar, viewer, id, None, events).await
}

/// End an interview; its report stays. One that is over stays as it is.
#[utoipa::path(post, path = "/interviews/{id}/finish", tag = "interviews", params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "As it stands.", body = InterviewView), Refusals))]
async fn finish(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
) -> Result<Json<InterviewView>, Refused> {
    let viewer = caller.may(Scope::Write)?;
    lodestar.interviews.finish(viewer, id).await?;
    Ok(Json(lodestar.interviews.view(viewer, id).await?))
}

/// Take up an interview that was ended early.
#[utoipa::path(post, path = "/interviews/{id}/resume", tag = "interviews", params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "As it stands.", body = InterviewView), Refusals))]
async fn resume(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
) -> Result<Json<InterviewView>, Refused> {
    let viewer = caller.may(Scope::Write)?;
    lodestar.interviews.resume(viewer, id).await?;
    Ok(Json(lodestar.interviews.view(viewer, id).await?))
}

/// Have the model say the newest message anew.
#[utoipa::path(post, path = "/interviews/{id}/reword", tag = "interviews", request_body = Turn,
    params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "With the new wording.", body = InterviewView), Refusals))]
async fn reword(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
    Sent(Turn { turn }): Sent<Turn>,
) -> Result<Json<InterviewView>, Refused> {
    let viewer = caller.may(Scope::Write)?;
    lodestar.interviews.reword_message(viewer, id, turn).await?;
    Ok(Json(lodestar.interviews.spoken(viewer, id).await?))
}

/// Stop a message that a model is still writing. What it has written stays, or else the built-in wording.
#[utoipa::path(post, path = "/interviews/{id}/stop", tag = "interviews", request_body = Turn,
    params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "As it stands.", body = InterviewView), Refusals))]
async fn stop(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
    Sent(Turn { turn }): Sent<Turn>,
) -> Result<Json<InterviewView>, Refused> {
    Ok(Json(lodestar.interviews.stop_message(caller.may(Scope::Write)?, id, turn).await?))
}

/// The report, also of an interview that still goes on.
#[utoipa::path(get, path = "/interviews/{id}/report", tag = "interviews", params(("id" = InterviewId, Path, description = "Which.")),
    responses((status = 200, description = "Scores with reasons.", body = Report), Refusals))]
async fn report(
    State(lodestar): State<Shared>,
    caller: Caller,
    Named(id): Named<InterviewId>,
) -> Result<Json<Report>, Refused> {
    Ok(Json(lodestar.interviews.report(caller.may(Scope::Read)?, id).await?))
}

/// What the interviewer says to what was done, as JSON or as events.
async fn proceed(
    lodestar: &Shared,
    viewer: &Viewer,
    id: InterviewId,
    position: Option<u32>,
    events: bool,
) -> Result<Response, Refused> {
    if events {
        let answered = move |view| Answered::new(view, position);
        return Ok(events::spoken(lodestar, viewer, id, answered).await?);
    }
    let view = lodestar.interviews.spoken(viewer, id).await?;
    Ok(Json(Answered::new(view, position)).into_response())
}
