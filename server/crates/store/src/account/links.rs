//! Links that are sent to people, each for one use.

use domain::account::{AccountId, Email, LinkPurpose};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// A link to be kept.
#[derive(Clone, Debug)]
pub struct NewLink {
    /// The SHA-256 of its token.
    pub hash: String,
    /// Whose it is.
    pub account: AccountId,
    /// What it does.
    pub purpose: LinkPurpose,
    /// The address that it is sent to.
    pub email: Email,
    /// When it stops working.
    pub expires_at: Timestamp,
}

/// What a link leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Whose it is.
    pub account: AccountId,
    /// The address that it was sent to.
    pub email: Email,
}

impl FromRow<'_, AnyRow> for Link {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let decode = |error: Error| sqlx::Error::Decode(error.into());
        Ok(Self {
            account: row.try_get::<String, _>("account_id")?.parse().map_err(decode)?,
            email: Email::parse(&row.try_get::<String, _>("email")?).map_err(decode)?,
        })
    }
}

/// Keeps a link, in place of an earlier one of the account for the same purpose.
pub async fn put(connection: &mut Connection, link: &NewLink) -> Result<()> {
    sqlx::query(
        "INSERT INTO account_links (hash, account_id, purpose, email, expires_at) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (account_id, purpose)
         DO UPDATE SET hash = excluded.hash, email = excluded.email, expires_at = excluded.expires_at",
    )
    .bind(link.hash.clone())
    .bind(link.account.to_string())
    .bind(link.purpose.slug())
    .bind(link.email.as_str().to_owned())
    .bind(link.expires_at.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// Whether a link with this hash works now.
pub async fn is_open(connection: &mut Connection, hash: &str, purpose: LinkPurpose, now: Timestamp) -> Result<bool> {
    sqlx::query("SELECT 1 AS one FROM account_links WHERE hash = $1 AND purpose = $2 AND expires_at > $3")
        .bind(hash.to_owned())
        .bind(purpose.slug())
        .bind(now.millis())
        .fetch_optional(connection)
        .await
        .map(|row| row.is_some())
        .map_err(explain)
}

/// Uses a link up; none when it did not work any more.
pub async fn take(
    connection: &mut Connection,
    hash: &str,
    purpose: LinkPurpose,
    now: Timestamp,
) -> Result<Option<Link>> {
    sqlx::query_as(
        "DELETE FROM account_links WHERE hash = $1 AND purpose = $2 AND expires_at > $3 RETURNING account_id, email",
    )
    .bind(hash.to_owned())
    .bind(purpose.slug())
    .bind(now.millis())
    .fetch_optional(connection)
    .await
    .map_err(explain)
}

/// Removes all links of the account.
pub async fn forget(connection: &mut Connection, account: AccountId) -> Result<()> {
    sqlx::query("DELETE FROM account_links WHERE account_id = $1")
        .bind(account.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Removes the links that stopped working before `now`; answers how many.
pub async fn trim(connection: &mut Connection, now: Timestamp) -> Result<u64> {
    sqlx::query("DELETE FROM account_links WHERE expires_at <= $1")
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
