//! The sections of the configuration. What each key means to an operator stands in `lodestar.default.toml`.

use std::collections::BTreeMap;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use toml::Value;

/// Section `[http]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Http {
    /// Address and port to listen on.
    pub addr: SocketAddr,
    /// The address that people type; empty for `http://` and [`Http::addr`].
    pub public_url: String,
    /// Addresses and networks of proxies whose word counts, with spaces between them.
    pub trusted_proxies: String,
    /// Sites whose scripts may call the API, with spaces between them.
    pub cors_origins: String,
    /// The folder of the built site; empty for the one beside the program.
    pub site_dir: PathBuf,
}

/// Section `[data]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Data {
    /// The folder for everything that is kept.
    pub dir: PathBuf,
    /// The key of this installation in hexadecimal digits; empty for the one of the file.
    pub key: String,
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Data").field("dir", &self.dir).field("key", &redacted(&self.key)).finish()
    }
}

/// Section `[database]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `sqlite:` or `postgres:` address; may hold a password.
    pub url: String,
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("url", &without_password(&self.url)).finish()
    }
}

/// Section `[models]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Models {
    /// The folder of the models; empty for `models` in the data folder.
    pub dir: PathBuf,
    /// Name or path of the embedding model.
    pub embedding: String,
    /// Name or path of the model that words what the coach says; empty for none.
    pub fast: String,
    /// Name or path of the model for long answers that need care; empty for none.
    pub reasoning: String,
    /// Name or path of the model for program text; empty for none.
    pub coding: String,
    /// The most tokens of a question and its answer together.
    pub context: u32,
    /// Processor threads of each model; 0 for what suits the cores that there are.
    pub threads: usize,
}

/// Section `[inference]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inference {
    /// Whether models run in a process of their own.
    #[serde(deserialize_with = "isolate")]
    pub isolate: Option<bool>,
    /// Megabytes of memory that all models may take together; 0 for three quarters of what there is.
    pub memory_limit: u64,
    /// Megabytes of conversations that each model may put aside; 0 for none.
    pub aside_megabytes: u64,
    /// Addresses of OpenAI-compatible servers, with spaces between them; empty for none.
    pub endpoints: String,
    /// The model's name there.
    pub model: String,
    /// The key that they ask for; empty for none.
    pub key: String,
    /// The key with which programs may use the models of this server; empty if they may not.
    pub serve_key: String,
    /// Megabytes of answers that are kept; 0 for none.
    pub cache_megabytes: u64,
    /// Days after which an answer that was not asked for again is removed.
    pub cache_days: u32,
    /// Tokens that each person may use in a day, by the name of the plan; 0 for as many as they like.
    pub quotas: BTreeMap<String, u64>,
}

impl fmt::Debug for Inference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inference")
            .field("isolate", &self.isolate)
            .field("memory_limit", &self.memory_limit)
            .field("aside_megabytes", &self.aside_megabytes)
            .field("endpoints", &self.endpoints)
            .field("model", &self.model)
            .field("key", &redacted(&self.key))
            .field("serve_key", &redacted(&self.serve_key))
            .field("cache_megabytes", &self.cache_megabytes)
            .field("cache_days", &self.cache_days)
            .field("quotas", &self.quotas)
            .finish()
    }
}

/// A section below `[providers]`: where people can sign in.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Provider {
    /// The name by which it knows this installation; empty for none.
    pub client_id: String,
    /// What proves that name.
    pub client_secret: String,
    /// What people read on its button; may be empty for those that are known.
    pub name: String,
    /// The issuer, for OpenID Connect.
    pub issuer: String,
    /// Where people sign in, for GitHub.
    pub site: String,
    /// The REST API, for GitHub.
    pub api: String,
}

impl fmt::Debug for Provider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("client_id", &self.client_id)
            .field("client_secret", &redacted(&self.client_secret))
            .field("name", &self.name)
            .field("issuer", &self.issuer)
            .field("site", &self.site)
            .field("api", &self.api)
            .finish()
    }
}

/// Section `[limits]`: how often something may be tried; 0 for as often as one likes.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Wrong passwords for one account from one network address in 15 minutes.
    pub password: u32,
    /// Wrong passwords from one network address in 15 minutes.
    pub sign_in: u32,
    /// Accounts opened from one network address in an hour.
    pub registration: u32,
    /// Links for new passwords asked for from one network address in an hour.
    pub reset: u32,
    /// Steps of practice of one person in a minute.
    pub practice: u32,
}

/// Section `[mail]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// Address of the mail server, which may hold a password; empty for none.
    pub smtp: String,
    /// The address that mails come from.
    pub from: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("smtp", &without_password(&self.smtp)).field("from", &self.from).finish()
    }
}

/// An address without the user and the password in it.
fn without_password(url: &str) -> String {
    match (url.split_once("://"), url.rsplit_once('@')) {
        (Some((scheme, _)), Some((_, host))) => format!("{scheme}://[redacted]@{host}"),
        (None, Some((_, host))) => format!("[redacted]@{host}"),
        _ => url.to_owned(),
    }
}

/// Section `[metrics]`.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metrics {
    /// Address and port of their own; nothing for none.
    #[serde(deserialize_with = "address")]
    pub addr: Option<SocketAddr>,
    /// The key with which programs may read them; empty for none.
    pub key: String,
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").field("addr", &self.addr).field("key", &redacted(&self.key)).finish()
    }
}

/// Section `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// A filter like `info,store=debug`.
    pub level: String,
    /// How lines look.
    pub format: LogFormat,
    /// The address of the collector that traces go to; empty for none.
    pub otlp: String,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// Reads `true`, `false` or `"auto"`, as a word also where the environment has only words.
fn isolate<'de, D: Deserializer<'de>>(input: D) -> Result<Option<bool>, D::Error> {
    match Value::deserialize(input)? {
        Value::Boolean(isolate) => Ok(Some(isolate)),
        Value::String(word) if word == "auto" => Ok(None),
        Value::String(word) if word == "true" || word == "false" => Ok(Some(word == "true")),
        other => Err(D::Error::custom(format!("isolate must be true, false or \"auto\", not {other}"))),
    }
}

/// Reads an address and port; an empty word is none.
fn address<'de, D: Deserializer<'de>>(input: D) -> Result<Option<SocketAddr>, D::Error> {
    let word = String::deserialize(input)?;
    if word.is_empty() {
        return Ok(None);
    }
    let wrong =
        || D::Error::custom(format!("addr must be an address and a port like \"127.0.0.1:9100\", not \"{word}\""));
    word.parse().map(Some).map_err(|_| wrong())
}

/// What is shown of a secret.
fn redacted(secret: &str) -> &'static str {
    if secret.is_empty() { "" } else { "[redacted]" }
}
