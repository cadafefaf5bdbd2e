//! What the store promises, on SQLite and PostgreSQL alike.
#![allow(clippy::unwrap_used, reason = "a failing unwrap is a failing test")]

mod backup;
mod event;
mod generation;
mod links;
mod mail;
mod model;
mod people;
mod program;
mod security;
mod share;
mod support;
mod task;

use domain::account::{Email, PersonName};
use domain::feedback::Grade;
use domain::interview::{Asked, Message, MessageKind, Status};
use domain::question::{KeyPoint, Question, QuestionKind};
use domain::{Error, ErrorKind};
use store::{Sessions, Store, account, interview};
use support::{at, id, member, on_both};
use tower_sessions::session::Record;
use tower_sessions::session_store::SessionStore;

on_both! {
    migrating_twice_changes_nothing
    addresses_are_unique_without_regard_to_case
    a_password_change_raises_the_session_epoch
    names_keep_every_character
    a_setup_token_works_once
    a_failed_transaction_saves_nothing
    a_dropped_request_leaves_no_open_transaction
    writers_wait_for_each_other
    interviews_come_back_as_they_were
    another_persons_interview_is_not_found
    a_change_based_on_an_older_version_is_refused
    idle_interviews_are_abandoned
    messages_keep_their_order_and_turn
    a_message_is_settled_once
    questions_come_back_with_their_answers
    drafts_are_kept
    sessions_come_back_and_expire
    session_identifiers_are_not_stored
}

async fn migrating_twice_changes_nothing(store: Store) {
    store.migrate().await.unwrap();
    store.ping().await.unwrap();
}

async fn addresses_are_unique_without_regard_to_case(store: Store) {
    let first = member(&store, "Ada@Example.org").await;
    let (second, email, name) = (id(), Email::parse("ada@example.ORG").unwrap(), PersonName::parse("Eve").unwrap());
    let added = store
        .transaction(move |connection| {
            Box::pin(async move {
                let new = account::NewAccount {
                    id: second,
                    email: &email,
                    name: &name,
                    password_hash: "x",
                    standing: domain::account::Standing::Member,
                    created_at: at(0),
                };
                account::insert(connection, new).await
            })
        })
        .await
        .unwrap();
    assert!(!added);
    let found = account::by_email(&mut store.read().await.unwrap(), &Email::parse("ADA@example.org").unwrap())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.viewer.id, found.viewer.email.as_str()), (first, "Ada@Example.org"));
}

async fn a_password_change_raises_the_session_epoch(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let epoch =
        store.transaction(move |connection| Box::pin(account::change_password(connection, ada, "new"))).await.unwrap();
    let found = account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap();
    assert_eq!((epoch, found.session_epoch, found.password_hash.as_str()), (1, 1, "new"));
}

async fn names_keep_every_character(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let name = PersonName::parse("Zoë \"O'Neil\"; DROP TABLE accounts -- 🙂 مرحبا").unwrap();
    let kept = name.clone();
    store
        .transaction(move |connection| Box::pin(async move { account::rename(connection, ada, &name).await }))
        .await
        .unwrap();
    let found = account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap();
    assert_eq!(found.viewer.name, kept.as_str());
}

async fn a_setup_token_works_once(store: Store) {
    for hash in ["first", "second"] {
        store.transaction(move |connection| Box::pin(account::put_setup_token(connection, hash, at(0)))).await.unwrap();
    }
    let mut reader = store.read().await.unwrap();
    assert!(!account::is_setup_token(&mut reader, "first").await.unwrap());
    assert!(account::is_setup_token(&mut reader, "second").await.unwrap());
    let take = || store.transaction(|connection| Box::pin(account::take_setup_token(connection, "second")));
    assert!(take().await.unwrap());
    assert!(!take().await.unwrap());
}

async fn a_failed_transaction_saves_nothing(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let failed = store.transaction(move |connection| {
        Box::pin(async move {
            account::change_password(connection, ada, "half done").await?;
            Err::<(), _>(Error::new(ErrorKind::Conflict, "no"))
        })
    });
    assert_eq!(failed.await.unwrap_err().kind, ErrorKind::Conflict);
    let found = account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap();
    assert_eq!(found.password_hash, "hash");
}

