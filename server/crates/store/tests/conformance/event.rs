//! What happened for people.

use domain::event::Topic;
use serde_json::json;
use store::{Store, event};

use crate::support::{at, member, on_both};

on_both! {
    events_are_counted_for_each_person_without_gaps
    servers_on_one_database_hear_each_other
}

async fn append(store: &Store, owner: domain::account::AccountId, millis: i64) -> i64 {
    let work = store.transaction(move |connection| {
        Box::pin(async move {
            event::append(connection, owner, Topic::Notifications, "test", &json!({ "ö": [1] }), at(millis)).await
        })
    });
    work.await.unwrap()
}

async fn events_are_counted_for_each_person_without_gaps(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    assert_eq!(event::range(&mut store.read().await.unwrap(), ada).await.unwrap(), (0, None));
    let mut numbers = futures::future::join_all((0..20).map(|millis| append(&store, ada, millis))).await;
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=20).collect::<Vec<_>>());
    assert_eq!(append(&store, eve, 0).await, 1);
    let mut reader = store.read().await.unwrap();
    let events = event::after(&mut reader, ada, 17, 2).await.unwrap();
    assert_eq!(events.iter().map(|event| event.number).collect::<Vec<_>>(), [18, 19]);
    assert_eq!((&events[0].data, events[0].topic), (&json!({ "ö": [1] }), Topic::Notifications));
    drop(reader);
    let removed = store.transaction(|connection| Box::pin(event::remove_before(connection, at(10))));
    assert_eq!(removed.await.unwrap(), 11);
    let (latest, oldest) = event::range(&mut store.read().await.unwrap(), ada).await.unwrap();
    assert!(latest == 20 && oldest.is_some(), "{oldest:?}");
    assert_eq!(append(&store, ada, 99).await, 21, "numbers are never used again");
}

async fn servers_on_one_database_hear_each_other(store: Store) {
    let Some(mut listener) = store.listen().await.unwrap() else {
        store.notify("nobody else is there").await.unwrap();
        return;
    };
    store.notify("Zoë").await.unwrap();
    assert_eq!(listener.next().await.unwrap().as_deref(), Some("Zoë"));
}
