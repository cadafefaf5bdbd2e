//! What happened for people, in order.

use domain::account::AccountId;
use domain::event::{Event, Topic};
use domain::{Error, Result, Timestamp};
use serde_json::Value;
use sqlx::{Row, any::AnyRow};

use crate::Connection;
use crate::error::{explain, unexpected};

/// Adds an event with the person's next number, which others who add wait for.
pub async fn append(
    connection: &mut Connection,
    owner: AccountId,
    topic: Topic,
    name: &str,
    data: &Value,
    now: Timestamp,
) -> Result<i64> {
    let counted = sqlx::query(
        "INSERT INTO event_counters (owner_id, latest) VALUES ($1, 1)
         ON CONFLICT (owner_id) DO UPDATE SET latest = event_counters.latest + 1 RETURNING latest",
    )
    .bind(owner.to_string())
    .fetch_one(&mut *connection)
    .await
    .map_err(explain)?;
    let number: i64 = counted.try_get("latest").map_err(explain)?;
    sqlx::query("INSERT INTO events (owner_id, number, topic, name, data, created_at) VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(owner.to_string())
        .bind(number)
        .bind(topic.to_string())
        .bind(name.to_owned())
        .bind(data.to_string())
        .bind(now.millis())
        .execute(connection)
        .await
        .map_err(explain)?;
    Ok(number)
}

/// The owner's events after the one with `number`, in their order, at most `limit`.
pub async fn after(connection: &mut Connection, owner: AccountId, number: i64, limit: i64) -> Result<Vec<Event>> {
    let rows = sqlx::query("SELECT * FROM events WHERE owner_id = $1 AND number > $2 ORDER BY number LIMIT $3")
        .bind(owner.to_string())
        .bind(number)
        .bind(limit)
        .fetch_all(connection)
        .await
        .map_err(explain)?;
    rows.iter().map(event).collect()
}

fn event(row: &AnyRow) -> Result<Event> {
    let text = |column: &str| row.try_get::<String, _>(column).map_err(explain);
    Ok(Event {
        number: row.try_get("number").map_err(explain)?,
        topic: text("topic")?.parse().map_err(|error: Error| unexpected(&error))?,
        name: text("name")?,
        data: serde_json::from_str(&text("data")?).map_err(|error| unexpected(&error))?,
        at: Timestamp::from_millis(row.try_get("created_at").map_err(explain)?),
    })
}

/// The numbers of the owner's latest event, and of the oldest one that is kept; 0 and none without any.
pub async fn range(connection: &mut Connection, owner: AccountId) -> Result<(i64, Option<i64>)> {
    let row = sqlx::query(
        "SELECT (SELECT latest FROM event_counters WHERE owner_id = $1) AS latest,
                (SELECT MIN(number) FROM events WHERE owner_id = $1) AS oldest",
    )
    .bind(owner.to_string())
    .fetch_one(connection)
    .await
    .map_err(explain)?;
    let number = |column: &str| row.try_get::<Option<i64>, _>(column).map_err(explain);
    Ok((number("latest")?.unwrap_or(0), number("oldest")?))
}

/// Removes events that happened before `since`.
pub async fn remove_before(connection: &mut Connection, since: Timestamp) -> Result<u64> {
    sqlx::query("DELETE FROM events WHERE created_at < $1")
        .bind(since.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
