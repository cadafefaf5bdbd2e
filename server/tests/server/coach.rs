//! A real model words what the coach says, from a GGUF file to the saved message.

use std::sync::Arc;
use std::time::Duration;

use domain::interview::{BUILT_IN_COACH, JobRole, Kind, Level, Mode, Setup};
use futures::StreamExt;
use inference::scripted::ScriptedEmbedder;
use llama::tiny::Tiny;
use llama::{Chat, ChatOptions};
use server::system::{SystemClock, SystemRandom};
use services::account::Accounts;
use services::interview::{Interviews, Models};
use store::Store;

#[tokio::test(flavor = "multi_thread")]
async fn a_model_of_random_weights_is_heard_and_the_question_is_still_asked() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tiny.gguf");
    llama::tiny::write(&file, Tiny::default()).unwrap();
    let coach = Arc::new(Chat::open("tiny", &file, ChatOptions::default()).unwrap());
    let store = Store::connect(&format!("sqlite:{}", folder.path().join("test.sqlite").display())).await.unwrap();
    store.migrate().await.unwrap();
    let accounts = Accounts::new(store.clone(), Arc::new(SystemClock), Arc::new(SystemRandom));
    let signed_in = accounts.register("Ada", "ada@example.org", "Correct-Horse-7").await.unwrap();
    let ada = accounts.viewer(signed_in).await.unwrap().unwrap();
    let models = Models { embedder: Arc::new(ScriptedEmbedder), coach: Some(coach) };
    let interviews = Interviews::new(store, Arc::new(SystemClock), Arc::new(SystemRandom), knowledge::bank(), models);

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
