//! Sharing one's practice with a mentor, and what the mentor sees of it.
//!
//! What belongs to a person is read as they read it themselves, after looking whether they share it just now: so a share
//! that ends closes everything at once. Nobody but the mentor learns whether an address is one.

use std::sync::Arc;

use domain::account::Viewer;
use domain::audit::Action;
use domain::interview::{InterviewId, Report, Summary};
use domain::progress::Progress;
use domain::share::{self, Mentee, Mentees, Practice, Share, ShareId};
use domain::{Clock, Error, Id, Random, Result};
use store::Store;
use store::account as accounts;
use store::share as rows;

use crate::audit::Audit;
use crate::interview::Interviews;

/// The use cases of sharing.
#[derive(Clone)]
pub struct Shares {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    audit: Audit,
    interviews: Interviews,
}

impl Shares {
    /// Shares kept in `store`, of what is practised in `interviews`.
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        audit: Audit,
        interviews: Interviews,
    ) -> Self {
        Self { store, clock, random, audit, interviews }
    }

    /// With whom the person shares, the latest first.
    pub async fn list(&self, viewer: &Viewer) -> Result<Vec<Share>> {
        rows::of(&mut *self.store.read().await?, viewer.id).await
    }

    /// Lets the mentor with the address `email` see the person's practice; the same whether or not there is one. Doing it
    /// twice is the same as once.
    ///
    /// # Errors
    /// `Invalid` for what is no address or one's own, `Conflict` for too many.
    pub async fn begin(&self, viewer: &Viewer, email: &str) -> Result<Share> {
        let (email, created_at) = (share::recipient(viewer, email)?, self.clock.now());
        let (owner, id) = (viewer.id, Id::new(created_at, &*self.random));
        let begin = self.store.transaction(move |connection| {
            Box::pin(async move {
                let new = rows::NewShare { id, email, created_at };
                rows::insert(connection, owner, &new, share::MOST).await?;
                rows::with(connection, owner, &new.email).await
            })
        });
        let share = begin.await?.ok_or_else(share::too_many)?;
        if share.id == id {
            self.audit.note(Some(owner), Action::ShareBegun, "", None).await;
        }
        Ok(share)
    }

    /// Ends a share at once.
    ///
    /// # Errors
    /// `NotFound` if the person has none like that.
    pub async fn end(&self, viewer: &Viewer, id: ShareId) -> Result<()> {
        let owner = viewer.id;
        let end = self.store.transaction(move |connection| Box::pin(rows::remove(connection, owner, id)));
        if !end.await? {
            return Err(Error::not_found("share"));
        }
        self.audit.note(Some(owner), Action::ShareEnded, "", None).await;
        Ok(())
    }

    /// Those who share with the mentor.
    ///
    /// # Errors
    /// `Forbidden` for anybody who is no mentor.
    pub async fn mentees(&self, viewer: &Viewer) -> Result<Mentees> {
        viewer.must_mentor()?;
        let mut connection = self.store.read().await?;
        let settings = accounts::mail_settings(&mut connection, viewer.id).await?;
        let shown = rows::shown(&mut connection, viewer.id, None).await?;
        Ok(Mentees {
            confirmed: settings.is_some_and(|settings| settings.verified),
            people: shown.into_iter().map(|shown| shown.mentee).collect(),
        })
    }

    /// How the practice of somebody who shares went so far.
    ///
    /// # Errors
    /// `NotFound` if nobody shares that with the viewer just now; so for all below.
    pub async fn practice(&self, viewer: &Viewer, id: ShareId) -> Result<Practice> {
        let (owner, shown) = self.owner(viewer, id).await?;
        Ok(Practice::new(shown.mentee, self.interviews.dashboard(&owner).await?))
    }

    /// Their interviews, newest first: `limit` of them, those that come after `after`; and whether more follow.
    pub async fn interviews(
        &self,
        viewer: &Viewer,
        id: ShareId,
        after: Option<InterviewId>,
        limit: u32,
    ) -> Result<(Vec<Summary>, bool)> {
        let (owner, _) = self.owner(viewer, id).await?;
        self.interviews.list(&owner, after, limit).await
    }

    /// The report of one of their interviews, without the posting that steered it, and whose it is.
    pub async fn report(&self, viewer: &Viewer, id: ShareId, interview: InterviewId) -> Result<(Mentee, Report)> {
        let (owner, shown) = self.owner(viewer, id).await?;
        let mut report = self.interviews.report(&owner, interview).await?;
        report.setup.job_description = None;
        Ok((shown.mentee, report))
    }

    /// What they practised in the last `days` days, today included.
    pub async fn progress(&self, viewer: &Viewer, id: ShareId, days: u32) -> Result<Progress> {
        let (owner, _) = self.owner(viewer, id).await?;
        self.interviews.progress(&owner, days).await
    }

    /// Whose practice the share shows to the viewer, as the person themselves would ask for it.
    async fn owner(&self, viewer: &Viewer, id: ShareId) -> Result<(Viewer, rows::Shown)> {
        let missing = || Error::not_found("person");
        let mut connection = self.store.read().await?;
        let shown = rows::shown(&mut connection, viewer.id, Some(id)).await?.pop().ok_or_else(missing)?;
        let owner = accounts::by_id(&mut connection, shown.owner).await?.ok_or_else(missing)?;
        Ok((owner.viewer, shown))
    }
}
