//! Background tasks, for any number of instances: each one is claimed by a single statement, for a
//! time that the holder prolongs while it works.

use domain::account::AccountId;
use domain::task::{TaskId, TaskState, TaskView};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// A task to be queued.
#[derive(Clone, Debug)]
pub struct NewTask {
    /// Its identifier.
    pub id: TaskId,
    /// Whose work it is, if it is somebody's.
    pub owner: Option<AccountId>,
    /// What kind of work it is.
    pub kind: &'static str,
    /// What it is to be done with.
    pub payload: String,
    /// A name of which there is at most one task at a time.
    pub name: Option<String>,
    /// When it is to be done.
    pub due_at: Timestamp,
    /// The present moment.
    pub created_at: Timestamp,
}

/// A task that the caller has to do now.
#[derive(Clone, Debug)]
pub struct Claimed {
    /// Its identifier.
    pub id: TaskId,
    /// Whose work it is, if it is somebody's.
    pub owner: Option<AccountId>,
    /// What it is to be done with.
    pub payload: String,
    /// How often it was tried, this try included.
    pub tries: u32,
}

/// A task that an administrator ended or began anew.
#[derive(Clone, Debug)]
pub struct Changed {
    /// Whose work it is, if it is somebody's.
    pub owner: Option<AccountId>,
    /// What kind of work it is.
    pub kind: String,
    /// What it is to be done with.
    pub payload: String,
    /// How often it was tried.
    pub tries: u32,
}

fn id(row: &AnyRow) -> sqlx::Result<TaskId> {
    row.try_get::<String, _>("id")?.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))
}

fn tries(row: &AnyRow) -> sqlx::Result<u32> {
    row.try_get::<i64, _>("tries").map(|tries| u32::try_from(tries).unwrap_or(u32::MAX))
}

fn owner(row: &AnyRow) -> sqlx::Result<Option<AccountId>> {
    let owner: Option<String> = row.try_get("owner_id")?;
    owner.map(|owner| owner.parse()).transpose().map_err(|error: Error| sqlx::Error::Decode(error.into()))
}

impl FromRow<'_, AnyRow> for Claimed {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self { id: id(row)?, owner: owner(row)?, payload: row.try_get("payload")?, tries: tries(row)? })
    }
}

impl FromRow<'_, AnyRow> for Changed {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            owner: owner(row)?,
            kind: row.try_get("kind")?,
            payload: row.try_get("payload")?,
            tries: tries(row)?,
        })
    }
}

/// Queues a task; false when there is one of its name that was not given up.
pub async fn queue(connection: &mut Connection, task: &NewTask) -> Result<bool> {
    sqlx::query(
        "INSERT INTO tasks (id, owner_id, kind, payload, name, state, tries, due_at, created_at, changed_at)
         VALUES ($1, $7, $2, $3, $4, 'queued', 0, $5, $6, $6)
         ON CONFLICT (name) DO UPDATE SET owner_id = excluded.owner_id, payload = excluded.payload, state = 'queued', tries = 0, claim = NULL,
             error = NULL, due_at = excluded.due_at, created_at = excluded.created_at, changed_at = excluded.changed_at
         WHERE tasks.state = 'failed'",
    )
    .bind(task.id.to_string())
    .bind(task.kind)
    .bind(task.payload.clone())
    .bind(task.name.clone())
    .bind(task.due_at.millis())
    .bind(task.created_at.millis())
    .bind(task.owner.map(|owner| owner.to_string()))
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// The kinds of which there is something to be done, each with the time of the first.
pub async fn due(connection: &mut Connection) -> Result<Vec<(String, Timestamp)>> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT kind, MIN(due_at) AS due_at FROM tasks WHERE state <> 'failed' GROUP BY kind")
            .fetch_all(connection)
            .await
            .map_err(explain)?;
    Ok(rows.into_iter().map(|(kind, due_at)| (kind, Timestamp::from_millis(due_at))).collect())
}

/// Claims the task of `kind` that has been due for longest, in the name of `claim` and until then;
/// none when there is none, or another instance was faster.
pub async fn claim(
    connection: &mut Connection,
    kind: &str,
    claim: &str,
    now: Timestamp,
    until: Timestamp,
) -> Result<Option<Claimed>> {
    // The outer conditions are looked at again by PostgreSQL when it had to wait for another instance's claim.
    sqlx::query_as(
        "UPDATE tasks SET state = 'running', claim = $2, tries = tries + 1, due_at = $4, changed_at = $3
         WHERE id = (SELECT id FROM tasks WHERE kind = $1 AND state <> 'failed' AND due_at <= $3 ORDER BY due_at, id LIMIT 1)
             AND state <> 'failed' AND due_at <= $3
         RETURNING id, owner_id, payload, tries",
    )
    .bind(kind.to_owned())
    .bind(claim.to_owned())
    .bind(now.millis())
    .bind(until.millis())
    .fetch_optional(connection)
    .await
    .map_err(explain)
}

