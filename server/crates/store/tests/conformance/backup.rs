//! Rows as JSON and back.

use std::collections::BTreeMap;

use domain::ErrorKind;
use sqlx::Row as _;
use store::backup::{self, Row};
use store::{Store, account};

use crate::support::{id, interview, member, on_both};

on_both! {
    the_migrations_name_every_table
    everything_comes_back
    an_older_version_is_brought_up_to_date
    a_snapshot_stays_as_it_was
    only_rows_are_taken
    a_database_is_empty_until_somebody_is_in_it
}

/// All rows of all tables, in an order that does not depend on the database.
async fn everything(store: &Store) -> BTreeMap<String, Vec<String>> {
    let read = store.snapshot(|connection| {
        Box::pin(async move {
            let mut all = BTreeMap::new();
            for table in backup::tables(backup::newest()) {
                let mut rows = Vec::new();
                let keep = |row: &Row| {
                    rows.push(serde_json::Value::Object(row.clone()).to_string());
                    Ok(())
                };
                backup::rows(connection, &table, keep).await?;
                rows.sort();
                all.insert(table, rows);
            }
            Ok(all)
        })
    });
    read.await.unwrap()
}

/// Removes everything, makes the tables of `version` and puts `rows` into them.
async fn replace(store: &Store, version: i64, rows: BTreeMap<String, Vec<String>>) -> domain::Result<()> {
    let write = store.transaction(move |connection| {
        Box::pin(async move {
            backup::start_over(connection, version).await?;
            for table in backup::tables(version) {
                for row in &rows[&table] {
                    backup::insert(connection, &table, &serde_json::from_str(row).unwrap()).await?;
                }
            }
            Ok(())
        })
    });
    write.await
}

async fn the_migrations_name_every_table(store: Store) {
    let catalogue = match store.kind() {
        "PostgreSQL" => "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()",
        _ => "SELECT name FROM sqlite_master WHERE type = 'table'",
    };
    let rows = sqlx::query(catalogue).fetch_all(&mut *store.read().await.unwrap()).await.unwrap();
    let mut present: Vec<String> =
        rows.iter().map(|row| row.get(0)).filter(|name| name != "_sqlx_migrations").collect();
    present.sort();
    let mut named = backup::tables(backup::newest());
    named.sort();
    assert_eq!(present, named);
}

async fn everything_comes_back(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let grace = member(&store, "grace@example.org").await;
    interview(&store, ada, 0).await;
    interview(&store, grace, 60_000).await;
    let before = everything(&store).await;
    assert_eq!((before["accounts"].len(), before["interviews"].len()), (2, 2));
    replace(&store, backup::newest(), before.clone()).await.unwrap();
    assert_eq!(everything(&store).await, before);
    // The tables are whole: they refuse what they refused before.
    store.migrate().await.unwrap();
    let mut orphan: Row = serde_json::from_str(&before["interviews"][0]).unwrap();
    orphan.insert("id".to_owned(), id::<()>().to_string().into());
    orphan.insert("owner_id".to_owned(), id::<()>().to_string().into());
    let added = store.transaction(move |connection| {
        Box::pin(async move { backup::insert(connection, "interviews", &orphan).await })
    });
    assert!(added.await.is_err());
    assert_eq!(everything(&store).await, before);
}

async fn an_older_version_is_brought_up_to_date(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let mut old = everything(&store).await;
    // Accounts had none of these before the fourth version.
    for row in old.get_mut("accounts").unwrap() {
        let mut columns: Row = serde_json::from_str(row).unwrap();
        for later in ["plan", "verified_at", "digest", "digest_at", "disabled_at"] {
            assert!(columns.remove(later).is_some(), "{later}");
        }
        *row = serde_json::Value::Object(columns).to_string();
    }
    replace(&store, 3, old).await.unwrap();
    let present = backup::version(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!(present, Some(3));
    store.migrate().await.unwrap();
    assert_eq!(backup::version(&mut store.read().await.unwrap()).await.unwrap(), Some(backup::newest()));
    let row: Row = serde_json::from_str(&everything(&store).await["accounts"][0]).unwrap();
    assert_eq!((&row["plan"], &row["id"]), (&"standard".into(), &ada.to_string().into()));
}

async fn a_snapshot_stays_as_it_was(store: Store) {
    member(&store, "ada@example.org").await;
    let writing = store.clone();
    let counts = store.snapshot(move |connection| {
        Box::pin(async move {
            let before = backup::rows(connection, "accounts", |_| Ok(())).await?;
            member(&writing, "grace@example.org").await;
            Ok((before, backup::rows(connection, "accounts", |_| Ok(())).await?))
        })
    });
    assert_eq!(counts.await.unwrap(), (1, 1));
    assert_eq!(everything(&store).await["accounts"].len(), 2);
}

async fn only_rows_are_taken(store: Store) {
    for odd in [
        r#"{}"#,
        r#"{"role) VALUES ('fast', 'x'); --": 1}"#,
        r#"{"role": true, "model": "x"}"#,
        r#"{"role": ["fast"], "model": "x"}"#,
        r#"{"role": 1.5, "model": "x"}"#,
        r#"{"role": {"double": "much"}, "model": "x"}"#,
    ] {
        let row: Row = serde_json::from_str(odd).unwrap();
        let added = store.transaction(move |connection| {
            Box::pin(async move { backup::insert(connection, "model_roles", &row).await })
        });
        assert_eq!(added.await.unwrap_err().kind, ErrorKind::Invalid, "{odd}");
    }
}

async fn a_database_is_empty_until_somebody_is_in_it(store: Store) {
    let is_empty = async || backup::is_empty(&mut store.read().await.unwrap(), backup::newest()).await.unwrap();
    let offer = store.transaction(|connection| {
        Box::pin(async move { account::put_setup_token(connection, "hash", crate::support::at(0)).await })
    });
    offer.await.unwrap();
    assert!(is_empty().await);
    member(&store, "ada@example.org").await;
    assert!(!is_empty().await);
}
