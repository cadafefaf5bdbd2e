//! How people are known at sign-in providers, and what lets this installation act for them there.

use domain::account::AccountId;
use domain::identity::{Identity, IdentityId};
use domain::{Error, Result, Timestamp};
use sqlx::{Row, any::AnyRow};

use super::Account;
use crate::Connection;
use crate::error::explain;

/// An identity that is to be linked.
#[derive(Clone, Debug)]
pub struct NewIdentity {
    /// Its identifier.
    pub id: IdentityId,
    /// The provider's name in the configuration.
    pub provider: String,
    /// Who says who it is.
    pub issuer: String,
    /// By which name.
    pub subject: String,
    /// The address that the provider told; empty if none.
    pub email: String,
}

/// What lets this installation act for a person at a provider, its tokens sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredGrant {
    /// Goes with requests.
    pub access_token: String,
    /// Is exchanged for a new one.
    pub refresh_token: Option<String>,
    /// When the access token ends.
    pub expires_at: Option<Timestamp>,
}

/// The account of whoever `issuer` knows as `subject`, and the identity.
pub async fn find(connection: &mut Connection, issuer: &str, subject: &str) -> Result<Option<(Account, IdentityId)>> {
    let row = sqlx::query("SELECT id, account_id FROM identities WHERE issuer = $1 AND subject = $2")
        .bind(issuer.to_owned())
        .bind(subject.to_owned())
        .fetch_optional(&mut *connection)
        .await
        .map_err(explain)?;
    let Some(row) = row else { return Ok(None) };
    let (id, account): (String, String) =
        (row.try_get("id").map_err(explain)?, row.try_get("account_id").map_err(explain)?);
    let account = super::by_id(connection, account.parse()?).await?;
    let id = id.parse()?;
    Ok(account.map(|account| (account, id)))
}

/// Links an identity; false where it is somebody's already, or the account has one of that provider.
pub async fn insert(
    connection: &mut Connection,
    account: AccountId,
    new: &NewIdentity,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query(
        "INSERT INTO identities (id, account_id, provider, issuer, subject, email, created_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $7) ON CONFLICT DO NOTHING",
    )
    .bind(new.id.to_string())
    .bind(account.to_string())
    .bind(new.provider.clone())
    .bind(new.issuer.clone())
    .bind(new.subject.clone())
    .bind(new.email.clone())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// Notes that an identity was used, with the address that the provider told.
pub async fn touch(connection: &mut Connection, id: IdentityId, email: &str, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE identities SET used_at = $2, email = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(now.millis())
        .bind(email.to_owned())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// The account's identities, the oldest first.
pub async fn list(connection: &mut Connection, account: AccountId) -> Result<Vec<Identity>> {
    let rows = sqlx::query(
        "SELECT identities.*, provider_grants.created_at AS granted_at
         FROM identities LEFT JOIN provider_grants ON provider_grants.identity_id = identities.id
         WHERE identities.account_id = $1 ORDER BY identities.created_at, identities.id",
    )
    .bind(account.to_string())
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    let identity = |row: &AnyRow| {
        let id: String = row.try_get("id")?;
        Ok(Identity {
            id: id.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
            provider: row.try_get("provider")?,
            email: row.try_get("email")?,
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
            used_at: Timestamp::from_millis(row.try_get("used_at")?),
            repositories_since: row.try_get::<Option<i64>, _>("granted_at")?.map(Timestamp::from_millis),
        })
    };
    rows.iter().map(identity).collect::<sqlx::Result<_>>().map_err(explain)
}

/// Unlinks one of the account's identities with its grant; false if there is none.
pub async fn remove(connection: &mut Connection, account: AccountId, id: IdentityId) -> Result<bool> {
    sqlx::query("DELETE FROM identities WHERE id = $1 AND account_id = $2")
        .bind(id.to_string())
        .bind(account.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// The grant of an identity.
pub async fn grant(connection: &mut Connection, id: IdentityId) -> Result<Option<StoredGrant>> {
    let row = sqlx::query("SELECT access_token, refresh_token, expires_at FROM provider_grants WHERE identity_id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)?;
    let grant = |row: AnyRow| {
        Ok(StoredGrant {
            access_token: row.try_get("access_token")?,
            refresh_token: row.try_get("refresh_token")?,
            expires_at: row.try_get::<Option<i64>, _>("expires_at")?.map(Timestamp::from_millis),
        })
    };
    row.map(grant).transpose().map_err(explain)
}

/// Keeps the grant of an identity, in place of an earlier one, which keeps the time at which it was given.
pub async fn put_grant(connection: &mut Connection, id: IdentityId, grant: &StoredGrant, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO provider_grants (identity_id, access_token, refresh_token, expires_at, created_at)
         VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (identity_id) DO UPDATE SET access_token = excluded.access_token,
           refresh_token = excluded.refresh_token, expires_at = excluded.expires_at",
    )
    .bind(id.to_string())
    .bind(grant.access_token.clone())
    .bind(grant.refresh_token.clone())
    .bind(grant.expires_at.map(Timestamp::millis))
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// Forgets the grant of an identity.
pub async fn remove_grant(connection: &mut Connection, id: IdentityId) -> Result<()> {
    sqlx::query("DELETE FROM provider_grants WHERE identity_id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}
