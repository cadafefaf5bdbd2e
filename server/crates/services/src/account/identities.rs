//! Signing in by a provider, and linking and unlinking one.

use std::sync::Arc;

use async_trait::async_trait;
use domain::account::{Email, PersonName, Standing, Viewer};
use domain::audit::Action;
use domain::identity::{self, Errand, IdentityId, Provider};
use domain::{Error, ErrorKind, Id, Result, Timestamp};
use integrations::identity::{Begun, Grant, Identity, Providers, Wanted};
use serde::{Deserialize, Serialize};
use store::account::identities::{self as rows, NewIdentity, StoredGrant};
use store::account::{self as accounts, Account};
use subtle::ConstantTimeEq;

use super::opening::Opening;
use super::{Accounts, Client, Entry};
use crate::limits::Limited;
use crate::tasks::{Done, Tasks, Trouble, Work};

/// The kind of tasks that have a provider forget a grant.
const REVOKE: &str = "revoke-grant";
/// Seconds before its end at which an access token is exchanged.
const NEARLY: i64 = 60;

/// The providers, and the address of this site that they lead back to.
#[derive(Clone)]
pub(super) struct Elsewhere {
    providers: Providers,
    site: String,
}

/// Somebody who was sent to a provider. It stays in the browser's session on the server.
#[derive(Clone, Serialize, Deserialize)]
pub struct Journey {
    provider: String,
    errand: Errand,
    begun: Begun,
}

impl Journey {
    /// Where to send the browser.
    pub fn address(&self) -> &str {
        &self.begun.address
    }
}

/// How somebody came back from a provider.
#[derive(Debug)]
pub enum Return {
    /// They are signed in, or halfway. `is_new` says whether the account was opened just now; `next`, where they wanted
    /// to go.
    Entered {
        /// How far they got.
        entry: Entry,
        /// Whether the account was opened just now.
        is_new: bool,
        /// Where they wanted to go.
        next: Option<String>,
    },
    /// What they were signed in for is done.
    Linked,
}

/// A grant that is to be forgotten.
#[derive(Serialize, Deserialize)]
struct Revocation {
    provider: String,
    identity: IdentityId,
    access_token: String,
    refresh_token: Option<String>,
}

impl Accounts {
    /// Accounts whose people can sign in by these providers, which lead back to `site`, this site's address.
    pub fn with_providers(self, providers: Providers, site: String, tasks: &Tasks) -> Self {
        let accounts = Self { elsewhere: Some(Elsewhere { providers, site }), ..self };
        tasks.register(REVOKE, Arc::new(Revocations(accounts.clone())));
        accounts
    }

    /// The providers by which people can sign in.
    pub fn providers(&self) -> Vec<Provider> {
        let Some(Elsewhere { providers, .. }) = &self.elsewhere else { return Vec::new() };
        let provider = |(slug, name): (String, String)| Provider {
            has_repositories: providers.has_repositories(&slug),
            slug,
            name,
        };
        providers.names().into_iter().map(provider).collect()
    }

    /// Sends somebody to a provider.
    ///
    /// # Errors
    /// `NotFound` for no provider, or one without what is wanted; `Busy` when it does not answer.
    pub async fn send_to(&self, provider: &str, errand: Errand) -> Result<Journey> {
        let Elsewhere { providers, .. } = self.elsewhere()?;
        let wanted = match errand {
            Errand::Repositories if !providers.has_repositories(provider) => return Err(Error::not_found("provider")),
            Errand::Repositories => Wanted::Repositories,
            Errand::SignIn(_) | Errand::Link => Wanted::Identity,
        };
        let begun = providers.begin(provider, wanted, &self.way_back(provider)?).await?;
        Ok(Journey { provider: provider.to_owned(), errand, begun })
    }

