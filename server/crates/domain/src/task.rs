//! Background tasks: work that is done after the answer, tried again when it fails, and given up
//! in the end.

use serde::{Deserialize, Serialize};

use crate::{Id, Timestamp};

/// Marks the identifier of a background task.
pub struct Task;
/// The identifier of a background task.
pub type TaskId = Id<Task>;

/// Seconds until a task is tried again, after its first, second... try failed: soon, because most
/// trouble is short, then less and less often. About seven hours together.
const PAUSES: [i64; 5] = [5, 60, 600, 3_600, 21_600];
/// How often a task is tried before it is given up.
pub const MOST_TRIES: u32 = 1 + PAUSES.len() as u32;

/// The seconds to wait after the try with this number, from 1, has failed; none when it was the last.
pub fn pause_after(tries: u32) -> Option<i64> {
    let index = usize::try_from(tries.checked_sub(1)?).ok()?;
    PAUSES.get(index).copied()
}

/// Where a task stands. Those that are done are no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TaskState {
    /// It waits for its time.
    Queued,
    /// It is being done.
    Running,
    /// It was given up.
    Failed,
}

impl TaskState {
    /// The word that is stored.
    pub fn slug(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Running => "running",
            Self::Failed => "failed",
        }
    }

    /// The state with this stored word; anything unknown is queued.
    pub fn from_slug(slug: &str) -> Self {
        [Self::Running, Self::Failed].into_iter().find(|state| state.slug() == slug).unwrap_or(Self::Queued)
    }
}

/// What the person whose work a task is hears of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskProgress {
    /// Its identifier.
    pub task: TaskId,
    /// What kind of work it is, such as `send-mail`.
    pub kind: String,
    /// Tries that have begun.
    pub tries: u32,
    /// When it is tried next, if it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
}

/// What an administrator sees of the background tasks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TasksView {
    /// How many wait.
    pub queued: u64,
    /// How many are being done.
    pub running: u64,
    /// How many were given up.
    pub failed: u64,
    /// The latest of them: first those that were given up, then those being done, then those that wait.
    pub tasks: Vec<TaskView>,
    /// When it was looked at.
    pub now: Timestamp,
}

/// A background task.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskView {
    /// Its identifier.
    pub id: TaskId,
    /// What kind of work it is.
    pub kind: String,
    /// Where it stands.
    pub state: TaskState,
    /// How often it was tried, the present try included.
    pub tries: u32,
    /// When it is to be done, if it waits.
    pub due_at: Timestamp,
    /// Why the last try failed, in sentences.
    pub error: Option<String>,
    /// When it was queued.
    pub created_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_a_task_is_given_up() {
        let pauses: Vec<_> = (1..=MOST_TRIES).map(pause_after).collect();
        assert_eq!((pauses[0], pauses[4], pauses[5]), (Some(5), Some(21_600), None));
        assert!(pauses.windows(2).all(|two| two[1].is_none() || two[0] < two[1]));
        assert_eq!((pause_after(0), pause_after(u32::MAX)), (None, None));
    }

    #[test]
    fn words_lead_back_to_their_state() {
        for state in [TaskState::Queued, TaskState::Running, TaskState::Failed] {
            assert_eq!(TaskState::from_slug(state.slug()), state);
        }
    }
}
