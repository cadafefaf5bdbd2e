//! The side that asks.

use std::{
    future::Future,
    path::{Path, PathBuf},
    time::Duration,
};

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result, model::Loaded};
use futures::{StreamExt, stream};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    net::{
        UnixStream,
        unix::{OwnedReadHalf, OwnedWriteHalf},
    },
    sync::watch,
    time::timeout,
};

use super::wire::{Call, Hello, Reply};
use crate::{Embedder, Host, Output, Outputs, Request};

/// How long a call waits for a process that is being started.
const PATIENCE: Duration = Duration::from_secs(5);
/// Time that a process has to report that a deadline passed, before it counts as stuck.
const SPARE: Duration = Duration::from_secs(5);
/// How long it takes at most until a process that ended is known to have.
const NOTICED: Duration = Duration::from_millis(100);
/// The longest that a process may take to load a model or to unload one that is at work.
const LOADING: Duration = Duration::from_secs(300);
/// The longest that a process may take for vectors.
const EMBEDDING: Duration = Duration::from_secs(60);

/// Where the process listens, and whether it does.
#[derive(Clone)]
pub(super) struct Line {
    pub path: PathBuf,
    pub ready: watch::Receiver<bool>,
}

/// One call on its way. Dropping it ends the call.
struct Connection {
    lines: Lines<BufReader<OwnedReadHalf>>,
    /// Closing it tells the process that nobody listens.
    _writing: OwnedWriteHalf,
}

impl Line {
    /// Asks once the process is ready, and hears the first reply. A process that has just ended is
    /// asked again when it is back: it has said nothing yet.
    async fn call(&self, call: &Call, patience: Duration) -> Result<(Connection, Reply)> {
        if let Ok(answered) = self.try_call(call, patience).await {
            return Ok(answered);
        }
        tokio::time::sleep(NOTICED).await;
        self.try_call(call, patience).await
    }

    async fn try_call(&self, call: &Call, patience: Duration) -> Result<(Connection, Reply)> {
        let mut ready = self.ready.clone();
        let is_ready = timeout(PATIENCE, ready.wait_for(|ready| *ready)).await.is_ok_and(|ready| ready.is_ok());
        if !is_ready {
            return Err(starting());
        }
        let mut connection = connect(&self.path, call).await.map_err(|error| stopped(&error))?;
        let first = connection.reply(patience).await?.ok_or_else(|| stopped(&"nothing was said"))?;
        Ok((connection, first))
    }
}

async fn connect(path: &Path, call: &Call) -> std::io::Result<Connection> {
    let (reading, mut writing) = UnixStream::connect(path).await?.into_split();
    let mut line = serde_json::to_vec(call)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    Ok(Connection { lines: BufReader::new(reading).lines(), _writing: writing })
}

/// Which models the process at `path` has; `None` if it does not answer yet.
pub(super) async fn greet(path: &Path) -> Option<Hello> {
    let mut connection = connect(path, &Call::Hello).await.ok()?;
    match connection.reply(PATIENCE).await {
        Ok(Some(Reply::Hello(hello))) => Some(hello),
        _ => None,
    }
}

impl Connection {
    /// The next reply; `None` at the end.
    async fn reply(&mut self, patience: Duration) -> Result<Option<Reply>> {
        let line = late(patience, self.lines.next_line()).await?.map_err(|error| stopped(&error))?;
        line.map(|line| serde_json::from_str(&line).map_err(|error| stopped(&error))).transpose()
    }
}

async fn late<T>(patience: Duration, work: impl Future<Output = T>) -> Result<T> {
    timeout(patience, work).await.map_err(|_| stopped(&format!("no answer within {} s", patience.as_secs())))
}

fn starting() -> Error {
    Error::new(ErrorKind::Busy, "The model is being started. Please try again in a few seconds.")
}

fn stopped(cause: &dyn std::fmt::Display) -> Error {
    tracing::error!(%cause, "the engine process did not answer");
    Error::new(
        ErrorKind::Busy,
        "The model stopped while it was at work, and is being started again. Please try again in a few seconds.",
    )
}

impl Line {
    async fn change(&self, call: &Call) -> Result<()> {
        match self.call(call, LOADING).await?.1 {
            Reply::Done => Ok(()),
            Reply::Error(error) => Err(error),
            _ => Err(stopped(&"the answer is none")),
        }
    }
}

/// The process's models that write.
#[async_trait]
impl Host for Line {
    async fn load(&self, model: &str) -> Result<()> {
        self.change(&Call::Load(model.to_owned())).await
    }

    async fn unload(&self, model: &str) -> Result<()> {
        self.change(&Call::Unload(model.to_owned())).await
    }

    async fn loaded(&self) -> Result<Vec<Loaded>> {
        match self.call(&Call::Loaded, SPARE).await?.1 {
            Reply::Loaded(loaded) => Ok(loaded),
            Reply::Error(error) => Err(error),
            _ => Err(stopped(&"the answer is none")),
        }
    }

    async fn stream(&self, model: &str, request: Request) -> Result<Outputs> {
        // By itself, because it may take longer than any answer.
        self.load(model).await?;
        let deadlines = request.deadlines;
        // JSON has no other numbers. What is no number reads as 0, as the engine does.
        let number = |x: f32| if x.is_nan() { 0.0 } else { x.clamp(f32::MIN, f32::MAX) };
        let request = Request {
            temperature: number(request.temperature),
            top_p: number(request.top_p),
            min_p: number(request.min_p),
            ..request
        };
        let call = Call::Stream(model.to_owned(), request);
        let (connection, first) = self.call(&call, deadlines.first.saturating_add(SPARE)).await?;
        match first {
            Reply::Begun => {}
            Reply::Error(error) => return Err(error),
            _ => return Err(stopped(&"the stream has no beginning")),
        }
        let patience = deadlines.first.max(deadlines.idle).saturating_add(SPARE);
        let outputs = stream::unfold(Some(connection), move |connection| async move {
            let mut connection = connection?;
            match connection.reply(patience).await {
                Ok(Some(Reply::Output(Output::End(end)))) => Some((Ok(Output::End(end)), None)),
                Ok(Some(Reply::Output(output))) => Some((Ok(output), Some(connection))),
                Ok(Some(Reply::Error(error))) | Err(error) => Some((Err(error), None)),
                Ok(_) => Some((Err(stopped(&"the stream was cut off")), None)),
            }
        });
        Ok(outputs.boxed())
    }
}

/// The process's model that embeds.
pub(super) struct Embedding {
    pub line: Line,
    pub name: String,
}

impl Embedding {
    async fn ask(&self, call: &Call) -> Result<Vec<Vec<f32>>> {
        match self.line.call(call, EMBEDDING).await?.1 {
            Reply::Vectors(vectors) => Ok(vectors),
            Reply::Error(error) => Err(error),
            _ => Err(stopped(&"the answer is none")),
        }
    }
}

#[async_trait]
impl Embedder for Embedding {
    fn name(&self) -> &str {
        &self.name
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        self.ask(&Call::Embed(texts.to_vec())).await
    }
}
