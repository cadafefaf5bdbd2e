//! Background tasks: work that outlives its request, and the restart of the server.
//!
//! A task is a row that is queued in the same transaction as what it follows from. Any instance
//! claims it, for a time that it prolongs while it works; when that instance ends in the middle,
//! another one takes the task over. So work may be done twice, if seldom: a [`Work`] must bear
//! that. To add a kind of work: a [`Work`] beside its feature, registered where the feature's
//! service is made, and its name in words on the page `/admin/tasks`.

mod progress;
mod runner;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use domain::account::{AccountId, Viewer};
use domain::task::{TaskId, TaskState, TasksView};
use domain::{Clock, Error, Id, Random, Result, Timestamp};
use serde::Serialize;
use serde_json::Value;
use store::Store;
use store::task::{self as rows, NewTask};
use tokio::sync::{Notify, watch};

use crate::events::Events;
pub(crate) use progress::queue;
use progress::{DONE, FAILED, QUEUED, RUNNING, Told};

/// Tasks that an administrator sees, at most.
const LISTED: i64 = 200;
/// Days after which a task that was given up is removed.
const KEPT_DAYS: i64 = 30;
/// What all of this is to administrators, who alone can do it.
const TASK: &str = "look after background tasks";

/// A kind of work that is done in the background.
#[async_trait]
pub trait Work: Send + Sync {
    /// Does it. It may have been done before, wholly or in part, by an instance that did not live
    /// to say so.
    ///
    /// # Errors
    /// What stands in the way, and whether time may mend it.
    async fn run(&self, payload: &str) -> std::result::Result<Done, Trouble>;

    /// It will not be done: it was tried often enough, cannot be done, or was cancelled.
    async fn given_up(&self, _payload: &str, _reason: &str) {}
}

/// How a task ended well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Done {
    /// For good.
    Once,
    /// For now; it is to be done again at that time.
    Until(Timestamp),
}

/// Why a task was not done, in sentences for the administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// It may pass: the task is tried again, after pauses that grow.
    Passing(String),
    /// It will not: the task is given up at once.
    Lasting(String),
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Passing(error.message)
    }
}

/// The use cases of background tasks.
#[derive(Clone)]
pub struct Tasks(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    events: Events,
    kinds: Mutex<BTreeMap<&'static str, Arc<dyn Work>>>,
    /// Something was queued in this process.
    queued: Notify,
    /// No more tasks are to be begun.
    stopping: watch::Sender<bool>,
    /// Runners that have not ended.
    running: watch::Sender<usize>,
}

impl Tasks {
    /// Tasks kept in `store`, of which their people hear by `events`. Nothing is done yet: see [`Tasks::run`].
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>, events: Events) -> Self {
        let (stopping, running) = (watch::Sender::new(false), watch::Sender::new(0));
        Self(Arc::new(Parts {
            store,
            clock,
            random,
            events,
            kinds: Mutex::default(),
            queued: Notify::new(),
            stopping,
            running,
        }))
    }

    /// Has tasks of `kind` done by `work` in this process. Kinds that were not registered are left
    /// to other instances.
    pub fn register(&self, kind: &'static str, work: Arc<dyn Work>) {
        self.kinds().insert(kind, work);
    }

    /// A task that is due at once and nobody's own, for [`queue`] in the caller's transaction; [`Tasks::wake`] follows
    /// when that is saved.
    pub fn task(&self, kind: &'static str, payload: &impl Serialize) -> NewTask {
        let now = self.0.clock.now();
        // Payloads are plain structs and strings, which always have a form in JSON.
        let payload = serde_json::to_value(payload).unwrap_or(Value::Null).to_string();
        let id = Id::new(now, &*self.0.random);
        NewTask { id, owner: None, kind, payload, name: None, due_at: now, created_at: now }
    }

    /// The same for the person whose work it is: they hear how it goes.
    pub fn task_of(&self, owner: AccountId, kind: &'static str, payload: &impl Serialize) -> NewTask {
        NewTask { owner: Some(owner), ..self.task(kind, payload) }
    }

    /// Queues `task` by itself; false when there is one of its name.
    pub async fn queue(&self, task: NewTask) -> Result<bool> {
        let queue = self.0.store.transaction(move |connection| Box::pin(async move { queue(connection, &task).await }));
        let queued = queue.await?;
        self.wake();
        Ok(queued)
    }

    /// Has what was queued done at once.
    pub fn wake(&self) {
        self.0.queued.notify_one();
    }

    /// How many tasks stand where; states without any are left out.
    pub async fn counts(&self) -> Result<Vec<(TaskState, u64)>> {
        rows::counts(&mut *self.0.store.read().await?).await
    }

    /// The tasks, for administrators.
    ///
    /// # Errors
    /// `Forbidden` for anybody else, as for all that follows.
    pub async fn view(&self, viewer: &Viewer) -> Result<TasksView> {
        viewer.must_administer(TASK)?;
        let mut connection = self.0.store.read().await?;
        let counts = rows::counts(&mut connection).await?;
        let count = |state| counts.iter().find(|(other, _)| *other == state).map_or(0, |(_, count)| *count);
        Ok(TasksView {
            queued: count(TaskState::Queued),
            running: count(TaskState::Running),
            failed: count(TaskState::Failed),
            tasks: rows::list(&mut connection, LISTED).await?,
            now: self.0.clock.now(),
        })
    }

    /// Queues a task again that was given up.
    ///
    /// # Errors
    /// `NotFound` when there is none, or it is on its way already.
    pub async fn retry(&self, viewer: &Viewer, id: TaskId) -> Result<()> {
        viewer.must_administer(TASK)?;
        let now = self.0.clock.now();
        let retry = self.0.store.transaction(move |connection| Box::pin(rows::retry(connection, id, now)));
        let again = retry.await?.ok_or_else(|| Error::not_found("failed task"))?;
        self.tell(again.owner, QUEUED, Told { id, kind: &again.kind, tries: again.tries, due_at: Some(now) }).await;
        self.wake();
        Ok(())
    }

    /// Removes a task. When it is being done, that is broken off within seconds.
    ///
    /// # Errors
    /// `NotFound` when it is done or removed already.
    pub async fn cancel(&self, viewer: &Viewer, id: TaskId) -> Result<()> {
        viewer.must_administer(TASK)?;
        let cancel = self.0.store.transaction(move |connection| Box::pin(rows::cancel(connection, id)));
        let rows::Changed { owner, kind, payload, tries } = cancel.await?.ok_or_else(|| Error::not_found("task"))?;
        tracing::info!(%id, kind, by = %viewer.id, "a background task was cancelled");
        self.tell(owner, FAILED, Told { id, kind: &kind, tries, due_at: None }).await;
        if let Some(work) = self.work(&kind) {
            work.given_up(&payload, "An administrator cancelled it.").await;
        }
        Ok(())
    }

    /// Removes the tasks that were given up long ago; answers how many.
    pub async fn trim(&self) -> Result<u64> {
        let since = self.0.clock.now().hours_before(24 * KEPT_DAYS);
        self.0.store.transaction(move |connection| Box::pin(rows::trim(connection, since))).await
    }

    fn kinds(&self) -> std::sync::MutexGuard<'_, BTreeMap<&'static str, Arc<dyn Work>>> {
        self.0.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self, kind: &str) -> Option<Arc<dyn Work>> {
        self.kinds().get(kind).cloned()
    }
}
