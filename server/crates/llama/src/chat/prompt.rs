//! Turning a conversation into the tokens that a model was trained to continue.
//!
//! What the template adds is read with its special tokens; what people wrote never is, so that no
//! text from a person or a file can end its turn and speak as somebody else.
//!
//! The model's own template is used as published. Where it has no place for a system message
//! (Phi-3's first, Gemma's), that stands at the beginning of the person's turn instead. A template
//! that cannot be run is left to llama.cpp, which knows many by their marks; what that does not
//! know, or a file without a template, gets a plain conversation.

use inference::{Message, Role};
use llama_cpp_2::{
    model::{LlamaChatMessage, LlamaModel},
    token::LlamaToken,
};

use super::{
    said::Answers,
    template::{Template, Turn},
};

/// Stands for a message while the template is applied: a character for private use, which no
/// template has.
const MARK: char = '\u{F8FF}';

/// A conversation, ready to be tokenised.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Prompt {
    parts: Vec<Part>,
    /// Text at which the answer ends, for templates that have no token for it.
    pub stop: Option<&'static str>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Template(String),
    Content(String),
    /// What the model said, whose tokens may be known.
    Said(String),
}

impl Part {
    fn text(&self) -> &str {
        match self {
            Self::Template(text) | Self::Content(text) | Self::Said(text) => text,
        }
    }
}

impl Prompt {
    /// The conversation as the model was trained to read it.
    pub(super) fn new(model: &LlamaModel, messages: &[Message]) -> Self {
        let turns: Vec<Turn> = messages.iter().zip(0..).map(|(message, n)| (message.role.as_str(), mark(n))).collect();
        let template = Template::of(model);
        let own = |turns: &[Turn]| {
            let rendered = template.as_ref()?.apply(turns);
            rendered
                .inspect_err(|error| tracing::debug!(%error, "a chat template does not take a conversation"))
                .ok()
                .and_then(|rendered| fill(&rendered, messages))
        };
        let parts = own(&turns)
            .or_else(|| own(&without_system(&turns)?))
            .or_else(|| fill(&recognised(model, &turns)?, messages));
        match parts {
            Some(parts) => Self { parts, stop: None },
            None => {
                if template.is_some() {
                    tracing::warn!("the model's chat template cannot be used; a plain conversation is");
                }
                plain(messages)
            }
        }
    }

    /// The tokens, with those that the model wants at the very start. What the model said is taken
    /// from `said` in the tokens in which it said it.
    pub(super) fn tokens(&self, model: &LlamaModel, said: &Answers) -> Vec<LlamaToken> {
        let vocabulary = model.vocab();
        let mut tokens = Vec::new();
        let mut said = said.iter();
        if vocabulary.should_add_bos() {
            tokens.push(vocabulary.bos());
        }
        for part in &self.parts {
            match part {
                Part::Template(text) => tokens.extend(vocabulary.tokenize(text.as_bytes(), false, true)),
                Part::Content(text) => tokens.extend(vocabulary.tokenize(text.as_bytes(), false, false)),
                // An answer of which the conversation has nothing uses up no later one.
                Part::Said(text) => match said.clone().position(|(other, _)| other == text) {
                    Some(place) => tokens.extend(said.nth(place).into_iter().flat_map(|(_, tokens)| tokens)),
                    None => tokens.extend(vocabulary.tokenize(text.as_bytes(), false, false)),
                },
            }
        }
        // A template may begin with the token that is added anyway.
        if tokens.len() > 1 && vocabulary.should_add_bos() && tokens[0] == tokens[1] {
            tokens.remove(0);
        }
        tokens
    }
}

/// Stands for the message of this number.
fn mark(number: usize) -> String {
    format!("{MARK}{number}{MARK}")
}

/// The conversation in which people say what the system would; `None` if it says nothing, or
/// nobody speaks after it.
fn without_system(turns: &[Turn]) -> Option<Vec<Turn>> {
    let system = Role::System.as_str();
    let (mut spoken, mut before) = (Vec::new(), String::new());
    for (role, content) in turns {
        if *role == system {
            before.push_str(content);
            before.push_str("\n\n");
        } else if *role == Role::User.as_str() {
            spoken.push((*role, std::mem::take(&mut before) + content));
        } else {
            spoken.push((*role, content.clone()));
        }
    }
    (before.is_empty() && turns.iter().any(|(role, _)| *role == system)).then_some(spoken)
}

/// The conversation in the format that llama.cpp takes the model's template for.
fn recognised(model: &LlamaModel, turns: &[Turn]) -> Option<String> {
    let template = model.chat_template(None).ok()?;
    let turns = turns.iter().map(|(role, content)| LlamaChatMessage::new((*role).to_owned(), content.clone()).ok());
    model.apply_chat_template(&template, &turns.collect::<Option<Vec<_>>>()?, true).ok()
}

/// Puts the messages where their marks are; `None` if the template lost one.
fn fill(rendered: &str, messages: &[Message]) -> Option<Vec<Part>> {
    let mut parts = Vec::new();
    let mut seen = vec![false; messages.len()];
    for (position, text) in rendered.split(MARK).enumerate() {
        if position % 2 == 0 {
            parts.push(Part::Template(text.to_owned()));
        } else {
            let index: usize = text.parse().ok()?;
            *seen.get_mut(index)? = true;
            parts.push(content(&messages[index]));
        }
    }
    parts.retain(|part| !part.text().is_empty());
    seen.into_iter().all(|seen| seen).then_some(parts)
}

fn content(message: &Message) -> Part {
    let text = message.content.replace('\0', "");
    if message.role == Role::Assistant { Part::Said(text) } else { Part::Content(text) }
}

/// The tokens with which every conversation under `system_prompt` begins; none if the template
/// does not put it first.
pub(super) fn beginning(model: &LlamaModel, system_prompt: &str) -> Vec<LlamaToken> {
    let mut prompt = Prompt::new(model, &[Message::system(system_prompt), Message::user("?")]);
    let contents = |part: &Part| !matches!(part, Part::Template(_));
    let Some(person) = prompt.parts.iter().rposition(contents) else { return Vec::new() };
    prompt.parts.truncate(person);
    if prompt.parts.iter().any(contents) { prompt.tokens(model, &Answers::default()) } else { Vec::new() }
}

/// Names before colons, which a model without a template most likely met in training.
fn plain(messages: &[Message]) -> Prompt {
    let mut parts = Vec::new();
    for message in messages {
        parts.push(Part::Template(match message.role {
            Role::System => String::new(),
            Role::User => "User: ".to_owned(),
            Role::Assistant => "Assistant: ".to_owned(),
        }));
        parts.push(content(message));
        parts.push(Part::Template("\n\n".to_owned()));
    }
    parts.push(Part::Template("Assistant:".to_owned()));
    parts.retain(|part| !part.text().is_empty());
    Prompt { parts, stop: Some("\nUser:") }
}

#[cfg(test)]
#[path = "prompt_tests.rs"]
mod tests;
