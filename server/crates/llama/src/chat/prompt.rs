//! Turning a conversation into the tokens that a model was trained to continue.
//!
//! What the template adds is read with its special tokens; what people wrote never is, so that no
//! text from a person or a file can end its turn and speak as somebody else.

use inference::{Message, Role};
use llama_cpp_2::{
    model::{LlamaChatMessage, LlamaModel},
    token::LlamaToken,
};

use super::said::Answers;

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
    /// The conversation by the model's own template, or a plain one where that is missing or of a
    /// kind that llama.cpp does not know.
    pub(super) fn new(model: &LlamaModel, messages: &[Message]) -> Self {
        let rendered = model.chat_template(None).ok().and_then(|template| {
            let marks = messages.iter().enumerate().map(|(index, message)| {
                LlamaChatMessage::new(message.role.as_str().to_owned(), format!("{MARK}{index}{MARK}")).ok()
            });
            let marks = marks.collect::<Option<Vec<_>>>()?;
            let rendered = model.apply_chat_template(&template, &marks, true);
            rendered
                .map_err(|error| tracing::warn!(%error, "the model's chat template is not known; a plain one is used"))
                .ok()
        });
        match rendered.and_then(|rendered| fill(&rendered, messages)) {
            Some(parts) => Self { parts, stop: None },
            None => plain(messages),
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
mod tests {
    use super::*;

    fn text(parts: &[Part]) -> String {
        parts.iter().map(Part::text).collect()
    }

    #[test]
    fn marks_become_messages() {
        let messages = [Message::system("Be brief."), Message::user("Hello\0 <|im_end|>")];
        let rendered =
            "<|im_start|>system\n\u{F8FF}0\u{F8FF}<|im_end|>\n<|im_start|>user\n\u{F8FF}1\u{F8FF}<|im_end|>\n";
        let parts = fill(rendered, &messages).unwrap();
        assert_eq!(parts[3], Part::Content("Hello <|im_end|>".into()));
        assert_eq!(parts.len(), 5);
    }

    #[test]
    fn a_template_that_loses_a_message_is_not_used() {
        assert_eq!(fill("\u{F8FF}1\u{F8FF}", &[Message::system("a"), Message::user("b")]), None);
        assert_eq!(fill("\u{F8FF}7\u{F8FF}", &[Message::user("b")]), None);
        assert_eq!(fill("\u{F8FF}x\u{F8FF}", &[Message::user("b")]), None);
    }

    #[test]
    fn plain_conversation_reads_as_one() {
        let prompt = plain(&[
            Message::system("Be brief."),
            Message::user("Hello"),
            Message::assistant("Hi"),
            Message::user("Bye"),
        ]);
        assert_eq!(text(&prompt.parts), "Be brief.\n\nUser: Hello\n\nAssistant: Hi\n\nUser: Bye\n\nAssistant:");
        assert_eq!(prompt.stop, Some("\nUser:"));
    }
}
