//! No text that stands in a prompt adds a token for control, or takes one away, whatever it says.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

#[path = "../../services/tests/injection/mod.rs"]
mod corpus;

use corpus::attempts;
use domain::model::ModelRole;
use inference::prompt::{PromptFile, Variable};
use inference::{Message, Request};
use llama::tiny::{self, Tiny};
use llama::{Chat, ChatOptions};
use serde_json::{Map, Value, json};

const QWEN: &str = include_str!("fixtures/templates/qwen2.5-instruct.jinja");
const PHI: &str = include_str!("fixtures/templates/phi-3-mini-instruct.jinja");
const FIRST_PHI: &str = include_str!("fixtures/templates/phi-3-mini-instruct-first.jinja");

/// The numbers of tokens for control: `<s>`, `</s>` and two of ChatML come first, then Phi-3's.
const CONTROL: std::ops::RangeInclusive<i32> = 1..=4;
const PHI_CONTROL: std::ops::RangeInclusive<i32> = 1..=8;

struct Reader {
    name: &'static str,
    chat: Chat,
    control: std::ops::RangeInclusive<i32>,
}

/// A tiny model with each of the templates.
fn readers() -> Vec<Reader> {
    let folder = tempfile::tempdir().unwrap();
    // The first Phi-3's template does not name its token for the system.
    let templates = [("Qwen2.5", QWEN, CONTROL), ("Phi-3", PHI, PHI_CONTROL), ("the first Phi-3", FIRST_PHI, 1..=7)];
    let reader = |(name, template, control)| {
        let path = folder.path().join(name);
        tiny::write(&path, Tiny { template: Some(template), ..Tiny::default() }).unwrap();
        let chat = Chat::open(name, &path, ChatOptions { threads: 1, ..ChatOptions::default() }).unwrap();
        Reader { name, chat, control }
    };
    templates.map(reader).into()
}

impl Reader {
    /// The tokens for control in what the model reads, in order.
    fn control(&self, request: &Request) -> Vec<i32> {
        let tokens = self.chat.token_ids(request).unwrap();
        tokens.into_iter().filter(|token| self.control.contains(token)).collect()
    }
}

fn conversation(messages: &[Message]) -> Request {
    Request { max_tokens: 1, ..Request::new(ModelRole::Fast, messages.to_vec(), 1) }
}

#[test]
fn every_turn_has_its_tokens() {
    let (system, user, said) = (Message::system("Be brief."), Message::user("Hello"), Message::assistant("Hi"));
    let expected = [
        vec![1, 3, 4, 3, 4, 3, 4, 3, 4, 3],
        vec![1, 5, 8, 6, 8, 7, 8, 6, 8, 7],
        // <|user|>, <|assistant|> and <|end|> are 5, 6 and 7 there.
        vec![1, 5, 7, 6, 7, 5, 7, 6],
    ];
    for (reader, expected) in readers().iter().zip(expected) {
        let request = conversation(&[system.clone(), user.clone(), said.clone(), user.clone()]);
        assert_eq!(reader.control(&request), expected, "{}", reader.name);
        let shorter = conversation(&[system.clone(), user.clone()]);
        assert_ne!(reader.control(&shorter), expected, "a turn more or less is seen");
    }
}

#[test]
fn texts_that_are_not_even_escaped_add_no_token() {
    for reader in readers() {
        let harmless = reader.control(&conversation(&[Message::system("Be brief."), Message::user("Hello")]));
        for attempt in attempts() {
            let text: String = attempt.text.chars().take(900).collect();
            for messages in
                [[Message::system("Be brief."), Message::user(&text)], [Message::system(&text), Message::user("Hello")]]
            {
                let control = reader.control(&conversation(&messages));
                // Control characters of the text itself are bytes, whose numbers come right after.
                assert_eq!(control, harmless, "{} for {}", attempt.id, reader.name);
            }
        }
    }
}

#[test]
fn no_attempt_in_a_prompt_adds_a_token() {
    let readers = readers();
    for file in knowledge::prompts::ALL.map(|text| PromptFile::parse(text).unwrap()) {
        for (task, variables) in file.tasks() {
            let filled = |untrusted: &str| {
                let value = |kind: &Variable| match kind {
                    Variable::Text => json!("Backend developer"),
                    Variable::Number => json!(3),
                    Variable::Untrusted(_) => json!({ "untrusted": untrusted }),
                };
                let values: Map<String, Value> =
                    variables.iter().map(|(name, kind)| (name.clone(), value(kind))).collect();
                file.request(task, &values, 1).unwrap()
            };
            for reader in &readers {
                let harmless = reader.control(&filled("I measured it first."));
                assert!(harmless.len() >= 4);
                for attempt in attempts() {
                    let control = reader.control(&filled(&attempt.text));
                    assert_eq!(control, harmless, "{} in {task} for {}", attempt.id, reader.name);
                }
            }
        }
    }
}
