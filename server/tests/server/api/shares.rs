//! Sharing with a mentor, and looking after accounts, as programs see them.

use domain::account::Email;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Answer, PASSWORD, Program, send, wish};
use crate::http::Server;

/// A program of a new administrator.
async fn administrator<'s>(server: &'s Server, email: &str) -> Program<'s> {
    server.lodestar().accounts.create_admin("Root", email, PASSWORD).await.unwrap();
    login(server, email).await
}

/// A program of somebody who signs in anew.
async fn login<'s>(server: &'s Server, email: &str) -> Program<'s> {
    let mut program = Program::new(server);
    let tokens = program.post("/auth/login", json!({ "email": email, "password": PASSWORD })).await;
    assert_eq!(tokens.status, StatusCode::OK, "{tokens:?}");
    program.token = tokens.body["access_token"].as_str().map(str::to_owned);
    program
}

async fn id(program: &Program<'_>) -> String {
    program.get("/auth/me").await.body["id"].as_str().unwrap().to_owned()
}

async fn give(root: &Program<'_>, person: &str, standing: &str) -> Answer {
    let request = root.request(Method::PUT, &format!("/people/{person}/standing"));
    send(request.json(&json!({ "standing": standing }))).await
}

/// Confirms the address of an account, as the link in a mail does.
async fn confirm(server: &Server, email: &'static str) {
    let change = server.lodestar().store.transaction(move |connection| {
        Box::pin(async move {
            let email = Email::parse(email)?;
            let account = store::account::by_email(connection, &email).await?.unwrap();
            store::account::verify(connection, account.viewer.id, &email, domain::Timestamp::from_millis(1)).await
        })
    });
    change.await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mentor_reads_what_is_shared_until_it_ends() {
    let server = Server::start().await;
    let root = administrator(&server, "root@example.org").await;
    let ada = Program::of(&server, "ada@example.org").await;
    let grace = Program::of(&server, "grace@example.org").await;
    let posting = json!({ "job_description": "A posting that is nobody's business but Ada's own, with her notes." });
    let mut wanted = wish();
    wanted.as_object_mut().unwrap().extend(posting.as_object().unwrap().clone());
    let interview = ada.post("/interviews", wanted).await.body["id"].as_str().unwrap().to_owned();
    assert_eq!(grace.get("/mentees").await.status, StatusCode::FORBIDDEN);
    assert_eq!(give(&root, &id(&grace).await, "mentor").await.status, StatusCode::NO_CONTENT);
    assert_eq!(grace.get("/mentees").await.status, StatusCode::UNAUTHORIZED, "she signs in anew");
    let grace = login(&server, "grace@example.org").await;

    let share = ada.post("/shares", json!({ "email": "Grace@Example.org" })).await;
    assert_eq!((share.status, &share.body["email"]), (StatusCode::CREATED, &json!("Grace@Example.org")));
    assert_eq!(grace.get("/mentees").await.body, json!({ "confirmed": false, "people": [] }));
    confirm(&server, "grace@example.org").await;
    let mentees = grace.get("/mentees").await.body;
    let share = share.body["id"].as_str().unwrap();
    assert_eq!((&mentees["people"][0]["id"], &mentees["people"][0]["interviews"]), (&json!(share), &json!(1)));
    let paths = ["interviews", "progress", &format!("interviews/{interview}/report")]
        .map(|path| format!("/mentees/{share}/{path}"));
    for path in &paths {
        let read = grace.get(path).await;
        assert_eq!(read.status, StatusCode::OK, "{path}: {read:?}");
        assert!(!read.body.to_string().contains("nobody's business"), "{path}");
        assert_eq!(root.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
        assert_eq!(ada.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(grace.get(&format!("/interviews/{interview}")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        grace.get(&format!("/mentees/{share}/interviews?limit=0")).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );

    let end = || send(ada.request(Method::DELETE, &format!("/shares/{share}")));
    assert_eq!(end().await.status, StatusCode::NO_CONTENT);
    assert_eq!(end().await.status, StatusCode::NOT_FOUND);
    for path in &paths {
        assert_eq!(grace.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    assert_eq!(grace.get("/mentees").await.body["people"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found_changed_and_disabled() {
    let server = Server::start().await;
    let root = administrator(&server, "root@example.org").await;
    let ada = Program::of(&server, "ada@example.org").await;
    let (own, hers) = (id(&root).await, id(&ada).await);
    let found = root.get("/people?search=ADA@&standing=member").await;
    let person = &found.body["items"][0];
    assert_eq!(
        (&person["id"], &person["standing"], &person["confirmed"]),
        (&json!(hers), &json!("member"), &json!(false))
    );
    assert_eq!((&person["disabled_at"], &found.body["next"]), (&Value::Null, &Value::Null));
    let first = root.get("/people?limit=1").await.body;
    let second = root.get(&format!("/people?limit=1&cursor={}", first["next"].as_str().unwrap())).await.body;
    assert_eq!((&first["items"][0]["id"], &second["items"][0]["id"]), (&json!(hers), &json!(own)));
    assert!(root.get("/people?standing=king").await.status.is_client_error());

    let disable = |person: &str| send(root.request(Method::POST, &format!("/people/{person}/disable")));
    assert_eq!(disable(&own).await.status, StatusCode::CONFLICT);
    let last = give(&root, &own, "member").await;
    assert_eq!((last.status, last.kind()), (StatusCode::CONFLICT, "conflict"));
    assert_eq!(disable("01890000-0000-7000-8000-000000000000").await.status, StatusCode::NOT_FOUND);
    assert_eq!(disable(&hers).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/auth/me").await.status, StatusCode::UNAUTHORIZED);
    let login = |password: &str| json!({ "email": "ada@example.org", "password": password });
    let refused = root.post("/auth/login", login(PASSWORD)).await;
    assert_eq!((refused.status, refused.kind()), (StatusCode::FORBIDDEN, "forbidden"));
    let wrong = root.post("/auth/login", login("Wrong-Horse-7")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY, "that says nothing of the account");
    assert!(root.get("/people?search=ada@").await.body["items"][0]["disabled_at"].is_i64());

    let enabled = send(root.request(Method::POST, &format!("/people/{hers}/enable"))).await;
    assert_eq!(enabled.status, StatusCode::NO_CONTENT);
    assert_eq!(root.post("/auth/login", login(PASSWORD)).await.status, StatusCode::OK);
    let log = root.get("/audit?action=account_disabled").await.body;
    assert_eq!(log["items"][0]["about"]["email"], "ada@example.org");
}
