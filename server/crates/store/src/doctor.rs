//! What tells whether the database is sound.

use domain::{Result, Timestamp};

use crate::Connection;
use crate::error::explain;

/// What the database finds wrong with its own file; nothing if it is sound, or has no file of its own
/// to look at. Reads all of it.
pub async fn damage(connection: &mut Connection) -> Result<Option<String>> {
    if connection.backend_name() != "SQLite" {
        return Ok(None);
    }
    let found: String = sqlx::query_scalar("PRAGMA quick_check(1)").fetch_one(connection).await.map_err(explain)?;
    Ok((found != "ok").then_some(found))
}

/// The time by the database's clock.
pub async fn clock(connection: &mut Connection) -> Result<Timestamp> {
    let now = match connection.backend_name() {
        "PostgreSQL" => "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)",
        _ => "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS BIGINT)",
    };
    sqlx::query_scalar(now).fetch_one(connection).await.map(Timestamp::from_millis).map_err(explain)
}
