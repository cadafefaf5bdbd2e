//! Chooses the implementations that the configuration asks for, in this one place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use domain::generation::Quotas;
use inference::models::{Library, Manifest};
use inference::openai::{OpenAi, OpenAiOptions};
use inference::{Embedder, Engine};
use llama::{Chat, ChatOptions, Embedding, EmbeddingOptions};
use services::account::Accounts;
use services::generation::{Generation, GenerationOptions};
use services::interview::{Interviews, Models, SYSTEM_PROMPTS};
use store::Store;

use crate::config::Config;
use crate::system::{SystemClock, SystemRandom};

/// Every service and what the health checks look at.
#[derive(Clone)]
pub struct Lodestar {
    /// The use cases of accounts.
    pub accounts: Accounts,
    /// The use cases of interviews.
    pub interviews: Interviews,
    /// The use cases of generated text.
    pub generation: Generation,
    /// The database.
    pub store: Store,
    /// The embedding model.
    pub embedder: Arc<dyn Embedder>,
    /// The model that words what the coach says, if there is one.
    pub coach: Option<Arc<dyn Engine>>,
    /// The model servers elsewhere, if there are any.
    pub remote: Option<Arc<OpenAi>>,
    /// The data folder.
    pub data_dir: PathBuf,
}

impl Lodestar {
    /// Opens the database, brings its tables up to date and loads the models.
    pub async fn compose(config: &Config) -> Result<Self> {
        let store = store(config).await?;
        store.migrate().await.context("the tables of the database cannot be brought up to date")?;
        let embedder = embedder(config)?;
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let remote = remote(config)?;
        let generation = Generation::new(store.clone(), clock.clone(), generation_options(config));
        let coach = match &remote {
            Some(remote) => Some(generation.engine(remote.clone(), remote_identity(config))),
            None => coach(config)?.map(|(coach, identity)| generation.engine(coach, identity)),
        };
        let models = Models { embedder: embedder.clone(), coach: coach.clone() };
        Ok(Self {
            accounts: Accounts::new(store.clone(), clock.clone(), random.clone()),
            interviews: Interviews::new(store.clone(), clock, random, knowledge::bank(), models),
            data_dir: config.data.dir.clone(),
            generation,
            store,
            embedder,
            coach,
            remote,
        })
    }
}

/// The database, with the data folder made for it.
pub async fn store(config: &Config) -> Result<Store> {
    std::fs::create_dir_all(&config.data.dir)
        .with_context(|| format!("the data folder {} cannot be made", config.data.dir.display()))?;
    Ok(Store::connect(&config.database_url()).await?)
}

/// The models folder and what may be in it.
pub fn library(config: &Config) -> Result<Library> {
    Ok(Library::new(config.models_dir(), Manifest::built_in()?))
}

/// The embedding model, loaded.
pub fn embedder(config: &Config) -> Result<Arc<dyn Embedder>> {
    let choice = &config.models.embedding;
    let options = EmbeddingOptions { threads: config.model_threads(), ..EmbeddingOptions::default() };
    Ok(Arc::new(Embedding::open(name(choice), library(config)?.locate(choice)?, options)?))
}

/// The model servers elsewhere, if any are configured.
fn remote(config: &Config) -> Result<Option<Arc<OpenAi>>> {
    let endpoints: Vec<_> = config.inference.endpoints.split_whitespace().map(str::to_owned).collect();
    if endpoints.is_empty() {
        return Ok(None);
    }
    let (model, key) = (config.inference.model.clone(), config.inference.key.clone());
    let options = OpenAiOptions { endpoints, model, key };
    Ok(Some(Arc::new(OpenAi::new(options, Arc::new(SystemRandom))?)))
}

/// What tells the model of the servers elsewhere from others, as far as can be known from here.
fn remote_identity(config: &Config) -> String {
    let mut endpoints: Vec<_> = config.inference.endpoints.split_whitespace().collect();
    endpoints.sort_unstable();
    format!("{} at {}", config.inference.model, endpoints.join(" "))
}

/// How generation is limited.
pub fn generation_options(config: &Config) -> GenerationOptions {
    GenerationOptions {
        quotas: Quotas::new(config.inference.quotas.clone()),
        kept_bytes: config.inference.cache_megabytes.saturating_mul(1_000_000),
        kept_days: config.inference.cache_days,
    }
}

/// The model that words what the coach says, loaded, and what tells it from every other; if there
/// is one.
fn coach(config: &Config) -> Result<Option<(Arc<dyn Engine>, String)>> {
    if config.models.fast.is_empty() {
        return Ok(None);
    }
    let choice = &config.models.fast;
    let options = ChatOptions {
        threads: config.model_threads(),
        system_prompts: SYSTEM_PROMPTS.map(str::to_owned).into(),
        ..ChatOptions::default()
    };
    let library = library(config)?;
    let (name, path) = (name(choice), library.locate(choice)?);
    // Both read all of the file, so the second finds it in memory.
    let (sha256, chat) = std::thread::scope(|scope| {
        let sha256 = scope.spawn(|| library.sha256(choice));
        let chat = Chat::open(&name, path, options);
        (sha256.join(), chat)
    });
    let chat: Arc<dyn Engine> = Arc::new(chat?);
    let sha256 = sha256.map_err(|_| anyhow::anyhow!("the model file of {name} could not be read"))??;
    Ok(Some((chat, format!("{name} {sha256}"))))
}

/// What pages call a model: its name, or the name of its file.
fn name(choice: &str) -> String {
    Path::new(choice)
        .file_name()
        .map_or(choice, |file| file.to_str().unwrap_or(choice))
        .trim_end_matches(".gguf")
        .to_owned()
}
