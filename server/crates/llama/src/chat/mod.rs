//! A generative model on a thread of its own, which writes several answers at once.
//!
//! [`worker`] is the thread; what it decides by is pure and stands beside it: whose turn it is
//! ([`waiting`]), how much of which prompt is read ([`plan`]), what the memory holds ([`slots`]),
//! and how long somebody would wait ([`load`]).

mod answer;
mod aside;
mod grammar;
mod keeping;
mod likeliest;
mod load;
mod pieces;
mod plan;
mod prompt;
mod reader;
mod said;
mod slots;
mod template;
mod waiting;
mod worker;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, Ordering},
        mpsc as std_mpsc,
    },
    thread::{self, JoinHandle},
    time::Instant,
};

use async_trait::async_trait;
use domain::model::Figures;
use domain::{Error, ErrorKind, Result};
use futures::{StreamExt, stream};
use inference::{Engine, Output, Outputs, Request};
use llama_cpp_2::{model::LlamaModel, token::LlamaToken};
use tokio::sync::mpsc;

use crate::gguf;
use answer::{Ended, Job};
use grammar::{Grammar, Grammars};
use load::Load;
use prompt::Prompt;
use said::Said;

/// Pieces that may wait for a slow reader before its answer pauses.
const AHEAD: usize = 256;

/// How a [`Chat`] runs.
#[derive(Clone, Debug)]
pub struct ChatOptions {
    /// Threads that compute, at least 1; no more than the machine has cores.
    pub threads: usize,
    /// The most tokens of a question and its answer together. It is cut to what the model was
    /// trained on.
    pub context: u32,
    /// Tokens that all conversations together may hold, those of the past included; memory grows
    /// with it. At least `context`.
    pub memory: u32,
    /// Answers that are written at once, from 1 to [`MOST_SEQUENCES`](Self::MOST_SEQUENCES); as
    /// many conversations are kept for their next turn.
    pub sequences: usize,
    /// Requests that may wait; one more is told to come back.
    pub queue: usize,
    /// Bytes of conversations that may be put aside when the memory is needed for others; 0 for none.
    pub aside: usize,
    /// System prompts that are read once, at the start, for all conversations that begin so.
    pub system_prompts: Vec<String>,
}

impl ChatOptions {
    /// Bytes that the model of the file at `path` takes with these options, about: its numbers, the
    /// memory of conversations, and room to compute in.
    ///
    /// # Errors
    /// As [`gguf::check`].
    pub fn memory_need(&self, path: &Path) -> Result<u64> {
        let summary = gguf::check(path)?;
        let cells = u64::from(self.memory.max(self.context));
        // A key and a value of 16-bit numbers for each token and layer.
        let conversations = cells * summary.cell;
        // The largest of what is computed at once: the next token's probabilities, for a whole batch.
        let computing = plan::BATCH as u64 * summary.tokens * 4;
        Ok(summary.bytes + conversations + computing + self.aside as u64)
    }

    /// llama.cpp has 256 sequences; half are for answers, and of the others one is for a token that only fills a turn.
    pub const MOST_SEQUENCES: usize = 128;
    const MOST_SYSTEM_PROMPTS: usize = Self::MOST_SEQUENCES - 1;
}

impl Default for ChatOptions {
    fn default() -> Self {
        Self {
            threads: crate::threads::available(),
            context: 4_096,
            memory: 8_192,
            sequences: 16,
            queue: 32,
            aside: 256_000_000,
            system_prompts: Vec::new(),
        }
    }
}

