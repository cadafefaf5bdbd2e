//! A web server on this machine that misbehaves as told.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use futures::{StreamExt, stream};
use tokio::net::TcpListener;

use super::{vocabulary, weights};

/// How one request for the weights is answered. The vocabulary always comes as it should.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Whole, or from where it was asked for.
    Good,
    /// Whole, whatever was asked for.
    IgnoreRange,
    /// As [`Answer::Good`], but the connection breaks after this many bytes.
    CutAfter(usize),
    /// As [`Answer::Good`], but after this many bytes nothing comes, for long.
    StallAfter(usize),
    /// These bytes, with their length.
    Bytes(Vec<u8>),
    /// These bytes, without a length.
    Chunked(Vec<u8>),
    /// A part that starts elsewhere than asked.
    WrongPart,
    /// No body.
    Status(u16),
    /// To this address.
    Redirect(String),
}

pub struct Server {
    pub address: String,
    script: Arc<Script>,
}

struct Script {
    /// The last one stays.
    answers: Mutex<VecDeque<Answer>>,
    /// The `Range` header of each request for the weights, "" if it had none.
    ranges: Mutex<Vec<String>>,
}

impl Server {
    pub async fn start(answers: impl IntoIterator<Item = Answer>) -> Self {
        let script = Arc::new(Script { answers: Mutex::new(answers.into_iter().collect()), ranges: Mutex::default() });
        let router = Router::new().route("/model/{name}", get(serve)).with_state(Arc::clone(&script));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}/model/", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { address, script }
    }

    pub fn ranges(&self) -> Vec<String> {
        self.script.ranges.lock().unwrap().clone()
    }

    pub fn now(&self, answers: impl IntoIterator<Item = Answer>) {
        *self.script.answers.lock().unwrap() = answers.into_iter().collect();
        self.script.ranges.lock().unwrap().clear();
    }
}

async fn serve(State(script): State<Arc<Script>>, Path(name): Path<String>, headers: HeaderMap) -> Response {
    if name == "vocab.txt" {
        return vocabulary().into_response();
    }
    let range = headers.get(header::RANGE).map(|range| range.to_str().unwrap().to_owned()).unwrap_or_default();
    script.ranges.lock().unwrap().push(range.clone());
    let answer = {
        let mut answers = script.answers.lock().unwrap();
        if answers.len() > 1 { answers.pop_front().unwrap() } else { answers[0].clone() }
    };
    let start = range.strip_prefix("bytes=").map(|range| range.trim_end_matches('-').parse::<usize>().unwrap());
    match answer {
        Answer::Good => part(start, usize::MAX, Ending::Clean),
        Answer::IgnoreRange => part(None, usize::MAX, Ending::Clean),
        Answer::CutAfter(bytes) => part(start, bytes, Ending::Cut),
        Answer::StallAfter(bytes) => part(start, bytes, Ending::Stall),
        Answer::Bytes(bytes) => bytes.into_response(),
        Answer::Chunked(bytes) => {
            Body::from_stream(stream::iter([Ok::<_, std::io::Error>(Bytes::from(bytes))])).into_response()
        }
        Answer::WrongPart => {
            (StatusCode::PARTIAL_CONTENT, [(header::CONTENT_RANGE, "bytes 0-9/700000")], vec![0; 10]).into_response()
        }
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Redirect(address) => (StatusCode::FOUND, [(header::LOCATION, address)]).into_response(),
    }
}

enum Ending {
    Clean,
    Cut,
    Stall,
}

fn part(start: Option<usize>, most: usize, ending: Ending) -> Response {
    let (all, from) = (weights(), start.unwrap_or(0));
    let length = all.len() - from;
    let pieces: Vec<_> = all[from..].chunks(50_000).map(Bytes::copy_from_slice).collect();
    let mut sent = 0;
    let kept = pieces.into_iter().take_while(move |piece| {
        sent += piece.len();
        sent <= most
    });
    let good = stream::iter(kept.map(Ok));
    let end = stream::once(async move {
        match ending {
            Ending::Clean => Ok(Bytes::new()),
            Ending::Cut => {
                // An error drops what is not yet sent, so that gets a moment.
                tokio::time::sleep(Duration::from_millis(50)).await;
                Err(std::io::Error::other("cut"))
            }
            Ending::Stall => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                Ok(Bytes::new())
            }
        }
    });
    let body = Body::from_stream(good.chain(end));
    let length = (header::CONTENT_LENGTH, length.to_string());
    match start {
        Some(from) => {
            let range = (header::CONTENT_RANGE, format!("bytes {from}-{}/{}", all.len() - 1, all.len()));
            (StatusCode::PARTIAL_CONTENT, [length, range], body).into_response()
        }
        None => ([length], body).into_response(),
    }
}
