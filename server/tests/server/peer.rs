//! The client of model servers with a real one: llama.cpp's llama-server, which `make peer` builds and
//! names in `LODESTAR_TEST_LLAMA_SERVER`, beside a model with the vocabulary of a published one.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::model::ModelRole;
use inference::openai::{OpenAi, OpenAiOptions};
use inference::{Deadlines, Embedder, Engine, Message, Reason, Request, Schema, whole};
use llama::tiny::{self, Tiny};
use serde_json::{Value, json};
use server::system::SystemRandom;

use crate::support::{embedder, model};

/// A running llama-server; ends when it is dropped.
struct Peer {
    child: Child,
    client: OpenAi,
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts it with the model of `file`, and asks for its key.
async fn start(file: &Path, arguments: &[&str]) -> Peer {
    let program = std::env::var_os("LODESTAR_TEST_LLAMA_SERVER").expect("make peer says where llama-server is");
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut command = Command::new(program);
    command.args(["--host", "127.0.0.1", "--threads", "1", "--ctx-size", "4096", "--api-key", "peer", "--port"]);
    command.arg(port.to_string()).arg("--model").arg(file).args(arguments);
    let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let endpoints = vec![format!("http://127.0.0.1:{port}/v1")];
    let options = OpenAiOptions { endpoints, model: "peer".to_owned(), key: "peer".to_owned() };
    let peer = Peer { child, client: OpenAi::new(options, Arc::new(SystemRandom)).unwrap() };
    let began = Instant::now();
    while peer.client.check().await == 0 {
        assert!(began.elapsed() < Duration::from_secs(30), "llama-server is not ready");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    peer
}

fn ask(max_tokens: u32) -> Request {
    let messages = vec![Message::system("Be brief."), Message::user("What is next?")];
    Request { max_tokens, ..Request::new(ModelRole::Fast, messages, 3) }
}

fn tiny_model() -> (tempfile::TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    tiny::write(&file, Tiny { template: Some(tiny::CHATML), ..Tiny::default() }).unwrap();
    (folder, file)
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs llama-server: make peer"]
async fn llama_server_streams_and_counts() {
    let (_folder, file) = tiny_model();
    let peer = start(&file, &[]).await;
    let (text, end) = whole(peer.client.stream(ask(24)).await.unwrap()).await.unwrap();
    let end = end.unwrap();
    assert!(!text.is_empty() && end.usage.prompt > 5 && end.usage.written > 0 && end.usage.written <= 24, "{end:?}");
    assert!(matches!(end.reason, Reason::Done | Reason::Length));
    let error = peer.client.stream(Request { messages: vec![Message::user("word ".repeat(9_000))], ..ask(8) }).await;
    let error = error.err().unwrap();
    assert!(error.message.contains("too long for the model peer"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs llama-server: make peer"]
async fn llama_server_keeps_to_a_schema() {
    // Its rules need a vocabulary of a published model: with the tiny one it refuses every schema.
    let file = std::env::var_os("LODESTAR_TEST_PEER_MODEL").expect("make peer says which model");
    let peer = start(Path::new(&file), &[]).await;
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["sure", "points"],
        "properties": { "sure": { "type": "boolean" }, "points": { "type": "integer", "minimum": 0, "maximum": 9 } },
    });
    let schema = Schema::new("score", schema).unwrap();
    for seed in 0..5 {
        let request = Request { schema: Some(schema.clone()), seed, ..ask(200) };
        let (text, end) = whole(peer.client.stream(request).await.unwrap()).await.unwrap();
        let value: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text} {end:?}"));
        assert!(value["sure"].is_boolean() && value["points"].is_u64(), "{value}");
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs llama-server: make peer"]
async fn leaving_llama_server_frees_its_place() {
    let (_folder, file) = tiny_model();
    let peer = start(&file, &["--parallel", "1"]).await;
    for _ in 0..20 {
        let mut outputs = peer.client.stream(ask(3_000)).await.unwrap();
        assert!(futures::StreamExt::next(&mut outputs).await.unwrap().is_ok());
    }
    let deadlines = Deadlines { first: Duration::from_secs(5), ..Deadlines::default() };
    let (_, end) = whole(peer.client.stream(Request { deadlines, ..ask(5) }).await.unwrap()).await.unwrap();
    assert!(end.is_some_and(|end| !matches!(end.reason, Reason::Late(_))), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs llama-server: make peer"]
async fn llama_server_embeds_as_we_do() {
    let peer = start(Path::new(&model()), &["--embeddings", "--pooling", "mean", "--ubatch-size", "512"]).await;
    let texts = ["I led the migration of the billing system.", "A cat sat on a mat."].map(str::to_owned);
    let (theirs, ours) = (peer.client.embed(&texts).await.unwrap(), embedder().embed(&texts).await.unwrap());
    for (a, b) in theirs.iter().zip(&ours) {
        let cosine: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        assert!(cosine > 0.999, "{cosine}");
    }
}
