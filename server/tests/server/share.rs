//! The pages of sharing, of mentors, and of looking after accounts.

use domain::account::{Email, Standing, Viewer};
use reqwest::StatusCode;

use crate::http::{Server, path};
use crate::support::HERE;

const PASSWORD: &str = "Correct-Horse-7";

/// Opens an account; its person.
async fn person(server: &Server, name: &str, email: &str) -> Viewer {
    let accounts = &server.lodestar().accounts;
    let signed_in = accounts.register(name, email, PASSWORD, HERE).await.unwrap();
    accounts.viewer(signed_in).await.unwrap().unwrap()
}

async fn sign_in(server: &Server, email: &str) {
    server.sign_in(&[("email", email), ("password", PASSWORD)]).await;
}

/// What a page says, and with which status.
async fn page(server: &Server, address: &str) -> (StatusCode, String) {
    let answer = server.get(address).await;
    (answer.status(), answer.text().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_is_begun_seen_by_the_mentor_and_ended_on_pages() {
    let server = Server::start().await;
    let lodestar = server.lodestar();
    let (ada, grace) =
        (person(&server, "Ada", "ada@example.org").await, person(&server, "Grace", "grace@example.org").await);
    let (id, email) = (grace.id, Email::parse(&grace.email).unwrap());
    let change = lodestar.store.transaction(move |connection| {
        Box::pin(async move {
            store::account::verify(connection, id, &email, domain::Timestamp::from_millis(1)).await?;
            store::people::change_standing(connection, id, Standing::Mentor).await
        })
    });
    change.await.unwrap();
    sign_in(&server, &ada.email).await;
    let (_, before) = page(&server, "/settings/sharing").await;
    assert!(before.contains("You share with nobody") && !before.contains("<script type=\"module\""), "{before}");
    assert_eq!(page(&server, "/mentoring").await.0, StatusCode::FORBIDDEN);
    let begun = server.post(&path("/begin_share"), &[("email", "GRACE@example.org")]).await;
    assert_eq!(begun.headers()["location"], "/settings/sharing?done=begun");
    assert!(page(&server, "/settings/sharing?done=begun").await.1.contains("GRACE@example.org"));
    let share = lodestar.shares.list(&ada).await.unwrap()[0].id;
    assert_eq!(page(&server, &format!("/mentoring/{share}")).await.0, StatusCode::NOT_FOUND);
    let setup = domain::interview::Setup {
        role: domain::interview::JobRole::Backend,
        level: domain::interview::Level::Mid,
        kind: domain::interview::Kind::Mixed,
        mode: domain::interview::Mode::Study,
        questions: 3,
        job_description: None,
    };
    let interview = lodestar.interviews.start(&ada, setup).await.unwrap();

    sign_in(&server, &grace.email).await;
    let (status, list) = page(&server, "/mentoring").await;
    assert!(status == StatusCode::OK && list.contains("ada@example.org"), "{list}");
    assert!(list.contains("href=\"/mentoring\""), "the place in the frame");
    for address in [format!("/mentoring/{share}"), format!("/mentoring/{share}/{interview}")] {
        let (status, text) = page(&server, &address).await;
        assert_eq!(status, StatusCode::OK, "{text}");
        assert!(text.contains("Ada") && !text.contains("Continue"), "{text}");
    }
    assert_eq!(page(&server, &format!("/interview/{interview}/report")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(page(&server, "/admin/people").await.0, StatusCode::FORBIDDEN);
    lodestar.shares.end(&ada, share).await.unwrap();
    for address in [format!("/mentoring/{share}"), format!("/mentoring/{share}/{interview}")] {
        assert_eq!(page(&server, &address).await.0, StatusCode::NOT_FOUND, "{address}");
    }
    assert!(page(&server, "/mentoring").await.1.contains("Nobody shares with you yet"));
    server.rest().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_change_standings_and_disable_accounts_on_a_page() {
    let server = Server::start().await;
    let lodestar = server.lodestar();
    lodestar.accounts.create_admin("Root", "root@example.org", PASSWORD).await.unwrap();
    let ada = person(&server, "Ada", "ada@example.org").await;
    sign_in(&server, "root@example.org").await;
    let (status, list) = page(&server, "/admin/people?search=ADA").await;
    assert!(status == StatusCode::OK && list.contains("ada@example.org"), "{list}");
    assert!(!list.contains("<h2 class=\"font-semibold break-words\">Root"), "{list}");
    let id = ada.id.to_string();
    let asked = [("search", "ADA"), ("only", ""), ("before", "")];
    let form = |more: &[(&'static str, &'static str)]| {
        let id = ("id", id.clone());
        let others = asked.iter().chain(more).map(|(name, value)| (*name, (*value).to_owned()));
        std::iter::once(id).chain(others).collect::<Vec<_>>()
    };
    for (action, more, done) in [
        ("/change_standing", &[("standing", "mentor")][..], "standing"),
        ("/disable_account", &[], "disabled"),
        ("/enable_account", &[], "enabled"),
    ] {
        let form = form(more);
        let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = server.post(&path(action), &form).await;
        let place = answer.headers()["location"].to_str().unwrap().to_owned();
        assert_eq!(place, format!("/admin/people?search=ADA&only=&before=&done={done}"));
        assert!(page(&server, &place).await.1.contains("role=\"status\""), "it is confirmed");
    }
    let (_, log) = page(&server, "/admin/audit").await;
    assert!(log.contains("Disabled an account (ada@example.org)"), "{log}");
    server.rest().await;
}
