//! The port for generated wording.

use async_trait::async_trait;
use domain::Result;
use futures::stream::BoxStream;

/// Who speaks in a [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// The instructions that the product gives.
    System,
    /// The person, or text that is about them.
    User,
    /// What the model said earlier.
    Assistant,
}

impl Role {
    /// The word that chat templates use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

/// One turn of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who says it.
    pub role: Role,
    /// What is said, in plain text.
    pub content: String,
}

impl Message {
    /// The product's instructions.
    pub fn system(content: impl Into<String>) -> Self {
        Self { role: Role::System, content: content.into() }
    }

    /// The person's words.
    pub fn user(content: impl Into<String>) -> Self {
        Self { role: Role::User, content: content.into() }
    }

    /// The model's earlier words.
    pub fn assistant(content: impl Into<String>) -> Self {
        Self { role: Role::Assistant, content: content.into() }
    }
}

/// What to write and how. Build it with [`Request::new`] and change what matters.
#[derive(Clone, Debug, PartialEq)]
pub struct Request {
    /// The conversation so far; the model writes the next assistant turn.
    pub messages: Vec<Message>,
    /// The most tokens to write; at least 1.
    pub max_tokens: u32,
    /// 0 takes the likeliest token each time; 0.7 varies; more than 1 rambles.
    pub temperature: f32,
    /// Only the likeliest tokens that together have this probability are drawn from, above 0 up to 1.
    pub top_p: f32,
    /// Tokens below this share of the likeliest token's probability are left out, from 0 to below 1.
    pub min_p: f32,
    /// The same seed, request and machine give the same words.
    pub seed: u32,
}

impl Request {
    /// A request for the next turn of `messages`, with settings for short, steady wording.
    pub fn new(messages: Vec<Message>, seed: u32) -> Self {
        Self { messages, max_tokens: 256, temperature: 0.6, top_p: 0.95, min_p: 0.05, seed }
    }
}

/// Pieces of text as they are written, each valid UTF-8 and not empty. The stream ends when the
/// model is done or the limit is reached; after an error nothing follows.
pub type Pieces = BoxStream<'static, Result<String>>;

/// Writes the next turn of a conversation.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The model's name, as pages show it beside the text.
    fn name(&self) -> &str;

    /// Starts writing. Dropping the stream stops the work within about one token.
    ///
    /// # Errors
    /// [`domain::ErrorKind::Busy`] when too much is waiting or the model has stopped,
    /// [`domain::ErrorKind::Invalid`] when the request is too long for the model's context. The
    /// stream itself gives `Busy` when the model fails on the way.
    async fn stream(&self, request: Request) -> Result<Pieces>;
}
