//! The client for OpenAI-compatible servers, against servers on loopback that behave and misbehave.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use domain::model::ModelRole;
use domain::{ErrorKind, Random};
use futures::StreamExt;
use inference::{
    Deadline, Deadlines, Embedder, Engine, Message, Output, Reason, Request,
    openai::{OpenAi, OpenAiOptions},
};
use serde_json::{Value, json};

struct Dice;

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        bytes.fill(0);
    }
}

/// What a server does with a request.
#[derive(Clone)]
enum Behaviour {
    /// Streams these pieces of bytes, with a pause before each.
    Stream(Vec<&'static str>, Duration),
    /// Answers with this.
    Answer(StatusCode, Value),
    /// Never answers.
    Hang,
}

#[derive(Clone)]
struct Peer {
    behaviour: Arc<Mutex<Behaviour>>,
    asked: Arc<AtomicUsize>,
    seen: Arc<Mutex<Vec<(HeaderMap, Value)>>>,
    address: String,
}

impl Peer {
    async fn start(behaviour: Behaviour) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let peer = Self {
            behaviour: Arc::new(Mutex::new(behaviour)),
            asked: Arc::default(),
            seen: Arc::default(),
            address: format!("http://{}/v1", listener.local_addr().unwrap()),
        };
        let router = Router::new()
            .route("/v1/chat/completions", post(serve))
            .route("/v1/embeddings", post(serve))
            .route("/v1/models", get(|| async { Json(json!({ "data": [] })) }))
            .with_state(peer.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        peer
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn behave(&self, behaviour: Behaviour) {
        *self.behaviour.lock().unwrap() = behaviour;
    }
}

async fn serve(State(peer): State<Peer>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    peer.asked.fetch_add(1, Ordering::Relaxed);
    peer.seen.lock().unwrap().push((headers, body));
    let behaviour = peer.behaviour.lock().unwrap().clone();
    match behaviour {
        Behaviour::Stream(pieces, pause) => {
            let stream = futures::stream::iter(pieces).then(move |piece| async move {
                tokio::time::sleep(pause).await;
                Ok::<_, std::io::Error>(piece)
            });
            ([("content-type", "text/event-stream")], Body::from_stream(stream)).into_response()
        }
        Behaviour::Answer(status, body) => (status, Json(body)).into_response(),
        Behaviour::Hang => std::future::pending().await,
    }
}

fn client(peers: &[&Peer]) -> OpenAi {
    let endpoints = peers.iter().map(|peer| peer.address.clone()).collect();
    OpenAi::new(OpenAiOptions { endpoints, model: "qwen".into(), key: "s3cret".into() }, Arc::new(Dice)).unwrap()
}

fn ask() -> Request {
    Request {
        max_tokens: 9,
        ..Request::new(ModelRole::Fast, vec![Message::system("Be brief."), Message::user("Hello")], 7)
    }
}

async fn all(client: &OpenAi, request: Request) -> Vec<domain::Result<Output>> {
    client.stream(request).await.unwrap().collect().await
}

const HELLO: [&str; 4] = [
    "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\ndata: {\"choices\":[{\"delta\":{\"content\":\"Hel",
    "lo\"}}]}\n\n: keep-alive\n\ndata: {\"choices\":[{\"delta\":{\"content\":\" you\"},\"finish_reason\":null}]}\n\n",
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
    "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":12,\"completion_tokens\":2,\"prompt_tokens_details\":{\"cached_tokens\":8}}}\n\ndata: [DONE]\n\n",
];

#[tokio::test]
async fn an_answer_streams_and_ends_with_its_counts() {
    let peer = Peer::start(Behaviour::Stream(HELLO.into(), Duration::from_millis(5))).await;
    let outputs = all(&client(&[&peer]), ask()).await;
    let texts: Vec<_> = outputs.iter().filter_map(|output| output.clone().unwrap().text()).collect();
    assert_eq!(texts, ["Hello", " you"]);
    let Some(Ok(Output::End(end))) = outputs.last() else { panic!("{outputs:?}") };
    assert_eq!((end.reason, end.usage.prompt, end.usage.reused, end.usage.written), (Reason::Length, 12, 8, 2));
    let (headers, body) = peer.seen.lock().unwrap()[0].clone();
    assert_eq!(headers["authorization"], "Bearer s3cret");
    assert_eq!(
        body["messages"],
        json!([{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello"}])
    );
    assert_eq!((&body["model"], &body["max_tokens"], &body["stream"]), (&json!("qwen"), &json!(9), &json!(true)));
}

#[tokio::test]
async fn what_fails_before_the_first_word_is_tried_elsewhere() {
    let broken = Peer::start(Behaviour::Answer(StatusCode::BAD_GATEWAY, json!({}))).await;
    let good = Peer::start(Behaviour::Stream(HELLO.into(), Duration::ZERO)).await;
    let client = client(&[&broken, &good]);
    for _ in 0..3 {
        assert_eq!(all(&client, ask()).await.len(), 3);
    }
    // After its failure it rests.
    assert_eq!((broken.asked(), good.asked()), (1, 3));
    broken.behave(Behaviour::Stream(HELLO.into(), Duration::ZERO));
    assert_eq!(client.check().await, 2);
    all(&client, ask()).await;
    assert_eq!(broken.asked(), 2);
}

#[tokio::test]
async fn requests_are_shared_out() {
    let slow = || Behaviour::Stream(HELLO.into(), Duration::from_millis(40));
    let (a, b) = (Peer::start(slow()).await, Peer::start(slow()).await);
    let client = client(&[&a, &b]);
    futures::future::join_all((0..6).map(|_| all(&client, ask()))).await;
    assert_eq!((a.asked(), b.asked()), (3, 3));
}

#[tokio::test]
async fn nobody_there_is_said_after_a_few_tries() {
    let peer = Peer::start(Behaviour::Hang).await;
    let gone =
        OpenAiOptions { endpoints: vec!["http://127.0.0.1:9/v1".into()], model: "qwen".into(), key: String::new() };
    let error = OpenAi::new(gone, Arc::new(Dice)).unwrap().stream(ask()).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Busy);
    let deadlines = Deadlines { first: Duration::from_millis(80), ..Deadlines::default() };
    let began = Instant::now();
    let late = client(&[&peer]).stream(Request { deadlines, ..ask() }).await.err().unwrap();
    assert!(late.message.contains("in time") && began.elapsed() < Duration::from_secs(1), "{late:?}");
}

#[tokio::test]
async fn refusals_say_what_to_do_and_are_not_tried_again() {
    let peer =
        Peer::start(Behaviour::Answer(StatusCode::BAD_REQUEST, json!({"error": "context length exceeded"}))).await;
    let client = client(&[&peer]);
    let error = client.stream(ask()).await.err().unwrap();
    assert_eq!((error.kind, peer.asked()), (ErrorKind::Invalid, 1));
    peer.behave(Behaviour::Answer(StatusCode::UNAUTHORIZED, json!({"error": "wrong key s3cret"})));
    let error = client.stream(ask()).await.err().unwrap();
    assert_eq!((error.kind, peer.asked()), (ErrorKind::Busy, 2));
    assert!(!error.message.contains("s3cret") && !format!("{client:?}").contains("s3cret"));
}

#[tokio::test]
async fn a_stream_that_breaks_off_or_stops_says_so_and_keeps_what_came() {
    let peer = Peer::start(Behaviour::Stream(HELLO[..2].to_vec(), Duration::ZERO)).await;
    let client = client(&[&peer]);
    let outputs = all(&client, ask()).await;
    assert_eq!(outputs[0], Ok(Output::Text("Hello".into())));
    assert_eq!(outputs.last().unwrap().as_ref().unwrap_err().kind, ErrorKind::Busy);

    peer.behave(Behaviour::Stream([&HELLO[..2], &["data: nonsense\n\n"]].concat(), Duration::ZERO));
    assert!(all(&client, ask()).await.last().unwrap().is_err());

    peer.behave(Behaviour::Stream(HELLO.into(), Duration::from_millis(120)));
    let deadlines = Deadlines { idle: Duration::from_millis(30), ..Deadlines::default() };
    let outputs = all(&client, Request { deadlines, ..ask() }).await;
    let Some(Ok(Output::End(end))) = outputs.last() else { panic!("{outputs:?}") };
    assert_eq!(end.reason, Reason::Late(Deadline::Idle));
}

#[tokio::test]
async fn embeddings_are_unit_vectors_in_the_order_of_their_texts() {
    let data = json!({"data": [{"index": 1, "embedding": [0.0, 2.0]}, {"index": 0, "embedding": [3.0, 4.0]}]});
    let peer = Peer::start(Behaviour::Answer(StatusCode::OK, data)).await;
    let client = client(&[&peer]);
    let texts = ["a".to_owned(), "b".to_owned()];
    assert_eq!(client.embed(&texts).await.unwrap(), [[0.6, 0.8], [0.0, 1.0]]);
    assert!(client.embed(&[]).await.unwrap().is_empty());
    assert_eq!(client.embed(&texts[..1]).await.unwrap_err().kind, ErrorKind::Busy);
    peer.behave(Behaviour::Answer(StatusCode::OK, json!({"data": [{"index": 0, "embedding": [0.0, 0.0]}]})));
    assert!(client.embed(&texts[..1]).await.is_err());
}

#[test]
fn wrong_addresses_are_refused_with_an_example() {
    for endpoints in
        [vec![], vec!["10.0.0.2:8080".to_owned()], vec!["ftp://a/v1".to_owned()], vec!["http://".to_owned()]]
    {
        let options = OpenAiOptions { endpoints, model: "m".into(), key: String::new() };
        assert_eq!(OpenAi::new(options, Arc::new(Dice)).unwrap_err().kind, ErrorKind::Invalid);
    }
}
