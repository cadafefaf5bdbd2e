//! A model words what the coach says; when it does not, the built-in wording stands.

use std::sync::Arc;
use std::time::Duration;

use crate::support::World;
use domain::interview::{BUILT_IN_COACH, Mode};
use domain::model::Place;
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
async fn whoever_waits_for_the_model_is_told_where_they_stand() {
    let place = |ahead| Place { ahead, seconds: 4 * ahead + 3 };
    let pause = Step::Wait(Duration::from_secs(4));
    let script = vec![Step::Queue(place(1)), pause.clone(), Step::Queue(place(0)), pause, Step::say("Welcome.")];
    let world = World::with_coach(Some(Arc::new(ScriptedEngine::new([script])))).await;
    let (ada, eve) = (world.member("ada@example.org").await, world.member("eve@example.org").await);
    let (id, _) = world.start(&ada, Mode::Real).await;
    let mut seen = Vec::new();
    for _ in 0..300 {
        let place = world.interviews.message_place(&ada, id, 0).await.unwrap();
        seen.extend(place.filter(|place| seen.last() != Some(place)));
        let message = world.interviews.view(&ada, id).await.unwrap().messages.remove(0);
        if !message.pending {
            assert_eq!((message.text.as_str(), message.wording.as_str()), ("Welcome.", "scripted"));
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // Longer than a model may be silent, because it says that others come first.
    assert_eq!(seen, [place(1), place(0)]);
    assert_eq!(world.interviews.message_place(&ada, id, 0).await.unwrap(), None);
    assert_eq!(world.interviews.message_place(&eve, id, 0).await.unwrap_err().kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_keeps_what_was_written_or_else_the_built_in_wording() {
    let slow = Step::Wait(Duration::from_secs(4));
    for (script, wording, text) in [
        (vec![slow.clone(), Step::say("Welcome")], BUILT_IN_COACH, "Hello Ada"),
        (vec![Step::say("Wel"), slow.clone(), Step::say("come")], "scripted", "Wel …"),
    ] {
        let world = World::with_coach(Some(Arc::new(ScriptedEngine::new([script])))).await;
        let ada = world.member("ada@example.org").await;
        let (id, view) = world.start(&ada, Mode::Real).await;
        assert!(view.messages[0].pending);
        // Until something is to be seen.
        let mut words = world.interviews.words(&ada, id, 0).await.unwrap();
        let _ = tokio::time::timeout(Duration::from_millis(300), words.next()).await;
        let message = world.interviews.stop_message(&ada, id, 0).await.unwrap().messages.remove(0);
        assert!(!message.pending && message.wording == wording && message.text.starts_with(text), "{message:?}");
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(world.interviews.view(&ada, id).await.unwrap().messages[0], message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_newest_message_can_be_said_anew_and_stays_if_that_fails() {
    let engine = Arc::new(ScriptedEngine::new([
        vec![Step::say("Welcome.")],
        vec![Step::say("Good to see you.")],
        vec![Step::Fail(Error::new(ErrorKind::Busy, "no"))],
    ]));
    let world = World::with_coach(Some(engine.clone())).await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    assert_eq!(view.model.as_deref(), Some("scripted"));
    let settled = async || {
        for _ in 0..200 {
            let message = world.interviews.view(&ada, id).await.unwrap().messages.remove(0);
            if !message.pending {
                return message.text;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("it is never said");
    };
    assert_eq!(settled().await, "Welcome.");
    let question = view.messages[0].question.clone();
    let again = world.interviews.reword_message(&ada, id, 0).await.unwrap();
    assert!(again.messages[0].pending && again.messages[0].text == "Welcome.");
    assert_eq!(settled().await, "Good to see you.");
    world.interviews.reword_message(&ada, id, 0).await.unwrap();
    assert_eq!(settled().await, "Good to see you.");
    assert_eq!(world.interviews.view(&ada, id).await.unwrap().messages[0].question, question);
    let seeds: Vec<_> = engine.requests().iter().map(|request| request.seed).collect();
    assert!(seeds[0] != seeds[1], "other words are drawn: {seeds:?}");

    let eve = world.member("eve@example.org").await;
    assert_eq!(world.interviews.reword_message(&eve, id, 0).await.unwrap_err().kind, ErrorKind::NotFound);
    world.interviews.skip(&ada, id, 1).await.unwrap();
    assert_eq!(world.interviews.reword_message(&ada, id, 0).await.unwrap_err().kind, ErrorKind::Conflict);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_built_in_coach_says_it_in_one_way() {
    let world = World::new().await;
    let ada = world.member("ada@example.org").await;
    let (id, view) = world.start(&ada, Mode::Real).await;
    assert_eq!(view.model, None);
    assert_eq!(world.interviews.reword_message(&ada, id, 0).await.unwrap_err().kind, ErrorKind::Conflict);
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
