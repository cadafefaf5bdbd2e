//! Between the first and the second step of signing in.

use domain::account::{AccountId, Viewer};
use domain::audit::Action;
use domain::second_step::plain_code;
use domain::{Error, ErrorKind, Result, Timestamp};
use serde::{Deserialize, Serialize};
use store::account as accounts;
use store::account::second_step as rows;

use super::second_steps::{CODE_LENGTH, place, seconds, step_number, totp, wrong_code};
use super::{Accounts, Client, PasskeyTask, SignedIn, links};
use crate::limits::Limited;
use crate::secret;

/// Seconds for which the second step may follow the first.
const PATIENCE: i64 = 10 * 60;
/// Somebody who has done the first step of signing in, and what to hold the second one against.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Halfway {
    pub(super) account: AccountId,
    pub(super) session_epoch: i64,
    pub(super) at: Timestamp,
}

impl Accounts {
    /// The second step by a code: of the application, or on paper.
    ///
    /// # Errors
    /// `Invalid` for a wrong one, `TooMany` after many of them, `Unauthenticated` when the first step was too long ago.
    pub async fn confirm_by_code(&self, halfway: &Halfway, code: &str, client: Client<'_>) -> Result<SignedIn> {
        let viewer = self.still_halfway(halfway).await?;
        self.limits.count(Limited::SecondStep, &viewer.id.to_string()).await?;
        let code = plain_code(code);
        let way = match code.len() {
            CODE_LENGTH => self.use_recovery_code(&viewer, &code).await?.then_some("with a recovery code"),
            _ => self.use_app_code(&viewer, &code).await?.then_some("with a code"),
        };
        let outcome = way.ok_or_else(|| wrong_code("code"));
        self.count(&outcome);
        self.arrive(halfway, outcome, client).await
    }

    /// Asks for one of the account's passkeys; none where it has none.
    pub async fn ask_passkey(&self, halfway: &Halfway) -> Result<Option<(String, PasskeyTask)>> {
        let viewer = self.still_halfway(halfway).await?;
        let known = rows::passkeys(&mut *self.store.read().await?, viewer.id).await?;
        match &self.passkeys {
            Some(passkeys) if !known.is_empty() => passkeys.ask(&known).map(Some),
            _ => Ok(None),
        }
    }

    /// The second step by a passkey.
    ///
    /// # Errors
    /// As [`Accounts::confirm_by_code`].
    pub async fn confirm_by_passkey(
        &self,
        halfway: &Halfway,
        task: PasskeyTask,
        response: &str,
        client: Client<'_>,
    ) -> Result<SignedIn> {
        let viewer = self.still_halfway(halfway).await?;
        let known = rows::passkeys(&mut *self.store.read().await?, viewer.id).await?;
        let outcome = match self.passkeys()?.shown(task, response, &known) {
            Ok((stored, credential)) => {
                let (id, now) = (stored.passkey.id, self.clock.now());
                let work = self.store.transaction(move |connection| {
                    Box::pin(async move { rows::use_passkey(connection, id, &credential, now).await })
                });
                work.await.map(|()| "with a passkey")
            }
            Err(error) => Err(error),
        };
        self.count(&outcome);
        self.arrive(halfway, outcome, client).await
    }

    /// Lets in whoever did the second step; writes down who did not.
    async fn arrive(&self, halfway: &Halfway, way: Result<&str>, client: Client<'_>) -> Result<SignedIn> {
        let (id, from) = (halfway.account, Some(client.address));
        match way {
            Ok(way) => {
                self.limits.give_back(Limited::SecondStep, &id.to_string()).await?;
                self.audit.note(Some(id), Action::SignedIn, way, from).await;
                self.begin(id, halfway.session_epoch, client).await
            }
            Err(error) => {
                self.audit.note(Some(id), Action::SignInFailed, "at the second step", from).await;
                Err(error)
            }
        }
    }

    /// The person who did the first step.
    async fn still_halfway(&self, halfway: &Halfway) -> Result<Viewer> {
        let account = accounts::by_id(&mut *self.store.read().await?, halfway.account).await?;
        let fits = |account: &accounts::Account| {
            account.session_epoch == halfway.session_epoch && halfway.at.seconds_later(PATIENCE) > self.clock.now()
        };
        let over = || Error::new(ErrorKind::Unauthenticated, "That took too long. Please sign in once more.");
        account.filter(fits).map(|account| account.viewer).ok_or_else(over)
    }

    async fn use_app_code(&self, viewer: &Viewer, code: &str) -> Result<bool> {
        let app = rows::app(&mut *self.store.read().await?, viewer.id).await?;
        let Some(app) = app.filter(|app| app.confirmed_at.is_some()) else { return Ok(false) };
        let bytes = self.vault()?.open(&place(viewer.id), &app.secret)?;
        let step = totp(viewer, &bytes)?.check(code, seconds(self.clock.now()));
        let (id, Some(step)) = (viewer.id, step.map(step_number)) else { return Ok(false) };
        // Whoever looks over a shoulder comes too late.
        self.store.transaction(move |connection| Box::pin(rows::use_app(connection, id, step))).await
    }

    async fn use_recovery_code(&self, viewer: &Viewer, code: &str) -> Result<bool> {
        let (id, hash) = (viewer.id, secret::hash(code));
        let notice = self.security_changed(viewer, "a recovery code was used to sign in")?;
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                let used = rows::use_recovery_code(connection, id, &hash).await?;
                if used {
                    links::save(notice, connection).await?;
                }
                Ok(used)
            })
        });
        let used = work.await?;
        self.wake();
        Ok(used)
    }
}
