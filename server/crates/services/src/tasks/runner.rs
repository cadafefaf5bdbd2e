//! Claims tasks that are due, and sees to how they end.

use std::sync::Arc;
use std::time::Duration;

use domain::number::hex;
use domain::task::{MOST_TRIES, pause_after};
use domain::{Result, Timestamp};
use futures::future::BoxFuture;
use store::Connection;
use store::task::{self as rows, Claimed};
use tokio::task::JoinSet;

use super::{DONE, Done, FAILED, QUEUED, RUNNING, Tasks, Told, Trouble, Work};

/// Tasks that are done at the same time in this process.
const AT_ONCE: usize = 4;
/// How often it looks for what other instances queued.
const LOOK: Duration = Duration::from_secs(5);
/// Seconds that a claim holds unless it is renewed.
const CLAIM: i64 = 60;
/// How often it is renewed.
const RENEW: Duration = Duration::from_secs(15);

/// What there is to do.
enum Next {
    /// This, now.
    Task(Claim, Arc<dyn Work>),
    /// Nothing for that long, unless something is queued.
    Rest(Duration),
}

/// A task in the hands of this process.
struct Claim {
    kind: String,
    task: Claimed,
    /// The random word that says whose it is.
    word: String,
}

impl Claim {
    /// What is told of the task, which is tried next at that time if it waits.
    fn told(&self, due_at: Option<Timestamp>) -> Told<'_> {
        Told { id: self.task.id, kind: &self.kind, tries: self.task.tries, due_at }
    }
}

impl Tasks {
    /// Does what is due, as soon as it is, until [`Tasks::stop`].
    pub async fn run(&self) {
        let _running = Running::begin(self);
        let mut stopping = self.0.stopping.subscribe();
        let mut working = JoinSet::new();
        while !*stopping.borrow_and_update() {
            let rest = self.begin(&mut working).await;
            tokio::select! {
                () = self.0.queued.notified() => {}
                Some(ended) = working.join_next() => note(ended),
                () = tokio::time::sleep(rest) => {}
                _ = stopping.changed() => {}
            }
        }
        while let Some(ended) = working.join_next().await {
            note(ended);
        }
    }

    /// Begins no more tasks, and waits for the end of those that are being done.
    pub async fn stop(&self) {
        self.0.stopping.send_replace(true);
        // The sender lives in `self`, so this cannot fail.
        let _ = self.0.running.subscribe().wait_for(|running| *running == 0).await;
    }

    /// Begins what is due, as much as there is room for; answers how long nothing else is.
    async fn begin(&self, working: &mut JoinSet<()>) -> Duration {
        while working.len() < AT_ONCE {
            match self.next().await {
                Ok(Next::Task(claim, work)) => {
                    let tasks = self.clone();
                    working.spawn(async move { tasks.carry_out(claim, work).await });
                }
                Ok(Next::Rest(rest)) => return rest,
                Err(error) => {
                    tracing::warn!(%error, "background tasks could not be claimed");
                    return LOOK;
                }
            }
        }
        LOOK
    }

    async fn next(&self) -> Result<Next> {
        loop {
            let now = self.0.clock.now();
            let due = rows::due(&mut *self.0.store.read().await?).await?;
            let known = due.into_iter().filter_map(|(kind, at)| Some((at, self.work(&kind)?, kind)));
            let Some((at, work, kind)) = known.min_by_key(|(at, ..)| *at) else { return Ok(Next::Rest(LOOK)) };
            if at > now {
                return Ok(Next::Rest(until(now, at).min(LOOK)));
            }
            let word = self.word();
            let (claimed, holder) = (kind.clone(), word.clone());
            let claim = self.0.store.transaction(move |connection| {
                Box::pin(async move { rows::claim(connection, &claimed, &holder, now, now.seconds_later(CLAIM)).await })
            });
            // When another instance was faster, there may be more.
            if let Some(task) = claim.await? {
                return Ok(Next::Task(Claim { kind, task, word }, work));
            }
        }
    }

    fn word(&self) -> String {
        let mut bytes = [0; 16];
        self.0.random.fill(&mut bytes);
        hex(&bytes)
    }

