//! What generated text takes is counted and limited, and repeatable requests are answered once.

mod counted;
mod kept;

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use domain::account::Viewer;
use domain::generation::{Consumption, Quotas};
use domain::model::ModelRole;
use domain::{Error, Result};
use futures::{StreamExt, stream};
use inference::scripted::{ScriptedEngine, Step};
use inference::{End, Engine, Message, Output, Outputs, Reason, Request, Usage};
use services::account::Accounts;
use services::generation::{Generation, GenerationOptions};
use store::Store;
use tempfile::TempDir;

use crate::support::{Counting, HERE, TestClock, audit, open, unlimited};

/// Generation over a database of its own.
struct Desk {
    folder: TempDir,
    store: Store,
    clock: Arc<TestClock>,
    accounts: Accounts,
    generation: Generation,
}

fn options(quotas: &[(&str, u64)]) -> GenerationOptions {
    let quotas: BTreeMap<_, _> = quotas.iter().map(|(plan, limit)| ((*plan).to_owned(), *limit)).collect();
    GenerationOptions { quotas: Quotas::new(quotas), kept_bytes: 1_000_000, kept_days: 90 }
}

impl Desk {
    async fn new(options: GenerationOptions) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self::open(folder, TestClock::new(), options).await
    }

    async fn open(folder: TempDir, clock: Arc<TestClock>, options: GenerationOptions) -> Self {
        let store = open(&folder).await;
        let accounts = Accounts::new(
            store.clone(),
            clock.clone(),
            Arc::new(Counting::default()),
            unlimited(&store),
            audit(&store),
        );
        let generation = Generation::new(store.clone(), clock.clone(), options);
        Self { folder, store, clock, accounts, generation }
    }

    /// The same database after a restart.
    async fn restart(self, options: GenerationOptions) -> Self {
        self.generation.settled().await;
        self.store.close().await;
        Self::open(self.folder, self.clock, options).await
    }

    async fn member(&self, email: &str) -> Viewer {
        let signed_in = self.accounts.register("Ada", email, "Correct-Horse-7", HERE).await.unwrap();
        self.accounts.viewer(signed_in).await.unwrap().unwrap()
    }

    fn engine(&self, engine: &Arc<impl Engine + 'static>) -> Arc<dyn Engine> {
        self.generation.engine(engine.clone(), "scripted 1")
    }

    /// What the viewer used today, once everything is counted.
    async fn used(&self, viewer: &Viewer) -> Consumption {
        self.generation.settled().await;
        self.generation.today(viewer).await.unwrap().consumption
    }
}

/// A repeatable request with a prompt of 400 characters, which are counted as 100 tokens.
fn request(person: &str) -> Request {
    let messages = vec![Message::user("word ".repeat(80))];
    let standard = Request::new(ModelRole::Fast, messages, 1);
    Request { temperature: 0.0, person: person.to_owned(), feature: "test", prompt: "test 1", ..standard }
}

fn by(viewer: &Viewer) -> Request {
    request(&viewer.id.to_string())
}

/// An engine with these scripts, each of which says these words.
fn saying(scripts: &[&[&str]]) -> Arc<ScriptedEngine> {
    Arc::new(ScriptedEngine::new(scripts.iter().map(|words| words.iter().copied().map(Step::say).collect())))
}

async fn text(engine: &dyn Engine, request: Request) -> Result<String> {
    let outputs: Vec<_> = engine.stream(request).await?.collect().await;
    let texts = outputs.into_iter().map(|output| output.map(|output| output.text().unwrap_or_default()));
    texts.collect::<Result<Vec<_>>>().map(|texts| texts.concat())
}

/// Answers every request with the same text and end.
struct Ending(End);

impl Ending {
    fn new(reason: Reason, usage: Usage) -> Arc<Self> {
        Arc::new(Self(End { reason, usage }))
    }
}

#[async_trait]
impl Engine for Ending {
    fn name(&self) -> &str {
        "ending"
    }

    async fn stream(&self, _request: Request) -> Result<Outputs> {
        let outputs: [Result<Output, Error>; 2] = [Ok(Output::Text("words".to_owned())), Ok(Output::End(self.0))];
        Ok(stream::iter(outputs).boxed())
    }
}
