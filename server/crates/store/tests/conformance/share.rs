//! Who lets whom see their practice.

use domain::account::{AccountId, Email, Standing};
use domain::share::{Share, ShareId};
use store::share::NewShare;
use store::{Store, account, departure, people, share};

use crate::support::{at, id, interview, member, on_both, write};

on_both! {
    a_share_is_begun_once_and_ended_by_its_owner
    a_share_shows_to_the_mentor_whose_confirmed_address_it_is
    who_cannot_end_a_share_is_not_shown
    a_confirmed_address_goes_with_its_account
}

fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// Shares with an address, of at most two.
async fn begin(store: &Store, owner: AccountId, address: &'static str, now: i64) -> Option<Share> {
    let new = NewShare { id: id(), email: email(address), created_at: at(now) };
    write!(store, |connection| async move {
        share::insert(connection, owner, &new, 2).await?;
        share::with(connection, owner, &new.email).await
    })
}

async fn verify(store: &Store, account: AccountId, address: &'static str) {
    write!(store, |connection| account::verify(connection, account, &email(address), at(0)));
}

async fn give(store: &Store, account: AccountId, standing: Standing) {
    write!(store, |connection| people::change_standing(connection, account, standing));
}

/// Whose practice the mentor sees.
async fn shown(store: &Store, mentor: AccountId, only: Option<ShareId>) -> Vec<AccountId> {
    let shown = share::shown(&mut store.read().await.unwrap(), mentor, only).await.unwrap();
    shown.into_iter().map(|shown| shown.owner).collect()
}

/// A mentor whose address is confirmed.
async fn mentor(store: &Store) -> AccountId {
    let grace = member(store, "Grace@example.org").await;
    verify(store, grace, "grace@example.org").await;
    give(store, grace, Standing::Mentor).await;
    grace
}

async fn a_share_is_begun_once_and_ended_by_its_owner(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let first = begin(&store, ada, "Grace@Example.org", 0).await.unwrap();
    assert_eq!((first.email.as_str(), first.since), ("Grace@Example.org", at(0)));
    assert_eq!(begin(&store, ada, "grace@example.ORG", 5).await.unwrap(), first, "another spelling");
    let second = begin(&store, ada, "alan@example.org", 5).await.unwrap();
    assert_eq!(begin(&store, ada, "mary@example.org", 6).await, None, "that would be a third");
    assert_eq!(begin(&store, ada, "alan@example.org", 6).await.as_ref(), Some(&second));
    let of = async |owner| share::of(&mut store.read().await.unwrap(), owner).await.unwrap();
    assert_eq!(of(ada).await, [second, first.clone()]);
    assert!(of(eve).await.is_empty());
    assert!(!write!(store, |connection| share::remove(connection, eve, first.id)), "not hers");
    assert!(write!(store, |connection| share::remove(connection, ada, first.id)));
    assert!(!write!(store, |connection| share::remove(connection, ada, first.id)), "it has ended");
    assert_eq!(of(ada).await.len(), 1);
}

async fn a_share_shows_to_the_mentor_whose_confirmed_address_it_is(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let begun = begin(&store, ada, "GRACE@example.org", 7).await.unwrap();
    let grace = member(&store, "Grace@example.org").await;
    assert!(shown(&store, grace, None).await.is_empty(), "a member");
    give(&store, grace, Standing::Mentor).await;
    assert!(shown(&store, grace, None).await.is_empty(), "the address is not confirmed");
    verify(&store, grace, "grace@example.org").await;
    assert_eq!(shown(&store, grace, None).await, [ada]);
    give(&store, grace, Standing::Admin).await;
    assert!(shown(&store, grace, None).await.is_empty(), "an administrator is no mentor");
    give(&store, grace, Standing::Mentor).await;

    for millis in [1, 3] {
        interview(&store, ada, millis).await;
    }
    let seen = share::shown(&mut store.read().await.unwrap(), grace, Some(begun.id)).await.unwrap().remove(0).mentee;
    assert_eq!((seen.id, seen.name.as_str(), seen.email.as_str()), (begun.id, "Ada", "ada@example.org"));
    assert_eq!((seen.since, seen.interviews, seen.latest), (at(7), 2, Some(at(3))));

    let theirs = begin(&store, eve, "other@example.org", 0).await.unwrap();
    assert!(shown(&store, grace, Some(theirs.id)).await.is_empty(), "that is for somebody else");
    assert!(shown(&store, eve, None).await.is_empty());
    write!(store, |connection| account::change_email(connection, grace, &email("new@example.org"), at(1)));
    assert!(shown(&store, grace, None).await.is_empty(), "her address is another one now");
}

async fn who_cannot_end_a_share_is_not_shown(store: Store) {
    let grace = mentor(&store).await;
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    for owner in [ada, eve] {
        begin(&store, owner, "grace@example.org", 0).await.unwrap();
    }
    assert_eq!(shown(&store, grace, None).await.len(), 2);
    write!(store, |connection| people::disable(connection, ada, at(0)));
    write!(store, |connection| departure::put(connection, eve, at(9)));
    assert!(shown(&store, grace, None).await.is_empty());
    write!(store, |connection| people::enable(connection, ada));
    assert_eq!(shown(&store, grace, None).await, [ada]);
    write!(store, |connection| people::disable(connection, grace, at(0)));
    assert!(shown(&store, grace, None).await.is_empty());
}

async fn a_confirmed_address_goes_with_its_account(store: Store) {
    let grace = mentor(&store).await;
    let ada = member(&store, "ada@example.org").await;
    let doubtful = member(&store, "alan@example.org").await;
    begin(&store, ada, "grace@example.org", 0).await.unwrap();
    begin(&store, ada, "alan@example.org", 0).await.unwrap();
    for leaving in [grace, doubtful] {
        write!(store, |connection| departure::remove_account(connection, leaving));
    }
    let left = share::of(&mut store.read().await.unwrap(), ada).await.unwrap();
    assert_eq!(left.iter().map(|share| share.email.as_str()).collect::<Vec<_>>(), ["alan@example.org"]);
    write!(store, |connection| departure::remove_account(connection, ada));
    assert!(share::of(&mut store.read().await.unwrap(), ada).await.unwrap().is_empty());
}
