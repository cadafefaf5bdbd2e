//! Models in a process of their own, which may end at any time.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use domain::ErrorKind;
use domain::model::ModelRole;
use futures::StreamExt;
use inference::isolated::Isolated;
use inference::{Deadlines, Engine, Hosted, Message, Output, Outputs, Reason, Request, Schema};
use llama::tiny::{self, Tiny};
use llama::{Chat, ChatOptions};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::{embedder, model};

/// How soon a process that ended must be back.
const BACK: Duration = Duration::from_secs(5);

/// A folder with a model that says random things.
fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    tiny::write(&file, Tiny::default()).unwrap();
    (folder, file)
}

/// The program, set up with the models.
fn program(fast: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lodestar"));
    command
        .env("LODESTAR_MODELS__FAST", fast)
        .env("LODESTAR_MODELS__EMBEDDING", model())
        .env("LODESTAR_MODELS__THREADS", "1")
        .env("LODESTAR_LOG__LEVEL", "warn")
        .kill_on_drop(true);
    command
}

async fn start(fast: PathBuf) -> domain::Result<Isolated> {
    Isolated::start(move |socket| {
        let mut command = program(&fast);
        command.arg("engine").arg("--socket").arg(socket);
        command
    })
    .await
}

fn ask(max_tokens: u32) -> Request {
    let messages = vec![Message::system("Be brief."), Message::user("What is next?")];
    Request { max_tokens, temperature: 0.0, ..Request::new(ModelRole::Fast, messages, 3) }
}

async fn text(mut outputs: Outputs) -> domain::Result<String> {
    let mut text = String::new();
    while let Some(output) = outputs.next().await {
        match output? {
            Output::Waiting(_) => {}
            Output::Text(piece) => text.push_str(&piece),
            Output::End(_) => return Ok(text),
        }
    }
    panic!("no end after {text}");
}

/// The model of `file` in `process`.
fn engine(process: &Isolated, file: &Path) -> Hosted {
    Hosted { host: process.host(), model: file.display().to_string(), name: "tiny".to_owned() }
}

