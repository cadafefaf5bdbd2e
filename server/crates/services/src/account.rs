//! Accounts: opening one, signing in, the password, the address, and the link that creates the first
//! administrator.

mod devices;
mod disabled;
mod links;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash};
use domain::account::{AccountId, Email, LinkPurpose, Password, PersonName, Standing, Viewer};
use domain::audit::Action;
use domain::{Clock, Error, ErrorKind, Id, Random, Result, Timestamp};
use serde::{Deserialize, Serialize};
use store::Store;
use store::account as accounts;
use tokio::sync::Semaphore;

use crate::audit::Audit;
use crate::limits::{ClientAddress, Limited, Limits};
use crate::mail::{Mails, Recipient};
use crate::secret;
use crate::tasks::Tasks;

pub use devices::{Browser, KEPT_DAYS as BROWSER_DAYS};

/// Passwords hashed at the same time: each takes 19 MiB and a core for some 30 ms.
const HASHES_AT_ONCE: usize = 2;
/// How long a sign-in waits for its turn to hash.
const HASH_PATIENCE: Duration = Duration::from_secs(10);
/// Days after which a person signs in again, however active the session is.
const SESSION_DAYS: i64 = 30;
/// Compared against when the address is unknown, so that the answer takes as long. It is the
/// hash of random bytes that nobody kept, with today's parameters.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$ZGVjb3ktc2FsdC0wMDAx$2u1tB0sXbbkHcGdtH2ClTn8hGOkVn2VYqzVqk2K4o0g";

/// What a session remembers about who signed in.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct SignedIn {
    /// The account.
    pub account: AccountId,
    /// The account's session epoch at that time; when it has risen since, the session has ended.
    pub session_epoch: i64,
    /// When it happened.
    pub at: Timestamp,
    /// When the person was last seen, to the hour.
    pub seen: Timestamp,
}

impl SignedIn {
    /// Where a browser's session keeps it.
    pub const KEY: &str = "signed_in";
}

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
}

/// How accounts write to people.
#[derive(Clone)]
struct Post {
    mails: Mails,
    tasks: Tasks,
}

impl Accounts {
    /// Accounts kept in `store`. They write to nobody: see [`Accounts::with_mail`].
    pub fn new(store: Store, clock: Arc<dyn Clock>, random: Arc<dyn Random>, limits: Limits, audit: Audit) -> Self {
        let hashing = Arc::new(Semaphore::new(HASHES_AT_ONCE));
        Self { store, clock, random, limits, audit, hashing, sign_ins: Arc::default(), post: None }
    }

    /// Accounts that write to their people, partly in the background.
    pub fn with_mail(self, mails: Mails, tasks: Tasks) -> Self {
        let accounts = Self { post: Some(Post { mails, tasks: tasks.clone() }), ..self };
        links::register(&accounts, &tasks);
        accounts
    }

    /// Opens a member's account.
    ///
    /// # Errors
    /// `Invalid` names the field to mend; an address that is taken is `Conflict`; `TooMany` where many were opened
    /// from one network address.
    pub async fn register(&self, name: &str, email: &str, password: &str, from: ClientAddress) -> Result<SignedIn> {
        // What needs mending is no try.
        PersonName::parse(name)?;
        Email::parse(email)?;
        Password::parse(password)?;
        self.limits.count_from(Limited::Registration, from).await?;
        let signed_in = self.open(name, email, password, Standing::Member).await?;
        self.audit.note(Some(signed_in.account), Action::Registered, "", Some(from)).await;
        Ok(signed_in)
    }

