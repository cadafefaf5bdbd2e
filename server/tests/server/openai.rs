//! The models of this server for OpenAI clients, asked by Lodestar's own client over loopback.

use std::sync::Arc;

use domain::account::{Standing, Viewer};
use domain::model::ModelRole;
use domain::{ErrorKind, Id};
use futures::StreamExt;
use inference::openai::{OpenAi, OpenAiOptions};
use inference::{Embedder, Engine, Message, Output, Reason, Request};
use llama::tiny::{self, Tiny};
use serde_json::{Value, json};
use server::system::SystemRandom;

use crate::http::Server;

const KEY: &str = "a-long-key-for-programs";

async fn start() -> (tempfile::TempDir, Server) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    tiny::write(&file, Tiny { template: Some(tiny::CHATML), ..Tiny::default() }).unwrap();
    let server = Server::start_with(&format!("fast = {file:?}\n[inference]\nserve_key = {KEY:?}")).await;
    (folder, server)
}

fn client(server: &Server, model: &str, key: &str) -> OpenAi {
    let options = OpenAiOptions {
        endpoints: vec![format!("{}/v1", server.address)],
        model: model.to_owned(),
        key: key.to_owned(),
    };
    OpenAi::new(options, Arc::new(SystemRandom)).unwrap()
}

fn ask(max_tokens: u32) -> Request {
    let messages = vec![Message::system("Be brief."), Message::user("How do I plan a week?")];
    Request { max_tokens, temperature: 0.0, ..Request::new(ModelRole::Fast, messages, 1) }
}

