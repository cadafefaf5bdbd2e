//! One answer on its way: what is read, what is written, and who listens.

use std::{
    sync::{Arc, OnceLock},
    time::{Duration, Instant},
};

use domain::Result;
use domain::model::Place;
use inference::{Deadline, End, Output, Reason, Request, Usage};
use llama_cpp_2::{sampling::LlamaSampler, token::LlamaToken};
use tokio::sync::mpsc::{self, error::TrySendError};

use super::{grammar::Grammar, load::Load, pieces::Assembler};

/// Time after which a request that waits is told again where it stands.
const AGAIN: Duration = Duration::from_secs(1);

/// The end of an answer, and text before it that its reader had no room for.
pub(super) type Ended = (String, Result<End>);

/// A request as the thread gets it.
pub(super) struct Job {
    pub prompt: Vec<LlamaToken>,
    /// Text at which the answer ends, for templates that have no token for it.
    pub stop: Option<&'static str>,
    /// What the answer must keep to.
    pub grammar: Option<Grammar>,
    pub request: Request,
    pub came: Instant,
    /// Where it was last said to stand, and when.
    pub told: Option<(u32, Instant)>,
    pub out: mpsc::Sender<Output>,
    /// Set before `out` is dropped; a stream that ends without it was cut off.
    pub end: Arc<OnceLock<Ended>>,
}

impl Job {
    /// Tokens that it may write.
    pub(super) fn most(&self) -> usize {
        usize::try_from(self.request.max_tokens.max(1)).unwrap_or(usize::MAX)
    }

    /// Has it write as little as is still of use.
    pub(super) fn shorten(&mut self) {
        self.request.max_tokens = self.request.max_tokens.min(self.request.least_tokens.max(1));
    }

    /// Says that `ahead` others come first and about how long it will `take`: when that has changed, and
    /// now and then, so that whoever waits sees that it goes on.
    pub(super) fn tell(&mut self, ahead: usize, take: Duration, now: Instant) {
        let ahead = count(ahead);
        if self.told.is_some_and(|(before, at)| before == ahead && now.duration_since(at) < AGAIN) {
            return;
        }
        self.told = Some((ahead, now));
        let seconds = u32::try_from(take.as_secs()).unwrap_or(u32::MAX);
        // A reader who has no room for it misses nothing.
        let _ = self.out.try_send(Output::Waiting(Place { ahead, seconds }));
    }

    /// Whether nobody listens any more.
    pub(super) fn is_left(&self) -> bool {
        self.out.is_closed()
    }

    /// The deadline that passed while nothing was written yet.
    pub(super) fn is_late(&self, now: Instant) -> Option<Deadline> {
        let age = now.duration_since(self.came);
        let deadlines = self.request.deadlines;
        if age > deadlines.first.min(deadlines.total) {
            return Some(if deadlines.first <= deadlines.total { Deadline::First } else { Deadline::Total });
        }
        None
    }

    /// Ends it before it began.
    pub(super) fn turn_away(self, outcome: Result<Reason>, now: Instant, load: &Load) {
        let usage =
            Usage { prompt: count(self.prompt.len()), waited: now.duration_since(self.came), ..Usage::default() };
        load.ended(&usage, &outcome, self.is_left());
        let _ = self.end.set((String::new(), outcome.map(|reason| End { reason, usage })));
    }
}

/// An answer that has a place in the model's memory.
pub(super) struct Answer {
    pub job: Job,
    pub slot: usize,
    /// The token that was drawn and those that must follow it: what is to be read next.
    pub drawn: Vec<LlamaToken>,
    pub sampler: LlamaSampler,
    assembler: Assembler,
    /// Text that its reader has had no room for yet.
    held: String,
    reused: usize,
    /// All that was drawn, without the token that ends it.
    written: Vec<LlamaToken>,
    text: String,
    began: Instant,
    first: Option<Instant>,
    last: Instant,
}

