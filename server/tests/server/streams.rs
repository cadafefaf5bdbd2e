//! What is written word by word ends when its reader is signed out meanwhile.

use std::convert::Infallible;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::routing::{get, post};
use domain::account::{Standing, Viewer};
use futures::StreamExt;
use reqwest::{Method, Response, header};
use serde_json::json;
use tokio::net::TcpListener;

use crate::api::{PASSWORD, Program, wish};
use crate::http::Server;

/// How soon it ends.
const SOON: Duration = Duration::from_secs(5);
/// How long it is listened to.
const LISTENED: Duration = Duration::from_secs(8);

/// The address of a model server that says a word every 300 milliseconds and never comes to an end.
async fn slow_model() -> String {
    let say = || async {
        let chunk = json!({ "choices": [{ "delta": { "content": "well " }, "finish_reason": null }] });
        let words = futures::stream::unfold((), move |()| {
            let line = format!("data: {chunk}\n\n");
            async move {
                tokio::time::sleep(Duration::from_millis(300)).await;
                Some((Ok::<_, Infallible>(line), ()))
            }
        });
        ([("content-type", "text/event-stream")], Body::from_stream(words))
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/v1", listener.local_addr().unwrap());
    let router =
        Router::new().route("/v1/chat/completions", post(say)).route("/v1/models", get(async || "{\"data\": []}"));
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// How long the answer goes on after its first words, once `then` was done; as far as it is listened to.
async fn goes_on(answer: Response, then: impl Future<Output = ()>) -> Duration {
    let mut words = answer.bytes_stream();
    assert!(words.next().await.is_some_and(|words| words.is_ok()), "it begins");
    then.await;
    let began = Instant::now();
    while let Some(words) = words.next().await {
        words.expect("it ends in good order");
        if began.elapsed() > LISTENED {
            break;
        }
    }
    began.elapsed()
}

async fn server() -> Server {
    let model = slow_model().await;
    Server::start_with(&format!("[inference]\nendpoints = {model:?}\nmodel = \"slow\"")).await
}

fn admin() -> Viewer {
    Viewer {
        id: "01890000-0000-7000-8000-000000000000".parse().unwrap(),
        name: "Root".into(),
        email: "root@example.org".into(),
        standing: Standing::Admin,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn events_end_when_the_account_is_disabled() {
    let server = server().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let id = ada.get("/auth/me").await.body["id"].as_str().unwrap().parse().unwrap();
    let asked = ada.request(Method::POST, "/interviews").header(header::ACCEPT, "text/event-stream");
    let answer = asked.json(&wish()).send().await.unwrap();
    let people = server.lodestar().people.clone();
    // The log knows no such administrator, which is only logged.
    let lasted = goes_on(answer, async { people.disable(&admin(), id).await.unwrap() }).await;
    assert!(lasted < SOON, "{lasted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_end_when_the_password_is_changed_and_others_go_on() {
    let server = server().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let eve = Program::of(&server, "eve@example.org").await;
    let ask = |program: &Program<'_>| {
        let asked = program.request(Method::POST, "/interviews").header(header::ACCEPT, "text/event-stream");
        asked.json(&wish()).send()
    };
    let (hers, others) = (ask(&ada).await.unwrap(), ask(&eve).await.unwrap());
    let change = async {
        let change = json!({ "current": PASSWORD, "password": "New-Horse-77" });
        let changed = ada.request(Method::PUT, "/auth/me/password").json(&change).send().await.unwrap();
        assert!(changed.status().is_success());
    };
    let (lasted, going) = tokio::join!(goes_on(hers, change), goes_on(others, async {}));
    assert!(lasted < SOON, "{lasted:?}");
    assert!(going > SOON, "{going:?}");
}
