//! Where people are signed in.

use domain::account::AccountId;
use domain::session::SessionId;
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use super::Account;
use crate::Connection;
use crate::error::explain;

/// A sign-in as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its identifier.
    pub id: SessionId,
    /// Whose it is.
    pub account: AccountId,
    /// The account's session epoch when it began.
    pub session_epoch: i64,
    /// What the browser or program says of itself.
    pub agent: String,
    /// The network address that it was last used from.
    pub network: String,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to the hour.
    pub used_at: Timestamp,
}

impl FromRow<'_, AnyRow> for Session {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let text = |column: &str| row.try_get::<String, _>(column);
        let wrong = |error: Error| sqlx::Error::Decode(error.into());
        Ok(Self {
            id: text("id")?.parse().map_err(wrong)?,
            account: text("account_id")?.parse().map_err(wrong)?,
            session_epoch: row.try_get("session_epoch")?,
            agent: text("agent")?,
            network: text("network")?,
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
            used_at: Timestamp::from_millis(row.try_get("used_at")?),
        })
    }
}

/// Begins one.
pub async fn insert(connection: &mut Connection, session: &Session) -> Result<()> {
    sqlx::query(
        "INSERT INTO account_sessions (id, account_id, session_epoch, agent, network, created_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(session.id.to_string())
    .bind(session.account.to_string())
    .bind(session.session_epoch)
    .bind(session.agent.clone())
    .bind(session.network.clone())
    .bind(session.created_at.millis())
    .bind(session.used_at.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// The account of a session that began at `since` or later and has not ended.
pub async fn account(connection: &mut Connection, id: SessionId, since: Timestamp) -> Result<Option<Account>> {
    sqlx::query_as(
        "SELECT accounts.* FROM accounts JOIN account_sessions ON account_sessions.account_id = accounts.id
         WHERE account_sessions.id = $1 AND account_sessions.created_at >= $2
           AND account_sessions.session_epoch = accounts.session_epoch AND accounts.disabled_at IS NULL",
    )
    .bind(id.to_string())
    .bind(since.millis())
    .fetch_optional(connection)
    .await
    .map_err(explain)
}

/// Notes that it was used, and from where if that is known.
pub async fn touch(connection: &mut Connection, id: SessionId, network: Option<&str>, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE account_sessions SET used_at = $2, network = COALESCE($3, network) WHERE id = $1")
        .bind(id.to_string())
        .bind(now.millis())
        .bind(network.map(str::to_owned))
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Those of an account that began at `since` or later and have not ended, the last used first.
pub async fn list(connection: &mut Connection, account: AccountId, since: Timestamp) -> Result<Vec<Session>> {
    sqlx::query_as(
        "SELECT account_sessions.* FROM account_sessions JOIN accounts ON accounts.id = account_sessions.account_id
         WHERE account_sessions.account_id = $1 AND account_sessions.created_at >= $2
           AND account_sessions.session_epoch = accounts.session_epoch
         ORDER BY account_sessions.used_at DESC, account_sessions.id DESC",
    )
    .bind(account.to_string())
    .bind(since.millis())
    .fetch_all(connection)
    .await
    .map_err(explain)
}

/// Ends one of the account's; false if there is none.
pub async fn remove(connection: &mut Connection, account: AccountId, id: SessionId) -> Result<bool> {
    sqlx::query("DELETE FROM account_sessions WHERE id = $1 AND account_id = $2")
        .bind(id.to_string())
        .bind(account.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Ends all of the account's but `kept`; answers how many.
pub async fn remove_others(connection: &mut Connection, account: AccountId, kept: SessionId) -> Result<u64> {
    sqlx::query("DELETE FROM account_sessions WHERE account_id = $1 AND id <> $2")
        .bind(account.to_string())
        .bind(kept.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}

/// Removes those that began before `since`; answers how many.
pub async fn trim(connection: &mut Connection, since: Timestamp) -> Result<u64> {
    sqlx::query("DELETE FROM account_sessions WHERE created_at < $1")
        .bind(since.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
