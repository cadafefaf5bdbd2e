//! The models: which are here, fetching them, which one has which role, and what they do. All of
//! it is for administrators.

mod pulls;
mod trial;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use domain::account::Viewer;
use domain::audit::Action;
use domain::model::{EndpointView, InferenceView, Loaded, Memory, ModelRole, ModelState, ModelView, ModelsView, Tried};
use domain::{Error, ErrorKind, Result};
use futures::stream::BoxStream;
use inference::isolated::Isolated;
use inference::models::{Convert, Library, Listed, State};
use inference::openai::OpenAi;
use inference::{Engine, Host, Hosted, Roles};
use store::Store;

use crate::audit::Audit;
use crate::generation::Generation;
use pulls::Pulls;

/// Days of use that are shown, besides today.
const DAYS: u32 = 6;
/// What all of this is to administrators, who alone can do it.
const TASK: &str = "look after the models";

/// What there is to run models with.
pub struct ModelsOptions {
    /// The models folder and what may be in it.
    pub library: Library,
    /// What makes an installed file of what was fetched.
    pub convert: Convert,
    /// Where models that write run on this machine.
    pub host: Arc<dyn Host>,
    /// The process that it is in, if that is another one.
    pub process: Option<Arc<Isolated>>,
    /// The servers elsewhere; with them, no model of this machine has a role.
    pub remote: Option<Arc<OpenAi>>,
    /// The memory that there is, and its limit; without what is taken.
    pub memory: Memory,
    /// The name of the embedding model, and the bytes that it takes.
    pub embedding: (String, u64),
    /// What configuration gives the roles to, by name or path; a role that is missing is the built-in coach's.
    pub configured: BTreeMap<ModelRole, String>,
    /// Where it is written down what administrators do.
    pub audit: Audit,
}

/// What the models do now, and did since the start.
#[derive(Clone, Debug)]
pub struct Work {
    /// The models in memory, without the embedding model; nothing while their process is being started again.
    pub loaded: Option<Vec<Loaded>>,
    /// The servers elsewhere.
    pub endpoints: Vec<EndpointView>,
    /// How often the process of the models was started again; nothing if they run in this one.
    pub restarts: Option<u64>,
    /// The memory for models.
    pub memory: Memory,
}

/// The use cases of models.
#[derive(Clone)]
pub struct Models(Arc<Parts>);

struct Parts {
    options: ModelsOptions,
    store: Store,
    generation: Generation,
    roles: Roles,
    /// What has a role now, by name or path.
    given: Mutex<BTreeMap<ModelRole, String>>,
    pulls: Pulls,
}

impl Models {
    /// The models of `options`. No role is given yet: see [`Models::begin`].
    pub fn new(store: Store, generation: Generation, options: ModelsOptions) -> Self {
        let (roles, given, pulls) = (Roles::default(), Mutex::default(), Pulls::default());
        Self(Arc::new(Parts { options, store, generation, roles, given, pulls }))
    }

    /// The engine of each role, as it changes.
    pub fn roles(&self) -> Roles {
        self.0.roles.clone()
    }

    /// Gives the roles to what an administrator chose, or else to what configuration says, and
    /// loads what words the coach's sentences, for which people wait. What an administrator chose
    /// and cannot be had is left out, and logged.
    ///
    /// # Errors
    /// If what configuration says cannot be had.
    pub async fn begin(&self) -> Result<()> {
        if let Some(remote) = &self.0.options.remote {
            self.0.roles.give_all(&self.0.generation.engine(remote.clone(), remote.identity()));
            return Ok(());
        }
        let chosen: BTreeMap<_, _> = store::model::roles(&mut *self.0.store.read().await?).await?.into_iter().collect();
        for role in ModelRole::WRITING {
            let model = chosen.get(&role).or_else(|| self.0.options.configured.get(&role));
            let Some(model) = model.filter(|model| !model.is_empty()) else { continue };
            match self.give(role, model, role == ModelRole::Fast).await {
                Err(error) if chosen.contains_key(&role) => {
                    tracing::error!(role = role.slug(), model, %error, "the built-in coach does the model's work");
                }
                given => given?,
            }
        }
        Ok(())
    }

    /// Has `model` do what `role` is for, from now on.
    async fn give(&self, role: ModelRole, model: &str, load: bool) -> Result<()> {
        let loaded = async { if load { self.0.options.host.load(model).await } else { Ok(()) } };
        // Both may read all of the model's file, so the second finds it in memory.
        let (engine, ()) = futures::future::try_join(self.engine(model), loaded).await?;
        self.0.roles.set(role, Some(engine));
        self.given().insert(role, model.to_owned());
        Ok(())
    }