    /// Opens an administrator's account, or makes an existing one an administrator's. For the
    /// command line, whose user owns the machine. Answers whether the account is new.
    pub async fn create_admin(&self, name: &str, email: &str, password: &str) -> Result<bool> {
        let address = Email::parse(email)?;
        let existing = accounts::by_email(&mut *self.store.read().await?, &address).await?;
        let Some(existing) = existing else {
            return self.open(name, email, password, Standing::Admin).await.map(|_| true);
        };
        let id = existing.viewer.id;
        self.store.transaction(move |connection| Box::pin(accounts::promote(connection, id))).await?;
        self.audit.note(Some(id), Action::AdministratorMade, "", None).await;
        Ok(false)
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
    pub async fn sign_in(&self, email: &str, password: &str, from: ClientAddress) -> Result<SignedIn> {
        let outcome = self.try_sign_in(email, password, from).await;
        let mut counts = self.sign_ins.lock().unwrap_or_else(PoisonError::into_inner);
        match outcome.as_ref().map_err(|error| error.kind) {
            Ok(_) => counts.accepted += 1,
            Err(ErrorKind::Unexpected | ErrorKind::Busy) => counts.failed += 1,
            Err(_) => counts.refused += 1,
        }
        drop(counts);
        outcome
    }

    async fn try_sign_in(&self, email: &str, password: &str, from: ClientAddress) -> Result<SignedIn> {
        let pair = format!("{} {}", email.trim().to_lowercase(), from.network());
        self.limits.count(Limited::Password, &pair).await?;
        self.limits.count_from(Limited::SignIn, from).await?;
        let account = match Email::parse(email) {
            Ok(email) => accounts::by_email(&mut *self.store.read().await?, &email).await?,
            Err(_) => None,
        };
        let hash = account.as_ref().map_or(NOBODY, |account| account.password_hash.as_str());
        let fits = self.fits(password, hash).await?;
        match account {
            Some(account) if fits => {
                self.limits.give_back(Limited::Password, &pair).await?;
                self.limits.give_back_from(Limited::SignIn, from).await?;
                self.let_in(&account, from).await?;
                self.audit.note(Some(account.viewer.id), Action::SignedIn, "", Some(from)).await;
                Ok(self.signed_in(account.viewer.id, account.session_epoch))
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

    /// The person of a session; none when it has ended.
    pub async fn viewer(&self, signed_in: SignedIn) -> Result<Option<Viewer>> {
        if signed_in.at < self.clock.now().hours_before(24 * SESSION_DAYS) {
            return Ok(None);
        }
        let account = accounts::by_id(&mut *self.store.read().await?, signed_in.account).await?;
        let open = |account: &accounts::Account| account.session_epoch == signed_in.session_epoch && !account.disabled;
        Ok(account.filter(open).map(|account| account.viewer))
    }

    /// The session with the person seen now; none when that was noted within the hour, so that
    /// not every request writes to the database.
    pub fn seen(&self, signed_in: SignedIn) -> Option<SignedIn> {
        let now = self.clock.now();
        (signed_in.seen < now.hours_before(1)).then_some(SignedIn { seen: now, ..signed_in })
    }

    /// Changes the password and ends all sessions; the answer begins a new one.
    pub async fn change_password(&self, viewer: &Viewer, current: &str, password: &str) -> Result<SignedIn> {
        let account =
            accounts::by_id(&mut *self.store.read().await?, viewer.id).await?.ok_or_else(Error::unauthenticated)?;
        if !self.fits(current, &account.password_hash).await? {
            return Err(Error::invalid("current", "This is not your present password. Type it again."));
        }
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
        self.audit.note(Some(id), Action::PasswordChanged, "", None).await;
        self.wake();
        Ok(self.signed_in(id, epoch))
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

    /// A new set-up token, in place of an earlier one; none when there is an administrator.
    pub async fn offer_setup(&self) -> Result<Option<String>> {
        if accounts::has_admin(&mut *self.store.read().await?).await? {
            return Ok(None);
        }
        let token = secret::new(&*self.random);
        let (digest, now) = (secret::hash(&token), self.clock.now());
        self.store
            .transaction(move |connection| {
                Box::pin(async move { accounts::put_setup_token(connection, &digest, now).await })
            })
            .await?;
        Ok(Some(token))
    }

    /// Whether the set-up link with this token still works.
    pub async fn setup_is_open(&self, token: &str) -> Result<bool> {
        accounts::is_setup_token(&mut *self.store.read().await?, &secret::hash(token)).await
    }

    /// Uses the set-up link up and opens the first administrator's account.
    pub async fn set_up(&self, token: &str, name: &str, email: &str, password: &str) -> Result<SignedIn> {
        if !self.setup_is_open(token).await? {
            return Err(setup_is_over());
        }
        let (email, name, hash) = self.checked(name, email, password).await?;
        let (now, digest) = (self.clock.now(), secret::hash(token));
        let id = Id::new(now, &*self.random);
        let offer = self.first_offer(id, &name, &email)?;
        self.store
            .transaction(move |connection| {
                Box::pin(async move {
                    if !accounts::take_setup_token(connection, &digest).await? {
                        return Err(setup_is_over());
                    }
                    let account = accounts::NewAccount {
                        id,
                        email: &email,
                        name: &name,
                        password_hash: &hash,
                        standing: Standing::Admin,
                        created_at: now,
                    };
                    if !accounts::insert(connection, account).await? {
                        return Err(taken());
                    }
                    links::save_offer(offer, connection).await
                })
            })
            .await?;
        self.wake();
        Ok(self.signed_in(id, 0))
    }

    async fn open(&self, name: &str, email: &str, password: &str, standing: Standing) -> Result<SignedIn> {
        let (email, name, hash) = self.checked(name, email, password).await?;
        let now = self.clock.now();
        let id = Id::new(now, &*self.random);
        let offer = self.first_offer(id, &name, &email)?;
        let inserted = self
            .store
            .transaction(move |connection| {
                Box::pin(async move {
                    let account = accounts::NewAccount {
                        id,
                        email: &email,
                        name: &name,
                        password_hash: &hash,
                        standing,
                        created_at: now,
                    };
                    let inserted = accounts::insert(connection, account).await?;
                    if inserted {
                        links::save_offer(offer, connection).await?;
                    }
                    Ok(inserted)
                })
            })
            .await?;
        self.wake();
        if inserted { Ok(self.signed_in(id, 0)) } else { Err(taken()) }
    }

    async fn checked(&self, name: &str, email: &str, password: &str) -> Result<(Email, PersonName, String)> {
        let (name, email) = (PersonName::parse(name)?, Email::parse(email)?);
        Ok((email, name, self.hash(Password::parse(password)?).await?))
    }

    fn signed_in(&self, account: AccountId, session_epoch: i64) -> SignedIn {
        let now = self.clock.now();
        SignedIn { account, session_epoch, at: now, seen: now }
    }

    /// The secret of a new link or browser.
    fn token(&self) -> String {
        secret::new(&*self.random)
    }

    /// The link with which the person of a new account confirms the address.
    fn first_offer(&self, id: AccountId, name: &PersonName, email: &Email) -> Result<Option<links::Offer>> {
        let recipient = Recipient { id, name: name.as_str().to_owned(), email: email.as_str().to_owned() };
        self.offer(&recipient, email, LinkPurpose::Verify)
    }

    /// Has mails that were saved sent at once.
    fn wake(&self) {
        if let Some(post) = &self.post {
            post.mails.wake();
        }
    }

    async fn hash(&self, password: Password) -> Result<String> {
        let mut salt = [0; 16];
        self.random.fill(&mut salt);
        self.in_turn(move || {
            // The default parameters are Argon2id, 19 MiB, 2 passes, 1 lane.
            Argon2::default().hash_password_with_salt(password.expose().as_bytes(), &salt).map(|hash| hash.to_string())
        })
        .await?
        .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
    }

    async fn fits(&self, password: &str, hash: &str) -> Result<bool> {
        let (password, hash) = (password.to_owned(), hash.to_owned());
        self.in_turn(move || {
            PasswordHash::new(&hash)
                .is_ok_and(|hash| Argon2::default().verify_password(password.as_bytes(), &hash).is_ok())
        })
        .await
    }

    /// Runs costly work off the async threads, a few at a time.
    async fn in_turn<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let busy = || Error::new(ErrorKind::Busy, "Many people are signing in just now. Please try again in a moment.");
        let permit = tokio::time::timeout(HASH_PATIENCE, self.hashing.clone().acquire_owned())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        })
        .await
        .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
    }
}

fn taken() -> Error {
    Error {
        field: Some("email".to_owned()),
        ..Error::new(
            ErrorKind::Conflict,
            "No account could be opened with this address. If it is yours, sign in instead.",
        )
    }
}

fn setup_is_over() -> Error {
    Error::new(
        ErrorKind::Forbidden,
        "This set-up link was used already or is not the latest one. If there is no administrator yet, restart the server: it prints a new link.",
    )
}