    /// Receives somebody who comes back from a provider with this state and code. `viewer` is who is signed in.
    ///
    /// # Errors
    /// `Forbidden` when what came back does not hold, `Conflict` when it belongs to somebody else.
    pub async fn come_back(
        &self,
        journey: Journey,
        (state, code): (&str, &str),
        viewer: Option<&Viewer>,
        client: Client<'_>,
    ) -> Result<Return> {
        let Journey { provider, errand, begun } = journey;
        if !bool::from(state.as_bytes().ct_eq(begun.state.as_bytes())) {
            let message = "This answer does not belong to what you began here. Please begin once more.";
            return Err(Error::new(ErrorKind::Forbidden, message));
        }
        let way_back = self.way_back(&provider)?;
        let outcome = self.elsewhere()?.providers.finish(&provider, begun, code, &way_back).await;
        match (errand, viewer) {
            (Errand::SignIn(next), _) => {
                let entered = match outcome {
                    Ok((identity, _)) => self.enter_with(&provider, identity, client).await,
                    Err(error) => Err(error),
                };
                self.count(&entered);
                entered.map(|(entry, is_new)| Return::Entered { entry, is_new, next })
            }
            (_, None) => Err(Error::unauthenticated()),
            (errand, Some(viewer)) => {
                let (identity, grant) = outcome?;
                let id = self.link(viewer, &provider, &identity, client).await?;
                if errand == Errand::Repositories {
                    self.keep_grant(id, &grant).await?;
                }
                Ok(Return::Linked)
            }
        }
    }

    /// The person's identities, the oldest first.
    pub async fn identities(&self, viewer: &Viewer) -> Result<Vec<identity::Identity>> {
        rows::list(&mut *self.store.read().await?, viewer.id).await
    }

    /// Whether the person has a password.
    pub async fn has_password(&self, viewer: &Viewer) -> Result<bool> {
        Ok(!self.account(viewer).await?.password_hash.is_empty())
    }