    /// `model`, by name or path, counted and limited like every other.
    async fn engine(&self, model: &str) -> Result<Arc<dyn Engine>> {
        let (library, choice) = (self.0.options.library.clone(), model.to_owned());
        let sha256 = tokio::task::spawn_blocking(move || library.sha256(&choice)).await;
        let sha256 = sha256.unwrap_or_else(|error| {
            tracing::error!(%error, "a model file could not be read");
            Err(Error::unexpected("model-file"))
        })?;
        let name = Library::shown(model);
        let identity = format!("{name} {sha256}");
        let hosted = Hosted { host: Arc::clone(&self.0.options.host), model: model.to_owned(), name };
        Ok(self.0.generation.engine(Arc::new(hosted), identity))
    }

    fn given(&self) -> std::sync::MutexGuard<'_, BTreeMap<ModelRole, String>> {
        self.0.given.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The models, for administrators.
    ///
    /// # Errors
    /// `Forbidden` for anybody else, as for all that follows.
    pub async fn view(&self, viewer: &Viewer) -> Result<ModelsView> {
        viewer.must_administer(TASK)?;
        let options = &self.0.options;
        let loaded = self.loaded().await;
        let library = options.library.clone();
        let listed = tokio::task::spawn_blocking(move || (library.list(), library.free())).await;
        let (listed, disk) = listed.map_err(|_| Error::unexpected("model-list"))?;
        let given = self.given().clone();
        let own = given.values().filter(|model| listed.iter().all(|listed| listed.model.name != **model));
        let own: Vec<_> = own.map(|model| own_file(model, &given, &loaded)).collect();
        let models = listed.into_iter().map(|listed| self.model(listed, &loaded)).chain(own).collect();
        let roles = ModelRole::WRITING.map(|role| (role, given.get(&role).cloned())).into();
        let elsewhere = options.remote.as_ref().map(|remote| remote.name().to_owned());
        Ok(ModelsView { models, roles, elsewhere, memory: self.memory(&loaded), disk })
    }

    fn model(&self, Listed { model, state }: Listed, loaded: &[Loaded]) -> ModelView {
        let state = self.0.pulls.state(&model.name).unwrap_or(match state {
            State::Absent => ModelState::Absent,
            State::Installed(receipt) => ModelState::Installed(receipt.sha256),
            State::Damaged(reason) => ModelState::Damaged(reason),
        });
        let is_embedding = model.name == self.0.options.embedding.0;
        let loaded = is_embedding || loaded.iter().any(|loaded| loaded.model == model.name);
        ModelView {
            name: model.name,
            role: model.role,
            licence: model.licence,
            about: model.about,
            size: model.size,
            memory: model.memory,
            context: model.context,
            state,
            loaded,
        }
    }

    /// Those in memory, without the embedding model. None while their process is being started again.
    async fn loaded(&self) -> Vec<Loaded> {
        self.0.options.host.loaded().await.unwrap_or_default()
    }

    fn memory(&self, loaded: &[Loaded]) -> Memory {
        let taken = self.0.options.embedding.1 + loaded.iter().map(|loaded| loaded.memory).sum::<u64>();
        Memory { taken, ..self.0.options.memory }
    }

    /// Begins to fetch `model`, unless it is being fetched.
    ///
    /// # Errors
    /// `NotFound` if there is no such model, `Busy` if the disk has no room for it.
    pub async fn pull(&self, viewer: &Viewer, model: &str) -> Result<()> {
        viewer.must_administer(TASK)?;
        let Parts { options, pulls, .. } = &*self.0;
        options.library.manifest().model(model)?;
        pulls.begin(&options.library, options.convert, model);
        options.audit.note(Some(viewer.id), Action::ModelPulled, model, None).await;
        Ok(())
    }

    /// Stops fetching `model`. What came so far is kept, for the next time.
    pub fn cancel(&self, viewer: &Viewer, model: &str) -> Result<()> {
        viewer.must_administer(TASK)?;
        self.0.pulls.cancel(model);
        Ok(())
    }

