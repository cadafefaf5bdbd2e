//! The local models for any OpenAI client: `/v1/chat/completions`, `/v1/embeddings`, `/v1/models`.
//!
//! They exist only when `inference.serve_key` is set, and every request must carry that key as a
//! bearer token. No cookie is read here, so no page of another site can use them.

mod wire;

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use domain::{Clock, Error, ErrorKind, Id};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use inference::{Deadlines, Embedder, Output, Outputs, Roles};

use super::key::Key;
use super::request::referenced;
use super::status_of;
use crate::compose::Lodestar;
use crate::system::{SystemClock, SystemRandom};
use wire::{Asked, Chunk, Completion, Embeddings, Failure, Inputs, Models};

/// The most texts of one request for embeddings.
const MOST_TEXTS: usize = 2_048;

#[derive(Clone)]
struct Local {
    roles: Roles,
    embedder: Arc<dyn Embedder>,
}

/// The routes, if there is a key.
pub fn router(key: &str, lodestar: &Lodestar) -> Router {
    let Some(key) = Key::of(key) else { return Router::new() };
    let routes = Router::new()
        .route("/v1/models", get(models))
        .route("/v1/chat/completions", post(complete))
        .route("/v1/embeddings", post(embed));
    let local = Local { roles: lodestar.models.roles(), embedder: lodestar.embedder.clone() };
    key.guard(routes, no_key).with_state(local)
}

fn no_key() -> Response {
    let message = "The key is missing or wrong. Send it as “Authorization: Bearer KEY”.";
    Json(Failure::new(message, "invalid_api_key")).into_response()
}

async fn models(State(local): State<Local>) -> Json<Models> {
    Json(Models::new(local.roles.names().into_iter().chain([local.embedder.name().to_owned()])))
}

async fn complete(State(local): State<Local>, asked: Result<Json<Asked>, JsonRejection>) -> Result<Response, Refusal> {
    let Json(asked) = asked?;
    let engine = local.roles.named(&asked.model).ok_or_else(|| no_model(&asked.model))?;
    let mut request = asked.request()?;
    request.feature = "api";
    request.deadlines = DEADLINES;
    let (model, streams, counts) = (asked.model.clone(), asked.stream, asked.wants_usage());
    let outputs = engine.stream(request).await?;
    let now = SystemClock.now();
    let (id, created) = (format!("chatcmpl-{}", Id::<Completion>::new(now, &SystemRandom)), now.millis() / 1_000);
    if !streams {
        return Ok(Json(Completion::collect(id, created, model, outputs).await?).into_response());
    }
    let events = chunks(Chunk::template(id, created, model), outputs, counts);
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

/// The events of a stream: the parts, the end, and the mark that nothing follows.
fn chunks(template: Chunk, outputs: Outputs, counts: bool) -> BoxStream<'static, Result<Event, Infallible>> {
    let opening = stream::iter([template.with_role()]);
    let parts = outputs.flat_map(move |output| {
        stream::iter(match output {
            // These clients know nothing of a queue.
            Ok(Output::Waiting(_)) => vec![],
            Ok(Output::Text(text)) => vec![template.with_text(text)],
            Ok(Output::End(end)) => {
                let usage = counts.then(|| template.with_usage(&end.usage));
                [Some(template.with_end(end.reason)), usage].into_iter().flatten().collect()
            }
            Err(error) => vec![template.with_error(&error)],
        })
    });
    let done = stream::iter([Event::default().data("[DONE]")]);
    let events = opening.chain(parts).map(|chunk| Event::default().json_data(chunk).unwrap_or_default());
    events.chain(done).map(Ok).boxed()
}

async fn embed(
    State(local): State<Local>,
    inputs: Result<Json<Inputs>, JsonRejection>,
) -> Result<Json<Embeddings>, Refusal> {
    let Json(inputs) = inputs?;
    if local.embedder.name() != inputs.model {
        return Err(no_model(&inputs.model));
    }
    let texts = inputs.texts();
    if texts.is_empty() || texts.len() > MOST_TEXTS {
        return Err(Error::invalid("input", format!("Send between 1 and {MOST_TEXTS} texts as “input”.")).into());
    }
    let vectors = local.embedder.embed(&texts).await?;
    Ok(Json(Embeddings::new(inputs.model, vectors)))
}

fn no_model(name: &str) -> Refusal {
    Refusal(Error::new(ErrorKind::NotFound, format!("There is no model “{name}” here; GET /v1/models lists them.")))
}

/// How long answers to programs may take. Programs send long prompts, and leave when they have waited enough.
const DEADLINES: Deadlines =
    Deadlines { first: Duration::from_secs(300), idle: Duration::from_secs(60), total: Duration::from_secs(1_800) };

/// An error as OpenAI's clients read it.
struct Refusal(Error);

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self(referenced(error))
    }
}

impl From<JsonRejection> for Refusal {
    fn from(rejection: JsonRejection) -> Self {
        Self(Error::new(ErrorKind::Invalid, format!("The request cannot be read: {}.", rejection.body_text())))
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = match self.0.kind {
            // The status that these clients know for it.
            ErrorKind::Invalid => StatusCode::BAD_REQUEST,
            kind => status_of(kind),
        };
        let code = match self.0.kind {
            ErrorKind::NotFound => "model_not_found",
            ErrorKind::Invalid => "invalid_request",
            ErrorKind::Busy | ErrorKind::TooMany => "busy",
            _ => "server_error",
        };
        (status, Json(Failure::new(&self.0.message, code))).into_response()
    }
}
