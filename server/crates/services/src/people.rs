//! The accounts that there are, for administrators: finding them, what they may do, and keeping people out.

use std::sync::Arc;

use domain::account::{AccountId, Standing, Viewer};
use domain::audit::Action;
use domain::people::{PeopleFilter, Person, last_administrator};
use domain::{Clock, Error, ErrorKind, Result};
use store::people as rows;
use store::{Connection, Store};

use crate::audit::Audit;

/// Accounts of a page, at most.
pub const LONGEST_PAGE: u32 = 200;

const TASK: &str = "look after people's accounts";

/// The use cases of looking after accounts.
#[derive(Clone)]
pub struct People {
    store: Store,
    clock: Arc<dyn Clock>,
    audit: Audit,
}

impl People {
    /// The accounts kept in `store`.
    pub fn new(store: Store, clock: Arc<dyn Clock>, audit: Audit) -> Self {
        Self { store, clock, audit }
    }

    /// The accounts that fit, at most `limit` of them, those opened last first; and whether more follow. For
    /// administrators, as all of this.
    ///
    /// # Errors
    /// `Forbidden` for anybody else, `Invalid` for no account or too many.
    pub async fn list(&self, viewer: &Viewer, filter: &PeopleFilter, limit: u32) -> Result<(Vec<Person>, bool)> {
        viewer.must_administer(TASK)?;
        if !(1..=LONGEST_PAGE).contains(&limit) {
            return Err(Error::invalid("limit", format!("Ask for 1 to {LONGEST_PAGE} accounts at once.")));
        }
        let mut people = rows::latest(&mut *self.store.read().await?, filter, i64::from(limit) + 1).await?;
        let more = people.len() > limit as usize;
        people.truncate(limit as usize);
        Ok((people, more))
    }

    /// Gives an account another standing, and ends its sessions and tokens.
    ///
    /// # Errors
    /// `NotFound` if there is no such account, `Conflict` if it is the last administrator's.
    pub async fn change_standing(&self, viewer: &Viewer, id: AccountId, standing: Standing) -> Result<()> {
        viewer.must_administer(TASK)?;
        let change = self.store.transaction(move |connection| {
            Box::pin(async move {
                let person = held(connection, id).await?;
                if person.standing == standing {
                    return Ok(false);
                }
                keep_one(connection, &person).await?;
                rows::change_standing(connection, id, standing).await.map(|()| true)
            })
        });
        if change.await? {
            self.audit.note_about(viewer.id, Action::StandingChanged, standing.slug(), id).await;
        }
        Ok(())
    }

    /// Keeps the person of an account out from now on; sessions and tokens end. Nothing of theirs is lost.
    ///
    /// # Errors
    /// As [`change_standing`](Self::change_standing); `Conflict` for one's own account, too.
    pub async fn disable(&self, viewer: &Viewer, id: AccountId) -> Result<()> {
        viewer.must_administer(TASK)?;
        if id == viewer.id {
            let message = "This is your own account. Another administrator can disable it.";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let now = self.clock.now();
        let disable = self.store.transaction(move |connection| {
            Box::pin(async move {
                let person = held(connection, id).await?;
                if person.disabled_at.is_some() {
                    return Ok(false);
                }
                keep_one(connection, &person).await?;
                rows::disable(connection, id, now).await.map(|()| true)
            })
        });
        if disable.await? {
            self.audit.note_about(viewer.id, Action::AccountDisabled, "", id).await;
        }
        Ok(())
    }

    /// Lets the person of an account in again.
    ///
    /// # Errors
    /// `NotFound` if there is no such account.
    pub async fn enable(&self, viewer: &Viewer, id: AccountId) -> Result<()> {
        viewer.must_administer(TASK)?;
        let enable = self.store.transaction(move |connection| {
            Box::pin(async move {
                let disabled = rows::find(connection, id).await?.disabled_at.is_some();
                rows::enable(connection, id).await.map(|()| disabled)
            })
        });
        if enable.await? {
            self.audit.note_about(viewer.id, Action::AccountEnabled, "", id).await;
        }
        Ok(())
    }
}

/// The account, while no other change of administrators goes on.
async fn held(connection: &mut Connection, id: AccountId) -> Result<Person> {
    rows::hold_administrators(connection).await?;
    rows::find(connection, id).await
}

/// Sees that there is an administrator without `person`.
async fn keep_one(connection: &mut Connection, person: &Person) -> Result<()> {
    let counts = person.standing == Standing::Admin && person.disabled_at.is_none();
    if counts && !rows::has_other_admin(connection, person.id).await? {
        return Err(last_administrator());
    }
    Ok(())
}
