//! The tokens of what the model said, so that a conversation's history is never tokenised anew.
//!
//! A model may write a text in other tokens than the tokeniser would choose for it. Were the text
//! tokenised again for the next turn, the memory would not match from there on.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use llama_cpp_2::token::LlamaToken;

/// Conversations that are remembered; the memory of llama.cpp holds fewer.
const CONVERSATIONS: usize = 256;

/// Answers with their tokens, in the order in which they were given.
pub(super) type Answers = Vec<(String, Vec<LlamaToken>)>;

/// What was said in the latest conversations.
#[derive(Debug, Default)]
pub(super) struct Said(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    answers: HashMap<String, Answers>,
    /// Names in the order in which they first came.
    order: VecDeque<String>,
}

impl Said {
    /// The model wrote `text` as `tokens`.
    pub(super) fn keep(&self, conversation: &str, text: String, tokens: Vec<LlamaToken>) {
        let mut kept = self.lock();
        if !kept.answers.contains_key(conversation) {
            if kept.order.len() >= CONVERSATIONS
                && let Some(first) = kept.order.pop_front()
            {
                kept.answers.remove(&first);
            }
            kept.order.push_back(conversation.to_owned());
        }
        kept.answers.entry(conversation.to_owned()).or_default().push((text, tokens));
    }

    /// What the model wrote in a conversation.
    pub(super) fn in_conversation(&self, conversation: &str) -> Answers {
        self.lock().answers.get(conversation).cloned().unwrap_or_default()
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_latest_conversations_are_remembered() {
        let said = Said::default();
        for number in 0..=CONVERSATIONS {
            said.keep(&number.to_string(), "yes".into(), vec![LlamaToken(7)]);
        }
        assert!(said.in_conversation("0").is_empty());
        assert_eq!(said.in_conversation("1"), [("yes".to_owned(), vec![LlamaToken(7)])]);
        assert_eq!(said.lock().answers.len(), CONVERSATIONS);
    }
}