async fn post(server: &Server, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let client = reqwest::Client::new();
    let request = client.post(format!("{}{path}", server.address)).bearer_auth(key).json(body);
    let answer = request.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_the_answer_that_the_model_gives_at_once() {
    let (_folder, server) = start().await;
    let client = client(&server, "tiny", KEY);
    assert_eq!(client.check().await, 1);
    let outputs: Vec<_> = client.stream(ask(12)).await.unwrap().map(|output| output.unwrap()).collect().await;
    let Some(Output::End(end)) = outputs.last().cloned() else { panic!("{outputs:?}") };
    assert!(end.usage.prompt > 20 && end.usage.written > 0 && end.usage.written <= 12, "{end:?}");
    assert!(matches!(end.reason, Reason::Length | Reason::Done));
    let streamed: String = outputs.into_iter().filter_map(Output::text).collect();

    let messages = json!([
        { "role": "system", "content": "Be brief." },
        { "role": "user", "content": [{ "type": "text", "text": "How do I plan a week?" }] },
    ]);
    let body = json!({ "model": "tiny", "messages": messages, "max_tokens": 12, "temperature": 0 });
    let (status, whole) = post(&server, "/v1/chat/completions", KEY, &body).await;
    assert_eq!((status, &whole["choices"][0]["message"]["content"]), (200, &json!(streamed)), "{whole}");
    assert_eq!(whole["usage"]["completion_tokens"], json!(end.usage.written));
    // Nothing was shared but what the product's own prompts begin with. The second time, all but the last token was.
    assert!(end.usage.reused < 12, "{end:?}");
    assert_eq!(whole["usage"]["prompt_tokens_details"]["cached_tokens"], json!(end.usage.prompt - 1));

    server.generation().settled().await;
    let now = domain::Timestamp::from_millis(0);
    let admin = Viewer {
        id: Id::new(now, &SystemRandom),
        name: String::new(),
        email: String::new(),
        standing: Standing::Admin,
    };
    let used = server.generation().daily_use(&admin, 1).await.unwrap();
    let counted: Vec<_> = used.iter().map(|row| (row.feature.as_str(), row.model.as_str())).collect();
    assert_eq!(counted, [("api", "tiny")]);
    assert_eq!(used[0].consumption.written, u64::from(end.usage.written) * 2, "{used:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cache_key_names_a_conversation_whose_beginning_is_not_read_again() {
    let (_folder, server) = start().await;
    let said = "How do I plan a week? ".repeat(8);
    let mut messages = vec![json!({ "role": "user", "content": said })];
    let mut cached = Vec::new();
    for (user, key) in [("ada", Some("a")), ("ada", Some("a")), ("eve", Some("a")), ("ada", None)] {
        let body =
            json!({ "model": "tiny", "messages": messages, "max_tokens": 4, "user": user, "prompt_cache_key": key });
        let (status, answer) = post(&server, "/v1/chat/completions", KEY, &body).await;
        assert_eq!(status, 200, "{answer}");
        cached.push(answer["usage"]["prompt_tokens_details"]["cached_tokens"].as_u64().unwrap());
        messages.push(json!({ "role": "user", "content": "And a day?" }));
    }
    assert!(cached[1] > cached[0] + 40, "{cached:?}");
    assert_eq!(cached[2], cached[0], "another person's: {cached:?}");
    assert!(cached[3] > cached[0] + 40, "the same person's, in no conversation: {cached:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_has_the_form_that_is_asked_for() {
    let (_folder, server) = start().await;
    let ask = |format: Value| {
        let messages = json!([{ "role": "user", "content": "Score it." }]);
        json!({ "model": "tiny", "messages": messages, "max_tokens": 200, "response_format": format })
    };
    let named = |schema: Value| json!({ "type": "json_schema", "json_schema": { "name": "score", "schema": schema } });
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["points", "why"],
        "properties": {
            "points": { "type": "integer", "minimum": 0, "maximum": 100 },
            "why": { "type": "string", "maxLength": 20 },
        },
    });
    let (status, answer) = post(&server, "/v1/chat/completions", KEY, &ask(named(schema))).await;
    assert_eq!((status, answer["choices"][0]["finish_reason"].as_str()), (200, Some("stop")), "{answer}");
    let written: Value = serde_json::from_str(answer["choices"][0]["message"]["content"].as_str().unwrap()).unwrap();
    assert!(written["points"].as_u64().is_some_and(|points| points <= 100) && written["why"].is_string(), "{written}");

    for wrong in [named(json!({ "type": "nonsense" })), named(json!([])), json!({ "type": "yaml" })] {
        let (status, answer) = post(&server, "/v1/chat/completions", KEY, &ask(wrong)).await;
        assert_eq!(status, 400, "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn embeddings_are_those_of_this_server() {
    let (_folder, server) = start().await;
    let name = server.embedder_name();
    let texts = ["I led the migration.".to_owned(), String::new()];
    let over_wire = client(&server, &name, KEY).embed(&texts).await.unwrap();
    let direct = crate::support::embedder().embed(&texts).await.unwrap();
    for (a, b) in over_wire.iter().zip(&direct) {
        assert!(a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>() > 0.999);
    }
    let (status, one) = post(&server, "/v1/embeddings", KEY, &json!({ "model": name, "input": "one text" })).await;
    assert_eq!((status, one["data"].as_array().unwrap().len()), (200, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_are_said_as_clients_read_them() {
    let (_folder, server) = start().await;
    let error = client(&server, "tiny", "wrong").stream(ask(2)).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Busy);
    let messages = json!([{ "role": "user", "content": "hello" }]);
    let chat = "/v1/chat/completions";
    for (path, key, body, status, code) in [
        (chat, "wrong", json!({}), 401, "invalid_api_key"),
        (chat, KEY, json!({ "model": "gpt-9", "messages": messages }), 404, "model_not_found"),
        (chat, KEY, json!({ "model": "tiny" }), 400, "invalid_request"),
        (chat, KEY, json!({ "model": "tiny", "messages": [] }), 400, "invalid_request"),
        (
            chat,
            KEY,
            json!({ "model": "tiny", "messages": [{ "role": "tool", "content": "x" }] }),
            400,
            "invalid_request",
        ),
        (chat, KEY, json!({ "model": "tiny", "messages": messages, "max_tokens": 100_000 }), 400, "invalid_request"),
        ("/v1/embeddings", KEY, json!({ "model": "tiny", "input": "x" }), 404, "model_not_found"),
        ("/v1/embeddings", KEY, json!({ "model": server.embedder_name(), "input": [] }), 400, "invalid_request"),
    ] {
        let (found, answer) = post(&server, path, key, &body).await;
        assert_eq!((found, &answer["error"]["code"]), (status, &json!(code)), "{body}: {answer}");
        assert!(answer["error"]["message"].as_str().unwrap().len() > 10);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_key_there_is_nothing() {
    let server = Server::start_with("").await;
    let (status, _) = post(&server, "/v1/chat/completions", "", &json!({})).await;
    assert_eq!(status, 403);
    let models = reqwest::get(format!("{}/v1/models", server.address)).await.unwrap();
    assert_eq!(models.status(), 404);
}