async fn a_dropped_request_leaves_no_open_transaction(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    for _ in 0..20 {
        let slow = store.transaction(move |connection| {
            Box::pin(async move {
                account::change_password(connection, ada, "slow").await?;
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
                Ok(())
            })
        });
        // The request goes away in the middle; its work does not.
        let _ = tokio::time::timeout(std::time::Duration::from_millis(5), slow).await;
    }
    while account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap().session_epoch < 20 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    store.transaction(move |connection| Box::pin(account::change_password(connection, ada, "last"))).await.unwrap();
    let found = account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap();
    assert_eq!((found.session_epoch, found.password_hash.as_str()), (21, "last"));
}

async fn writers_wait_for_each_other(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let writers = (0..40).map(|_| {
        let store = store.clone();
        tokio::spawn(async move {
            store.transaction(move |connection| Box::pin(account::change_password(connection, ada, "x"))).await
        })
    });
    for writer in writers.collect::<Vec<_>>() {
        writer.await.unwrap().unwrap();
    }
    let found = account::by_id(&mut store.read().await.unwrap(), ada).await.unwrap().unwrap();
    assert_eq!(found.session_epoch, 40);
}

async fn interviews_come_back_as_they_were(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let (older, newer) = (support::interview(&store, ada, 0).await, support::interview(&store, ada, 5).await);
    let mut reader = store.read().await.unwrap();
    let found = interview::find(&mut reader, ada, older.id).await.unwrap();
    assert_eq!((found.setup, found.status, found.overall, found.version), (support::setup(), Status::Open, None, 0));
    let latest: Vec<_> =
        interview::latest(&mut reader, ada, None, 10).await.unwrap().into_iter().map(|row| row.id).collect();
    assert_eq!(latest, [newer.id, older.id]);
    assert_eq!(interview::latest(&mut reader, ada, None, 1).await.unwrap().len(), 1);
    let mut pages = Vec::new();
    let mut after = None;
    while let [row] = &interview::latest(&mut reader, ada, after, 1).await.unwrap()[..] {
        after = Some((row.created_at, row.id));
        pages.push(row.id);
    }
    assert_eq!(pages, latest, "page by page");
    let since = interview::since(&mut reader, ada, at(i64::MIN / 2)).await.unwrap();
    assert_eq!(since.iter().rev().map(|row| row.id).collect::<Vec<_>>(), latest);
}

async fn another_persons_interview_is_not_found(store: Store) {
    let (ada, eve) = (member(&store, "ada@example.org").await, member(&store, "eve@example.org").await);
    let row = support::interview(&store, ada, 0).await;
    let mut reader = store.read().await.unwrap();
    assert_eq!(interview::find(&mut reader, eve, row.id).await.unwrap_err().kind, ErrorKind::NotFound);
    assert!(interview::latest(&mut reader, eve, None, 10).await.unwrap().is_empty());
    drop(reader);
    let stolen = row.clone();
    let changed =
        store.transaction(move |connection| Box::pin(async move { interview::update(connection, eve, &stolen).await }));
    assert!(!changed.await.unwrap());
}

async fn a_change_based_on_an_older_version_is_refused(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let mut row = support::interview(&store, ada, 0).await;
    (row.status, row.overall, row.answered, row.draft) = (Status::Finished, Some(73), 3, "x".to_owned());
    let save = |row: interview::Interview| {
        store.transaction(move |connection| Box::pin(async move { interview::update(connection, ada, &row).await }))
    };
    assert!(save(row.clone()).await.unwrap());
    assert!(!save(row.clone()).await.unwrap());
    let found = interview::find(&mut store.read().await.unwrap(), ada, row.id).await.unwrap();
    assert_eq!((found.status, found.overall, found.answered, found.version), (Status::Finished, Some(73), 3, 1));
}

