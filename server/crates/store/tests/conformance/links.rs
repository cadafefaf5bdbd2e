//! Links that are sent to people, addresses that are confirmed, browsers, and who wants the digest.

use domain::Result;
use domain::account::{AccountId, Email, LinkPurpose};
use futures::future::BoxFuture;
use store::account::links::{self, Link, NewLink};
use store::account::{self, devices};
use store::{Connection, Store, digest};

use crate::support::{at, member, on_both};

on_both! {
    a_link_works_once_and_for_its_purpose
    a_link_ends_with_its_time_and_gives_way_to_a_newer_one
    an_address_is_confirmed_only_while_it_is_the_accounts
    an_address_has_one_account
    a_browser_is_known_to_the_accounts_that_saw_it
    a_digest_is_taken_once_a_week
}

async fn change<T, F>(store: &Store, work: F) -> T
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    store.transaction(work).await.unwrap()
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

async fn put(store: &Store, account: AccountId, hash: &str, purpose: LinkPurpose) {
    let link =
        NewLink { hash: hash.to_owned(), account, purpose, email: email("Zoë@Example.org"), expires_at: at(100) };
    change(store, move |connection| Box::pin(async move { links::put(connection, &link).await })).await;
}

async fn take(store: &Store, hash: &'static str, purpose: LinkPurpose, now: i64) -> Option<Link> {
    change(store, move |connection| Box::pin(links::take(connection, hash, purpose, at(now)))).await
}

async fn a_link_works_once_and_for_its_purpose(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    put(&store, ada, "one", LinkPurpose::Verify).await;
    put(&store, ada, "two", LinkPurpose::Reset).await;
    let mut reader = store.read().await.unwrap();
    assert!(links::is_open(&mut reader, "one", LinkPurpose::Verify, at(0)).await.unwrap());
    assert!(!links::is_open(&mut reader, "one", LinkPurpose::Reset, at(0)).await.unwrap());
    drop(reader);
    assert_eq!(take(&store, "one", LinkPurpose::Change, 0).await, None);
    let link = take(&store, "one", LinkPurpose::Verify, 0).await;
    assert_eq!(link, Some(Link { account: ada, email: email("Zoë@Example.org") }));
    assert_eq!(take(&store, "one", LinkPurpose::Verify, 0).await, None);
    change(&store, move |connection| Box::pin(links::forget(connection, ada))).await;
    assert_eq!(take(&store, "two", LinkPurpose::Reset, 0).await, None);
}

async fn a_link_ends_with_its_time_and_gives_way_to_a_newer_one(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    put(&store, ada, "first", LinkPurpose::Reset).await;
    put(&store, ada, "second", LinkPurpose::Reset).await;
    assert_eq!(take(&store, "first", LinkPurpose::Reset, 0).await, None);
    assert_eq!(take(&store, "second", LinkPurpose::Reset, 100).await, None, "too late");
    let trim = |now: i64| change(&store, move |connection| Box::pin(links::trim(connection, at(now))));
    assert_eq!((trim(99).await, trim(100).await), (0, 1));
}

async fn an_address_is_confirmed_only_while_it_is_the_accounts(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let verify = |address: &'static str| {
        change(&store, move |connection| {
            Box::pin(async move { account::verify(connection, ada, &email(address), at(0)).await })
        })
    };
    let verified =
        async || account::mail_settings(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap().verified;
    verify("old@example.org").await;
    assert!(!verified().await);
    verify("ADA@example.org").await;
    assert!(verified().await);
}

async fn an_address_has_one_account(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    member(&store, "eve@example.org").await;
    let use_address = |address: &'static str| {
        change(&store, move |connection| {
            Box::pin(async move { account::change_email(connection, ada, &email(address), at(0)).await })
        })
    };
    assert!(!use_address("EVE@example.org").await);
    assert!(use_address("Ada@Example.org").await, "another spelling of one's own");
    assert!(use_address("new@example.org").await);
    let found = account::by_email(&mut store.read().await.unwrap(), &email("NEW@example.org")).await.unwrap();
    assert_eq!(found.unwrap().viewer.id, ada);
    assert!(account::mail_settings(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap().verified);
}

async fn a_browser_is_known_to_the_accounts_that_saw_it(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let seen = |account: AccountId, hash: &'static str| {
        change(&store, move |connection| Box::pin(devices::seen(connection, account, hash, at(5))))
    };
    let add = |hash: &'static str, now: i64, since: i64| {
        change(&store, move |connection| Box::pin(devices::add(connection, ada, hash, at(now), at(since))))
    };
    assert!(!seen(ada, "one").await);
    add("one", 0, -9).await;
    add("one", 1, -9).await;
    assert!(seen(ada, "one").await && !seen(eve, "one").await);
    add("two", 10, 5).await;
    assert!(seen(ada, "one").await, "it was seen just then");
    add("three", 10, 6).await;
    assert!(!seen(ada, "one").await && seen(ada, "three").await);
}

async fn a_digest_is_taken_once_a_week(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    for person in [ada, eve] {
        change(&store, move |connection| Box::pin(digest::want(connection, person, true))).await;
    }
    let due = async |week: i64, after: Option<AccountId>| {
        let people = digest::due(&mut store.read().await.unwrap(), at(week), after, 10).await.unwrap();
        people.into_iter().map(|person| person.id).collect::<Vec<_>>()
    };
    assert!(due(0, None).await.is_empty(), "no address is confirmed");
    for (person, address) in [(ada, "ada@example.org"), (eve, "eve@example.org")] {
        change(&store, move |connection| {
            Box::pin(async move { account::verify(connection, person, &email(address), at(0)).await })
        })
        .await;
    }
    let people = due(0, None).await;
    assert_eq!(people.len(), 2);
    assert_eq!(due(0, Some(people[0])).await, people[1..]);
    let take = |week: i64| change(&store, move |connection| Box::pin(digest::take(connection, ada, at(week))));
    assert!(take(0).await && !take(0).await);
    assert_eq!(due(0, None).await, [eve]);
    assert_eq!(due(1, None).await.len(), 2, "the next week");
    change(&store, move |connection| Box::pin(digest::want(connection, ada, false))).await;
    assert!(!take(1).await);
    assert_eq!(due(1, None).await, [eve]);
}
