//! Accounts that are to be removed, and removing them.

use domain::account::AccountId;
use domain::{Error, Result, Timestamp};
use sqlx::Row;

use crate::error::explain;
use crate::{Connection, audit, generation, share};

/// Notes that an account is removed at `due_at`; an earlier note stays.
pub async fn put(connection: &mut Connection, owner: AccountId, due_at: Timestamp) -> Result<()> {
    sqlx::query("INSERT INTO departures (owner_id, due_at) VALUES ($1, $2) ON CONFLICT (owner_id) DO NOTHING")
        .bind(owner.to_string())
        .bind(due_at.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// When the account is removed, if it is to be.
pub async fn due(connection: &mut Connection, owner: AccountId) -> Result<Option<Timestamp>> {
    sqlx::query("SELECT due_at FROM departures WHERE owner_id = $1")
        .bind(owner.to_string())
        .fetch_optional(connection)
        .await
        .and_then(|row| row.map(|row| row.try_get("due_at").map(Timestamp::from_millis)).transpose())
        .map_err(explain)
}

/// Takes the note back.
pub async fn take_back(connection: &mut Connection, owner: AccountId) -> Result<()> {
    sqlx::query("DELETE FROM departures WHERE owner_id = $1")
        .bind(owner.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// The accounts that are to be removed by `now`.
pub async fn all_due(connection: &mut Connection, now: Timestamp) -> Result<Vec<AccountId>> {
    let rows = sqlx::query("SELECT owner_id FROM departures WHERE due_at <= $1 ORDER BY due_at")
        .bind(now.millis())
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    let id = |row: &sqlx::any::AnyRow| {
        let text: String = row.try_get("owner_id")?;
        text.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))
    };
    rows.iter().map(id).collect::<sqlx::Result<_>>().map_err(explain)
}

/// Removes an account with all that belongs to it. Sums of what models wrote stay, without its name.
pub async fn remove_account(connection: &mut Connection, owner: AccountId) -> Result<()> {
    generation::forget(connection, owner).await?;
    audit::forget(connection, owner).await?;
    share::forget_address(connection, owner).await?;
    // Sessions and tasks hold the identifier inside their data; the rest goes with the account.
    for (statement, whose) in [
        ("DELETE FROM tasks WHERE payload LIKE $1", format!("%{owner}%")),
        ("DELETE FROM sessions WHERE data LIKE $1", format!("%{owner}%")),
        ("DELETE FROM accounts WHERE id = $1", owner.to_string()),
    ] {
        sqlx::query(statement).bind(whose).execute(&mut *connection).await.map_err(explain)?;
    }
    Ok(())
}
