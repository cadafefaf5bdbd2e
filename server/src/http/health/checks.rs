//! The parts that are looked at. To add one: a line in [`all`] and the function that it names,
//! which answers what the part is, or what is wrong with it.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use futures::FutureExt;
use futures::future::BoxFuture;
use inference::Embedder;
use services::mail::{Mails, Post};
use services::models::Models;
use store::Store;

use crate::compose::Lodestar;

/// What the part is, or what is wrong with it, each in a few words without addresses or paths:
/// anybody may read it.
type Outcome = Result<String, String>;

/// A part that is looked at.
pub struct Check {
    /// Its name, as probes and dashboards know it.
    pub name: &'static str,
    /// Whether nothing works without it.
    pub needed: bool,
    /// Looks at it.
    pub look: Box<dyn Fn() -> BoxFuture<'static, Outcome> + Send + Sync>,
}

impl Check {
    /// The part `name`, looked at by `look`.
    pub fn new<F>(name: &'static str, needed: bool, look: impl Fn() -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Outcome> + Send + 'static,
    {
        Self { name, needed, look: Box::new(move || look().boxed()) }
    }
}

/// All of them.
pub fn all(lodestar: &Lodestar) -> Vec<Check> {
    let Lodestar { store, data_dir, embedder, models, mails, .. } = lodestar.clone();
    vec![
        Check::new("database", true, move || database(store.clone())),
        Check::new("files", true, move || files(data_dir.clone())),
        Check::new("embedding", true, move || embedding(embedder.clone())),
        Check::new("generation", false, move || generation(models.clone())),
        Check::new("mail", false, move || mail(mails.clone())),
    ]
}

async fn database(store: Store) -> Outcome {
    store.ping().await.map_err(|error| error.message)?;
    Ok(store.kind().to_owned())
}

async fn files(folder: impl AsRef<Path>) -> Outcome {
    /// Two looks at the same time must not take each other's file.
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let name = format!(".health-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let probe = folder.as_ref().join(name);
    let tried = async {
        tokio::fs::write(&probe, b"ready").await?;
        tokio::fs::read(&probe).await?;
        tokio::fs::remove_file(&probe).await
    };
    tried.await.map_err(|error: std::io::Error| format!("the data folder cannot be written: {error}"))?;
    Ok("the data folder can be written".to_owned())
}

async fn embedding(embedder: std::sync::Arc<dyn Embedder>) -> Outcome {
    let vectors = embedder.embed(&["ready".to_owned()]).await.map_err(|error| error.message)?;
    if vectors.first().is_some_and(|vector| !vector.is_empty()) {
        Ok(embedder.name().to_owned())
    } else {
        Err("the model gave no vector".to_owned())
    }
}

async fn generation(models: Models) -> Outcome {
    let work = models.work().await;
    let (servers, there) = (work.endpoints.len(), work.endpoints.iter().filter(|endpoint| endpoint.healthy).count());
    if servers > 0 {
        let found = format!("{there} of {servers} model servers answer");
        return if there > 0 { Ok(found) } else { Err(found) };
    }
    let loaded = work.loaded.ok_or("the process of the models does not answer; it is started again")?;
    let names: Vec<_> = loaded.iter().map(|loaded| loaded.model.as_str()).collect();
    Ok(match names[..] {
        [] => "no model is loaded; the built-in coach words what is said until one is".to_owned(),
        _ => format!("loaded: {}", names.join(", ")),
    })
}

/// Mails wait for a mail server that is down, so nobody is sent away for it.
async fn mail(mails: Mails) -> Outcome {
    let Post { server, waiting, failed } = mails.post().await.map_err(|error| error.message)?;
    let Some(server) = server else {
        return Ok("no mail server is configured; mails are kept for administrators to read".to_owned());
    };
    let unsent = format!("{waiting} mails wait, {failed} of the last 7 days could not be sent");
    match server {
        Ok(took) => Ok(format!("the mail server answers in {} ms; {unsent}", took.as_millis())),
        Err(reason) => Err(format!("{reason}; {unsent}")),
    }
}
