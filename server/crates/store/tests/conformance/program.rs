//! What programs leave: tokens, limits, and calls that may be repeated.

use domain::token::{PersonalToken, Scope};
use store::account::sessions::{self, Session};
use store::token::{self, Family, Kind};
use store::{Store, account, idempotency, limit};

use crate::support::{at, id, member, on_both, write};

on_both! {
    a_token_of_a_family_works_until_it_ends_or_is_spent
    a_raised_session_epoch_ends_families
    personal_tokens_belong_to_their_owner
    limits_let_as_many_pass_as_they_say
    a_limit_counts_once_for_many_at_once
    a_repeated_call_finds_the_first_one
    a_call_that_was_never_answered_counts_no_more_after_a_while
}

async fn family(store: &Store, email: &str) -> Family {
    let owner = member(store, email).await;
    let session = Session {
        id: id(),
        account: owner,
        session_epoch: 0,
        agent: String::new(),
        network: "192.0.2.7".to_owned(),
        created_at: at(0),
        used_at: at(0),
    };
    let family =
        Family { id: id::<Family>().to_string(), owner, session: session.id, session_epoch: 0, expires_at: at(1_000) };
    let kept = family.clone();
    write!(store, |connection| sessions::insert(connection, &session));
    write!(store, |connection| token::insert_family(connection, &kept, at(0)));
    let (access, refresh) = (family.clone(), family.clone());
    write!(store, |connection| token::insert(connection, &access.id, Kind::Access, "access", at(100)));
    write!(store, |connection| token::insert(connection, &refresh.id, Kind::Refresh, "refresh", at(1_000)));
    family
}

async fn finds(store: &Store, kind: Kind, hash: &str, millis: i64) -> Option<bool> {
    let found = token::find(&mut store.read().await.unwrap(), kind, hash, at(millis)).await.unwrap();
    found.map(|(_, _, spent)| spent)
}

async fn a_token_of_a_family_works_until_it_ends_or_is_spent(store: Store) {
    let family = family(&store, "ada@example.org").await;
    let (account, found, _) =
        token::find(&mut store.read().await.unwrap(), Kind::Access, "access", at(99)).await.unwrap().expect("it works");
    assert_eq!((account.viewer.id, found.id), (family.owner, family.id.clone()));
    assert_eq!(finds(&store, Kind::Access, "access", 100).await, None, "it has ended");
    assert_eq!(finds(&store, Kind::Refresh, "access", 1).await, None, "it is for something else");
    assert_eq!(finds(&store, Kind::Access, "other", 1).await, None);

    assert!(write!(store, |connection| token::spend(connection, "refresh")));
    assert!(!write!(store, |connection| token::spend(connection, "refresh")), "once");
    assert_eq!(finds(&store, Kind::Refresh, "refresh", 1).await, Some(true));

    assert!(write!(store, |connection| sessions::remove(connection, family.owner, family.session)));
    assert_eq!(finds(&store, Kind::Access, "access", 1).await, None, "all tokens of the family have ended");
}

async fn a_raised_session_epoch_ends_families(store: Store) {
    let owner = family(&store, "ada@example.org").await.owner;
    write!(store, |connection| account::change_password(connection, owner, "new"));
    assert_eq!(finds(&store, Kind::Access, "access", 1).await, None);
    assert_eq!(finds(&store, Kind::Refresh, "refresh", 1).await, None);
    assert!(write!(store, |connection| token::remove_expired(connection, at(2_000))) >= 2);
}

