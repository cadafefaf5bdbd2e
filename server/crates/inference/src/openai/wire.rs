//! What goes over the wire
//! (<https://platform.openai.com/docs/api-reference/chat>, .../embeddings).

use serde::{Deserialize, Serialize};

use crate::{Reason, Request, Schema, Usage, unit};

#[derive(Serialize)]
pub(super) struct Chat<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    max_tokens: u32,
    temperature: f32,
    top_p: f32,
    seed: u32,
    stream: bool,
    stream_options: StreamOptions,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
}

#[derive(Serialize)]
struct ResponseFormat<'a> {
    r#type: &'static str,
    json_schema: JsonSchema<'a>,
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    name: &'a str,
    schema: &'a serde_json::Value,
    strict: bool,
}

impl<'a> From<&'a Schema> for ResponseFormat<'a> {
    fn from(schema: &'a Schema) -> Self {
        Self {
            r#type: "json_schema",
            json_schema: JsonSchema { name: schema.name(), schema: schema.json(), strict: true },
        }
    }
}

#[derive(Serialize)]
struct Message<'a> {
    role: &'static str,
    content: &'a str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

impl<'a> Chat<'a> {
    pub(super) fn new(model: &'a str, request: &'a Request) -> Self {
        let message = |message: &'a crate::Message| Message { role: message.role.as_str(), content: &message.content };
        Self {
            model,
            messages: request.messages.iter().map(message).collect(),
            max_tokens: request.max_tokens.max(1),
            // Servers refuse what is no number or out of range; the embedded engine reads it as here.
            temperature: if request.temperature.is_nan() { 0.0 } else { request.temperature.clamp(0.0, 2.0) },
            top_p: if request.top_p.is_nan() { 1.0 } else { request.top_p.clamp(f32::MIN_POSITIVE, 1.0) },
            seed: request.seed,
            stream: true,
            stream_options: StreamOptions { include_usage: true },
            response_format: request.schema.as_ref().map(ResponseFormat::from),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Chunk {
    #[serde(default)]
    pub choices: Vec<Choice>,
    #[serde(default)]
    pub usage: Option<Counts>,
    /// Servers that fail on the way say so in the stream.
    #[serde(default)]
    pub error: Option<serde_json::Value>,
}

#[derive(Deserialize)]
pub(super) struct Choice {
    #[serde(default)]
    pub delta: Delta,
    #[serde(default)]
    pub finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
pub(super) struct Delta {
    #[serde(default)]
    pub content: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Counts {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    #[serde(default)]
    prompt_tokens_details: Option<Details>,
}

#[derive(Deserialize)]
struct Details {
    #[serde(default)]
    cached_tokens: Option<u32>,
}

impl Counts {
    /// Puts the counts into `usage`, whose times are measured here.
    pub(super) fn fill(&self, usage: &mut Usage) {
        usage.prompt = self.prompt_tokens;
        usage.written = self.completion_tokens;
        usage.reused = self.prompt_tokens_details.as_ref().and_then(|details| details.cached_tokens).unwrap_or(0);
    }
}

/// Why a server says that it ended.
pub(super) fn reason(finish: &str) -> Reason {
    if finish == "length" { Reason::Length } else { Reason::Done }
}

#[derive(Serialize)]
pub(super) struct Inputs<'a> {
    pub model: &'a str,
    pub input: &'a [String],
    pub encoding_format: &'static str,
}

#[derive(Deserialize)]
pub(super) struct Embeddings {
    data: Vec<Embedding>,
}

#[derive(Deserialize)]
struct Embedding {
    index: usize,
    embedding: Vec<f32>,
}

impl Embeddings {
    /// One unit vector for each of `count` texts, all of one length; `None` if they are not that.
    pub(super) fn vectors(mut self, count: usize) -> Option<Vec<Vec<f32>>> {
        self.data.sort_by_key(|embedding| embedding.index);
        let numbered = self.data.iter().enumerate().all(|(place, embedding)| place == embedding.index);
        let dimensions = self.data.first()?.embedding.len();
        let equal = self.data.iter().all(|embedding| embedding.embedding.len() == dimensions);
        if self.data.len() != count || !numbered || !equal {
            return None;
        }
        self.data.into_iter().map(|embedding| unit(embedding.embedding)).collect()
    }
}