async fn idle_interviews_are_abandoned(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let (idle, active) = (support::interview(&store, ada, -1).await, support::interview(&store, ada, 1).await);
    let sweep = || store.transaction(|connection| Box::pin(interview::abandon_idle(connection, at(0))));
    assert_eq!((sweep().await.unwrap(), sweep().await.unwrap()), (1, 0));
    let mut reader = store.read().await.unwrap();
    assert_eq!(interview::find(&mut reader, ada, idle.id).await.unwrap().status, Status::Abandoned);
    assert_eq!(interview::find(&mut reader, ada, active.id).await.unwrap().status, Status::Open);
}

fn message(turn: u32, kind: MessageKind, text: &str) -> Message {
    Message {
        turn,
        kind,
        text: text.to_owned(),
        question: None,
        wording: "built-in coach".to_owned(),
        pending: false,
        position: 0,
    }
}

async fn say(store: &Store, id: domain::interview::InterviewId, message: Message) -> bool {
    store
        .transaction(move |connection| {
            Box::pin(async move { interview::insert_message(connection, id, &message, at(0)).await })
        })
        .await
        .unwrap()
}

async fn messages_keep_their_order_and_turn(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let id = support::interview(&store, ada, 0).await.id;
    let greeting = Message {
        question: Some("Why?".to_owned()),
        pending: true,
        ..message(0, MessageKind::Greeting, "Hello 🙂\nمرحبا <b>")
    };
    assert!(say(&store, id, message(1, MessageKind::Answer, "because")).await);
    assert!(say(&store, id, greeting.clone()).await);
    assert!(!say(&store, id, message(1, MessageKind::Answer, "another")).await);
    let all = interview::messages(&mut store.read().await.unwrap(), id).await.unwrap();
    assert_eq!(all, [greeting, message(1, MessageKind::Answer, "because")]);
}

async fn a_message_is_settled_once(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let id = support::interview(&store, ada, 0).await.id;
    say(&store, id, Message { pending: true, ..message(0, MessageKind::Greeting, "Hello") }).await;
    let settle = |words: &'static str| {
        store.transaction(move |connection| {
            Box::pin(interview::settle_message(connection, id, 0, Some((words.to_owned(), "model".to_owned()))))
        })
    };
    settle("first").await.unwrap();
    settle("late").await.unwrap();
    let all = interview::messages(&mut store.read().await.unwrap(), id).await.unwrap();
    assert_eq!((all[0].text.as_str(), all[0].wording.as_str(), all[0].pending), ("first", "model", false));
}

async fn questions_come_back_with_their_answers(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let id = support::interview(&store, ada, 0).await.id;
    for (turn, position, text) in [(1, 0, "first"), (3, 0, "more"), (5, 1, "second")] {
        say(&store, id, Message { position, ..message(turn, MessageKind::Answer, text) }).await;
    }
    let point = KeyPoint { weight: 3, text: "Point.".to_owned(), also: vec![], follow_up: "Why?".to_owned() };
    let question = Question {
        id: "a.b.c".to_owned(),
        roles: vec!["devops".to_owned()],
        kind: QuestionKind::Technical,
        competency: "x".to_owned(),
        level: 3,
        text: "What?".to_owned(),
        why: String::new(),
        strong: String::new(),
        mistake: String::new(),
        points: vec![point],
    };
    let mut first = Asked { question, answers: vec![], followed_up: vec![], grade: None, skipped: false };
    let second = Asked { skipped: true, ..first.clone() };
    let put = |position, asked: Asked| {
        store.transaction(move |connection| {
            Box::pin(async move { interview::put_question(connection, id, position, &asked).await })
        })
    };
    put(0, first.clone()).await.unwrap();
    put(1, second).await.unwrap();
    (first.followed_up, first.grade) = (vec![0], Some(Grade::NotGraded("too short".to_owned())));
    put(0, first.clone()).await.unwrap();
    let mut reader = store.read().await.unwrap();
    let messages = interview::messages(&mut reader, id).await.unwrap();
    let asked = interview::questions(&mut reader, id, &messages).await.unwrap();
    assert_eq!(
        (asked[0].answers.as_slice(), asked[1].answers.as_slice()),
        (&["first".to_owned(), "more".to_owned()][..], &["second".to_owned()][..])
    );
    assert_eq!(
        (&asked[0].followed_up, &asked[0].grade, &asked[0].question),
        (&first.followed_up, &first.grade, &first.question)
    );
    assert!(asked[1].skipped && asked[1].grade.is_none());
}

