//! What llama.cpp is asked to do, with the checks that keep it from ending the process.

use std::num::NonZeroU32;

use domain::{Error, ErrorKind, Result};
use llama_cpp_2::{
    DecodeError,
    context::{
        LlamaContext,
        params::LlamaContextParams,
        session::{LlamaStateSeqFlags, SeqState},
    },
    llama_batch::LlamaBatch,
    model::LlamaModel,
    sampling::LlamaSampler,
    token::{LlamaToken, data::LlamaTokenData, data_array::LlamaTokenDataArray},
};

use super::{likeliest::Likeliest, plan::BATCH};
use crate::{backend, compute};

/// The likeliest tokens that are looked at: what is left out would not be drawn, and to sort all of a
/// vocabulary for each token takes longer than the rest of the drawing.
const LIKELIEST: usize = 200;

/// The model's context, whose memory holds several sequences, and the batch that it reads next.
pub(super) struct Reader<'a> {
    context: LlamaContext<'a>,
    batch: LlamaBatch<'static>,
    /// The sequence of a token that says nothing, which holds nothing else, and whether the batch has one.
    filler: usize,
    filled: bool,
    // Room for drawing, kept from draw to draw.
    likeliest: Likeliest,
    candidates: Vec<LlamaTokenData>,
    permitted: Vec<f32>,
}

impl<'a> Reader<'a> {
    /// A context for `cells` tokens of `sequences` together, numbered from 0.
    pub(super) fn new(model: &'a LlamaModel, cells: u32, sequences: usize, threads: usize) -> Result<Self> {
        let threads = i32::try_from(threads.max(1)).unwrap_or(1);
        let params = LlamaContextParams::default()
            .with_n_ctx(NonZeroU32::new(cells))
            .with_n_batch(BATCH as u32)
            .with_n_ubatch(BATCH as u32)
            .with_n_seq_max(u32::try_from(sequences + 1).unwrap_or(1))
            // One memory for all, in which a beginning that is shared lies once.
            .with_kv_unified(true)
            .with_n_threads(threads)
            .with_n_threads_batch(threads);
        let context = model.new_context(backend::backend()?, params).map_err(|error| failed(&error))?;
        let batch = LlamaBatch::new(BATCH, 1);
        Ok(Self {
            context,
            batch,
            filler: sequences,
            filled: false,
            likeliest: Likeliest::default(),
            candidates: Vec::new(),
            permitted: Vec::new(),
        })
    }

    /// Tokens that the memory holds at most.
    pub(super) fn cells(&self) -> usize {
        self.context.n_ctx() as usize
    }

    /// Begins an empty batch.
    pub(super) fn clear(&mut self) {
        self.batch.clear();
    }

    /// Puts `token` at `position` of a sequence into the batch; gives its place there. What comes
    /// after it can be drawn if it `draws`.
    pub(super) fn add(&mut self, token: LlamaToken, position: usize, sequence: usize, draws: bool) -> Result<i32> {
        let place = self.batch.n_tokens();
        let number = |number: usize| i32::try_from(number).map_err(|error| failed(&error));
        let (position, sequence) = (number(position)?, number(sequence)?);
        self.batch.add(token, position, &[sequence], draws).map_err(|error| failed(&error))?;
        Ok(place)
    }

    /// Puts a token that says nothing into the batch. It takes room in the memory until the batch was read.
    pub(super) fn fill(&mut self) -> Result<()> {
        self.filled = true;
        self.add(LlamaToken(0), 0, self.filler, false).map(drop)
    }

    /// Has the model read the batch; false if its memory has no room for it, and nothing was read.
    pub(super) fn read(&mut self) -> Result<bool> {
        let Self { context, batch, .. } = self;
        let read = match compute::run(|| context.decode(batch)) {
            Ok(()) => Ok(true),
            Err(DecodeError::NoKvCacheSlot) => Ok(false),
            Err(error) => Err(failed(&error)),
        };
        if std::mem::take(&mut self.filled) {
            self.forget(self.filler, 0);
        }
        read
    }

