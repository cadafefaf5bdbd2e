//! The life of the thread `infer-0`: it takes one request after the other and writes its answer.

use std::{
    num::NonZeroU32,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc as std_mpsc,
    },
    thread,
    time::Duration,
};

use domain::{Error, ErrorKind, Result};
use inference::Request;
use llama_cpp_2::{
    context::{LlamaContext, params::LlamaContextParams},
    llama_batch::LlamaBatch,
    model::LlamaModel,
    sampling::LlamaSampler,
    token::LlamaToken,
};
use tokio::sync::mpsc::{self, error::TrySendError};

use super::{ChatOptions, Event, Job, Ready, pieces::Assembler};
use crate::backend;

/// Tokens of a prompt that are read at once. Between two such steps a dropped request is noticed,
/// so it is small; larger steps are hardly quicker on few cores.
const STEP: usize = 128;

/// How long a full channel is waited for before its reader counts as gone.
const PATIENCE: Duration = Duration::from_secs(30);

/// Kinds of models that do not continue a text.
const NOT_GENERATIVE: [&str; 8] = ["bert", "embed", "t5", "clip", "wavtokenizer", "dream", "llada", "eagle"];

/// Loads the model, says so, and answers until the queue ends.
pub(super) fn run(
    path: &Path,
    options: ChatOptions,
    ready: &std_mpsc::Sender<Ready>,
    (mut queue, stop): (mpsc::Receiver<Job>, Arc<AtomicBool>),
) {
    let loaded = backend::load(path, |kind| !NOT_GENERATIVE.iter().any(|other| kind.contains(other))).map(Arc::new);
    let worker = loaded.as_ref().map_err(Error::clone).and_then(|model| Worker::new(model, options, &stop));
    let mut worker = match worker {
        Ok(worker) => worker,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let _ = ready.send(loaded.clone().map(|model| (model, worker.context.n_ctx() as usize)));
    while let Some(job) = queue.blocking_recv() {
        let out = job.out.clone();
        let event = match worker.answer(&job) {
            Ok(()) => Event::End,
            Err(error) => Event::Failed(error),
        };
        worker.send(&out, event);
    }
}

struct Worker<'a> {
    model: &'a LlamaModel,
    context: LlamaContext<'a>,
    batch: LlamaBatch<'static>,
    stop: &'a AtomicBool,
}

impl<'a> Worker<'a> {
    fn new(model: &'a LlamaModel, options: ChatOptions, stop: &'a AtomicBool) -> Result<Self> {
        let threads = i32::try_from(options.threads.max(1)).unwrap_or(1);
        let context = options.context.min(model.n_ctx_train()).max(STEP as u32);
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(context))
            .with_n_batch(STEP as u32)
            .with_n_ubatch(STEP as u32)
            .with_n_seq_max(1)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = model.new_context(backend::backend()?, params).map_err(|error| failed(&error))?;
        Ok(Self { model, context, batch: LlamaBatch::new(STEP, 1), stop })
    }

    /// Writes the answer to `job`, or stops early when nobody listens.
    fn answer(&mut self, job: &Job) -> Result<()> {
        self.context.clear_kv_cache();
        for (step, tokens) in job.prompt.chunks(STEP).enumerate() {
            if self.is_over(&job.out) {
                return Ok(());
            }
            self.read(tokens, step * STEP)?;
        }
        let vocabulary = self.model.vocab();
        let mut sampler = sampler(&job.request);
        let mut assembler = Assembler::new(job.stop);
        // The prompt and the whole answer fit into the context: that was seen to before.
        for (position, _) in (job.prompt.len()..).zip(0..job.request.max_tokens.max(1)) {
            let token = self.sample(&mut sampler)?;
            if vocabulary.is_eog(token) {
                break;
            }
            let piece = assembler.push(&vocabulary.token_to_piece(token, false, None));
            let heard = piece.is_empty() || self.send(&job.out, Event::Piece(piece));
            if !heard || assembler.stopped() || self.is_over(&job.out) {
                return Ok(());
            }
            self.read(&[token], position)?;
        }
        let rest = assembler.finish();
        if !rest.is_empty() {
            self.send(&job.out, Event::Piece(rest));
        }
        Ok(())
    }

    /// Has the model read `tokens`, at most [`STEP`], the first of which is at `position`.
    fn read(&mut self, tokens: &[LlamaToken], position: usize) -> Result<()> {
        self.batch.clear();
        for (index, token) in tokens.iter().enumerate() {
            let place = i32::try_from(position + index).map_err(|error| failed(&error))?;
            self.batch.add(*token, place, &[0], index + 1 == tokens.len()).map_err(|error| failed(&error))?;
        }
        self.context.decode(&mut self.batch).map_err(|error| failed(&error))
    }

    /// Draws the next token. A model whose numbers are broken is told by them here; drawing from
    /// such numbers has no meaning, and sorting them may not end.
    fn sample(&mut self, sampler: &mut LlamaSampler) -> Result<LlamaToken> {
        let last = self.batch.n_tokens() - 1;
        let logits = self.context.get_logits_ith(last);
        if logits.iter().any(|x| x.is_nan()) || !logits.iter().any(|x| x.is_finite()) {
            return Err(failed(&"its output is not a number"));
        }
        // This accepts the token as well; a second time would be once too often.
        Ok(sampler.sample(&self.context, last))
    }

    fn is_over(&self, out: &mpsc::Sender<Event>) -> bool {
        out.is_closed() || self.stop.load(Ordering::Relaxed)
    }

    /// Whether somebody got `event`.
    fn send(&self, out: &mpsc::Sender<Event>, event: Event) -> bool {
        const PAUSE: Duration = Duration::from_millis(5);
        let mut event = event;
        let mut waited = Duration::ZERO;
        loop {
            event = match out.try_send(event) {
                Ok(()) => return true,
                Err(TrySendError::Full(event)) if waited < PATIENCE && !self.is_over(out) => event,
                Err(_) => return false,
            };
            thread::sleep(PAUSE);
            waited += PAUSE;
        }
    }
}

/// Greedy at temperature 0, else what is left after the two cuts, drawn with the seed.
fn sampler(request: &Request) -> LlamaSampler {
    if request.temperature.is_nan() || request.temperature <= 0.0 {
        return LlamaSampler::greedy();
    }
    LlamaSampler::chain_simple([
        LlamaSampler::top_p(request.top_p.clamp(0.0, 1.0), 1),
        LlamaSampler::min_p(request.min_p.clamp(0.0, 1.0), 1),
        LlamaSampler::temp(request.temperature),
        LlamaSampler::dist(request.seed),
    ])
}

fn failed(cause: &dyn std::fmt::Display) -> Error {
    tracing::error!(%cause, "the model failed");
    Error::new(
        ErrorKind::Busy,
        "The model failed while it was writing. Please try again; if it happens again, tell the operator to look in the log.",
    )
}