fn kill(process: u32) {
    let killed = std::process::Command::new("kill").args(["-KILL", &process.to_string()]).status().unwrap();
    assert!(killed.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_and_embeds_what_the_models_do() {
    let (_folder, file) = folder();
    let process = start(file.clone()).await.unwrap();
    let engine = engine(&process, &file);
    let chat = Chat::open("tiny", &file, ChatOptions { threads: 1, ..ChatOptions::default() }).unwrap();
    assert_eq!(engine.name(), "tiny");
    let there = text(engine.stream(ask(40)).await.unwrap()).await.unwrap();
    assert_eq!(there, text(chat.stream(ask(40)).await.unwrap()).await.unwrap());

    let schema = Schema::new("word", json!({"enum": ["yes\n", "no"]})).unwrap();
    let request = Request { schema: Some(schema), temperature: f32::NAN, ..ask(40) };
    let answer = text(engine.stream(request).await.unwrap()).await.unwrap();
    assert!(["\"yes\\n\"", "\"no\""].contains(&answer.as_str()), "{answer}");

    let texts = ["I led the migration.\nIt took a week.".to_owned(), String::new()];
    let vectors = process.embedder().embed(&texts).await.unwrap();
    let same = embedder().embed(&texts).await.unwrap();
    for (a, b) in vectors.iter().zip(&same) {
        let cosine: f32 = a.iter().zip(b).map(|(x, y)| x * y).sum();
        assert!(cosine > 0.999, "{cosine}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_keeps_its_kind_and_words() {
    let (_folder, file) = folder();
    let process = start(file.clone()).await.unwrap();
    let error = engine(&process, &file).stream(ask(1_000_000)).await.err().unwrap();
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert!(error.message.contains("too long for the model tiny"), "{}", error.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_is_back_soon_and_the_interrupted_are_told() {
    let (_folder, file) = folder();
    let process = start(file.clone()).await.unwrap();
    let (engine, embedder) = (engine(&process, &file), process.embedder());
    for round in 1..=3 {
        let mut outputs = engine.stream(ask(4_000)).await.unwrap();
        assert!(outputs.next().await.unwrap().is_ok());
        let (before, began) = (process.process(), Instant::now());
        kill(before);
        let error = loop {
            match outputs.next().await {
                Some(Ok(Output::Text(_))) => {}
                Some(Err(error)) => break error,
                other => panic!("the stream must end with an error, not {other:?}"),
            }
        };
        assert_eq!(error.kind, ErrorKind::Busy, "what is busy may be tried again");
        assert!(outputs.next().await.is_none(), "nothing follows an error");
        // Those who come now wait for it.
        let vectors = embedder.embed(&["back".to_owned()]).await.unwrap();
        assert_eq!(vectors.len(), 1);
        assert!(!text(engine.stream(ask(20)).await.unwrap()).await.unwrap().is_empty());
        assert!(began.elapsed() < BACK, "back after {:?}", began.elapsed());
        assert_ne!(process.process(), before);
        assert_eq!(process.restarts(), round);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_ends_the_work_there() {
    let (_folder, file) = folder();
    let process = start(file.clone()).await.unwrap();
    let engine = engine(&process, &file);
    for _ in 0..60 {
        let mut outputs = engine.stream(ask(4_000)).await.unwrap();
        assert!(outputs.next().await.unwrap().is_ok());
    }
    let deadlines = Deadlines { first: Duration::from_secs(2), ..Deadlines::default() };
    let mut outputs = engine.stream(Request { deadlines, ..ask(5) }).await.unwrap();
    let mut end = None;
    while let Some(output) = outputs.next().await {
        end = Some(output.unwrap());
    }
    assert!(matches!(end, Some(Output::End(end)) if end.reason != Reason::Late(inference::Deadline::First)), "{end:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_cannot_start_is_an_error() {
    let error = Isolated::start(|socket| {
        let mut command = program(Path::new(""));
        command.env("LODESTAR_MODELS__EMBEDDING", "/nowhere/model.gguf").arg("engine").arg("--socket").arg(socket);
        command
    });
    let error = error.await.unwrap_err();
    assert!(error.message.contains("did not start"), "{}", error.message);
    let error = Isolated::start(|_| Command::new("/nowhere/program")).await.unwrap_err();
    assert!(error.message.contains("did not start"), "{}", error.message);
}

#[tokio::test(flavor = "multi_thread")]
async fn models_are_loaded_and_unloaded_there() {
    let (_folder, file) = folder();
    let process = start(file.clone()).await.unwrap();
    let host = process.host();
    let model = file.display().to_string();
    assert_eq!(host.loaded().await.unwrap(), []);
    text(engine(&process, &file).stream(ask(5)).await.unwrap()).await.unwrap();
    let loaded = host.loaded().await.unwrap();
    assert_eq!((loaded.len(), &loaded[0].model, loaded[0].figures.requests), (1, &model, 1));
    assert!(loaded[0].memory > file.metadata().unwrap().len() && loaded[0].figures.written > 0, "{loaded:?}");
    host.unload(&model).await.unwrap();
    assert_eq!(host.loaded().await.unwrap(), []);
    let error = host.load("/nowhere/model.gguf").await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn it_ends_with_whoever_started_it() {
    let (folder, file) = folder();
    let socket = folder.path().join("engine");
    let mut child = program(&file).arg("engine").arg("--socket").arg(&socket).stdin(Stdio::piped()).spawn().unwrap();
    while !socket.exists() {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    drop(child.stdin.take());
    let exit = tokio::time::timeout(Duration::from_secs(5), child.wait()).await.expect("it ends").unwrap();
    assert!(exit.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_stand_while_the_models_fall() {
    let (folder, file) = folder();
    let site = folder.path().join("site/pkg");
    std::fs::create_dir_all(&site).unwrap();
    let mut server = program(&file)
        .arg("serve")
        .env("LODESTAR_INFERENCE__ISOLATE", "true")
        .env("LODESTAR_INFERENCE__SERVE_KEY", "key")
        .env("LODESTAR_HTTP__ADDR", "127.0.0.1:0")
        .env("LODESTAR_HTTP__SITE_DIR", site.parent().unwrap())
        .env("LODESTAR_DATA__DIR", folder.path().join("data"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = loop {
        let line = lines.next_line().await.unwrap().expect("the server says where it is");
        if let Some((_, address)) = line.split_once("ready at ") {
            break address.trim().to_owned();
        }
    };
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = reqwest::Client::new();
    let post = |max_tokens: u32, stream: bool| {
        let messages = json!([{ "role": "user", "content": "Go on." }]);
        let asked = json!({ "model": "tiny", "messages": messages, "max_tokens": max_tokens, "stream": stream });
        client.post(format!("{address}/v1/chat/completions")).bearer_auth("key").json(&asked).send()
    };
    let mut stream = post(3_500, true).await.unwrap();
    let mut heard = String::new();
    while heard.matches("content").count() < 5 {
        heard.push_str(&String::from_utf8_lossy(&stream.chunk().await.unwrap().expect("it streams")));
    }
    let began = Instant::now();
    kill(child_of(server.id().unwrap()));
    let mut rest = String::new();
    while let Some(chunk) = stream.chunk().await.unwrap() {
        rest.push_str(&String::from_utf8_lossy(&chunk));
    }
    assert!(rest.contains("\"error\"") && rest.contains("try again"), "{rest}");
    let page = client.get(format!("{address}/health/live")).send().await.unwrap();
    assert_eq!(page.status().as_u16(), 200);
    let again = post(5, false).await.unwrap();
    assert_eq!(again.status().as_u16(), 200, "{}", again.text().await.unwrap());
    assert!(began.elapsed() < BACK, "back after {:?}", began.elapsed());
}

/// The one process that `parent` has started.
fn child_of(parent: u32) -> u32 {
    let listed = std::process::Command::new("ps").args(["-o", "pid=", "--ppid", &parent.to_string()]).output().unwrap();
    String::from_utf8_lossy(&listed.stdout).trim().parse().expect("it has one child")
}
