//! The life of the thread `infer-0`: it takes requests in, and in each turn has the model read
//! one token of every answer that is being written, and then parts of new prompts.

use std::{
    path::Path,
    sync::{Arc, atomic::Ordering, mpsc as std_mpsc},
    thread,
    time::{Duration, Instant},
};

use domain::{Error, Result};
use inference::{Class, Deadline, Reason};
use llama_cpp_2::{context::session::SeqState, model::LlamaModel, token::LlamaToken};
use tokio::sync::mpsc;

use super::{
    ChatOptions, Ready, Shared,
    answer::{Answer, Job},
    aside::Aside,
    plan::{BATCH, budget, lacks_one, level, shares},
    reader::{Reader, failed},
    slots::{Known, Owner, Slots},
    waiting::Waiting,
};
use crate::{backend, compute, gguf::Architecture};

/// How long the thread rests when all readers are slow.
const REST: Duration = Duration::from_millis(2);

/// Tokens without choice that an answer takes in one turn at most: reading more at once would stall the others.
const FORCED: usize = 15;

/// Loads the model, says so, and answers until the queue ends.
pub(super) fn run(
    path: &Path,
    options: &ChatOptions,
    ready: &std_mpsc::Sender<Ready>,
    (mut queue, shared): (mpsc::UnboundedReceiver<Job>, Arc<Shared>),
) {
    let loaded = backend::load(path, |kind| kind != Architecture::Bert).map(Arc::new);
    let worker = loaded.as_ref().map_err(Error::clone).and_then(|model| Worker::new(model, options, &shared));
    let mut worker = match worker {
        Ok(worker) => worker,
        Err(error) => {
            let _ = ready.send(Err(error));
            return;
        }
    };
    let context = worker.most;
    let _ = ready.send(loaded.clone().map(|model| (model, context)));
    worker.pin(&options.system_prompts);
    worker.serve(&mut queue);
}

/// Owns what llama.cpp allocates for the model.
pub(super) struct Worker<'a> {
    pub(super) model: &'a LlamaModel,
    pub(super) reader: Reader<'a>,
    pub(super) shared: &'a Shared,
    /// Tokens of a question and its answer together, at most.
    pub(super) most: usize,
    pub(super) slots: Slots<LlamaToken>,
    /// Answers that can be at once.
    places: usize,
    /// The number of the first sequence that holds a pinned beginning; those below are the slots.
    pub(super) pins: usize,
    waiting: Waiting<Job>,
    answers: Vec<Answer>,
    pub(super) aside: Aside<LlamaToken, SeqState>,
    /// Tokens without choice that an answer may take in one turn, so that all fit into a batch.
    forced: usize,
}

impl<'a> Worker<'a> {
    fn new(model: &'a LlamaModel, options: &ChatOptions, shared: &'a Shared) -> Result<Self> {
        let most = options.context.min(model.n_ctx_train()).max(BATCH as u32);
        let sequences = options.sequences.clamp(1, ChatOptions::MOST_SEQUENCES);
        let pins = options.system_prompts.len().min(ChatOptions::MOST_SYSTEM_PROMPTS);
        let reader = Reader::new(model, options.memory.max(most), sequences + pins, options.threads)?;
        Ok(Self {
            model,
            shared,
            most: most as usize,
            slots: Slots::new(sequences, reader.cells()),
            places: sequences,
            pins: sequences,
            waiting: Waiting::default(),
            answers: Vec::new(),
            aside: Aside::new(options.aside),
            forced: (BATCH / sequences).saturating_sub(1).min(FORCED),
            reader,
        })
    }

    fn serve(&mut self, queue: &mut mpsc::UnboundedReceiver<Job>) {
        loop {
            if self.answers.is_empty() && self.waiting.len() == 0 {
                match queue.blocking_recv() {
                    Some(job) => self.take(job),
                    None => return,
                }
            }
            while let Ok(job) = queue.try_recv() {
                self.take(job);
            }
            if self.shared.stop.load(Ordering::Relaxed) {
                return;
            }
            let now = Instant::now();
            self.let_go(now);
            self.admit(now);
            if !self.turn() {
                thread::sleep(REST);
            }
            self.tell();
        }
    }

    fn take(&mut self, mut job: Job) {
        // With all places taken or spoken for, shorter answers have the next in line wait less.
        if self.answers.len() + self.waiting.len() >= self.places {
            job.shorten();
        }
        let cost = job.prompt.len().saturating_add(job.most()) as u64;
        let (class, person) = (job.request.class, job.request.person.clone());
        self.waiting.push(class, &person, cost, job);
    }

