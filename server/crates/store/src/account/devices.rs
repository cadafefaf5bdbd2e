//! Browsers that people signed in with.

use domain::account::AccountId;
use domain::{Result, Timestamp};

use crate::Connection;
use crate::error::explain;

/// Notes that the account's browser with this hash was seen; false when it is none of the account's.
pub async fn seen(connection: &mut Connection, account: AccountId, hash: &str, now: Timestamp) -> Result<bool> {
    sqlx::query("UPDATE account_devices SET seen_at = $3 WHERE account_id = $1 AND hash = $2")
        .bind(account.to_string())
        .bind(hash.to_owned())
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Makes the browser with this hash one of the account's, and forgets those not seen since `since`.
pub async fn add(
    connection: &mut Connection,
    account: AccountId,
    hash: &str,
    now: Timestamp,
    since: Timestamp,
) -> Result<()> {
    sqlx::query("DELETE FROM account_devices WHERE account_id = $1 AND seen_at < $2")
        .bind(account.to_string())
        .bind(since.millis())
        .execute(&mut *connection)
        .await
        .map_err(explain)?;
    sqlx::query(
        "INSERT INTO account_devices (account_id, hash, seen_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id, hash) DO UPDATE SET seen_at = excluded.seen_at",
    )
    .bind(account.to_string())
    .bind(hash.to_owned())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}
