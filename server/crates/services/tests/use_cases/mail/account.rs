//! Confirming an address, forgetting a password, changing the address, and browsers not seen before.

use crate::support::{HERE, done};
use domain::ErrorKind;
use domain::account::LinkPurpose;
use services::account::Browser;

use super::Office;

const PASSWORD: &str = "Correct-Horse-7";
const NEW: &str = "Another-Horse-8";

#[tokio::test(flavor = "multi_thread")]
async fn an_address_is_confirmed_by_its_link_once() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    assert!(!office.accounts.mail_settings(&ada).await.unwrap().verified);
    let token = office.token("ada@example.org").await;
    assert!(office.accounts.link_is_open(LinkPurpose::Verify, &token).await.unwrap());
    assert!(!office.accounts.link_is_open(LinkPurpose::Reset, &token).await.unwrap(), "it does nothing else");
    assert_eq!(office.accounts.reset_password(&token, NEW).await.unwrap_err().kind, ErrorKind::Forbidden);
    office.accounts.verify_address(&token).await.unwrap();
    assert!(office.accounts.mail_settings(&ada).await.unwrap().verified);
    assert_eq!(office.accounts.verify_address(&token).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!(office.accounts.ask_verification(&ada).await.unwrap_err().kind, ErrorKind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_age_and_give_way_to_newer_ones() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    let first = office.token("ada@example.org").await;
    office.clock.advance_hours(1);
    office.accounts.ask_verification(&ada).await.unwrap();
    let second = office.token("ada@example.org").await;
    assert_ne!(first, second);
    assert!(!office.accounts.link_is_open(LinkPurpose::Verify, &first).await.unwrap());
    office.clock.advance_hours(23);
    assert!(office.accounts.link_is_open(LinkPurpose::Verify, &second).await.unwrap());
    office.clock.advance_hours(1);
    assert_eq!(office.accounts.verify_address(&second).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert_eq!((office.accounts.trim_links().await.unwrap(), office.accounts.trim_links().await.unwrap()), (1, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobodys_letter_box_is_flooded() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    for _ in 0..2 {
        office.accounts.ask_verification(&ada).await.unwrap();
    }
    let error = office.accounts.ask_verification(&ada).await.unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ErrorKind::TooMany, Some(3_600)));
    for _ in 0..5 {
        office.accounts.ask_reset("ada@example.org", HERE.address).await.unwrap();
        office.settled().await;
    }
    assert_eq!(office.mails().await.mails.len(), 3 + 3);
    office.clock.advance_hours(2);
    office.accounts.ask_verification(&ada).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_replaced_and_all_sessions_end() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    let signed_in = done(office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap());
    office.accounts.ask_reset(" ADA@example.org ", HERE.address).await.unwrap();
    let token = office.token("ada@example.org").await;
    let weak = office.accounts.reset_password(&token, "weak").await.unwrap_err();
    assert_eq!(weak.field.as_deref(), Some("password"));
    office.accounts.reset_password(&token, NEW).await.unwrap();
    assert!(office.accounts.viewer(signed_in).await.unwrap().is_none());
    office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap_err();
    office.accounts.sign_in("ada@example.org", NEW, HERE).await.unwrap();
    assert_eq!(office.accounts.reset_password(&token, PASSWORD).await.unwrap_err().kind, ErrorKind::Forbidden);
    assert!(office.accounts.mail_settings(&ada).await.unwrap().verified, "who has the mail has the address");
    let expected = ["Confirm your e-mail address", "Choose a new password", "Your password was changed"];
    assert_eq!(office.subjects().await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_for_a_new_password_works_for_half_an_hour() {
    let office = Office::open(false).await;
    office.member("ada@example.org").await;
    office.accounts.ask_reset("ada@example.org", HERE.address).await.unwrap();
    let token = office.token("ada@example.org").await;
    office.clock.advance_hours(1);
    assert_eq!(office.accounts.reset_password(&token, NEW).await.unwrap_err().kind, ErrorKind::Forbidden);
    office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_an_account_shows_neither_in_the_answer_nor_in_its_time() {
    let office = Office::open(false).await;
    office.member("ada@example.org").await;
    office.settled().await;
    // What follows an answer is done in the background, and not while this looks at the clock.
    office.tasks.stop().await;
    let mut times = [std::time::Duration::MAX; 2];
    for round in 0..10 {
        // Of each address there is one task at a time: asking again is quicker, whoever asks.
        let addresses = ["ada@example.org".to_owned(), "nobody@example.org".to_owned()];
        let addresses = if round % 2 == 0 { addresses } else { addresses.map(|address| format!("{round}{address}")) };
        for (time, email) in times.iter_mut().zip(addresses) {
            let started = std::time::Instant::now();
            office.accounts.ask_reset(&email, HERE.address).await.unwrap();
            *time = started.elapsed().min(*time);
        }
    }
    let ratio = times[0].as_secs_f64() / times[1].as_secs_f64();
    assert!((0.2..5.0).contains(&ratio), "{times:?}");
    assert_eq!(
        office.accounts.ask_reset("no address", HERE.address).await.unwrap_err().field.as_deref(),
        Some("email")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_address_gets_no_mail() {
    let office = Office::open(false).await;
    office.accounts.ask_reset("nobody@example.org", HERE.address).await.unwrap();
    office.settled().await;
    assert!(office.mails().await.mails.is_empty() && office.tasks().await.tasks.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_address_is_used_once_it_is_confirmed_and_the_old_one_is_told() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    let ask = |email: &'static str, password: &'static str| office.accounts.ask_change(&ada, email, password);
    assert_eq!(ask("new@example.org", "Wrong-Horse-7").await.unwrap_err().field.as_deref(), Some("address_password"));
    assert_eq!(ask("no address", PASSWORD).await.unwrap_err().field.as_deref(), Some("email"));
    assert_eq!(ask("ada@example.org", PASSWORD).await.unwrap_err().field.as_deref(), Some("email"));
    ask("new@example.org", PASSWORD).await.unwrap();
    office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap();
    office.accounts.sign_in("new@example.org", PASSWORD, HERE).await.unwrap_err();

    let (old, token) = (office.token("ada@example.org").await, office.token("new@example.org").await);
    office.accounts.change_address(&token).await.unwrap();
    office.accounts.sign_in("new@example.org", PASSWORD, HERE).await.unwrap();
    office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap_err();
    assert!(office.accounts.mail_settings(&ada).await.unwrap().verified);
    assert_eq!(office.accounts.verify_address(&old).await.unwrap_err().kind, ErrorKind::Forbidden);
    let told = office.mails().await.mails.remove(0);
    assert_eq!(
        (told.recipient.as_str(), told.subject.as_str()),
        ("ada@example.org", "Your e-mail address was changed")
    );
    assert!(!told.text.unwrap().contains("new@example.org"), "the old letter box may be somebody else's by now");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_somebody_else_is_not_given_away() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    let eve = office.member("eve@example.org").await;
    // The answer is that for any address; who opens the link has the address already.
    office.accounts.ask_change(&ada, "EVE@example.org", PASSWORD).await.unwrap();
    let token = office.token("EVE@example.org").await;
    assert_eq!(office.accounts.change_address(&token).await.unwrap_err().kind, ErrorKind::Conflict);
    office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap();
    office.accounts.sign_in("eve@example.org", PASSWORD, HERE).await.unwrap();
    // Both want an address that is free; the faster one gets it.
    office.accounts.ask_change(&ada, "new@example.org", PASSWORD).await.unwrap();
    let first = office.token("new@example.org").await;
    office.clock.advance_hours(1);
    office.accounts.ask_change(&eve, "New@example.org", PASSWORD).await.unwrap();
    let second = office.token("New@example.org").await;
    office.accounts.change_address(&second).await.unwrap();
    assert_eq!(office.accounts.change_address(&first).await.unwrap_err().kind, ErrorKind::Conflict);
    office.accounts.sign_in("ada@example.org", PASSWORD, HERE).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_told_of_a_browser_once() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    let browser = |token: Option<String>| Browser { token, agent: "X Firefox/145.0 (Windows)".to_owned() };
    let own = office.accounts.recognise(ada.id, &browser(None), true).await.unwrap();
    assert_eq!(own.len(), 64);
    let again = office.accounts.recognise(ada.id, &browser(Some(own.clone())), false).await.unwrap();
    assert_eq!((&again, office.subjects().await.len()), (&own, 1), "a browser that is known");

    let other = office.accounts.recognise(ada.id, &browser(None), false).await.unwrap();
    assert_eq!(office.subjects().await, ["Confirm your e-mail address", "New sign-in to your account"]);
    let text = office.mails().await.mails[0].text.clone().unwrap();
    assert!(text.contains("Firefox on Windows") && text.contains("20 Nov 2026, 00:00 UTC"), "{text}");
    office.accounts.recognise(ada.id, &browser(Some(other)), false).await.unwrap();
    assert_eq!(office.subjects().await.len(), 2);

    let eve = office.member("eve@example.org").await;
    let shared = office.accounts.recognise(eve.id, &browser(Some(own.clone())), false).await.unwrap();
    assert_eq!((shared, office.subjects().await.len()), (own, 4), "known of one person, new to another");
    let made_up = office.accounts.recognise(ada.id, &browser(Some("x".to_owned())), false).await.unwrap();
    assert_eq!(made_up.len(), 64, "what is no token is replaced");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_is_told_by_mail() {
    let office = Office::open(false).await;
    let ada = office.member("ada@example.org").await;
    office.accounts.change_password(&ada, PASSWORD, NEW, HERE).await.unwrap();
    assert_eq!(office.subjects().await, ["Confirm your e-mail address", "Your password was changed"]);
}