    /// Ends what nobody waits for and what is too late.
    fn let_go(&mut self, now: Instant) {
        for job in self.waiting.remove(|job| job.is_left() || job.is_late(now).is_some()) {
            self.shared.load.leave();
            let late = job.is_late(now).unwrap_or(Deadline::Total);
            job.turn_away(Ok(Reason::Late(late)), now, &self.shared.load);
        }
        let pauses = self.pauses();
        for index in (0..self.answers.len()).rev() {
            self.answers[index].offer();
            if pauses && self.answers[index].job.request.class == Class::Background {
                self.answers[index].rest(now);
            }
            let late = self.answers[index].is_late(now);
            if self.answers[index].job.is_left() || late.is_some() {
                self.end(index, Ok(Reason::Late(late.unwrap_or(Deadline::Total))));
            }
        }
    }

    /// Whether what nobody waits for rests, because somebody waits for a place that others will leave.
    fn pauses(&self) -> bool {
        self.waiting.is_waited_for() && self.background() < self.answers.len()
    }

    /// Answers that nobody waits for.
    fn background(&self) -> usize {
        self.answers.iter().filter(|answer| answer.job.request.class == Class::Background).count()
    }

    /// Gives places to those whose turn it is, as long as there are any. What nobody waits for gets
    /// half of them at most, so that whoever comes finds one.
    fn admit(&mut self, now: Instant) {
        let mut background = self.background();
        while let Some(job) = self.waiting.peek() {
            if job.request.class == Class::Background {
                if background >= self.places.div_ceil(2) {
                    return;
                }
                background += 1;
            }
            let owner = Owner { person: job.request.person.clone(), conversation: job.request.conversation.clone() };
            let (prompt, most) = (job.prompt.len(), job.most());
            let aside = self.aside.known(&job.prompt, prompt + most, &owner);
            let Some(plan) = self.slots.plan(&job.prompt, most, &owner, aside) else { return };
            let Some(job) = self.waiting.pop() else { return };
            self.shared.load.leave();
            // Taken first, for whoever leaves may push it out.
            let back = if let Known::Aside(_) = plan.known { self.aside.take(&owner) } else { None };
            for slot in &plan.evict {
                self.put_aside(*slot);
                self.reader.forget(*slot, 0);
            }
            if !matches!(plan.known, Known::Own(_)) {
                self.put_aside(plan.slot);
            }
            self.slots.begin(&plan, prompt, most, owner);
            let length = plan.known.len();
            let known = match plan.known {
                Known::Own(_) if self.reader.forget(plan.slot, length) => length,
                Known::Pinned(number, _) => self.copied(self.pins + number, plan.slot, length),
                Known::Copied(from, _) => self.copied(from, plan.slot, length),
                Known::Aside(_) => back.map_or(0, |copy| self.bring_back(copy, plan.slot, length)),
                Known::Own(_) | Known::Nothing => {
                    self.reader.forget(plan.slot, 0);
                    0
                }
            };
            self.slots.cut(plan.slot, known);
            self.answers.push(Answer::new(job, plan.slot, known, now));
        }
    }

    /// One turn; false if there was nothing to do.
    fn turn(&mut self) -> bool {
        self.reader.clear();
        let mut parts: Vec<Part> = Vec::new();
        let mut unread = vec![0; self.answers.len()];
        let pauses = self.pauses();
        for (index, answer) in self.answers.iter().enumerate() {
            let held = self.slots.tokens(answer.slot).len();
            if pauses && answer.job.request.class == Class::Background {
                continue;
            }
            unread[index] = answer.job.prompt.len().saturating_sub(held);
            if !answer.drawn.is_empty() && answer.is_ready() {
                parts.push(Part { answer: index, tokens: answer.drawn.clone(), draws: true });
            }
        }
        let writing = parts.len();
        let written = parts.iter().map(|part| part.tokens.len()).sum();
        let disturbed = compute::others_wait();
        let room = budget(written, self.shared.load.reading_rate(), disturbed);
        let room = level(unread.iter().sum(), room, written);
        for (index, share) in shares(&unread, room).into_iter().enumerate().filter(|(_, share)| *share > 0) {
            let answer = &self.answers[index];
            let held = self.slots.tokens(answer.slot).len();
            let tokens = answer.job.prompt[held..held + share].to_vec();
            parts.push(Part { answer: index, tokens, draws: share == unread[index] });
        }
        if parts.is_empty() {
            return false;
        }
        self.read(&parts, writing);
        true
    }