impl Answer {
    pub(super) fn new(job: Job, slot: usize, reused: usize, now: Instant) -> Self {
        Self {
            sampler: sampler(&job.request),
            assembler: Assembler::new(job.stop),
            drawn: Vec::new(),
            held: String::new(),
            written: Vec::new(),
            text: String::new(),
            began: now,
            first: None,
            last: now,
            job,
            slot,
            reused,
        }
    }

    /// Whether it can go on: a reader who has no room makes it pause.
    pub(super) fn is_ready(&self) -> bool {
        self.held.is_empty()
    }

    /// Tokens that it may still write.
    pub(super) fn unwritten(&self) -> usize {
        self.job.most().saturating_sub(self.written.len())
    }

    /// Takes the token that was drawn, whose bytes are `bytes`; the reason if the answer ends here.
    pub(super) fn write(&mut self, token: LlamaToken, bytes: &[u8], is_end: bool, now: Instant) -> Option<Reason> {
        self.first.get_or_insert(now);
        self.last = now;
        if is_end {
            return Some(Reason::Done);
        }
        self.written.push(token);
        let piece = self.assembler.push(bytes);
        self.show(piece);
        if self.assembler.stopped() {
            return Some(Reason::Done);
        }
        if self.unwritten() == 0 {
            return Some(Reason::Length);
        }
        self.drawn.push(token);
        None
    }

    /// The deadline that passed.
    pub(super) fn is_late(&self, now: Instant) -> Option<Deadline> {
        let deadlines = self.job.request.deadlines;
        if self.first.is_none() {
            return self.job.is_late(now);
        }
        if now.duration_since(self.job.came) > deadlines.total {
            return Some(Deadline::Total);
        }
        (now.duration_since(self.last) > deadlines.idle).then_some(Deadline::Idle)
    }

    /// It rests for others: that time does not count as its own silence.
    pub(super) fn rest(&mut self, now: Instant) {
        self.last = now;
    }

    /// Offers the reader again what it had no room for.
    pub(super) fn offer(&mut self) {
        if !self.held.is_empty() {
            let held = std::mem::take(&mut self.held);
            self.send(held);
        }
    }

    /// Nothing follows: shows what was held back.
    pub(super) fn finish(&mut self) {
        let rest = self.assembler.finish();
        self.show(rest);
    }

    /// What was said, for the conversation's next turn.
    pub(super) fn said(&self) -> (String, Vec<LlamaToken>) {
        (self.text.clone(), self.written.clone())
    }

    /// Tells its reader that it ended. From then on, the conversation's next turn may come.
    pub(super) fn end(self, outcome: Result<Reason>, now: Instant, load: &Load) {
        let first = self.first.unwrap_or(now);
        let usage = Usage {
            prompt: count(self.job.prompt.len()),
            reused: count(self.reused),
            written: count(self.written.len()),
            waited: self.began.duration_since(self.job.came),
            reading: first.duration_since(self.began),
            writing: now.duration_since(first),
        };
        load.ended(&usage, &outcome, self.job.is_left());
        let _ = self.job.end.set((self.held, outcome.map(|reason| End { reason, usage })));
    }

    fn show(&mut self, piece: String) {
        if !piece.is_empty() {
            self.text.push_str(&piece);
            self.held.push_str(&piece);
            self.offer();
        }
    }

    fn send(&mut self, text: String) {
        if let Err(TrySendError::Full(Output::Text(text))) = self.job.out.try_send(Output::Text(text)) {
            self.held = text;
        }
    }
}

fn count(tokens: usize) -> u32 {
    u32::try_from(tokens).unwrap_or(u32::MAX)
}

/// Greedy at temperature 0, else what is left after the cuts, drawn with the seed.
fn sampler(request: &Request) -> LlamaSampler {
    if request.temperature.is_nan() || request.temperature <= 0.0 {
        return LlamaSampler::greedy();
    }
    LlamaSampler::chain_simple([
        LlamaSampler::min_p(request.min_p.clamp(0.0, 1.0), 1),
        LlamaSampler::top_p(request.top_p.clamp(0.0, 1.0), 1),
        LlamaSampler::temp(request.temperature),
        LlamaSampler::dist(request.seed),
    ])
}
