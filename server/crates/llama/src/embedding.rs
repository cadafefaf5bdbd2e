//! The embedding model on a thread of its own, with a bounded queue before it.

use std::{
    num::NonZeroU32,
    path::{Path, PathBuf},
    sync::{Arc, mpsc as std_mpsc},
    thread::{self, JoinHandle},
};

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result};
use inference::{Embedder, unit};
use llama_cpp_2::{
    context::{
        LlamaContext,
        params::{LlamaContextParams, LlamaPoolingType},
    },
    llama_batch::LlamaBatch,
    model::LlamaModel,
    token::LlamaToken,
};
use tokio::sync::{mpsc, oneshot};

use crate::{
    backend, compute,
    gguf::{self, Architecture},
    pack::{Limits, pack},
    text, threads,
};

/// Texts are cut to this many tokens, `[CLS]` and `[SEP]` included, as sentence-transformers does
/// with this model (`max_seq_length`).
const MOST_TOKENS: usize = 256;

/// One call takes this much. A text of full length must fit; more tokens are no quicker, since
/// attention goes over all of them, and cost memory: llama.cpp keeps 122 kB for each here.
const CALL: Limits = Limits { tokens: MOST_TOKENS, texts: 32 };

/// Texts of one caller that are worked on before another caller's turn: two calls' worth of
/// sentences, so that an answer does not wait long behind the preparation of the question bank.
const TURN: usize = 16;

/// How an [`Embedding`] runs.
#[derive(Clone, Copy, Debug)]
pub struct EmbeddingOptions {
    /// Threads that compute, at least 1; no more than the machine has cores.
    pub threads: usize,
    /// Callers that may wait; one more is told to come back.
    pub queue: usize,
}

impl Default for EmbeddingOptions {
    fn default() -> Self {
        Self { threads: threads::available(), queue: 64 }
    }
}

/// A loaded embedding model. Its thread, `embed-0`, owns what llama.cpp allocates for it and ends
/// when this is dropped.
pub struct Embedding {
    name: String,
    model: Arc<LlamaModel>,
    /// `None` only while it is dropped.
    jobs: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

struct Job {
    texts: Vec<String>,
    reply: oneshot::Sender<Result<Vec<Vec<f32>>>>,
}

impl std::fmt::Debug for Embedding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Embedding").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Embedding {
    /// Loads the GGUF file at `path`; blocks until it is ready, some tens of milliseconds. `name`
    /// is the model's in the manifest.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] or [`ErrorKind::Invalid`] if the file is no embedding model that
    /// can be loaded, [`ErrorKind::Busy`] if memory or threads are short.
    pub fn open(name: impl Into<String>, path: impl Into<PathBuf>, options: EmbeddingOptions) -> Result<Self> {
        let (jobs, queue) = mpsc::channel(options.queue.max(1));
        let (ready, is_ready) = std_mpsc::channel();
        let path = path.into();
        let thread = thread::Builder::new()
            .name("embed-0".into())
            .spawn(move || run(&path, options, &ready, queue))
            .map_err(|error| Error::new(ErrorKind::Busy, format!("The embedding model cannot start: {error}.")))?;
        let model = is_ready.recv().unwrap_or_else(|_| Err(stopped()))?;
        Ok(Self { name: name.into(), model, jobs: Some(jobs), thread: Some(thread) })
    }

    /// The numbers of the tokens that the model reads for `text`, cut as [`Embedder::embed`] cuts.
    pub fn token_ids(&self, text: &str) -> Vec<i32> {
        tokens(&self.model, text).into_iter().map(|token| token.0).collect()
    }
}

