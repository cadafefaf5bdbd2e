//! How people sign in: where they are signed in, and second steps.

use domain::ErrorKind;
use domain::account::Viewer;
use domain::second_step::RECOVERY_CODES;
use services::account::{Client, Entry, Halfway};
use totp_rs::{Builder, Secret};

use crate::support::{HERE, World, done};

const PASSWORD: &str = "Correct-Horse-7";
const ELSEWHERE: Client<'static> = Client {
    address: services::limits::ClientAddress(std::net::IpAddr::V4(std::net::Ipv4Addr::new(192, 0, 2, 7))),
    agent: "curl/8",
};

async fn world() -> (World, Viewer) {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    (world, ada)
}

/// Who has typed the right password.
async fn halfway(world: &World) -> Halfway {
    match world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap() {
        Entry::SecondStep(halfway) => halfway,
        Entry::Done(_) => panic!("no second step is asked for"),
    }
}

/// The code that an application with this secret shows now.
fn code(world: &World, secret: &str) -> String {
    let secret = Secret::try_from_base32(secret).unwrap();
    let seconds = u64::try_from(domain::Clock::now(&*world.clock).millis()).unwrap() / 1_000;
    Builder::new().with_secret(secret).with_account_name("x").build().unwrap().generate(seconds).to_string()
}

/// Turns an application on; answers its secret and the recovery codes.
async fn turn_on(world: &World, ada: &Viewer) -> (String, Vec<String>) {
    let offer = world.accounts.offer_app(ada, PASSWORD).await.unwrap();
    let codes = world.accounts.confirm_app(ada, &code(world, &offer.secret)).await.unwrap();
    // The code that was just shown is used up.
    world.clock.advance_hours(1);
    (offer.secret, codes)
}

