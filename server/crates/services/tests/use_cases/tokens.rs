//! Programs that act for a person.

use domain::ErrorKind;
use domain::token::{Scope, TokenPair, TokenWish};
use services::tokens::Tokens;
use store::Store;

use crate::support::{Counting, HERE, World, audit, done};

const PASSWORD: &str = "Correct-Horse-7";

async fn world() -> (World, Tokens) {
    let world = World::new().await;
    let tokens = Tokens::new(
        world.store.clone(),
        world.clock.clone(),
        std::sync::Arc::new(Counting::default()),
        audit(&world.store),
    );
    (world, tokens)
}

async fn signed_in(world: &World, tokens: &Tokens, email: &str) -> TokenPair {
    let signed_in = world.accounts.register("Ada", email, PASSWORD, HERE).await.unwrap();
    tokens.begin(signed_in).await.unwrap()
}

async fn kind(tokens: &Tokens, token: &str) -> Option<ErrorKind> {
    tokens.bearer(token).await.err().map(|error| error.kind)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_gives_tokens_that_work_for_a_quarter_of_an_hour_and_are_renewed() {
    let (world, tokens) = world().await;
    let pair = signed_in(&world, &tokens, "ada@example.org").await;
    let bearer = tokens.bearer(&pair.access_token).await.unwrap();
    assert_eq!((bearer.viewer.email.as_str(), bearer.scopes.len()), ("ada@example.org", 3));
    assert_eq!(kind(&tokens, &pair.refresh_token).await, Some(ErrorKind::Unauthenticated), "it is for something else");
    world.clock.advance_hours(1);
    assert_eq!(kind(&tokens, &pair.access_token).await, Some(ErrorKind::Unauthenticated));
    let next = tokens.refresh(&pair.refresh_token).await.unwrap();
    assert_eq!(kind(&tokens, &next.access_token).await, None);
    world.clock.advance_hours(31 * 24);
    assert_eq!(tokens.refresh(&next.refresh_token).await.unwrap_err().kind, ErrorKind::Unauthenticated);
    assert!(tokens.remove_expired().await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exchanged_token_that_is_shown_again_ends_the_sign_in() {
    let (world, tokens) = world().await;
    let first = signed_in(&world, &tokens, "ada@example.org").await;
    let other = signed_in(&world, &tokens, "eve@example.org").await;
    let second = tokens.refresh(&first.refresh_token).await.unwrap();
    assert_eq!(tokens.refresh(&first.refresh_token).await.unwrap_err().kind, ErrorKind::Unauthenticated);
    for token in [&first.access_token, &second.access_token] {
        assert_eq!(kind(&tokens, token).await, Some(ErrorKind::Unauthenticated), "whoever has them");
    }
    assert_eq!(tokens.refresh(&second.refresh_token).await.unwrap_err().kind, ErrorKind::Unauthenticated);
    assert_eq!(kind(&tokens, &other.access_token).await, None, "others go on");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_exchanges_at_once_one_succeeds() {
    let (world, tokens) = world().await;
    let pair = signed_in(&world, &tokens, "ada@example.org").await;
    let both = futures::future::join_all((0..2).map(|_| tokens.refresh(&pair.refresh_token))).await;
    assert_eq!(both.iter().filter(|outcome| outcome.is_ok()).count(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn signing_out_and_a_new_password_end_tokens_at_once() {
    let (world, tokens) = world().await;
    let pair = signed_in(&world, &tokens, "ada@example.org").await;
    tokens.end(&pair.access_token).await.unwrap();
    assert_eq!(kind(&tokens, &pair.access_token).await, Some(ErrorKind::Unauthenticated));
    tokens.end(&pair.access_token).await.expect("twice is once");

    let signed_in = done(world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    let pair = tokens.begin(signed_in).await.unwrap();
    let viewer = tokens.bearer(&pair.access_token).await.unwrap().viewer;
    world.accounts.change_password(&viewer, PASSWORD, "New-Horse-77", HERE).await.unwrap();
    assert_eq!(kind(&tokens, &pair.access_token).await, Some(ErrorKind::Unauthenticated));
    assert_eq!(tokens.refresh(&pair.refresh_token).await.unwrap_err().kind, ErrorKind::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_token_does_what_it_may_until_it_is_removed() {
    let (world, tokens) = world().await;
    let ada = world.member("ada@example.org").await;
    let eve = world.member("eve@example.org").await;
    let wish = |scopes: &[Scope]| TokenWish { name: "Script".into(), scopes: scopes.into(), days: 30 };
    let made = tokens.create(&ada, wish(&[Scope::Read])).await.unwrap();
    let bearer = tokens.bearer(&made.secret).await.unwrap();
    assert_eq!((bearer.viewer.id, &bearer.session), (ada.id, &None));
    assert!(bearer.may(Scope::Read).is_ok());
    assert_eq!(bearer.may(Scope::Write).unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(tokens.create(&ada, wish(&[Scope::Admin])).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(tokens.list(&ada).await.unwrap().len(), 1);
    assert!(tokens.list(&ada).await.unwrap()[0].used_at.is_some(), "its use is noted");
    assert!(tokens.list(&eve).await.unwrap().is_empty());
    let nobodys = "01890000-0000-7000-8000-000000000000".parse().unwrap();
    assert_eq!(tokens.remove(&eve, made.token.id).await.unwrap_err().kind, ErrorKind::NotFound);
    assert_eq!(tokens.remove(&ada, nobodys).await.unwrap_err().kind, ErrorKind::NotFound);
    tokens.remove(&ada, made.token.id).await.unwrap();
    assert_eq!(kind(&tokens, &made.secret).await, Some(ErrorKind::Unauthenticated));

    let made = tokens.create(&ada, wish(&[Scope::Read])).await.unwrap();
    world.clock.advance_hours(31 * 24);
    assert_eq!(kind(&tokens, &made.secret).await, Some(ErrorKind::Unauthenticated));
    assert!(tokens.list(&ada).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_the_database() {
    let (world, tokens) = world().await;
    let pair = signed_in(&world, &tokens, "ada@example.org").await;
    let viewer = tokens.bearer(&pair.access_token).await.unwrap().viewer;
    let wish = TokenWish { name: "Script".into(), scopes: vec![Scope::Read], days: 30 };
    let made = tokens.create(&viewer, wish).await.unwrap();
    let store: &Store = &world.store;
    store.close().await;
    for file in std::fs::read_dir(world.folder()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        for secret in [&pair.access_token, &pair.refresh_token, &made.secret] {
            let digits = secret.rsplit('_').next().unwrap().as_bytes();
            assert!(!bytes.windows(digits.len()).any(|window| window == digits));
        }
    }
}
