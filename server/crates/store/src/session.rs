//! Browser sessions for tower-sessions, kept under the SHA-256 of their identifier.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::number::hex;
use domain::{ErrorKind, Timestamp};
use sha2::{Digest, Sha256};
use sqlx::Row;
use time::OffsetDateTime;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result, SessionStore};

use crate::Store;
use crate::error::unexpected;

/// The session store on the database.
#[derive(Clone, Debug)]
pub struct Sessions(Store);

impl Sessions {
    /// Sessions kept in `store`.
    pub fn new(store: Store) -> Self {
        Self(store)
    }

    /// Removes the sessions that expired before `now`.
    pub async fn remove_expired(&self, now: Timestamp) -> domain::Result<u64> {
        self.0
            .transaction(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE expires_at < $1")
                        .bind(now.millis())
                        .execute(connection)
                        .await
                        .map(|done| done.rows_affected())
                        .map_err(crate::error::explain)
                })
            })
            .await
    }

    async fn put(&self, record: &Record, statement: &'static str) -> domain::Result<bool> {
        let (id, expires_at) = (key(&record.id), millis(record.expiry_date));
        let data = serde_json::to_string(&record.data).map_err(|error| unexpected(&error))?;
        self.0
            .transaction(move |connection| {
                Box::pin(async move {
                    sqlx::query(statement)
                        .bind(id)
                        .bind(data)
                        .bind(expires_at)
                        .execute(connection)
                        .await
                        .map(|done| done.rows_affected() == 1)
                        .map_err(crate::error::explain)
                })
            })
            .await
    }
}

fn key(id: &Id) -> String {
    hex(&Sha256::digest(id.0.to_be_bytes()))
}

fn millis(date: OffsetDateTime) -> i64 {
    i64::try_from(date.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}

fn backend(error: domain::Error) -> Error {
    Error::Backend(error.message)
}

#[async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !self
            .put(record, "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING")
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    /// Sessions that exist are changed to keep them from going idle: one that cannot be changed now stays as it is, so
    /// that pages go on where nothing can be written.
    async fn save(&self, record: &Record) -> Result<()> {
        let statement = "INSERT INTO sessions (id, data, expires_at) VALUES ($1, $2, $3)
             ON CONFLICT (id) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at";
        match self.put(record, statement).await {
            Err(error) if error.kind == ErrorKind::Busy => {
                tracing::warn!(%error, "a session could not be changed and stays as it is");
                Ok(())
            }
            saved => saved.map(|_| ()).map_err(backend),
        }
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let mut connection = self.0.read().await.map_err(backend)?;
        let row = sqlx::query("SELECT data, expires_at FROM sessions WHERE id = $1")
            .bind(key(id))
            .fetch_optional(&mut *connection)
            .await
            .map_err(|error| backend(crate::error::explain(error)))?;
        let Some(row) = row else { return Ok(None) };
        let decode = |error: &dyn std::error::Error| Error::Decode(error.to_string());
        let data: String = row.try_get("data").map_err(|error| decode(&error))?;
        let expires_at: i64 = row.try_get("expires_at").map_err(|error| decode(&error))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(expires_at) * 1_000_000)
            .map_err(|error| decode(&error))?;
        if expiry_date <= OffsetDateTime::now_utc() {
            return Ok(None);
        }
        let data: HashMap<String, serde_json::Value> = serde_json::from_str(&data).map_err(|error| decode(&error))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        let id = key(id);
        self.0
            .transaction(move |connection| {
                Box::pin(async move {
                    sqlx::query("DELETE FROM sessions WHERE id = $1")
                        .bind(id)
                        .execute(connection)
                        .await
                        .map(|_| ())
                        .map_err(crate::error::explain)
                })
            })
            .await
            .map_err(backend)
    }
}
