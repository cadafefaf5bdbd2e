//! What was answered to creating calls, by the caller's key.

use domain::account::AccountId;
use domain::{Result, Timestamp};
use sqlx::Row;

use crate::Connection;
use crate::error::explain;

/// A call that came before with the same key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// SHA-256 of what was asked.
    pub request: String,
    /// The HTTP status; `None` while it is being answered.
    pub status: Option<u16>,
    /// The answer's body.
    pub answer: String,
}

/// Takes the owner's `key` for a call; the earlier one if it is taken. One that began before `stale` and was never
/// answered counts no more.
pub async fn begin(
    connection: &mut Connection,
    owner: AccountId,
    key: &str,
    request: &str,
    now: Timestamp,
    stale: Timestamp,
) -> Result<Option<Call>> {
    let taken = sqlx::query(
        "INSERT INTO idempotent_calls (owner_id, key, request, status, answer, created_at) VALUES ($1, $2, $3, 0, '', $4)
         ON CONFLICT (owner_id, key) DO UPDATE SET request = excluded.request, created_at = excluded.created_at
         WHERE idempotent_calls.status = 0 AND idempotent_calls.created_at < $5",
    )
    .bind(owner.to_string())
    .bind(key.to_owned())
    .bind(request.to_owned())
    .bind(now.millis())
    .bind(stale.millis())
    .execute(&mut *connection)
    .await
    .map_err(explain)?;
    if taken.rows_affected() == 1 {
        return Ok(None);
    }
    let row = sqlx::query("SELECT request, status, answer FROM idempotent_calls WHERE owner_id = $1 AND key = $2")
        .bind(owner.to_string())
        .bind(key.to_owned())
        .fetch_one(connection)
        .await
        .map_err(explain)?;
    let read = || {
        let status: i64 = row.try_get("status")?;
        Ok(Call {
            request: row.try_get("request")?,
            status: u16::try_from(status).ok().filter(|status| *status > 0),
            answer: row.try_get("answer")?,
        })
    };
    read().map(Some).map_err(explain)
}

/// Keeps the answer.
pub async fn finish(connection: &mut Connection, owner: AccountId, key: &str, status: u16, answer: &str) -> Result<()> {
    sqlx::query("UPDATE idempotent_calls SET status = $3, answer = $4 WHERE owner_id = $1 AND key = $2")
        .bind(owner.to_string())
        .bind(key.to_owned())
        .bind(i64::from(status))
        .bind(answer.to_owned())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Lets go of a key whose call came to nothing.
pub async fn forget(connection: &mut Connection, owner: AccountId, key: &str) -> Result<()> {
    sqlx::query("DELETE FROM idempotent_calls WHERE owner_id = $1 AND key = $2 AND status = 0")
        .bind(owner.to_string())
        .bind(key.to_owned())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Removes calls that came before `since`.
pub async fn remove_before(connection: &mut Connection, since: Timestamp) -> Result<u64> {
    sqlx::query("DELETE FROM idempotent_calls WHERE created_at < $1")
        .bind(since.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
