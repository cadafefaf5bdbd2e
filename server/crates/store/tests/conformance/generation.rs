//! What was used in tokens, and kept answers.

use domain::account::{AccountId, Email};
use domain::generation::Consumption;
use domain::{Result, Timestamp};
use store::generation::{self, Answer, Use};
use store::{Store, account};

use crate::support::{at, id, member, on_both};

on_both! {
    use_adds_up_by_person_day_feature_and_model
    use_of_removed_accounts_and_programs_is_counted_without_a_name
    accounts_have_the_standard_plan_until_they_get_another
    answers_come_back_to_whom_they_are_about
    the_first_answer_stays
    answers_unused_longest_are_removed
    forgetting_a_person_keeps_the_sums
}

const DAY: i64 = 86_400_000;

fn consumption(prompt: u64, written: u64) -> Consumption {
    Consumption { requests: 1, repeats: 0, unfinished: 1, prompt, reused: 2, written }
}

async fn add(store: &Store, owner: Option<AccountId>, day: Timestamp, feature: &str, tokens: (u64, u64)) {
    let (feature, model) = (feature.to_owned(), "model".to_owned());
    let used = Use { day, owner, feature, model, consumption: consumption(tokens.0, tokens.1) };
    let add =
        store.transaction(move |connection| Box::pin(async move { generation::add_use(connection, &used).await }));
    add.await.unwrap();
}

async fn used_on(store: &Store, owner: AccountId, day: Timestamp) -> Consumption {
    generation::used_on(&mut store.read().await.unwrap(), owner, day).await.unwrap()
}

fn answer(text: &str) -> Answer {
    Answer { text: text.to_owned(), prompt: 12 }
}

async fn keep(store: &Store, owner: Option<AccountId>, request: &'static str, text: &str, now: Timestamp) {
    let answer = answer(text);
    let keep = store.transaction(move |connection| {
        Box::pin(async move { generation::keep_answer(connection, owner, request, &answer, now).await })
    });
    keep.await.unwrap();
}

async fn kept(store: &Store, owner: Option<AccountId>, request: &str) -> Option<Answer> {
    generation::answer(&mut store.read().await.unwrap(), owner, request).await.unwrap()
}

/// Removes an account as a later feature will: the tables that refer to it follow.
async fn remove(store: &Store, owner: AccountId) -> Result<()> {
    let remove = store.transaction(move |connection| {
        Box::pin(async move {
            let delete = sqlx::query("DELETE FROM accounts WHERE id = $1").bind(owner.to_string());
            delete.execute(connection).await.unwrap();
            Ok(())
        })
    });
    remove.await
}

async fn use_adds_up_by_person_day_feature_and_model(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    assert_eq!(used_on(&store, ada, at(0)).await, Consumption::default());
    add(&store, Some(ada), at(0), "interview", (100, 10)).await;
    add(&store, Some(ada), at(0), "interview", (50, 5)).await;
    add(&store, Some(ada), at(0), "roadmap", (7, 1)).await;
    add(&store, Some(ada), at(DAY), "interview", (1_000, 0)).await;
    add(&store, Some(eve), at(0), "interview", (3_000_000_000, 4)).await;
    let expected = Consumption { requests: 3, repeats: 0, unfinished: 3, prompt: 157, reused: 6, written: 16 };
    assert_eq!(used_on(&store, ada, at(0)).await, expected);
    assert_eq!(used_on(&store, eve, at(DAY)).await, Consumption::default());

    let all = generation::used_since(&mut store.read().await.unwrap(), at(0)).await.unwrap();
    let rows: Vec<_> = all.iter().map(|row| (row.day, row.feature.as_str(), row.consumption.prompt)).collect();
    assert_eq!(rows, [(at(DAY), "interview", 1_000), (at(0), "interview", 3_000_000_150), (at(0), "roadmap", 7)]);
    assert_eq!((all[1].model.as_str(), all[1].consumption.requests), ("model", 3));
    assert_eq!(generation::used_since(&mut store.read().await.unwrap(), at(DAY)).await.unwrap(), all[..1]);
}

async fn use_of_removed_accounts_and_programs_is_counted_without_a_name(store: Store) {
    add(&store, Some(id()), at(0), "interview", (1, 1)).await;
    add(&store, None, at(0), "interview", (1, 1)).await;
    let all = generation::used_since(&mut store.read().await.unwrap(), at(0)).await.unwrap();
    assert_eq!((all.len(), all[0].consumption.requests), (1, 2), "both in one row, of nobody");
}

