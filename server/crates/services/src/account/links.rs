//! What people do by links that are sent to them: confirm an address, choose a new password, change
//! the address.

use async_trait::async_trait;
use domain::account::{Email, LinkPurpose, MailSettings, Password, Viewer};
use domain::{Error, ErrorKind, Result};
use store::Connection;
use store::account as accounts;
use store::account::links::{self as rows, NewLink};
use store::task::NewTask;

use super::Accounts;
use crate::limits::{ClientAddress, Limited};
use crate::mail::{Letter, Link, Recipient, Written};
use crate::secret;
use crate::tasks::{Done, Tasks, Trouble, Work};

/// The kind of tasks that write to people who forgot their password; the payload is the address.
const RESET: &str = "reset-password";

/// A link with the mail that brings it, not saved yet.
pub(super) struct Offer {
    link: NewLink,
    mail: Written,
}

/// Saves a link and its mail, if there is one, in the caller's transaction.
pub(super) async fn save_offer(offer: Option<Offer>, connection: &mut Connection) -> Result<()> {
    let Some(Offer { link, mail }) = offer else { return Ok(()) };
    rows::put(connection, &link).await?;
    mail.save(connection).await
}

/// Saves a mail, if there is one, in the caller's transaction.
pub(super) async fn save(mail: Option<Written>, connection: &mut Connection) -> Result<()> {
    match mail {
        Some(mail) => mail.save(connection).await,
        None => Ok(()),
    }
}

/// Has `tasks` do what accounts leave to the background.
pub(super) fn register(accounts: &Accounts, tasks: &Tasks) {
    tasks.register(RESET, std::sync::Arc::new(Resets(accounts.clone())));
}

impl Accounts {
    /// A link for `recipient` that is sent to `email`; none where nothing is written to people.
    pub(super) fn offer(&self, recipient: &Recipient, email: &Email, purpose: LinkPurpose) -> Result<Option<Offer>> {
        let Some(post) = &self.post else { return Ok(None) };
        let token = self.token();
        let letter = letter(purpose, &token);
        let recipient = Recipient { email: email.as_str().to_owned(), ..recipient.clone() };
        let link = NewLink {
            hash: secret::hash(&token),
            account: recipient.id,
            purpose,
            email: email.clone(),
            expires_at: self.clock.now().seconds_later(60 * purpose.minutes()),
        };
        Ok(Some(Offer { link, mail: post.mails.write(&recipient, &letter)? }))
    }

    /// The mail that says that the password was changed.
    pub(super) fn password_changed(&self, recipient: &Recipient) -> Result<Option<Written>> {
        let letter = Letter::PasswordChanged { time: self.clock.now().minute(), link: Link::new("/forgot") };
        self.write(recipient, &letter)
    }

    /// Whether a link with this token works.
    pub async fn link_is_open(&self, purpose: LinkPurpose, token: &str) -> Result<bool> {
        rows::is_open(&mut *self.store.read().await?, &secret::hash(token), purpose, self.clock.now()).await
    }

    /// Sends a link for a new password to `email`, if it is the address of an account. Whether it is
    /// shows neither in the answer nor in its time: all of that happens in the background.
    ///
    /// # Errors
    /// `Invalid` for what is no address.
    pub async fn ask_reset(&self, email: &str, from: ClientAddress) -> Result<()> {
        let email = Email::parse(email)?;
        self.limits.count_from(Limited::Reset, from).await?;
        let Some(post) = &self.post else { return Ok(()) };
        // One at a time for an address.
        let name = format!("{RESET} {}", secret::hash(&email.key()));
        let task = NewTask { name: Some(name), ..post.tasks.task(RESET, &email.as_str()) };
        post.tasks.queue(task).await.map(|_| ())
    }

    /// Uses a link to choose a new password, and ends all sessions. The address is confirmed by it.
    ///
    /// # Errors
    /// `Forbidden` when the link does not work any more, `Invalid` for a password that breaks the rule.
    pub async fn reset_password(&self, token: &str, password: &str) -> Result<()> {
        if !self.link_is_open(LinkPurpose::Reset, token).await? {
            return Err(link_is_over(LinkPurpose::Reset));
        }
        let hash = self.hash(Password::parse(password)?).await?;
        let (accounts, digest, now) = (self.clone(), secret::hash(token), self.clock.now());
        let reset = self.store.transaction(move |connection| {
            Box::pin(async move {
                let link = rows::take(connection, &digest, LinkPurpose::Reset, now).await?;
                let link = link.ok_or_else(|| link_is_over(LinkPurpose::Reset))?;
                let account = accounts::by_id(connection, link.account).await?;
                let account = account.ok_or_else(|| link_is_over(LinkPurpose::Reset))?;
                accounts::change_password(connection, link.account, &hash).await?;
                accounts::verify(connection, link.account, &link.email, now).await?;
                // What a thief may have begun with the old password ends as well.
                rows::forget(connection, link.account).await?;
                save(accounts.password_changed(&(&account.viewer).into())?, connection).await
            })
        });
        reset.await?;
        self.wake();
        Ok(())
    }

    /// Sends the link that confirms the address once more.
    ///
    /// # Errors
    /// `TooMany` when it was sent often within the hour, `Conflict` when it is confirmed.
    pub async fn ask_verification(&self, viewer: &Viewer) -> Result<()> {
        if self.mail_settings(viewer).await?.verified {
            return Err(Error::new(ErrorKind::Conflict, "Your address is confirmed already. There is nothing to do."));
        }
        self.check_often(viewer, LinkPurpose::Verify).await?;
        self.send(self.offer(&viewer.into(), &Email::parse(&viewer.email)?, LinkPurpose::Verify)?).await
    }