impl Drop for Embedding {
    fn drop(&mut self) {
        // The queue ends with its sender, the thread with the queue. Waiting for it keeps
        // llama.cpp from working while the process takes itself apart.
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

#[async_trait]
impl Embedder for Embedding {
    fn name(&self) -> &str {
        &self.name
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        let mut vectors = Vec::with_capacity(texts.len());
        for (turn, texts) in texts.chunks(TURN).enumerate() {
            let (reply, answer) = oneshot::channel();
            let job = Job { texts: texts.to_vec(), reply };
            if turn == 0 {
                jobs.try_send(job).map_err(|error| match error {
                    mpsc::error::TrySendError::Full(_) => Error::new(
                        ErrorKind::Busy,
                        "Too much is waiting to be compared just now. Please try again in a moment.",
                    ),
                    mpsc::error::TrySendError::Closed(_) => stopped(),
                })?;
            } else {
                // Who was let in is not sent away halfway.
                jobs.send(job).await.map_err(|_| stopped())?;
            }
            vectors.extend(answer.await.map_err(|_| stopped())??);
        }
        Ok(vectors)
    }
}

fn stopped() -> Error {
    Error::new(
        ErrorKind::Busy,
        "The embedding model has stopped. The log says why; restarting Lodestar starts it again.",
    )
}

fn tokens(model: &LlamaModel, text: &str) -> Vec<LlamaToken> {
    let vocabulary = model.vocab();
    // Text from people is never read as special tokens, so that nobody can write a [SEP].
    let mut tokens = vocabulary.tokenize(text::readable(text, MOST_TOKENS).as_bytes(), true, false);
    if tokens.len() > MOST_TOKENS {
        tokens.truncate(MOST_TOKENS - 1);
        tokens.push(vocabulary.sep());
    }
    tokens
}

/// The life of the thread.
fn run(
    path: &Path,
    options: EmbeddingOptions,
    ready: &std_mpsc::Sender<Result<Arc<LlamaModel>>>,
    mut queue: mpsc::Receiver<Job>,
) {
    let loaded =
        backend::load(path, |kind| kind == Architecture::Bert).and_then(|model| long_enough(path, model)).map(Arc::new);
    let model = match &loaded {
        Ok(model) => Arc::clone(model),
        Err(error) => {
            let _ = ready.send(Err(error.clone()));
            return;
        }
    };
    match Worker::new(&model, options.threads) {
        Ok(mut worker) => {
            let _ = ready.send(loaded);
            while let Some(job) = queue.blocking_recv() {
                // Who stopped waiting needs no answer.
                if !job.reply.is_closed() {
                    let _ = job.reply.send(worker.embed(&job.texts));
                }
            }
        }
        Err(error) => {
            let _ = ready.send(Err(error));
        }
    }
}

/// llama.cpp looks up a vector for every position, and ends the process where there is none.
fn long_enough(path: &Path, model: LlamaModel) -> Result<LlamaModel> {
    if model.n_ctx_train() as usize >= MOST_TOKENS {
        return Ok(model);
    }
    let reason = format!("it reads {} tokens at once, and Lodestar needs {MOST_TOKENS}", model.n_ctx_train());
    Err(gguf::refusal(path, &reason))
}

struct Worker<'a> {
    model: &'a LlamaModel,
    context: LlamaContext<'a>,
    batch: LlamaBatch<'static>,
}

impl<'a> Worker<'a> {
    fn new(model: &'a LlamaModel, threads: usize) -> Result<Self> {
        let threads = i32::try_from(threads.max(1)).unwrap_or(1);
        let params = LlamaContextParams::default()
            .with_embeddings(true)
            .with_pooling_type(LlamaPoolingType::Mean)
            .with_n_ctx(NonZeroU32::new(CALL.tokens as u32))
            .with_n_batch(CALL.tokens as u32)
            .with_n_ubatch(CALL.tokens as u32)
            .with_n_seq_max(CALL.texts as u32)
            .with_kv_unified(true)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = model.new_context(backend::backend()?, params).map_err(|error| failed(&error))?;
        Ok(Self { model, context, batch: LlamaBatch::new(CALL.tokens, 1) })
    }

    fn embed(&mut self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        let tokens: Vec<_> = texts.iter().map(|text| tokens(self.model, text)).collect();
        let lengths: Vec<_> = tokens.iter().map(Vec::len).collect();
        let mut vectors = vec![Vec::new(); texts.len()];
        for pack in pack(&lengths, CALL) {
            self.batch.clear();
            for (sequence, index) in (0..).zip(&pack) {
                self.batch.add_sequence(&tokens[*index], sequence, true).map_err(|error| failed(&error))?;
            }
            let (context, batch) = (&mut self.context, &mut self.batch);
            compute::run(|| context.encode(batch)).map_err(|error| failed(&error))?;
            for (sequence, index) in (0..).zip(&pack) {
                let pooled = self.context.embeddings_seq_ith(sequence).map_err(|error| failed(&error))?;
                vectors[*index] = unit(pooled.to_vec()).ok_or_else(|| failed(&"the vector has no length"))?;
            }
        }
        Ok(vectors)
    }
}

fn failed(cause: &dyn std::fmt::Display) -> Error {
    tracing::error!(%cause, "the embedding model failed");
    Error::new(
        ErrorKind::Busy,
        "The embedding model failed on this text. Please try again; if it happens again, tell the operator to look in the log.",
    )
}