async fn drafts_are_kept(store: Store) {
    let ada = member(&store, "ada@example.org").await;
    let id = support::interview(&store, ada, 0).await.id;
    let draft = "x".repeat(200_000);
    let kept = draft.clone();
    store
        .transaction(move |connection| {
            Box::pin(async move { interview::keep_draft(connection, ada, id, &draft).await })
        })
        .await
        .unwrap();
    let found = interview::find(&mut store.read().await.unwrap(), ada, id).await.unwrap();
    assert_eq!((found.draft, found.version), (kept, 0));
}

fn record(seconds: i64) -> Record {
    let mut record = Record {
        id: tower_sessions::session::Id::default(),
        data: Default::default(),
        expiry_date: time::OffsetDateTime::now_utc() + time::Duration::seconds(seconds),
    };
    record.data.insert("who".to_owned(), serde_json::json!({ "name": "Zoë" }));
    record
}

async fn sessions_come_back_and_expire(store: Store) {
    let sessions = Sessions::new(store);
    let (mut valid, mut expired) = (record(60), record(-60));
    sessions.create(&mut valid).await.unwrap();
    sessions.create(&mut expired).await.unwrap();
    assert_eq!(sessions.load(&valid.id).await.unwrap().unwrap().data, valid.data);
    assert!(sessions.load(&expired.id).await.unwrap().is_none());
    let now = domain::Timestamp::from_millis(
        i64::try_from(time::OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000_000).unwrap(),
    );
    assert_eq!(sessions.remove_expired(now).await.unwrap(), 1);
    valid.data.clear();
    sessions.save(&valid).await.unwrap();
    assert!(sessions.load(&valid.id).await.unwrap().unwrap().data.is_empty());
    sessions.delete(&valid.id).await.unwrap();
    assert!(sessions.load(&valid.id).await.unwrap().is_none());
}

async fn session_identifiers_are_not_stored(store: Store) {
    let sessions = Sessions::new(store.clone());
    let mut record = record(60);
    sessions.create(&mut record).await.unwrap();
    let mut reader = store.read().await.unwrap();
    let stored: String =
        sqlx::Row::get(&sqlx::query("SELECT id FROM sessions").fetch_one(&mut *reader).await.unwrap(), "id");
    assert_eq!(stored.len(), 64);
    assert!(!stored.contains(&record.id.to_string()));
}

/// SQLite can be told that there is no more room; what a person is told then is the same on both.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_named_and_loses_nothing() {
    let (store, _folder) = support::sqlite().await;
    let ada = member(&store, "ada@example.org").await;
    let id = support::interview(&store, ada, 0).await.id;
    let unnamed = |error: sqlx::Error| Error::unexpected(&error.to_string());
    let room = |pages: &'static str| {
        store.transaction(move |connection| {
            Box::pin(async move { sqlx::query(pages).execute(connection).await.map(|_| ()).map_err(unnamed) })
        })
    };
    let keep = || {
        let draft = "x".repeat(500_000);
        store.transaction(move |connection| {
            Box::pin(async move { interview::keep_draft(connection, ada, id, &draft).await })
        })
    };
    let sessions = Sessions::new(store.clone());
    let mut kept = record(60);
    sessions.create(&mut kept).await.unwrap();
    room("PRAGMA max_page_count = 1").await.unwrap();
    let error = keep().await.unwrap_err();
    assert!(error.kind == ErrorKind::Busy && error.message.contains("disk"), "{error:?}");
    assert_eq!(interview::find(&mut store.read().await.unwrap(), ada, id).await.unwrap().draft, "");
    // Whoever is signed in stays so. The connection that failed is gone, and the limit with it.
    room("PRAGMA max_page_count = 1").await.unwrap();
    let mut changed = kept.clone();
    changed.data.insert("long".to_owned(), "x".repeat(500_000).into());
    sessions.save(&changed).await.unwrap();
    assert_eq!(sessions.load(&kept.id).await.unwrap().unwrap().data, kept.data);
    room("PRAGMA max_page_count = 100000").await.unwrap();
    keep().await.unwrap();
}
