//! Models that are being fetched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use domain::model::{ModelState, Pull};
use inference::models::{Convert, Library, Progress, Pulled, Step};
use tokio::task::AbortHandle;

/// Share of the last measurement in the rate that is shown.
const WEIGHT: f32 = 0.3;
/// Seconds between two measurements, at least.
const INTERVAL: f32 = 0.5;

/// All of them, and those that failed, by name.
#[derive(Clone, Default)]
pub(super) struct Pulls(Arc<Mutex<BTreeMap<String, Entry>>>);

struct Entry {
    state: ModelState,
    task: Option<AbortHandle>,
}

impl Pulls {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // Every change to it is a single call, so it stays whole even if a holder panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `model` is being fetched, or failed to be.
    pub(super) fn state(&self, model: &str) -> Option<ModelState> {
        self.entries().get(model).map(|entry| entry.state.clone())
    }

    /// Fetches `model`, unless that is being done.
    pub(super) fn begin(&self, library: &Library, convert: Convert, model: &str) {
        let mut entries = self.entries();
        if entries.get(model).is_some_and(|entry| entry.task.is_some()) {
            return;
        }
        let watcher = Watcher { pulls: self.clone(), model: model.to_owned(), measured: Mutex::new(None) };
        let (library, pulls, name) = (library.clone(), self.clone(), model.to_owned());
        let task = tokio::spawn(async move {
            let pulled = library.pull(&name, convert, &watcher).await;
            let mut entries = pulls.entries();
            match pulled {
                Ok(Pulled::New(_) | Pulled::Already(_)) => drop(entries.remove(&name)),
                Err(error) => {
                    tracing::warn!(model = name, %error, "a model could not be fetched");
                    entries.insert(name, Entry { state: ModelState::Failed(error.message), task: None });
                }
            }
        });
        let pull = Pull { step: "Beginning".to_owned(), ..Pull::default() };
        entries.insert(model.to_owned(), Entry { state: ModelState::Pulling(pull), task: Some(task.abort_handle()) });
    }

    /// Stops fetching `model`.
    pub(super) fn cancel(&self, model: &str) {
        if let Some(task) = self.entries().remove(model).and_then(|entry| entry.task) {
            task.abort();
        }
    }

    /// Forgets that `model` failed.
    pub(super) fn forget(&self, model: &str) {
        self.entries().retain(|name, entry| name != model || entry.task.is_some());
    }
}

/// Writes down how one pull goes.
struct Watcher {
    pulls: Pulls,
    model: String,
    /// When how many bytes were there.
    measured: Mutex<Option<(Instant, u64)>>,
}

impl Progress for Watcher {
    fn at(&self, step: Step<'_>) {
        let mut entries = self.pulls.entries();
        let Some(Entry { state: ModelState::Pulling(pull), .. }) = entries.get_mut(&self.model) else { return };
        match step {
            Step::Source(source) => pull.step = format!("Looking at {source}"),
            Step::Package(requirement) => pull.step = format!("Fetching the package {requirement}"),
            Step::Fetching { file, done, total } => {
                pull.step = format!("Fetching {file}");
                (pull.done, pull.total) = (done, total);
                pull.rate = self.rate(pull.rate, done);
            }
            Step::Again(reason) => pull.step = format!("Trying again: {reason}"),
            Step::Failed { source, reason } => pull.step = format!("Not from {source}: {reason}"),
            Step::Converting => pull.step = "Checking and installing".to_owned(),
        }
    }
}

impl Watcher {
    /// The rate after a look at `done` bytes; it was `before`.
    fn rate(&self, before: u64, done: u64) -> u64 {
        let mut measured = self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let Some((then, had)) = measured.filter(|(_, had)| *had <= done) else {
            *measured = Some((now, done));
            return 0;
        };
        let seconds = (now - then).as_secs_f32();
        if seconds < INTERVAL {
            return before;
        }
        *measured = Some((now, done));
        let rate = (done - had) as f32 / seconds;
        if before == 0 { rate as u64 } else { (before as f32 + WEIGHT * (rate - before as f32)) as u64 }
    }
}