#[tokio::test(flavor = "multi_thread")]
async fn people_see_where_they_are_signed_in_and_end_it_at_once() {
    let (world, ada) = world().await;
    world.clock.advance_hours(2);
    let there = done(world.accounts.sign_in("ada@example.org", PASSWORD, ELSEWHERE).await.unwrap());
    world.clock.advance_hours(2);
    let here = done(world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    let sessions = world.accounts.sessions(&ada, Some(here.session)).await.unwrap();
    let shown: Vec<_> = sessions.iter().map(|s| (s.device.as_str(), s.network.as_str(), s.current)).collect();
    assert_eq!(
        shown,
        [
            ("Firefox on Linux", "127.0.0.1", true),
            ("an unknown browser", "192.0.2.7", false),
            ("Firefox on Linux", "127.0.0.1", false)
        ]
    );
    let seen = world.accounts.seen(there, HERE.address).await.unwrap().expect("hours have passed");
    assert_eq!(world.accounts.seen(seen, HERE.address).await.unwrap(), None, "it is noted to the hour");
    assert_eq!(world.accounts.sessions(&ada, None).await.unwrap()[0].network, "127.0.0.1");

    let eve = world.member("eve@example.org").await;
    let foreign = world.accounts.end_session(&eve, there.session).await.unwrap_err();
    assert_eq!(foreign.kind, ErrorKind::NotFound);
    world.accounts.end_session(&ada, there.session).await.unwrap();
    assert!(world.accounts.viewer(there).await.unwrap().is_none());
    assert_eq!(world.accounts.end_other_sessions(&ada, here.session).await.unwrap(), 1);
    assert!(world.accounts.viewer(here).await.unwrap().is_some());
    assert_eq!(world.accounts.sessions(&ada, None).await.unwrap().len(), 1);
    world.clock.advance_hours(31 * 24);
    assert!(world.accounts.sessions(&ada, None).await.unwrap().is_empty());
    assert!(world.accounts.trim_sessions().await.unwrap() >= 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_an_application_a_password_alone_opens_nothing() {
    let (world, ada) = world().await;
    let wrong = world.accounts.offer_app(&ada, "Wrong-Horse-7").await.unwrap_err();
    assert_eq!(wrong.field.as_deref(), Some("app_password"));
    let offer = world.accounts.offer_app(&ada, PASSWORD).await.unwrap();
    assert_eq!(world.accounts.app_offer(&ada).await.unwrap().unwrap(), offer, "it can be shown again");
    assert!(offer.address.starts_with("otpauth://totp/Lodestar:ada%40example.org?"), "{}", offer.address);
    assert!(offer.picture.contains("<svg"));
    done(world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    assert_eq!(world.accounts.confirm_app(&ada, "000000").await.unwrap_err().field.as_deref(), Some("app_code"));
    let codes = world.accounts.confirm_app(&ada, &code(&world, &offer.secret)).await.unwrap();
    assert_eq!(codes.len(), RECOVERY_CODES);
    assert_eq!(world.accounts.app_offer(&ada).await.unwrap(), None, "the secret is not shown again");
    assert_eq!(world.accounts.offer_app(&ada, PASSWORD).await.unwrap_err().kind, ErrorKind::Conflict);

    let used = world.accounts.confirm_by_code(&halfway(&world).await, &code(&world, &offer.secret), HERE).await;
    assert_eq!(used.unwrap_err().field.as_deref(), Some("code"), "a code works once");
    world.clock.advance_hours(1);
    let (first, second) = (halfway(&world).await, halfway(&world).await);
    let present = code(&world, &offer.secret);
    let spaced = format!("{} {}", &present[..3], &present[3..]);
    let signed_in = world.accounts.confirm_by_code(&first, &spaced, HERE).await.unwrap();
    assert_eq!(world.accounts.viewer(signed_in).await.unwrap().unwrap().id, ada.id);
    world.accounts.confirm_by_code(&second, &present, HERE).await.unwrap_err();

    world.clock.advance_hours(1);
    let late = world.accounts.confirm_by_code(&first, &code(&world, &offer.secret), HERE).await.unwrap_err();
    assert_eq!(late.kind, ErrorKind::Unauthenticated);
    assert_eq!(world.accounts.remove_app(&ada, "x").await.unwrap_err().field.as_deref(), Some("off_password"));
    world.accounts.remove_app(&ada, PASSWORD).await.unwrap();
    done(world.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    assert_eq!(world.accounts.second_steps(&ada).await.unwrap(), Default::default(), "codes on paper went with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn recovery_codes_stand_in_once_each() {
    let (world, ada) = world().await;
    let none = world.accounts.renew_recovery_codes(&ada, PASSWORD).await.unwrap_err();
    assert_eq!(none.kind, ErrorKind::Conflict);
    let (_, codes) = turn_on(&world, &ada).await;
    let typed = codes[0].to_uppercase().replace('-', " ");
    world.accounts.confirm_by_code(&halfway(&world).await, &typed, HERE).await.unwrap();
    world.accounts.confirm_by_code(&halfway(&world).await, &typed, HERE).await.unwrap_err();
    assert_eq!(world.accounts.second_steps(&ada).await.unwrap().recovery_codes as usize, RECOVERY_CODES - 1);
    let renewed = world.accounts.renew_recovery_codes(&ada, PASSWORD).await.unwrap();
    world.accounts.confirm_by_code(&halfway(&world).await, &codes[1], HERE).await.unwrap_err();
    world.accounts.confirm_by_code(&halfway(&world).await, &renewed[1], HERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_changed_the_password_is_not_halfway_any_more() {
    let (world, ada) = world().await;
    let (secret, _) = turn_on(&world, &ada).await;
    let thief = halfway(&world).await;
    world.accounts.change_password(&ada, PASSWORD, "New-Horse-77", HERE).await.unwrap();
    let over = world.accounts.confirm_by_code(&thief, &code(&world, &secret), ELSEWHERE).await.unwrap_err();
    assert_eq!(over.kind, ErrorKind::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_of_an_application_can_be_read_in_the_database() {
    let (world, ada) = world().await;
    let (secret, codes) = turn_on(&world, &ada).await;
    let bytes = Secret::try_from_base32(&secret).unwrap();
    let files = std::fs::read_dir(world.folder()).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap());
    let kept: Vec<u8> = files.flatten().collect();
    let holds = |wanted: &[u8]| kept.windows(wanted.len()).any(|window| window == wanted);
    assert!(holds(b"ada@example.org"), "the search finds what is there");
    let plain = codes[0].replace('-', "");
    for wanted in [secret.as_bytes(), bytes.as_bytes(), codes[0].as_bytes(), plain.as_bytes()] {
        assert!(!holds(wanted));
    }
}
