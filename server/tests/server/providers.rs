//! What lets this installation read somebody's repositories: given, renewed, and gone.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::extract::State;
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use domain::account::Viewer;
use domain::identity::Errand;
use serde_json::{Value, json};
use services::account::{Accounts, Return};
use tokio::net::TcpListener;

use crate::http::Server;
use crate::support::HERE;

/// How often tokens are renewed before that is refused.
const RENEWALS: u32 = 2;

type Renewed = Arc<AtomicU32>;

/// Tokens that end at once, and are renewed a few times.
async fn token(State(renewed): State<Renewed>, Form(form): Form<Vec<(String, String)>>) -> Json<Value> {
    let count = match form.contains(&("grant_type".to_owned(), "refresh_token".to_owned())) {
        true => renewed.fetch_add(1, Ordering::Relaxed) + 1,
        false => 0,
    };
    if count > RENEWALS {
        return Json(json!({ "error": "bad_refresh_token" }));
    }
    let (access, refresh) = (format!("access-{count}"), format!("refresh-{count}"));
    Json(json!({ "access_token": access, "refresh_token": refresh, "token_type": "bearer", "expires_in": 5 }))
}

/// A server that speaks as GitHub does; its address.
async fn github() -> String {
    let user = || async { Json(json!({ "id": 7, "login": "octo-ada", "name": null })) };
    let emails = || async { Json(json!([{ "email": "ada@example.org", "primary": true, "verified": true }])) };
    let router = Router::new()
        .route("/login/oauth/access_token", post(token))
        .route("/user", get(user))
        .route("/user/emails", get(emails))
        .with_state(Renewed::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

async fn member(accounts: &Accounts) -> Viewer {
    let signed_in = accounts.register("Ada", "ada@example.org", "Correct-Horse-7", HERE).await.unwrap();
    accounts.viewer(signed_in).await.unwrap().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_is_renewed_while_the_provider_renews_it() {
    let site = github().await;
    let keys =
        format!("[providers.github]\nclient_id = \"us\"\nclient_secret = \"s\"\nsite = {site:?}\napi = {site:?}");
    let server = Server::start_with(&keys).await;
    let accounts = &server.lodestar.accounts;
    let ada = member(accounts).await;
    assert_eq!(accounts.repository_token(&ada, "github").await.unwrap(), None);

    let journey = accounts.send_to("github", Errand::Repositories).await.unwrap();
    let address = url::Url::parse(journey.address()).unwrap();
    let asked = |name: &str| address.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!((asked("code_challenge_method"), asked("scope")), ("S256".into(), "read:user user:email repo".into()));
    let back = accounts.come_back(journey, (&asked("state"), "code"), Some(&ada), HERE).await.unwrap();
    assert!(matches!(back, Return::Linked));

    // Each ends so soon that it is renewed before it is used.
    for count in 1..=RENEWALS {
        assert_eq!(accounts.repository_token(&ada, "github").await.unwrap(), Some(format!("access-{count}")));
    }
    assert_eq!(accounts.repository_token(&ada, "github").await.unwrap(), None, "the provider said no");
    assert_eq!(accounts.identities(&ada).await.unwrap()[0].repositories_since, None);
}
