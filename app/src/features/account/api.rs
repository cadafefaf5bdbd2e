//! Server functions of accounts.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::account::{LinkPurpose, Viewer};
use leptos::prelude::*;

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
