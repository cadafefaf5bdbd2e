//! What the engine has to do and how quick it is, for those who ask whether to wait.

use std::{
    sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering},
    time::Duration,
};

use domain::{Result, model::Figures};
use inference::{Reason, Usage};

/// Share of a new measurement in the running mean.
const WEIGHT: f32 = 0.2;

/// Counts and rates, written by the thread of the model and read by everybody.
#[derive(Debug, Default)]
pub(super) struct Load {
    /// Requests that were taken and have not begun.
    waiting: AtomicUsize,
    /// Tokens of prompts that are still to be read.
    unread: AtomicUsize,
    /// Tokens that may still be written by all requests together.
    unwritten: AtomicUsize,
    /// Answers that are being read or written.
    running: AtomicUsize,
    /// Answers that can be at once.
    sequences: usize,
    /// Tokens a second: of prompts, and of one conversation's answer. 0 means not measured yet.
    reading: AtomicU32,
    writing: AtomicU32,
    /// Tokens that the memory holds, and can hold.
    cells: AtomicUsize,
    most_cells: AtomicUsize,
    /// Bytes of conversations that are put aside, and may be.
    aside: AtomicUsize,
    most_aside: usize,
    since_start: Counts,
}

/// What was done since the start; the fields are those of [`Figures`].
#[derive(Debug, Default)]
struct Counts {
    requests: AtomicU64,
    prompt: AtomicU64,
    reused: AtomicU64,
    restored: AtomicU64,
    written: AtomicU64,
    refused: AtomicU64,
    late: AtomicU64,
    failed: AtomicU64,
    left: AtomicU64,
}

impl Load {
    pub(super) fn new(sequences: usize, most_aside: usize) -> Self {
        Self { sequences: sequences.max(1), most_aside, ..Self::default() }
    }