async fn accounts_have_the_standard_plan_until_they_get_another(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let plan = || async { account::plan(&mut store.read().await.unwrap(), ada).await.unwrap() };
    assert_eq!(plan().await.as_deref(), Some("standard"));
    let change = |email: &'static str| {
        let email = Email::parse(email).unwrap();
        store.transaction(move |connection| {
            Box::pin(async move { account::change_plan(connection, &email, "school").await })
        })
    };
    assert!(change("ADA@example.org").await.unwrap() && !change("eve@example.org").await.unwrap());
    assert_eq!(plan().await.as_deref(), Some("school"));
    assert_eq!(account::plan(&mut store.read().await.unwrap(), id()).await.unwrap(), None);
}

async fn answers_come_back_to_whom_they_are_about(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let text = "Zoë's \"answer\" 🙂\n".repeat(5_000);
    keep(&store, Some(ada), "hers", &text, at(0)).await;
    keep(&store, None, "public", "A posting.", at(0)).await;
    assert_eq!(kept(&store, Some(ada), "hers").await, Some(answer(&text)));
    assert_eq!(kept(&store, None, "public").await, Some(answer("A posting.")));
    for (owner, request) in [(Some(eve), "hers"), (None, "hers"), (Some(ada), "public"), (Some(ada), "other")] {
        assert_eq!(kept(&store, owner, request).await, None, "{owner:?} {request}");
    }
    keep(&store, Some(id()), "nobody's", "x", at(0)).await;
    assert_eq!(kept(&store, None, "nobody's").await, None, "an account that is no more keeps nothing");
    remove(&store, ada).await.unwrap();
    assert_eq!(kept(&store, Some(ada), "hers").await, None, "its answers go with an account");
}

async fn the_first_answer_stays(store: Store) {
    keep(&store, None, "one", "first", at(0)).await;
    keep(&store, None, "one", "second", at(1)).await;
    assert_eq!(kept(&store, None, "one").await, Some(answer("first")));
}

async fn answers_unused_longest_are_removed(store: Store) {
    for (request, used) in [("a", 1), ("b", 2), ("c", 3), ("d", 4)] {
        keep(&store, None, request, &"x".repeat(10_000), at(used)).await;
    }
    let touch = store.transaction(|connection| Box::pin(generation::touch_answer(connection, "b", at(5))));
    touch.await.unwrap();
    let trim = |since: i64, most: u64| {
        store.transaction(move |connection| Box::pin(generation::trim_answers(connection, at(since), most)))
    };
    let there = || async {
        let mut there = Vec::new();
        for request in ["a", "b", "c", "d"] {
            there.extend(kept(&store, None, request).await.map(|_| request));
        }
        there.concat()
    };
    assert_eq!((trim(1, 100_000).await.unwrap(), there().await.as_str()), (0, "abcd"));
    assert_eq!((trim(2, 100_000).await.unwrap(), there().await.as_str()), (1, "bcd"), "by age");
    assert_eq!((trim(0, 25_000).await.unwrap(), there().await.as_str()), (1, "bd"), "by size, the latest stay");
    assert_eq!((trim(0, 0).await.unwrap(), there().await.as_str()), (2, ""));
}

async fn forgetting_a_person_keeps_the_sums(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    for owner in [Some(ada), Some(eve), None] {
        add(&store, owner, at(0), "interview", (10, 1)).await;
    }
    add(&store, Some(ada), at(0), "roadmap", (5, 1)).await;
    keep(&store, Some(ada), "hers", "x", at(0)).await;
    keep(&store, Some(eve), "another's", "x", at(0)).await;
    let before = generation::used_since(&mut store.read().await.unwrap(), at(0)).await.unwrap();
    for _ in 0..2 {
        store.transaction(move |connection| Box::pin(generation::forget(connection, ada))).await.unwrap();
        assert_eq!(generation::used_since(&mut store.read().await.unwrap(), at(0)).await.unwrap(), before);
        assert_eq!(used_on(&store, ada, at(0)).await, Consumption::default());
    }
    assert_eq!(used_on(&store, eve, at(0)).await.prompt, 10);
    assert_eq!(
        (kept(&store, Some(ada), "hers").await, kept(&store, Some(eve), "another's").await),
        (None, Some(answer("x")))
    );
}
