//! Models that are loaded when they are first asked, within a limit of memory.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use async_trait::async_trait;
use domain::{Error, ErrorKind, Result, model::Loaded};
use futures::StreamExt;

use crate::{Engine, Outputs, Request};

/// How models are loaded.
pub trait Opener: Send + Sync {
    /// Bytes that the model takes when it is loaded, about. Blocks.
    ///
    /// # Errors
    /// If there is no such model, or its file cannot be used.
    fn memory(&self, model: &str) -> Result<u64>;

    /// Loads the model. Blocks, seconds for a large one.
    ///
    /// # Errors
    /// As [`memory`](Self::memory), and [`ErrorKind::Busy`] if memory or threads are short.
    fn open(&self, model: &str) -> Result<Arc<dyn Engine>>;
}

/// Where models run, chosen by name with each request.
#[async_trait]
pub trait Host: Send + Sync {
    /// As [`Engine::stream`], by `model`, which is loaded if it is not yet.
    async fn stream(&self, model: &str, request: Request) -> Result<Outputs>;

    /// Loads `model`, unless it is loaded.
    async fn load(&self, model: &str) -> Result<()>;

    /// Removes `model` from memory, once what it writes has ended.
    async fn unload(&self, model: &str) -> Result<()>;

    /// The models that are in memory.
    async fn loaded(&self) -> Result<Vec<Loaded>>;
}

/// One model of a [`Host`].
pub struct Hosted {
    /// Where it runs.
    pub host: Arc<dyn Host>,
    /// What the host calls it.
    pub model: String,
    /// What people call it.
    pub name: String,
}

#[async_trait]
impl Engine for Hosted {
    fn name(&self) -> &str {
        &self.name
    }

    async fn stream(&self, request: Request) -> Result<Outputs> {
        self.host.stream(&self.model, request).await
    }
}

/// Models of this process. The one that was not used for longest goes when another needs its
/// memory; one that is at work stays. Clones share it.
#[derive(Clone)]
pub struct Pool(Arc<Parts>);

struct Parts {
    opener: Arc<dyn Opener>,
    limit: u64,
    /// Who loads or unloads: one at a time, so that memory is counted once.
    changing: tokio::sync::Mutex<()>,
    models: Mutex<Vec<Member>>,
}

struct Member {
    name: String,
    engine: Arc<dyn Engine>,
    memory: u64,
    used: Instant,
}

impl Member {
    /// Whether nothing but the pool has it.
    fn is_idle(&self) -> bool {
        Arc::strong_count(&self.engine) == 1
    }
}

impl Pool {
    /// No models yet, of which all together may take `limit` bytes.
    pub fn new(opener: Arc<dyn Opener>, limit: u64) -> Self {
        Self(Arc::new(Parts { opener, limit, changing: tokio::sync::Mutex::default(), models: Mutex::default() }))
    }

    fn models(&self) -> MutexGuard<'_, Vec<Member>> {
        // Every change to it is a single call, so it stays whole even if a holder panicked.
        self.0.models.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn find(&self, name: &str) -> Option<Arc<dyn Engine>> {
        let mut models = self.models();
        let member = models.iter_mut().find(|member| member.name == name)?;
        member.used = Instant::now();
        Some(Arc::clone(&member.engine))
    }

    /// The engine of `name`, loaded now if need be.
    ///
    /// # Errors
    /// As [`Opener`]; [`ErrorKind::Invalid`] if it needs more than the limit,
    /// [`ErrorKind::Busy`] while what others are at work with leaves no room.
    async fn get(&self, name: &str) -> Result<Arc<dyn Engine>> {
        if let Some(engine) = self.find(name) {
            return Ok(engine);
        }
        let _changing = self.0.changing.lock().await;
        if let Some(engine) = self.find(name) {
            return Ok(engine);
        }
        let memory = self.blocking(name, |opener, name| opener.memory(name)).await?;
        self.make_room(name, memory).await?;
        let engine = self.blocking(name, |opener, name| opener.open(name)).await?;
        tracing::info!(model = name, megabytes = memory / 1_000_000, "a model is loaded");
        let member = Member { name: name.to_owned(), engine: Arc::clone(&engine), memory, used: Instant::now() };
        self.models().push(member);
        Ok(engine)
    }

    async fn blocking<T: Send + 'static>(
        &self,
        name: &str,
        work: impl FnOnce(&dyn Opener, &str) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (opener, name) = (Arc::clone(&self.0.opener), name.to_owned());
        let done = tokio::task::spawn_blocking(move || work(&*opener, &name)).await;
        done.unwrap_or_else(|error| {
            tracing::error!(%error, "loading a model failed");
            Err(Error::unexpected("model-load"))
        })
    }

    /// Has idle models go, the longest unused first, until `memory` more bytes are within the limit.
    async fn make_room(&self, name: &str, memory: u64) -> Result<()> {
        let limit = self.0.limit;
        let megabytes = |bytes: u64| domain::number::grouped(bytes.div_ceil(1_000_000));
        if memory > limit {
            return Err(Error::new(
                ErrorKind::Invalid,
                format!(
                    "The model {name} needs {} MB of memory, and models may take {} MB here. Choose a smaller model, or raise inference.memory_limit.",
                    megabytes(memory),
                    megabytes(limit)
                ),
            ));
        }
        loop {
            let gone = {
                let mut models = self.models();
                if models.iter().map(|member| member.memory).sum::<u64>() + memory <= limit {
                    return Ok(());
                }
                let oldest = (0..models.len()).filter(|at| models[*at].is_idle()).min_by_key(|at| models[*at].used);
                oldest.map(|at| models.remove(at))
            };
            let Some(gone) = gone else {
                return Err(Error::new(
                    ErrorKind::Busy,
                    format!(
                        "The model {name} has no room in memory until the others are done. Please try again in a minute."
                    ),
                ));
            };
            free(gone).await;
        }
    }
}

