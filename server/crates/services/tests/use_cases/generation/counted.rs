//! What is counted, and how far quotas reach.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use domain::ErrorKind;
use domain::account::Standing;
use domain::generation::Consumption;
use domain::interview::{BUILT_IN_COACH, Mode};
use futures::StreamExt;
use inference::scripted::{ScriptedEngine, Step};
use inference::{Deadline, Engine, Outputs, Reason, Request, Usage};

use super::{Desk, Ending, by, options, request, saying, text};
use crate::support::World;

/// A request that is not kept, so that every one counts.
fn varying(request: Request) -> Request {
    Request { temperature: 0.6, ..request }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_engine_counted_is_counted() {
    let desk = Desk::new(options(&[])).await;
    let (ada, eve) = (desk.member("ada@example.org").await, desk.member("eve@example.org").await);
    let usage = Usage { prompt: 30, reused: 10, written: 5, ..Usage::default() };
    for reason in [Reason::Done, Reason::Length, Reason::Late(Deadline::Total)] {
        text(&*desk.engine(&Ending::new(reason, usage)), varying(by(&ada))).await.unwrap();
    }
    let used = desk.used(&ada).await;
    assert_eq!(used, Consumption { requests: 3, repeats: 0, unfinished: 1, prompt: 90, reused: 30, written: 15 });
    assert_eq!((used.tokens(), desk.used(&eve).await), (75, Consumption::default()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_of_a_dropped_answer_is_counted_once() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let script = vec![Step::say("a "), Step::say("b "), Step::Wait(Duration::from_secs(60)), Step::say("c")];
    let engine = desk.engine(&Arc::new(ScriptedEngine::new([script.clone(), script])));
    let mut outputs = engine.stream(by(&ada)).await.unwrap();
    for _ in 0..2 {
        outputs.next().await.unwrap().unwrap();
    }
    drop(outputs);
    let expected = Consumption { requests: 1, unfinished: 1, prompt: 100, written: 2, ..Consumption::default() };
    assert_eq!(desk.used(&ada).await, expected);

    drop(engine.stream(by(&ada)).await.unwrap());
    let expected = Consumption { requests: 2, unfinished: 2, ..expected };
    assert_eq!(desk.used(&ada).await, expected, "of what was not begun no tokens are known");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_dropped_after_its_end_counts_once() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let engine = desk.engine(&Ending::new(Reason::Done, Usage { prompt: 3, written: 1, ..Usage::default() }));
    let mut outputs = engine.stream(varying(by(&ada))).await.unwrap();
    while outputs.next().await.is_some() {}
    drop(outputs);
    let used = desk.used(&ada).await;
    assert_eq!((used.requests, used.unfinished, used.tokens()), (1, 0, 4));
}

/// Takes requests and never begins to answer.
struct Silent;

#[async_trait]
impl Engine for Silent {
    fn name(&self) -> &str {
        "silent"
    }

    async fn stream(&self, _request: Request) -> domain::Result<Outputs> {
        futures::future::pending().await
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_gives_up_before_the_first_word_and_who_is_refused_is_counted() {
    let desk = Desk::new(options(&[])).await;
    let ada = desk.member("ada@example.org").await;
    let silent = desk.engine(&Arc::new(Silent));
    assert!(tokio::time::timeout(Duration::from_millis(50), text(&*silent, by(&ada))).await.is_err());
    assert_eq!(text(&*desk.engine(&saying(&[])), by(&ada)).await.unwrap_err().kind, ErrorKind::Busy);
    let expected = Consumption { requests: 2, unfinished: 2, ..Consumption::default() };
    assert_eq!(desk.used(&ada).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quota_ends_with_its_last_token_and_begins_with_the_day() {
    // Each answer takes 102 tokens: 100 read, 2 written.
    let desk = Desk::new(options(&[("standard", 204)])).await;
    let (ada, eve) = (desk.member("ada@example.org").await, desk.member("eve@example.org").await);
    let model = saying(&[&["a", "b"][..]; 9]);
    let engine = desk.engine(&model);
    let ask = async |person: &domain::account::Viewer| {
        let answer = text(&*engine, varying(by(person))).await;
        desk.generation.settled().await;
        answer.map(|_| ())
    };
    text(&*engine, by(&ada)).await.unwrap();
    desk.generation.settled().await;
    assert_eq!(desk.generation.today(&ada).await.unwrap().left(), Some(102));
    ask(&ada).await.unwrap();

    let error = ask(&ada).await.unwrap_err();
    assert_eq!((error.kind.status(), model.requests().len()), (429, 2), "the model is not asked");
    assert!(error.message.contains("204 tokens") && error.message.contains("00:00 UTC"), "{error}");
    assert_eq!(text(&*engine, by(&ada)).await.as_deref(), Ok("ab"), "a kept answer takes nothing");
    ask(&eve).await.unwrap();
    text(&*engine, request("api bob")).await.unwrap();

    desk.clock.advance_hours(23);
    assert_eq!(ask(&ada).await.unwrap_err().kind, ErrorKind::TooMany);
    let mut across = engine.stream(varying(by(&eve))).await.unwrap();
    desk.clock.advance_hours(1);
    while across.next().await.is_some() {}
    assert_eq!(desk.used(&eve).await, Consumption::default(), "it counts for the day on which it began");
    ask(&ada).await.unwrap();
    assert_eq!(desk.used(&ada).await.tokens(), 102);
}

#[tokio::test(flavor = "multi_thread")]
async fn plans_have_quotas_of_their_own() {
    let desk = Desk::new(options(&[("standard", 100), ("school", 0)])).await;
    let ada = desk.member("ada@example.org").await;
    let engine = desk.engine(&saying(&[&["a"][..]; 3]));
    let ask = async || text(&*engine, varying(by(&ada))).await.map_err(|error| error.kind);
    assert!(ask().await.is_ok());
    desk.generation.settled().await;
    assert_eq!(ask().await, Err(ErrorKind::TooMany));
    let error = desk.generation.change_plan("ada@example.org", "scool").await.unwrap_err();
    assert!(error.kind == ErrorKind::Invalid && error.message.contains("standard, school"), "{error}");
    let nobody = desk.generation.change_plan("eve@example.org", "school").await.unwrap_err();
    assert_eq!(nobody.kind, ErrorKind::NotFound);
    desk.generation.change_plan("Ada@example.org", "school").await.unwrap();
    assert!(ask().await.is_ok());
    let today = desk.generation.today(&ada).await.unwrap();
    assert_eq!((today.plan.as_str(), today.limit), ("school", None));
}

#[tokio::test(flavor = "multi_thread")]
async fn administrators_see_the_sums_by_feature_model_and_day() {
    let desk = Desk::new(options(&[])).await;
    let (ada, eve) = (desk.member("ada@example.org").await, desk.member("eve@example.org").await);
    let engine = desk.engine(&saying(&[&["a"], &["b"], &["c"]]));
    for request in [by(&ada), Request { feature: "api", ..request("api bob") }] {
        text(&*engine, request).await.unwrap();
    }
    desk.clock.advance_hours(24);
    text(&*engine, by(&eve)).await.unwrap();
    desk.generation.settled().await;
    assert_eq!(desk.generation.daily_use(&ada, 7).await.unwrap_err().kind, ErrorKind::Forbidden);
    let admin = domain::account::Viewer { standing: Standing::Admin, ..ada };
    let rows = desk.generation.daily_use(&admin, 7).await.unwrap();
    let shown: Vec<_> =
        rows.iter().map(|row| (row.day.day(), row.feature.as_str(), row.consumption.tokens())).collect();
    let day = |day: &str| day.to_owned();
    assert_eq!(
        shown,
        [(day("21 Nov 2026"), "test", 101), (day("20 Nov 2026"), "api", 101), (day("20 Nov 2026"), "test", 101)]
    );
    assert!(rows.iter().all(|row| row.model == "scripted"));
    assert_eq!(desk.generation.daily_use(&admin, 0).await.unwrap(), rows[..1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interview_goes_on_when_the_quota_is_used_up() {
    let desk = Desk::new(options(&[("standard", 1)])).await;
    let model = saying(&[&["Welcome, Ada."], &["Never said."]]);
    let engine = desk.engine(&model);
    let Desk { folder, store, clock, generation, .. } = desk;
    let world = World::over(folder, store, clock, Some(engine));
    let ada = world.member("ada@example.org").await;
    let mut wordings = Vec::new();
    for _ in 0..2 {
        let (id, _) = world.start(&ada, Mode::Real).await;
        let words: String = world.interviews.words(&ada, id, 0).await.unwrap().collect::<Vec<_>>().await.concat();
        let mut message = world.interviews.view(&ada, id).await.unwrap().messages[0].clone();
        while message.pending {
            tokio::time::sleep(Duration::from_millis(10)).await;
            message = world.interviews.view(&ada, id).await.unwrap().messages[0].clone();
        }
        assert!(words.starts_with(&message.text), "{words}");
        wordings.push(message.wording);
        generation.settled().await;
    }
    assert_eq!((wordings, model.requests().len()), (vec!["scripted".to_owned(), BUILT_IN_COACH.to_owned()], 1));
    let asked = &model.requests()[0];
    assert_eq!((asked.person.as_str(), asked.feature), (ada.id.to_string().as_str(), "interview"));
    let used = generation.today(&ada).await.unwrap();
    assert_eq!((used.consumption.requests, used.consumption.written, used.left()), (1, 1, Some(0)));
}
