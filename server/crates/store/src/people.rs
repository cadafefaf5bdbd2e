//! The accounts that there are, for administrators.

use domain::account::{AccountId, Standing};
use domain::people::{PeopleFilter, Person};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

struct Listed(Person);

impl FromRow<'_, AnyRow> for Listed {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let text = |column: &str| row.try_get::<String, _>(column);
        let time = |column: &str| row.try_get::<Option<i64>, _>(column);
        Ok(Self(Person {
            id: text("id")?.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
            name: text("name")?,
            email: text("email")?,
            standing: Standing::from_slug(&text("standing")?),
            opened_at: Timestamp::from_millis(row.try_get("created_at")?),
            confirmed: time("verified_at")?.is_some(),
            disabled_at: time("disabled_at")?.map(Timestamp::from_millis),
        }))
    }
}

/// The accounts that fit, at most `limit`, those opened last first. Letters of names that are not ASCII are found as they
/// are written, whatever the database knows of their capitals.
pub async fn latest(connection: &mut Connection, filter: &PeopleFilter, limit: i64) -> Result<Vec<Person>> {
    let search = filter.search.trim();
    sqlx::query_as(
        r"SELECT * FROM accounts
          WHERE (email_key LIKE $1 ESCAPE '\' OR name LIKE $2 ESCAPE '\' OR LOWER(name) LIKE LOWER($2) ESCAPE '\')
            AND ($3 = '' OR standing = $3) AND ($4 = '' OR id < $4)
          ORDER BY id DESC LIMIT $5",
    )
    .bind(holds(&search.to_lowercase()))
    .bind(holds(search))
    .bind(filter.standing.map(Standing::slug).unwrap_or_default())
    .bind(filter.before.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await
    .map(|rows: Vec<Listed>| rows.into_iter().map(|row| row.0).collect())
    .map_err(explain)
}

/// The pattern of texts that hold `text`, letter by letter.
fn holds(text: &str) -> String {
    format!("%{}%", text.replace('\\', r"\\").replace('%', r"\%").replace('_', r"\_"))
}

/// The account with this identifier.
pub async fn find(connection: &mut Connection, id: AccountId) -> Result<Person> {
    sqlx::query_as("SELECT * FROM accounts WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)?
        .map(|row: Listed| row.0)
        .ok_or_else(|| Error::not_found("account"))
}

/// Has changes of administrators wait for each other until the transaction ends, so that no two of them leave nobody.
pub async fn hold_administrators(connection: &mut Connection) -> Result<()> {
    sqlx::query("UPDATE accounts SET standing = standing WHERE standing = 'admin'")
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Whether there is an administrator besides this account who can sign in and stays.
pub async fn has_other_admin(connection: &mut Connection, id: AccountId) -> Result<bool> {
    sqlx::query(
        "SELECT 1 AS one FROM accounts WHERE standing = 'admin' AND disabled_at IS NULL AND id <> $1
         AND NOT EXISTS (SELECT 1 FROM departures WHERE departures.owner_id = accounts.id) LIMIT 1",
    )
    .bind(id.to_string())
    .fetch_optional(connection)
    .await
    .map(|row| row.is_some())
    .map_err(explain)
}

/// Gives the account another standing, and ends its sessions and tokens.
pub async fn change_standing(connection: &mut Connection, id: AccountId, standing: Standing) -> Result<()> {
    sqlx::query("UPDATE accounts SET standing = $2, session_epoch = session_epoch + 1 WHERE id = $1")
        .bind(id.to_string())
        .bind(standing.slug())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Keeps the person of the account out, and ends its sessions and tokens; an earlier moment stays.
pub async fn disable(connection: &mut Connection, id: AccountId, now: Timestamp) -> Result<()> {
    sqlx::query(
        "UPDATE accounts SET disabled_at = $2, session_epoch = session_epoch + 1 WHERE id = $1 AND disabled_at IS NULL",
    )
    .bind(id.to_string())
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// Lets the person of the account in again.
pub async fn enable(connection: &mut Connection, id: AccountId) -> Result<()> {
    sqlx::query("UPDATE accounts SET disabled_at = NULL WHERE id = $1")
        .bind(id.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}
