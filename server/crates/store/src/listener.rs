//! Words between servers on one PostgreSQL database. SQLite has one server, which needs none.

use domain::Result;
use sqlx::Executor;
use sqlx::postgres::PgListener;

use crate::Store;
use crate::error::explain;

/// The channel of `NOTIFY`.
const CHANNEL: &str = "lodestar_events";

/// What other servers say.
pub struct Listener(PgListener);

impl Listener {
    /// The next word; none when the connection broke, after which some may have been missed.
    pub async fn next(&mut self) -> Result<Option<String>> {
        let word = self.0.try_recv().await.map_err(explain)?;
        Ok(word.map(|word| word.payload().to_owned()))
    }
}

impl Store {
    /// Says `word` to all servers on this database, this one included, if there can be several.
    pub async fn notify(&self, word: &str) -> Result<()> {
        if self.postgres().is_none() {
            return Ok(());
        }
        let mut connection = self.read().await?;
        let said = sqlx::query("SELECT pg_notify($1, $2)::TEXT AS said").bind(CHANNEL).bind(word.to_owned());
        connection.execute(said).await.map(|_| ()).map_err(explain)
    }

    /// What is said from now on; none where there is only one server.
    pub async fn listen(&self) -> Result<Option<Listener>> {
        let Some(address) = self.postgres() else { return Ok(None) };
        let mut listener = PgListener::connect(address).await.map_err(explain)?;
        listener.listen(CHANNEL).await.map_err(explain)?;
        Ok(Some(Listener(listener)))
    }
}
