//! Answers that come word by word end with their session.

use std::time::{Duration, Instant};

use axum::routing::{get, post};
use axum::{Json, Router};
use futures::StreamExt;
use reqwest::{Method, header};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::api::{Program, send, wish};
use crate::http::Server;

/// A model server that takes every request and never says a word; its address.
async fn silent() -> String {
    let models = || async { Json(json!({ "data": [{ "id": "any" }] })) };
    let chat = || async { std::future::pending::<Json<Value>>().await };
    let router = Router::new().route("/v1/models", get(models)).route("/v1/chat/completions", post(chat));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// How long an answer goes on that a silent model holds up, for at most 12 s.
async fn length(server: &Server, email: &str, then_sign_out: bool) -> Duration {
    let ada = Program::of(server, email).await;
    let request = ada.request(Method::POST, "/interviews").header(header::ACCEPT, "text/event-stream").json(&wish());
    let answer = request.send().await.unwrap();
    let began = Instant::now();
    if then_sign_out {
        send(ada.request(Method::POST, "/auth/logout")).await;
    }
    let mut words = answer.bytes_stream();
    let _ = tokio::time::timeout(Duration::from_secs(12), async { while words.next().await.is_some() {} }).await;
    began.elapsed()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_ends_within_five_seconds_of_signing_out() {
    let address = silent().await;
    let server = Server::start_with(&format!("[inference]\nendpoints = {address:?}\nmodel = \"any\"")).await;
    let (stays, leaves) =
        tokio::join!(length(&server, "ada@example.org", false), length(&server, "eve@example.org", true));
    assert!(leaves < Duration::from_secs(5), "{leaves:?}");
    assert!(leaves + Duration::from_secs(1) < stays, "the answer was held up: {leaves:?}, {stays:?}");
}
