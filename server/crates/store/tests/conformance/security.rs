//! How people sign in: sessions, second steps, providers.

use domain::second_step::Passkey;
use store::account::identities::{self, NewIdentity, StoredGrant};
use store::account::second_step::{self, StoredPasskey};
use store::account::sessions::{self, Session};
use store::{Store, account};

use crate::support::{at, id, member, on_both};

on_both! {
    a_session_is_its_accounts_until_it_ends
    sessions_end_with_the_epoch_and_with_age
    an_application_counts_once_confirmed_and_each_code_once
    passkeys_are_their_accounts_and_counted
    recovery_codes_work_once_and_are_replaced_together
    an_identity_is_one_persons_and_one_of_its_provider
    a_grant_goes_with_its_identity
}

/// Runs one statement in a transaction of its own.
macro_rules! write {
    ($store:expr, |$connection:ident| $work:expr) => {
        $store.transaction(move |$connection| Box::pin(async move { $work.await })).await.unwrap()
    };
}

/// Runs one statement that only reads.
macro_rules! read {
    ($store:expr, |$connection:ident| $work:expr) => {{
        let mut connection = $store.read().await.unwrap();
        let $connection = &mut *connection;
        $work.await.unwrap()
    }};
}

async fn session(store: &Store, account: domain::account::AccountId, millis: i64) -> Session {
    let session = Session {
        id: id(),
        account,
        session_epoch: 0,
        agent: "Firefox/1 Linux".to_owned(),
        network: "192.0.2.7".to_owned(),
        created_at: at(millis),
        used_at: at(millis),
    };
    let kept = session.clone();
    write!(store, |connection| sessions::insert(connection, &kept));
    session
}

async fn a_session_is_its_accounts_until_it_ends(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let (first, second) = (session(&store, ada, 10).await, session(&store, ada, 20).await);
    let other = session(&store, eve, 30).await;
    assert_eq!(read!(store, |c| sessions::account(c, first.id, at(0))).unwrap().viewer.id, ada);
    write!(store, |c| sessions::touch(c, first.id, Some("198.51.100.1"), at(40)));
    write!(store, |c| sessions::touch(c, first.id, None, at(50)));
    let listed = read!(store, |c| sessions::list(c, ada, at(0)));
    assert_eq!(
        listed,
        [Session { used_at: at(50), network: "198.51.100.1".to_owned(), ..first.clone() }, second.clone()]
    );

    assert!(!write!(store, |c| sessions::remove(c, eve, first.id)), "it is somebody else's");
    assert_eq!(write!(store, |c| sessions::remove_others(c, ada, second.id)), 1);
    assert!(read!(store, |c| sessions::account(c, first.id, at(0))).is_none());
    assert!(read!(store, |c| sessions::account(c, other.id, at(0))).is_some());
}

async fn sessions_end_with_the_epoch_and_with_age(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let old = session(&store, ada, 10).await;
    assert!(read!(store, |c| sessions::account(c, old.id, at(11))).is_none());
    assert!(read!(store, |c| sessions::list(c, ada, at(11))).is_empty());
    let young = session(&store, ada, 20).await;
    assert_eq!(write!(store, |c| sessions::trim(c, at(11))), 1);
    assert!(read!(store, |c| sessions::account(c, young.id, at(10))).is_some());
    write!(store, |c| account::end_sessions(c, ada));
    assert!(read!(store, |c| sessions::account(c, young.id, at(10))).is_none());
    assert!(read!(store, |c| sessions::list(c, ada, at(0))).is_empty());
}

async fn an_application_counts_once_confirmed_and_each_code_once(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    for secret in ["one", "two"] {
        assert!(write!(store, |c| second_step::put_app(c, ada, secret)));
    }
    assert!(!read!(store, |c| second_step::is_there(c, ada)));
    assert!(!write!(store, |c| second_step::confirm_app(c, ada, "one", at(5))), "it was replaced");
    assert!(write!(store, |c| second_step::confirm_app(c, ada, "two", at(5))));
    assert!(read!(store, |c| second_step::is_there(c, ada)));
    assert!(!write!(store, |c| second_step::put_app(c, ada, "three")), "a confirmed one stays");
    assert!(write!(store, |c| second_step::use_app(c, ada, 7)));
    assert!(!write!(store, |c| second_step::use_app(c, ada, 7)) && !write!(store, |c| second_step::use_app(c, ada, 6)));
    let app = read!(store, |c| second_step::app(c, ada)).unwrap();
    assert_eq!((&*app.secret, app.confirmed_at, app.last_step), ("two", Some(at(5)), 7));
    assert!(write!(store, |c| second_step::remove_app(c, ada)));
    assert!(!write!(store, |c| second_step::remove_app(c, ada)));
}