/// Its memory is free once this returns: its thread is waited for.
async fn free(member: Member) {
    tracing::info!(model = member.name, "a model is unloaded");
    let _ = tokio::task::spawn_blocking(move || drop(member)).await;
}

#[async_trait]
impl Host for Pool {
    async fn stream(&self, model: &str, request: Request) -> Result<Outputs> {
        let engine = self.get(model).await?;
        let outputs = engine.stream(request).await?;
        // As long as it is written, the model is at work.
        Ok(outputs.inspect(move |_| _ = &engine).boxed())
    }

    async fn load(&self, model: &str) -> Result<()> {
        self.get(model).await.map(|_| ())
    }

    async fn unload(&self, model: &str) -> Result<()> {
        let _changing = self.0.changing.lock().await;
        let gone = {
            let mut models = self.models();
            models.iter().position(|member| member.name == model).map(|at| models.remove(at))
        };
        if let Some(gone) = gone {
            free(gone).await;
        }
        Ok(())
    }

    async fn loaded(&self) -> Result<Vec<Loaded>> {
        let models = self.models();
        let loaded = models.iter().map(|member| Loaded {
            model: member.name.clone(),
            memory: member.memory,
            idle: member.used.elapsed().as_secs(),
            figures: member.engine.figures(),
        });
        Ok(loaded.collect())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::{
        Message,
        scripted::{ScriptedEngine, Step},
        whole,
    };
    use domain::model::ModelRole;

    /// Models whose names are what they need.
    #[derive(Default)]
    struct Shelf {
        opened: AtomicUsize,
    }

    impl Opener for Shelf {
        fn memory(&self, model: &str) -> Result<u64> {
            model.parse().map_err(|_| Error::new(ErrorKind::NotFound, "There is no such model."))
        }

        fn open(&self, _model: &str) -> Result<Arc<dyn Engine>> {
            self.opened.fetch_add(1, Ordering::Relaxed);
            std::thread::sleep(std::time::Duration::from_millis(5));
            Ok(Arc::new(ScriptedEngine::new((0..9).map(|_| vec![Step::say("a word"), Step::say(" and more")]))))
        }
    }

    fn request() -> Request {
        Request::new(ModelRole::Fast, vec![Message::user("Hello")], 1)
    }

    async fn names(pool: &Pool) -> Vec<String> {
        pool.loaded().await.unwrap().into_iter().map(|loaded| loaded.model).collect()
    }

    #[tokio::test]
    async fn the_longest_unused_goes_when_memory_is_short() {
        let pool = Pool::new(Arc::new(Shelf::default()), 100);
        for model in ["40", "50", "40", "30"] {
            whole(pool.stream(model, request()).await.unwrap()).await.unwrap();
            tokio::time::sleep(std::time::Duration::from_millis(2)).await;
            let taken: u64 = pool.loaded().await.unwrap().iter().map(|loaded| loaded.memory).sum();
            assert!(taken <= 100, "{taken}");
        }
        assert_eq!(names(&pool).await, ["40", "30"]);
        pool.unload("40").await.unwrap();
        assert_eq!(names(&pool).await, ["30"]);
    }

    #[tokio::test]
    async fn what_is_at_work_stays() {
        let pool = Pool::new(Arc::new(Shelf::default()), 100);
        let writing = pool.stream("60", request()).await.unwrap();
        let error = pool.stream("50", request()).await.err().unwrap();
        assert_eq!((error.kind, names(&pool).await), (ErrorKind::Busy, vec!["60".to_owned()]));
        drop(writing);
        pool.load("50").await.unwrap();
        assert_eq!(names(&pool).await, ["50"]);
    }

    #[tokio::test]
    async fn a_model_that_never_fits_says_what_to_do() {
        let pool = Pool::new(Arc::new(Shelf::default()), 2_000_000);
        pool.load("1000000").await.unwrap();
        let error = pool.load("3000000000").await.err().unwrap();
        assert_eq!(error.kind, ErrorKind::Invalid);
        assert!(error.message.contains("needs 3,000 MB") && error.message.contains("may take 2 MB"), "{error}");
        assert_eq!(pool.load("none").await.err().unwrap().kind, ErrorKind::NotFound);
        assert_eq!(names(&pool).await, ["1000000"], "nothing goes for what cannot come");
    }

    #[tokio::test]
    async fn many_who_ask_at_once_load_it_once() {
        let shelf = Arc::new(Shelf::default());
        let pool = Pool::new(shelf.clone(), 100);
        let all = futures::future::join_all((0..8).map(|_| pool.stream("60", request()))).await;
        assert!(all.iter().all(Result::is_ok));
        assert_eq!(shelf.opened.load(Ordering::Relaxed), 1);
    }
}