    /// Has the model read `parts`, the first `writing` of which are drawn tokens, and draws what
    /// follows them.
    fn read(&mut self, parts: &[Part], writing: usize) {
        let mut drawing = Vec::new();
        for part in parts {
            let slot = self.answers[part.answer].slot;
            let held = self.slots.tokens(slot).len();
            for (index, token) in part.tokens.iter().enumerate() {
                let draws = part.draws && index + 1 == part.tokens.len();
                match self.reader.add(*token, held + index, slot, draws) {
                    Ok(place) if draws => drawing.push((part.answer, place)),
                    Ok(_) => {}
                    Err(error) => return self.fail(parts, &error),
                }
            }
        }
        let tokens: usize = parts.iter().map(|part| part.tokens.len()).sum();
        if lacks_one(tokens)
            && self.slots.held() + tokens < self.reader.cells()
            && let Err(error) = self.reader.fill()
        {
            return self.fail(parts, &error);
        }
        let began = Instant::now();
        match self.reader.read() {
            Ok(true) => {}
            // Cells may be scattered: the next turn has more room.
            Ok(false) if self.make_room() => return,
            Ok(false) => return self.fail(parts, &failed(&"its memory is full")),
            Err(error) => return self.fail(parts, &error),
        }
        self.measure(parts, writing, began.elapsed());
        for part in parts {
            let slot = self.answers[part.answer].slot;
            part.tokens.iter().for_each(|token| self.slots.append(slot, *token));
            self.answers[part.answer].drawn.clear();
        }
        let now = Instant::now();
        let mut ended = Vec::new();
        for (index, place) in drawing {
            match self.draw(index, place, now) {
                Ok(None) => {}
                Ok(Some(reason)) => ended.push((index, Ok(reason))),
                Err(error) => ended.push((index, Err(error))),
            }
        }
        ended.sort_by_key(|(index, _)| std::cmp::Reverse(*index));
        for (index, outcome) in ended {
            self.end(index, outcome);
        }
    }

    /// Draws the next token of an answer; the reason if it ends there.
    fn draw(&mut self, index: usize, place: i32, now: Instant) -> Result<Option<Reason>> {
        let answer = &mut self.answers[index];
        let vocabulary = self.model.vocab();
        let write = |answer: &mut Answer, token| {
            let bytes = vocabulary.token_to_piece(token, false, None);
            answer.write(token, &bytes, vocabulary.is_eog(token), now)
        };
        let Some(mut grammar) = answer.job.grammar.take() else {
            let token = self.reader.draw(&mut answer.sampler, place)?;
            return Ok(write(answer, token));
        };
        let token = grammar.draw(&mut self.reader, &mut answer.sampler, place)?;
        let mut reason = write(answer, token);
        let complete = grammar.take(token)?;
        let most = self.forced.min(answer.unwritten());
        let forced = if complete || reason.is_some() { Vec::new() } else { grammar.forced(most)? };
        for token in forced {
            reason = reason.or_else(|| write(answer, token));
        }
        let complete = grammar.is_complete()?;
        answer.job.grammar = Some(grammar);
        Ok(if complete { Some(Reason::Done) } else { reason })
    }

    /// Notes how quick that was. What the written tokens take is known from turns without prompts.
    fn measure(&self, parts: &[Part], writing: usize, took: Duration) {
        let read: usize = parts[writing..].iter().map(|part| part.tokens.len()).sum();
        let load = &self.shared.load;
        if read == 0 {
            load.has_written(took);
        } else {
            load.has_read(read, took.saturating_sub(load.writing_time(writing)));
        }
    }

    /// Ends all answers of `parts`: after a failed step, what the memory holds of them is unknown.
    fn fail(&mut self, parts: &[Part], error: &Error) {
        let mut failing: Vec<_> = parts.iter().map(|part| part.answer).collect();
        failing.sort_unstable_by_key(|index| std::cmp::Reverse(*index));
        failing.dedup();
        for index in failing {
            let slot = self.answers[index].slot;
            self.end(index, Err(error.clone()));
            self.reader.forget(slot, 0);
            self.slots.empty(slot);
        }
    }

    /// Ends an answer and frees its place.
    fn end(&mut self, index: usize, outcome: Result<Reason>) {
        let mut answer = self.answers.remove(index);
        answer.finish();
        if let Some(conversation) = &answer.job.request.conversation {
            let (text, tokens) = answer.said();
            self.shared.said.keep(conversation, text, tokens);
        }
        if !self.slots.end(answer.slot) {
            self.reader.forget(answer.slot, 0);
        }
        answer.end(outcome, Instant::now(), &self.shared.load);
    }

    /// Tells those who ask what there is to do.
    fn tell(&mut self) {
        let mut unread = 0;
        let mut unwritten = 0;
        for answer in &self.answers {
            unread += answer.job.prompt.len().saturating_sub(self.slots.tokens(answer.slot).len());
            unwritten += answer.unwritten();
        }
        let (load, now, mut ahead) = (&self.shared.load, Instant::now(), 0);
        self.waiting.each_in_order(|job| {
            unread += job.prompt.len();
            job.tell(ahead, load.time(unread, unwritten).unwrap_or_default(), now);
            unwritten += job.most();
            ahead += 1;
        });
        load.set(unread, unwritten, self.answers.len());
        load.set_memory(self.slots.held(), self.reader.cells(), self.aside.bytes());
    }
}

/// Tokens of one answer that go into a turn.
struct Part {
    answer: usize,
    tokens: Vec<LlamaToken>,
    /// Whether the token that follows the last one is wanted.
    draws: bool,
}
