//! What the interviewer says, as server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use domain::account::Viewer;
use domain::interview::{InterviewId, InterviewView};
use domain::{Error, Result};
use futures::future::Either;
use futures::stream::{self, BoxStream, StreamExt};
use serde::Serialize;
use serde_json::json;

use crate::api::error::ErrorBody;
use crate::compose::Lodestar;

/// How often a caller is told where the message stands in the model's queue.
const TELL: Duration = Duration::from_secs(1);

/// The newest message as it is spoken: `words`, while none come `waiting` with the place in the queue, and at last
/// `done` with what `whole` makes of the interview, or `error`.
pub async fn spoken<T: Serialize>(
    lodestar: &Lodestar,
    viewer: &Viewer,
    id: InterviewId,
    whole: impl FnOnce(InterviewView) -> T + Send + 'static,
) -> Result<Response> {
    let (interviews, viewer) = (lodestar.interviews.clone(), viewer.clone());
    let view = interviews.view(&viewer, id).await?;
    let newest = view.messages.last().map_or(0, |message| message.turn);
    let words = interviews.words(&viewer, id, newest).await?;
    let (asking, asked) = (interviews.clone(), viewer.clone());
    let places = stream::unfold((), move |()| {
        let (interviews, viewer) = (asking.clone(), asked.clone());
        async move {
            tokio::time::sleep(TELL).await;
            Some((interviews.message_place(&viewer, id, newest).await.ok().flatten(), ()))
        }
    });
    let words = words.map(|text| event("words", &json!({ "text": text })));
    let waiting = places.filter_map(|place| async move { place.map(|place| event("waiting", &place)) });
    let last = stream::once(async move {
        match interviews.spoken(&viewer, id).await {
            Ok(view) => event("done", &whole(view)),
            Err(error) => failed(error),
        }
    });
    let events = until_first_ends(words, waiting).chain(last);
    Ok(Sse::new(events.map(Ok::<_, Infallible>)).keep_alive(KeepAlive::default()).into_response())
}

/// Items of both as they come, until the first one ends.
fn until_first_ends<T: Send + 'static>(
    first: impl futures::Stream<Item = T> + Send + 'static,
    second: impl futures::Stream<Item = T> + Send + 'static,
) -> BoxStream<'static, T> {
    let state = (first.boxed(), second.boxed());
    stream::unfold(state, |(mut first, mut second)| async move {
        let item = match futures::future::select(first.next(), second.next()).await {
            Either::Left((item, _)) => item,
            // The second one never ends.
            Either::Right((item, _)) => item,
        };
        item.map(|item| (item, (first, second)))
    })
    .boxed()
}

fn event(name: &str, data: &impl Serialize) -> Event {
    Event::default().event(name).json_data(data).unwrap_or_default()
}

fn failed(error: Error) -> Event {
    event("error", &ErrorBody::from(error))
}
