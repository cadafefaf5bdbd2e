//! Second steps of signing in.

use domain::account::AccountId;
use domain::second_step::{Passkey, PasskeyId};
use domain::{Error, Result, Timestamp};
use sqlx::{Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// An application that shows codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Its secret, sealed.
    pub secret: String,
    /// When a code of it was shown for the first time.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the code that was used last.
    pub last_step: i64,
}

/// A passkey with its public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPasskey {
    /// What the person knows of it.
    pub passkey: Passkey,
    /// The public key with what belongs to it, as JSON.
    pub credential: String,
}

/// Whether the account asks for a second step.
pub async fn is_there(connection: &mut Connection, account: AccountId) -> Result<bool> {
    sqlx::query(
        "SELECT 1 AS one FROM authenticator_apps WHERE account_id = $1 AND confirmed_at IS NOT NULL
         UNION ALL SELECT 1 AS one FROM passkeys WHERE account_id = $1 LIMIT 1",
    )
    .bind(account.to_string())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())
    .map_err(explain)
}

/// The account's application.
pub async fn app(connection: &mut Connection, account: AccountId) -> Result<Option<App>> {
    let row = sqlx::query("SELECT secret, confirmed_at, last_step FROM authenticator_apps WHERE account_id = $1")
        .bind(account.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)?;
    let app = |row: AnyRow| {
        Ok(App {
            secret: row.try_get("secret")?,
            confirmed_at: row.try_get::<Option<i64>, _>("confirmed_at")?.map(Timestamp::from_millis),
            last_step: row.try_get("last_step")?,
        })
    };
    row.map(app).transpose().map_err(explain)
}

/// Keeps the secret of an application that is not confirmed yet, in place of another such one; false where there is a
/// confirmed one.
pub async fn put_app(connection: &mut Connection, account: AccountId, secret: &str) -> Result<bool> {
    sqlx::query(
        "INSERT INTO authenticator_apps (account_id, secret, confirmed_at, last_step) VALUES ($1, $2, NULL, 0)
         ON CONFLICT (account_id) DO UPDATE SET secret = excluded.secret, last_step = 0
         WHERE authenticator_apps.confirmed_at IS NULL",
    )
    .bind(account.to_string())
    .bind(secret.to_owned())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// Confirms the application, if it has this secret.
pub async fn confirm_app(
    connection: &mut Connection,
    account: AccountId,
    secret: &str,
    now: Timestamp,
) -> Result<bool> {
    sqlx::query(
        "UPDATE authenticator_apps SET confirmed_at = $3
         WHERE account_id = $1 AND secret = $2 AND confirmed_at IS NULL",
    )
    .bind(account.to_string())
    .bind(secret.to_owned())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// Uses the code of a step up; false where it or a later one was used.
pub async fn use_app(connection: &mut Connection, account: AccountId, step: i64) -> Result<bool> {
    sqlx::query("UPDATE authenticator_apps SET last_step = $2 WHERE account_id = $1 AND last_step < $2")
        .bind(account.to_string())
        .bind(step)
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Forgets the application; false if there is none.
pub async fn remove_app(connection: &mut Connection, account: AccountId) -> Result<bool> {
    sqlx::query("DELETE FROM authenticator_apps WHERE account_id = $1")
        .bind(account.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// The account's passkeys, the oldest first.
pub async fn passkeys(connection: &mut Connection, account: AccountId) -> Result<Vec<StoredPasskey>> {
    let rows = sqlx::query("SELECT * FROM passkeys WHERE account_id = $1 ORDER BY created_at, id")
        .bind(account.to_string())
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    let passkey = |row: &AnyRow| {
        let id: String = row.try_get("id")?;
        Ok(StoredPasskey {
            passkey: Passkey {
                id: id.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
                name: row.try_get("name")?,
                created_at: Timestamp::from_millis(row.try_get("created_at")?),
                used_at: row.try_get::<Option<i64>, _>("used_at")?.map(Timestamp::from_millis),
            },
            credential: row.try_get("credential")?,
        })
    };
    rows.iter().map(passkey).collect::<sqlx::Result<_>>().map_err(explain)
}

/// Adds a passkey, unless the account has `most` of them.
pub async fn insert_passkey(
    connection: &mut Connection,
    account: AccountId,
    new: &StoredPasskey,
    most: i64,
) -> Result<bool> {
    sqlx::query(
        "INSERT INTO passkeys (id, account_id, name, credential, created_at, used_at)
         SELECT $1, $2, $3, $4, $5, NULL WHERE (SELECT COUNT(*) FROM passkeys WHERE account_id = $2) < $6",
    )
    .bind(new.passkey.id.to_string())
    .bind(account.to_string())
    .bind(new.passkey.name.clone())
    .bind(new.credential.clone())
    .bind(new.passkey.created_at.millis())
    .bind(most)
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// Notes that a passkey was used, with what changed of it.
pub async fn use_passkey(connection: &mut Connection, id: PasskeyId, credential: &str, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE passkeys SET credential = $2, used_at = $3 WHERE id = $1")
        .bind(id.to_string())
        .bind(credential.to_owned())
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Removes one of the account's passkeys; false if there is none.
pub async fn remove_passkey(connection: &mut Connection, account: AccountId, id: PasskeyId) -> Result<bool> {
    sqlx::query("DELETE FROM passkeys WHERE id = $1 AND account_id = $2")
        .bind(id.to_string())
        .bind(account.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// How many codes on paper are left.
pub async fn recovery_codes(connection: &mut Connection, account: AccountId) -> Result<i64> {
    sqlx::query_scalar("SELECT COUNT(*) FROM recovery_codes WHERE account_id = $1")
        .bind(account.to_string())
        .fetch_one(connection)
        .await
        .map_err(explain)
}

/// Replaces the codes on paper by those with these hashes.
pub async fn put_recovery_codes(connection: &mut Connection, account: AccountId, hashes: &[String]) -> Result<()> {
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1")
        .bind(account.to_string())
        .execute(&mut *connection)
        .await
        .map_err(explain)?;
    for hash in hashes {
        sqlx::query("INSERT INTO recovery_codes (account_id, hash) VALUES ($1, $2)")
            .bind(account.to_string())
            .bind(hash.clone())
            .execute(&mut *connection)
            .await
            .map_err(explain)?;
    }
    Ok(())
}

/// Uses a code on paper up; false if it is none.
pub async fn use_recovery_code(connection: &mut Connection, account: AccountId, hash: &str) -> Result<bool> {
    sqlx::query("DELETE FROM recovery_codes WHERE account_id = $1 AND hash = $2")
        .bind(account.to_string())
        .bind(hash.to_owned())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}
