//! Chooses the implementations that the configuration asks for, in this one place.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use domain::generation::Quotas;
use inference::isolated::{self, Isolated};
use inference::models::{Library, Manifest};
use inference::openai::{OpenAi, OpenAiOptions};
use inference::{Embedder, Engine};
use llama::{Chat, ChatOptions, Embedding, EmbeddingOptions};
use services::account::Accounts;
use services::generation::{Generation, GenerationOptions};
use services::interview::{Interviews, Models, SYSTEM_PROMPTS};
use store::Store;
use tokio::process::Command;

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
    /// The process of the models on this machine, if it is not this one.
    pub process: Option<Arc<Isolated>>,
    /// The data folder.
    pub data_dir: PathBuf,
}

impl Lodestar {
    /// Opens the database, brings its tables up to date and loads the models.
    pub async fn compose(config: &Config) -> Result<Self> {
        let store = store(config).await?;
        store.migrate().await.context("the tables of the database cannot be brought up to date")?;
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let remote = remote(config)?;
        // Both read all of the model's file, so the second finds it in memory.
        let (local, identity) = tokio::join!(local(config), local_identity(config));
        let (isolated::Models { engine, embedder }, process) = local?;
        let identity = identity?;
        let generation = Generation::new(store.clone(), clock.clone(), generation_options(config));
        let coach = match &remote {
            Some(remote) => Some(generation.engine(remote.clone(), remote_identity(config))),
            None => engine.map(|engine| generation.engine(engine, identity)),
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
            process,
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

/// The models of this machine, and the process that has them if it is another one.
async fn local(config: &Config) -> Result<(isolated::Models, Option<Arc<Isolated>>)> {
    if !config.isolates() {
        let config = config.clone();
        return Ok((tokio::task::spawn_blocking(move || local_models(&config)).await??, None));
    }
    let program = std::env::current_exe().context("this program's own file cannot be found")?;
    let process = Isolated::start(move |socket| {
        let mut command = Command::new(&program);
        command.arg("engine").arg("--socket").arg(socket);
        command
    });
    let process = Arc::new(process.await?);
    Ok((isolated::Models { engine: process.engine(), embedder: process.embedder() }, Some(process)))
}

/// The models of this machine, loaded into this process.
pub fn local_models(config: &Config) -> Result<isolated::Models> {
    Ok(isolated::Models { engine: coach(config)?, embedder: embedder(config)? })
}

/// Whether the model that words what the coach says is on this machine.
fn has_local_coach(config: &Config) -> bool {
    !config.models.fast.is_empty() && config.inference.endpoints.trim().is_empty()
}

/// What tells the model that words what the coach says from every other; nothing if it is not here.
async fn local_identity(config: &Config) -> Result<String> {
    if !has_local_coach(config) {
        return Ok(String::new());
    }
    let (library, choice) = (library(config)?, config.models.fast.clone());
    let sha256 = tokio::task::spawn_blocking(move || library.sha256(&choice)).await??;
    Ok(format!("{} {sha256}", name(&config.models.fast)))
}

/// The model that words what the coach says, loaded, if it is on this machine.
fn coach(config: &Config) -> Result<Option<Arc<dyn Engine>>> {
    if !has_local_coach(config) {
        return Ok(None);
    }
    let choice = &config.models.fast;
    let options = ChatOptions {
        threads: config.model_threads(),
        system_prompts: SYSTEM_PROMPTS.map(str::to_owned).into(),
        ..ChatOptions::default()
    };
    Ok(Some(Arc::new(Chat::open(name(choice), library(config)?.locate(choice)?, options)?)))
}

/// What pages call a model: its name, or the name of its file.
fn name(choice: &str) -> String {
    Path::new(choice)
        .file_name()
        .map_or(choice, |file| file.to_str().unwrap_or(choice))
        .trim_end_matches(".gguf")
        .to_owned()
}
