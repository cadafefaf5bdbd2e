//! What generated text took in tokens, and answers kept for when the same is asked again. Both
//! belong to a person where they are about one.

use domain::account::AccountId;
use domain::generation::{Consumption, DailyUse};
use domain::{Result, Timestamp};
use sqlx::{FromRow, Row, any::AnyRow};

use crate::Connection;
use crate::error::explain;

/// Bytes that a kept answer takes beside its text: two identifiers, numbers and index entries.
const ROW: usize = 400;

/// What requests of one person for one feature took of one model in a day.
#[derive(Clone, Debug)]
pub struct Use {
    /// The beginning of the day, in UTC.
    pub day: Timestamp,
    /// Whose requests they were; none for programs.
    pub owner: Option<AccountId>,
    /// What the text was for.
    pub feature: String,
    /// The model's name.
    pub model: String,
    /// What it took.
    pub consumption: Consumption,
}

/// An answer that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// All of its text.
    pub text: String,
    /// Tokens of the prompt that it answers.
    pub prompt: u32,
}

impl FromRow<'_, AnyRow> for Answer {
    fn from_row(row: &AnyRow) -> sqlx::Result<Self> {
        let prompt: i64 = row.try_get("prompt")?;
        Ok(Self { text: row.try_get("answer")?, prompt: u32::try_from(prompt).unwrap_or(u32::MAX) })
    }
}

fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn id(owner: Option<AccountId>) -> String {
    owner.map(|owner| owner.to_string()).unwrap_or_default()
}

fn consumption(row: &AnyRow) -> sqlx::Result<Consumption> {
    let number = |column: &str| row.try_get::<i64, _>(column).map(|number| u64::try_from(number).unwrap_or(0));
    Ok(Consumption {
        requests: number("requests")?,
        repeats: number("repeats")?,
        unfinished: number("unfinished")?,
        prompt: number("prompt")?,
        reused: number("reused")?,
        written: number("written")?,
    })
}

/// The statement that adds `$rows` to what was used.
macro_rules! add {
    ($rows:literal) => {
        concat!(
            "INSERT INTO generation_use (day, owner_id, feature, model, requests, repeats, unfinished, prompt, reused, written) ",
            $rows,
            " ON CONFLICT (owner_id, day, feature, model) DO UPDATE SET
                 requests = generation_use.requests + excluded.requests,
                 repeats = generation_use.repeats + excluded.repeats,
                 unfinished = generation_use.unfinished + excluded.unfinished,
                 prompt = generation_use.prompt + excluded.prompt,
                 reused = generation_use.reused + excluded.reused,
                 written = generation_use.written + excluded.written"
        )
    };
}

