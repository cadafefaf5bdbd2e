//! The WebSocket: who gets in, what comes, what is caught up, and when it ends.

use std::time::Duration;

use domain::event::Topic;
use futures::{SinkExt, StreamExt};
use reqwest::StatusCode;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::api::{PASSWORD, Program};
use crate::http::Server;

/// A client that is connected.
struct Live(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Live {
    /// Connects with these headers; the status if that is refused.
    async fn connect(server: &Server, headers: &[(&'static str, &str)]) -> Result<Self, u16> {
        let mut request = format!("{}/ws", server.address.replace("http://", "ws://")).into_client_request().unwrap();
        for (name, value) in headers {
            request.headers_mut().insert(*name, value.parse().unwrap());
        }
        match connect_async(request).await {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(Error::Http(response)) => Err(response.status().as_u16()),
            Err(error) => panic!("{error}"),
        }
    }

    async fn of(server: &Server, program: &Program<'_>) -> Self {
        let token = format!("Bearer {}", program.token.as_deref().unwrap_or_default());
        Self::connect(server, &[("authorization", &token)]).await.unwrap()
    }

    async fn say(&mut self, message: Value) {
        self.0.send(Message::text(message.to_string())).await.unwrap();
    }

    /// The next thing that is said; a close is `{"closed": code}`.
    async fn hear(&mut self) -> Value {
        loop {
            let message = timeout(Duration::from_secs(10), self.0.next()).await.expect("something is said");
            match message {
                Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).unwrap(),
                Some(Ok(Message::Close(frame))) => return json!({ "closed": frame.map(|frame| u16::from(frame.code)) }),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return json!({ "closed": null }),
            }
        }
    }

    /// Asks for a topic; the numbers of what was missed, and the answer.
    async fn subscribe(&mut self, topic: &str, after: Option<i64>) -> (Vec<i64>, Value) {
        self.say(json!({ "type": "subscribe", "topic": topic, "after": after })).await;
        let mut missed = Vec::new();
        loop {
            let said = self.hear().await;
            if said["type"] == "event" {
                missed.push(said["number"].as_i64().unwrap());
            } else {
                return (missed, said);
            }
        }
    }
}

async fn publish(server: &Server, program: &Program<'_>, topic: Topic, count: usize) {
    let owner = program.get("/auth/me").await.body["id"].as_str().unwrap().parse().unwrap();
    for number in 0..count {
        server.events().publish(owner, topic, "test", json!({ "n": number })).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_those_who_are_signed_in_get_in_and_only_from_this_site() {
    let server = Server::start().await;
    let form = [("name", "Ada"), ("email", "ada@example.org"), ("password", PASSWORD)];
    let cookie = server.register(&form).await;
    let (own, foreign) = (server.address.as_str(), "https://evil.example");
    for (headers, outcome) in [
        (vec![], Some(401)),
        (vec![("cookie", cookie.as_str()), ("origin", own)], None),
        (vec![("cookie", cookie.as_str()), ("origin", foreign)], Some(403)),
        (vec![("cookie", cookie.as_str())], Some(403)),
        (vec![("cookie", "lodestar=AAAAAAAAAAAAAAAAAAAAAA"), ("origin", own)], Some(401)),
        (vec![("authorization", "Bearer lodestar_a_wrong")], Some(401)),
    ] {
        assert_eq!(Live::connect(&server, &headers).await.err(), outcome, "{headers:?}");
    }
    let url = format!("{}/ws", server.address);
    let plain = reqwest::get(&url).await.unwrap();
    assert_eq!(plain.status(), StatusCode::UPGRADE_REQUIRED);
    let asked = |cookie: &str| {
        reqwest::Client::new().head(&url).header("cookie", cookie).header("sec-fetch-site", "same-origin").send()
    };
    assert_eq!(asked(&cookie).await.unwrap().status(), StatusCode::NO_CONTENT);
    assert_eq!(asked("lodestar=AAAAAAAAAAAAAAAAAAAAAA").await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happens_is_heard_by_its_person_alone() {
    let server = Server::start().await;
    let (ada, eve) = (Program::of(&server, "ada@example.org").await, Program::of(&server, "eve@example.org").await);
    let interview = ada.start().await;
    let topic = format!("interview:{interview}");
    let (mut live, mut other) = (Live::of(&server, &ada).await, Live::of(&server, &eve).await);
    assert_eq!(live.subscribe(&topic, None).await.1["type"], "subscribed");
    assert_eq!(live.subscribe("notifications", None).await.1["type"], "subscribed");
    assert_eq!(other.subscribe(&topic, None).await.1["type"], "error", "it is not hers");
    assert_eq!(other.subscribe("notifications", None).await.1["type"], "subscribed");

    ada.post(
        &format!("/interviews/{interview}/answers"),
        json!({ "text": "I measured it first, then I changed one thing." }),
    )
    .await;
    let changed = live.hear().await;
    assert_eq!(
        (&changed["topic"], &changed["name"], &changed["data"]["status"]),
        (&json!(topic), &json!("changed"), &json!("open"))
    );
    ada.post(&format!("/interviews/{interview}/finish"), json!(null)).await;
    assert_eq!(live.hear().await["data"]["status"], "finished");
    let ready = live.hear().await;
    assert_eq!((&ready["name"], &ready["data"]["interview"]), (&json!("report_ready"), &json!(interview)));

    publish(&server, &eve, Topic::Notifications, 1).await;
    assert_eq!(other.hear().await["name"], "test", "and nothing of what happened before");
    live.say(json!({ "type": "unsubscribe", "topic": "notifications" })).await;
    assert_eq!(live.hear().await["type"], "unsubscribed");
    publish(&server, &ada, Topic::Notifications, 1).await;
    live.say(json!({ "type": "ping" })).await;
    assert_eq!(live.hear().await["type"], "pong");
}

#[tokio::test(flavor = "multi_thread")]
async fn background_tasks_are_heard_of_by_those_whose_they_are() {
    let server = Server::start().await;
    let (ada, eve) = (Program::of(&server, "ada@example.org").await, Program::of(&server, "eve@example.org").await);
    let (mut live, mut other) = (Live::of(&server, &ada).await, Live::of(&server, &eve).await);
    for live in [&mut live, &mut other] {
        assert_eq!(live.subscribe("tasks", None).await.1["type"], "subscribed");
    }
    let owner = ada.get("/auth/me").await.body["id"].as_str().unwrap().parse().unwrap();
    let tasks = &server.lodestar().tasks;
    // Nobody does tasks of this kind here, so it waits.
    let task = tasks.task_of(owner, "wait", &());
    let id = task.id.to_string();
    assert!(tasks.queue(task).await.unwrap());
    let queued = live.hear().await;
    assert_eq!((&queued["topic"], &queued["name"]), (&json!("tasks"), &json!("queued")));
    let data = &queued["data"];
    assert_eq!((&data["task"], &data["kind"], &data["tries"]), (&json!(id), &json!("wait"), &json!(0)));
    other.say(json!({ "type": "ping" })).await;
    assert_eq!(other.hear().await["type"], "pong", "it is not hers");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_lost_or_doubled_by_a_broken_connection() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let mut live = Live::of(&server, &ada).await;
    live.subscribe("notifications", None).await;
    let mut heard = Vec::new();
    publish(&server, &ada, Topic::Notifications, 3).await;
    for _ in 0..3 {
        heard.push(live.hear().await["number"].as_i64().unwrap());
    }
    drop(live);
    publish(&server, &ada, Topic::Notifications, 450).await;
    let mut live = Live::of(&server, &ada).await;
    let publishing = publish(&server, &ada, Topic::Notifications, 50);
    let listening = async {
        let (missed, said) = live.subscribe("notifications", heard.last().copied()).await;
        assert_eq!((&said["type"], &said["gap"]), (&json!("subscribed"), &json!(false)));
        heard.extend(missed);
        while heard.len() < 503 {
            heard.push(live.hear().await["number"].as_i64().unwrap());
        }
    };
    futures::future::join(publishing, listening).await;
    assert_eq!(heard, (1..=503).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_within_five_seconds_of_signing_out() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let form = [("email", "ada@example.org"), ("password", PASSWORD)];
    let cookie = server.sign_in(&form).await;
    let mut page = Live::connect(&server, &[("cookie", &cookie), ("origin", &server.address)]).await.unwrap();
    let mut program = Live::of(&server, &ada).await;
    for live in [&mut page, &mut program] {
        assert_eq!(live.subscribe("notifications", None).await.1["type"], "subscribed");
    }
    ada.post("/auth/logout", json!(null)).await;
    let closed = timeout(Duration::from_secs(5), program.hear()).await.expect("in time");
    assert_eq!(closed, json!({ "closed": 4001 }));
    server.sign_out().await;
    let closed = timeout(Duration::from_secs(5), page.hear()).await.expect("in time");
    assert_eq!(closed, json!({ "closed": 4001 }));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_has_so_many_connections_and_messages() {
    let server = Server::start().await;
    let ada = Program::of(&server, "ada@example.org").await;
    let mut all = Vec::new();
    for _ in 0..10 {
        all.push(Live::of(&server, &ada).await);
    }
    let token = format!("Bearer {}", ada.token.as_deref().unwrap());
    assert_eq!(Live::connect(&server, &[("authorization", &token)]).await.err(), Some(429));
    let mut live = all.pop().unwrap();
    for nonsense in ["", "{}", "[1]", "{\"type\":\"subscribe\",\"topic\":\"accounts\"}"] {
        live.0.send(Message::text(nonsense)).await.unwrap();
        assert_eq!(live.hear().await["type"], "error", "{nonsense}");
    }
    for _ in 0..80 {
        if live.0.send(Message::text("{\"type\":\"ping\"}")).await.is_err() {
            break;
        }
    }
    let closed = loop {
        let said = live.hear().await;
        if said["type"] != "pong" {
            break said;
        }
    };
    assert!(closed["closed"] == 1008 || closed["closed"].is_null(), "{closed}");
}
