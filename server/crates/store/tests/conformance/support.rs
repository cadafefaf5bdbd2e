//! A fresh database for each test, and people and interviews to fill it with.

use domain::account::{Account, Email, PersonName, Standing};
use domain::interview::{JobRole, Kind, Level, Mode, Setup, Status};
use domain::{Id, Random, Timestamp};
use sqlx::{AnyConnection, AssertSqlSafe, Connection, Executor};
use store::account::NewAccount;
use store::interview::Interview;
use store::{Store, account, interview};

/// Runs a test on both databases; on PostgreSQL only where `LODESTAR_TEST_POSTGRES` names one, as
/// `make test` does.
macro_rules! on_both {
    ($($name:ident)+) => {
        mod sqlite { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { let (store, _folder) = crate::support::sqlite().await; super::$name(store).await; })+ }
        mod postgres { $(#[tokio::test(flavor = "multi_thread")] async fn $name() { if let Some(store) = crate::support::postgres().await { super::$name(store).await; } })+ }
    };
}
pub(crate) use on_both;

/// Runs one statement in a transaction of its own.
macro_rules! write {
    ($store:expr, |$connection:ident| $work:expr) => {
        $store.transaction(move |$connection| Box::pin(async move { $work.await })).await.unwrap()
    };
}
pub(crate) use write;

pub async fn sqlite() -> (Store, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::connect(&format!("sqlite:{}", folder.path().join("test.sqlite").display())).await.unwrap();
    store.migrate().await.unwrap();
    (store, folder)
}

pub async fn postgres() -> Option<Store> {
    let server = std::env::var("LODESTAR_TEST_POSTGRES").ok()?;
    sqlx::any::install_default_drivers();
    let name = format!("test_{}", id::<()>().to_string().replace('-', ""));
    let mut connection = AnyConnection::connect(&server).await.unwrap();
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let (address, query) = server
        .split_once('?')
        .map_or((server.as_str(), String::new()), |(address, query)| (address, format!("?{query}")));
    let (base, _) = address.rsplit_once('/').unwrap();
    let store = Store::connect(&format!("{base}/{name}{query}")).await.unwrap();
    store.migrate().await.unwrap();
    Some(store)
}

pub const NOW: i64 = 1_795_132_800_000;

pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(NOW + millis)
}

struct Counter;

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        use std::sync::atomic::{AtomicU64, Ordering};
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let unique = NEXT.fetch_add(1, Ordering::Relaxed) ^ (u64::from(std::process::id()) << 32);
        bytes.iter_mut().zip(unique.to_be_bytes().iter().cycle()).for_each(|(byte, source)| *byte = *source);
        // Tests of one run start in different processes at different times.
        if let Some(last) = bytes.last_mut() {
            *last = u8::try_from(unique % 251).unwrap();
        }
    }
}

pub fn id<T>() -> Id<T> {
    Id::new(at(0), &Counter)
}

/// Adds a member and answers their identifier.
pub async fn member(store: &Store, email: &str) -> Id<Account> {
    let (id, email, name) = (id(), Email::parse(email).unwrap(), PersonName::parse("Ada").unwrap());
    let added = store.transaction(move |connection| {
        Box::pin(async move {
            let new = NewAccount {
                id,
                email: &email,
                name: &name,
                password_hash: "hash",
                standing: Standing::Member,
                created_at: at(0),
            };
            account::insert(connection, new).await
        })
    });
    assert!(added.await.unwrap());
    id
}

pub fn setup() -> Setup {
    Setup {
        role: JobRole::DataScientist,
        level: Level::Senior,
        kind: Kind::Mixed,
        mode: Mode::Real,
        questions: 7,
        job_description: Some("Zoë’s posting 🙂 مرحبا".to_owned()),
    }
}

/// Adds an open interview of `owner`, started `millis` after the tests' present.
pub async fn interview(store: &Store, owner: Id<Account>, millis: i64) -> Interview {
    let row = Interview {
        id: id(),
        setup: setup(),
        status: Status::Open,
        version: 0,
        draft: String::new(),
        overall: None,
        answered: 0,
        created_at: at(millis),
        active_at: at(millis),
    };
    let saved = row.clone();
    store
        .transaction(move |connection| Box::pin(async move { interview::insert(connection, owner, &saved).await }))
        .await
        .unwrap();
    row
}
