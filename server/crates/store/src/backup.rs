//! All rows of all tables as JSON, the same from either database, and back.
//!
//! Which tables there are, the migrations say: so that nobody has to think of backups who adds one.

use domain::{Error, ErrorKind, Result};
use futures::TryStreamExt;
use serde_json::{Map, Value, json};
use sqlx::any::{AnyRow, AnyTypeInfoKind};
use sqlx::{AssertSqlSafe, Column, Executor, Row as _, TypeInfo, ValueRef};

use crate::Connection;
use crate::database::MIGRATIONS;
use crate::error::{explain, unexpected};

/// A row: the values of its columns by name. Fractions are `{"double": "0.1"}`: as JSON numbers they
/// would not come back to the last bit.
pub type Row = Map<String, Value>;

/// The key of a fraction.
const DOUBLE: &str = "double";
/// Where migrations are noted that were done.
const DONE: &str = "_sqlx_migrations";

/// The newest version of the tables that this program knows.
pub fn newest() -> i64 {
    MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default()
}

/// The version of the tables that are there; nothing before the first migration.
pub async fn version(connection: &mut Connection) -> Result<Option<i64>> {
    let catalogue = match connection.backend_name() {
        "PostgreSQL" => {
            "SELECT COUNT(*) FROM pg_tables WHERE schemaname = current_schema() AND CAST(tablename AS TEXT) = $1"
        }
        _ => "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = $1",
    };
    let count: i64 = sqlx::query_scalar(catalogue).bind(DONE).fetch_one(&mut *connection).await.map_err(explain)?;
    if count == 0 {
        return Ok(None);
    }
    sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(connection).await.map_err(explain)
}

/// The names of the tables of a version, each after those that it refers to.
pub fn tables(version: i64) -> Vec<String> {
    let mut tables = Vec::new();
    for migration in MIGRATIONS.iter().filter(|migration| migration.version <= version) {
        let lines = migration.sql.as_str().lines().map(|line| line.split("--").next().unwrap_or_default());
        // A name may stand right before its columns.
        let code = lines.collect::<Vec<_>>().join(" ").replace('(', " ( ");
        for statement in code.split(';') {
            let words: Vec<_> = statement.split_whitespace().collect();
            let told: Vec<_> = words.iter().map(|word| word.to_lowercase()).collect();
            match told.iter().map(String::as_str).collect::<Vec<_>>()[..] {
                ["create", "table", "if", "not", "exists", name, ..] | ["create", "table", name, ..] => {
                    tables.push(name.to_owned());
                }
                ["drop", "table", "if", "exists", name, ..] | ["drop", "table", name, ..] => {
                    tables.retain(|table| table != name);
                }
                ["alter", "table", old, "rename", "to", new, ..] => {
                    tables.iter_mut().filter(|table| *table == old).for_each(|table| *table = new.to_owned());
                }
                _ => {}
            }
        }
    }
    tables
}