async fn personal_tokens_belong_to_their_owner(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let made = |name: &str| PersonalToken {
        id: id(),
        name: name.to_owned(),
        scopes: vec![Scope::Read, Scope::Write],
        created_at: at(0),
        expires_at: at(1_000),
        used_at: None,
    };
    let (first, second) = (made("Zoë’s script"), made("Another"));
    let (kept, one_more) = (first.clone(), second.clone());
    assert!(write!(store, |connection| token::insert_personal(connection, ada, &kept, "one", 1)));
    assert!(!write!(store, |connection| token::insert_personal(connection, ada, &one_more, "two", 1)), "too many");
    let mut reader = store.read().await.unwrap();
    assert_eq!(token::personal(&mut reader, ada).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(token::personal(&mut reader, eve).await.unwrap(), []);
    let (account, found) = token::find_personal(&mut reader, "one", at(999)).await.unwrap().unwrap();
    assert_eq!((account.viewer.id, &found), (ada, &first));
    assert!(token::find_personal(&mut reader, "one", at(1_000)).await.unwrap().is_none());
    drop(reader);
    write!(store, |connection| token::touch_personal(connection, first.id, at(5)));
    let used = token::personal(&mut store.read().await.unwrap(), ada).await.unwrap()[0].used_at;
    assert_eq!(used, Some(at(5)));
    assert!(!write!(store, |connection| token::remove_personal(connection, eve, first.id)), "not hers");
    assert!(write!(store, |connection| token::remove_personal(connection, ada, first.id)));
}

async fn count(store: &Store, millis: i64) -> Option<i64> {
    write!(store, |connection| limit::count(connection, "bucket", at(millis), 100, 200))
}

async fn limits_let_as_many_pass_as_they_say(store: Store) {
    assert_eq!([count(&store, 0).await, count(&store, 0).await, count(&store, 0).await], [None; 3]);
    assert_eq!(count(&store, 0).await, Some(100));
    assert_eq!(count(&store, 60).await, Some(40), "what was refused does not count");
    assert_eq!(count(&store, 100).await, None);
    assert_eq!(count(&store, 100).await, Some(100));
    write!(store, |connection| limit::give_back(connection, "bucket", 100));
    assert_eq!(count(&store, 100).await, None);
    assert_eq!(write!(store, |connection| limit::remove_free(connection, at(300))), 0);
    assert_eq!(write!(store, |connection| limit::remove_free(connection, at(10_000))), 1);
}

async fn a_limit_counts_once_for_many_at_once(store: Store) {
    let counted = futures::future::join_all((0..20).map(|_| count(&store, 0))).await;
    assert_eq!(counted.iter().filter(|wait| wait.is_none()).count(), 3);
}

async fn begin(store: &Store, owner: domain::account::AccountId, request: &'static str) -> Option<idempotency::Call> {
    write!(store, |connection| idempotency::begin(connection, owner, "key", request, at(10), at(0)))
}

async fn a_repeated_call_finds_the_first_one(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    assert_eq!(begin(&store, ada, "a").await, None);
    assert_eq!(begin(&store, ada, "a").await.unwrap().status, None, "it is being answered");
    assert_eq!(begin(&store, eve, "b").await, None, "keys are one's own");
    write!(store, |connection| idempotency::finish(connection, ada, "key", 201, "{}"));
    let call = begin(&store, ada, "b").await.unwrap();
    assert_eq!((call.request.as_str(), call.status, call.answer.as_str()), ("a", Some(201), "{}"));
    write!(store, |connection| idempotency::forget(connection, ada, "key"));
    assert!(begin(&store, ada, "a").await.is_some(), "what was answered stays");
    write!(store, |connection| idempotency::forget(connection, eve, "key"));
    assert_eq!(begin(&store, eve, "c").await, None);
    assert_eq!(write!(store, |connection| idempotency::remove_before(connection, at(11))), 2);
}

async fn a_call_that_was_never_answered_counts_no_more_after_a_while(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    assert_eq!(begin(&store, ada, "a").await, None);
    let later = write!(store, |connection| idempotency::begin(connection, ada, "key", "b", at(99), at(50)));
    assert_eq!(later, None, "the server ended before it was answered");
    assert_eq!(begin(&store, ada, "b").await.unwrap().request, "b");
}
