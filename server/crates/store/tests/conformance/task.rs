//! Background tasks: claimed once, prolonged, tried again, given up.

use std::collections::HashSet;

use domain::task::{TaskId, TaskState};
use domain::{Result, Timestamp};
use futures::future::BoxFuture;
use store::task::{self, Claimed, NewTask};
use store::{Connection, Store};

use crate::support::{at, id, member, on_both};

on_both! {
    a_task_is_claimed_by_one_and_not_before_its_time
    many_that_claim_at_once_each_get_another_task
    a_claim_is_held_while_it_is_renewed_and_runs_out
    what_is_done_is_gone_and_what_failed_comes_again
    a_task_that_was_given_up_can_be_queued_again
    a_name_has_one_task_at_a_time
    a_cancelled_task_is_lost_to_its_holder
    old_failures_are_removed
    a_task_knows_whose_work_it_is_and_goes_with_them
}

const MINUTE: i64 = 60_000;

async fn change<T, F>(store: &Store, work: F) -> T
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    store.transaction(work).await.unwrap()
}

fn new(due_at: i64, name: Option<&str>) -> NewTask {
    NewTask {
        id: id(),
        owner: None,
        kind: "test",
        payload: "{\"who\":\"Zoë\"}".to_owned(),
        name: name.map(str::to_owned),
        due_at: at(due_at),
        created_at: at(0),
    }
}

async fn queue(store: &Store, task: NewTask) -> bool {
    change(store, move |connection| Box::pin(async move { task::queue(connection, &task).await })).await
}

/// Claims at that time, for a minute.
async fn claim(store: &Store, word: &'static str, now: i64) -> Option<Claimed> {
    change(store, move |connection| Box::pin(task::claim(connection, "test", word, at(now), at(now + MINUTE)))).await
}

async fn renew(store: &Store, id: TaskId, word: &'static str, until: i64) -> bool {
    change(store, move |connection| Box::pin(task::renew(connection, id, word, at(until)))).await
}

async fn fail(store: &Store, id: TaskId, word: &'static str) -> bool {
    change(store, move |connection| Box::pin(task::fail(connection, id, word, "No such address.", at(0)))).await
}

async fn states(store: &Store) -> Vec<(TaskState, u32, Timestamp, Option<String>)> {
    let listed = task::list(&mut store.read().await.unwrap(), 10).await.unwrap();
    listed.into_iter().map(|task| (task.state, task.tries, task.due_at, task.error)).collect()
}

async fn a_task_is_claimed_by_one_and_not_before_its_time(store: Store) {
    let task = new(10, None);
    let wanted = task.id;
    assert!(queue(&store, task).await);
    assert!(claim(&store, "early", 9).await.is_none());
    let due = task::due(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!(due, [("test".to_owned(), at(10))]);
    let claimed = claim(&store, "first", 10).await.unwrap();
    assert_eq!((claimed.id, claimed.payload.as_str(), claimed.tries), (wanted, "{\"who\":\"Zoë\"}", 1));
    assert!(claim(&store, "second", 10).await.is_none());
    let other = change(&store, |connection| Box::pin(task::claim(connection, "other", "x", at(99), at(999)))).await;
    assert!(other.is_none(), "of another kind");
}

async fn many_that_claim_at_once_each_get_another_task(store: Store) {
    for due in 0..20 {
        queue(&store, new(due, None)).await;
    }
    let words = ["a", "b", "c", "d"];
    let claims = words.map(|word| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut got = Vec::new();
            // A claim that comes to nothing because another was faster is tried again, as the runner does.
            while !task::due(&mut store.read().await.unwrap()).await.unwrap().iter().all(|(_, due)| *due > at(20)) {
                got.extend(claim(&store, word, 20).await.map(|claimed| claimed.id));
            }
            got
        })
    });
    let mut all = Vec::new();
    for claim in claims {
        all.extend(claim.await.unwrap());
    }
    let different: HashSet<_> = all.iter().map(ToString::to_string).collect();
    assert_eq!((all.len(), different.len()), (20, 20));
}

async fn a_claim_is_held_while_it_is_renewed_and_runs_out(store: Store) {
    queue(&store, new(0, None)).await;
    let task = claim(&store, "first", 0).await.unwrap();
    assert!(renew(&store, task.id, "first", 2 * MINUTE).await);
    assert!(claim(&store, "second", MINUTE + 1).await.is_none());
    let taken = claim(&store, "second", 2 * MINUTE).await.unwrap();
    assert_eq!((taken.id, taken.tries), (task.id, 2));
    assert!(!renew(&store, task.id, "first", 9 * MINUTE).await, "it is another's now");
    let finish =
        |word: &'static str| change(&store, move |connection| Box::pin(task::finish(connection, task.id, word)));
    assert!(!finish("first").await);
    assert!(finish("second").await);
}