/// A loaded generative model. Its thread, `infer-0`, owns what llama.cpp allocates for it and ends
/// when this is dropped.
pub struct Chat {
    name: String,
    model: Arc<LlamaModel>,
    grammars: Arc<Grammars>,
    context: usize,
    queue: usize,
    /// `None` only while it is dropped.
    jobs: Option<mpsc::UnboundedSender<Job>>,
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread shares with those who ask it.
struct Shared {
    load: Load,
    said: Said,
    stop: AtomicBool,
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
        let (jobs, taken) = mpsc::unbounded_channel();
        let (ready, is_ready) = std_mpsc::channel();
        let queue = options.queue.max(1);
        let load = Load::new(options.sequences, options.aside);
        let shared = Arc::new(Shared { load, said: Said::default(), stop: AtomicBool::new(false) });
        let (path, sharing) = (path.into(), Arc::clone(&shared));
        let thread = thread::Builder::new()
            .name("infer-0".into())
            .spawn(move || worker::run(&path, &options, &ready, (taken, sharing)))
            .map_err(|error| Error::new(ErrorKind::Busy, format!("The model cannot start: {error}.")))?;
        let (model, context) = is_ready.recv().unwrap_or_else(|_| Err(stopped()))?;
        let grammars = Arc::new(Grammars::new(Arc::clone(&model)));
        Ok(Self { name: name.into(), model, grammars, context, queue, jobs: Some(jobs), shared, thread: Some(thread) })
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
        let said = request.conversation.as_deref().map(|name| self.shared.said.in_conversation(name));
        let tokens = prompt.tokens(&self.model, &said.unwrap_or_default());
        let answer = usize::try_from(request.max_tokens.max(1)).unwrap_or(usize::MAX);
        if tokens.len().saturating_add(answer) > self.context {
            return Err(too_long(format!("{} and {answer} for the answer", tokens.len())));
        }
        Ok((tokens, prompt.stop))
    }
}

impl Drop for Chat {
    fn drop(&mut self) {
        // As for the embedding model; the flag ends answers that are being written.
        self.shared.stop.store(true, Ordering::Relaxed);
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

    async fn stream(&self, request: Request) -> Result<Outputs> {
        let came = Instant::now();
        let (prompt, stop) = self.prompt(&request)?;
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        let grammar = self.grammar(&request).await?;
        self.admit(prompt.len(), &request)?;
        let (out, parts) = mpsc::channel(AHEAD);
        let end = Arc::new(OnceLock::new());
        let job = Job { prompt, stop, grammar, request, came, told: None, out, end: Arc::clone(&end) };
        if jobs.send(job).is_err() {
            self.shared.load.leave();
            return Err(stopped());
        }
        Ok(outputs(parts, end))
    }

    fn figures(&self) -> Figures {
        self.shared.load.figures(self.queue)
    }
}

impl Chat {
    /// The rules of the answer, made where nobody else waits for it.
    async fn grammar(&self, request: &Request) -> Result<Option<Grammar>> {
        let Some(schema) = request.schema.clone() else { return Ok(None) };
        let grammars = Arc::clone(&self.grammars);
        let made = tokio::task::spawn_blocking(move || grammars.follow(&schema)).await;
        made.unwrap_or_else(|_| Err(stopped())).map(Some)
    }

    /// Takes a request in, if it can be served in time.
    fn admit(&self, prompt: usize, request: &Request) -> Result<()> {
        let load = &self.shared.load;
        let wait = load.wait(prompt).unwrap_or_default();
        if wait > request.deadlines.first || !load.enter(self.queue) {
            load.refuse();
            let seconds = wait.as_secs().max(1);
            return Err(Error::new(
                ErrorKind::Busy,
                format!("The model {} has too much to do just now. Please try again in {seconds} s.", self.name),
            ));
        }
        Ok(())
    }
}

/// What the thread sends, and then how it ended.
fn outputs(parts: mpsc::Receiver<Output>, end: Arc<OnceLock<Ended>>) -> Outputs {
    let parts = stream::unfold(parts, |mut parts| async { parts.recv().await.map(|part| (Ok(part), parts)) });
    let last = stream::once(async move {
        let (rest, end) = end.get().cloned().unwrap_or_else(|| (String::new(), Err(stopped())));
        let rest = (!rest.is_empty()).then_some(Ok(Output::Text(rest)));
        stream::iter(rest.into_iter().chain([end.map(Output::End)]))
    });
    parts.chain(last.flatten()).boxed()
}

fn stopped() -> Error {
    Error::new(ErrorKind::Busy, "The model has stopped. The log says why; restarting Lodestar starts it again.")
}
