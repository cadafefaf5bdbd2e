//! The side that has the models.

use std::{io, sync::Arc};

use domain::{Error, Result};
use futures::StreamExt;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{UnixListener, UnixStream, unix::OwnedWriteHalf},
};

use super::wire::{Call, Hello, Reply};
use crate::{Embedder, Host, Request};

/// The models that a process serves.
#[derive(Clone)]
pub struct Models {
    /// Those that write.
    pub host: Arc<dyn Host>,
    /// The one that embeds.
    pub embedder: Arc<dyn Embedder>,
}

/// Answers on `listener` until it breaks.
///
/// # Errors
/// When no connection can be taken any more.
pub async fn serve(listener: UnixListener, models: Models) -> io::Result<()> {
    loop {
        let (connection, _) = listener.accept().await?;
        let models = models.clone();
        tokio::spawn(async move {
            if let Err(error) = answer(connection, models).await {
                // Callers leave when they have heard enough.
                tracing::debug!(%error, "a caller left");
            }
        });
    }
}

async fn answer(connection: UnixStream, models: Models) -> io::Result<()> {
    let (reading, mut writing) = connection.into_split();
    let mut lines = BufReader::new(reading).lines();
    let Some(line) = lines.next_line().await? else { return Ok(()) };
    let answering = async {
        let done = |outcome: Result<()>| outcome.map_or_else(Reply::Error, |()| Reply::Done);
        let reply = match serde_json::from_str(&line) {
            Ok(Call::Stream(model, request)) => return stream(&mut writing, &*models.host, &model, request).await,
            Ok(Call::Hello) => Reply::Hello(Hello { embedder: models.embedder.name().to_owned() }),
            Ok(Call::Load(model)) => done(models.host.load(&model).await),
            Ok(Call::Unload(model)) => done(models.host.unload(&model).await),
            Ok(Call::Loaded) => models.host.loaded().await.map_or_else(Reply::Error, Reply::Loaded),
            Ok(Call::Embed(texts)) => models.embedder.embed(&texts).await.map_or_else(Reply::Error, Reply::Vectors),
            Err(error) => Reply::Error(unread(&error)),
        };
        say(&mut writing, &reply).await
    };
    tokio::select! {
        done = answering => done,
        // Nothing more is said by the caller: an end here is that it left, and what it asked for ends with it.
        gone = lines.next_line() => gone.map(|_| ()),
    }
}

fn unread(cause: &dyn std::fmt::Display) -> Error {
    tracing::error!(%cause, "a call could not be read");
    Error::unexpected("engine-call")
}

async fn stream(writing: &mut OwnedWriteHalf, host: &dyn Host, model: &str, request: Request) -> io::Result<()> {
    let mut outputs = match host.stream(model, request).await {
        Ok(outputs) => outputs,
        Err(error) => return say(writing, &Reply::Error(error)).await,
    };
    say(writing, &Reply::Begun).await?;
    while let Some(output) = outputs.next().await {
        say(writing, &output.map_or_else(Reply::Error, Reply::Output)).await?;
    }
    Ok(())
}

async fn say(writing: &mut OwnedWriteHalf, reply: &Reply) -> io::Result<()> {
    let mut line = serde_json::to_vec(reply)?;
    line.push(b'\n');
    writing.write_all(&line).await
}
