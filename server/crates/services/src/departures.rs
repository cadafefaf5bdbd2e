//! Leaving for good: asked for with one's own address, done a week later unless one comes back.

use std::sync::Arc;

use domain::account::{AccountId, Viewer};
use domain::audit::Action;
use domain::{Clock, Error, Result, Timestamp};
use store::Store;
use store::{account as accounts, departure as rows};

use crate::audit::Audit;

/// Days in which one may come back.
const DAYS: i64 = 7;

/// The use cases of leaving.
#[derive(Clone)]
pub struct Departures {
    store: Store,
    clock: Arc<dyn Clock>,
    audit: Audit,
}

impl Departures {
    /// Departures kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, audit: Audit) -> Self {
        Self { store, clock, audit }
    }

    /// Asks for the account to be removed in a week, and ends all sessions and tokens. `address` is what the person
    /// typed to confirm it: their own address.
    ///
    /// # Errors
    /// `Invalid` for another address.
    pub async fn ask(&self, viewer: &Viewer, address: &str) -> Result<Timestamp> {
        if address.trim().to_lowercase() != viewer.email.to_lowercase() {
            let message = "This is not the address of your account. Type it as it stands at the top of this page.";
            return Err(Error::invalid("address", message));
        }
        let (owner, due_at) = (viewer.id, self.clock.now().seconds_later(86_400 * DAYS));
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                rows::put(connection, owner, due_at).await?;
                accounts::end_sessions(connection, owner).await
            })
        });
        work.await?;
        self.audit.note(Some(owner), Action::LeaveAsked, "", None).await;
        Ok(due_at)
    }

    /// When the account is removed, if it is to be.
    pub async fn due(&self, account: AccountId) -> Result<Option<Timestamp>> {
        rows::due(&mut *self.store.read().await?, account).await
    }

    /// Stays after all.
    pub async fn take_back(&self, viewer: &Viewer) -> Result<()> {
        let owner = viewer.id;
        self.store.transaction(move |connection| Box::pin(rows::take_back(connection, owner))).await?;
        self.audit.note(Some(owner), Action::LeaveTakenBack, "", None).await;
        Ok(())
    }

    /// Removes the accounts whose week is over; answers how many.
    pub async fn remove_due(&self) -> Result<u64> {
        let due = rows::all_due(&mut *self.store.read().await?, self.clock.now()).await?;
        let mut removed = 0;
        for owner in due {
            self.store.transaction(move |connection| Box::pin(rows::remove_account(connection, owner))).await?;
            self.audit.note(None, Action::AccountRemoved, "", None).await;
            removed += 1;
        }
        if removed > 0 {
            self.store.wipe().await?;
        }
        Ok(removed)
    }
}
