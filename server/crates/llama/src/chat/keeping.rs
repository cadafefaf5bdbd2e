//! What the memory holds besides what answers read into it: the product's own beginnings, beginnings that two places
//! share, and conversations that come back.

use std::time::Instant;

use domain::Result;
use llama_cpp_2::{context::session::SeqState, token::LlamaToken};

use super::{ChatOptions, aside::Copy, plan::BATCH, prompt, reader::failed, worker::Worker};

impl Worker<'_> {
    /// Reads the product's own beginnings, so that no conversation has to. One that does not fit
    /// into half of the memory is left out.
    pub(super) fn pin(&mut self, system_prompts: &[String]) {
        let mut room = self.most / 2;
        for system_prompt in system_prompts.iter().take(ChatOptions::MOST_SYSTEM_PROMPTS) {
            let tokens = prompt::beginning(self.model, system_prompt);
            if tokens.is_empty() || tokens.len() > room {
                continue;
            }
            room -= tokens.len();
            let number = self.slots.pin(tokens.clone());
            if let Err(error) = self.read_alone(self.pins + number, &tokens) {
                tracing::warn!(%error, "a system prompt could not be prepared");
                return;
            }
        }
    }

    /// Has the model read `tokens` into a sequence that holds nothing.
    fn read_alone(&mut self, sequence: usize, tokens: &[LlamaToken]) -> Result<()> {
        for (step, part) in tokens.chunks(BATCH).enumerate() {
            self.reader.clear();
            for (index, token) in part.iter().enumerate() {
                self.reader.add(*token, step * BATCH + index, sequence, index + 1 == part.len())?;
            }
            let began = Instant::now();
            if !self.reader.read()? {
                return Err(failed(&"its memory is too small for the system prompts"));
            }
            self.shared.load.has_read(part.len(), began.elapsed());
        }
        Ok(())
    }

    /// Keeps what a place holds elsewhere, before the place is emptied, if its conversation may go on.
    pub(super) fn put_aside(&mut self, slot: usize) {
        let Some((owner, tokens)) = self.slots.idle(slot).filter(|(owner, held)| self.aside.wants(owner, held.len()))
        else {
            return;
        };
        let (owner, tokens) = (owner.clone(), tokens.to_vec());
        if let Ok(state) = self.reader.state(slot) {
            let bytes = state.byte_len();
            self.aside.put(Copy { owner, tokens, state, bytes });
        }
    }

    /// Has a place begin with the first `length` tokens of what was put aside; how many it could.
    pub(super) fn bring_back(&mut self, mut copy: Copy<LlamaToken, SeqState>, slot: usize, length: usize) -> usize {
        self.reader.forget(slot, 0);
        if !self.reader.restore(slot, &copy.state) || !self.reader.forget(slot, length) {
            return 0;
        }
        self.shared.load.has_restored(length);
        copy.tokens.truncate(length);
        self.slots.fill(slot, copy.tokens);
        length
    }

    /// Has a place begin with the first `length` tokens of another sequence; how many it could.
    pub(super) fn copied(&mut self, from: usize, slot: usize, length: usize) -> usize {
        self.reader.forget(slot, 0);
        self.reader.copy(from, slot, length).map_or(0, |()| length)
    }

    /// Empties the place that is worth least; false if there is none.
    pub(super) fn make_room(&mut self) -> bool {
        let Some(slot) = self.slots.least_idle() else { return false };
        self.put_aside(slot);
        self.reader.forget(slot, 0);
        self.slots.empty(slot);
        true
    }
}