async fn passkeys_are_their_accounts_and_counted(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let new = |name: &str| StoredPasskey {
        passkey: Passkey { id: id(), name: name.to_owned(), created_at: at(1), used_at: None },
        credential: "{}".to_owned(),
    };
    let (phone, key) = (new("Phone"), new("Key"));
    let (first, second) = (phone.clone(), key.clone());
    assert!(write!(store, |c| second_step::insert_passkey(c, ada, &first, 1)));
    assert!(!write!(store, |c| second_step::insert_passkey(c, ada, &second, 1)), "as many as one can have");
    write!(store, |c| second_step::use_passkey(c, phone.passkey.id, "{\"n\":1}", at(9)));
    let listed = read!(store, |c| second_step::passkeys(c, ada));
    assert_eq!((listed.len(), listed[0].passkey.used_at, &*listed[0].credential), (1, Some(at(9)), "{\"n\":1}"));
    assert!(read!(store, |c| second_step::is_there(c, ada)) && !read!(store, |c| second_step::is_there(c, eve)));
    assert!(!write!(store, |c| second_step::remove_passkey(c, eve, phone.passkey.id)));
    assert!(write!(store, |c| second_step::remove_passkey(c, ada, phone.passkey.id)));
}

async fn recovery_codes_work_once_and_are_replaced_together(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    write!(store, |c| second_step::put_recovery_codes(c, ada, &["one".to_owned(), "two".to_owned()]));
    assert!(write!(store, |c| second_step::use_recovery_code(c, ada, "one")));
    assert!(!write!(store, |c| second_step::use_recovery_code(c, ada, "one")));
    assert_eq!(read!(store, |c| second_step::recovery_codes(c, ada)), 1);
    write!(store, |c| second_step::put_recovery_codes(c, ada, &["three".to_owned()]));
    assert!(!write!(store, |c| second_step::use_recovery_code(c, ada, "two")));
}

fn identity(provider: &str, subject: &str) -> NewIdentity {
    NewIdentity {
        id: id(),
        provider: provider.to_owned(),
        issuer: format!("https://{provider}.example"),
        subject: subject.to_owned(),
        email: "ada@example.org".to_owned(),
    }
}

async fn an_identity_is_one_persons_and_one_of_its_provider(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let school = identity("school", "7");
    let kept = school.clone();
    assert!(write!(store, |c| identities::insert(c, ada, &kept, at(1))));
    assert!(!write!(store, |c| identities::insert(c, eve, &identity("school", "7"), at(1))), "it is Ada's");
    assert!(!write!(store, |c| identities::insert(c, ada, &identity("school", "8"), at(1))), "one of each");
    assert!(write!(store, |c| identities::insert(c, ada, &identity("firm", "7"), at(2))), "another issuer's 7");
    let (found, found_id) = read!(store, |c| identities::find(c, "https://school.example", "7")).unwrap();
    assert_eq!((found.viewer.id, found_id), (ada, school.id));
    assert!(read!(store, |c| identities::find(c, "https://school.example", "9")).is_none());
    write!(store, |c| identities::touch(c, school.id, "new@example.org", at(5)));
    let listed = read!(store, |c| identities::list(c, ada));
    assert_eq!((listed.len(), &*listed[0].email, listed[0].used_at), (2, "new@example.org", at(5)));
    assert!(!write!(store, |c| identities::remove(c, eve, school.id)));
    assert!(write!(store, |c| identities::remove(c, ada, school.id)));
}

async fn a_grant_goes_with_its_identity(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let git = identity("git", "7");
    let kept = git.clone();
    write!(store, |c| identities::insert(c, ada, &kept, at(1)));
    let first = StoredGrant { access_token: "a".to_owned(), refresh_token: None, expires_at: None };
    let second = StoredGrant { refresh_token: Some("r".to_owned()), expires_at: Some(at(9)), ..first.clone() };
    let renewed = second.clone();
    write!(store, |c| identities::put_grant(c, git.id, &first, at(2)));
    write!(store, |c| identities::put_grant(c, git.id, &renewed, at(3)));
    assert_eq!(read!(store, |c| identities::grant(c, git.id)), Some(second));
    assert_eq!(read!(store, |c| identities::list(c, ada))[0].repositories_since, Some(at(2)), "when it was given");
    write!(store, |c| identities::remove(c, ada, git.id));
    assert_eq!(read!(store, |c| identities::grant(c, git.id)), None);
}
