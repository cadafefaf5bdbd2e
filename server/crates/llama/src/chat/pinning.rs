//! Reading the product's own beginnings when the model is loaded.

use std::time::Instant;

use domain::Result;
use llama_cpp_2::token::LlamaToken;

use super::{ChatOptions, plan::BATCH, prompt, reader::failed, worker::Worker};

impl Worker<'_> {
    /// Reads the product's own beginnings, so that no conversation has to. One that does not fit
    /// into half of the memory is left out.
    pub(super) fn pin(&mut self, system_prompts: &[String]) {
        let mut room = self.most / 2;
        for system_prompt in system_prompts.iter().take(ChatOptions::MOST_SEQUENCES) {
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
}
