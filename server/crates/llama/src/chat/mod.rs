//! A generative model on a thread of its own: one answer at a time, streamed as it is written.

mod pieces;
mod prompt;
mod worker;

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc as std_mpsc,
    },
    thread::{self, JoinHandle},
};

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result};
use futures::{StreamExt, stream};
use inference::{Engine, Pieces, Request};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};
use tokio::sync::mpsc;

use prompt::Prompt;

/// Pieces that may wait for a slow reader before the model pauses.
const AHEAD: usize = 256;

/// How a [`Chat`] runs.
#[derive(Clone, Copy, Debug)]
pub struct ChatOptions {
    /// Threads that compute, at least 1; no more than the machine has cores.
    pub threads: usize,
    /// The most tokens of a question and its answer together. It is cut to what the model was
    /// trained on; memory grows with it.
    pub context: u32,
    /// Requests that may wait; one more is told to come back.
    pub queue: usize,
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self { threads: thread::available_parallelism().map_or(1, usize::from), context: 4_096, queue: 8 }
    }
}

/// A loaded generative model. Its thread, `infer-0`, owns what llama.cpp allocates for it and ends
/// when this is dropped.
pub struct Chat {
    name: String,
    model: Arc<LlamaModel>,
    context: usize,
    /// `None` only while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

/// A request as the thread gets it.
struct Job {
    prompt: Vec<LlamaToken>,
    /// Text at which the answer ends, for templates that have no token for it.
    stop: Option<&'static str>,
    request: Request,
    out: mpsc::Sender<Event>,
}

/// What the thread tells the stream. An end without [`Event::End`] means that the thread is gone.
enum Event {
    Piece(String),
    Failed(Error),
    End,
}

/// What the thread tells [`Chat::open`]: the model, and the size of its context in tokens.
type Ready = Result<(Arc<LlamaModel>, usize)>;

impl std::fmt::Debug for Chat {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Chat").field("name", &self.name).field("context", &self.context).finish_non_exhaustive()
    }
}

impl Chat {
    /// Loads the GGUF file at `path`; blocks until it is ready, seconds for a large model. `name`
    /// is what pages call it.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] or [`ErrorKind::Invalid`] if the file is no generative model that
    /// can be loaded, [`ErrorKind::Busy`] if memory or threads are short.
    pub fn open(name: impl Into<String>, path: impl Into<PathBuf>, options: ChatOptions) -> Result<Self> {
        let (jobs, queue) = mpsc::channel(options.queue.max(1));
        let (ready, is_ready) = std_mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (path, stopping) = (path.into(), Arc::clone(&stop));
        let thread = thread::Builder::new()
            .name("infer-0".into())
            .spawn(move || worker::run(&path, options, &ready, (queue, stopping)))
            .map_err(|error| Error::new(ErrorKind::Busy, format!("The model cannot start: {error}.")))?;
        let (model, context) = is_ready.recv().unwrap_or_else(|_| Err(stopped()))?;
        Ok(Self { name: name.into(), model, context, jobs: Some(jobs), stop, thread: Some(thread) })
    }

    /// The numbers of the tokens that the model reads for `request`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if it is too long, as for [`Engine::stream`].
    pub fn token_ids(&self, request: &Request) -> Result<Vec<i32>> {
        let (tokens, _) = self.prompt(request)?;
        Ok(tokens.into_iter().map(|token| token.0).collect())
    }

    fn prompt(&self, request: &Request) -> Result<(Vec<LlamaToken>, Option<&'static str>)> {
        // No token of any vocabulary in use is longer on average, and what is far too long need
        // not be tokenised to know it.
        const BYTES_PER_TOKEN: usize = 16;
        let too_long = |tokens: String| {
            Error::new(
                ErrorKind::Invalid,
                format!(
                    "This is too long for the model {}: {tokens} tokens, and it reads {} at once, its answer included.",
                    self.name, self.context
                ),
            )
        };
        let bytes: usize = request.messages.iter().map(|message| message.content.len()).sum();
        if bytes > self.context * BYTES_PER_TOKEN {
            return Err(too_long(format!("more than {}", self.context)));
        }
        let prompt = Prompt::new(&self.model, &request.messages);
        let tokens = prompt.tokens(&self.model);
        let answer = usize::try_from(request.max_tokens.max(1)).unwrap_or(usize::MAX);
        if tokens.len().saturating_add(answer) > self.context {
            return Err(too_long(format!("{} and {answer} for the answer", tokens.len())));
        }
        Ok((tokens, prompt.stop))
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        // As for the embedding model; the flag ends an answer that is being written.
        self.stop.store(true, Ordering::Relaxed);
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[async_trait]
impl Engine for Chat {
    fn name(&self) -> &str {
        &self.name
    }

    async fn stream(&self, request: Request) -> Result<Pieces> {
        let (prompt, stop) = self.prompt(&request)?;
        let (out, pieces) = mpsc::channel(AHEAD);
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.try_send(Job { prompt, stop, request, out }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Error::new(
                ErrorKind::Busy,
                format!("The model {} has too many requests just now. Please try again in a moment.", self.name),
            ),
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        let pieces = stream::unfold(Some(pieces), |pieces| async {
            let mut pieces = pieces?;
            match pieces.recv().await {
                Some(Event::Piece(text)) => Some((Ok(text), Some(pieces))),
                Some(Event::Failed(error)) => Some((Err(error), None)),
                Some(Event::End) => None,
                None => Some((Err(stopped()), None)),
            }
        });
        Ok(pieces.boxed())
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Busy, "The model has stopped. The log says why; restarting Lodestar starts it again.")
}