/// Whether the tables of `version` hold nothing. The link that creates the first administrator does
/// not count: every server offers one at its first start.
pub async fn is_empty(connection: &mut Connection, version: i64) -> Result<bool> {
    for table in tables(version).iter().filter(|table| *table != "setup_tokens") {
        let one = format!("SELECT COUNT(*) FROM (SELECT 1 FROM {table} LIMIT 1) AS present");
        let count: i64 = sqlx::query_scalar(AssertSqlSafe(one)).fetch_one(&mut *connection).await.map_err(explain)?;
        if count > 0 {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Gives each row of `table` to `keep`, and answers how many there were.
pub async fn rows(
    connection: &mut Connection,
    table: &str,
    mut keep: impl FnMut(&Row) -> Result<()> + Send,
) -> Result<u64> {
    let mut rows = sqlx::query(AssertSqlSafe(format!("SELECT * FROM {table}"))).fetch(connection);
    let mut count = 0;
    while let Some(row) = rows.try_next().await.map_err(explain)? {
        keep(&read(&row)?)?;
        count += 1;
    }
    Ok(count)
}

fn read(row: &AnyRow) -> Result<Row> {
    let columns = row.columns().iter().map(|column| {
        let at = column.ordinal();
        let value = row.try_get_raw(at).map_err(explain)?;
        let kind = value.type_info().kind();
        let value = match kind {
            _ if value.is_null() => Value::Null,
            AnyTypeInfoKind::Text => row.try_get::<String, _>(at).map_err(explain)?.into(),
            AnyTypeInfoKind::Real | AnyTypeInfoKind::Double => {
                json!({ DOUBLE: row.try_get::<f64, _>(at).map_err(explain)?.to_string() })
            }
            kind if kind.is_integer() => row.try_get::<i64, _>(at).map_err(explain)?.into(),
            _ => return Err(Error::unexpected(&format!("column-{}", value.type_info().name().to_lowercase()))),
        };
        Ok((column.name().to_owned(), value))
    });
    columns.collect()
}

/// Removes all tables with all that is in them, and makes those of `version`, which are empty.
///
/// # Errors
/// If there is no such version.
pub async fn start_over(connection: &mut Connection, version: i64) -> Result<()> {
    let mut present = tables(newest());
    present.insert(0, DONE.to_owned());
    for table in present.iter().rev() {
        let drop = AssertSqlSafe(format!("DROP TABLE IF EXISTS {table}"));
        connection.execute(sqlx::raw_sql(drop)).await.map_err(explain)?;
    }
    // `run_to` takes no connection that is borrowed in a task: its bounds are not general enough.
    MIGRATIONS.run_direct(Some(version), connection, false).await.map_err(|error| unexpected(&error))
}

/// Adds a row to `table`.
///
/// # Errors
/// `Invalid` if it is no row of such a table.
pub async fn insert(connection: &mut Connection, table: &str, row: &Row) -> Result<()> {
    let odd = || Error::new(ErrorKind::Invalid, format!("A row of the table “{table}” cannot be read."));
    if row.is_empty() || !row.keys().all(|name| is_name(name)) {
        return Err(odd());
    }
    let mut place = 0;
    // PostgreSQL has to know the type of what is bound, and nothing has none.
    let values = row.values().map(|value| {
        if value.is_null() {
            return "NULL".to_owned();
        }
        place += 1;
        format!("${place}")
    });
    let values = values.collect::<Vec<_>>().join(", ");
    let columns = row.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
    let mut insert = sqlx::query(AssertSqlSafe(format!("INSERT INTO {table} ({columns}) VALUES ({values})")));
    for value in row.values() {
        insert = match value {
            Value::Null => insert,
            Value::String(text) => insert.bind(text.clone()),
            Value::Number(number) => insert.bind(number.as_i64().ok_or_else(odd)?),
            Value::Object(fraction) => {
                let fraction = fraction.get(DOUBLE).and_then(Value::as_str).and_then(|text| text.parse::<f64>().ok());
                insert.bind(fraction.ok_or_else(odd)?)
            }
            Value::Bool(_) | Value::Array(_) => return Err(odd()),
        };
    }
    insert.execute(connection).await.map(|_| ()).map_err(explain)
}

/// Whether it can be a column's name; anything else has no place in a statement.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_come_after_those_that_they_refer_to() {
        let tables = tables(newest());
        let place = |name: &str| tables.iter().position(|table| table == name).unwrap();
        assert!(place("accounts") < place("interviews") && place("interviews") < place("interview_messages"));
        assert_eq!(super::tables(1), ["accounts", "setup_tokens"]);
        assert!(tables.iter().all(|table| is_name(table)), "{tables:?}");
    }

    #[test]
    fn only_names_stand_in_statements() {
        assert!(is_name("created_at") && is_name("version2"));
        for other in ["", "a b", "a)", "A", "a;--", "ä", "\"a\""] {
            assert!(!is_name(other), "{other}");
        }
    }
}