/// Prolongs a claim; false when it is lost, because it ran out or the task was cancelled.
pub async fn renew(connection: &mut Connection, id: TaskId, claim: &str, until: Timestamp) -> Result<bool> {
    sqlx::query("UPDATE tasks SET due_at = $3 WHERE id = $1 AND claim = $2 AND state = 'running'")
        .bind(id.to_string())
        .bind(claim.to_owned())
        .bind(until.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Removes a task that is done; false when the claim was lost.
pub async fn finish(connection: &mut Connection, id: TaskId, claim: &str) -> Result<bool> {
    sqlx::query("DELETE FROM tasks WHERE id = $1 AND claim = $2")
        .bind(id.to_string())
        .bind(claim.to_owned())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Puts a claimed task back until `due_at`: because it failed for the reason `error`, or, without
/// one, because it is done for now and begins anew then.
pub async fn postpone(
    connection: &mut Connection,
    id: TaskId,
    claim: &str,
    due_at: Timestamp,
    error: Option<&str>,
) -> Result<bool> {
    sqlx::query(
        "UPDATE tasks SET state = 'queued', claim = NULL, due_at = $3, error = $4,
             tries = CASE WHEN $5 = 1 THEN tries ELSE 0 END
         WHERE id = $1 AND claim = $2",
    )
    .bind(id.to_string())
    .bind(claim.to_owned())
    .bind(due_at.millis())
    .bind(error.map(str::to_owned))
    .bind(i64::from(error.is_some()))
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// Gives a claimed task up for the reason `error`; false when the claim was lost.
pub async fn fail(connection: &mut Connection, id: TaskId, claim: &str, error: &str, now: Timestamp) -> Result<bool> {
    sqlx::query(
        "UPDATE tasks SET state = 'failed', claim = NULL, error = $3, changed_at = $4 WHERE id = $1 AND claim = $2",
    )
    .bind(id.to_string())
    .bind(claim.to_owned())
    .bind(error.to_owned())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// How many tasks there are in each state.
pub async fn counts(connection: &mut Connection) -> Result<Vec<(TaskState, u64)>> {
    let rows: Vec<(String, i64)> = sqlx::query_as("SELECT state, COUNT(*) AS count FROM tasks GROUP BY state")
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    let count = |(state, count): (String, i64)| (TaskState::from_slug(&state), u64::try_from(count).unwrap_or(0));
    Ok(rows.into_iter().map(count).collect())
}

/// Tasks, at most `limit`: first those given up, then those being done, then those that wait, the
/// one that is due next first.
pub async fn list(connection: &mut Connection, limit: i64) -> Result<Vec<TaskView>> {
    let rows = sqlx::query(
        "SELECT id, kind, state, tries, due_at, error, created_at FROM tasks
         ORDER BY CASE state WHEN 'failed' THEN 0 WHEN 'running' THEN 1 ELSE 2 END, due_at, id LIMIT $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    let view = |row: &AnyRow| {
        Ok(TaskView {
            id: id(row)?,
            kind: row.try_get("kind")?,
            state: TaskState::from_slug(&row.try_get::<String, _>("state")?),
            tries: tries(row)?,
            due_at: Timestamp::from_millis(row.try_get("due_at")?),
            error: row.try_get("error")?,
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
        })
    };
    rows.iter().map(view).collect::<sqlx::Result<_>>().map_err(explain)
}

/// Queues a task again that was given up; none when there is no such task.
pub async fn retry(connection: &mut Connection, id: TaskId, now: Timestamp) -> Result<Option<Changed>> {
    sqlx::query_as(
        "UPDATE tasks SET state = 'queued', tries = 0, due_at = $2, changed_at = $2 WHERE id = $1 AND state = 'failed'
         RETURNING owner_id, kind, payload, tries",
    )
    .bind(id.to_string())
    .bind(now.millis())
    .fetch_optional(connection)
    .await
    .map_err(explain)
}

/// Removes a task in any state; what it was, if there was one.
pub async fn cancel(connection: &mut Connection, id: TaskId) -> Result<Option<Changed>> {
    sqlx::query_as("DELETE FROM tasks WHERE id = $1 RETURNING owner_id, kind, payload, tries")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)
}

/// Removes the tasks that were given up before `since`; answers how many.
pub async fn trim(connection: &mut Connection, since: Timestamp) -> Result<u64> {
    sqlx::query("DELETE FROM tasks WHERE state = 'failed' AND changed_at < $1")
        .bind(since.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
