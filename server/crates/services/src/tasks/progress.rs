//! What the person whose work a task is hears of it: events of the topic "tasks".

use domain::account::AccountId;
use domain::event::Topic;
use domain::task::{TaskId, TaskProgress};
use domain::{Result, Timestamp};
use serde_json::Value;
use store::task::{self as rows, NewTask};
use store::{Connection, event};

use super::Tasks;

/// The names of these events. A task that failed and is tried again is queued anew.
pub(super) const QUEUED: &str = "queued";
pub(super) const RUNNING: &str = "running";
pub(super) const DONE: &str = "done";
pub(super) const FAILED: &str = "failed";

/// What is told of a task.
pub(super) struct Told<'t> {
    pub(super) id: TaskId,
    pub(super) kind: &'t str,
    pub(super) tries: u32,
    pub(super) due_at: Option<Timestamp>,
}

impl Told<'_> {
    fn data(self) -> Value {
        let Self { id: task, kind, tries, due_at } = self;
        let progress = TaskProgress { task, kind: kind.to_owned(), tries, due_at };
        // Plain structs always have a form in JSON.
        serde_json::to_value(progress).unwrap_or_default()
    }
}

/// Queues `task` in the caller's transaction, and its person hears of it; false when there is one of its name.
pub(crate) async fn queue(connection: &mut Connection, task: &NewTask) -> Result<bool> {
    let queued = rows::queue(connection, task).await?;
    if let Some(owner) = task.owner.filter(|_| queued) {
        let told = Told { id: task.id, kind: task.kind, tries: 0, due_at: Some(task.due_at) };
        event::append(connection, owner, Topic::Tasks, QUEUED, &told.data(), task.created_at).await?;
    }
    Ok(queued)
}

impl Tasks {
    /// Tells the person whose work it is, if it is somebody's.
    pub(super) async fn tell(&self, owner: Option<AccountId>, name: &'static str, told: Told<'_>) {
        if let Some(owner) = owner {
            self.0.events.publish(owner, Topic::Tasks, name, told.data()).await;
        }
    }
}