    /// Uses a link to confirm the address that it was sent to.
    ///
    /// # Errors
    /// `Forbidden` when the link does not work any more.
    pub async fn verify_address(&self, token: &str) -> Result<()> {
        let (digest, now) = (secret::hash(token), self.clock.now());
        let verify = self.store.transaction(move |connection| {
            Box::pin(async move {
                let link = rows::take(connection, &digest, LinkPurpose::Verify, now).await?;
                let link = link.ok_or_else(|| link_is_over(LinkPurpose::Verify))?;
                accounts::verify(connection, link.account, &link.email, now).await
            })
        });
        verify.await
    }

    /// Sends a link to `email` that makes it the account's address. Whether another account has it
    /// shows to whoever opens that link, and to nobody else.
    ///
    /// # Errors
    /// `Invalid` names the field to mend, `TooMany` when that was asked for often within the hour.
    pub async fn ask_change(&self, viewer: &Viewer, email: &str, password: &str) -> Result<()> {
        self.check_password(viewer, password, "address_password").await?;
        let email = Email::parse(email)?;
        if email.as_str() == viewer.email {
            return Err(Error::invalid("email", "This is your address already. Enter the new one."));
        }
        self.check_often(viewer, LinkPurpose::Change).await?;
        self.send(self.offer(&viewer.into(), &email, LinkPurpose::Change)?).await
    }

    /// Uses a link to change the address to the one that it was sent to; the old one is told.
    ///
    /// # Errors
    /// `Forbidden` when the link does not work any more, `Conflict` when the address was taken meanwhile.
    pub async fn change_address(&self, token: &str) -> Result<()> {
        let (accounts, digest, now) = (self.clone(), secret::hash(token), self.clock.now());
        let change = self.store.transaction(move |connection| {
            Box::pin(async move {
                let link = rows::take(connection, &digest, LinkPurpose::Change, now).await?;
                let link = link.ok_or_else(|| link_is_over(LinkPurpose::Change))?;
                let account = accounts::by_id(connection, link.account).await?;
                let account = account.ok_or_else(|| link_is_over(LinkPurpose::Change))?;
                if !accounts::change_email(connection, link.account, &link.email, now).await? {
                    let taken = "Meanwhile this address belongs to another account, so yours keeps its old one.";
                    return Err(Error::new(ErrorKind::Conflict, taken));
                }
                // Links that went to the old address end with it.
                rows::forget(connection, link.account).await?;
                let letter = Letter::AddressChanged { time: now.minute() };
                save(accounts.write(&(&account.viewer).into(), &letter)?, connection).await
            })
        });
        change.await?;
        self.wake();
        Ok(())
    }

    /// What the settings show of the person's mail.
    pub async fn mail_settings(&self, viewer: &Viewer) -> Result<MailSettings> {
        let settings = accounts::mail_settings(&mut *self.store.read().await?, viewer.id).await?;
        settings.ok_or_else(Error::unauthenticated)
    }

    /// Removes the links that do not work any more; answers how many.
    pub async fn trim_links(&self) -> Result<u64> {
        let now = self.clock.now();
        self.store.transaction(move |connection| Box::pin(rows::trim(connection, now))).await
    }

    async fn send(&self, offer: Option<Offer>) -> Result<()> {
        let save = self.store.transaction(move |connection| Box::pin(save_offer(offer, connection)));
        save.await?;
        self.wake();
        Ok(())
    }

    async fn check_often(&self, viewer: &Viewer, purpose: LinkPurpose) -> Result<()> {
        match &self.post {
            Some(post) if post.mails.enough(viewer.id, &letter(purpose, "")).await? => Err(Error::too_many(
                3_600,
                "That was sent a few times within the hour. Look among unwanted mail as well, or try again in an hour.",
            )),
            _ => Ok(()),
        }
    }
}

/// The mail that brings the link with this token.
fn letter(purpose: LinkPurpose, token: &str) -> Letter {
    let (hours, minutes) = (purpose.minutes() / 60, purpose.minutes());
    match purpose {
        LinkPurpose::Verify => Letter::VerifyAddress { link: Link::new(format!("/verify?token={token}")), hours },
        LinkPurpose::Reset => Letter::ResetPassword { link: Link::new(format!("/reset?token={token}")), minutes },
        LinkPurpose::Change => {
            Letter::ChangeAddress { link: Link::new(format!("/change-address?token={token}")), hours }
        }
    }
}

fn link_is_over(purpose: LinkPurpose) -> Error {
    let next = match purpose {
        LinkPurpose::Verify => "Have another one sent in the settings.",
        LinkPurpose::Reset => "Ask for another one on the page “Forgot your password?”.",
        LinkPurpose::Change => "Change your address in the settings again.",
    };
    Error::new(ErrorKind::Forbidden, format!("This link was used already, or is too old. {next}"))
}

/// Writes to people who forgot their password.
struct Resets(Accounts);

#[async_trait]
impl Work for Resets {
    async fn run(&self, payload: &str) -> std::result::Result<Done, Trouble> {
        let accounts = &self.0;
        let email: String = serde_json::from_str(payload).unwrap_or_default();
        let Ok(email) = Email::parse(&email) else {
            return Err(Trouble::Lasting("The task names no address.".to_owned()));
        };
        let account = accounts::by_email(&mut *accounts.store.read().await?, &email).await?;
        let (Some(account), Some(post)) = (account, &accounts.post) else { return Ok(Done::Once) };
        if !post.mails.enough(account.viewer.id, &letter(LinkPurpose::Reset, "")).await? {
            // To the address as the account has it, not as it was typed just now.
            let email = Email::parse(&account.viewer.email)?;
            accounts.send(accounts.offer(&(&account.viewer).into(), &email, LinkPurpose::Reset)?).await?;
        }
        Ok(Done::Once)
    }
}
