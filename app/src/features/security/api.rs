//! Server functions of the page on which people see and change how they sign in.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::identity::{Identity, Provider};
use domain::second_step::{AppOffer, PasskeyId, SecondSteps};
use domain::session::{AccountSession, SessionId};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// Everything that the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecurityView {
    /// Where the person is signed in.
    pub sessions: Vec<AccountSession>,
    /// What the account asks for as a second step.
    pub steps: SecondSteps,
    /// An application that waits for its first code.
    pub app: Option<AppOffer>,
    /// Whether passkeys can be used on this site.
    pub passkeys: bool,
    /// What the browser is told to make a passkey, as JSON, while one is being added.
    pub new_passkey: Option<String>,
    /// Recovery codes that were just made: they are told once.
    pub codes: Vec<String>,
    /// Whether the person has a password, which then confirms changes.
    pub password: bool,
    /// The providers by which people can sign in here.
    pub providers: Vec<Provider>,
    /// Those that the person linked.
    pub identities: Vec<Identity>,
}

/// How the person signs in. While a passkey is being `adding`, with what the browser is told.
#[server(endpoint = "security")]
pub async fn security(adding: bool) -> Result<SecurityView, Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    let current = crate::ssr::current_session().await?;
    let asked: Option<(String, services::account::PasskeyTask)> = crate::ssr::kept(crate::ssr::NEW_PASSKEY).await?;
    Ok(SecurityView {
        sessions: accounts.sessions(&viewer, Some(current)).await?,
        steps: accounts.second_steps(&viewer).await?,
        app: accounts.app_offer(&viewer).await?,
        passkeys: accounts.has_passkeys(),
        new_passkey: asked.filter(|_| adding).map(|(options, _)| options),
        codes: crate::ssr::take_secret("codes").iter().flat_map(|codes| codes.split('.')).map(str::to_owned).collect(),
        password: accounts.has_password(&viewer).await?,
        providers: accounts.providers(),
        identities: accounts.identities(&viewer).await?,
    })
}

/// Signs out in one place.
#[server(endpoint = "end_session")]
pub async fn end_session(id: SessionId) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.end_session(&crate::ssr::viewer().await?, id).await?;
    crate::ssr::redirect("/settings/security#sessions");
    Ok(())
}

/// Signs out everywhere else.
#[server(endpoint = "end_other_sessions")]
pub async fn end_other_sessions() -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    accounts.end_other_sessions(&viewer, crate::ssr::current_session().await?).await?;
    crate::ssr::redirect("/settings/security#sessions");
    Ok(())
}

/// Offers a secret for an authenticator app.
#[server(endpoint = "offer_app")]
pub async fn offer_app(app_password: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.offer_app(&crate::ssr::viewer().await?, &app_password.unwrap_or_default()).await?;
    crate::ssr::redirect("/settings/security#app");
    Ok(())
}

/// Turns the authenticator app on.
#[server(endpoint = "confirm_app")]
pub async fn confirm_app(app_code: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let codes = accounts.confirm_app(&crate::ssr::viewer().await?, &app_code).await?;
    crate::ssr::keep_secret("codes", &codes.join("."));
    crate::ssr::redirect(if codes.is_empty() { "/settings/security#app" } else { "/settings/security#codes" });
    Ok(())
}

/// Turns the authenticator app off.
#[server(endpoint = "remove_app")]
pub async fn remove_app(off_password: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.remove_app(&crate::ssr::viewer().await?, &off_password.unwrap_or_default()).await?;
    crate::ssr::redirect("/settings/security#app");
    Ok(())
}

/// Begins to add a passkey.
#[server(endpoint = "offer_passkey")]
pub async fn offer_passkey(passkey_name: String, passkey_password: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let (viewer, password) = (crate::ssr::viewer().await?, passkey_password.unwrap_or_default());
    let asked = accounts.offer_passkey(&viewer, &passkey_name, &password).await?;
    crate::ssr::keep(crate::ssr::NEW_PASSKEY, &asked).await?;
    crate::ssr::redirect("/settings/security?add=passkey#passkeys");
    Ok(())
}

/// Adds the passkey that the browser made.
#[server(endpoint = "add_passkey")]
pub async fn add_passkey(response: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    let (_, task): (String, _) = crate::ssr::take(crate::ssr::NEW_PASSKEY).await?.ok_or_else(|| {
        domain::Error::new(domain::ErrorKind::Conflict, "That took too long. Begin once more with “Add a passkey”.")
    })?;
    let codes = accounts.add_passkey(&viewer, task, &response).await?;
    crate::ssr::keep_secret("codes", &codes.join("."));
    crate::ssr::redirect(if codes.is_empty() { "/settings/security#passkeys" } else { "/settings/security#codes" });
    Ok(())
}

/// Removes a passkey.
#[server(endpoint = "remove_passkey")]
pub async fn remove_passkey(id: PasskeyId, off_password: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.remove_passkey(&crate::ssr::viewer().await?, id, &off_password.unwrap_or_default()).await?;
    crate::ssr::redirect("/settings/security#passkeys");
    Ok(())
}

/// Makes new recovery codes.
#[server(endpoint = "renew_codes")]
pub async fn renew_codes(codes_password: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    let codes = accounts.renew_recovery_codes(&viewer, &codes_password.unwrap_or_default()).await?;
    crate::ssr::keep_secret("codes", &codes.join("."));
    crate::ssr::redirect("/settings/security#codes");
    Ok(())
}

/// What whoever did the first step of signing in can do as the second one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SecondStepView {
    /// What the browser is told to ask for a passkey, as JSON; none where the account has none.
    pub passkey: Option<String>,
}

/// What can be done as the second step; none where nobody did the first one.
#[server(endpoint = "second_step")]
pub async fn second_step() -> Result<Option<SecondStepView>, Failure> {
    if crate::ssr::halfway().await?.is_none() {
        return Ok(None);
    }
    let asked: Option<(String, services::account::PasskeyTask)> = crate::ssr::kept(crate::ssr::PASSKEY).await?;
    Ok(Some(SecondStepView { passkey: asked.map(|(options, _)| options) }))
}

/// Does the second step with a code of the application or on paper.
#[server(endpoint = "confirm_by_code")]
pub async fn confirm_by_code(code: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let (halfway, next) = crate::ssr::halfway().await?.ok_or_else(domain::Error::unauthenticated)?;
    let signed_in = accounts.confirm_by_code(&halfway, &code, crate::ssr::sender().client()).await?;
    Ok(crate::ssr::enter(services::account::Entry::Done(signed_in), false, next.as_deref()).await?)
}

/// Does the second step with a passkey; `response` is what the browser answered.
#[server(endpoint = "confirm_by_passkey")]
pub async fn confirm_by_passkey(response: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let (halfway, next) = crate::ssr::halfway().await?.ok_or_else(domain::Error::unauthenticated)?;
    let (_, task): (String, _) =
        crate::ssr::take(crate::ssr::PASSKEY).await?.ok_or_else(domain::Error::unauthenticated)?;
    // Each challenge is answered once.
    crate::ssr::ask_passkey(&halfway).await?;
    let sender = crate::ssr::sender();
    let signed_in = accounts.confirm_by_passkey(&halfway, task, &response, sender.client()).await?;
    Ok(crate::ssr::enter(services::account::Entry::Done(signed_in), false, next.as_deref()).await?)
}
