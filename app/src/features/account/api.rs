//! Server functions of accounts.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::account::Viewer;
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
        .register(&name, &email, &password, crate::ssr::client())
        .await
        .inspect_err(|_| crate::ssr::keep_typed(&name, &email))?;
    crate::ssr::sign_in(signed_in).await?;
    crate::ssr::redirect("/dashboard");
    Ok(())
}

/// Signs in and leads to `next`, a path on this site, or else to the dashboard; whoever asked to leave is led to where
/// they can stay.
#[server(endpoint = "sign_in")]
pub async fn sign_in(email: String, password: String, next: Option<String>) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    let signed_in = accounts
        .sign_in(&email, &password, crate::ssr::client())
        .await
        .inspect_err(|_| crate::ssr::keep_typed("", &email))?;
    let departures = crate::ssr::service::<services::departures::Departures>()?;
    let leaves = departures.due(signed_in.account).await?.is_some();
    crate::ssr::sign_in(signed_in).await?;
    let next = if leaves { Some("/settings#data") } else { next.as_deref() };
    crate::ssr::redirect(domain::account::local_path(next));
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
    crate::ssr::sign_in(accounts.change_password(&viewer, &current, &password).await?).await?;
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
        .set_up(&token, &name, &email, &password)
        .await
        .inspect_err(|_| crate::ssr::keep_typed(&name, &email))?;
    crate::ssr::sign_in(signed_in).await?;
    crate::ssr::redirect("/dashboard");
    Ok(())
}