    /// Takes a request in, unless `most` wait already.
    pub(super) fn enter(&self, most: usize) -> bool {
        self.waiting
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| (waiting < most).then_some(waiting + 1))
            .is_ok()
    }

    /// One that was taken in begins or goes.
    pub(super) fn leave(&self) {
        let _ = self.waiting.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |waiting| waiting.checked_sub(1));
    }

    /// A conversation of this many tokens was brought back.
    pub(super) fn has_restored(&self, tokens: usize) {
        self.since_start.restored.fetch_add(tokens as u64, Ordering::Relaxed);
    }

    /// One is turned away.
    pub(super) fn refuse(&self) {
        self.since_start.refused.fetch_add(1, Ordering::Relaxed);
    }

    /// One that was taken in has ended; its reader may have left before.
    pub(super) fn ended(&self, usage: &Usage, outcome: &Result<Reason>, left: bool) {
        let counts = &self.since_start;
        let add = |count: &AtomicU64, more: u64| _ = count.fetch_add(more, Ordering::Relaxed);
        add(&counts.requests, 1);
        add(&counts.prompt, u64::from(usage.prompt));
        add(&counts.reused, u64::from(usage.reused));
        add(&counts.written, u64::from(usage.written));
        match outcome {
            _ if left => add(&counts.left, 1),
            Ok(Reason::Late(_)) => add(&counts.late, 1),
            Ok(Reason::Done | Reason::Length) => {}
            Err(_) => add(&counts.failed, 1),
        }
    }

    /// What those who look after it see, when `queue` may wait.
    pub(super) fn figures(&self, queue: usize) -> Figures {
        let [running, places, waiting, queue] =
            [self.running.load(Ordering::Relaxed), self.sequences, self.waiting.load(Ordering::Relaxed), queue]
                .map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        let count = |count: &AtomicU64| count.load(Ordering::Relaxed);
        let counts = &self.since_start;
        Figures {
            running,
            places,
            waiting,
            queue,
            reading: rate(&self.reading).unwrap_or_default(),
            writing: rate(&self.writing).unwrap_or_default(),
            cells: self.cells.load(Ordering::Relaxed) as u64,
            most_cells: self.most_cells.load(Ordering::Relaxed) as u64,
            aside: self.aside.load(Ordering::Relaxed) as u64,
            most_aside: self.most_aside as u64,
            restored: count(&counts.restored),
            requests: count(&counts.requests),
            prompt: count(&counts.prompt),
            reused: count(&counts.reused),
            written: count(&counts.written),
            refused: count(&counts.refused),
            late: count(&counts.late),
            failed: count(&counts.failed),
            left: count(&counts.left),
        }
    }

    /// How much of the memory is in use.
    pub(super) fn set_memory(&self, cells: usize, most: usize, aside: usize) {
        self.aside.store(aside, Ordering::Relaxed);
        self.cells.store(cells, Ordering::Relaxed);
        self.most_cells.store(most, Ordering::Relaxed);
    }

    /// What there is to do now.
    pub(super) fn set(&self, unread: usize, unwritten: usize, running: usize) {
        self.unread.store(unread, Ordering::Relaxed);
        self.unwritten.store(unwritten, Ordering::Relaxed);
        self.running.store(running, Ordering::Relaxed);
    }

    /// `tokens` of prompts took `time`.
    pub(super) fn has_read(&self, tokens: usize, time: Duration) {
        mix(&self.reading, tokens as f32 / time.as_secs_f32().max(1e-6));
    }

    /// One token of each conversation that is being written took `time`.
    pub(super) fn has_written(&self, time: Duration) {
        mix(&self.writing, 1.0 / time.as_secs_f32().max(1e-6));
    }

    /// How long a turn takes that writes one token of each of `writing` answers, as far as is known.
    pub(super) fn writing_time(&self, writing: usize) -> Duration {
        rate(&self.writing).filter(|_| writing > 0).map_or(Duration::ZERO, |rate| Duration::from_secs_f32(1.0 / rate))
    }

    /// Tokens of prompts that are read in a second; `None` before any was.
    pub(super) fn reading_rate(&self) -> Option<f32> {
        rate(&self.reading)
    }

    /// How long a prompt of `prompt` tokens would wait for its first token, if it came now:
    /// everything before it is read, and when all places are taken, one of them is written to its
    /// end. `None` before anything was measured.
    pub(super) fn wait(&self, prompt: usize) -> Option<Duration> {
        let full = self.running.load(Ordering::Relaxed) >= self.sequences;
        let unwritten = if full { self.unwritten.load(Ordering::Relaxed) } else { 0 };
        self.time(self.unread.load(Ordering::Relaxed) + prompt, unwritten)
    }

    /// How long it takes to read `unread` tokens of prompts and to write `unwritten` tokens in all
    /// places at once. `None` before anything was measured.
    pub(super) fn time(&self, unread: usize, unwritten: usize) -> Option<Duration> {
        let reading = unread as f32 / self.reading_rate()?;
        let writing = rate(&self.writing).map_or(0.0, |rate| unwritten as f32 / (rate * self.sequences as f32));
        Some(Duration::from_secs_f32((reading + writing).min(86_400.0)))
    }
}

fn rate(of: &AtomicU32) -> Option<f32> {
    Some(f32::from_bits(of.load(Ordering::Relaxed))).filter(|rate| *rate > 0.0)
}

fn mix(into: &AtomicU32, measured: f32) {
    let mixed = rate(into).map_or(measured, |before| before + WEIGHT * (measured - before));
    into.store(mixed.to_bits(), Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_grows_with_what_is_before_and_when_all_places_are_taken() {
        let load = Load::new(2, 0);
        assert_eq!(load.wait(100), None);
        load.has_read(100, Duration::from_secs(1));
        load.has_written(Duration::from_millis(100));
        load.set(300, 200, 1);
        assert_eq!(load.wait(100), Some(Duration::from_secs(4)));
        load.set(300, 200, 2);
        assert_eq!(load.wait(100), Some(Duration::from_secs(14)));
        load.has_read(200, Duration::from_secs(1));
        assert_eq!(load.reading_rate(), Some(120.0));
    }

    #[test]
    fn no_more_enter_than_there_is_room_for() {
        let load = Load::new(1, 0);
        assert!(load.enter(2) && load.enter(2) && !load.enter(2));
        load.leave();
        assert!(load.enter(2));
        for _ in 0..5 {
            load.leave();
        }
        assert!(load.enter(1) && !load.enter(1));
    }
}