/// Adds to what was used. What an account used that was removed meanwhile is counted without it.
pub async fn add_use(connection: &mut Connection, used: &Use) -> Result<()> {
    let consumption = &used.consumption;
    sqlx::query(add!(
        "VALUES ($1, COALESCE((SELECT id FROM accounts WHERE id = $2), ''), $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(used.day.millis())
    .bind(id(used.owner))
    .bind(used.feature.clone())
    .bind(used.model.clone())
    .bind(stored(consumption.requests))
    .bind(stored(consumption.repeats))
    .bind(stored(consumption.unfinished))
    .bind(stored(consumption.prompt))
    .bind(stored(consumption.reused))
    .bind(stored(consumption.written))
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// What the owner used in the day that begins at `day`.
pub async fn used_on(connection: &mut Connection, owner: AccountId, day: Timestamp) -> Result<Consumption> {
    sqlx::query(
        "SELECT CAST(COALESCE(SUM(requests), 0) AS BIGINT) AS requests, CAST(COALESCE(SUM(repeats), 0) AS BIGINT) AS repeats,
                CAST(COALESCE(SUM(unfinished), 0) AS BIGINT) AS unfinished, CAST(COALESCE(SUM(prompt), 0) AS BIGINT) AS prompt,
                CAST(COALESCE(SUM(reused), 0) AS BIGINT) AS reused, CAST(COALESCE(SUM(written), 0) AS BIGINT) AS written
         FROM generation_use WHERE owner_id = $1 AND day = $2",
    )
    .bind(owner.to_string())
    .bind(day.millis())
    .fetch_one(connection)
    .await
    .and_then(|row| consumption(&row))
    .map_err(explain)
}

/// What everybody together used since `day`, the latest day first.
pub async fn used_since(connection: &mut Connection, day: Timestamp) -> Result<Vec<DailyUse>> {
    let rows = sqlx::query(
        "SELECT day, feature, model, CAST(SUM(requests) AS BIGINT) AS requests, CAST(SUM(repeats) AS BIGINT) AS repeats,
                CAST(SUM(unfinished) AS BIGINT) AS unfinished, CAST(SUM(prompt) AS BIGINT) AS prompt,
                CAST(SUM(reused) AS BIGINT) AS reused, CAST(SUM(written) AS BIGINT) AS written
         FROM generation_use WHERE day >= $1 GROUP BY day, feature, model ORDER BY day DESC, feature, model",
    )
    .bind(day.millis())
    .fetch_all(connection)
    .await
    .map_err(explain)?;
    rows.iter().map(daily).collect::<sqlx::Result<_>>().map_err(explain)
}

/// What the owner used, the latest day first.
pub async fn used_by(connection: &mut Connection, owner: AccountId) -> Result<Vec<DailyUse>> {
    let rows = sqlx::query("SELECT * FROM generation_use WHERE owner_id = $1 ORDER BY day DESC, feature, model")
        .bind(owner.to_string())
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    rows.iter().map(daily).collect::<sqlx::Result<_>>().map_err(explain)
}

fn daily(row: &AnyRow) -> sqlx::Result<DailyUse> {
    Ok(DailyUse {
        day: Timestamp::from_millis(row.try_get("day")?),
        feature: row.try_get("feature")?,
        model: row.try_get("model")?,
        consumption: consumption(row)?,
    })
}

/// The owner's kept answer to `request`, or one that is about nobody when `owner` is none.
pub async fn answer(connection: &mut Connection, owner: Option<AccountId>, request: &str) -> Result<Option<Answer>> {
    sqlx::query_as("SELECT answer, prompt FROM generation_answers WHERE request = $1 AND COALESCE(owner_id, '') = $2")
        .bind(request.to_owned())
        .bind(id(owner))
        .fetch_optional(connection)
        .await
        .map_err(explain)
}

/// Keeps the answer to `request`; the first one stays. Does nothing when the owner's account was
/// removed meanwhile.
pub async fn keep_answer(
    connection: &mut Connection,
    owner: Option<AccountId>,
    request: &str,
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO generation_answers (request, owner_id, answer, prompt, size, used_at)
         SELECT $1, (SELECT id FROM accounts WHERE id = $2), $3, $4, $5, $6
         WHERE $2 = '' OR EXISTS (SELECT 1 FROM accounts WHERE id = $2)
         ON CONFLICT (request) DO NOTHING",
    )
    .bind(request.to_owned())
    .bind(id(owner))
    .bind(answer.text.clone())
    .bind(i64::from(answer.prompt))
    .bind(i64::try_from(answer.text.len() + ROW).unwrap_or(i64::MAX))
    .bind(now.millis())
    .execute(connection)
    .await
    .map(|_| ())
    .map_err(explain)
}

/// Notes that the kept answer to `request` was used.
pub async fn touch_answer(connection: &mut Connection, request: &str, now: Timestamp) -> Result<()> {
    sqlx::query("UPDATE generation_answers SET used_at = $2 WHERE request = $1")
        .bind(request.to_owned())
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Removes the answers that were last used before `since`, and of the others those unused longest
/// until the rest takes at most `most` bytes; answers how many.
pub async fn trim_answers(connection: &mut Connection, since: Timestamp, most: u64) -> Result<u64> {
    sqlx::query(
        "DELETE FROM generation_answers WHERE used_at < $1 OR request IN (
             SELECT request FROM (
                 SELECT request, CAST(SUM(size) OVER (ORDER BY used_at DESC, request) AS BIGINT) AS together FROM generation_answers
             ) AS latest WHERE together > $2)",
    )
    .bind(since.millis())
    .bind(stored(most))
    .execute(connection)
    .await
    .map(|done| done.rows_affected())
    .map_err(explain)
}

/// Removes the owner's answers, and the owner's name from what was used: the sums stay.
pub async fn forget(connection: &mut Connection, owner: AccountId) -> Result<()> {
    for statement in [
        add!(
            "SELECT day, '', feature, model, requests, repeats, unfinished, prompt, reused, written FROM generation_use WHERE owner_id = $1"
        ),
        "DELETE FROM generation_use WHERE owner_id = $1",
        "DELETE FROM generation_answers WHERE owner_id = $1",
    ] {
        sqlx::query(statement).bind(owner.to_string()).execute(&mut *connection).await.map_err(explain)?;
    }
    Ok(())
}
