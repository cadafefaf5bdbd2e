//! Second steps of signing in: turning them on and off.

use domain::account::{AccountId, Viewer};
use domain::audit::Action;
use domain::second_step::{self, AppOffer, MOST_PASSKEYS, PasskeyId, RECOVERY_CODES, SecondSteps, plain_code};
use domain::{Error, ErrorKind, Id, Result, Timestamp};
use futures::future::BoxFuture;
use qrcode::QrCode;
use qrcode::render::svg;
use store::Connection;
use store::account::second_step::{self as rows, StoredPasskey};
use totp_rs::{Builder, Secret, Totp};

use super::{Accounts, PasskeyTask, Passkeys, links};
use crate::limits::Limited;
use crate::mail::{Letter, Link};
use crate::secret;
use crate::vault::Vault;

/// Bytes of an application's secret: as many as the code's hash has (RFC 4226, section 4).
const SECRET_BYTES: usize = 20;
/// Codes of so many steps of 30 seconds before and after the present one are taken, for clocks that are not quite right.
const SKEW: u16 = 1;
/// Characters of a code on paper: without those that are taken for others.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How many of them, in groups of four.
pub(super) const CODE_LENGTH: usize = 16;

impl Accounts {
    /// What the account asks for as a second step.
    pub async fn second_steps(&self, viewer: &Viewer) -> Result<SecondSteps> {
        let mut connection = self.store.read().await?;
        let app = rows::app(&mut connection, viewer.id).await?;
        let passkeys = rows::passkeys(&mut connection, viewer.id).await?;
        Ok(SecondSteps {
            app_since: app.and_then(|app| app.confirmed_at),
            passkeys: passkeys.into_iter().map(|stored| stored.passkey).collect(),
            recovery_codes: rows::recovery_codes(&mut connection, viewer.id).await?.try_into().unwrap_or_default(),
        })
    }

    /// Whether passkeys can be used on this site.
    pub fn has_passkeys(&self) -> bool {
        self.passkeys.is_some()
    }

