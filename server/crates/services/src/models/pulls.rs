//! Models that are being fetched.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use domain::model::{ModelState, Pull};
use inference::models::{Convert, Library, Progress, Pulled, Step};
use tokio::task::JoinHandle;
use tracing::Instrument;

/// Share of the last measurement in the rate that is shown.
const WEIGHT: f32 = 0.3;
/// Seconds between two measurements, at least.
const INTERVAL: f32 = 0.5;

/// All of them, and those that failed, by name.
#[derive(Clone, Default)]
pub(super) struct Pulls(Arc<Mutex<BTreeMap<String, Entry>>>);

enum Entry {
    /// It goes on.
    Open(Pull, JoinHandle<()>),
    /// It was cancelled, and may still be putting its things away.
    Cancelled(JoinHandle<()>),
    Failed(String),
}

impl Pulls {
    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        // Every change to it is a single call, so it stays whole even if a holder panicked.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether `model` is being fetched, or failed to be.
    pub(super) fn state(&self, model: &str) -> Option<ModelState> {
        match self.entries().get(model)? {
            Entry::Open(pull, _) => Some(ModelState::Pulling(pull.clone())),
            Entry::Failed(reason) => Some(ModelState::Failed(reason.clone())),
            Entry::Cancelled(_) => None,
        }
    }

    /// Fetches `model`, unless that is being done.
    pub(super) fn begin(&self, library: &Library, convert: Convert, model: &str) {
        let mut entries = self.entries();
        let earlier = match entries.remove(model) {
            Some(open @ Entry::Open(..)) => {
                entries.insert(model.to_owned(), open);
                return;
            }
            Some(Entry::Cancelled(task)) => Some(task),
            _ => None,
        };
        let watcher = Watcher { pulls: self.clone(), model: model.to_owned(), measured: Mutex::new(None) };
        let (library, pulls, name) = (library.clone(), self.clone(), model.to_owned());
        let pulling = async move {
            if let Some(earlier) = earlier {
                // It ends with an error: it was cancelled.
                let _ = earlier.await;
            }
            let pulled = library.pull(&name, convert, &watcher).await;
            let mut entries = pulls.entries();
            match pulled {
                Ok(Pulled::New(_) | Pulled::Already(_)) => drop(entries.remove(&name)),
                Err(error) => {
                    tracing::warn!(model = name, %error, "a model could not be fetched");
                    entries.insert(name, Entry::Failed(error.message));
                }
            }
        };
        let task = tokio::spawn(pulling.in_current_span());
        let pull = Pull { step: "Beginning".to_owned(), ..Pull::default() };
        entries.insert(model.to_owned(), Entry::Open(pull, task));
    }

    /// Stops fetching `model`.
    pub(super) fn cancel(&self, model: &str) {
        let mut entries = self.entries();
        if let Some(Entry::Open(_, task)) = entries.remove(model) {
            task.abort();
            entries.insert(model.to_owned(), Entry::Cancelled(task));
        }
    }

    /// Forgets that `model` failed.
    pub(super) fn forget(&self, model: &str) {
        self.entries().retain(|name, entry| name != model || !matches!(entry, Entry::Failed(_)));
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
        let Some(Entry::Open(pull, _)) = entries.get_mut(&self.model) else { return };
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
