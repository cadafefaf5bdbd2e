//! The connection to either database, and transactions that cannot be left half done.

use std::sync::{Arc, Once};
use std::time::Duration;

use domain::{Error, ErrorKind, Result};
use futures::future::BoxFuture;
use sqlx::any::AnyPoolOptions;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolConnection;
use sqlx::{Any, AnyConnection, AnyPool, Connection as _, Executor};
use tracing::Instrument;

use crate::error::{explain, unexpected};

/// A connection that rested for longer is asked whether it still works before it is used; asking always would double
/// the ways to the database of most requests.
const RESTED: Duration = Duration::from_secs(1);

pub(crate) static MIGRATIONS: Migrator = sqlx::migrate!("../../../migrations");

/// A connection, as the functions of this crate take it.
pub type Connection = AnyConnection;

/// The database. Cheap to clone.
#[derive(Clone)]
pub struct Store {
    writer: AnyPool,
    reader: AnyPool,
    engine: Engine,
    url: Arc<str>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The address may hold a password.
        f.debug_struct("Store").field("engine", &self.engine).finish_non_exhaustive()
    }
}

/// The one place where the two databases differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Statements that set up every new connection.
    fn prepare(self) -> &'static str {
        match self {
            Self::Sqlite => {
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON; PRAGMA cache_size = -4000; PRAGMA secure_delete = ON;"
            }
            Self::Postgres => {
                "SET statement_timeout = '30s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '30s';"
            }
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }

    /// SQLite's deferred transactions fail at once when a reader turns writer; this one waits.
    fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins to read the database as it is at the first statement, whatever is written meanwhile.
    fn begin_snapshot(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN",
            Self::Postgres => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
        }
    }

    /// Lets the statements of a transaction take as long as they need.
    fn unhurried(self) -> Option<&'static str> {
        match self {
            Self::Sqlite => None,
            Self::Postgres => {
                Some("SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0;")
            }
        }
    }
}

/// The open connections of one pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// What the pool is for: `writer`, `reader`, or `all` where one does for both.
    pub pool: &'static str,
    /// Connections that are open.
    pub size: u32,
    /// Those of them that nobody uses.
    pub idle: u32,
}

