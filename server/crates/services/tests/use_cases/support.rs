//! Services on a database of their own, with a clock that the test sets.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, LazyLock};

use domain::account::Viewer;
use domain::interview::{InterviewId, InterviewView, JobRole, Kind, Level, Mode, Setup};
use domain::{Clock, Random, Timestamp};
use inference::scripted::ScriptedEmbedder;
use inference::{Engine, Roles};
use services::account::{Accounts, Client, Entry, Passkeys, SignedIn};
use services::audit::Audit;
use services::events::Events;
use services::interview::{Interviews, Models};
use services::limits::{ClientAddress, Limits};
use services::vault::{KEY_BYTES, Vault};
use store::Store;
use tempfile::TempDir;

/// A clock that stands still until it is moved.
pub struct TestClock(AtomicI64);

impl TestClock {
    /// At the beginning of 20 Nov 2026, in UTC.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_795_132_800_000)))
    }

    pub fn advance_hours(&self, hours: i64) {
        self.0.fetch_add(hours * 3_600_000, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::Relaxed))
    }
}

/// Bytes that never repeat, the same in every run.
#[derive(Default)]
pub struct Counting(AtomicI64);

impl Counting {
    /// The bytes of another instance, which differ from those of one that starts at 0.
    pub fn starting_at(number: i64) -> Self {
        Self(AtomicI64::new(number))
    }
}

impl Random for Counting {
    fn fill(&self, bytes: &mut [u8]) {
        let number = self.0.fetch_add(1, Ordering::Relaxed).to_be_bytes();
        bytes.iter_mut().rev().zip(number.iter().rev().cycle()).for_each(|(byte, source)| *byte = *source);
    }
}

/// Where all requests come from.
pub const HERE: Client<'static> = Client {
    address: ClientAddress(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)),
    agent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
};

/// Whoever signed in without a second step.
pub fn done(entry: Entry) -> SignedIn {
    match entry {
        Entry::Done(signed_in) => signed_in,
        Entry::SecondStep(_) => panic!("a second step is asked for"),
    }
}

/// Everybody may try as often as they like.
pub fn unlimited(store: &Store) -> Limits {
    Limits::new(store.clone(), TestClock::new(), Default::default())
}

/// The audit log in `store`.
pub fn audit(store: &Store) -> Audit {
    // One for all, far from where others count, so that no two things have the same identifier.
    static RANDOM: LazyLock<Arc<Counting>> = LazyLock::new(|| Arc::new(Counting(AtomicI64::new(1 << 40))));
    Audit::new(store.clone(), TestClock::new(), RANDOM.clone())
}

pub struct World {
    pub accounts: Accounts,
    pub interviews: Interviews,
    pub clock: Arc<TestClock>,
    pub store: Store,
    pub folder: TempDir,
}

impl World {
    pub async fn new() -> Self {
        Self::with_coach(None).await
    }

    pub async fn with_coach(coach: Option<Arc<dyn Engine>>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder).await;
        Self::over(folder, store, TestClock::new(), coach)
    }

    /// Services over what is there already.
    pub fn over(folder: TempDir, store: Store, clock: Arc<TestClock>, coach: Option<Arc<dyn Engine>>) -> Self {
        let random = Arc::new(Counting::default());
        let roles = coach.as_ref().map(Roles::all).unwrap_or_default();
        let models = Models { embedder: Arc::new(ScriptedEmbedder), roles };
        Self {
            accounts: Accounts::new(store.clone(), clock.clone(), random.clone(), unlimited(&store), audit(&store))
                .with_vault(Vault::new(&[7; KEY_BYTES], random.clone()))
                .with_passkeys(Passkeys::of("http://localhost:3000").expect("it has a name")),
            interviews: Interviews::new(
                store.clone(),
                clock.clone(),
                random,
                knowledge::bank(),
                models,
                unlimited(&store),
                Events::new(store.clone(), clock.clone()),
            ),
            clock,
            store,
            folder,
        }
    }

    /// Where the database's files are.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// A new member, signed in.
    pub async fn member(&self, email: &str) -> Viewer {
        let signed_in = self.accounts.register("Ada", email, "Correct-Horse-7", HERE).await.unwrap();
        self.accounts.viewer(signed_in).await.unwrap().unwrap()
    }

    /// A new interview of three questions.
    pub async fn start(&self, viewer: &Viewer, mode: Mode) -> (InterviewId, InterviewView) {
        let id = self.interviews.start(viewer, setup(mode)).await.unwrap();
        (id, self.interviews.view(viewer, id).await.unwrap())
    }
}

/// The database in `folder`, with its tables.
pub async fn open(folder: &TempDir) -> Store {
    let store = Store::connect(&format!("sqlite:{}", folder.path().join("test.sqlite").display())).await.unwrap();
    store.migrate().await.unwrap();
    store
}

pub fn setup(mode: Mode) -> Setup {
    Setup { role: JobRole::Backend, level: Level::Mid, kind: Kind::Mixed, mode, questions: 3, job_description: None }
}
