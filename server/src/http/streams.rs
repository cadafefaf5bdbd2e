//! Answers that are written word by word end soon after their reader is signed out.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt;
use tower_sessions::Session;

use super::pass::Pass;
use crate::compose::Lodestar;

/// How often it is looked whether the reader is still signed in.
const LOOK: Duration = Duration::from_secs(3);

/// Ends what is still being written when the token or session that asked for it has ended.
pub async fn end(State(lodestar): State<Arc<Lodestar>>, request: Request, next: Next) -> Response {
    let session = request.extensions().get::<Session>().and_then(Session::id);
    let pass = Pass::of(request.headers(), session);
    let response = next.run(request).await;
    match pass {
        Some(pass) if is_stream(&response) => response
            .map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(signed_out(lodestar, pass))))),
        _ => response,
    }
}

/// Whether the answer comes word by word.
fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let by_words = kind.starts_with("text/event-stream") || kind.starts_with("text/plain");
    by_words && response.body().size_hint().exact().is_none()
}

/// Waits until whoever has `pass` is signed out.
async fn signed_out(lodestar: Arc<Lodestar>, pass: Pass) {
    loop {
        tokio::time::sleep(LOOK).await;
        // What cannot be found out now is asked again.
        if matches!(pass.viewer(&lodestar).await, Ok(None)) {
            return;
        }
    }
}
