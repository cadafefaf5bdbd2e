//! Opening an account, signing in and out, passwords, the set-up link.

use crate::support::{HERE, World, done};
use domain::ErrorKind;
use domain::account::Standing;
use services::account::SignIns;

const PASSWORD: &str = "Correct-Horse-7";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_member_can_sign_in() {
    let world = World::new().await;
    let viewer = world.member("Ada@Example.org").await;
    assert_eq!((viewer.name.as_str(), viewer.standing), ("Ada", Standing::Member));
    let again = done(world.accounts.sign_in(" ada@example.ORG ", PASSWORD, HERE).await.unwrap());
    assert_eq!(world.accounts.viewer(again).await.unwrap().unwrap().id, viewer.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_password_and_unknown_address_get_one_answer() {
    let world = World::new().await;
    world.member("ada@example.org").await;
    let wrong = world.accounts.sign_in("ada@example.org", "Wrong-Horse-7", HERE).await.unwrap_err();
    let unknown = world.accounts.sign_in("eve@example.org", PASSWORD, HERE).await.unwrap_err();
    let nonsense = world.accounts.sign_in("not an address", PASSWORD, HERE).await.unwrap_err();
    assert_eq!((&wrong, &wrong), (&unknown, &nonsense));
    world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap();
    assert_eq!(world.accounts.sign_ins(), SignIns { accepted: 1, refused: 3, failed: 0 });
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_takes_as_long_as_a_wrong_password() {
    let world = World::new().await;
    world.member("ada@example.org").await;
    let mut times = [std::time::Duration::MAX; 2];
    for _ in 0..5 {
        for (time, email) in times.iter_mut().zip(["ada@example.org", "eve@example.org"]) {
            let started = std::time::Instant::now();
            world.accounts.sign_in(email, "Wrong-Horse-7", HERE).await.unwrap_err();
            *time = started.elapsed().min(*time);
        }
    }
    // Without the decoy the second would take a thousandth of the first.
    let ratio = times[0].as_secs_f64() / times[1].as_secs_f64();
    assert!((0.5..2.0).contains(&ratio), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_address_is_refused() {
    let world = World::new().await;
    world.member("ada@example.org").await;
    let error = world.accounts.register("Eve", "ADA@example.org", PASSWORD, HERE).await.unwrap_err();
    assert_eq!((error.kind, error.field.as_deref()), (ErrorKind::Conflict, Some("email")));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_long_password_is_cut() {
    let world = World::new().await;
    let long = format!("Aa1{}", "ß".repeat(125));
    world.accounts.register("Ada", "ada@example.org", &long, HERE).await.unwrap();
    world.accounts.sign_in("ada@example.org", &long, HERE).await.unwrap();
    let shorter: String = long.chars().take(127).collect();
    world.accounts.sign_in("ada@example.org", &shorter, HERE).await.unwrap_err();
    world.accounts.sign_in("ada@example.org", &"x".repeat(1_000_000), HERE).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_ends_other_sessions() {
    let world = World::new().await;
    let viewer = world.member("ada@example.org").await;
    let elsewhere = done(world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    let wrong = world.accounts.change_password(&viewer, "Wrong-Horse-7", "New-Horse-77", HERE).await.unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("current"));
    let weak = world.accounts.change_password(&viewer, PASSWORD, "weak", HERE).await.unwrap_err();
    assert_eq!(weak.field.as_deref(), Some("password"));
    let here = world.accounts.change_password(&viewer, PASSWORD, "New-Horse-77", HERE).await.unwrap();
    assert!(world.accounts.viewer(elsewhere).await.unwrap().is_none());
    assert!(world.accounts.viewer(here).await.unwrap().is_some());
    world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap_err();
    world.accounts.sign_in("ada@example.org", "New-Horse-77", HERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_end_after_thirty_days() {
    let world = World::new().await;
    let signed_in = world.accounts.register("Ada", "ada@example.org", PASSWORD, HERE).await.unwrap();
    world.clock.advance_hours(30 * 24);
    assert!(world.accounts.viewer(signed_in).await.unwrap().is_some());
    world.clock.advance_hours(1);
    assert!(world.accounts.viewer(signed_in).await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_setup_link_creates_one_administrator_once() {
    let world = World::new().await;
    let old = world.accounts.offer_setup().await.unwrap().unwrap();
    let token = world.accounts.offer_setup().await.unwrap().unwrap();
    assert!(!world.accounts.setup_is_open(&old).await.unwrap());
    assert!(world.accounts.setup_is_open(&token).await.unwrap());
    let set_up = |token: String| {
        let accounts = world.accounts.clone();
        async move { accounts.set_up(&token, "Root", "root@example.org", PASSWORD, HERE).await }
    };
    assert_eq!(set_up(old).await.unwrap_err().kind, ErrorKind::Forbidden);
    let weak = world.accounts.set_up(&token, "Root", "root@example.org", "weak", HERE).await.unwrap_err();
    assert_eq!(weak.kind, ErrorKind::Invalid);
    let admin = set_up(token.clone()).await.unwrap();
    assert_eq!(world.accounts.viewer(admin).await.unwrap().unwrap().standing, Standing::Admin);
    assert_eq!(set_up(token).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert!(world.accounts.offer_setup().await.unwrap().is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_promotes_or_creates() {
    let world = World::new().await;
    let member = world.member("ada@example.org").await;
    assert!(!world.accounts.create_admin("Ignored", "ADA@example.org", "ignored").await.unwrap());
    let signed_in = done(world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    let promoted = world.accounts.viewer(signed_in).await.unwrap().unwrap();
    assert_eq!((promoted.id, promoted.standing), (member.id, Standing::Admin));
    assert!(world.accounts.create_admin("Root", "root@example.org", PASSWORD).await.unwrap());
}
