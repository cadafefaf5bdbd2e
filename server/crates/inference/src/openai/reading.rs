//! An answer as it comes over the wire.

use std::{collections::VecDeque, time::Duration};

use domain::Result;
use futures::{
    StreamExt,
    stream::{self, BoxStream},
};
use tokio::time::Instant;

use super::{
    broken,
    endpoints::Use,
    events::Events,
    unreachable_model,
    wire::{self, Chunk},
};
use crate::{Deadline, Deadlines, End, Output, Outputs, Reason, Usage};

/// The mark after the last event.
const DONE: &str = "[DONE]";

/// An answer whose server has begun it.
pub(super) struct Reading<B> {
    body: BoxStream<'static, reqwest::Result<B>>,
    events: Events,
    /// Counts as an open request there until the answer ends or is dropped.
    endpoint: Use,
    deadlines: Deadlines,
    came: Instant,
    first: Option<Instant>,
    last: Instant,
    usage: Usage,
    reason: Option<Reason>,
    ready: VecDeque<Result<Output>>,
    is_over: bool,
}

impl<B: AsRef<[u8]> + Send + 'static> Reading<B> {
    pub(super) fn new(
        body: BoxStream<'static, reqwest::Result<B>>,
        endpoint: Use,
        deadlines: Deadlines,
        came: Instant,
    ) -> Self {
        Self {
            body,
            events: Events::default(),
            endpoint,
            deadlines,
            came,
            first: None,
            last: came,
            usage: Usage { waited: came.elapsed(), ..Usage::default() },
            reason: None,
            ready: VecDeque::new(),
            is_over: false,
        }
    }

    /// What comes, until the end.
    pub(super) fn outputs(self, model: String) -> Outputs {
        stream::unfold((self, model), |(mut reading, model)| async {
            let output = reading.next(&model).await?;
            Some((output, (reading, model)))
        })
        .boxed()
    }

    async fn next(&mut self, model: &str) -> Option<Result<Output>> {
        loop {
            if let Some(output) = self.ready.pop_front() {
                return Some(output);
            }
            if self.is_over {
                return None;
            }
            let (deadline, until) = self.deadline();
            match tokio::time::timeout_at(until, self.body.next()).await {
                Err(_) => self.end(Reason::Late(deadline)),
                Ok(Some(Ok(bytes))) => self.read(bytes.as_ref(), model),
                Ok(Some(Err(error))) => {
                    self.endpoint.note(false, Instant::now());
                    self.fail(unreachable_model(model, &error.without_url()));
                }
                // Some servers close without the mark.
                Ok(None) => match self.reason {
                    Some(reason) => self.end(reason),
                    None => self.fail(broken(model)),
                },
            }
        }
    }

    /// The deadline that passes next, and when.
    fn deadline(&self) -> (Deadline, Instant) {
        let total = (Deadline::Total, self.came + self.deadlines.total);
        let step = match self.first {
            None => (Deadline::First, self.came + self.deadlines.first),
            Some(_) => (Deadline::Idle, self.last + self.deadlines.idle),
        };
        if step.1 <= total.1 { step } else { total }
    }

    fn read(&mut self, bytes: &[u8], model: &str) {
        let Ok(events) = self.events.push(bytes) else {
            return self.fail(broken(model));
        };
        for event in events {
            if event == DONE {
                return self.end(self.reason.unwrap_or(Reason::Done));
            }
            match serde_json::from_str::<Chunk>(&event) {
                Ok(chunk) if chunk.error.is_none() => self.take(chunk),
                _ => {
                    tracing::warn!(model, "a model server sent something else than a part of an answer");
                    return self.fail(broken(model));
                }
            }
        }
    }

    fn take(&mut self, chunk: Chunk) {
        if let Some(counts) = chunk.usage {
            counts.fill(&mut self.usage);
        }
        for choice in chunk.choices {
            if let Some(text) = choice.delta.content.filter(|text| !text.is_empty()) {
                self.last = Instant::now();
                self.first.get_or_insert(self.last);
                self.ready.push_back(Ok(Output::Text(text)));
            }
            self.reason = choice.finish_reason.as_deref().map(wire::reason).or(self.reason);
        }
    }

    fn end(&mut self, reason: Reason) {
        let now = Instant::now();
        let first = self.first.unwrap_or(now);
        let since_start = first.duration_since(self.came);
        self.usage.reading = since_start.checked_sub(self.usage.waited).unwrap_or(Duration::ZERO);
        self.usage.writing = now.duration_since(first);
        self.ready.push_back(Ok(Output::End(End { reason, usage: self.usage })));
        self.is_over = true;
    }

    fn fail(&mut self, error: domain::Error) {
        self.ready.push_back(Err(error));
        self.is_over = true;
    }
}
