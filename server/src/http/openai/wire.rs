//! What goes over the wire, as <https://platform.openai.com/docs/api-reference> describes it. What
//! clients send besides is not read.

use domain::model::ModelRole;
use domain::{Error, Result};
use inference::{Class, Message, Outputs, Reason, Request, Role, Schema, Usage, whole};
use serde::{Deserialize, Serialize};

/// What an answer may take when a client does not say.
const TOKENS: u32 = 1_024;

#[derive(Deserialize)]
pub(super) struct Asked {
    pub model: String,
    messages: Vec<AskedMessage>,
    max_tokens: Option<u32>,
    max_completion_tokens: Option<u32>,
    temperature: Option<f32>,
    top_p: Option<f32>,
    seed: Option<u32>,
    #[serde(default)]
    pub stream: bool,
    stream_options: Option<StreamOptions>,
    user: Option<String>,
    /// Requests with the same one continue a conversation: what was read for it is kept.
    prompt_cache_key: Option<String>,
    response_format: Option<ResponseFormat>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ResponseFormat {
    Text,
    JsonObject,
    JsonSchema { json_schema: NamedSchema },
}

#[derive(Deserialize)]
struct NamedSchema {
    name: String,
    schema: serde_json::Value,
}

impl ResponseFormat {
    fn schema(&self) -> Result<Option<Schema>> {
        match self {
            Self::Text => Ok(None),
            Self::JsonObject => Schema::new("object", serde_json::json!({"type": "object"})).map(Some),
            Self::JsonSchema { json_schema: NamedSchema { name, schema } } => {
                Schema::new(name, schema.clone()).map(Some)
            }
        }
    }
}

#[derive(Deserialize)]
struct StreamOptions {
    #[serde(default)]
    include_usage: bool,
}

#[derive(Deserialize)]
struct AskedMessage {
    role: String,
    content: Content,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    text: String,
}

impl Content {
    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Parts(parts) => parts.iter().map(|part| part.text.as_str()).collect(),
        }
    }
}

impl Asked {
    pub(super) fn wants_usage(&self) -> bool {
        self.stream_options.as_ref().is_some_and(|options| options.include_usage)
    }

    pub(super) fn request(&self) -> Result<Request> {
        let messages = self.messages.iter().map(|message| {
            let role = match message.role.as_str() {
                "system" | "developer" => Role::System,
                "user" => Role::User,
                "assistant" => Role::Assistant,
                other => {
                    let reason = format!("“{other}” is no role; use system, user or assistant.");
                    return Err(Error::invalid("messages", reason));
                }
            };
            Ok(Message { role, content: message.content.text() })
        });
        let messages = messages.collect::<Result<Vec<_>>>()?;
        if messages.is_empty() {
            return Err(Error::invalid("messages", "Send at least one message."));
        }
        let standard = Request::new(ModelRole::Fast, messages, self.seed.unwrap_or_default());
        let person = format!("api {}", self.user.as_deref().unwrap_or_default());
        Ok(Request {
            schema: self.response_format.as_ref().map_or(Ok(None), ResponseFormat::schema)?,
            max_tokens: self.max_completion_tokens.or(self.max_tokens).unwrap_or(TOKENS),
            temperature: self.temperature.unwrap_or(standard.temperature),
            top_p: self.top_p.unwrap_or(standard.top_p),
            class: if self.stream { Class::Chat } else { Class::Structured },
            conversation: self.prompt_cache_key.as_ref().map(|key| format!("{person} {key}")),
            person,
            ..standard
        })
    }
}

#[derive(Clone, Serialize)]
pub(super) struct Chunk {
    id: String,
    object: &'static str,
    created: i64,
    model: String,
    choices: Vec<Choice<Delta>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Cause>,
}

#[derive(Clone, Serialize)]
struct Choice<T> {
    index: u32,
    #[serde(flatten)]
    content: T,
    finish_reason: Option<&'static str>,
}

#[derive(Clone, Serialize)]
struct Delta {
    delta: Said,
}

#[derive(Serialize)]
struct Whole {
    message: Said,
}

#[derive(Clone, Default, Serialize)]
struct Said {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
}

#[derive(Clone, Serialize)]
struct Counts {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
    prompt_tokens_details: Details,
}

#[derive(Clone, Serialize)]
struct Details {
    cached_tokens: u32,
}

