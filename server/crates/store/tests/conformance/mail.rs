//! Mails, with what became of each.

use domain::account::{Account, AccountId};
use domain::mail::{MailId, MailState};
use domain::{Id, Result};
use futures::future::BoxFuture;
use store::mail::{self, NewMail};
use store::{Connection, Store};

use crate::support::{at, id, member, on_both};

on_both! {
    mails_come_back_newest_first_and_their_words_only_where_they_are_kept
    a_mail_that_was_sent_stays_sent
    words_are_removed_when_they_are_old
    mails_are_counted_by_person_template_and_time
    mails_that_have_not_left_are_counted
}

async fn change<T, F>(store: &Store, work: F) -> T
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    store.transaction(work).await.unwrap()
}

async fn write(store: &Store, owner: AccountId, state: MailState, millis: i64) -> MailId {
    let new = NewMail {
        id: id(),
        owner,
        recipient: "zoë@müller.example".to_owned(),
        template: "verify-address".to_owned(),
        subject: "Grüße 🙂".to_owned(),
        text: "Hello <Zoë>".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        state,
        created_at: at(millis),
    };
    let written = new.id;
    change(store, move |connection| Box::pin(async move { mail::insert(connection, &new).await })).await;
    written
}

async fn mails_come_back_newest_first_and_their_words_only_where_they_are_kept(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let first = write(&store, ada, MailState::Kept, 0).await;
    let second = write(&store, ada, MailState::Waiting, 1).await;
    let mut reader = store.read().await.unwrap();
    let latest = mail::latest(&mut reader, 10).await.unwrap();
    let seen: Vec<_> = latest.iter().map(|mail| (mail.id, mail.state, mail.text.as_deref())).collect();
    assert_eq!(seen, [(second, MailState::Waiting, None), (first, MailState::Kept, Some("Hello <Zoë>"))]);
    assert_eq!((latest[0].subject.as_str(), latest[0].recipient.as_str()), ("Grüße 🙂", "zoë@müller.example"));
    assert_eq!(mail::latest(&mut reader, 1).await.unwrap().len(), 1);
    let letter = mail::letter(&mut reader, second).await.unwrap().unwrap();
    assert_eq!((letter.text.as_deref(), letter.html.as_deref()), (Some("Hello <Zoë>"), Some("<p>Hello</p>")));
    assert!(mail::letter(&mut reader, id()).await.unwrap().is_none());
}

async fn a_mail_that_was_sent_stays_sent(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let written = write(&store, ada, MailState::Waiting, 0).await;
    for (state, reason, expected) in [
        (MailState::Failed, Some("550"), (MailState::Failed, Some("550".to_owned()))),
        (MailState::Waiting, None, (MailState::Waiting, None)),
        (MailState::Sent, None, (MailState::Sent, None)),
        (MailState::Failed, Some("cancelled"), (MailState::Sent, None)),
    ] {
        change(&store, move |connection| Box::pin(mail::settle(connection, written, state, reason, at(1)))).await;
        let seen = mail::latest(&mut store.read().await.unwrap(), 1).await.unwrap().remove(0);
        assert_eq!((seen.state, seen.reason), expected);
    }
}

async fn words_are_removed_when_they_are_old(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    for millis in [0, 1] {
        write(&store, ada, MailState::Kept, millis).await;
    }
    let trim = |since: i64| change(&store, move |connection| Box::pin(mail::trim(connection, at(since))));
    assert_eq!((trim(0).await, trim(1).await, trim(1).await), (0, 1, 0));
    let latest = mail::latest(&mut store.read().await.unwrap(), 10).await.unwrap();
    assert_eq!(latest.iter().map(|mail| mail.text.is_some()).collect::<Vec<_>>(), [true, false]);
}

async fn mails_are_counted_by_person_template_and_time(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    for millis in [0, 1, 2] {
        write(&store, ada, MailState::Sent, millis).await;
    }
    let mut reader = store.read().await.unwrap();
    let mut count = async |owner: Id<Account>, template: &str, since: i64| {
        mail::count_since(&mut reader, owner, template, at(since)).await.unwrap()
    };
    assert_eq!(count(ada, "verify-address", -1).await, 3);
    assert_eq!(count(ada, "verify-address", 1).await, 1);
    assert_eq!(count(ada, "reset-password", -1).await, 0);
    assert_eq!(count(eve, "verify-address", -1).await, 0);
}

async fn mails_that_have_not_left_are_counted(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let unsent = async |since: i64| mail::unsent(&mut store.read().await.unwrap(), at(since)).await.unwrap();
    assert_eq!(unsent(0).await, (0, 0));
    for (state, millis) in [
        (MailState::Kept, 0),
        (MailState::Sent, 0),
        (MailState::Waiting, 0),
        (MailState::Waiting, 9),
        (MailState::Failed, 0),
        (MailState::Failed, 9),
    ] {
        write(&store, ada, state, millis).await;
    }
    assert_eq!((unsent(0).await, unsent(1).await), ((2, 2), (2, 1)));
}
