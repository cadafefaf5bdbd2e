//! Writing down what matters for security and what administrators do, and reading it.

use std::sync::Arc;

use domain::account::{AccountId, Viewer};
use domain::audit::{Action, AuditEntry, AuditFilter};
use domain::{Clock, Error, Id, Random, Result};
use store::Store;
use store::audit as rows;

use crate::limits::ClientAddress;

/// Entries of a page, at most.
pub const LONGEST_PAGE: u32 = 200;

/// The audit log.
#[derive(Clone)]
pub struct Audit {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
}

impl Audit {
    /// The log kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Self {
        Self { store, clock, random }
    }

    /// Writes down that `actor` did something to `subject`, from a network address if there is one. What was done stays
    /// done if that fails; the failure is logged.
    pub async fn note(
        &self,
        actor: Option<AccountId>,
        action: Action,
        subject: impl Into<String>,
        from: Option<ClientAddress>,
    ) {
        let network = from.map(|from| from.to_string()).unwrap_or_default();
        self.write(rows::NewEntry { network, ..self.entry(actor, action, subject.into()) }).await;
    }

    /// Writes down that `actor` changed the account `about`.
    pub async fn note_about(&self, actor: AccountId, action: Action, subject: &str, about: AccountId) {
        self.write(rows::NewEntry { about: Some(about), ..self.entry(Some(actor), action, subject.to_owned()) }).await;
    }

    fn entry(&self, actor: Option<AccountId>, action: Action, subject: String) -> rows::NewEntry {
        let at = self.clock.now();
        let id = Id::new(at, &*self.random);
        rows::NewEntry { id, at, actor, action, subject, about: None, network: String::new() }
    }

    async fn write(&self, entry: rows::NewEntry) {
        let action = entry.action;
        let work =
            self.store.transaction(move |connection| Box::pin(async move { rows::insert(connection, &entry).await }));
        if let Err(error) = work.await {
            tracing::error!(%error, action = action.slug(), "an entry of the audit log could not be written");
        }
    }

    /// The latest entries that fit, at most `limit` of them, the newest first; and whether more follow. For
    /// administrators.
    ///
    /// # Errors
    /// `Forbidden` for anybody else, `Invalid` for no entry or too many.
    pub async fn list(&self, viewer: &Viewer, filter: &AuditFilter, limit: u32) -> Result<(Vec<AuditEntry>, bool)> {
        viewer.must_administer("read the audit log")?;
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(Error::invalid("limit", format!("Ask for 1 to {LONGEST_PAGE} entries at once.")));
        }
        let mut connection = self.store.read().await?;
        let mut entries = rows::latest(&mut connection, filter, i64::from(limit) + 1).await?;
        let more = entries.len() > limit as usize;
        entries.truncate(limit as usize);
        Ok((entries, more))
    }
}
