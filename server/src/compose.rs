//! Chooses the implementations that the configuration asks for, in this one place.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result};
use domain::generation::Quotas;
use domain::model::Memory;
use inference::isolated::{self, Isolated};
use inference::models::{Library, Manifest};
use inference::openai::{OpenAi, OpenAiOptions};
use inference::{Embedder, Engine, Opener, Pool};
use integrations::identity::{ProviderKind, ProviderOptions, Providers};
use integrations::mail::{Carrier, Smtp};
use llama::{Chat, ChatOptions, Embedding, EmbeddingOptions};
use services::account::{Accounts, Passkeys};
use services::audit::Audit;
use services::backup::Backups;
use services::departures::Departures;
use services::digest::Digests;
use services::events::Events;
use services::export::Exports;
use services::generation::{Generation, GenerationOptions};
use services::idempotency::IdempotentCalls;
use services::interview::{self, Interviews, SYSTEM_PROMPTS};
use services::limits::{Limited, Limits};
use services::mail::{Mails, MailsOptions};
use services::models::{Models, ModelsOptions};
use services::people::People;
use services::share::Shares;
use services::tasks::Tasks;
use services::tokens::Tokens;
use services::vault::Vault;
use store::Store;
use tokio::process::Command;

use crate::config::{self, Config};
use crate::key;
use crate::system::{self, SystemClock, SystemRandom};

/// Every service and what the health checks look at.
#[derive(Clone)]
pub struct Lodestar {
    /// The use cases of accounts.
    pub accounts: Accounts,
    /// The use cases of tokens.
    pub tokens: Tokens,
    /// What matters for security, written down.
    pub audit: Audit,
    /// What happens for people while they look on.
    pub events: Events,
    /// Taking one's data along.
    pub exports: Exports,
    /// Leaving for good.
    pub departures: Departures,
    /// Creating calls of programs, by their keys.
    pub calls: IdempotentCalls,
    /// How often something may be tried.
    pub limits: Limits,
    /// Looking after accounts.
    pub people: People,
    /// The use cases of interviews.
    pub interviews: Interviews,
    /// The use cases of sharing.
    pub shares: Shares,
    /// The use cases of generated text.
    pub generation: Generation,
    /// The use cases of models.
    pub models: Models,
    /// The use cases of background tasks.
    pub tasks: Tasks,
    /// The use cases of mails.
    pub mails: Mails,
    /// The use cases of the weekly digest.
    pub digests: Digests,
    /// The database.
    pub store: Store,
    /// The embedding model.
    pub embedder: Arc<dyn Embedder>,
    /// The model servers elsewhere, if there are any.
    pub remote: Option<Arc<OpenAi>>,
    /// The process of the models on this machine, if it is not this one.
    pub process: Option<Arc<Isolated>>,
    /// The data folder.
    pub data_dir: PathBuf,
    /// Whether people reach it over HTTPS.
    pub https: bool,
}