    /// Draws a token by what the model made of the batch's token at `place`. A model whose numbers
    /// are broken is told by them here: drawing from such numbers has no meaning.
    pub(super) fn draw(&mut self, sampler: &mut LlamaSampler, place: i32) -> Result<LlamaToken> {
        self.likeliest.find(self.context.get_logits_ith(place), LIKELIEST, &mut self.candidates);
        self.draw_candidate(sampler).ok_or_else(|| failed(&"its output is not a number"))
    }

    /// Draws one of the `permitted` tokens, after [`draw`](Self::draw) gave one that is not.
    pub(super) fn draw_among(
        &mut self,
        sampler: &mut LlamaSampler,
        place: i32,
        permitted: &mut dyn Iterator<Item = usize>,
    ) -> Result<LlamaToken> {
        let logits = self.context.get_logits_ith(place);
        self.permitted.clear();
        self.permitted.resize(logits.len(), f32::NEG_INFINITY);
        for token in permitted {
            if let (Some(to), Some(logit)) = (self.permitted.get_mut(token), logits.get(token)) {
                *to = *logit;
            }
        }
        self.likeliest.find(&self.permitted, LIKELIEST, &mut self.candidates);
        self.draw_candidate(sampler).ok_or_else(|| failed(&"no token is permitted"))
    }

    fn draw_candidate(&mut self, sampler: &mut LlamaSampler) -> Option<LlamaToken> {
        if self.candidates.is_empty() {
            return None;
        }
        let mut candidates = LlamaTokenDataArray::new(std::mem::take(&mut self.candidates), false);
        candidates.apply_sampler(sampler);
        let token = candidates.selected_token();
        self.candidates = candidates.data;
        token
    }

    /// Has the memory let go of a sequence from `from` on; whether it could. If not, all of the
    /// sequence is gone.
    pub(super) fn forget(&mut self, sequence: usize, from: usize) -> bool {
        let number = |number: usize| u32::try_from(number).ok();
        let done = self.context.clear_kv_cache_seq(number(sequence), number(from).filter(|from| *from > 0), None);
        if !matches!(done, Ok(true)) && from > 0 {
            // Some kinds of memory can only be emptied as a whole.
            let _ = self.context.clear_kv_cache_seq(number(sequence), None, None);
        }
        matches!(done, Ok(true))
    }

    /// What the memory holds for a sequence.
    pub(super) fn state(&self, sequence: usize) -> Result<SeqState> {
        let sequence = i32::try_from(sequence).map_err(|error| failed(&error))?;
        self.context.state_seq_get(sequence, LlamaStateSeqFlags::empty()).map_err(|error| failed(&error))
    }

    /// Has the memory hold `state` for a sequence, in place of what it held. If it cannot, it holds nothing for it.
    pub(super) fn restore(&mut self, sequence: usize, state: &SeqState) -> bool {
        let Ok(number) = i32::try_from(sequence) else { return false };
        let done = self.context.state_seq_set(state, number).is_ok();
        if !done {
            self.forget(sequence, 0);
        }
        done
    }

    /// Lets the sequence `to` begin with the first `length` tokens of `from`.
    pub(super) fn copy(&mut self, from: usize, to: usize, length: usize) -> Result<()> {
        let number = |number: usize| i32::try_from(number).map_err(|error| failed(&error));
        let copied = self.context.copy_kv_cache_seq(number(from)?, number(to)?, Some(0), u32::try_from(length).ok());
        copied.map_err(|error| failed(&error))
    }
}

/// Logs the cause; what the person reads.
pub(super) fn failed(cause: &dyn std::fmt::Display) -> Error {
    tracing::error!(%cause, "the model failed");
    Error::new(
        ErrorKind::Busy,
        "The model failed while it was writing. Please try again; if it happens again, tell the operator to look in the log.",
    )
}