    /// Unlinks an identity, and has its provider forget what it granted.
    ///
    /// # Errors
    /// `NotFound` if the person has none like that, `Conflict` when they could not sign in any more.
    pub async fn unlink(&self, viewer: &Viewer, id: IdentityId) -> Result<()> {
        let owner = viewer.id;
        let accounts = self.clone();
        let work = self.change_security(viewer, "a sign-in provider was unlinked", move |connection| {
            Box::pin(async move {
                let identities = rows::list(connection, owner).await?;
                let unlinked = identities.iter().find(|identity| identity.id == id);
                let unlinked = unlinked.ok_or_else(|| Error::not_found("provider"))?;
                let account = accounts::by_id(connection, owner).await?.ok_or_else(Error::unauthenticated)?;
                if identities.len() == 1 && account.password_hash.is_empty() {
                    let message = "Without it you could not sign in any more. Choose a password first.";
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
                accounts.queue_revocation(connection, unlinked).await?;
                rows::remove(connection, owner, id).await.map(|_| ())
            })
        });
        work.await?;
        self.audit.note(Some(owner), Action::IdentityUnlinked, "", None).await;
        Ok(())
    }

    /// Stops reading the person's repositories, and has the provider forget that it could be done.
    pub async fn end_grant(&self, viewer: &Viewer, id: IdentityId) -> Result<()> {
        let (accounts, owner) = (self.clone(), viewer.id);
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                let identities = rows::list(connection, owner).await?;
                let identity = identities.iter().find(|identity| identity.id == id);
                accounts.queue_revocation(connection, identity.ok_or_else(|| Error::not_found("provider"))?).await?;
                rows::remove_grant(connection, id).await
            })
        });
        work.await?;
        self.wake();
        Ok(())
    }

    /// A token with which the person's repositories at a provider can be read; none if they do not want that (any more).
    /// One that nearly ends is exchanged first.
    ///
    /// # Errors
    /// `Busy` when the provider does not answer.
    pub async fn repository_token(&self, viewer: &Viewer, provider: &str) -> Result<Option<String>> {
        let mut connection = self.store.read().await?;
        let identities = rows::list(&mut connection, viewer.id).await?;
        let Some(identity) = identities.into_iter().find(|identity| identity.provider == provider) else {
            return Ok(None);
        };
        let Some(stored) = rows::grant(&mut connection, identity.id).await? else { return Ok(None) };
        drop(connection);
        let id = identity.id;
        let grant = self.open_grant(id, &stored)?;
        let soon = self.clock.now().seconds_later(NEARLY);
        let Some(refresh) = grant.refresh_token.filter(|_| stored.expires_at.is_some_and(|end| end <= soon)) else {
            return Ok(Some(grant.access_token));
        };
        match self.elsewhere()?.providers.refresh(provider, &refresh).await? {
            Some(grant) => {
                self.keep_grant(id, &grant).await?;
                Ok(Some(grant.access_token))
            }
            None => {
                let work = self.store.transaction(move |connection| Box::pin(rows::remove_grant(connection, id)));
                work.await.map(|()| None)
            }
        }
    }

    /// Signs in whoever the provider names; opens an account for somebody new.
    async fn enter_with(&self, provider: &str, identity: Identity, client: Client<'_>) -> Result<(Entry, bool)> {
        let now = self.clock.now();
        let known = rows::find(&mut *self.store.read().await?, &identity.issuer, &identity.subject).await?;
        if let Some((account, id)) = known {
            let email = identity.email.unwrap_or_default();
            let work = self
                .store
                .transaction(move |connection| Box::pin(async move { rows::touch(connection, id, &email, now).await }));
            work.await?;
            return Ok((self.enter(&account, client).await?, false));
        }
        let email = identity.email.as_deref().filter(|_| identity.email_verified);
        let Some(email) = email.and_then(|email| Email::parse(email).ok()) else {
            let message = "The provider tells no confirmed e-mail address of yours. Open an account with your address and a password; then link the provider in the settings.";
            return Err(Error::new(ErrorKind::Forbidden, message));
        };
        if let Some(account) = accounts::by_email(&mut *self.store.read().await?, &email).await? {
            self.link_by_address(provider, &identity, &account, client).await?;
            return Ok((self.enter(&account, client).await?, false));
        }
        self.limits.count_from(Limited::Registration, client.address).await?;
        let local = email.as_str().split('@').next().unwrap_or_default();
        let name = PersonName::parse(&identity.name).or_else(|_| PersonName::parse(local))?;
        let new = self.new_identity(provider, &identity, now);
        let opening =
            Opening { name, email, password_hash: String::new(), standing: Standing::Member, identity: Some(new) };
        let account = self.open(opening, None).await?;
        self.audit.note(Some(account), Action::Registered, provider, Some(client.address)).await;
        Ok((Entry::Done(self.begin(account, 0, client).await?), true))
    }

    /// Links an identity to the account with its address, if that is confirmed on both sides: else somebody could open
    /// an account with another's address and wait for them.
    async fn link_by_address(
        &self,
        provider: &str,
        identity: &Identity,
        account: &Account,
        client: Client<'_>,
    ) -> Result<()> {
        let settings = accounts::mail_settings(&mut *self.store.read().await?, account.viewer.id).await?;
        if !settings.is_some_and(|settings| settings.verified) {
            let message = "There is an account with your address, which was not confirmed here. Sign in with its password and link the provider in the settings; or ask for a new password first.";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        self.link(&account.viewer, provider, identity, client).await.map(|_| ())
    }

    /// Links an identity to an account; one that is linked to it already stays so.
    async fn link(
        &self,
        viewer: &Viewer,
        provider: &str,
        identity: &Identity,
        client: Client<'_>,
    ) -> Result<IdentityId> {
        let now = self.clock.now();
        let known = rows::find(&mut *self.store.read().await?, &identity.issuer, &identity.subject).await?;
        match known {
            Some((account, id)) if account.viewer.id == viewer.id => return Ok(id),
            Some(_) => {
                let message = "With this you sign in to another account here. Unlink it there first.";
                return Err(Error::new(ErrorKind::Conflict, message));
            }
            None => {}
        }
        let (owner, new) = (viewer.id, self.new_identity(provider, identity, now));
        let id = new.id;
        let work = self.change_security(viewer, "a sign-in provider was linked", move |connection| {
            Box::pin(async move {
                if !rows::insert(connection, owner, &new, now).await? {
                    let message = "You have linked somebody else of this provider. Unlink that first.";
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
                Ok(())
            })
        });
        work.await?;
        self.audit.note(Some(owner), Action::IdentityLinked, provider, Some(client.address)).await;
        Ok(id)
    }

    fn new_identity(&self, provider: &str, identity: &Identity, now: Timestamp) -> NewIdentity {
        NewIdentity {
            id: Id::new(now, &*self.random),
            provider: provider.to_owned(),
            issuer: identity.issuer.clone(),
            subject: identity.subject.clone(),
            email: identity.email.clone().unwrap_or_default(),
        }
    }

    async fn keep_grant(&self, id: IdentityId, grant: &Grant) -> Result<()> {
        let (vault, now) = (self.vault()?, self.clock.now());
        let seal = |token: &String| vault.seal(&place(id), token.as_bytes());
        let stored = StoredGrant {
            access_token: seal(&grant.access_token)?,
            refresh_token: grant.refresh_token.as_ref().map(seal).transpose()?,
            expires_at: grant.expires_in.map(|seconds| now.seconds_later(seconds)),
        };
        let work = self.store.transaction(move |connection| {
            Box::pin(async move { rows::put_grant(connection, id, &stored, now).await })
        });
        work.await
    }

    fn open_grant(&self, id: IdentityId, stored: &StoredGrant) -> Result<Grant> {
        let vault = self.vault()?;
        let open = |sealed: &String| -> Result<String> {
            Ok(String::from_utf8_lossy(&vault.open(&place(id), sealed)?).into_owned())
        };
        Ok(Grant {
            access_token: open(&stored.access_token)?,
            refresh_token: stored.refresh_token.as_ref().map(open).transpose()?,
            expires_in: None,
        })
    }

    /// Has the grant of an identity, if there is one, forgotten in the background.
    async fn queue_revocation(&self, connection: &mut store::Connection, identity: &identity::Identity) -> Result<()> {
        let (Some(stored), Some(post)) = (rows::grant(connection, identity.id).await?, &self.post) else {
            return Ok(());
        };
        let StoredGrant { access_token, refresh_token, .. } = stored;
        let revocation =
            Revocation { provider: identity.provider.clone(), identity: identity.id, access_token, refresh_token };
        store::task::queue(connection, &post.tasks.task(REVOKE, &revocation)).await.map(|_| ())
    }

    fn elsewhere(&self) -> Result<&Elsewhere> {
        self.elsewhere.as_ref().ok_or_else(|| Error::not_found("sign-in provider"))
    }

    fn way_back(&self, provider: &str) -> Result<String> {
        Ok(format!("{}/oauth/{provider}/callback", self.elsewhere()?.site))
    }
}

/// Has providers forget what they granted.
struct Revocations(Accounts);

#[async_trait]
impl Work for Revocations {
    async fn run(&self, payload: &str) -> std::result::Result<Done, Trouble> {
        let accounts = &self.0;
        let Ok(task) = serde_json::from_str::<Revocation>(payload) else {
            return Err(Trouble::Lasting("The task names no grant.".to_owned()));
        };
        let Revocation { provider, identity, access_token, refresh_token } = task;
        let stored = StoredGrant { access_token, refresh_token, expires_at: None };
        let grant = accounts.open_grant(identity, &stored)?;
        match accounts.elsewhere()?.providers.revoke(&provider, &grant).await {
            // A provider that is not configured any more cannot be asked.
            Err(error) if error.kind == ErrorKind::NotFound => Ok(Done::Once),
            other => Ok(other.map(|()| Done::Once)?),
        }
    }
}

fn place(id: IdentityId) -> String {
    format!("grant of {id}")
}
