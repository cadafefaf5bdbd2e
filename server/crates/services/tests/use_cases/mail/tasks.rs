//! Work in the background: done at once, tried again, given up, cancelled, done by one of several.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use domain::ErrorKind;
use domain::account::AccountId;
use domain::event::{Event, Topic};
use domain::task::{MOST_TRIES, TaskState};
use integrations::mail::Undelivered;
use services::tasks::{Done, Tasks, Trouble, Work};
use tokio::sync::Semaphore;

use super::Office;
use crate::support::Counting;

/// Does as each payload says, and notes it.
#[derive(Default)]
struct Noting {
    runs: AtomicU32,
    given_up: Mutex<Vec<String>>,
}

#[async_trait]
impl Work for Noting {
    async fn run(&self, payload: &str) -> Result<Done, Trouble> {
        self.runs.fetch_add(1, Ordering::SeqCst);
        match payload {
            "\"passing\"" => Err(Trouble::Passing("It is busy.".to_owned())),
            "\"lasting\"" => Err(Trouble::Lasting("There is no such thing.".to_owned())),
            _ => Ok(Done::Once),
        }
    }

    async fn given_up(&self, payload: &str, reason: &str) {
        self.given_up.lock().unwrap().push(format!("{payload} {reason}"));
    }
}

async fn noting(office: &Office) -> Arc<Noting> {
    let noting = Arc::new(Noting::default());
    office.tasks.register("note", noting.clone());
    noting
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_queued_is_done_at_once_and_gone() {
    let office = Office::open(false).await;
    let noting = noting(&office).await;
    assert!(office.tasks.queue(office.tasks.task("note", &"well")).await.unwrap());
    office.settled().await;
    assert_eq!((noting.runs.load(Ordering::SeqCst), office.tasks().await.tasks), (1, vec![]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_is_tried_again_until_it_is_given_up() {
    let office = Office::open(false).await;
    let noting = noting(&office).await;
    office.tasks.queue(office.tasks.task("note", &"passing")).await.unwrap();
    for tries in 1..MOST_TRIES {
        office.settled().await;
        let view = office.tasks().await;
        let task = &view.tasks[0];
        assert_eq!((task.state, task.tries, task.error.as_deref()), (TaskState::Queued, tries, Some("It is busy.")));
        assert!(task.due_at > view.now);
        office.clock.advance_hours(6);
    }
    office.settled().await;
    let view = office.tasks().await;
    assert_eq!((view.failed, view.queued, view.tasks[0].tries), (1, 0, MOST_TRIES));
    assert_eq!(*noting.given_up.lock().unwrap(), ["\"passing\" It is busy."]);

    office.tasks.retry(&office.admin(), view.tasks[0].id).await.unwrap();
    office.settled().await;
    assert_eq!(office.tasks().await.tasks[0].tries, 1, "it begins anew");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_done_is_given_up_at_once_and_kept_for_a_month() {
    let office = Office::open(false).await;
    let noting = noting(&office).await;
    office.tasks.queue(office.tasks.task("note", &"lasting")).await.unwrap();
    office.settled().await;
    let view = office.tasks().await;
    assert_eq!((view.failed, view.tasks[0].error.as_deref()), (1, Some("There is no such thing.")));
    assert_eq!(noting.given_up.lock().unwrap().len(), 1);
    assert_eq!(office.tasks.trim().await.unwrap(), 0);
    office.clock.advance_hours(24 * 30 + 1);
    assert_eq!((office.tasks.trim().await.unwrap(), office.tasks().await.failed), (1, 0));
}

/// Works until it is told to end.
struct Slow {
    begun: Semaphore,
    end: Semaphore,
    done: AtomicU32,
}

#[async_trait]
impl Work for Slow {
    async fn run(&self, _payload: &str) -> Result<Done, Trouble> {
        self.begun.add_permits(1);
        self.end.acquire().await.unwrap().forget();
        self.done.fetch_add(1, Ordering::SeqCst);
        Ok(Done::Once)
    }
}

fn slow() -> Arc<Slow> {
    Arc::new(Slow { begun: Semaphore::new(0), end: Semaphore::new(0), done: AtomicU32::new(0) })
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_waits_for_what_runs_and_begins_nothing_more() {
    let office = Office::open(false).await;
    let slow = slow();
    office.tasks.register("slow", slow.clone());
    office.tasks.queue(office.tasks.task("slow", &())).await.unwrap();
    slow.begun.acquire().await.unwrap().forget();
    let (stopping, ends) = (office.tasks.clone(), slow.clone());
    let stopped = tokio::spawn(async move {
        stopping.stop().await;
        ends.done.load(Ordering::SeqCst)
    });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    office.tasks.queue(office.tasks.task("slow", &())).await.unwrap();
    slow.end.add_permits(1);
    assert_eq!(stopped.await.unwrap(), 1);
    assert_eq!(office.tasks().await.queued, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_instance_takes_over_when_the_first_one_is_gone() {
    let office = Office::open(false).await;
    let first = slow();
    office.tasks.register("slow", first.clone());
    office.tasks.queue(office.tasks.task("slow", &())).await.unwrap();
    first.begun.acquire().await.unwrap().forget();

    let other = Tasks::new(
        office.store.clone(),
        office.clock.clone(),
        Arc::new(Counting::starting_at(1_000)),
        office.events.clone(),
    );
    let second = slow();
    other.register("slow", second.clone());
    let running = other.clone();
    tokio::spawn(async move { running.run().await });
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    assert_eq!(second.begun.available_permits(), 0, "it is claimed");

    // The first one does not live to prolong its claim.
    office.clock.advance_hours(1);
    other.wake();
    second.begun.acquire().await.unwrap().forget();
    second.end.add_permits(1);
    other.stop().await;
    assert_eq!((second.done.load(Ordering::SeqCst), office.tasks().await.tasks), (1, vec![]));
    // Should the first one come to its end after all, nothing is left to note.
    first.end.add_permits(1);
    office.tasks.stop().await;
    assert_eq!(office.tasks().await.tasks, []);
}

/// What the person heard of their tasks: names, tries, and whether there is a next try.
async fn heard(office: &Office, owner: AccountId) -> Vec<(String, u64, bool)> {
    office.settled().await;
    // The last event follows a moment after the task is gone.
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    let events = office.events.after(owner, 0).await.unwrap();
    let about = |event: Event| {
        assert_eq!((event.topic, event.data["kind"].as_str()), (Topic::Tasks, Some("send-mail")));
        (event.name, event.data["tries"].as_u64().unwrap(), !event.data["due_at"].is_null())
    };
    events.into_iter().map(about).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn people_hear_how_their_own_tasks_go_and_nothing_of_others() {
    let office = Office::open(true).await;
    noting(&office).await;
    office.tasks.queue(office.tasks.task("note", &"lasting")).await.unwrap();
    let ada = office.member("ada@example.org").await;
    let step = |name: &str, tries, again| (name.to_owned(), tries, again);
    let well = [step("queued", 0, true), step("running", 1, false), step("done", 1, false)];
    assert_eq!(heard(&office, ada.id).await, well);

    office.server.answers.lock().unwrap().push_back(Undelivered::Later("451 later".to_owned()));
    office.server.answers.lock().unwrap().push_back(Undelivered::Never("550 nobody".to_owned()));
    let eve = office.member("eve@example.org").await;
    heard(&office, eve.id).await;
    office.clock.advance_hours(1);
    let failed = [
        step("queued", 0, true),
        step("running", 1, false),
        step("queued", 1, true),
        step("running", 2, false),
        step("failed", 2, false),
    ];
    assert_eq!(heard(&office, eve.id).await, failed);
    let words = office.events.after(eve.id, 0).await.unwrap();
    assert!(words.iter().all(|event| !event.data.to_string().contains("550")), "reasons are for administrators");

    let tasks = office.tasks().await.tasks;
    let task = tasks.iter().find(|task| task.kind == "send-mail").unwrap();
    office.tasks.retry(&office.admin(), task.id).await.unwrap();
    let again = heard(&office, eve.id).await;
    assert_eq!(again[5..], [step("queued", 0, true), step("running", 1, false), step("done", 1, false)]);
    assert_eq!(heard(&office, ada.id).await, well);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_administrators_look_after_tasks() {
    let office = Office::open(false).await;
    noting(&office).await;
    let ada = office.member("ada@example.org").await;
    office.tasks.queue(office.tasks.task("note", &"lasting")).await.unwrap();
    office.settled().await;
    let id = office.tasks().await.tasks[0].id;
    for error in [
        office.tasks.view(&ada).await.unwrap_err(),
        office.tasks.retry(&ada, id).await.unwrap_err(),
        office.tasks.cancel(&ada, id).await.unwrap_err(),
    ] {
        assert_eq!(error.kind, ErrorKind::Forbidden);
    }
    office.tasks.cancel(&office.admin(), id).await.unwrap();
    assert_eq!(office.tasks.cancel(&office.admin(), id).await.unwrap_err().kind, ErrorKind::NotFound);
}
