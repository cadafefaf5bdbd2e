//! Server functions of settings: how the product looks and behaves on this device, and what models wrote.

#![expect(missing_docs, reason = "the macro turns arguments into the fields of a public struct")]

use leptos::prelude::*;

use crate::error::Failure;

/// What models wrote for the person today.
#[server(endpoint = "generated_today")]
pub async fn generated_today() -> Result<domain::generation::Today, Failure> {
    let generation = crate::ssr::service::<services::generation::Generation>()?;
    let viewer = crate::ssr::viewer().await?;
    Ok(generation.today(&viewer).await?)
}

/// Keeps the theme on this device: "light", "dark", or anything else for the system's.
#[server(endpoint = "choose_theme")]
pub async fn choose_theme(theme: String) -> Result<(), Failure> {
    crate::ssr::keep_preference("theme", crate::features::settings::Theme::from_slug(&theme).slug());
    Ok(())
}

/// Says whether the person wants the weekly digest: any value, or none if not. Leads back to the settings.
#[server(endpoint = "want_digest")]
pub async fn want_digest(wanted: Option<String>) -> Result<(), Failure> {
    let digests = crate::ssr::service::<services::digest::Digests>()?;
    let viewer = crate::ssr::viewer().await?;
    digests.want(&viewer, wanted.is_some()).await?;
    crate::ssr::redirect("/settings?done=digest#digest");
    Ok(())
}
