//! The port for generated wording.

use std::time::Duration;

use async_trait::async_trait;
use domain::{
    Result,
    model::{Figures, ModelRole, Place},
};
use futures::{StreamExt, stream::BoxStream};
use serde::{Deserialize, Serialize};

use crate::{Sampling, Schema};

/// Who speaks in a [`Message`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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

/// How urgent a request is. When there is more to do than the machine can, an earlier class gets a
/// larger share of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Class {
    /// Somebody reads along.
    #[default]
    Chat,
    /// Somebody waits for the whole.
    Structured,
    /// Nobody waits.
    Background,
}

impl Class {
    /// All of them, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Chat, Self::Structured, Self::Background];
}

/// How long the steps of a request may take. What is late ends with [`Reason::Late`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadlines {
    /// From the request to its first token.
    pub first: Duration,
    /// Between two tokens, a slow reader's time included.
    pub idle: Duration,
    /// From the request to its end.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { first: Duration::from_secs(60), idle: Duration::from_secs(30), total: Duration::from_secs(600) }
    }
}

/// What to write and how. Build it with [`Request::new`] and change what matters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The conversation so far; the model writes the next assistant turn.
    pub messages: Vec<Message>,
    /// The shape of the answer, if it is to be JSON. An answer that ends with [`Reason::Done`] has it.
    pub schema: Option<Schema>,
    /// The most tokens to write; at least 1.
    pub max_tokens: u32,
    /// What of that is still of use: where many wait, an answer may be held to this. It never is to
    /// less, and by default it never is.
    pub least_tokens: u32,
    /// 0 takes the likeliest token each time; 0.7 varies; more than 1 rambles.
    pub temperature: f32,
    /// Only the likeliest tokens that together have this probability are drawn from, above 0 up to 1.
    pub top_p: f32,
    /// Tokens below this share of the likeliest token's probability are left out, from 0 to below 1.
    pub min_p: f32,
    /// The same seed, request and machine give the same words.
    pub seed: u32,
    /// How urgent it is.
    pub class: Class,
    /// Whose it is: an opaque name. People take turns within a class.
    pub person: String,
    /// What it is for, such as "interview": what tokens are counted by.
    #[serde(skip)]
    pub feature: &'static str,
    /// The prompt that the messages were made with and its version, such as "interview-wording 2".
    #[serde(skip)]
    pub prompt: &'static str,
    /// The conversation that it continues: an opaque name that nobody else has. What the model
    /// read and wrote before is then not read again.
    pub conversation: Option<String>,
    /// How long it may take.
    pub deadlines: Deadlines,
}

impl Request {
    /// A request for the next turn of `messages`, drawn as suits the models of `role`.
    pub fn new(role: ModelRole, messages: Vec<Message>, seed: u32) -> Self {
        let Sampling { temperature, top_p, min_p } = Sampling::of(role);
        Self {
            messages,
            schema: None,
            max_tokens: 256,
            least_tokens: u32::MAX,
            temperature,
            top_p,
            min_p,
            seed,
            class: Class::Chat,
            person: String::new(),
            feature: "",
            prompt: "",
            conversation: None,
            deadlines: Deadlines::default(),
        }
    }
}

/// Why an answer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// The model was done.
    Done,
    /// It reached [`Request::max_tokens`].
    Length,
    /// One of the [`Deadlines`] passed.
    Late(Deadline),
}

/// One of the [`Deadlines`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Deadline {
    /// [`Deadlines::first`].
    First,
    /// [`Deadlines::idle`].
    Idle,
    /// [`Deadlines::total`].
    Total,
}

/// What a request took.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens of the prompt.
    pub prompt: u32,
    /// Those of them that had been read before.
    pub reused: u32,
    /// Tokens that were written.
    pub written: u32,
    /// Time before its turn came.
    pub waited: Duration,
    /// Time from its turn to the first token.
    pub reading: Duration,
    /// Time from the first token to the end.
    pub writing: Duration,
}

/// The end of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct End {
    /// Why it ended.
    pub reason: Reason,
    /// What it took.
    pub usage: Usage,
}

/// A part of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Output {
    /// It waits for others: where it stands by now. May come again whenever that changes, before any
    /// text, and never where an engine does not know it.
    Waiting(Place),
    /// Text as it is written: valid UTF-8, not empty.
    Text(String),
    /// The end, after which nothing follows.
    End(End),
}

impl Output {
    /// The text, if it is one.
    pub fn text(self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text),
            Self::Waiting(_) | Self::End(_) => None,
        }
    }
}

/// Places in the queue, texts and then an end, or an error after which nothing follows.
pub type Outputs = BoxStream<'static, Result<Output>>;

/// All the text of an answer and its end, which is missing where the answer was cut off.
///
/// # Errors
/// That of the stream.
pub async fn whole(mut outputs: Outputs) -> Result<(String, Option<End>)> {
    let (mut text, mut last) = (String::new(), None);
    while let Some(output) = outputs.next().await {
        match output? {
            Output::Waiting(_) => {}
            Output::Text(piece) => text.push_str(&piece),
            Output::End(end) => last = Some(end),
        }
    }
    Ok((text, last))
}

/// Writes the next turn of a conversation.
#[async_trait]
pub trait Engine: Send + Sync {
    /// The model's name, as pages show it beside the text.
    fn name(&self) -> &str;

    /// Starts writing. Dropping the stream stops the work within about one token.
    ///
    /// # Errors
    /// [`domain::ErrorKind::Busy`] when too much is waiting, when the first token could not come
    /// within its deadline, or when the model has stopped; [`domain::ErrorKind::Invalid`] when the
    /// request is too long for the model's context, or its schema has parts that cannot be
    /// followed. The stream itself gives `Busy` when the model fails on the way.
    async fn stream(&self, request: Request) -> Result<Outputs>;

    /// What it does, as far as it is known here.
    fn figures(&self) -> Figures {
        Figures::default()
    }
}