    /// Removes `model` from this machine.
    ///
    /// # Errors
    /// `Conflict` if it has a role, is needed or is being fetched, `NotFound` if it is not here.
    pub async fn remove(&self, viewer: &Viewer, model: &str) -> Result<()> {
        viewer.must_administer(TASK)?;
        if self.0.options.embedding.0 == model {
            let reason = format!("{model} is needed for feedback and search, so it stays.");
            return Err(Error::new(ErrorKind::Conflict, reason));
        }
        if self.given().values().any(|given| given == model) {
            let reason = format!("{model} has a role. Give that to another model or to the built-in coach first.");
            return Err(Error::new(ErrorKind::Conflict, reason));
        }
        self.0.pulls.forget(model);
        self.0.options.host.unload(model).await?;
        self.0.options.library.remove(model).await?;
        self.0.options.audit.note(Some(viewer.id), Action::ModelRemoved, model, None).await;
        Ok(())
    }

    /// Gives `role` to `model`, or to the built-in coach, and remembers it.
    ///
    /// # Errors
    /// `Invalid` for the embedding role and for a model that cannot be used or does not fit into
    /// memory, `Conflict` if models run elsewhere, `NotFound` if it is not installed, `Busy` while
    /// others leave it no room.
    pub async fn assign(&self, viewer: &Viewer, role: ModelRole, model: Option<&str>) -> Result<()> {
        viewer.must_administer(TASK)?;
        if role == ModelRole::Embedding {
            return Err(Error::invalid("role", "The embedding model is chosen in the configuration file."));
        }
        if self.0.options.remote.is_some() {
            let reason = "The configuration has models run elsewhere (inference.endpoints), so none here has a role.";
            return Err(Error::new(ErrorKind::Conflict, reason));
        }
        match model {
            // It is loaded now, so that what speaks against it is said now.
            Some(model) => self.give(role, model, true).await?,
            None => {
                self.0.roles.set(role, None);
                self.given().remove(&role);
            }
        }
        tracing::info!(role = role.slug(), model, by = %viewer.id, "a role was given");
        let subject = format!("{}: {}", role.slug(), model.unwrap_or("built-in coach"));
        self.0.options.audit.note(Some(viewer.id), Action::RoleGiven, subject, None).await;
        let model = model.unwrap_or_default().to_owned();
        let give = self.0.store.transaction(move |connection| {
            Box::pin(async move { store::model::give_role(connection, role, &model).await })
        });
        give.await
    }

    /// What the models do, for administrators.
    pub async fn inference(&self, viewer: &Viewer) -> Result<InferenceView> {
        let used = self.0.generation.daily_use(viewer, DAYS).await?;
        let Work { loaded, endpoints, restarts, memory } = self.work().await;
        Ok(InferenceView { loaded: loaded.unwrap_or_default(), endpoints, restarts, memory, used })
    }

    /// What the models do, for the operator, who watches the server by its health and figures.
    pub async fn work(&self) -> Work {
        let Parts { options, .. } = &*self.0;
        let loaded = options.host.loaded().await.ok();
        Work {
            memory: self.memory(loaded.as_deref().unwrap_or_default()),
            loaded: loaded.map(|loaded| loaded.into_iter().map(named).collect()),
            endpoints: options.remote.as_ref().map(|remote| remote.endpoints()).unwrap_or_default(),
            restarts: options.process.as_ref().map(|process| process.restarts()),
        }
    }

    /// Has the model of `role` answer `prompt`, to see what it is like.
    ///
    /// # Errors
    /// `NotFound` if no model has the role, and as [`Engine::stream`].
    pub async fn try_out(&self, viewer: &Viewer, role: ModelRole, prompt: &str) -> Result<BoxStream<'static, Tried>> {
        viewer.must_administer(TASK)?;
        let nobody = || Error::new(ErrorKind::NotFound, "No model has this role. Give it to one first.");
        trial::begin(&*self.0.roles.get(role).ok_or_else(nobody)?, role, viewer, prompt).await
    }
}

/// The same with the name that people know.
fn named(loaded: Loaded) -> Loaded {
    Loaded { model: Library::shown(&loaded.model), ..loaded }
}

/// A file of the operator's own that has a role.
fn own_file(model: &str, given: &BTreeMap<ModelRole, String>, loaded: &[Loaded]) -> ModelView {
    let role = given.iter().find(|(_, given)| *given == model).map_or(ModelRole::Fast, |(role, _)| *role);
    let in_memory = loaded.iter().find(|loaded| loaded.model == model);
    ModelView {
        name: model.to_owned(),
        role,
        licence: String::new(),
        about: "A file of your own, named in the configuration.".to_owned(),
        size: std::fs::metadata(model).map_or(0, |metadata| metadata.len()),
        memory: in_memory.map_or(0, |loaded| loaded.memory),
        context: 0,
        state: ModelState::Installed(String::new()),
        loaded: in_memory.is_some(),
    }
}
