//! What the log says, and how a person's reference leads there.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use reqwest::header;
use serde_json::Value;
use store::backup;

use crate::http::{ADA, Server, encode, json, path};
use crate::support::{Serving, client, free_port, program, run};

/// Each line as JSON, none of which may be anything else.
fn lines(logged: &str) -> Vec<Value> {
    logged.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|_| panic!("{line}"))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_line_of_a_request_names_it_and_the_person() {
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let mut command = program(folder.path(), port);
    // What the database does is logged from tasks and threads of its own.
    command.env("LODESTAR_LOG__FORMAT", "json").env("LODESTAR_LOG__LEVEL", "info,sqlx::query=debug");
    let serving = Serving::start(command, folder.path(), port);
    let client = client();
    let register = client
        .post(format!("{}{}", serving.address, path("/register")))
        .header(header::ORIGIN, &serving.address)
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(encode(ADA));
    let registered = register.send().await.unwrap();
    let cookies = registered.headers().get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().unwrap());
    let session = cookies.rev().find(|cookie| cookie.starts_with("lodestar=")).unwrap();
    let cookie = session.split(';').next().unwrap().to_owned();
    let page = client.get(format!("{}/dashboard?whisper=1", serving.address)).header(header::COOKIE, cookie);
    let page = page.send().await.unwrap();
    let ids = [&registered, &page].map(|answer| answer.headers()["x-request-id"].to_str().unwrap().to_owned());
    page.text().await.unwrap();
    let logged = serving.stop();
    let lines = lines(&logged);

    let of_request = |id: &str| lines.iter().filter(|line| line["request_id"] == *id).collect::<Vec<_>>();
    let answered = |id: &str| {
        let all = of_request(id);
        let answered: Vec<_> = all.iter().filter(|line| line["message"] == "answered").collect();
        assert_eq!(answered.len(), 1, "{all:?}");
        (*answered[0]).clone()
    };
    let line = answered(&ids[1]);
    assert_eq!((&line["method"], &line["path"], &line["status"]), (&"GET".into(), &"/dashboard".into(), &200.into()));
    assert!(line["duration_ms"].is_u64() && line["level"] == "INFO" && line["timestamp"].is_string(), "{line}");
    assert!(!logged.contains("whisper"), "queries are not logged");
    let person = line["user_id"].as_str().unwrap();
    assert_eq!(answered(&ids[0])["user_id"], person);

    // Statements by what they do, each within the request that asked for it.
    let statements = |id: &str| -> BTreeMap<String, Value> {
        let of = of_request(id).into_iter().filter(|line| line["target"] == "sqlx::query");
        // Short ones are in their summary alone.
        let text = |line: &Value| format!("{} {}", line["summary"], line["db.statement"]);
        of.map(|line| (text(line), line.clone())).collect()
    };
    let wrote = statements(&ids[0]);
    assert!(wrote.keys().any(|statement| statement.contains("INSERT INTO accounts")), "{wrote:?}");
    let read = statements(&ids[1]);
    let dashboard = read.iter().find(|(statement, _)| statement.contains("FROM interviews"));
    assert_eq!(dashboard.unwrap_or_else(|| panic!("{read:?}")).1["user_id"], person, "known by then");
}

#[tokio::test(flavor = "multi_thread")]
async fn unexpected_errors_name_their_request() {
    let server = Server::start().await;
    let break_it = server.lodestar.store.transaction(|connection| Box::pin(backup::start_over(connection, 0)));
    break_it.await.unwrap();
    let id = |answer: &reqwest::Response| answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    let refused = server.post(&path("/sign_in"), &[("email", "ada@example.org"), ("password", "Any-Horse-7")]).await;
    let expected = format!("(request {}).", id(&refused));
    assert_eq!(refused.status(), 500);
    let message = json(refused).await["message"].as_str().unwrap().to_owned();
    assert!(message.ends_with(&expected), "{message}");
    for page in ["/setup?token=abc"] {
        let failed = server.get(page).await;
        let expected = format!("(request {}).", id(&failed));
        assert_eq!(failed.status(), 500, "{page}");
        let text = failed.text().await.unwrap();
        assert!(text.contains(&expected), "{page}: {text}");
    }
    // Those that are expected do not.
    let nowhere = server.get("/nowhere").await;
    let id = id(&nowhere);
    assert!(!nowhere.text().await.unwrap().contains(&id));
}

/// Nobody can put words into the log by a request id of their own.
#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_request_is_the_servers() {
    let server = Server::start().await;
    let request = client().get(format!("{}/health/live", server.address)).header("x-request-id", "mine");
    let answer = request.send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap();
    assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
}

/// Collects what is posted to `/v1/traces`, as it came.
async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let received = Arc::new(Mutex::new(Vec::new()));
    let kept = received.clone();
    let keep = move |body: Bytes| {
        kept.lock().unwrap().extend_from_slice(&body);
        async {}
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().route("/v1/traces", axum::routing::post(keep));
    tokio::spawn(async move { axum::serve(listener, router).await });
    (address, received)
}

#[tokio::test(flavor = "multi_thread")]
async fn traces_go_to_the_collector_and_lines_stay_as_they_are() {
    let (address, received) = collector().await;
    let (folder, port) = (tempfile::tempdir().unwrap(), free_port());
    let mut command = program(folder.path(), port);
    command.env("LODESTAR_LOG__FORMAT", "json").env("LODESTAR_LOG__OTLP", address);
    command.env("LODESTAR_LOG__LEVEL", "info,sqlx::query=debug");
    let serving = Serving::start(command, folder.path(), port);
    let answer = client().get(format!("{}/setup?token=abc", serving.address)).send().await.unwrap();
    let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
    answer.text().await.unwrap();
    // The end of the program sends what is left.
    let logged = serving.stop();
    let sent = received.lock().unwrap().clone();
    let has = |text: &str| sent.windows(text.len()).any(|bytes| bytes == text.as_bytes());
    for text in ["service.name", "lodestar", "GET /setup", "http.response.status_code", &id, "transaction", "answered"]
    {
        assert!(has(text), "no {text}");
    }
    assert!(!has("token=abc"), "queries are in no trace");
    let lines = lines(&logged);
    let statement =
        |line: &&Value| line["db.statement"].as_str().is_some_and(|text| text.contains("FROM setup_tokens"));
    assert_eq!(lines.iter().find(statement).unwrap()["request_id"], *id);
    for line in lines.iter().filter(|line| line["target"] != "sqlx::query") {
        let names: Vec<_> = line.as_object().unwrap().keys().filter(|name| name.contains('.')).collect();
        assert!(names.is_empty(), "{line}");
    }
}

#[test]
fn an_address_that_is_none_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = program(folder.path(), free_port());
    let (ok, said) = run(command.env("LODESTAR_LOG__OTLP", "collector:4318"), &["serve"]);
    assert!(!ok && said.contains("log.otlp must be an address like"), "{said}");
}
