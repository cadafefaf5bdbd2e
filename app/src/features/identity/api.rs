//! Server functions of sign-in providers.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use domain::identity::{Errand, IdentityId, Provider};
use leptos::prelude::*;

use crate::error::Failure;

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

/// Unlinks a provider.
#[server(endpoint = "unlink")]
pub async fn unlink(id: IdentityId) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.unlink(&crate::ssr::viewer().await?, id).await?;
    crate::ssr::redirect("/settings/security#providers");
    Ok(())
}

/// Stops reading the person's repositories at a provider.
#[server(endpoint = "end_grant")]
pub async fn end_grant(id: IdentityId) -> Result<(), Failure> {
    let accounts = crate::ssr::service::<services::account::Accounts>()?;
    accounts.end_grant(&crate::ssr::viewer().await?, id).await?;
    crate::ssr::redirect("/settings/security#providers");
    Ok(())
}
