//! How often something may be tried.

use std::net::{IpAddr, Ipv4Addr};

use domain::ErrorKind;
use services::account::{Accounts, Client};
use services::limits::{ClientAddress, Limited, Limits};

use crate::support::{Counting, World, audit};

const ELSEWHERE: Client<'static> =
    Client { address: ClientAddress(IpAddr::V4(Ipv4Addr::new(192, 0, 2, 7))), agent: "" };

/// Accounts with these limits, in a world where nothing is limited.
async fn limited(most: &[(Limited, u32)]) -> (World, Accounts) {
    let world = World::new().await;
    let limits = Limits::new(world.store.clone(), world.clock.clone(), most.iter().copied().collect());
    let random = std::sync::Arc::new(Counting::starting_at(1_000_000));
    let accounts = Accounts::new(world.store.clone(), world.clock.clone(), random, limits, audit(&world.store));
    (world, accounts)
}

async fn tries(accounts: &Accounts, password: &str, from: Client<'_>) -> ErrorKind {
    accounts.sign_in("ada@example.org", password, from).await.unwrap_err().kind
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_password_is_slow_and_locks_nobody_else_out() {
    let (world, accounts) = limited(&[(Limited::Password, 3)]).await;
    world.member("ada@example.org").await;
    let here = crate::support::HERE;
    for _ in 0..3 {
        assert_eq!(tries(&accounts, "Wrong-Horse-7", ELSEWHERE).await, ErrorKind::Invalid);
    }
    let error = accounts.sign_in("ADA@example.org ", "Correct-Horse-7", ELSEWHERE).await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ErrorKind::TooMany, Some(301)));
    assert!(error.message.ends_with("Please try again in 6 minutes."), "{error}");
    // The person themselves comes from another address, and any number of right passwords counts for nothing.
    for _ in 0..5 {
        accounts.sign_in("ada@example.org", "Correct-Horse-7", here).await.unwrap();
    }
    world.clock.advance_hours(1);
    accounts.sign_in("ada@example.org", "Correct-Horse-7", ELSEWHERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn many_accounts_are_not_tried_from_one_address() {
    let (_world, accounts) = limited(&[(Limited::SignIn, 2)]).await;
    for account in ["a@example.org", "b@example.org"] {
        let error = accounts.sign_in(account, "Wrong-Horse-7", ELSEWHERE).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
    let error = accounts.sign_in("c@example.org", "Wrong-Horse-7", ELSEWHERE).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooMany);
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_not_opened_by_the_dozen() {
    let (_world, accounts) = limited(&[(Limited::Registration, 2)]).await;
    for account in ["a@example.org", "b@example.org"] {
        accounts.register("Ada", account, "Correct-Horse-7", ELSEWHERE).await.unwrap();
    }
    let error = accounts.register("Ada", "c@example.org", "Correct-Horse-7", ELSEWHERE).await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::TooMany);
    accounts.register("Ada", "c@example.org", "Correct-Horse-7", crate::support::HERE).await.unwrap();
}
