//! Opening accounts: by registering, by the link that creates the first administrator, on the command line.

use domain::account::{AccountId, Email, LinkPurpose, Password, PersonName, Standing};
use domain::audit::Action;
use domain::{Error, ErrorKind, Id, Result};
use store::account::identities::{self, NewIdentity};
use store::account::{self as accounts, NewAccount};

use super::{Accounts, Client, SignedIn, links};
use crate::limits::Limited;
use crate::mail::Recipient;
use crate::secret;

/// An account that is to be opened.
pub(super) struct Opening {
    pub name: PersonName,
    pub email: Email,
    /// Argon2id, in PHC form; empty where the person signs in elsewhere.
    pub password_hash: String,
    pub standing: Standing,
    /// Who they are elsewhere. The address is confirmed then.
    pub identity: Option<NewIdentity>,
}

impl Accounts {
    /// Opens a member's account.
    ///
    /// # Errors
    /// `Invalid` names the field to mend; an address that is taken is `Conflict`; `TooMany` where many were opened
    /// from one network address.
    pub async fn register(&self, name: &str, email: &str, password: &str, client: Client<'_>) -> Result<SignedIn> {
        // What needs mending is no try.
        PersonName::parse(name)?;
        Email::parse(email)?;
        Password::parse(password)?;
        self.limits.count_from(Limited::Registration, client.address).await?;
        let opening = self.opening(name, email, password, Standing::Member).await?;
        let account = self.open(opening, None).await?;
        self.audit.note(Some(account), Action::Registered, "", Some(client.address)).await;
        self.begin(account, 0, client).await
    }

    /// Opens an administrator's account, or makes an existing one an administrator's. For the
    /// command line, whose user owns the machine. Answers whether the account is new.
    pub async fn create_admin(&self, name: &str, email: &str, password: &str) -> Result<bool> {
        let address = Email::parse(email)?;
        let existing = accounts::by_email(&mut *self.store.read().await?, &address).await?;
        let Some(existing) = existing else {
            let opening = self.opening(name, email, password, Standing::Admin).await?;
            return self.open(opening, None).await.map(|_| true);
        };
        let id = existing.viewer.id;
        self.store.transaction(move |connection| Box::pin(accounts::promote(connection, id))).await?;
        self.audit.note(Some(id), Action::AdministratorMade, "", None).await;
        Ok(false)
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
    pub async fn set_up(
        &self,
        token: &str,
        name: &str,
        email: &str,
        password: &str,
        client: Client<'_>,
    ) -> Result<SignedIn> {
        if !self.setup_is_open(token).await? {
            return Err(setup_is_over());
        }
        let opening = self.opening(name, email, password, Standing::Admin).await?;
        let account = self.open(opening, Some(secret::hash(token))).await?;
        self.audit.note(Some(account), Action::AdministratorMade, "by the set-up link", Some(client.address)).await;
        self.begin(account, 0, client).await
    }

    /// Opens an account; with the hash of a set-up link, uses that up as well.
    pub(super) async fn open(&self, opening: Opening, setup: Option<String>) -> Result<AccountId> {
        let now = self.clock.now();
        let id = Id::new(now, &*self.random);
        let recipient = Recipient { id, name: opening.name.as_str().into(), email: opening.email.as_str().into() };
        // With it, the person confirms the address.
        let offer = match opening.identity {
            Some(_) => None,
            None => self.offer(&recipient, &opening.email, LinkPurpose::Verify)?,
        };
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                if let Some(setup) = setup
                    && !accounts::take_setup_token(connection, &setup).await?
                {
                    return Err(setup_is_over());
                }
                let Opening { name, email, password_hash, standing, identity } = &opening;
                let account = NewAccount { id, email, name, password_hash, standing: *standing, created_at: now };
                if !accounts::insert(connection, account).await? {
                    return Err(taken());
                }
                if let Some(identity) = identity {
                    accounts::verify(connection, id, email, now).await?;
                    if !identities::insert(connection, id, identity, now).await? {
                        return Err(taken());
                    }
                }
                links::save_offer(offer, connection).await
            })
        });
        work.await?;
        self.wake();
        Ok(id)
    }

    async fn opening(&self, name: &str, email: &str, password: &str, standing: Standing) -> Result<Opening> {
        let (name, email) = (PersonName::parse(name)?, Email::parse(email)?);
        let password_hash = self.hash(Password::parse(password)?).await?;
        Ok(Opening { name, email, password_hash, standing, identity: None })
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
