//! Who lets whom see their practice.

use domain::account::{AccountId, Email};
use domain::share::{Mentee, Share, ShareId};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

struct Shared(Share);

impl FromRow<'_, AnyRow> for Shared {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self(Share {
            id: id(row, "id")?,
            email: row.try_get("email")?,
            since: Timestamp::from_millis(row.try_get("created_at")?),
        }))
    }
}

fn id<T>(row: &AnyRow, column: &str) -> sqlx::Result<domain::Id<T>> {
    row.try_get::<String, _>(column)?.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))
}

/// What a new share consists of.
#[derive(Clone, Debug)]
pub struct NewShare {
    /// Its identifier.
    pub id: ShareId,
    /// The mentor's address.
    pub email: Email,
    /// The present moment.
    pub created_at: Timestamp,
}

/// Adds a share of the owner's, unless they share with that address already or with `most` of them.
pub async fn insert(connection: &mut Connection, owner: AccountId, share: &NewShare, most: u32) -> Result<()> {
    sqlx::query(
        "INSERT INTO shares (id, owner_id, email, email_key, created_at)
         SELECT $1, $2, $3, $4, $5 WHERE (SELECT COUNT(*) FROM shares WHERE owner_id = $2) < $6
         ON CONFLICT (owner_id, email_key) DO NOTHING",
    )
    .bind(share.id.to_string())
    .bind(owner.to_string())
    .bind(share.email.as_str().to_owned())
    .bind(share.email.key())
    .bind(share.created_at.millis())
    .bind(i64::from(most))
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// The owner's share with this address.
pub async fn with(connection: &mut Connection, owner: AccountId, email: &Email) -> Result<Option<Share>> {
    sqlx::query_as("SELECT * FROM shares WHERE owner_id = $1 AND email_key = $2")
        .bind(owner.to_string())
        .bind(email.key())
        .fetch_optional(connection)
        .await
        .map(|row: Option<Shared>| row.map(|row| row.0))
        .map_err(explain)
}

/// The owner's shares, the latest first.
pub async fn of(connection: &mut Connection, owner: AccountId) -> Result<Vec<Share>> {
    sqlx::query_as("SELECT * FROM shares WHERE owner_id = $1 ORDER BY created_at DESC, id DESC")
        .bind(owner.to_string())
        .fetch_all(connection)
        .await
        .map(|rows: Vec<Shared>| rows.into_iter().map(|row| row.0).collect())
        .map_err(explain)
}

/// Removes the owner's share; false if there is none.
pub async fn remove(connection: &mut Connection, owner: AccountId, share: ShareId) -> Result<bool> {
    sqlx::query("DELETE FROM shares WHERE id = $1 AND owner_id = $2")
        .bind(share.to_string())
        .bind(owner.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Somebody who shares with a mentor, and whose account it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The account.
    pub owner: AccountId,
    /// What the mentor sees of it.
    pub mentee: Mentee,
}

impl FromRow<'_, AnyRow> for Shown {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let mentee = Mentee {
            id: id(row, "share_id")?,
            name: row.try_get("name")?,
            email: row.try_get("email")?,
            since: Timestamp::from_millis(row.try_get("since")?),
            interviews: u32::try_from(row.try_get::<i64, _>("interviews")?).unwrap_or(u32::MAX),
            latest: row.try_get::<Option<i64>, _>("latest")?.map(Timestamp::from_millis),
        };
        Ok(Self { owner: id(row, "owner_id")?, mentee })
    }
}

/// Those who share with the confirmed address of an account that is a mentor's, by name; of them the one with the share
/// `only`, if that is asked for. Whoever cannot end a share just now, being kept out or about to leave, is not shown.
pub async fn shown(connection: &mut Connection, mentor: AccountId, only: Option<ShareId>) -> Result<Vec<Shown>> {
    sqlx::query_as(
        "SELECT shares.id AS share_id, shares.created_at AS since,
                owners.id AS owner_id, owners.name AS name, owners.email AS email,
                (SELECT COUNT(*) FROM interviews WHERE interviews.owner_id = owners.id) AS interviews,
                (SELECT MAX(interviews.created_at) FROM interviews WHERE interviews.owner_id = owners.id) AS latest
         FROM accounts AS mentors
         JOIN shares ON shares.email_key = mentors.email_key
         JOIN accounts AS owners ON owners.id = shares.owner_id
         WHERE mentors.id = $1 AND mentors.standing = 'mentor'
           AND mentors.verified_at IS NOT NULL AND mentors.disabled_at IS NULL AND owners.disabled_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM departures WHERE departures.owner_id = owners.id)
           AND ($2 = '' OR shares.id = $2)
         ORDER BY owners.name, shares.id",
    )
    .bind(mentor.to_string())
    .bind(only.map(|share| share.to_string()).unwrap_or_default())
    .fetch_all(connection)
    .await
    .map_err(explain)
}

/// Removes what others share with the account's address, if that is confirmed: it goes with the account. An address that
/// was never confirmed may be somebody else's.
pub async fn forget_address(connection: &mut Connection, account: AccountId) -> Result<()> {
    sqlx::query(
        "DELETE FROM shares
         WHERE email_key IN (SELECT email_key FROM accounts WHERE id = $1 AND verified_at IS NOT NULL)",
    )
    .bind(account.to_string())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}
