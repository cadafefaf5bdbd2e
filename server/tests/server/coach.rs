//! A real model words what the coach says, from a GGUF file to the saved message.

use std::sync::Arc;
use std::time::Duration;

use domain::interview::{BUILT_IN_COACH, JobRole, Kind, Level, Mode, Setup};
use domain::model::ModelRole;
use futures::StreamExt;
use inference::scripted::ScriptedEmbedder;
use inference::{Engine, Message, Output, Reason, Request, Roles, Schema, Usage};
use llama::tiny::Tiny;
use llama::{Chat, ChatOptions};
use server::compose::Lodestar;
use server::config::Config;
use server::system::{SystemClock, SystemRandom};
use services::account::Accounts;
use services::events::Events;
use services::interview::{Interviews, Models};
use store::Store;

use crate::support::{HERE, audit, unlimited};

#[tokio::test(flavor = "multi_thread")]
async fn a_model_of_random_weights_is_heard_and_the_question_is_still_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    llama::tiny::write(&file, Tiny::default()).unwrap();
    let coach = Arc::new(Chat::open("tiny", &file, ChatOptions::default()).unwrap());
    let store = Store::connect(&format!("sqlite:{}", folder.path().join("test.sqlite").display())).await.unwrap();
    store.migrate().await.unwrap();
    let accounts =
        Accounts::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom), unlimited(&store), audit(&store));
    let signed_in = accounts.register("Ada", "ada@example.org", "Correct-Horse-7", HERE).await.unwrap();
    let ada = accounts.viewer(signed_in).await.unwrap().unwrap();
    let coach: Arc<dyn Engine> = coach;
    let models = Models { embedder: Arc::new(ScriptedEmbedder), roles: Roles::all(&coach) };
    let interviews = Interviews::new(
        store.clone(),
        Arc::new(SystemClock),
        Arc::new(SystemRandom),
        knowledge::bank(),
        models,
        unlimited(&store),
        Events::new(store.clone(), Arc::new(SystemClock)),
    );

    let setup = Setup {
        role: JobRole::Devops,
        level: Level::Mid,
        kind: Kind::Mixed,
        mode: Mode::Real,
        questions: 3,
        job_description: None,
    };
    let mut worded = 0;
    for _ in 0..3 {
        let id = interviews.start(&ada, setup.clone()).await.unwrap();
        let question = interviews.view(&ada, id).await.unwrap().messages[0].question.clone().unwrap();
        let words: Vec<_> = interviews.words(&ada, id, 0).await.unwrap().collect().await;
        assert!(words.concat().ends_with(&question));
        let mut message = interviews.view(&ada, id).await.unwrap().messages[0].clone();
        while message.pending {
            tokio::time::sleep(Duration::from_millis(20)).await;
            message = interviews.view(&ada, id).await.unwrap().messages[0].clone();
        }
        assert_eq!(message.question.as_ref(), Some(&question));
        // Random weights say random things; what has nothing to read in it gives way.
        match message.wording.as_str() {
            "tiny" => {
                worded += 1;
                assert!(message.text.chars().any(char::is_alphanumeric));
                assert!(words.concat().contains(message.text.split_whitespace().next().unwrap()));
            }
            other => assert!(other == BUILT_IN_COACH && message.text.starts_with("Hello Ada")),
        }
    }
    assert!(worded > 0, "the model was heard");
}

/// The program in `folder` with the model `tiny.gguf` there, keeping this many megabytes of answers.
async fn program(folder: &tempfile::TempDir, cache_megabytes: u32) -> Lodestar {
    let text = format!(
        "[data]\ndir = {data:?}\n[models]\nembedding = {embedding:?}\nfast = {fast:?}\n[inference]\nisolate = false\ncache_megabytes = {cache_megabytes}",
        data = folder.path().join("data"),
        embedding = crate::support::model(),
        fast = folder.path().join("tiny.gguf"),
    );
    Lodestar::compose(&Config::parse(&text, "test.toml".as_ref(), []).unwrap()).await.unwrap()
}

/// Asks the program's model, and stops the program.
async fn run_once(lodestar: Lodestar, request: Request) -> (String, Usage) {
    let outputs = lodestar.models.roles().get(ModelRole::Fast).unwrap().stream(request).await.unwrap();
    let outputs: Vec<_> = outputs.map(Result::unwrap).collect().await;
    let Some(Output::End(end)) = outputs.last().cloned() else { panic!("{outputs:?}") };
    assert_eq!(end.reason, Reason::Done);
    lodestar.generation.settled().await;
    lodestar.store.close().await;
    (outputs.into_iter().filter_map(Output::text).collect(), end.usage)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repeatable_request_has_the_same_answer_kept_or_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    llama::tiny::write(&file, Tiny::default()).unwrap();
    let lodestar = program(&folder, 64).await;
    let signed_in = lodestar.accounts.register("Ada", "ada@example.org", "Correct-Horse-7", HERE).await.unwrap();
    let words = ["plan", "practice", "people", "measure", "data", "team"];
    let list = serde_json::json!({
        "type": "array", "minItems": 12, "maxItems": 12, "items": { "enum": words },
    });
    let messages = vec![Message::system("Be brief."), Message::user("How do I plan a week?")];
    let request = Request {
        temperature: 0.0,
        person: signed_in.account.to_string(),
        schema: Some(Schema::new("words", list).unwrap()),
        ..Request::new(ModelRole::Fast, messages, 1)
    };
    let (first, usage) = run_once(lodestar, request.clone()).await;
    assert!(usage.written > 12, "{usage:?}");

    let (kept, usage) = run_once(program(&folder, 64).await, request.clone()).await;
    assert_eq!((kept.as_str(), usage.written, usage.reused), (first.as_str(), 0, usage.prompt));

    let (replayed, usage) = run_once(program(&folder, 0).await, request.clone()).await;
    assert!(replayed == first && usage.written > 12, "{replayed} {first} {usage:?}");

    llama::tiny::write(&file, Tiny { seed: 7, ..Tiny::default() }).unwrap();
    let (_, usage) = run_once(program(&folder, 64).await, request).await;
    assert!(usage.written > 12, "another file of the same name is another model: {usage:?}");
}
