//! Accounts: opening one, signing in, the password, the address, and where one is signed in.

mod devices;
mod disabled;
mod halfway;
mod identities;
mod links;
mod opening;
mod passkeys;
mod passwords;
mod second_steps;
mod sessions;

use std::sync::{Arc, Mutex, PoisonError};

use domain::account::{Email, Password, PersonName, Viewer};
use domain::audit::Action;
use domain::{Clock, Error, ErrorKind, Random, Result};
use store::Store;
use store::account::{self as accounts, Account, second_step};
use tokio::sync::Semaphore;

use crate::audit::Audit;
use crate::limits::{Limited, Limits};
use crate::mail::{Letter, Mails, Recipient, Written};
use crate::secret;
use crate::tasks::Tasks;
use crate::vault::Vault;

pub use devices::{Browser, KEPT_DAYS as BROWSER_DAYS};
pub use halfway::Halfway;
pub use identities::{Journey, Return};
pub use passkeys::{PasskeyTask, Passkeys};
pub use sessions::{Client, SESSION_DAYS, SESSION_IDLE_DAYS, SignedIn};

/// Attempts to sign in since the start, by how they ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignIns {
    /// Somebody was signed in.
    pub accepted: u64,
    /// Address and password did not go together, or there were too many tries.
    pub refused: u64,
    /// The server could not do it.
    pub failed: u64,
}

/// The use cases of accounts.
#[derive(Clone)]
pub struct Accounts {
    store: Store,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    limits: Limits,
    audit: Audit,
    hashing: Arc<Semaphore>,
    sign_ins: Arc<Mutex<SignIns>>,
    post: Option<Post>,
    vault: Option<Vault>,
    passkeys: Option<Passkeys>,
    elsewhere: Option<identities::Elsewhere>,
}

/// What the first step of signing in led to.
#[derive(Clone, Debug)]
pub enum Entry {
    /// The person is in.
    Done(SignedIn),
    /// The account asks for a second step.
    SecondStep(Halfway),
}

/// How accounts write to people.
#[derive(Clone)]
struct Post {
    mails: Mails,
    tasks: Tasks,
}