impl Lodestar {
    /// Opens the database, brings its tables up to date and loads the models.
    pub async fn compose(config: &Config) -> Result<Self> {
        let store = store(config).await?;
        store.migrate().await.context("the tables of the database cannot be brought up to date")?;
        let (clock, random) = (Arc::new(SystemClock), Arc::new(SystemRandom));
        let audit = Audit::new(store.clone(), clock.clone(), random.clone());
        let events = Events::new(store.clone(), clock.clone());
        let tasks = Tasks::new(store.clone(), clock.clone(), random.clone(), events.clone());
        let options = MailsOptions { carrier: carrier(config)?, site: config.public_url() };
        let mails = Mails::new(store.clone(), clock.clone(), random.clone(), tasks.clone(), options)?;
        let remote = remote(config)?;
        let (isolated::Models { host, embedder }, process) = local(config).await?;
        let generation = Generation::new(store.clone(), clock.clone(), generation_options(config));
        let options = ModelsOptions {
            library: library(config)?,
            convert: llama::install,
            host,
            process: process.clone(),
            remote: remote.clone(),
            memory: memory(config)?,
            embedding: (config.models.embedding.clone(), embedding_memory(config)?),
            configured: config.roles(),
            audit: audit.clone(),
        };
        let models = Models::new(store.clone(), generation.clone(), options);
        models.begin().await.context("a model of the configuration cannot be used")?;
        let heard = interview::Models { embedder: embedder.clone(), roles: models.roles() };
        let limits = Limits::new(store.clone(), clock.clone(), most(&config.limits));
        let tokens = Tokens::new(store.clone(), clock.clone(), random.clone(), audit.clone());
        let interviews = Interviews::new(
            store.clone(),
            clock.clone(),
            random.clone(),
            knowledge::bank(),
            heard,
            limits.clone(),
            events.clone(),
        );
        let accounts = Accounts::new(store.clone(), clock.clone(), random.clone(), limits.clone(), audit.clone())
            .with_vault(Vault::new(&key::load(&config.data.key, &config.data.dir)?, random.clone()))
            .with_mail(mails.clone(), tasks.clone());
        let accounts = match Passkeys::of(&config.public_url()) {
            Some(passkeys) => accounts.with_passkeys(passkeys),
            None => accounts,
        };
        let accounts = accounts.with_providers(Providers::new(providers(config)?)?, config.public_url(), &tasks);
        let shares = Shares::new(store.clone(), clock.clone(), random.clone(), audit.clone(), interviews.clone());
        let digests = Digests::new(store.clone(), clock.clone(), interviews.clone(), mails.clone(), tasks.clone());
        Ok(Self {
            accounts,
            events,
            exports: Exports::new(store.clone(), clock.clone(), interviews.clone(), tokens.clone(), audit.clone()),
            departures: Departures::new(store.clone(), clock.clone(), audit.clone()),
            people: People::new(store.clone(), clock.clone(), audit.clone()),
            audit,
            calls: IdempotentCalls::new(store.clone(), clock),
            tokens,
            interviews,
            shares,
            limits,
            digests,
            data_dir: config.data.dir.clone(),
            https: config.is_https(),
            generation,
            models,
            tasks,
            mails,
            store,
            embedder,
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

/// Backups of the database `store` and the data folder.
pub fn backups(config: &Config, store: Store) -> Backups {
    let left_out = config.database_file().into_iter().chain([config.models_dir()]).collect();
    Backups::new(store, &config.data.dir, left_out, Arc::new(SystemClock))
}

/// The models folder and what may be in it.
pub fn library(config: &Config) -> Result<Library> {
    Ok(Library::new(config.models_dir(), Manifest::built_in()?))
}

/// The embedding model, loaded.
pub fn embedder(config: &Config) -> Result<Arc<dyn Embedder>> {
    let choice = &config.models.embedding;
    let options = EmbeddingOptions { threads: config.model_threads(), ..EmbeddingOptions::default() };
    Ok(Arc::new(Embedding::open(Library::shown(choice), library(config)?.locate(choice)?, options)?))
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

/// How often what may be tried.
fn most(limits: &config::Limits) -> BTreeMap<Limited, u32> {
    let config::Limits { password, sign_in, registration, reset, practice } = *limits;
    let most = [
        (Limited::Password, password),
        (Limited::SignIn, sign_in),
        (Limited::Registration, registration),
        (Limited::Reset, reset),
        (Limited::Practice, practice),
    ];
    most.into()
}

/// What carries mails away, if a mail server is configured.
pub fn carrier(config: &Config) -> Result<Option<Arc<dyn Carrier>>> {
    if config.mail.smtp.trim().is_empty() {
        return Ok(None);
    }
    anyhow::ensure!(
        !config.http.public_url.is_empty() || config.http.addr.ip().is_loopback(),
        "mail.smtp needs http.public_url as well: links in mails lead there"
    );
    Ok(Some(Arc::new(Smtp::new(&config.mail.smtp, &config.mail.from)?)))
}

/// The sign-in providers that are configured.
///
/// # Errors
/// If one of them lacks something.
fn providers(config: &Config) -> Result<BTreeMap<String, ProviderOptions>> {
    let mut options = BTreeMap::new();
    for (slug, provider) in config.providers.iter().filter(|(_, provider)| !provider.client_id.is_empty()) {
        let known = match slug.as_str() {
            "google" => ("Google", "https://accounts.google.com"),
            "linkedin" => ("LinkedIn", "https://www.linkedin.com/oauth"),
            "github" => ("GitHub", ""),
            _ => ("", ""),
        };
        let or = |given: &str, known: &str| if given.is_empty() { known.to_owned() } else { given.to_owned() };
        let (name, issuer) = (or(&provider.name, known.0), or(&provider.issuer, known.1));
        let is_github = !provider.site.is_empty();
        anyhow::ensure!(!name.is_empty(), "providers.{slug} needs a name, which people read on its button");
        anyhow::ensure!(is_github || !issuer.is_empty(), "providers.{slug} needs an issuer, the provider's address");
        anyhow::ensure!(
            !provider.client_secret.is_empty(),
            "providers.{slug} needs the client_secret of its client_id"
        );
        let kind = if is_github {
            ProviderKind::GitHub { site: provider.site.clone(), api: provider.api.clone() }
        } else {
            ProviderKind::Oidc { issuer, has_nonce: slug != "linkedin" }
        };
        let (client_id, client_secret) = (provider.client_id.clone(), provider.client_secret.clone());
        options.insert(slug.clone(), ProviderOptions { name, client_id, client_secret, kind });
    }
    Ok(options)
}

/// How generation is limited.
pub fn generation_options(config: &Config) -> GenerationOptions {
    GenerationOptions {
        quotas: Quotas::new(config.inference.quotas.clone()),
        kept_bytes: config.inference.cache_megabytes.saturating_mul(1_000_000),
        kept_days: config.inference.cache_days,
    }
}

/// The memory that there is for models.
fn memory(config: &Config) -> Result<Memory> {
    let present = system::memory().context("how much memory there is cannot be found out")?;
    let limit = match config.inference.memory_limit {
        0 => present / 4 * 3,
        megabytes => megabytes.saturating_mul(1_000_000),
    };
    Ok(Memory { present, limit, taken: 0 })
}

/// Bytes that the embedding model takes, about.
fn embedding_memory(config: &Config) -> Result<u64> {
    /// For what is computed at once.
    const COMPUTING: u64 = 32_000_000;
    let file = library(config)?.locate(&config.models.embedding)?;
    Ok(file.metadata().map_or(0, |metadata| metadata.len()) + COMPUTING)
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
    Ok((isolated::Models { host: process.host(), embedder: process.embedder() }, Some(process)))
}

/// The models of this machine in this process: the one that embeds is loaded, others when they are asked.
pub fn local_models(config: &Config) -> Result<isolated::Models> {
    let options = ChatOptions {
        threads: config.model_threads(),
        context: config.models.context,
        // Two of the longest, or many of the usual ones.
        memory: config.models.context.saturating_mul(2),
        aside: usize::try_from(config.inference.aside_megabytes.saturating_mul(1_000_000)).unwrap_or(usize::MAX),
        system_prompts: SYSTEM_PROMPTS.map(str::to_owned).into(),
        ..ChatOptions::default()
    };
    let embedder = embedder(config)?;
    let room = memory(config)?.limit.saturating_sub(embedding_memory(config)?);
    let pool = Pool::new(Arc::new(Files { library: library(config)?, options }), room);
    Ok(isolated::Models { host: Arc::new(pool), embedder })
}

/// Models from GGUF files, by name or path.
struct Files {
    library: Library,
    options: ChatOptions,
}

impl Opener for Files {
    fn memory(&self, model: &str) -> domain::Result<u64> {
        self.options.memory_need(&self.library.locate(model)?)
    }

    fn open(&self, model: &str) -> domain::Result<Arc<dyn Engine>> {
        let file = self.library.locate(model)?;
        Ok(Arc::new(Chat::open(Library::shown(model), file, self.options.clone())?))
    }
}
