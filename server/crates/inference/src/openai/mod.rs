//! Models behind any OpenAI-compatible server, such as llama-server or vLLM, on one machine or
//! several.
//!
//! Requests go to the server that has the fewest of ours open. One that fails is left alone for a
//! while, longer each time, and looked after by [`OpenAi::check`]. What failed before its first
//! word is tried again elsewhere, after a pause that differs for everybody; afterwards it is not,
//! because its reader has seen a part.

mod endpoints;
mod events;
mod reading;
mod wire;

use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use domain::{Error, ErrorKind, Random, Result, model::EndpointView};
use futures::StreamExt;
use reqwest::{Client, Response, StatusCode};
use serde::{Serialize, de::DeserializeOwned};
use tokio::time::Instant;

use crate::{Embedder, Engine, Outputs, Request};
use endpoints::{Endpoint, Endpoints, Use};
use reading::Reading;
use wire::{Chat, Embeddings, Inputs};

/// How often a request is tried.
const TRIES: u32 = 3;
/// The pause before the second try; it doubles from then on.
const PAUSE: Duration = Duration::from_millis(200);
/// How long a connection may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long embeddings may take.
const EMBED: Duration = Duration::from_secs(60);
/// How long a health check may take.
const CHECK: Duration = Duration::from_secs(3);

/// How to reach the servers.
#[derive(Clone)]
pub struct OpenAiOptions {
    /// Addresses up to and including the version, like `http://10.0.0.2:8080/v1`; at least one.
    pub endpoints: Vec<String>,
    /// The model's name at the servers.
    pub model: String,
    /// The key that is sent with every request; empty for none. Never logged.
    pub key: String,
}

impl fmt::Debug for OpenAiOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = if self.key.is_empty() { "" } else { "[redacted]" };
        let mut shown = f.debug_struct("OpenAiOptions");
        shown.field("endpoints", &self.endpoints).field("model", &self.model).field("key", &key).finish()
    }
}

/// A model at one or several OpenAI-compatible servers, as [`Engine`] and as [`Embedder`].
pub struct OpenAi {
    options: OpenAiOptions,
    client: Client,
    endpoints: Arc<Endpoints>,
    random: Arc<dyn Random>,
}

impl fmt::Debug for OpenAi {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenAi").field(&self.options).finish()
    }
}

impl OpenAi {
    /// A client for `options`; connects when first used.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] if there is no address or one is no HTTP address.
    pub fn new(options: OpenAiOptions, random: Arc<dyn Random>) -> Result<Self> {
        if options.endpoints.is_empty() {
            return Err(Error::new(ErrorKind::Invalid, "No address of a model server is configured."));
        }
        for endpoint in &options.endpoints {
            let address = reqwest::Url::parse(endpoint).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
            if address.is_none_or(|url| !url.has_host()) {
                return Err(Error::new(
                    ErrorKind::Invalid,
                    format!("“{endpoint}” is no address of a model server. Write one like http://10.0.0.2:8080/v1."),
                ));
            }
        }
        // It may be installed already, by another client in this process.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder().connect_timeout(CONNECT).redirect(reqwest::redirect::Policy::none());
        let client = client.build().map_err(|error| unreachable_model(&options.model, &error))?;
        let endpoints = Arc::new(Endpoints::new(&options.endpoints));
        Ok(Self { options, client, endpoints, random })
    }

    /// What tells its model from others, as far as can be known from here.
    pub fn identity(&self) -> String {
        let mut addresses: Vec<_> = self.endpoints.all().map(Endpoint::address).collect();
        addresses.sort_unstable();
        format!("{} at {}", self.options.model, addresses.join(" "))
    }

    /// The servers.
    pub fn endpoints(&self) -> Vec<EndpointView> {
        self.endpoints.all().map(|endpoint| endpoint.view(Instant::now())).collect()
    }

    /// Asks every server whether it is there; call it now and then. Gives how many are.
    pub async fn check(&self) -> usize {
        let checks = self.endpoints.all().map(|endpoint| async move {
            let answer = self.with_key(self.client.get(format!("{}/models", endpoint.address()))).timeout(CHECK).send();
            let is_up = answer.await.is_ok_and(|answer| answer.status().is_success());
            endpoint.note(is_up, Instant::now());
            is_up
        });
        futures::future::join_all(checks).await.into_iter().filter(|is_up| *is_up).count()
    }

    fn with_key(&self, request: reqwest::RequestBuilder) -> reqwest::RequestBuilder {
        if self.options.key.is_empty() { request } else { request.bearer_auth(&self.options.key) }
    }

