//! What happens for people while they look on. Events are in the database, in order; whoever looks on is woken and reads
//! those that are new, so none is lost or comes twice, whichever server they are connected to.

use std::sync::Arc;

use domain::account::AccountId;
use domain::event::{Event, Topic};
use domain::{Clock, Result};
use serde_json::Value;
use store::Store;
use store::event as rows;
use tokio::sync::broadcast;

/// Events that are read at once.
const PAGE: i64 = 200;
/// Hours for which they are kept.
const KEPT_HOURS: i64 = 24;
/// People who may be woken before a slow reader is told that it missed some, and looks for itself.
const AHEAD: usize = 1_024;

/// Events, and whom they wake.
#[derive(Clone)]
pub struct Events {
    store: Store,
    clock: Arc<dyn Clock>,
    wake: broadcast::Sender<AccountId>,
}

impl Events {
    /// Events kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock, wake: broadcast::Sender::new(AHEAD) }
    }

    /// Tells the person that something happened. It is no reason to fail for what happened: a failure is logged.
    pub async fn publish(&self, owner: AccountId, topic: Topic, name: &'static str, data: Value) {
        let now = self.clock.now();
        let appended = self.store.transaction(move |connection| {
            Box::pin(async move { rows::append(connection, owner, topic, name, &data, now).await })
        });
        if let Err(error) = appended.await {
            tracing::warn!(%error, name, "an event could not be kept");
            return;
        }
        self.woken(owner);
        if let Err(error) = self.store.notify(&owner.to_string()).await {
            tracing::warn!(%error, name, "other servers could not be told of an event");
        }
    }

    /// People for whom there is something new, from now on. One who lags behind looks for themselves.
    pub fn wakes(&self) -> broadcast::Receiver<AccountId> {
        self.wake.subscribe()
    }

    /// The person's events after the one with this number, some of them if there are many.
    pub async fn after(&self, owner: AccountId, number: i64) -> Result<Vec<Event>> {
        rows::after(&mut *self.store.read().await?, owner, number, PAGE).await
    }

    /// The numbers of the person's latest event and of the oldest one that is kept.
    pub async fn range(&self, owner: AccountId) -> Result<(i64, Option<i64>)> {
        rows::range(&mut *self.store.read().await?, owner).await
    }

    /// Hears of what other servers on the same database publish, until the connection breaks; for ever where there can
    /// be no others.
    pub async fn listen(&self) -> Result<()> {
        let Some(mut heard) = self.store.listen().await? else { return std::future::pending().await };
        while let Some(owner) = heard.next().await? {
            if let Ok(owner) = owner.parse() {
                self.woken(owner);
            }
        }
        Ok(())
    }

    /// Removes old events; answers how many.
    pub async fn remove_old(&self) -> Result<u64> {
        let since = self.clock.now().hours_before(KEPT_HOURS);
        self.store.transaction(move |connection| Box::pin(rows::remove_before(connection, since))).await
    }

    fn woken(&self, owner: AccountId) {
        // Nobody may be looking.
        let _ = self.wake.send(owner);
    }
}
