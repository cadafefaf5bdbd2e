//! Tokens of programs. Only their SHA-256 is here.

use domain::account::AccountId;
use domain::session::SessionId;
use domain::token::{PersonalToken, Scope, TokenId};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::account::Account;
use crate::error::explain;

/// What a token of a family is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It goes with requests.
    Access,
    /// It is exchanged for new ones.
    Refresh,
}

impl Kind {
    fn slug(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }
}

/// A sign-in of a program.
#[derive(Clone, Debug)]
pub struct Family {
    /// Its identifier.
    pub id: String,
    /// Whose it is.
    pub owner: AccountId,
    /// The session that it ends with.
    pub session: SessionId,
    /// The account's session epoch when it began.
    pub session_epoch: i64,
    /// When all of its tokens have ended at the latest.
    pub expires_at: Timestamp,
}

/// Begins a family.
pub async fn insert_family(connection: &mut Connection, family: &Family, now: Timestamp) -> Result<()> {
    sqlx::query(
        "INSERT INTO token_families (id, owner_id, session_id, session_epoch, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(family.id.clone())
    .bind(family.owner.to_string())
    .bind(family.session.to_string())
    .bind(family.session_epoch)
    .bind(now.millis())
    .bind(family.expires_at.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// Adds a token to a family.
pub async fn insert(
    connection: &mut Connection,
    family: &str,
    kind: Kind,
    hash: &str,
    expires_at: Timestamp,
) -> Result<()> {
    sqlx::query("INSERT INTO family_tokens (hash, family_id, kind, spent, expires_at) VALUES ($1, $2, $3, 0, $4)")
        .bind(hash.to_owned())
        .bind(family.to_owned())
        .bind(kind.slug())
        .bind(expires_at.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// The account and family of a token that works at `now`, and whether it was exchanged already.
pub async fn find(
    connection: &mut Connection,
    kind: Kind,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(Account, Family, bool)>> {
    let row = sqlx::query(
        "SELECT accounts.*, family_tokens.spent AS spent, token_families.id AS family_id,
                token_families.session_id AS family_session_id,
                token_families.expires_at AS family_expires_at
         FROM family_tokens
         JOIN token_families ON token_families.id = family_tokens.family_id
         JOIN accounts ON accounts.id = token_families.owner_id
         WHERE family_tokens.hash = $1 AND family_tokens.kind = $2 AND family_tokens.expires_at > $3
           AND token_families.session_epoch = accounts.session_epoch AND accounts.disabled_at IS NULL",
    )
    .bind(hash.to_owned())
    .bind(kind.slug())
    .bind(now.millis())
    .fetch_optional(connection)
    .await
    .map_err(explain)?;
    row.map(|row| {
        let account = Account::from_row(&row)?;
        let family = Family {
            id: row.try_get("family_id")?,
            owner: account.viewer.id,
            session: row
                .try_get::<String, _>("family_session_id")?
                .parse()
                .map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
            session_epoch: account.session_epoch,
            expires_at: Timestamp::from_millis(row.try_get("family_expires_at")?),
        };
        Ok((account, family, row.try_get::<i64, _>("spent")? != 0))
    })
    .transpose()
    .map_err(explain)
}

/// Notes that a token was exchanged; false if it was before.
pub async fn spend(connection: &mut Connection, hash: &str) -> Result<bool> {
    sqlx::query("UPDATE family_tokens SET spent = 1 WHERE hash = $1 AND spent = 0")
        .bind(hash.to_owned())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}

/// Removes what ended before `now`.
pub async fn remove_expired(connection: &mut Connection, now: Timestamp) -> Result<u64> {
    let mut removed = 0;
    for statement in [
        "DELETE FROM family_tokens WHERE expires_at < $1",
        "DELETE FROM token_families WHERE expires_at < $1",
        "DELETE FROM personal_tokens WHERE expires_at < $1",
    ] {
        let done = sqlx::query(statement).bind(now.millis()).execute(&mut *connection).await.map_err(explain)?;
        removed += done.rows_affected();
    }
    Ok(removed)
}

struct Personal(PersonalToken);

impl FromRow<'_, AnyRow> for Personal {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let text = |column: &str| row.try_get::<String, _>(column);
        let time = |column: &str| row.try_get::<i64, _>(column).map(Timestamp::from_millis);
        Ok(Self(PersonalToken {
            id: text("id")?.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
            name: text("name")?,
            scopes: text("scopes")?.split(' ').filter_map(|slug| Scope::parse(slug).ok()).collect(),
            created_at: time("created_at")?,
            expires_at: time("expires_at")?,
            used_at: row.try_get::<Option<i64>, _>("used_at")?.map(Timestamp::from_millis),
        }))
    }
}

/// Adds a personal token, unless the owner has `most` of them.
pub async fn insert_personal(
    connection: &mut Connection,
    owner: AccountId,
    token: &PersonalToken,
    hash: &str,
    most: i64,
) -> Result<bool> {
    let scopes = token.scopes.iter().map(|scope| scope.slug()).collect::<Vec<_>>().join(" ");
    sqlx::query(
        "INSERT INTO personal_tokens (id, owner_id, name, hash, scopes, created_at, expires_at, used_at)
         SELECT $1, $2, $3, $4, $5, $6, $7, NULL
         WHERE (SELECT COUNT(*) FROM personal_tokens WHERE owner_id = $2) < $8",
    )
    .bind(token.id.to_string())
    .bind(owner.to_string())
    .bind(token.name.clone())
    .bind(hash.to_owned())
    .bind(scopes)
    .bind(token.created_at.millis())
    .bind(token.expires_at.millis())
    .bind(most)
    .execute(connection)
    .await
    .map(|done| done.rows_affected() == 1)
    .map_err(explain)
}

/// The owner's personal tokens, newest first.
pub async fn personal(connection: &mut Connection, owner: AccountId) -> Result<Vec<PersonalToken>> {
    sqlx::query_as("SELECT * FROM personal_tokens WHERE owner_id = $1 ORDER BY created_at DESC, id DESC")
        .bind(owner.to_string())
        .fetch_all(connection)
        .await
        .map(|rows: Vec<Personal>| rows.into_iter().map(|row| row.0).collect())
        .map_err(explain)
}

/// The account and the personal token with this hash that works at `now`; none while the account is disabled.
pub async fn find_personal(
    connection: &mut Connection,
    hash: &str,
    now: Timestamp,
) -> Result<Option<(Account, PersonalToken)>> {
    let token: Option<Personal> = sqlx::query_as("SELECT * FROM personal_tokens WHERE hash = $1 AND expires_at > $2")
        .bind(hash.to_owned())
        .bind(now.millis())
        .fetch_optional(&mut *connection)
        .await
        .map_err(explain)?;
    let Some(Personal(token)) = token else { return Ok(None) };
    let account: Option<Account> = sqlx::query_as(
        "SELECT accounts.* FROM accounts JOIN personal_tokens ON personal_tokens.owner_id = accounts.id
         WHERE personal_tokens.id = $1 AND accounts.disabled_at IS NULL",
    )
    .bind(token.id.to_string())
    .fetch_optional(connection)
    .await
    .map_err(explain)?;
    Ok(account.map(|account| (account, token)))
}

/// Notes when a personal token was used.
pub async fn touch_personal(connection: &mut Connection, id: TokenId, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE personal_tokens SET used_at = $2 WHERE id = $1")
        .bind(id.to_string())
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Removes the owner's personal token; false if there is none.
pub async fn remove_personal(connection: &mut Connection, owner: AccountId, id: TokenId) -> Result<bool> {
    sqlx::query("DELETE FROM personal_tokens WHERE id = $1 AND owner_id = $2")
        .bind(id.to_string())
        .bind(owner.to_string())
        .execute(connection)
        .await
        .map(|done| done.rows_affected() == 1)
        .map_err(explain)
}