    /// Posts `body` until a server takes it; the answer has begun well then. `until` ends the tries.
    async fn post(&self, path: &str, body: &(impl Serialize + Sync), until: Instant) -> Result<(Response, Use)> {
        let mut pause = PAUSE;
        let mut last = None;
        for attempt in 1..=TRIES {
            let endpoint = self.endpoints.choose(Instant::now());
            let request = self.with_key(self.client.post(format!("{}{path}", endpoint.address()))).json(body);
            let outcome = tokio::time::timeout_at(until, request.send()).await;
            let error = match outcome {
                Ok(Ok(answer)) if answer.status().is_success() => {
                    endpoint.note(true, Instant::now());
                    return Ok((answer, endpoint));
                }
                Ok(Ok(answer)) => {
                    let status = answer.status();
                    let is_up = !status.is_server_error() && status != StatusCode::TOO_MANY_REQUESTS;
                    endpoint.note(is_up, Instant::now());
                    let error = self.refused(answer).await;
                    if is_up {
                        return Err(error);
                    }
                    error
                }
                Ok(Err(error)) => {
                    endpoint.note(false, Instant::now());
                    unreachable_model(&self.options.model, &error.without_url())
                }
                Err(_) => {
                    endpoint.note(false, Instant::now());
                    return Err(too_late(&self.options.model));
                }
            };
            drop(endpoint);
            last = Some(error);
            let next = Instant::now() + self.jitter(pause);
            if attempt == TRIES || next >= until {
                break;
            }
            tokio::time::sleep_until(next).await;
            pause *= 2;
        }
        Err(last.unwrap_or_else(|| too_late(&self.options.model)))
    }

    /// Between half and one and a half of `pause`.
    fn jitter(&self, pause: Duration) -> Duration {
        let mut bytes = [0; 2];
        self.random.fill(&mut bytes);
        pause.mul_f64(0.5 + f64::from(u16::from_le_bytes(bytes)) / f64::from(u16::MAX))
    }

    /// What a server's refusal means for the person. Its text goes to the log, at most its start.
    async fn refused(&self, answer: Response) -> Error {
        let status = answer.status();
        let body = answer.text().await.unwrap_or_default();
        let start: String = body.chars().take(300).collect();
        tracing::warn!(model = self.options.model, %status, start, "a model server refused a request");
        let model = &self.options.model;
        match status {
            StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => Error::new(
                ErrorKind::Busy,
                format!("The model {model} has too much to do just now. Please try again in a moment."),
            ),
            StatusCode::PAYLOAD_TOO_LARGE => too_long(model),
            StatusCode::BAD_REQUEST if body.contains("context") || body.contains("too long") => too_long(model),
            _ => Error::new(
                ErrorKind::Busy,
                format!("The model {model} could not be used ({status}). The operator finds the cause in the log."),
            ),
        }
    }

    async fn json<T: DeserializeOwned>(&self, answer: Response, until: Instant) -> Result<T> {
        let read = tokio::time::timeout_at(until, answer.json()).await;
        let read = read.map_err(|_| too_late(&self.options.model))?;
        read.map_err(|error| unreachable_model(&self.options.model, &error.without_url()))
    }
}

#[async_trait]
impl Engine for OpenAi {
    fn name(&self) -> &str {
        &self.options.model
    }

    async fn stream(&self, request: Request) -> Result<Outputs> {
        let came = Instant::now();
        let deadlines = request.deadlines;
        let body = Chat::new(&self.options.model, &request);
        let until = came + deadlines.first.min(deadlines.total);
        let (answer, endpoint) = self.post("/chat/completions", &body, until).await?;
        let reading = Reading::new(answer.bytes_stream().boxed(), endpoint, deadlines, came);
        Ok(reading.outputs(self.options.model.clone()))
    }
}

#[async_trait]
impl Embedder for OpenAi {
    fn name(&self) -> &str {
        &self.options.model
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let until = Instant::now() + EMBED;
        let body = Inputs { model: &self.options.model, input: texts, encoding_format: "float" };
        let (answer, _endpoint) = self.post("/embeddings", &body, until).await?;
        let embeddings: Embeddings = self.json(answer, until).await?;
        embeddings.vectors(texts.len()).ok_or_else(|| {
            tracing::error!(model = self.options.model, "a model server gave other vectors than were asked for");
            broken(&self.options.model)
        })
    }
}

fn too_long(model: &str) -> Error {
    Error::new(ErrorKind::Invalid, format!("This is too long for the model {model}. Shorten it and try again."))
}

fn too_late(model: &str) -> Error {
    Error::new(ErrorKind::Busy, format!("The model {model} did not answer in time. Please try again in a moment."))
}

fn unreachable_model(model: &str, cause: &dyn std::error::Error) -> Error {
    tracing::warn!(model, cause = %chain(cause), "a model server could not be reached");
    Error::new(ErrorKind::Busy, format!("The model {model} cannot be reached just now. Please try again in a moment."))
}

fn broken(model: &str) -> Error {
    Error::new(ErrorKind::Busy, format!("The model {model} broke off. Please try again."))
}

fn chain(cause: &dyn std::error::Error) -> String {
    std::iter::successors(Some(cause), |cause| cause.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}