async fn what_is_done_is_gone_and_what_failed_comes_again(store: Store) {
    queue(&store, new(0, None)).await;
    let first = claim(&store, "a", 0).await.unwrap();
    let postpone = |word: &'static str, due: i64, error: Option<&'static str>| {
        change(&store, move |connection| Box::pin(task::postpone(connection, first.id, word, at(due), error)))
    };
    assert!(postpone("a", 5, Some("The server is busy.")).await);
    assert_eq!(states(&store).await, [(TaskState::Queued, 1, at(5), Some("The server is busy.".to_owned()))]);
    assert!(claim(&store, "b", 4).await.is_none());
    assert_eq!(claim(&store, "b", 5).await.unwrap().tries, 2);
    assert!(postpone("b", 50, None).await, "done for now");
    assert_eq!(states(&store).await, [(TaskState::Queued, 0, at(50), None)]);
    claim(&store, "c", 50).await.unwrap();
    assert!(change(&store, move |connection| Box::pin(task::finish(connection, first.id, "c"))).await);
    assert!(states(&store).await.is_empty());
}

async fn a_task_that_was_given_up_can_be_queued_again(store: Store) {
    queue(&store, new(0, None)).await;
    let task = claim(&store, "a", 0).await.unwrap();
    let retry = || change(&store, move |connection| Box::pin(task::retry(connection, task.id, at(7))));
    assert!(retry().await.is_none(), "it is being done");
    assert!(!fail(&store, task.id, "b").await);
    assert!(fail(&store, task.id, "a").await);
    assert!(claim(&store, "c", 9_999_999).await.is_none());
    let counts = task::counts(&mut store.read().await.unwrap()).await.unwrap();
    assert_eq!(counts, [(TaskState::Failed, 1)]);
    assert!(retry().await.is_some() && retry().await.is_none());
    assert_eq!(claim(&store, "c", 7).await.unwrap().tries, 1);
}

async fn a_name_has_one_task_at_a_time(store: Store) {
    assert!(queue(&store, new(0, Some("weekly"))).await);
    assert!(!queue(&store, new(0, Some("weekly"))).await);
    assert!(queue(&store, new(0, Some("daily"))).await);
    let task = claim(&store, "a", 0).await.unwrap();
    assert!(!queue(&store, new(0, Some("weekly"))).await, "also while it is being done");
    fail(&store, task.id, "a").await;
    assert!(queue(&store, new(3, Some("weekly"))).await, "one that was given up makes room");
    assert_eq!(task::list(&mut store.read().await.unwrap(), 10).await.unwrap().len(), 2);
}

async fn a_cancelled_task_is_lost_to_its_holder(store: Store) {
    queue(&store, new(0, None)).await;
    let task = claim(&store, "a", 0).await.unwrap();
    let cancel = || change(&store, move |connection| Box::pin(task::cancel(connection, task.id)));
    let ended = cancel().await.unwrap();
    assert_eq!((ended.kind.as_str(), ended.payload.as_str()), ("test", "{\"who\":\"Zoë\"}"));
    assert!(cancel().await.is_none());
    assert!(!renew(&store, task.id, "a", MINUTE).await);
}

async fn old_failures_are_removed(store: Store) {
    for due in [0, 1] {
        queue(&store, new(due, None)).await;
    }
    let task = claim(&store, "a", 1).await.unwrap();
    fail(&store, task.id, "a").await;
    let trim = |since: i64| change(&store, move |connection| Box::pin(task::trim(connection, at(since))));
    assert_eq!((trim(0).await, trim(1).await), (0, 1));
    assert_eq!(states(&store).await.len(), 1, "what waits stays");
}

async fn a_task_knows_whose_work_it_is_and_goes_with_them(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    for due_at in [0, 1] {
        queue(&store, NewTask { owner: Some(ada), ..new(due_at, None) }).await;
    }
    queue(&store, new(2, None)).await;
    let claimed = claim(&store, "a", 0).await.unwrap();
    assert_eq!(claimed.owner, Some(ada));
    fail(&store, claimed.id, "a").await;
    let again = change(&store, move |connection| Box::pin(task::retry(connection, claimed.id, at(0)))).await.unwrap();
    assert_eq!((again.owner, again.tries), (Some(ada), 0));
    let ended = change(&store, move |connection| Box::pin(task::cancel(connection, claimed.id))).await.unwrap();
    assert_eq!(ended.owner, Some(ada));
    change(&store, move |connection| Box::pin(store::departure::remove_account(connection, ada))).await;
    assert_eq!(states(&store).await.len(), 1, "nobody's task stays");
    assert_eq!(claim(&store, "b", 9).await.unwrap().owner, None);
}
