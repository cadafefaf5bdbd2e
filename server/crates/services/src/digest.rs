//! The weekly digest: who wants one, and writing it on Mondays, once to each person and week.

use std::sync::Arc;

use async_trait::async_trait;
use domain::account::Viewer;
use domain::digest::{Week, last_week, next_after, week_of};
use domain::{Clock, Result, Timestamp};
use store::Store;
use store::digest as rows;
use store::task::NewTask;

use crate::interview::Interviews;
use crate::mail::{Digest, Letter, Link, Mails};
use crate::tasks::{Done, Tasks, Trouble, Work};

/// The kind, and the name, of the task that writes them; there is one at a time.
const WEEKLY: &str = "weekly-digest";
/// People who are looked at together.
const BATCH: i64 = 50;

/// The use cases of the weekly digest.
#[derive(Clone)]
pub struct Digests {
    store: Store,
    clock: Arc<dyn Clock>,
    interviews: Interviews,
    mails: Mails,
    tasks: Tasks,
}

impl Digests {
    /// Digests of what `interviews` knows, written by `mails`. None is written yet: see [`Digests::begin`].
    pub fn new(store: Store, clock: Arc<dyn Clock>, interviews: Interviews, mails: Mails, tasks: Tasks) -> Self {
        let digests = Self { store, clock, interviews, mails, tasks };
        digests.tasks.register(WEEKLY, Arc::new(digests.clone()));
        digests
    }

    /// Sees to it that digests are written from the next Monday on; does nothing when that is so.
    pub async fn begin(&self) -> Result<()> {
        let task = self.tasks.task(WEEKLY, &());
        let due_at = next_after(self.clock.now());
        self.tasks.queue(NewTask { name: Some(WEEKLY.to_owned()), due_at, ..task }).await.map(|_| ())
    }

    /// Says whether the person wants the digest.
    pub async fn want(&self, viewer: &Viewer, wanted: bool) -> Result<()> {
        let id = viewer.id;
        self.store.transaction(move |connection| Box::pin(rows::want(connection, id, wanted))).await
    }

    /// Writes to one person, if there is something to say; once, whoever asks.
    async fn write(&self, person: &Viewer, now: Timestamp) -> Result<()> {
        let dashboard = self.interviews.dashboard(person).await?;
        let week = last_week(&dashboard, now);
        let written = week.map(|week| {
            let link = Link::new(dashboard.next.path.clone());
            let (next, reason) = (dashboard.next.title.clone(), dashboard.next.reason.clone());
            self.mails.write(&person.into(), &letter(week, next, reason, link))
        });
        let (id, written) = (person.id, written.transpose()?);
        let save = self.store.transaction(move |connection| {
            Box::pin(async move {
                let first = rows::take(connection, id, week_of(now)).await?;
                match written.filter(|_| first) {
                    Some(written) => written.save(connection).await,
                    None => Ok(()),
                }
            })
        });
        save.await
    }
}

fn letter(week: Week, next: String, reason: String, link: Link) -> Letter {
    Letter::WeeklyDigest(Digest {
        from: week.from.day(),
        to: week.to.day(),
        interviews: week.interviews,
        answers: week.answers,
        roles: week.roles.join(", "),
        score: week.score,
        next,
        reason,
        link,
        settings: Link::new("/settings#digest"),
    })
}

#[async_trait]
impl Work for Digests {
    async fn run(&self, _payload: &str) -> std::result::Result<Done, Trouble> {
        let now = self.clock.now();
        let (mut after, mut failed) = (None, None);
        loop {
            let people = rows::due(&mut *self.store.read().await?, week_of(now), after, BATCH).await?;
            let Some(last) = people.last() else { break };
            after = Some(last.id);
            for person in &people {
                // What went wrong for one person keeps nobody else waiting; the next try is for those that are left.
                if let Err(error) = self.write(person, now).await {
                    failed = Some(error);
                }
            }
            self.mails.wake();
        }
        failed.map_or(Ok(Done::Until(next_after(now))), |error| Err(error.into()))
    }
}
