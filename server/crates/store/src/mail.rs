//! Mails to people. What a mail says is read by administrators and by what sends it alone.

use domain::account::AccountId;
use domain::mail::{MailId, MailState, MailView};
use domain::{Error, Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// A mail to be kept.
#[derive(Clone)]
pub struct NewMail {
    /// Its identifier.
    pub id: MailId,
    /// Whose mail it is.
    pub owner: AccountId,
    /// The address it is for.
    pub recipient: String,
    /// The template's name.
    pub template: String,
    /// Its subject.
    pub subject: String,
    /// Its words as plain text.
    pub text: String,
    /// Its words as HTML.
    pub html: String,
    /// What is to become of it.
    pub state: MailState,
    /// The present moment.
    pub created_at: Timestamp,
}

/// A mail to be sent.
#[derive(Clone)]
pub struct Letter {
    /// The address it is for.
    pub recipient: String,
    /// Its subject.
    pub subject: String,
    /// Its words as plain text; none when they were removed.
    pub text: Option<String>,
    /// Its words as HTML; none when they were removed.
    pub html: Option<String>,
    /// What became of it.
    pub state: MailState,
    /// When it was written.
    pub created_at: Timestamp,
}

impl FromRow<'_, AnyRow> for Letter {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            recipient: row.try_get("recipient")?,
            subject: row.try_get("subject")?,
            text: row.try_get("text")?,
            html: row.try_get("html")?,
            state: MailState::from_slug(&row.try_get::<String, _>("state")?),
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
        })
    }
}

/// Keeps a mail.
pub async fn insert(connection: &mut Connection, mail: &NewMail) -> Result<()> {
    sqlx::query(
        "INSERT INTO mails (id, owner_id, recipient, template, subject, text, html, state, created_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
    )
    .bind(mail.id.to_string())
    .bind(mail.owner.to_string())
    .bind(mail.recipient.clone())
    .bind(mail.template.clone())
    .bind(mail.subject.clone())
    .bind(mail.text.clone())
    .bind(mail.html.clone())
    .bind(mail.state.slug())
    .bind(mail.created_at.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// The mail with this identifier, to be sent; none when its person's account was removed.
pub async fn letter(connection: &mut Connection, id: MailId) -> Result<Option<Letter>> {
    sqlx::query_as("SELECT recipient, subject, text, html, state, created_at FROM mails WHERE id = $1")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await
        .map_err(explain)
}

/// Notes what became of a mail, and why if it could not be sent. One that was sent stays sent.
pub async fn settle(
    connection: &mut Connection,
    id: MailId,
    state: MailState,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    sqlx::query("UPDATE mails SET state = $2, reason = $3, changed_at = $4 WHERE id = $1 AND state <> 'sent'")
        .bind(id.to_string())
        .bind(state.slug())
        .bind(reason.map(str::to_owned))
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// The latest mails, newest first, at most `limit`; only those that are kept here with their words.
pub async fn latest(connection: &mut Connection, limit: i64) -> Result<Vec<MailView>> {
    let rows = sqlx::query(
        "SELECT id, recipient, subject, state, reason, created_at, CASE WHEN state = 'kept' THEN text END AS text
         FROM mails ORDER BY created_at DESC, id DESC LIMIT $1",
    )
    .bind(limit)
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    let view = |row: &AnyRow| {
        let id: String = row.try_get("id")?;
        Ok(MailView {
            id: id.parse().map_err(|error: Error| sqlx::Error::Decode(error.into()))?,
            recipient: row.try_get("recipient")?,
            subject: row.try_get("subject")?,
            state: MailState::from_slug(&row.try_get::<String, _>("state")?),
            reason: row.try_get("reason")?,
            created_at: Timestamp::from_millis(row.try_get("created_at")?),
            text: row.try_get("text")?,
        })
    };
    rows.iter().map(view).collect::<sqlx::Result<_>>().map_err(explain)
}

/// How many mails of this template were written to the owner since then.
pub async fn count_since(
    connection: &mut Connection,
    owner: AccountId,
    template: &str,
    since: Timestamp,
) -> Result<u64> {
    sqlx::query("SELECT COUNT(*) AS count FROM mails WHERE owner_id = $1 AND template = $2 AND created_at > $3")
        .bind(owner.to_string())
        .bind(template.to_owned())
        .bind(since.millis())
        .fetch_one(connection)
        .await
        .and_then(|row| row.try_get::<i64, _>("count"))
        .map(|count| u64::try_from(count).unwrap_or(0))
        .map_err(explain)
}

/// How many mails wait to be sent, and how many of those written since then could not be sent.
pub async fn unsent(connection: &mut Connection, since: Timestamp) -> Result<(u64, u64)> {
    let rows: Vec<(String, i64)> = sqlx::query_as(
        "SELECT state, COUNT(*) AS count FROM mails
         WHERE state IN ('waiting', 'failed') AND (state = 'waiting' OR created_at >= $1) GROUP BY state",
    )
    .bind(since.millis())
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    let count = |state: MailState| {
        let found = rows.iter().find(|(slug, _)| slug == state.slug());
        found.map_or(0, |(_, count)| u64::try_from(*count).unwrap_or(0))
    };
    Ok((count(MailState::Waiting), count(MailState::Failed)))
}

/// Removes the words of mails that were written before `since`; answers of how many.
pub async fn trim(connection: &mut Connection, since: Timestamp) -> Result<u64> {
    sqlx::query("UPDATE mails SET text = NULL, html = NULL WHERE created_at < $1 AND text IS NOT NULL")
        .bind(since.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