    /// Does a task, unless its claim is lost meanwhile, and notes how it ended.
    async fn carry_out(&self, claim: Claim, work: Arc<dyn Work>) {
        let Claim { kind, task, .. } = &claim;
        self.tell(task.owner, RUNNING, claim.told(None)).await;
        let outcome = if task.tries > MOST_TRIES {
            Err(Trouble::Lasting("Each time that it was tried, the server stopped in the middle.".to_owned()))
        } else {
            tokio::select! {
                outcome = work.run(&task.payload) => outcome,
                () = self.hold(&claim) => {
                    tracing::info!(id = %task.id, kind, "a background task was broken off: it was cancelled or is done elsewhere");
                    return;
                }
            }
        };
        let settled = match outcome {
            Ok(done) => self.ended(&claim, done).await,
            Err(trouble) => self.failed(&claim, &*work, trouble).await,
        };
        if let Err(error) = settled {
            tracing::warn!(id = %task.id, kind, %error, "the end of a background task could not be noted; it will be done again");
        }
    }

    /// Renews the claim again and again; returns when it is lost.
    async fn hold(&self, claim: &Claim) {
        loop {
            tokio::time::sleep(RENEW).await;
            let until = self.0.clock.now().seconds_later(CLAIM);
            let renewed = self.change(claim, move |connection, claim| {
                Box::pin(rows::renew(connection, claim.task.id, &claim.word, until))
            });
            match renewed.await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => tracing::warn!(%error, "the claim of a background task could not be renewed"),
            }
        }
    }

    async fn ended(&self, claim: &Claim, done: Done) -> Result<bool> {
        let held = self.change(claim, move |connection, claim| {
            Box::pin(async move {
                match done {
                    Done::Once => rows::finish(connection, claim.task.id, &claim.word).await,
                    Done::Until(at) => rows::postpone(connection, claim.task.id, &claim.word, at, None).await,
                }
            })
        });
        let held = held.await?;
        if held {
            let (name, due_at) = match done {
                Done::Once => (DONE, None),
                Done::Until(at) => (QUEUED, Some(at)),
            };
            self.tell(claim.task.owner, name, claim.told(due_at)).await;
        }
        Ok(held)
    }

    async fn failed(&self, claim: &Claim, work: &dyn Work, trouble: Trouble) -> Result<bool> {
        let now = self.0.clock.now();
        let Claim { kind, task: Claimed { id, owner, payload, tries }, .. } = claim;
        let (reason, pause) = match trouble {
            Trouble::Passing(reason) => (reason, pause_after(*tries)),
            Trouble::Lasting(reason) => (reason, None),
        };
        // The reason may hold an address, which is nothing for a log.
        let error = reason.clone();
        let Some(pause) = pause else {
            tracing::warn!(%id, kind, tries, "a background task was given up; the page “Tasks” says why");
            let failed = self.change(claim, move |connection, claim| {
                Box::pin(async move { rows::fail(connection, claim.task.id, &claim.word, &error, now).await })
            });
            let held = failed.await?;
            if held {
                work.given_up(payload, &reason).await;
                self.tell(*owner, FAILED, claim.told(None)).await;
            }
            return Ok(held);
        };
        tracing::info!(%id, kind, tries, pause, "a background task failed and is tried again");
        let due_at = now.seconds_later(pause);
        let postponed = self.change(claim, move |connection, claim| {
            Box::pin(async move { rows::postpone(connection, claim.task.id, &claim.word, due_at, Some(&error)).await })
        });
        let held = postponed.await?;
        if held {
            self.tell(*owner, QUEUED, claim.told(Some(due_at))).await;
        }
        Ok(held)
    }

    /// Changes a claimed task in a transaction of its own.
    async fn change<F>(&self, claim: &Claim, work: F) -> Result<bool>
    where
        F: for<'c> FnOnce(&'c mut Connection, &'c Claim) -> BoxFuture<'c, Result<bool>> + Send + 'static,
    {
        let claim = Claim { kind: claim.kind.clone(), task: claim.task.clone(), word: claim.word.clone() };
        self.0.store.transaction(move |connection| Box::pin(async move { work(connection, &claim).await })).await
    }
}

/// Counts a runner while it lives, also when it is broken off.
struct Running(Tasks);

impl Running {
    fn begin(tasks: &Tasks) -> Self {
        tasks.0.running.send_modify(|running| *running += 1);
        Self(tasks.clone())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.0.running.send_modify(|running| *running -= 1);
    }
}

/// A task that panicked is claimed again when its claim has run out.
fn note(ended: std::result::Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a background task panicked");
    }
}

fn until(now: Timestamp, at: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(at.millis() - now.millis()).unwrap_or(0))
}