impl Store {
    /// Connects to `sqlite:PATH`, `sqlite::memory:` or `postgres://...`; creates a missing SQLite file.
    pub async fn connect(url: &str) -> Result<Self> {
        static DRIVERS: Once = Once::new();
        DRIVERS.call_once(sqlx::any::install_default_drivers);

        let (engine, url) = match url.split_once(':') {
            Some(("sqlite", _)) if url.contains('?') => (Engine::Sqlite, format!("{url}&mode=rwc")),
            Some(("sqlite", _)) => (Engine::Sqlite, format!("{url}?mode=rwc")),
            Some(("postgres" | "postgresql", _)) => (Engine::Postgres, url.to_owned()),
            _ => {
                return Err(Error::invalid(
                    "database.url",
                    "The database address must start with \"sqlite:\" or \"postgres:\".",
                ));
            }
        };
        let pool = |connections| {
            AnyPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(10))
                .test_before_acquire(false)
                .before_acquire(|connection, past| {
                    Box::pin(async move {
                        if past.idle_for > RESTED {
                            connection.ping().await?;
                        }
                        Ok(true)
                    })
                })
                .after_connect(move |connection, _| {
                    Box::pin(async move { connection.execute(sqlx::raw_sql(engine.prepare())).await.map(|_| ()) })
                })
                .connect(&url)
        };
        let cannot =
            |error: sqlx::Error| Error::new(ErrorKind::Busy, format!("The database cannot be opened: {error}."));
        match engine {
            // One writer: SQLite has a single write lock, and waiting in our queue is fair.
            Engine::Sqlite => {
                let writer = pool(1).await.map_err(cannot)?;
                let reader = pool(4).await.map_err(cannot)?;
                Ok(Self { writer, reader, engine, url: url.into() })
            }
            Engine::Postgres => {
                let both = pool(16).await.map_err(cannot)?;
                Ok(Self { writer: both.clone(), reader: both, engine, url: url.into() })
            }
        }
    }

    /// The address, if it is PostgreSQL's.
    pub(crate) fn postgres(&self) -> Option<&str> {
        (self.engine == Engine::Postgres).then_some(&*self.url)
    }

    /// Brings the tables to the present form. Does nothing when they are.
    pub async fn migrate(&self) -> Result<()> {
        MIGRATIONS.run(&self.writer).await.map_err(|error| unexpected(&error))
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.read().await?.ping().await.map_err(explain)
    }

    /// The kind of the database, as people call it.
    pub fn kind(&self) -> &'static str {
        self.engine.name()
    }

    /// How many connections are open.
    pub fn connections(&self) -> Vec<Connections> {
        let figures = |name, pool: &AnyPool| Connections {
            pool: name,
            size: pool.size(),
            idle: u32::try_from(pool.num_idle()).unwrap_or(u32::MAX),
        };
        match self.engine {
            Engine::Sqlite => vec![figures("writer", &self.writer), figures("reader", &self.reader)],
            Engine::Postgres => vec![figures("all", &self.reader)],
        }
    }

    /// A connection for reading.
    pub async fn read(&self) -> Result<PoolConnection<Any>> {
        self.reader.acquire().await.map_err(explain)
    }

    /// Runs `work` in one transaction: all of it is saved, or none. It runs in a task of its own,
    /// because a request that is dropped between `BEGIN` and `COMMIT` would hand a connection
    /// with an open transaction back to the pool (sqlx issue 4385).
    pub async fn transaction<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        within(self.writer.clone(), self.engine.begin(), None, work).await
    }

    /// Runs `work`, which only reads, on the database as it is at one moment. Others go on writing.
    pub async fn snapshot<T, F>(&self, work: F) -> Result<T>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T>> + Send + 'static,
    {
        within(self.reader.clone(), self.engine.begin_snapshot(), self.engine.unhurried(), work).await
    }

    /// Sees that what was removed is not left in the files of the database either. PostgreSQL does so by itself, in time.
    pub async fn wipe(&self) -> Result<()> {
        if self.engine == Engine::Sqlite {
            let mut connection = self.writer.acquire().await.map_err(explain)?;
            connection.execute(sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)")).await.map_err(explain)?;
        }
        Ok(())
    }

    /// Closes all connections; what was committed stays.
    pub async fn close(&self) {
        self.writer.close().await;
        self.reader.close().await;
    }
}

/// Runs `work` in a transaction that `begin` opens and `settings` sets up.
async fn within<T, F>(pool: AnyPool, begin: &'static str, settings: Option<&'static str>, work: F) -> Result<T>
where
    T: Send + 'static,
    F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T>> + Send + 'static,
{
    let task = async move {
        let mut connection = pool.acquire().await.map_err(explain)?;
        let mut transaction = connection.begin_with(begin).await.map_err(explain)?;
        if let Some(settings) = settings {
            transaction.execute(sqlx::raw_sql(settings)).await.map_err(explain)?;
        }
        let (outcome, sound) = match work(&mut transaction).await {
            Ok(value) => match transaction.commit().await {
                Ok(()) => (Ok(value), true),
                Err(error) => (Err(explain(error)), false),
            },
            Err(error) => (Err(error), transaction.rollback().await.is_ok()),
        };
        // When the disk is full, SQLite ends the transaction by itself, and sqlx goes on counting
        // it as open: such a connection would refuse every later transaction.
        if !sound && let Err(error) = connection.close().await {
            tracing::debug!(%error, "a broken connection did not close");
        }
        outcome
    };
    // What it logs belongs to the request that asked for it, whatever level is logged.
    let step = tracing::error_span!("transaction");
    tokio::spawn(task.instrument(step)).await.map_err(|error| unexpected(&error))?
}