impl From<&Usage> for Counts {
    fn from(usage: &Usage) -> Self {
        Self {
            prompt_tokens: usage.prompt,
            completion_tokens: usage.written,
            total_tokens: usage.prompt + usage.written,
            prompt_tokens_details: Details { cached_tokens: usage.reused },
        }
    }
}

/// A deadline that passed cuts an answer off like its limit does; clients know no other word.
fn finish(reason: Reason) -> &'static str {
    if reason == Reason::Done { "stop" } else { "length" }
}

impl Chunk {
    pub(super) fn template(id: String, created: i64, model: String) -> Self {
        Self { id, object: "chat.completion.chunk", created, model, choices: Vec::new(), usage: None, error: None }
    }

    fn with(&self, delta: Said, finish_reason: Option<&'static str>) -> Self {
        Self { choices: vec![Choice { index: 0, content: Delta { delta }, finish_reason }], ..self.clone() }
    }

    pub(super) fn with_role(&self) -> Self {
        self.with(Said { role: Some("assistant"), content: Some(String::new()) }, None)
    }

    pub(super) fn with_text(&self, text: String) -> Self {
        self.with(Said { role: None, content: Some(text) }, None)
    }

    pub(super) fn with_end(&self, reason: Reason) -> Self {
        self.with(Said::default(), Some(finish(reason)))
    }

    pub(super) fn with_usage(&self, usage: &Usage) -> Self {
        Self { usage: Some(usage.into()), ..self.clone() }
    }

    pub(super) fn with_error(&self, error: &Error) -> Self {
        Self { error: Some(Cause::new(&error.message, "server_error")), ..self.clone() }
    }
}

#[derive(Serialize)]
pub(super) struct Completion {
    id: String,
    object: &'static str,
    created: i64,
    model: String,
    choices: Vec<Choice<Whole>>,
    usage: Counts,
}

impl Completion {
    /// Waits for all of an answer.
    pub(super) async fn collect(id: String, created: i64, model: String, outputs: Outputs) -> Result<Self> {
        let (text, end) = whole(outputs).await?;
        let (reason, usage) = end.map_or((Reason::Done, Usage::default()), |end| (end.reason, end.usage));
        let message = Said { role: Some("assistant"), content: Some(text) };
        let choice = Choice { index: 0, content: Whole { message }, finish_reason: Some(finish(reason)) };
        Ok(Self { id, object: "chat.completion", created, model, choices: vec![choice], usage: (&usage).into() })
    }
}

#[derive(Deserialize)]
pub(super) struct Inputs {
    pub model: String,
    input: Input,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    One(String),
    Many(Vec<String>),
}

impl Inputs {
    pub(super) fn texts(&self) -> Vec<String> {
        match &self.input {
            Input::One(text) => vec![text.clone()],
            Input::Many(texts) => texts.clone(),
        }
    }
}

#[derive(Serialize)]
pub(super) struct Embeddings {
    object: &'static str,
    model: String,
    data: Vec<Embedding>,
}

#[derive(Serialize)]
struct Embedding {
    object: &'static str,
    index: usize,
    embedding: Vec<f32>,
}

impl Embeddings {
    pub(super) fn new(model: String, vectors: Vec<Vec<f32>>) -> Self {
        let numbered = vectors.into_iter().enumerate();
        let data = numbered.map(|(index, embedding)| Embedding { object: "embedding", index, embedding }).collect();
        Self { object: "list", model, data }
    }
}

#[derive(Serialize)]
pub(super) struct Models {
    object: &'static str,
    data: Vec<Model>,
}

#[derive(Serialize)]
struct Model {
    id: String,
    object: &'static str,
    created: i64,
    owned_by: &'static str,
}

impl Models {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        let model = |id| Model { id, object: "model", created: 0, owned_by: "lodestar" };
        Self { object: "list", data: names.map(model).collect() }
    }
}

#[derive(Serialize)]
pub(super) struct Failure {
    error: Cause,
}

#[derive(Clone, Serialize)]
struct Cause {
    message: String,
    r#type: &'static str,
    code: &'static str,
}

impl Cause {
    fn new(message: &str, code: &'static str) -> Self {
        let r#type = if code == "server_error" { "server_error" } else { "invalid_request_error" };
        Self { message: message.to_owned(), r#type, code }
    }
}

impl Failure {
    pub(super) fn new(message: &str, code: &'static str) -> Self {
        Self { error: Cause::new(message, code) }
    }
}
