//! Answers that are kept.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::{Error, ErrorKind};
use futures::StreamExt;
use futures::future::join_all;
use inference::scripted::{ScriptedEngine, Step};
use inference::{Deadline, Deadlines, Output, Reason, Request, Usage};

use super::{Desk, Ending, by, options, request, saying, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_repeat_needs_no_model_and_20_ms_after_a_restart() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let first = text(&*desk.engine(&saying(&[&["Welcome, ", "Zoë 🙂."]])), by(&ada)).await.unwrap();

    let desk = desk.restart(options(&[])).await;
    let model = saying(&[]);
    let engine = desk.engine(&model);
    let mut times = Vec::new();
    for _ in 0..11 {
        let began = Instant::now();
        let outputs: Vec<_> = engine.stream(by(&ada)).await.unwrap().map(Result::unwrap).collect().await;
        times.push(began.elapsed());
        assert_eq!(outputs[0], Output::Text(first.clone()));
        let Output::End(end) = &outputs[1] else { panic!("{outputs:?}") };
        assert_eq!((end.reason, end.usage.prompt, end.usage.reused, end.usage.written), (Reason::Done, 100, 100, 0));
        desk.generation.settled().await;
    }
    times.sort();
    assert!(times[5] < Duration::from_millis(20), "{times:?}");
    assert!(model.requests().is_empty());
    let used = desk.used(&ada).await;
    assert_eq!((used.requests, used.repeats, used.unfinished, used.tokens()), (12, 11, 0, 102), "repeats take nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_shared_between_people_models_or_prompts() {
    let desk = Desk::new(options(&[])).await;
    let (ada, eve) = (desk.member("ada@example.org").await, desk.member("eve@example.org").await);
    let model = saying(&[&["for Ada"], &["for Eve"], &["for nobody"], &["of another prompt"]]);
    let engine = desk.engine(&model);
    let another_prompt = || Request { prompt: "test 2", ..by(&ada) };
    for _ in 0..2 {
        assert_eq!(text(&*engine, by(&ada)).await.unwrap(), "for Ada");
        assert_eq!(text(&*engine, by(&eve)).await.unwrap(), "for Eve");
        assert_eq!(text(&*engine, request("")).await.unwrap(), "for nobody");
        assert_eq!(text(&*engine, another_prompt()).await.unwrap(), "of another prompt");
        desk.generation.settled().await;
    }
    assert_eq!(model.requests().len(), 4);
    let other = desk.generation.engine(saying(&[&["of another model"]]), "scripted 2");
    assert_eq!(text(&*other, by(&ada)).await.unwrap(), "of another model");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_varies_or_belongs_to_no_account_is_not_kept() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    for request in [
        Request { temperature: 0.6, ..by(&ada) },
        Request { conversation: Some("one".to_owned()), ..by(&ada) },
        request("api bob"),
    ] {
        let engine = desk.engine(&saying(&[&["first"], &["second"]]));
        assert_eq!(text(&*engine, request.clone()).await.unwrap(), "first");
        desk.generation.settled().await;
        assert_eq!(text(&*engine, request).await.unwrap(), "second");
    }
    let desk = desk.restart(services::generation::GenerationOptions { kept_bytes: 0, ..options(&[]) }).await;
    let engine = desk.engine(&saying(&[&["first"], &["second"]]));
    assert_eq!(text(&*engine, by(&ada)).await.unwrap(), "first");
    desk.generation.settled().await;
    assert_eq!(text(&*engine, by(&ada)).await.unwrap(), "second", "keeping is switched off");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_complete_answers_are_kept() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let no = || Step::Fail(Error::new(ErrorKind::Busy, "no"));
    let model = Arc::new(ScriptedEngine::new([
        vec![no()],
        vec![Step::say("Wel"), no()],
        vec![],
        vec![Step::say("zero \0")],
        vec![Step::say("Welcome.")],
    ]));
    let engine = desk.engine(&model);
    let mut answers = Vec::new();
    for _ in 0..6 {
        answers.push(text(&*engine, by(&ada)).await.map_err(|error| error.kind));
        desk.generation.settled().await;
    }
    let welcome = || Ok("Welcome.".to_owned());
    let expected =
        [Err(ErrorKind::Busy), Err(ErrorKind::Busy), Ok(String::new()), Ok("zero \0".to_owned()), welcome(), welcome()];
    assert_eq!((answers.as_slice(), model.requests().len()), (&expected[..], 5));

    let asked = || Request { prompt: "test 2", ..by(&ada) };
    for reason in [Reason::Length, Reason::Late(Deadline::Idle)] {
        let engine = desk.engine(&Ending::new(reason, Usage::default()));
        assert_eq!(text(&*engine, asked()).await.unwrap(), "words");
        desk.generation.settled().await;
        let error = text(&*desk.engine(&saying(&[])), asked()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Busy, "the model is asked again");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn equal_requests_at_the_same_time_share_one_run() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let wait = Step::Wait(Duration::from_millis(100));
    let model = Arc::new(ScriptedEngine::new([vec![Step::say("Wel"), wait, Step::say("come.")]]));
    let engine = desk.engine(&model);
    let answers = join_all((0..8).map(|_| text(&*engine, by(&ada)))).await;
    assert!(answers.iter().all(|answer| answer.as_deref() == Ok("Welcome.")), "{answers:?}");
    let used = desk.used(&ada).await;
    assert_eq!((model.requests().len(), used.requests, used.repeats, used.written), (1, 8, 7, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_a_run_that_is_given_up_gets_one() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let model = Arc::new(ScriptedEngine::new([
        vec![Step::say("Wel"), Step::Wait(Duration::from_secs(60))],
        vec![Step::say("Hi.")],
    ]));
    let engine = desk.engine(&model);
    let mut first = engine.stream(by(&ada)).await.unwrap();
    assert_eq!(first.next().await.unwrap().unwrap().text().as_deref(), Some("Wel"));

    let deadlines = Deadlines { first: Duration::from_millis(50), ..Deadlines::default() };
    let error = text(&*engine, Request { deadlines, ..by(&ada) }).await.unwrap_err();
    assert!(error.kind == ErrorKind::Busy && error.message.contains("same request"), "{error}");

    let second = tokio::spawn({
        let (engine, request) = (engine.clone(), by(&ada));
        async move { text(&*engine, request).await }
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(model.requests().len(), 1, "it waits");
    drop(first);
    assert_eq!(second.await.unwrap().as_deref(), Ok("Hi."));
    let deadlines = model.requests()[1].deadlines;
    assert!(deadlines.first < Deadlines::default().first, "what it waited is not waited again: {deadlines:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_nobody_asks_for_again_are_removed() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let model = saying(&[&["one"], &["two"], &["one again"]]);
    let engine = desk.engine(&model);
    let other = || Request { prompt: "test 2", ..by(&ada) };
    text(&*engine, by(&ada)).await.unwrap();
    text(&*engine, other()).await.unwrap();
    desk.generation.settled().await;
    desk.clock.advance_hours(24 * 60);
    assert_eq!(text(&*engine, other()).await.unwrap(), "two");
    desk.generation.settled().await;
    desk.clock.advance_hours(24 * 31);
    assert_eq!((desk.generation.trim().await.unwrap(), desk.generation.trim().await.unwrap()), (1, 0));
    assert_eq!(text(&*engine, other()).await.unwrap(), "two", "it was used since");
    assert_eq!(text(&*engine, by(&ada)).await.unwrap(), "one again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_gone_costs_no_answer() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let engine = desk.engine(&saying(&[&["Welcome."]]));
    desk.store.close().await;
    assert_eq!(text(&*engine, by(&ada)).await.unwrap(), "Welcome.");
    desk.generation.settled().await;
}
