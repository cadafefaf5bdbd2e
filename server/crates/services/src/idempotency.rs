//! Creating calls that may be repeated: the caller's key makes the second one get the answer of the first.

use std::sync::Arc;

use domain::account::Viewer;
use domain::{Clock, Error, ErrorKind, Result};
use store::Store;
use store::idempotency as rows;

use crate::secret;

/// Hours for which an answer is kept.
const KEPT_HOURS: i64 = 24;
/// Hours after which a call that was never answered counts no more: the server ended meanwhile.
const STALE_HOURS: i64 = 1;
/// Longest key, in bytes.
const LONGEST_KEY: usize = 200;

/// Calls by their keys.
#[derive(Clone)]
pub struct IdempotentCalls {
    store: Store,
    clock: Arc<dyn Clock>,
}

/// What is to be done about a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Begun {
    /// It is new: answer it, and then [`finish`](IdempotentCalls::finish) or [`forget`](IdempotentCalls::forget) it.
    New,
    /// It was answered with this status and body.
    Answered(u16, String),
}

impl IdempotentCalls {
    /// Calls kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Takes the person's `key` for a call that asks for `request`, written down in a way that tells it from any other.
    ///
    /// # Errors
    /// `Invalid` for a key that is none or was used for something else, `Conflict` while the first call is being answered.
    pub async fn begin(&self, viewer: &Viewer, key: &str, request: &str) -> Result<Begun> {
        if key.is_empty() || key.len() > LONGEST_KEY || !key.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "Send an Idempotency-Key of 1 to 200 printable characters without spaces, such as a UUID.";
            return Err(Error::invalid("Idempotency-Key", message));
        }
        let (owner, taken, digest, now) = (viewer.id, key.to_owned(), secret::hash(request), self.clock.now());
        let (asked, stale) = (digest.clone(), now.hours_before(STALE_HOURS));
        let earlier = self.store.transaction(move |connection| {
            Box::pin(async move { rows::begin(connection, owner, &taken, &asked, now, stale).await })
        });
        match earlier.await? {
            None => Ok(Begun::New),
            Some(call) if call.request != digest => {
                let message = "This Idempotency-Key was used for another request. Choose a new one for each.";
                Err(Error::invalid("Idempotency-Key", message))
            }
            Some(rows::Call { status: Some(status), answer, .. }) => Ok(Begun::Answered(status, answer)),
            Some(_) => {
                let message = "The first request with this Idempotency-Key is still being answered. Please try again in a moment.";
                Err(Error { retry_after: Some(1), ..Error::new(ErrorKind::Conflict, message) })
            }
        }
    }

    /// Keeps the answer for repetitions.
    pub async fn finish(&self, viewer: &Viewer, key: &str, status: u16, answer: String) -> Result<()> {
        let (owner, key) = (viewer.id, key.to_owned());
        let work = self.store.transaction(move |connection| {
            Box::pin(async move { rows::finish(connection, owner, &key, status, &answer).await })
        });
        work.await
    }

    /// Lets go of a key whose call came to nothing, so that it may be tried again.
    pub async fn forget(&self, viewer: &Viewer, key: &str) -> Result<()> {
        let (owner, key) = (viewer.id, key.to_owned());
        let work = self
            .store
            .transaction(move |connection| Box::pin(async move { rows::forget(connection, owner, &key).await }));
        work.await
    }

    /// Removes answers that are old; answers how many.
    pub async fn remove_old(&self) -> Result<u64> {
        let since = self.clock.now().hours_before(KEPT_HOURS);
        self.store.transaction(move |connection| Box::pin(rows::remove_before(connection, since))).await
    }
}
