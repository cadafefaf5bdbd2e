//! Practice as a program sees it.

use reqwest::{Method, StatusCode, header};
use serde_json::json;

use super::{Program, send, wish};
use crate::http::Server;

const ANSWER: &str = "Our orders page took eight seconds to load. I measured it, found one query without an index, \
                      added the index and a test, and told the team. It took 200 milliseconds afterwards.";

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_from_beginning_to_end() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let started = ada.post("/interviews", wish()).await;
    assert_eq!(started.status, StatusCode::CREATED);
    let id = started.body["id"].as_str().unwrap();
    assert_eq!(started.headers[header::LOCATION], format!("/api/v1/interviews/{id}"));
    assert_eq!(started.body["messages"][0]["kind"], "greeting");
    assert_eq!(started.body["messages"][0]["pending"], false);

    let mut answered = 0;
    loop {
        let said = ada.post(&format!("/interviews/{id}/answers"), json!({ "text": ANSWER })).await;
        assert_eq!(said.status, StatusCode::OK, "{said:?}");
        answered += 1;
        // In study mode, what was answered is graded at once.
        let grade = &said.body["feedback"]["state"]["answered"];
        assert!(grade.is_object(), "{said:?}");
        let message = &said.body["message"];
        assert!(!message["text"].as_str().unwrap().is_empty());
        if message["kind"] == "closing" {
            assert_eq!(said.body["status"], "finished");
            break;
        }
        assert!(answered < 20, "it never ends");
    }
    let over = ada.post(&format!("/interviews/{id}/answers"), json!({ "text": ANSWER })).await;
    assert_eq!((over.status, over.kind()), (StatusCode::CONFLICT, "conflict"));

    let report = ada.get(&format!("/interviews/{id}/report")).await;
    assert_eq!(report.status, StatusCode::OK);
    let overall = report.body["overall"].as_u64().expect("a score");
    assert_eq!(report.body["dimensions"].as_array().unwrap().len(), 7);
    assert_eq!(report.body["answers"].as_array().unwrap().len(), 3);

    let second = ada.start().await;
    let finished = ada.post(&format!("/interviews/{second}/finish"), json!(null)).await;
    assert_eq!((finished.status, &finished.body["status"]), (StatusCode::OK, &json!("finished")));
    let resumed = ada.post(&format!("/interviews/{second}/resume"), json!(null)).await;
    assert_eq!((resumed.status, &resumed.body["status"]), (StatusCode::OK, &json!("open")));
    let skipped = ada.post(&format!("/interviews/{second}/skip"), json!({ "turn": resumed.body["turn"] })).await;
    assert_eq!((skipped.status, &skipped.body["asked"]), (StatusCode::OK, &json!(2)));

    let summary = ada.get("/feedback/summary").await;
    assert_eq!((&summary.body["interviews"], &summary.body["overall"]), (&json!(1), &json!(overall)));
    let comparison = ada.get(&format!("/feedback/compare?a={id}&b={id}")).await;
    assert_eq!(
        (&comparison.body["overall_change"], comparison.body["changes"].as_array().unwrap().len()),
        (&json!(0), 7)
    );
    let progress = ada.get("/analytics/progress?days=7").await;
    assert_eq!((&progress.body["interviews"], progress.body["practised"].as_array().unwrap().len()), (&json!(2), 1));
    let dashboard = ada.get("/dashboard").await;
    assert_eq!(dashboard.body["interviews"].as_array().unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_comes_in_pages() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let mut started = Vec::new();
    for _ in 0..5 {
        started.push(ada.start().await);
    }
    started.reverse();
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    for expected in [2, 2, 1] {
        let page = ada.get(&format!("/interviews?limit=2{cursor}")).await;
        let items = page.body["items"].as_array().unwrap();
        assert_eq!(items.len(), expected);
        seen.extend(items.iter().map(|item| item["id"].as_str().unwrap().to_owned()));
        cursor = page.body["next"].as_str().map(|next| format!("&cursor={next}")).unwrap_or_default();
    }
    assert_eq!((seen, cursor), (started.clone(), String::new()));
    assert_eq!(ada.get("/interviews").await.body["items"].as_array().unwrap().len(), 5);
    for wrong in ["limit=0", "limit=101", "limit=-1", "limit=x", "cursor=x"] {
        let status = ada.get(&format!("/interviews?{wrong}")).await.status;
        assert!(status == StatusCode::UNPROCESSABLE_ENTITY || status == StatusCode::BAD_REQUEST, "{wrong}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_caller_has_is_not_sent_again() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let id = ada.start().await;
    let path = format!("/interviews/{id}");
    let tag = ada.get(&path).await.headers[header::ETAG].clone();
    let again = send(ada.request(Method::GET, &path).header(header::IF_NONE_MATCH, tag.clone())).await;
    assert_eq!((again.status, again.body), (StatusCode::NOT_MODIFIED, json!(null)));
    ada.post(&format!("{path}/answers"), json!({ "text": ANSWER })).await;
    let changed = send(ada.request(Method::GET, &path).header(header::IF_NONE_MATCH, tag)).await;
    assert_eq!(changed.status, StatusCode::OK);
    assert_eq!(changed.headers[header::CACHE_CONTROL], "private, no-cache");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeated_creating_call_creates_once() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let eve = Program::of(&server, "eve@example.org").await;
    let start = |program: &Program<'_>, key: &str| {
        send(program.request(Method::POST, "/interviews").header("Idempotency-Key", key).json(&wish()))
    };
    let (first, again) = (start(&ada, "one").await, start(&ada, "one").await);
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(
        (&first.headers["idempotency-replayed"], &again.headers["idempotency-replayed"]),
        (&"false".parse().unwrap(), &"true".parse().unwrap())
    );
    assert_ne!(start(&ada, "two").await.body["id"], first.body["id"]);
    assert_ne!(start(&eve, "one").await.body["id"], first.body["id"], "keys are one's own");
    assert_eq!(ada.get("/interviews").await.body["items"].as_array().unwrap().len(), 2);

    let other = send(ada.request(Method::POST, "/interviews").header("Idempotency-Key", "one").json(&json!({}))).await;
    assert_eq!(
        (other.status, other.body["error"]["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("Idempotency-Key"))
    );
    assert_eq!(start(&ada, &"x".repeat(201)).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    // Many at once: one is answered, the others get its answer or are told that it is on its way.
    let many = futures::future::join_all((0..8).map(|_| start(&ada, "three"))).await;
    assert!(many.iter().all(|answer| matches!(answer.status.as_u16(), 201 | 409)), "{many:?}");
    assert_eq!(ada.get("/interviews").await.body["items"].as_array().unwrap().len(), 3);

    let id = first.body["id"].as_str().unwrap();
    let answer = || {
        let request = ada.request(Method::POST, &format!("/interviews/{id}/answers"));
        send(request.header("Idempotency-Key", "four").json(&json!({ "text": ANSWER })))
    };
    let (said, repeated) = (answer().await, answer().await);
    assert_eq!((said.status, &said.body), (repeated.status, &repeated.body));
}

#[tokio::test(flavor = "multi_thread")]
async fn events_bring_the_words_and_then_the_whole() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let events = |request: reqwest::RequestBuilder| async move {
        let answer = request.header(header::ACCEPT, "text/event-stream").send().await.unwrap();
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        let text = answer.text().await.unwrap();
        let parse = |event: &str| {
            let field = |name: &str| {
                event.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default().trim().to_owned()
            };
            (field("event:"), serde_json::from_str::<serde_json::Value>(&field("data:")).unwrap_or_default())
        };
        text.split("\n\n").filter(|event| event.contains("event:")).map(parse).collect::<Vec<_>>()
    };
    let started = events(ada.request(Method::POST, "/interviews").json(&wish())).await;
    let words: String =
        started.iter().filter(|(name, _)| name == "words").filter_map(|(_, data)| data["text"].as_str()).collect();
    let (last, interview) = started.last().unwrap();
    assert_eq!(last, "done");
    let greeting = &interview["messages"][0];
    assert_eq!(words, format!("{}\n\n{}", greeting["text"].as_str().unwrap(), greeting["question"].as_str().unwrap()));
    assert!(started.len() > 5, "word by word");

    let id = interview["id"].as_str().unwrap();
    let said =
        events(ada.request(Method::POST, &format!("/interviews/{id}/answers")).json(&json!({ "text": ANSWER }))).await;
    let (last, answered) = said.last().unwrap();
    assert_eq!(last, "done");
    assert!(answered["feedback"].is_object() && answered["message"].is_object(), "{answered}");
}
