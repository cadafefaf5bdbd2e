//! The audit log. Nothing here changes an entry; a person who leaves is taken out of theirs by the departure.

use domain::account::AccountId;
use domain::audit::{Action, Actor, AuditEntry, AuditFilter, EntryId};
use domain::{Error, Result, Timestamp};
use sqlx::{Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// What is written down.
#[derive(Clone, Debug)]
pub struct NewEntry {
    /// Its identifier.
    pub id: EntryId,
    /// When.
    pub at: Timestamp,
    /// Who; none where nobody is known.
    pub actor: Option<AccountId>,
    /// What.
    pub action: Action,
    /// To what.
    pub subject: String,
    /// Whose account was changed, where it was somebody else's.
    pub about: Option<AccountId>,
    /// Where from.
    pub network: String,
}

/// Adds an entry.
pub async fn insert(connection: &mut Connection, entry: &NewEntry) -> Result<()> {
    sqlx::query(
        "INSERT INTO audit_entries (id, at, actor_id, action, subject, about_id, network)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(entry.id.to_string())
    .bind(entry.at.millis())
    .bind(entry.actor.map(|actor| actor.to_string()))
    .bind(entry.action.slug())
    .bind(entry.subject.clone())
    .bind(entry.about.map(|about| about.to_string()))
    .bind(entry.network.clone())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// The latest entries that fit, at most `limit`, the newest first.
pub async fn latest(connection: &mut Connection, filter: &AuditFilter, limit: i64) -> Result<Vec<AuditEntry>> {
    let rows = sqlx::query(
        "SELECT audit_entries.*, accounts.email AS actor_email, about.email AS about_email FROM audit_entries
         LEFT JOIN accounts ON accounts.id = audit_entries.actor_id
         LEFT JOIN accounts AS about ON about.id = audit_entries.about_id
         WHERE ($1 = '' OR audit_entries.action = $1) AND ($2 = '' OR accounts.email_key = $2)
           AND ($3 = '' OR audit_entries.id < $3)
         ORDER BY audit_entries.id DESC LIMIT $4",
    )
    .bind(filter.action.map(Action::slug).unwrap_or_default())
    .bind(filter.email.as_deref().map(|email| email.trim().to_lowercase()).unwrap_or_default())
    .bind(filter.before.map(|id| id.to_string()).unwrap_or_default())
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    rows.iter().map(entry).collect::<sqlx::Result<_>>().map_err(explain)
}

fn entry(row: &AnyRow) -> sqlx::Result<AuditEntry> {
    let decode = |error: Error| sqlx::Error::Decode(error.into());
    let text = |column: &str| row.try_get::<String, _>(column);
    let optional = |column: &str| row.try_get::<Option<String>, _>(column);
    let person = |id: &str, email: &str| match optional(id)?.zip(optional(email)?) {
        Some((id, email)) => id.parse().map_err(decode).map(|id| Some(Actor { id, email })),
        None => Ok(None),
    };
    Ok(AuditEntry {
        id: text("id")?.parse().map_err(decode)?,
        at: Timestamp::from_millis(row.try_get("at")?),
        actor: person("actor_id", "actor_email")?,
        action: Action::parse(&text("action")?).map_err(decode)?,
        subject: text("subject")?,
        about: person("about_id", "about_email")?,
        network: text("network")?,
    })
}

/// Takes a person out of their entries, which stay.
pub async fn forget(connection: &mut Connection, actor: AccountId) -> Result<()> {
    sqlx::query("UPDATE audit_entries SET actor_id = NULL, network = '' WHERE actor_id = $1")
        .bind(actor.to_string())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}