impl Accounts {
    /// Accounts kept in `store`. They write to nobody, keep no secrets of people and know no passkeys: see
    /// [`Accounts::with_mail`], [`Accounts::with_vault`] and [`Accounts::with_passkeys`].
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>, limits: Limits, audit: Audit) -> Self {
        let (hashing, sign_ins) = (Arc::new(Semaphore::new(passwords::HASHES_AT_ONCE)), Arc::default());
        Self {
            store,
            clock,
            random,
            limits,
            audit,
            hashing,
            sign_ins,
            post: None,
            vault: None,
            passkeys: None,
            elsewhere: None,
        }
    }

    /// Accounts whose people can have a second step, and let Lodestar act for them elsewhere.
    pub fn with_vault(self, vault: Vault) -> Self {
        Self { vault: Some(vault), ..self }
    }

    /// Accounts whose people can use passkeys.
    pub fn with_passkeys(self, passkeys: Passkeys) -> Self {
        Self { passkeys: Some(passkeys), ..self }
    }

    /// Accounts that write to their people, partly in the background.
    pub fn with_mail(self, mails: Mails, tasks: Tasks) -> Self {
        let accounts = Self { post: Some(Post { mails, tasks: tasks.clone() }), ..self };
        links::register(&accounts, &tasks);
        accounts
    }

    /// Attempts to sign in since the start.
    pub fn sign_ins(&self) -> SignIns {
        *self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Signs in. An unknown address and a wrong password get the same answer after the same time.
    ///
    /// # Errors
    /// `Invalid` for those, `TooMany` after many of them from one network address, `Forbidden` with the right password of
    /// a disabled account.
    pub async fn sign_in(&self, email: &str, password: &str, client: Client<'_>) -> Result<Entry> {
        let outcome = self.try_sign_in(email, password, client).await;
        self.count(&outcome);
        outcome
    }

    async fn try_sign_in(&self, email: &str, password: &str, client: Client<'_>) -> Result<Entry> {
        let from = client.address;
        let pair = format!("{} {}", email.trim().to_lowercase(), from.network());
        self.limits.count(Limited::Password, &pair).await?;
        self.limits.count_from(Limited::SignIn, from).await?;
        let account = match Email::parse(email) {
            Ok(email) => accounts::by_email(&mut *self.store.read().await?, &email).await?,
            Err(_) => None,
        };
        let hash = account.as_ref().map_or("", |account| account.password_hash.as_str());
        let fits = self.fits(password, hash).await?;
        match account {
            Some(account) if fits => {
                self.limits.give_back(Limited::Password, &pair).await?;
                self.limits.give_back_from(Limited::SignIn, from).await?;
                self.enter(&account, client).await
            }
            account => {
                // Written down either way, so that both take as long.
                let whose = account.map(|account| account.viewer.id);
                self.audit.note(whose, Action::SignInFailed, "", Some(from)).await;
                Err(Error::new(
                    ErrorKind::Invalid,
                    "E-mail address and password do not go together. Check both and try again.",
                ))
            }
        }
    }

    /// Lets somebody in who has shown who they are, unless the account asks for a second step.
    async fn enter(&self, account: &Account, client: Client<'_>) -> Result<Entry> {
        self.let_in(account, client.address).await?;
        let (id, session_epoch) = (account.viewer.id, account.session_epoch);
        if second_step::is_there(&mut *self.store.read().await?, id).await? {
            return Ok(Entry::SecondStep(Halfway { account: id, session_epoch, at: self.clock.now() }));
        }
        self.audit.note(Some(id), Action::SignedIn, "", Some(client.address)).await;
        self.begin(id, session_epoch, client).await.map(Entry::Done)
    }

    /// Counts how a try to sign in ended.
    fn count<T>(&self, outcome: &Result<T>) {
        let mut counts = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome.as_ref().map_err(|error| error.kind) {
            Ok(_) => counts.accepted += 1,
            Err(ErrorKind::Unexpected | ErrorKind::Busy) => counts.failed += 1,
            Err(_) => counts.refused += 1,
        }
    }

    /// Changes the password and ends all sessions; the answer begins a new one.
    pub async fn change_password(
        &self,
        viewer: &Viewer,
        current: &str,
        password: &str,
        client: Client<'_>,
    ) -> Result<SignedIn> {
        self.check_password(viewer, current, "current").await?;
        let hash = self.hash(Password::parse(password)?).await?;
        let (id, notice) = (viewer.id, self.password_changed(&viewer.into())?);
        let epoch = self
            .store
            .transaction(move |connection| {
                Box::pin(async move {
                    links::save(notice, connection).await?;
                    accounts::change_password(connection, id, &hash).await
                })
            })
            .await?;
        self.audit.note(Some(id), Action::PasswordChanged, "", Some(client.address)).await;
        self.wake();
        self.begin(id, epoch, client).await
    }

    /// Lets only those pass who type their present password; `field` is where they did.
    async fn check_password(&self, viewer: &Viewer, password: &str, field: &str) -> Result<()> {
        self.check_password_of(&self.account(viewer).await?, password, field).await
    }

    /// The same for an account that was just read.
    async fn check_password_of(&self, account: &Account, password: &str, field: &str) -> Result<()> {
        if account.password_hash.is_empty() {
            let message = "You have no password yet. Have a link sent with which you choose one, then come back.";
            return Err(Error::invalid(field, message));
        }
        match self.fits(password, &account.password_hash).await? {
            true => Ok(()),
            false => Err(Error::invalid(field, "This is not your present password. Type it again.")),
        }
    }

    async fn account(&self, viewer: &Viewer) -> Result<Account> {
        accounts::by_id(&mut *self.store.read().await?, viewer.id).await?.ok_or_else(Error::unauthenticated)
    }

    /// Changes the name; answers with the person as they are now.
    pub async fn rename(&self, viewer: &Viewer, name: &str) -> Result<Viewer> {
        let (id, name) = (viewer.id, PersonName::parse(name)?);
        let renamed = Viewer { name: name.as_str().to_owned(), ..viewer.clone() };
        let work = self
            .store
            .transaction(move |connection| Box::pin(async move { accounts::rename(connection, id, &name).await }));
        work.await.map(|()| renamed)
    }

    /// The secret of a new link or browser.
    fn token(&self) -> String {
        secret::new(&*self.random)
    }

    /// A mail to `recipient`; none where nothing is written to people.
    fn write(&self, recipient: &Recipient, letter: &Letter) -> Result<Option<Written>> {
        self.post.as_ref().map(|post| post.mails.write(recipient, letter)).transpose()
    }

    /// Has mails that were saved sent at once.
    fn wake(&self) {
        if let Some(post) = &self.post {
            post.mails.wake();
        }
    }
}
