//! Who may call what, and how errors look.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::{Answer, PASSWORD, Program, calls, send, wish};
use crate::http::Server;

/// An identifier that belongs to nobody.
const NOBODYS: &str = "01890000-0000-7000-8000-000000000000";

#[tokio::test(flavor = "multi_thread")]
async fn tokens_are_renewed_once_and_end_with_the_sign_in() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let login = |password: &str| json!({ "email": "ada@example.org", "password": password });
    let tokens = ada.post("/auth/login", login(PASSWORD)).await;
    assert_eq!(
        (tokens.status, &tokens.body["token_type"], &tokens.body["expires_in"]),
        (StatusCode::OK, &json!("Bearer"), &json!(900))
    );
    let wrong = ada.post("/auth/login", login("Wrong-Horse-7")).await;
    assert_eq!((wrong.status, wrong.kind()), (StatusCode::UNPROCESSABLE_ENTITY, "invalid"));

    let refresh = |token: &serde_json::Value| json!({ "refresh_token": token });
    let renewed = ada.post("/auth/refresh", refresh(&tokens.body["refresh_token"])).await;
    assert_eq!(renewed.status, StatusCode::OK);
    let reused = ada.post("/auth/refresh", refresh(&tokens.body["refresh_token"])).await;
    assert_eq!((reused.status, reused.kind()), (StatusCode::UNAUTHORIZED, "unauthenticated"));
    let program = Program { token: renewed.body["access_token"].as_str().map(str::to_owned), ..Program::new(&server) };
    let ended = program.get("/auth/me").await;
    assert_eq!(
        (ended.status, &ended.headers[header::WWW_AUTHENTICATE]),
        (StatusCode::UNAUTHORIZED, &"Bearer".parse().unwrap())
    );

    assert_eq!(ada.get("/auth/me").await.body["email"], "ada@example.org");
    let renamed = send(ada.request(Method::PUT, "/auth/me").json(&json!({ "name": "Ada L." }))).await;
    assert_eq!(renamed.body["name"], "Ada L.");
    assert_eq!(ada.get("/auth/me").await.body["name"], "Ada L.");
    let change = json!({ "current": PASSWORD, "password": "New-Horse-77" });
    let changed = send(ada.request(Method::PUT, "/auth/me/password").json(&change)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(ada.get("/auth/me").await.status, StatusCode::UNAUTHORIZED, "a new password ends what was");
    let ada = Program { token: changed.body["access_token"].as_str().map(str::to_owned), ..Program::new(&server) };
    assert_eq!(ada.post("/auth/logout", json!(null)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/auth/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_of_oauth_sign_in_with_a_form() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let form = |path: &str, form: &str| {
        let request = Program::new(&server).request(Method::POST, path);
        send(request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form.to_owned()))
    };
    let password = "username=ada%40example.org&password=Correct-Horse-7";
    let tokens = form("/auth/token", &format!("grant_type=password&{password}")).await;
    assert_eq!(tokens.status, StatusCode::OK, "{tokens:?}");
    let refresh = tokens.body["refresh_token"].as_str().unwrap();
    let renewed = form("/auth/token", &format!("grant_type=refresh_token&refresh_token={refresh}")).await;
    assert_eq!(renewed.status, StatusCode::OK);
    assert_eq!(form("/auth/login", password).await.status, StatusCode::OK);
    for wrong in ["grant_type=magic", "grant_type=password&username=a", "grant_type=refresh_token", "x"] {
        assert!(form("/auth/token", wrong).await.status.is_client_error(), "{wrong}");
    }
    drop(ada);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_personal_token_does_only_what_it_may() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let make = |scopes: &[&str]| ada.post("/tokens", json!({ "name": "Script", "scopes": scopes, "days": 30 }));
    let made = make(&["read"]).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let secret = made.body["secret"].as_str().unwrap();
    let listed = ada.get("/tokens").await;
    assert!(!listed.body.to_string().contains(secret), "shown once");
    assert_eq!(make(&["admin"]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(make(&["everything"]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let script = Program { token: Some(secret.to_owned()), ..Program::new(&server) };
    assert_eq!(script.get("/interviews").await.status, StatusCode::OK);
    let refused = script.post("/interviews", wish()).await;
    assert_eq!((refused.status, refused.kind()), (StatusCode::FORBIDDEN, "forbidden"));
    for (method, path) in [(Method::GET, "/tokens"), (Method::POST, "/auth/logout")] {
        assert_eq!(send(script.request(method, path)).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let id = made.body["id"].as_str().unwrap();
    assert_eq!(send(ada.request(Method::DELETE, &format!("/tokens/{id}"))).await.status, StatusCode::NO_CONTENT);
    assert_eq!(script.get("/interviews").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn sign_ins_are_seen_and_ended_with_their_tokens() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let again = ada.post("/auth/login", json!({ "email": "ada@example.org", "password": PASSWORD })).await;
    let token = again.body["access_token"].as_str().unwrap().to_owned();
    let other = Program { token: Some(token), ..Program::new(&server) };
    let sessions = other.get("/sessions").await.body;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    let current: Vec<_> = sessions.as_array().unwrap().iter().map(|session| session["current"] == true).collect();
    assert_eq!(current.iter().filter(|current| **current).count(), 1);
    let first = sessions.as_array().unwrap().iter().find(|session| session["current"] == false).unwrap();
    let path = format!("/sessions/{}", first["id"].as_str().unwrap());
    assert_eq!(send(other.request(Method::DELETE, &path)).await.status, StatusCode::NO_CONTENT);
    assert_eq!(ada.get("/auth/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(send(other.request(Method::DELETE, "/sessions")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(other.get("/auth/me").await.status, StatusCode::OK, "the one that asks goes on");
    assert_eq!(send(other.request(Method::POST, "/auth/logout")).await.status, StatusCode::NO_CONTENT);
    assert_eq!(other.get("/auth/me").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_kept_for_no_repeated_call() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let wish = json!({ "name": "Script", "scopes": ["read"], "days": 30 });
    let make = || send(ada.request(Method::POST, "/tokens").header("Idempotency-Key", "one").json(&wish));
    let (first, again) = (make().await, make().await);
    assert_eq!((first.status, again.status), (StatusCode::CREATED, StatusCode::CREATED));
    assert_ne!(first.body["secret"], again.body["secret"]);
    assert_eq!(first.headers[header::CACHE_CONTROL], "no-store");
    assert!(!first.headers.contains_key("idempotency-replayed"));
}

/// A body with which a call is read, if nothing else is wrong.
fn body(path: &str) -> serde_json::Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "interviews" => wish(),
        "answers" => json!({ "text": "I measured it first." }),
        "tokens" => json!({ "name": "Script", "scopes": ["read"], "days": 1 }),
        "standing" => json!({ "standing": "member" }),
        "me" => json!({ "name": "Eve" }),
        "password" => json!({ "current": PASSWORD, "password": "New-Horse-77" }),
        "mail" => json!({ "digest": false }),
        "address" => json!({ "email": "new@example.org", "password": PASSWORD }),
        _ => {
            json!({ "turn": 1, "refresh_token": "x", "token": "x", "password": "New-Horse-77", "email": "x@example.org", "model": null,
            "address": "x@example.org" })
        }
    }
}

async fn call(program: &Program<'_>, method: &Method, path: &str) -> Answer {
    let request = program.request(method.clone(), path);
    send(if *method == Method::GET { request } else { request.json(&body(path)) }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_reaches_what_is_anothers() {
    let server = Server::start().await;
    let (ada, eve) = (Program::of(&server, "ada@example.org").await, Program::of(&server, "eve@example.org").await);
    let interview = ada.start().await;
    let token = ada.post("/tokens", body("tokens")).await.body["id"].as_str().unwrap().to_owned();
    let share = ada.post("/shares", body("shares")).await.body["id"].as_str().unwrap().to_owned();
    let session = ada.get("/sessions").await.body[0]["id"].as_str().unwrap().to_owned();
    let before = ada.get(&format!("/interviews/{interview}")).await.body;
    let mut swept = 0;
    for (method, path, _) in calls().into_iter().filter(|(_, path, _)| path.contains("{id}")) {
        let path = path.replace("{interview}", &interview);
        let id = match path.split('/').nth(1) {
            Some("tokens") => &token,
            Some("sessions") => &session,
            Some("shares" | "mentees") => &share,
            _ => &interview,
        };
        let answer = call(&eve, &method, &path.replace("{id}", id)).await;
        assert_eq!((answer.status, answer.kind()), (StatusCode::NOT_FOUND, "not_found"), "{method} {path}");
        // What is another's and what is nobody's are answered alike.
        let nobodys = call(&eve, &method, &path.replace("{id}", NOBODYS)).await;
        assert_eq!(answer.body, nobodys.body, "{method} {path}");
        assert_eq!(call(&eve, &method, &path.replace("{id}", "nonsense")).await.status, StatusCode::NOT_FOUND);
        swept += 1;
    }
    assert!(swept >= 13, "{swept}");
    for query in [format!("/feedback/compare?a={interview}&b={interview}"), format!("/interviews?cursor={interview}")] {
        assert_eq!(eve.get(&query).await.status, StatusCode::NOT_FOUND, "{query}");
    }
    assert_eq!(ada.get(&format!("/interviews/{interview}")).await.body, before, "nothing was changed");
    assert_eq!(ada.get("/tokens").await.body.as_array().unwrap().len(), 1);
    assert_eq!(ada.get("/shares").await.body.as_array().unwrap().len(), 1);
}

/// A path with identifiers of nothing in it.
fn nowhere(path: &str) -> String {
    let path = path.replace("{model}", "x").replace("{role}", "fast");
    ["{id}", "{task}", "{person}", "{interview}"].iter().fold(path, |path, name| path.replace(name, NOBODYS))
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nothing_opens_and_a_cookie_is_none() {
    let server = Server::start().await;
    let form = [("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)];
    let cookie = server.register(&form).await;
    for (method, path, about) in calls() {
        let path = nowhere(&path);
        let open = about["security"] == json!([{}]);
        for program in
            [Program::new(&server), Program { token: Some("lodestar_a_wrong".into()), ..Program::new(&server) }]
        {
            let request = program.request(method.clone(), &path).header(header::COOKIE, &cookie);
            let request = request.header(header::ORIGIN, &server.address).header("sec-fetch-site", "same-origin");
            let answer = send(if method == Method::GET { request } else { request.json(&body(&path)) }).await;
            let refused = answer.status == StatusCode::UNAUTHORIZED;
            assert!(refused || open && program.token.is_none(), "{method} {path}: {answer:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_calls_are_for_administrators() {
    let server = Server::start().await;
    let member = Program::of(&server, "ada@example.org").await;
    let mut swept = 0;
    for (method, path, about) in calls() {
        if about["summary"].as_str().is_some_and(|summary| summary.contains("For administrators"))
            || about["description"].as_str().is_some_and(|text| text.contains("For administrators"))
        {
            let path = nowhere(&path);
            let answer = call(&member, &method, &path).await;
            assert_eq!((answer.status, answer.kind()), (StatusCode::FORBIDDEN, "forbidden"), "{method} {path}");
            swept += 1;
        }
    }
    assert!(swept >= 11, "{swept}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_has_the_one_shape() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let post = |path: &str| ada.request(Method::POST, path);
    let json_body =
        |text: &str| post("/interviews").header(header::CONTENT_TYPE, "application/json").body(text.to_owned());
    for (request, status, field) in [
        (ada.request(Method::GET, "/nowhere"), 404, None),
        (ada.request(Method::DELETE, "/interviews"), 405, None),
        (json_body("{"), 400, None),
        (json_body("{}"), 422, None),
        (post("/interviews").body("role=backend"), 415, None),
        (post("/interviews").json(&json!({ "role": "king" })), 422, None),
        (json_body(&wish().to_string().replace(":3", ":99")), 422, Some("questions")),
        (json_body(&wish().to_string()).header(header::CONTENT_ENCODING, "gzip"), 415, None),
        (json_body(&format!("\"{}\"", "x".repeat(2_000_000))), 413, None),
        (ada.request(Method::GET, "/analytics/progress?days=0"), 422, Some("days")),
        (ada.request(Method::GET, "/analytics/progress?days=x"), 400, None),
        (ada.request(Method::GET, "/interviews/nonsense"), 404, None),
        (ada.request(Method::GET, "/models"), 403, None),
        (Program::new(&server).request(Method::GET, "/interviews"), 401, None),
    ] {
        let answer = send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{answer:?}");
        assert_eq!(answer.headers[header::CONTENT_TYPE], "application/json", "{answer:?}");
        let error = &answer.body["error"];
        assert!(
            error["kind"].is_string() && error["message"].as_str().is_some_and(|text| text.ends_with('.')),
            "{answer:?}"
        );
        assert_eq!(error["field"].as_str(), field, "{answer:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_tries_wait() {
    let server = Server::start_with("[limits]\npassword = 2").await;
    let ada = Program::of(&server, "ada@example.org").await;
    let wrong = json!({ "email": "ada@example.org", "password": "Wrong-Horse-7" });
    for _ in 0..2 {
        assert_eq!(ada.post("/auth/login", wrong.clone()).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    }
    let refused = ada.post("/auth/login", wrong).await;
    assert_eq!((refused.status, refused.kind()), (StatusCode::TOO_MANY_REQUESTS, "too_many"));
    let seconds: u32 = refused.headers[header::RETRY_AFTER].to_str().unwrap().parse().unwrap();
    assert!((1..=450).contains(&seconds), "{seconds}");
}

#[tokio::test(flavor = "multi_thread")]
async fn scripts_of_other_sites_call_only_if_they_are_configured() {
    let origin = "https://tools.example.org";
    let asks = |program: &Program<'_>| {
        let request = program.request(Method::OPTIONS, "/interviews").header(header::ORIGIN, origin);
        send(
            request
                .header("access-control-request-method", "POST")
                .header("access-control-request-headers", "authorization"),
        )
    };
    let closed = Server::start().await;
    assert!(!asks(&Program::new(&closed)).await.headers.contains_key("access-control-allow-origin"));
    let open = Server::start_open_to(origin).await;
    let answer = asks(&Program::new(&open)).await;
    assert_eq!(answer.headers["access-control-allow-origin"], origin);
    assert!(!answer.headers.contains_key("access-control-allow-credentials"), "cookies stay at home");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_document_and_its_pages_are_served() {
    let server = Server::start().await;
    let document = Program::new(&server).get("/openapi.json").await;
    assert_eq!(document.status, StatusCode::OK);
    assert!(document.body["openapi"].as_str().unwrap().starts_with("3.1"));
    for page in ["/docs", "/redoc"] {
        let answer = reqwest::get(format!("{}{page}", server.address)).await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        assert!(answer.text().await.unwrap().contains("id=\"api\""));
    }
}
