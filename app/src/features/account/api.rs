//! Server functions of accounts.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::account::{LinkPurpose, Viewer};
use domain::identity::{Errand, Provider};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// Who is signed in, if somebody is.
#[server(endpoint = "current_viewer")]
pub async fn current_viewer() -> Result<Option<Viewer>, Failure> {
    Ok(crate::ssr::maybe_viewer().await?)
}

/// The name and the address of a form that was just refused, so that nobody types them twice.
#[server(endpoint = "typed_before")]
pub async fn typed_before() -> Result<(String, String), Failure> {
    Ok(crate::ssr::take_typed())
}

/// Opens an account, signs in and leads to the dashboard.
#[server(endpoint = "register")]
pub async fn register(name: String, email: String, password: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let signed_in = accounts
        .register(&name, &email, &password, crate::ssr::sender().client())
        .await
        .inspect_err(|_| crate::ssr::keep_typed(&name, &email))?;
    crate::ssr::recognise(signed_in, true).await?;
    crate::ssr::sign_in(signed_in).await?;
    crate::ssr::redirect("/dashboard");
    Ok(())
}

/// Signs in and leads to `next`, a path on this site, or else to the dashboard; to the second step where there is one.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let entry = accounts
        .sign_in(&email, &password, crate::ssr::sender().client())
        .await
        .inspect_err(|_| crate::ssr::keep_typed("", &email))?;
    Ok(crate::ssr::enter(entry, false, next.as_deref()).await?)
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
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let Some((halfway, _)) = crate::ssr::halfway().await? else { return Ok(None) };
    let Some((options, task)) = accounts.ask_passkey(&halfway).await? else {
        return Ok(Some(SecondStepView { passkey: None }));
    };
    crate::ssr::keep("passkey", &task).await?;
    Ok(Some(SecondStepView { passkey: Some(options) }))
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
    let task = crate::ssr::take("passkey").await?.ok_or_else(domain::Error::unauthenticated)?;
    let sender = crate::ssr::sender();
    let signed_in = accounts.confirm_by_passkey(&halfway, task, &response, sender.client()).await?;
    Ok(crate::ssr::enter(services::account::Entry::Done(signed_in), false, next.as_deref()).await?)
}

/// The providers by which people can sign in.
#[server(endpoint = "providers")]
pub async fn providers() -> Result<Vec<Provider>, Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    Ok(accounts.providers())
}

/// Leads to a provider.
#[server(endpoint = "send_to")]
pub async fn send_to(provider: String, errand: Errand) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    if !crate::ssr::is_led_here() {
        let message = "This was not begun on a page of this site. Go to the page with the button and begin there.";
        return Err(domain::Error::new(domain::ErrorKind::Forbidden, message).into());
    }
    let journey = accounts.send_to(&provider, errand).await?;
    crate::ssr::keep("journey", &journey).await?;
    crate::ssr::lead_to(journey.address());
    Ok(())
}

/// Receives somebody who comes back from a provider, and leads on.
#[server(endpoint = "come_back")]
pub async fn come_back(state: String, code: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let journey = crate::ssr::take("journey").await?.ok_or_else(|| {
        let message = "You are back from a provider, but nothing was begun with this browser, or it was long ago.";
        domain::Error::new(domain::ErrorKind::Forbidden, message)
    })?;
    let (viewer, sender) = (crate::ssr::maybe_viewer().await?, crate::ssr::sender());
    match accounts.come_back(journey, (&state, &code), viewer.as_ref(), sender.client()).await? {
        services::account::Return::Entered { entry, is_new, next } => {
            crate::ssr::enter(entry, is_new, next.as_deref()).await?;
        }
        services::account::Return::Linked => crate::ssr::lead_to("/settings/security#providers"),
    }
    Ok(())
}

/// Ends the session and leads to the landing page.
#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<(), Failure> {
    crate::ssr::sign_out().await?;
    crate::ssr::redirect("/");
    Ok(())
}

/// Changes the password; all other sessions end. Leads back to the settings, which confirm it.
#[server(endpoint = "change_password")]
pub async fn change_password(current: String, password: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    let sender = crate::ssr::sender();
    crate::ssr::sign_in(accounts.change_password(&viewer, &current, &password, sender.client()).await?).await?;
    crate::ssr::redirect("/settings?done=password#password");
    Ok(())
}

/// Changes the name. Leads back to the settings, which confirm it.
#[server(endpoint = "rename")]
pub async fn rename(name: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    accounts.rename(&viewer, &name).await?;
    crate::ssr::redirect("/settings?done=name#you");
    Ok(())
}

/// Whether the one-time set-up link with this token still works.
#[server(endpoint = "setup_is_open")]
pub async fn setup_is_open(token: String) -> Result<bool, Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    Ok(accounts.setup_is_open(&token).await?)
}

/// Uses the set-up link: creates the first administrator, signs in, leads to the dashboard.
#[server(endpoint = "set_up")]
pub async fn set_up(token: String, name: String, email: String, password: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let signed_in = accounts
        .set_up(&token, &name, &email, &password, crate::ssr::sender().client())
        .await
        .inspect_err(|_| crate::ssr::keep_typed(&name, &email))?;
    crate::ssr::recognise(signed_in, true).await?;
    crate::ssr::sign_in(signed_in).await?;
    crate::ssr::redirect("/dashboard");
    Ok(())
}

/// Sends a link for a new password, if there is an account with that address. Leads to the page that says so.
#[server(endpoint = "ask_reset")]
pub async fn ask_reset(email: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts
        .ask_reset(&email, crate::ssr::sender().address)
        .await
        .inspect_err(|_| crate::ssr::keep_typed("", &email))?;
    crate::ssr::redirect("/forgot?done=sent");
    Ok(())
}

/// Whether a link with this token works.
#[server(endpoint = "link_is_open")]
pub async fn link_is_open(purpose: LinkPurpose, token: String) -> Result<bool, Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    Ok(accounts.link_is_open(purpose, &token).await?)
}

/// Uses a link to choose a new password; all sessions end. Leads to the sign-in page.
#[server(endpoint = "reset_password")]
pub async fn reset_password(token: String, password: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.reset_password(&token, &password).await?;
    crate::ssr::redirect("/login?done=password");
    Ok(())
}

/// Uses a link to confirm the address. Leads back to its page, which says so.
#[server(endpoint = "verify_address")]
pub async fn verify_address(token: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.verify_address(&token).await?;
    crate::ssr::redirect("/verify?done=address");
    Ok(())
}

/// Uses a link to change the address. Leads back to its page, which says so.
#[server(endpoint = "change_address")]
pub async fn change_address(token: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.change_address(&token).await?;
    crate::ssr::redirect("/change-address?done=address");
    Ok(())
}

/// Sends the link that confirms the address once more. Leads back to the settings.
#[server(endpoint = "ask_verification")]
pub async fn ask_verification() -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    accounts.ask_verification(&viewer).await?;
    crate::ssr::redirect("/settings?done=verification#address");
    Ok(())
}

/// Sends a link to a new address that makes it the account's. Leads back to the settings.
#[server(endpoint = "ask_change")]
pub async fn ask_change(email: String, address_password: String) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    accounts.ask_change(&viewer, &email, &address_password).await?;
    crate::ssr::redirect("/settings?done=address#address");
    Ok(())
}

/// What the settings show of the person's mail.
#[server(endpoint = "mail_settings")]
pub async fn mail_settings() -> Result<domain::account::MailSettings, Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(accounts.mail_settings(&viewer).await?)
}
