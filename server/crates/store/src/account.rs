//! People and the link that creates the first administrator.

pub mod devices;
pub mod identities;
pub mod links;
pub mod second_step;
pub mod sessions;

use domain::account::{AccountId, Email, MailSettings, PersonName, Standing, Viewer};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// An account with what signing in needs.
#[derive(Clone, Debug)]
pub struct Account {
    /// Who it is.
    pub viewer: Viewer,
    /// Argon2id, in PHC form.
    pub password_hash: String,
    /// Sessions that started with another value have ended.
    pub session_epoch: i64,
    /// Whether an administrator keeps the person out.
    pub disabled: bool,
}

impl FromRow<'_, AnyRow> for Account {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let id: String = row.try_get("id")?;
        let standing: String = row.try_get("standing")?;
        Ok(Self {
            viewer: Viewer {
                id: id.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
                name: row.try_get("name")?,
                email: row.try_get("email")?,
                standing: Standing::from_slug(&standing),
            },
            password_hash: row.try_get("password_hash")?,
            session_epoch: row.try_get("session_epoch")?,
            disabled: row.try_get::<Option<i64>, _>("disabled_at")?.is_some(),
        })
    }
}

/// What a new account consists of.
pub struct NewAccount<'a> {
    /// Its identifier.
    pub id: AccountId,
    /// Its address; unique without regard to case.
    pub email: &'a Email,
    /// The person's name.
    pub name: &'a PersonName,
    /// Argon2id, in PHC form.
    pub password_hash: &'a str,
    /// What it may do.
    pub standing: Standing,
    /// The present moment.
    pub created_at: Timestamp,
}

/// Adds an account; false when the address is taken.
pub async fn insert(connection: &mut Connection, account: NewAccount<'_>) -> Result<bool> {
    sqlx::query(
        "INSERT INTO accounts (id, email, email_key, name, password_hash, standing, session_epoch, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, 0, $7) ON CONFLICT (email_key) DO NOTHING",
    )
    .bind(account.id.to_string())
    .bind(account.email.as_str().to_owned())
    .bind(account.email.key())
    .bind(account.name.as_str().to_owned())
    .bind(account.password_hash.to_owned())
    .bind(account.standing.slug())
    .bind(account.created_at.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// The account with this address.
pub async fn by_email(connection: &mut Connection, email: &Email) -> Result<Option<Account>> {
    sqlx::query_as("SELECT * FROM accounts WHERE email_key = $1")
        .bind(email.key())
        .fetch_optional(connection)
        .await
        .map_err(explain)
}

/// The account with this identifier.
pub async fn by_id(connection: &mut Connection, id: AccountId) -> Result<Option<Account>> {
    sqlx::query_as("SELECT * FROM accounts WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)
}

/// Replaces the password and ends all sessions; answers the new session epoch.
pub async fn change_password(connection: &mut Connection, id: AccountId, password_hash: &str) -> Result<i64> {
    sqlx::query("UPDATE accounts SET password_hash = $2, session_epoch = session_epoch + 1 WHERE id = $1 RETURNING session_epoch")
        .bind(id.to_string())
        .bind(password_hash.to_owned())
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get("session_epoch"))
        .map_err(explain)
}

/// Ends all sessions and tokens.
pub async fn end_sessions(connection: &mut Connection, id: AccountId) -> Result<()> {
    sqlx::query("UPDATE accounts SET session_epoch = session_epoch + 1 WHERE id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// When the account was opened.
pub async fn opened_at(connection: &mut Connection, id: AccountId) -> Result<Option<Timestamp>> {
    sqlx::query("SELECT created_at FROM accounts WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .and_then(|row| row.map(|row| row.try_get("created_at").map(Timestamp::from_millis)).transpose())
        .map_err(explain)
}

/// Changes the name.
pub async fn rename(connection: &mut Connection, id: AccountId, name: &PersonName) -> Result<()> {
    sqlx::query("UPDATE accounts SET name = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(name.as_str().to_owned())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Notes that `email` is confirmed, if it is still the account's.
pub async fn verify(connection: &mut Connection, id: AccountId, email: &Email, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE accounts SET verified_at = $3 WHERE id = $1 AND email_key = $2 AND verified_at IS NULL")
        .bind(id.to_string())
        .bind(email.key())
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Replaces the address by `email`, which is confirmed; false when another account has it.
pub async fn change_email(connection: &mut Connection, id: AccountId, email: &Email, now: Timestamp) -> Result<bool> {
    sqlx::query(
        "UPDATE accounts SET email = $2, email_key = $3, verified_at = $4
         WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM accounts AS other WHERE other.email_key = $3 AND other.id <> $1)",
    )
    .bind(id.to_string())
    .bind(email.as_str().to_owned())
    .bind(email.key())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// What the settings show of the account's mail; none when there is no such account.
pub async fn mail_settings(connection: &mut Connection, id: AccountId) -> Result<Option<MailSettings>> {
    let row = sqlx::query("SELECT verified_at, digest FROM accounts WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)?;
    let settings = |row: AnyRow| {
        Ok(MailSettings {
            verified: row.try_get::<Option<i64>, _>("verified_at")?.is_some(),
            digest: row.try_get::<i64, _>("digest")? == 1,
        })
    };
    row.map(settings).transpose().map_err(explain)
}

/// Whether there is an administrator.
pub async fn has_admin(connection: &mut Connection) -> Result<bool> {
    sqlx::query("SELECT 1 AS one FROM accounts WHERE standing = 'admin' LIMIT 1")
        .fetch_optional(connection)
        .await
        .map(|row| row.is_some())
        .map_err(explain)
}

/// Makes the account an administrator's, whom nobody keeps out.
pub async fn promote(connection: &mut Connection, id: AccountId) -> Result<()> {
    sqlx::query("UPDATE accounts SET standing = 'admin', disabled_at = NULL WHERE id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// The name of the account's plan.
pub async fn plan(connection: &mut Connection, id: AccountId) -> Result<Option<String>> {
    sqlx::query("SELECT plan FROM accounts WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .and_then(|row| row.map(|row| row.try_get("plan")).transpose())
        .map_err(explain)
}

/// Gives the account with this address another plan; false when there is none.
pub async fn change_plan(connection: &mut Connection, email: &Email, plan: &str) -> Result<bool> {
    sqlx::query("UPDATE accounts SET plan = $2 WHERE email_key = $1")
        .bind(email.key())
        .bind(plan.to_owned())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Keeps the hash of the set-up link, in place of an earlier one.
pub async fn put_setup_token(connection: &mut Connection, hash: &str, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO setup_tokens (slot, hash, created_at) VALUES (1, $1, $2)
         ON CONFLICT (slot) DO UPDATE SET hash = excluded.hash, created_at = excluded.created_at",
    )
    .bind(hash.to_owned())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// Whether this is the hash of the set-up link.
pub async fn is_setup_token(connection: &mut Connection, hash: &str) -> Result<bool> {
    sqlx::query("SELECT 1 AS one FROM setup_tokens WHERE hash = $1")
        .bind(hash.to_owned())
        .fetch_optional(connection)
        .await
        .map(|row| row.is_some())
        .map_err(explain)
}

/// Uses the set-up link up; false when it was not the right one.
pub async fn take_setup_token(connection: &mut Connection, hash: &str) -> Result<bool> {
    sqlx::query("DELETE FROM setup_tokens WHERE hash = $1")
        .bind(hash.to_owned())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}
