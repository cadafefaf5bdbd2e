//! A model words what the coach says; when it does not, the built-in wording stands.

use std::sync::Arc;
use std::time::Duration;

use crate::support::World;
use domain::interview::{BUILT_IN_COACH, Mode};
use domain::{Error, ErrorKind};
use futures::StreamExt;
use inference::scripted::{ScriptedEngine, Step};

async fn spoken(script: Vec<Step>) -> (String, domain::interview::Message) {
    let engine = Arc::new(ScriptedEngine::new([script]));
    let world = World::with_coach(Some(engine.clone())).await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    let question = view.messages[0].question.clone().unwrap();
    let words: Vec<_> = world.interviews.words(&ada, id, 0).await.unwrap().collect().await;
    assert!(words.concat().ends_with(&question), "the question is always asked");
    assert!(!engine.requests().is_empty());
    // The wording is saved just after its last word was sent.
    for _ in 0..200 {
        if !world.interviews.view(&ada, id).await.unwrap().messages[0].pending {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let message = world.interviews.view(&ada, id).await.unwrap().messages[0].clone();
    assert!(!message.pending);
    assert_eq!(message.question.as_ref(), Some(&question), "and never by the model");
    (words.concat(), message)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_models_words_are_streamed_and_kept() {
    let (words, message) =
        spoken(vec![Step::say("Welcome, "), Step::Wait(Duration::from_millis(50)), Step::say("Ada.")]).await;
    assert!(words.starts_with("Welcome, Ada."), "{words}");
    assert_eq!((message.text.as_str(), message.wording.as_str()), ("Welcome, Ada.", "scripted"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_model_is_replaced() {
    for script in [
        vec![],
        vec![Step::Fail(Error::new(ErrorKind::Busy, "no"))],
        vec![Step::say(" \n\u{7} ...")],
        vec![Step::say("Wel"), Step::Fail(Error::new(ErrorKind::Busy, "no"))],
    ] {
        let (_, message) = spoken(script).await;
        assert!(message.text.starts_with("Hello Ada"), "{}", message.text);
        assert_eq!(message.wording, BUILT_IN_COACH);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_model_is_replaced_after_five_seconds() {
    let started = std::time::Instant::now();
    let (_, message) = spoken(vec![Step::Wait(Duration::from_secs(60)), Step::say("Welcome")]).await;
    assert_eq!(message.wording, BUILT_IN_COACH);
    assert!((5..12).contains(&started.elapsed().as_secs()), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_keeps_the_built_in_wording() {
    let engine =
        Arc::new(ScriptedEngine::new([vec![Step::say("Wel"), Step::Wait(Duration::from_secs(4)), Step::say("come")]]));
    let world = World::with_coach(Some(engine)).await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    assert!(view.messages[0].pending);
    let view = world.interviews.stop_message(&ada, id, 0).await.unwrap();
    assert!(!view.messages[0].pending);
    assert_eq!(view.messages[0].wording, BUILT_IN_COACH);
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(world.interviews.view(&ada, id).await.unwrap().messages[0].wording, BUILT_IN_COACH);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_readers_get_the_same_words() {
    let engine = Arc::new(ScriptedEngine::new([vec![
        Step::say("Welcome, "),
        Step::Wait(Duration::from_millis(200)),
        Step::say("Ada."),
    ]]));
    let world = World::with_coach(Some(engine)).await;
    let ada = world.member("ada@example.org").await;
    let (id, _) = world.start(&ada, Mode::Real).await;
    let read = || async { world.interviews.words(&ada, id, 0).await.unwrap().collect::<Vec<_>>().await.concat() };
    let late = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        read().await
    };
    let (first, second) = tokio::join!(read(), late);
    assert_eq!(first, second);
    assert!(first.starts_with("Welcome, Ada."), "{first}");
}
