//! Generated text: what it takes is counted by person, feature and model, people have a quota of
//! tokens a day, and a repeatable request is answered once and kept.
//!
//! [`Generation::engine`] puts all of it around an engine, so that no feature has to think of it.
//! A person whose quota is used up gets [`domain::ErrorKind::TooMany`]; features then do without
//! the model, as they do when it is busy.

mod kept;
mod metered;
mod run;
mod turns;

use std::sync::Arc;

use domain::account::{AccountId, Email, STANDARD_PLAN, Viewer};
use domain::generation::{DailyUse, Quotas, Today};
use domain::{Clock, Error, Result};
use inference::Engine;
use store::Store;
use tokio::sync::watch;

use metered::Metered;
use turns::Turns;

/// How generation is limited.
#[derive(Clone, Debug)]
pub struct GenerationOptions {
    /// Tokens that people may use in a day.
    pub quotas: Quotas,
    /// The most bytes of kept answers; 0 keeps none.
    pub kept_bytes: u64,
    /// Days after which an answer that nobody asked for again is removed.
    pub kept_days: u32,
}

/// The use cases of generated text.
#[derive(Clone)]
pub struct Generation(Arc<Parts>);

struct Parts {
    store: Store,
    clock: Arc<dyn Clock>,
    options: GenerationOptions,
    turns: Turns,
    /// Records that are being written.
    writing: watch::Sender<usize>,
}

impl Generation {
    /// Counts and answers kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, options: GenerationOptions) -> Self {
        Self(Arc::new(Parts { store, clock, options, turns: Turns::default(), writing: watch::Sender::new(0) }))
    }

    /// `engine` with quotas, counts and kept answers. `identity` tells its model from every other,
    /// such as by the digest of its file: a kept answer is given for the same identity alone.
    pub fn engine(&self, engine: Arc<dyn Engine>, identity: impl Into<String>) -> Arc<dyn Engine> {
        Arc::new(Metered::new(engine, identity.into(), Arc::clone(&self.0)))
    }

    /// What the viewer used today and may use.
    pub async fn today(&self, viewer: &Viewer) -> Result<Today> {
        self.0.today(viewer.id).await
    }

    /// What everybody together used today and on the `days` days before, for administrators: by
    /// feature and model, the latest day first.
    ///
    /// # Errors
    /// `Forbidden` for anybody else.
    pub async fn daily_use(&self, viewer: &Viewer, days: u32) -> Result<Vec<DailyUse>> {
        viewer.must_administer("see what everybody used")?;
        let since = self.0.clock.now().hours_before(24 * i64::from(days)).start_of_day();
        store::generation::used_since(&mut *self.0.store.read().await?, since).await
    }

    /// Gives the account with this address another plan. For the command line, whose user owns
    /// the machine.
    ///
    /// # Errors
    /// `Invalid` for a plan that is not configured, `NotFound` when nobody has that address.
    pub async fn change_plan(&self, email: &str, plan: &str) -> Result<()> {
        let quotas = &self.0.options.quotas;
        if !quotas.has(plan) {
            let plans = quotas.plans().join(", ");
            let reason = format!("There is no plan “{plan}” in [inference.quotas] of the configuration: {plans}.");
            return Err(Error::invalid("plan", reason));
        }
        let (address, plan) = (Email::parse(email)?, plan.to_owned());
        let change = self.0.store.transaction(move |connection| {
            Box::pin(async move { store::account::change_plan(connection, &address, &plan).await })
        });
        if change.await? { Ok(()) } else { Err(Error::not_found("account")) }
    }

    /// Removes the kept answers that are too old or too many; answers how many.
    pub async fn trim(&self) -> Result<u64> {
        let GenerationOptions { kept_bytes: most, kept_days: days, .. } = self.0.options;
        let since = self.0.clock.now().hours_before(24 * i64::from(days));
        let trim = self
            .0
            .store
            .transaction(move |connection| Box::pin(store::generation::trim_answers(connection, since, most)));
        trim.await
    }

    /// Waits until everything that ended so far is counted and kept.
    pub async fn settled(&self) {
        // The sender lives in `self`, so this cannot fail.
        let _ = self.0.writing.subscribe().wait_for(|writing| *writing == 0).await;
    }
}

impl Parts {
    async fn today(&self, account: AccountId) -> Result<Today> {
        let mut connection = self.store.read().await?;
        let plan = store::account::plan(&mut connection, account).await?;
        let plan = plan.unwrap_or_else(|| STANDARD_PLAN.to_owned());
        let day = self.clock.now().start_of_day();
        let consumption = store::generation::used_on(&mut connection, account, day).await?;
        Ok(Today { limit: self.options.quotas.limit(&plan), plan, consumption })
    }

    /// Whether one more text may be generated for `person`, if it is one: programs have no quota.
    async fn check_quota(&self, person: Option<AccountId>) -> Result<()> {
        match person.filter(|_| self.options.quotas.any()) {
            Some(account) => self.today(account).await?.check(),
            None => Ok(()),
        }
    }
}
