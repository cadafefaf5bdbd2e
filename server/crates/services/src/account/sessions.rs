//! Where people are signed in: beginning that, seeing it, ending it.

use domain::account::{AccountId, Viewer};
use domain::audit::Action;
use domain::session::{AccountSession, SessionId};
use domain::{Error, Id, Result, Timestamp};
use serde::{Deserialize, Serialize};
use store::account::sessions::{self as rows, Session};

use super::Accounts;
use crate::limits::ClientAddress;

/// Days after which a person signs in again, however active the session is.
pub const SESSION_DAYS: i64 = 30;
/// Days without use after which a browser's session ends.
pub const SESSION_IDLE_DAYS: i64 = 14;
/// Characters that are kept of what a browser says of itself.
const LONGEST_AGENT: usize = 300;

/// What a request tells of the one who sends it.
#[derive(Clone, Copy, Debug)]
pub struct Client<'a> {
    /// The network address that it comes from.
    pub address: ClientAddress,
    /// What the browser or program says of itself: its `User-Agent`.
    pub agent: &'a str,
}

/// What a browser's session remembers of who signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// The sign-in.
    pub session: SessionId,
    /// The account's session epoch at that time.
    pub session_epoch: i64,
    /// When the person was last seen, to the hour.
    pub seen: Timestamp,
}

impl SignedIn {
    /// Where a browser's session keeps it.
    pub const KEY: &str = "session";
}

impl Accounts {
    /// Begins a session.
    pub(super) async fn begin(&self, account: AccountId, session_epoch: i64, client: Client<'_>) -> Result<SignedIn> {
        let now = self.clock.now();
        let session = Session {
            id: Id::new(now, &*self.random),
            account,
            session_epoch,
            agent: client.agent.chars().take(LONGEST_AGENT).collect(),
            network: client.address.to_string(),
            created_at: now,
            used_at: now,
        };
        let id = session.id;
        self.store
            .transaction(move |connection| Box::pin(async move { rows::insert(connection, &session).await }))
            .await?;
        Ok(SignedIn { account, session: id, session_epoch, seen: now })
    }

    /// The person of a session; none when it has ended.
    pub async fn viewer(&self, signed_in: SignedIn) -> Result<Option<Viewer>> {
        let account = rows::account(&mut *self.store.read().await?, signed_in.session, self.oldest()).await?;
        Ok(account.filter(|account| account.viewer.id == signed_in.account).map(|account| account.viewer))
    }

    /// Notes that the person was seen; answers what the session remembers from now on. None when that was noted within
    /// the hour, so that not every request writes to the database.
    pub async fn seen(&self, signed_in: SignedIn, address: ClientAddress) -> Result<Option<SignedIn>> {
        let now = self.clock.now();
        if signed_in.seen >= now.hours_before(1) {
            return Ok(None);
        }
        let (id, network) = (signed_in.session, address.to_string());
        self.store
            .transaction(move |connection| {
                Box::pin(async move { rows::touch(connection, id, Some(&network), now).await })
            })
            .await?;
        Ok(Some(SignedIn { seen: now, ..signed_in }))
    }

    /// Where the person is signed in, the last used first. `current` is the session that asks.
    pub async fn sessions(&self, viewer: &Viewer, current: Option<SessionId>) -> Result<Vec<AccountSession>> {
        let sessions = rows::list(&mut *self.store.read().await?, viewer.id, self.oldest()).await?;
        let idle_since = self.clock.now().hours_before(24 * SESSION_IDLE_DAYS);
        let shown = sessions.into_iter().filter(|session| session.used_at > idle_since).map(|session| AccountSession {
            id: session.id,
            device: domain::device::words(&session.agent),
            network: session.network,
            created_at: session.created_at,
            used_at: session.used_at,
            current: current == Some(session.id),
        });
        Ok(shown.collect())
    }

    /// Ends one of the person's sessions at once, with its tokens.
    ///
    /// # Errors
    /// `NotFound` if the person has none like that.
    pub async fn end_session(&self, viewer: &Viewer, id: SessionId) -> Result<()> {
        let owner = viewer.id;
        let removed = self.store.transaction(move |connection| Box::pin(rows::remove(connection, owner, id))).await?;
        if !removed {
            return Err(Error::not_found("session"));
        }
        self.audit.note(Some(owner), Action::SignedOut, "", None).await;
        Ok(())
    }

    /// Ends all of the person's sessions but `kept`, with their tokens; answers how many.
    pub async fn end_other_sessions(&self, viewer: &Viewer, kept: SessionId) -> Result<u64> {
        let owner = viewer.id;
        let work = self.store.transaction(move |connection| Box::pin(rows::remove_others(connection, owner, kept)));
        let ended = work.await?;
        self.audit.note(Some(owner), Action::SignedOut, "everywhere else", None).await;
        Ok(ended)
    }

    /// Removes the sessions that are over; answers how many.
    pub async fn trim_sessions(&self) -> Result<u64> {
        let since = self.oldest();
        self.store.transaction(move |connection| Box::pin(rows::trim(connection, since))).await
    }

    /// What began before has ended.
    fn oldest(&self) -> Timestamp {
        self.clock.now().hours_before(24 * SESSION_DAYS)
    }
}