    /// A secret for the person's application, in place of one that was not confirmed. It counts once it is.
    ///
    /// # Errors
    /// `Invalid` for a wrong password, `Conflict` where there is an application.
    pub async fn offer_app(&self, viewer: &Viewer, password: &str) -> Result<AppOffer> {
        self.check_owner(viewer, password, "app_password").await?;
        let mut bytes = [0; SECRET_BYTES];
        self.random.fill(&mut bytes);
        let sealed = self.vault()?.seal(&place(viewer.id), &bytes)?;
        let id = viewer.id;
        let work = self
            .store
            .transaction(move |connection| Box::pin(async move { rows::put_app(connection, id, &sealed).await }));
        if !work.await? {
            let message = "There is an application already. Turn that off first.";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        offer(viewer, &bytes)
    }

    /// The offer that waits to be confirmed, if one does.
    pub async fn app_offer(&self, viewer: &Viewer) -> Result<Option<AppOffer>> {
        let app = rows::app(&mut *self.store.read().await?, viewer.id).await?;
        let Some(app) = app.filter(|app| app.confirmed_at.is_none()) else { return Ok(None) };
        offer(viewer, &self.vault()?.open(&place(viewer.id), &app.secret)?).map(Some)
    }

    /// Turns the application on with a code that it shows. Answers codes on paper, if these are the first second steps.
    ///
    /// # Errors
    /// `Invalid` for a wrong code.
    pub async fn confirm_app(&self, viewer: &Viewer, code: &str) -> Result<Vec<String>> {
        self.limits.count(Limited::SecondStep, &viewer.id.to_string()).await?;
        let app = rows::app(&mut *self.store.read().await?, viewer.id).await?;
        let Some(app) = app.filter(|app| app.confirmed_at.is_none()) else {
            return Err(Error::new(ErrorKind::Conflict, "No application waits to be confirmed. Begin anew."));
        };
        let bytes = self.vault()?.open(&place(viewer.id), &app.secret)?;
        let now = self.clock.now();
        let step = totp(viewer, &bytes)?.check(&plain_code(code), seconds(now));
        let step = step.map(step_number).ok_or_else(|| wrong_code("app_code"))?;
        self.limits.give_back(Limited::SecondStep, &viewer.id.to_string()).await?;
        let (id, codes) = (viewer.id, self.codes_if_first(viewer.id).await?);
        let hashes = hashes(&codes);
        let work = self.change_security(viewer, "an authenticator app was added", move |connection| {
            Box::pin(async move {
                if !rows::confirm_app(connection, id, &app.secret, now).await? {
                    return Err(Error::new(ErrorKind::Conflict, "The application was changed meanwhile. Begin anew."));
                }
                rows::use_app(connection, id, step).await?;
                if !hashes.is_empty() {
                    rows::put_recovery_codes(connection, id, &hashes).await?;
                }
                Ok(())
            })
        });
        work.await?;
        self.audit.note(Some(id), Action::SecondStepOn, "an authenticator app", None).await;
        Ok(codes)
    }

    /// Turns the application off.
    ///
    /// # Errors
    /// `Invalid` for a wrong password, `NotFound` if there is none.
    pub async fn remove_app(&self, viewer: &Viewer, password: &str) -> Result<()> {
        self.check_owner(viewer, password, "off_password").await?;
        let id = viewer.id;
        let work = self.change_security(viewer, "the authenticator app was removed", move |connection| {
            Box::pin(async move {
                if !rows::remove_app(connection, id).await? {
                    return Err(Error::not_found("application"));
                }
                forget_codes_of_none(connection, id).await
            })
        });
        work.await?;
        self.audit.note(Some(id), Action::SecondStepOff, "an authenticator app", None).await;
        Ok(())
    }

    /// Asks for a new passkey: answers what the browser is told, as JSON, and what to hold its answer against.
    ///
    /// # Errors
    /// `Invalid` for a wrong password or name.
    pub async fn offer_passkey(&self, viewer: &Viewer, name: &str, password: &str) -> Result<(String, PasskeyTask)> {
        let name = second_step::passkey_name(name)?;
        self.check_owner(viewer, password, "passkey_password").await?;
        let known = rows::passkeys(&mut *self.store.read().await?, viewer.id).await?;
        self.passkeys()?.ask_new(viewer, name, &known)
    }

    /// Adds the passkey that the browser answered with. Answers codes on paper, if these are the first second steps.
    ///
    /// # Errors
    /// `Invalid` where it was not accepted, `Conflict` where there are too many.
    pub async fn add_passkey(&self, viewer: &Viewer, task: PasskeyTask, response: &str) -> Result<Vec<String>> {
        let (name, credential) = self.passkeys()?.added(task, response)?;
        let now = self.clock.now();
        let passkey = second_step::Passkey { id: Id::new(now, &*self.random), name, created_at: now, used_at: None };
        let (id, codes, new) =
            (viewer.id, self.codes_if_first(viewer.id).await?, StoredPasskey { passkey, credential });
        let hashes = hashes(&codes);
        let work = self.change_security(viewer, "a passkey was added", move |connection| {
            Box::pin(async move {
                if !rows::insert_passkey(connection, id, &new, MOST_PASSKEYS).await? {
                    let message = format!("You have {MOST_PASSKEYS} passkeys, which is as many as one can have.");
                    return Err(Error::new(ErrorKind::Conflict, message));
                }
                if !hashes.is_empty() {
                    rows::put_recovery_codes(connection, id, &hashes).await?;
                }
                Ok(())
            })
        });
        work.await?;
        self.audit.note(Some(id), Action::SecondStepOn, "a passkey", None).await;
        Ok(codes)
    }

    /// Removes a passkey.
    ///
    /// # Errors
    /// `Invalid` for a wrong password, `NotFound` if the person has none like that.
    pub async fn remove_passkey(&self, viewer: &Viewer, passkey: PasskeyId, password: &str) -> Result<()> {
        self.check_owner(viewer, password, "off_password").await?;
        let id = viewer.id;
        let work = self.change_security(viewer, "a passkey was removed", move |connection| {
            Box::pin(async move {
                if !rows::remove_passkey(connection, id, passkey).await? {
                    return Err(Error::not_found("passkey"));
                }
                forget_codes_of_none(connection, id).await
            })
        });
        work.await?;
        self.audit.note(Some(id), Action::SecondStepOff, "a passkey", None).await;
        Ok(())
    }

    /// New codes on paper, in place of all earlier ones.
    ///
    /// # Errors
    /// `Invalid` for a wrong password, `Conflict` where there is no second step.
    pub async fn renew_recovery_codes(&self, viewer: &Viewer, password: &str) -> Result<Vec<String>> {
        self.check_owner(viewer, password, "codes_password").await?;
        if !rows::is_there(&mut *self.store.read().await?, viewer.id).await? {
            let message = "Recovery codes stand in for a second step. Turn one on first.";
            return Err(Error::new(ErrorKind::Conflict, message));
        }
        let (id, codes) = (viewer.id, self.new_codes());
        let hashes = hashes(&codes);
        let work = self.change_security(viewer, "new recovery codes were made", move |connection| {
            Box::pin(async move { rows::put_recovery_codes(connection, id, &hashes).await })
        });
        work.await?;
        self.audit.note(Some(id), Action::RecoveryCodesMade, "", None).await;
        Ok(codes)
    }

    /// Lets only those pass who type their password, if the account has one: somebody at a computer that was left open
    /// changes nothing of how its owner signs in.
    async fn check_owner(&self, viewer: &Viewer, password: &str, field: &str) -> Result<()> {
        let account = self.account(viewer).await?;
        if account.password_hash.is_empty() {
            return Ok(());
        }
        self.check_password_of(&account, password, field).await
    }

    async fn codes_if_first(&self, id: AccountId) -> Result<Vec<String>> {
        let is_first = !rows::is_there(&mut *self.store.read().await?, id).await?;
        Ok(if is_first { self.new_codes() } else { Vec::new() })
    }

    fn new_codes(&self) -> Vec<String> {
        let code = |_| {
            let mut bytes = [0; CODE_LENGTH];
            self.random.fill(&mut bytes);
            let letters = bytes.map(|byte| char::from(ALPHABET[usize::from(byte) % ALPHABET.len()]));
            letters.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join("-")
        };
        (0..RECOVERY_CODES).map(code).collect()
    }

    /// Changes how one signs in, and tells the person: both or neither.
    pub(super) async fn change_security<F>(&self, viewer: &Viewer, what: &str, change: F) -> Result<()>
    where
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<()>> + Send + 'static,
    {
        let notice = self.security_changed(viewer, what)?;
        let work = self.store.transaction(move |connection| {
            Box::pin(async move {
                change(connection).await?;
                links::save(notice, connection).await
            })
        });
        work.await?;
        self.wake();
        Ok(())
    }

    /// The mail that says what was changed of how one signs in.
    pub(super) fn security_changed(&self, viewer: &Viewer, what: &str) -> Result<Option<crate::mail::Written>> {
        let (time, link) = (self.clock.now().minute(), Link::new("/settings/security"));
        self.write(&viewer.into(), &Letter::SecurityChanged { what: what.to_owned(), time, link })
    }

    pub(super) fn vault(&self) -> Result<&Vault> {
        self.vault.as_ref().ok_or_else(|| Error::unexpected(&domain::error::reference("accounts have no vault")))
    }

    pub(super) fn passkeys(&self) -> Result<&Passkeys> {
        let message = "Passkeys work where this site has a name and HTTPS. Use an authenticator app instead.";
        self.passkeys.as_ref().ok_or_else(|| Error::new(ErrorKind::Conflict, message))
    }
}

/// Codes on paper are worth something as long as there is a second step.
async fn forget_codes_of_none(connection: &mut Connection, id: AccountId) -> Result<()> {
    match rows::is_there(connection, id).await? {
        true => Ok(()),
        false => rows::put_recovery_codes(connection, id, &[]).await,
    }
}

pub(super) fn place(id: AccountId) -> String {
    format!("authenticator app of {id}")
}

pub(super) fn totp(viewer: &Viewer, secret: &[u8]) -> Result<Totp> {
    // The site's name and the person's address stand in the application; a colon would end the former.
    Builder::new()
        .with_secret(Secret::from(secret))
        .with_skew(SKEW)
        .with_issuer(Some("Lodestar"))
        .with_account_name(viewer.email.replace(':', " "))
        .build()
        .map_err(|error| Error::unexpected(&domain::error::reference(&error.to_string())))
}

fn offer(viewer: &Viewer, secret: &[u8]) -> Result<AppOffer> {
    let broken = |error: String| Error::unexpected(&domain::error::reference(&error));
    let totp = totp(viewer, secret)?;
    let address = totp.to_url().map_err(|error| broken(error.to_string()))?;
    let code = QrCode::new(&address).map_err(|error| broken(error.to_string()))?;
    Ok(AppOffer { secret: totp.secret().to_base32(), picture: code.render::<svg::Color<'_>>().build(), address })
}

pub(super) fn seconds(now: Timestamp) -> u64 {
    (now.millis() / 1_000).try_into().unwrap_or_default()
}

pub(super) fn step_number(step: u64) -> i64 {
    step.try_into().unwrap_or(i64::MAX)
}

fn hashes(codes: &[String]) -> Vec<String> {
    codes.iter().map(|code| secret::hash(&plain_code(code))).collect()
}

pub(super) fn wrong_code(field: &str) -> Error {
    Error::invalid(
        field,
        "This code does not fit. Codes of an application change every 30 seconds: type the present one.",
    )
}
