//! Who wants the weekly digest, and who had this week's.

use domain::account::{AccountId, Viewer};
use domain::{Result, Timestamp};

use crate::Connection;
use crate::account::Account;
use crate::error::explain;

/// Says whether the account's person wants the digest.
pub async fn want(connection: &mut Connection, id: AccountId, wanted: bool) -> Result<()> {
    sqlx::query("UPDATE accounts SET digest = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(i64::from(wanted))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// The people after `after` who want the digest, whose address is confirmed, and for whom the week
/// of `week` was not looked at, by their identifiers, at most `limit`.
pub async fn due(
    connection: &mut Connection,
    week: Timestamp,
    after: Option<AccountId>,
    limit: i64,
) -> Result<Vec<Viewer>> {
    let accounts: Vec<Account> = sqlx::query_as(
        "SELECT * FROM accounts
         WHERE digest = 1 AND verified_at IS NOT NULL AND disabled_at IS NULL AND digest_at < $1 AND id > $2
         ORDER BY id LIMIT $3",
    )
    .bind(week.millis())
    .bind(after.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    Ok(accounts.into_iter().map(|account| account.viewer).collect())
}

/// Notes that the week of `week` was looked at for this person; false when it had been, or the
/// person no longer wants the digest.
pub async fn take(connection: &mut Connection, id: AccountId, week: Timestamp) -> Result<bool> {
    sqlx::query("UPDATE accounts SET digest_at = $2 WHERE id = $1 AND digest = 1 AND digest_at < $2")
        .bind(id.to_string())
        .bind(week.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}
