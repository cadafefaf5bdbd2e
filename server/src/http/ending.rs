//! Answers that come word by word end soon after their person's session does.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures::{Stream, StreamExt, stream};
use tokio::time::{Instant, interval_at};
use tower_sessions::Session;

use super::pass::Pass;
use crate::compose::Lodestar;

/// How often it is looked whether the person is still signed in.
const LOOK: Duration = Duration::from_secs(3);

/// Watches over answers that come word by word.
pub async fn watch(State(lodestar): State<Arc<Lodestar>>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().and_then(Session::id);
    let pass = Pass::of(request.headers(), session);
    let response = next.run(request).await;
    match pass {
        Some(pass) if comes_by_words(&response) => {
            response.map(|body| Body::from_stream(until_over(body.into_data_stream(), pass, lodestar)))
        }
        _ => response,
    }
}

fn comes_by_words(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let is_text = kind.starts_with("text/event-stream") || kind.starts_with("text/plain");
    is_text && response.body().size_hint().exact().is_none()
}

/// The words until there are no more, or `pass` has ended.
fn until_over(
    words: BodyDataStream,
    pass: Pass,
    lodestar: Arc<Lodestar>,
) -> impl Stream<Item = Result<Bytes, axum::Error>> {
    let looks = interval_at(Instant::now() + LOOK, LOOK);
    stream::unfold((words, looks, pass, lodestar), |(mut words, mut looks, pass, lodestar)| async move {
        loop {
            tokio::select! {
                word = words.next() => return word.map(|word| (word, (words, looks, pass, lodestar))),
                // A database that is busy signs nobody out.
                _ = looks.tick() => if matches!(pass.viewer(&lodestar).await, Ok(None)) { return None },
            }
        }
    })
}
