//! Rate limits by the generic cell rate algorithm (ITU-T I.371, annex A, virtual scheduling): a bucket is one moment.

use domain::{Result, Timestamp};
use sqlx::Row;

use crate::Connection;
use crate::error::explain;

/// Counts one try at `now` in `bucket`, where one is allowed every `interval` milliseconds and as many more at once as
/// fit into `tolerance` milliseconds. Answers the milliseconds until the next one is allowed if this one is not, which
/// then does not count.
pub async fn count(
    connection: &mut Connection,
    bucket: &str,
    now: Timestamp,
    interval: i64,
    tolerance: i64,
) -> Result<Option<i64>> {
    let counted = sqlx::query(
        "INSERT INTO rate_limits (bucket, free_at) VALUES ($1, CAST($2 AS BIGINT) + CAST($3 AS BIGINT))
         ON CONFLICT (bucket) DO UPDATE
         SET free_at = CASE WHEN rate_limits.free_at > $2 THEN rate_limits.free_at ELSE $2 END + CAST($3 AS BIGINT)
         WHERE rate_limits.free_at <= CAST($2 AS BIGINT) + CAST($4 AS BIGINT)
         RETURNING free_at",
    )
    .bind(bucket.to_owned())
    .bind(now.millis())
    .bind(interval)
    .bind(tolerance)
    .fetch_optional(&mut *connection)
    .await
    .map_err(explain)?;
    if counted.is_some() {
        return Ok(None);
    }
    let row = sqlx::query("SELECT free_at FROM rate_limits WHERE bucket = $1")
        .bind(bucket.to_owned())
        .fetch_one(connection)
        .await
        .map_err(explain)?;
    let free_at: i64 = row.try_get("free_at").map_err(explain)?;
    Ok(Some((free_at - tolerance - now.millis()).max(1)))
}

/// Takes back one try that was counted in `bucket`.
pub async fn give_back(connection: &mut Connection, bucket: &str, interval: i64) -> Result<()> {
    sqlx::query("UPDATE rate_limits SET free_at = free_at - $2 WHERE bucket = $1")
        .bind(bucket.to_owned())
        .bind(interval)
        .execute(connection)
        .await
        .map(|_| ())
        .map_err(explain)
}

/// Removes buckets in which everything is allowed again.
pub async fn remove_free(connection: &mut Connection, now: Timestamp) -> Result<u64> {
    sqlx::query("DELETE FROM rate_limits WHERE free_at < $1")
        .bind(now.millis())
        .execute(connection)
        .await
        .map(|done| done.rows_affected())
        .map_err(explain)
}
